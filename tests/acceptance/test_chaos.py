"""Sixty runs while processes are killed at random: whatever happened, the books balance."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlmodel import select

from db.lineage import Asset
from db.models import TERMINAL, Run, RunEvent, RunStatus
from db.runs import params_of
from db.session import Session
from jobs.bench import TRIES
from jobs.submit import stop_run
from tests.acceptance.graphs import NOTHING, leftovers_of
from tests.acceptance.test_load import load
from tests.pipelines.chores.values import Chore
from tests.processes import Process, Site, is_gone, open_site, until

pytestmark = pytest.mark.kills

SEED = int(os.environ.get("CHAOS_SEED", "20260701"))
CHAOS_SECONDS = 20.0
RUNS = 60
ROWS = 40


@dataclass(slots=True)
class Chaos:
    """Kills what works, and starts it again."""

    site: Site
    workers: list[Process]
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - to be repeated
    children: set[int] = field(default_factory=set)
    deeds: Counter[str] = field(default_factory=Counter)

    async def rage(self) -> None:
        deadline = time.monotonic() + CHAOS_SECONDS
        while time.monotonic() < deadline:
            await asyncio.sleep(self.dice.uniform(0.3, 1.5))  # sleeps: chaos has no condition to wait for
            self.do(self.dice.choice(("kill", "kill", "term", "term", "valkey")))
            self.revive()

    def do(self, deed: str) -> None:
        self.deeds[deed] += 1
        if deed == "valkey":
            self.site.valkey.kill()
            self.site.valkey.start()
            return
        alive = [worker for worker in self.workers if worker.alive]
        if not alive:
            return
        victim = self.dice.choice(alive)
        self.note_children(victim)
        if deed == "kill":
            victim.kill()
        else:
            victim.tell(signal.SIGTERM)

    def note_children(self, worker: Process) -> None:
        try:
            self.children |= {child.pid for child in worker.children()}
        except psutil.Error:
            return

    def revive(self) -> None:
        while sum(worker.alive for worker in self.workers) < 2:
            self.workers.append(self.site.start_worker())


async def submit_all(site: Site, gate: Path) -> list[Run]:
    """Runs of all kinds of behaviour, in an order that the seed decides."""
    kinds: list[dict[str, Any]] = [
        *({"kind": "echo", "word": "chaos"} for _ in range(20)),
        *({"kind": "chores", "chore": Chore.COUNT, "size": 200} for _ in range(10)),
        *({"kind": "chores", "chore": Chore.WAIT, "path": str(gate)} for _ in range(8)),
        *({"kind": "chores", "chore": Chore.WRITE_AHEAD, "size": ROWS} for _ in range(10)),
        *({"kind": "chores", "chore": Chore.FAIL_RETRYABLY} for _ in range(4)),
        *({"kind": "chores", "chore": Chore.GAPS} for _ in range(4)),
        *({"kind": "chores", "chore": Chore.SPIN_IN_CHILD} for _ in range(4)),
    ]
    random.Random(SEED).shuffle(kinds)  # noqa: S311 - to be repeated
    assert len(kinds) == RUNS
    return [await site.house.submitted(**kind) for kind in kinds]


async def stop_spinning(site: Site, runs: list[Run]) -> None:
    """Stop the endless runs, some while they are queued, some while they run."""
    spinning = [run for run in runs if await behaviour(site, run) == Chore.SPIN_IN_CHILD]
    for run in spinning:
        await asyncio.sleep(CHAOS_SECONDS / 5)  # sleeps: spread over the chaos
        await stop_run(site.house.desk, "main", run.run_id)


async def behaviour(site: Site, run: Run) -> str:
    params = await site.house.store.read(lambda session: params_of(session, run.pk))
    return str(params.get("chore", "echo"))


@dataclass(frozen=True, slots=True)
class Books:
    """What is there when all is over."""

    behaviours: list[str]
    rows: list[Run]
    events: list[list[RunEvent]]


def assets(session: Session) -> list[str]:
    return list(session.scalars(select(Asset.name)))


async def test_the_books_balance(sqlite_url: str, tmp_path: Path) -> None:
    """However processes are killed, runs end, effects land once, events have no gaps, nothing is left over."""
    gate = tmp_path / "gate"
    async with open_site(tmp_path / "site", sqlite_url, children=1, drain_seconds=1) as site:
        chaos = Chaos(site, [site.start_worker(), site.start_worker()])
        runs = await submit_all(site, gate)
        stopping = asyncio.create_task(stop_spinning(site, runs))
        await chaos.rage()
        gate.touch()
        await stopping
        chaos.revive()
        for run in runs:
            await site.house.ended(run, seconds=40)
        books = Books(
            [await behaviour(site, run) for run in runs],
            [await site.house.row(run) for run in runs],
            [await site.house.events(run) for run in runs],
        )
        await site.house.until(lambda: nothing_is_left(site))
        check_ends(books)
        check_events(books)
        await check_effects(site, books)
        for worker in chaos.workers:
            if worker.alive:
                chaos.note_children(worker)
                worker.kill()
        await until(lambda: all(map(is_gone, chaos.children)), seconds=5)
        assert chaos.deeds["kill"]
        assert chaos.deeds["term"]
        assert chaos.deeds["valkey"]


async def nothing_is_left(site: Site) -> bool:
    in_use = await site.house.store.read(load)
    return await leftovers_of(site.house) == NOTHING and in_use.slots == in_use.held == 0


def check_ends(books: Books) -> None:
    """Every run ended as its behaviour says, unless its workers were killed under it three times."""
    allowed: dict[str, set[RunStatus]] = {
        Chore.FAIL_RETRYABLY: {RunStatus.FAILED},
        Chore.GAPS: {RunStatus.COMPLETED_WITH_GAPS},
        Chore.SPIN_IN_CHILD: {RunStatus.STOPPED},
    }
    for behaviour_, row in zip(books.behaviours, books.rows, strict=True):
        assert row.status in TERMINAL
        if (row.error or {}).get("code") == "WORKER_LOST":
            assert row.faults == TRIES - 1
            continue
        assert row.status in allowed.get(behaviour_, {RunStatus.COMPLETED})


def check_events(books: Books) -> None:
    for row, events in zip(books.rows, books.events, strict=True):
        assert list(range(1, row.last_seq + 1)) == [event.seq for event in events]
        assert ["FINISHED"] == [event.name for event in events if event.name == "FINISHED"]
        assert "FINISHED" == events[-1].name
        attempts = [event.attempt for event in events]
        assert sorted(attempts) == attempts
        assert row.attempt == attempts[-1]


async def check_effects(site: Site, books: Books) -> None:
    """What was completed has its effect once, and what was not has none."""
    completed = [
        (behaviour_, row)
        for behaviour_, row in zip(books.behaviours, books.rows, strict=True)
        if row.status == RunStatus.COMPLETED
    ]
    echoed = sum(behaviour_ == "echo" for behaviour_, _ in completed)
    written = {row.pk.hex for behaviour_, row in completed if behaviour_ == Chore.WRITE_AHEAD}
    assert echoed == await site.house.said("chaos")
    names = Counter(name.split(".")[1] for name in await site.house.store.read(assets))
    assert dict.fromkeys(written, ROWS) == names
