"""Two hundred runs and two workers: slots are really reserved, and the order is kept."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, or_
from sqlmodel import col, select

from db.models import Run, RunStatus
from db.session import Session
from jobs.submit import RunOptions
from tests.pipelines.chores.values import Chore
from tests.processes import Site, open_site

pytestmark = [pytest.mark.kills, pytest.mark.alone]

RUNS, SLOTS, AT_ONCE = 200, 8, 6
WIDE = 5  # slots of every tenth run


@dataclass(frozen=True, slots=True)
class Load:
    """What is in use at a moment."""

    slots: int
    held: int
    running: int


def load(session: Session) -> Load:
    held = or_(col(Run.status) == RunStatus.RUNNING, col(Run.admitted_at).is_not(None))
    unfinished = col(Run.finished_at).is_(None)
    in_use = select(func.coalesce(func.sum(Run.slots), 0), func.count()).where(unfinished, held)
    running = select(func.count()).where(col(Run.status) == RunStatus.RUNNING)
    slots, count = session.execute(in_use).one()
    return Load(slots, count, session.execute(running).scalar_one())


async def sampled(site: Site, samples: list[Load]) -> None:
    while True:
        samples.append(await site.house.store.read(load))
        await asyncio.sleep(0.005)  # sleeps: between two samples, until the test cancels this


async def submit_all(site: Site) -> list[Run]:
    return [
        await site.house.submitted(
            "chores",
            RunOptions(priority=1 + number % 5, slots=WIDE if number % 10 == 0 else 1),
            chore=Chore.COUNT,
            size=1,
        )
        for number in range(RUNS)
    ]


def starts(rows: Iterable[Run]) -> list[Run]:
    """Runs in the order in which they started."""
    return sorted(rows, key=lambda row: (row.started_at is None, row.started_at))


def overtaken(rows: Sequence[Run]) -> int:
    """The most places by which a run started earlier or later than its rank said."""
    ranked = sorted(rows, key=lambda row: (row.rank, row.pk))
    places = {row.pk: place for place, row in enumerate(ranked)}
    return max(abs(places[row.pk] - place) for place, row in enumerate(starts(rows)))


async def test_two_hundred_runs(sqlite_url: str, tmp_path: Path) -> None:
    """Never are more slots or runs in use than there are, and runs start in the order of their rank."""
    settings = {"slots": SLOTS, "max_concurrent_runs": AT_ONCE, "children": 1, "worker_runs": 10}
    async with open_site(tmp_path / "site", sqlite_url, **settings) as site:
        runs = await submit_all(site)
        samples: list[Load] = []
        sampling = asyncio.create_task(sampled(site, samples))
        workers = [site.start_worker(), site.start_worker()]

        ends = [await site.house.ended(run, seconds=60) for run in runs]

        sampling.cancel()
        await asyncio.gather(sampling, return_exceptions=True)
        assert {(RunStatus.COMPLETED, 1)} == {(row.status, row.attempt) for row in ends}
        assert max(sample.slots for sample in samples) <= SLOTS
        assert max(sample.held for sample in samples) <= AT_ONCE
        assert max(sample.running for sample in samples) <= AT_ONCE
        assert overtaken([row for row in ends if row.run_id not in first_in(runs)]) <= AT_ONCE
        assert all(worker.alive for worker in workers)


def first_in(runs: Sequence[Run]) -> set[str]:
    """Runs that were admitted as they came, before there was anything to choose from."""
    return {run.run_id for run in runs[:AT_ONCE]}
