"""Which queued run starts is decided in one place: slots, limits, priority, waiting time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import col, select

from db.capacity import Capacity
from db.models import Run, RunStatus, now
from db.runs import admit_runs, admitted_runs, rank_of
from jobs.settings import WorkSettings
from jobs.submit import RunOptions, stop_run
from tests.house import House, open_house

FULL = Capacity(slots=4, runs=3)


@pytest.fixture
async def narrow(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house with four slots, for at most three runs at once."""
    settings = WorkSettings(slots=FULL.slots, max_concurrent_runs=FULL.runs)
    async with open_house(database_url, redis_url, tmp_path, settings) as house:
        yield house


async def submitted(house: House, name: str, *, slots: int = 1, priority: int = 5) -> Run:
    return await house.submitted("echo", RunOptions(run_id=name, slots=slots, priority=priority), word=name)


async def admitted(house: House) -> list[str]:
    """The names of the runs that may start, in the order of their rank."""
    pks = [pk for pk, _ in await house.store.read(admitted_runs)]
    named = select(Run.run_id).where(col(Run.pk).in_(pks)).order_by(col(Run.rank))
    return list(await house.store.read(lambda session: session.scalars(named).all()))


async def test_slots_are_reserved(narrow: House) -> None:
    """Runs are admitted while their slots are free, and the next one when a run has ended."""
    first = await submitted(narrow, "first", slots=3)
    await submitted(narrow, "second", slots=2)
    assert ["first"] == await admitted(narrow)

    await narrow.execute(first)

    assert ["second"] == await admitted(narrow)


async def test_no_more_runs_than_allowed(narrow: House) -> None:
    """However narrow they are, no more runs are admitted than may run at once."""
    for name in ("a", "b", "c", "d"):
        await submitted(narrow, name)

    assert ["a", "b", "c"] == await admitted(narrow)


async def test_many_at_once(narrow: House) -> None:
    """Twenty parallel submissions admit as many runs as there is room for, and no more."""
    await asyncio.gather(*(submitted(narrow, f"run-{n}") for n in range(20)))

    assert 3 == len(await admitted(narrow))


async def test_priority(narrow: House) -> None:
    """Of waiting runs the one with the smallest priority number starts first."""
    blocking = await submitted(narrow, "blocking", slots=4)
    for priority in (5, 3, 1, 2, 4):
        await submitted(narrow, f"p{priority}", priority=priority)

    await narrow.execute(blocking)

    assert ["p1", "p2", "p3"] == await admitted(narrow)


@pytest.mark.parametrize(("minutes", "expected"), [(19, "urgent"), (21, "patient")])
async def test_aging(narrow: House, minutes: int, expected: str) -> None:
    """A run of the lowest priority is overtaken by more urgent ones for twenty minutes, and not for longer."""
    blocking = await submitted(narrow, "blocking", slots=4)
    patient = await submitted(narrow, "patient", slots=4, priority=5)
    earlier = now() - timedelta(minutes=minutes)
    await narrow.change(patient, submitted_at=earlier, rank=rank_of(earlier, 5))
    await submitted(narrow, "urgent", slots=4, priority=1)

    await narrow.execute(blocking)

    assert [expected] == await admitted(narrow)


async def test_a_wide_run_is_not_starved(narrow: House) -> None:
    """A run wider than the free slots is not stepped over by later narrow ones: it gets the next free slots."""
    narrow_runs = [await submitted(narrow, name) for name in ("a", "b")]
    await submitted(narrow, "wide", slots=4)
    await submitted(narrow, "late")
    assert ["a", "b"] == await admitted(narrow)

    await narrow.execute(narrow_runs[0])
    assert ["b"] == await admitted(narrow)
    await narrow.execute(narrow_runs[1])

    assert ["wide"] == await admitted(narrow)


async def test_a_stopped_run_gives_its_place_away(narrow: House) -> None:
    """Stopping an admitted run lets the next one in."""
    first = await submitted(narrow, "first", slots=4)
    await submitted(narrow, "second", slots=4)

    await stop_run(narrow.desk, "main", first.run_id)

    assert ["second"] == await admitted(narrow)


async def test_stops_and_submissions_at_once(narrow: House) -> None:
    """Stops, submissions and finishes that meet leave no ended run admitted and no slot lost."""
    runs = [await submitted(narrow, f"run-{n}") for n in range(12)]

    await asyncio.gather(
        *(stop_run(narrow.desk, "main", run.run_id) for run in runs[::2]),
        *(submitted(narrow, f"late-{n}") for n in range(6)),
        *(narrow.execute(run) for run in runs[1:4:2]),
    )

    rows = [await narrow.row(run) for run in runs]
    assert [] == [row.run_id for row in rows if row.finished_at and row.admitted_at]
    await narrow.write(partial(admit_runs, capacity=FULL))
    assert 3 == len(await admitted(narrow))
    assert {RunStatus.STOPPED, RunStatus.COMPLETED} >= {row.status for row in rows if row.finished_at}


async def test_a_full_house(narrow: House) -> None:
    """When nothing is free nothing is admitted, and the queue is not even read."""
    await submitted(narrow, "first", slots=4)
    await submitted(narrow, "second")

    assert [] == await narrow.write(partial(admit_runs, capacity=FULL))
