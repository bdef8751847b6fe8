"""A worker is killed with its hands full; another one takes over, and nothing shows but the time it took."""

import asyncio
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from db.lineage import Asset
from db.models import Run, RunEvent, RunStatus
from db.session import Session
from jobs.queue import Queue, connect
from jobs.submit import RunOptions, stop_run, submit_run
from tests.acceptance.graphs import NOTHING, Leftovers, leftovers_of
from tests.pipelines.chores.values import Chore
from tests.pipelines.echo.values import EchoParams
from tests.processes import Site, is_gone, open_site, until

pytestmark = pytest.mark.kills

RECOVERY_SECONDS = 10.0
ROWS = 600


@dataclass(frozen=True, slots=True)
class Story:
    """What became of a run."""

    row: Run
    events: list[RunEvent]

    @property
    def starts(self) -> list[str]:
        return [event.data["worker"] for event in self.events if event.name == "STARTED"]


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What was found after one worker had been killed and another had finished its runs."""

    seconds: float  # from the kill until the last run had started again
    stories: dict[str, Story]
    orphans: list[int]
    assets: int
    heads: tuple[int, int]  # before and after
    leftovers: Leftovers


@pytest.fixture(scope="module")
def aftermath(site_url: str, tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """One killing, looked at by all tests."""
    return asyncio.run(kill_and_recover(site_url, tmp_path_factory.mktemp("files")))


async def kill_and_recover(url: str, folder: Path) -> Aftermath:
    async with open_site(folder / "site", url, children=1) as site:
        gate = folder / "gate"
        first = await site.worker()
        unsent = await submitted_and_never_sent(site)
        runs = await submit_all(site, gate)
        second = site.start_worker()  # it takes seconds to come up: the first one gets the next run, too
        runs["finishing"] = await site.house.submitted(
            "chores", chore=Chore.COUNT, size=1, path=str(gate), pause_in_save=True
        )
        await until(Path(f"{gate}.saving").exists)
        await second.heard("worker started")
        children = [child.pid for child in first.children()]
        first.kill()
        killed_at = time.monotonic()
        head_before = await site.house.head()
        gate.touch()
        await site.house.until(partial(started_again, site, runs), seconds=30)
        seconds = time.monotonic() - killed_at
        await stop_run(site.house.desk, "main", runs["spinning"].run_id)
        for run in runs.values():
            await site.house.ended(run)
        return Aftermath(
            seconds=seconds,
            stories={name: await story(site, run) for name, run in (*runs.items(), ("unsent", unsent))},
            orphans=[pid for pid in children if not is_gone(pid)],
            assets=await site.house.store.read(count_assets),
            heads=(head_before, await site.house.head()),
            leftovers=await leftovers_of(site.house),
        )


async def submitted_and_never_sent(site: Site) -> Run:
    """A run whose acceptor died, or had no Redis, between the commit and the queue."""
    redis = connect("unix:///nonexistent/valkey.sock")
    alone = replace(site.house.desk, queue=Queue(redis))
    run = await submit_run(alone, "somebody", "echo", EchoParams("unsent"), RunOptions())
    await redis.aclose(close_connection_pool=True)
    return await site.house.ended(run)


async def submit_all(site: Site, gate: Path) -> dict[str, Run]:
    """Runs that the only worker is in the middle of."""
    house = site.house
    path = str(gate)
    runs = {
        "waiting": await house.submitted("chores", chore=Chore.WAIT, path=path),
        "spinning": await house.submitted("chores", chore=Chore.SPIN_IN_CHILD),
        "writing": await house.submitted(
            "chores", chore=Chore.WRITE_AHEAD, path=path, size=ROWS, pause_at_save=True
        ),
    }
    for name, stage in (("waiting", "WORK"), ("spinning", "WORK"), ("writing", "SAVE")):
        await house.until(partial(in_stage, site, runs[name], stage))
    return runs


async def in_stage(site: Site, run: Run, stage: str) -> bool:
    return (await site.house.row(run)).stage == stage


async def started_again(site: Site, runs: dict[str, Run]) -> bool:
    return all([(await site.house.row(run)).attempt >= 2 for run in runs.values()])


async def story(site: Site, run: Run) -> Story:
    return Story(await site.house.row(run), await site.house.events(run))


def count_assets(session: Session) -> int:
    return int(session.execute(select(func.count()).select_from(Asset)).scalar_one())


def test_recovered_in_seconds(aftermath: Aftermath) -> None:
    """All runs of a killed worker are at work again in less than ten seconds."""
    assert aftermath.seconds < RECOVERY_SECONDS


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("waiting", RunStatus.COMPLETED),
        ("spinning", RunStatus.STOPPED),
        ("writing", RunStatus.COMPLETED),
        ("finishing", RunStatus.COMPLETED),
    ],
)
def test_no_run_is_lost(aftermath: Aftermath, name: str, status: RunStatus) -> None:
    """A run ends well although its worker was killed mid-run, in a child, writing ahead or while finishing."""
    story = aftermath.stories[name]

    assert status == story.row.status
    assert 2 == story.row.attempt
    assert 2 == len(set(story.starts))


def test_events_tell_the_whole_story(aftermath: Aftermath) -> None:
    """Events are numbered without gaps over both attempts, carry the attempt, and end once."""
    for story in aftermath.stories.values():
        assert list(range(1, story.row.last_seq + 1)) == [event.seq for event in story.events]
        attempts = [event.attempt for event in story.events]
        assert sorted(attempts) == attempts
        assert ["FINISHED"] == [event.name for event in story.events if event.name == "FINISHED"]
        assert "FINISHED" == story.events[-1].name
    waiting = [str(event.name) for event in aftermath.stories["waiting"].events]
    assert ["ACCEPTED", "STARTED"] == waiting[:2]
    assert 1 == waiting.count("REQUEUED")


def test_a_half_made_finish_never_was(aftermath: Aftermath) -> None:
    """A worker killed inside the finishing transaction leaves neither result nor event of it."""
    story = aftermath.stories["finishing"]

    assert [2] == [event.attempt for event in story.events if event.name == "FINISHED"]
    assert story.row.result is not None


def test_what_was_written_ahead_is_gone(aftermath: Aftermath) -> None:
    """Readers saw nothing of a dead attempt, its rows are removed, and the next attempt's land once."""
    head_before, head_after = aftermath.heads

    assert 0 == head_before
    assert 2 == head_after
    assert ROWS == aftermath.assets
    assert NOTHING == aftermath.leftovers


def test_no_orphan(aftermath: Aftermath) -> None:
    """The child processes of a killed worker end with it."""
    assert [] == aftermath.orphans


def test_committed_and_never_enqueued(aftermath: Aftermath) -> None:
    """A run that nobody put into the queue after the commit is found in its row."""
    story = aftermath.stories["unsent"]

    assert RunStatus.COMPLETED == story.row.status
    assert 1 == story.row.attempt
