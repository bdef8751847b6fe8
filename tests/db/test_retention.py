"""Runs are kept as long as settings say; what they wrote into the graph is not theirs, and stays."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, update
from sqlmodel import col, select

from db import retention
from db.models import Artifact, Run, RunEvent, RunStatus, now
from jobs.execute import end
from jobs.settings import WorkSettings
from jobs.submit import remove_run
from jobs.sweep import tidy_artifacts, tidy_runs
from tests.house import House
from tests.pipelines.chores.values import Chore

LONG_AGO = timedelta(days=10)


async def ended(house: House, *contents: str, days_ago: int = 0) -> Run:
    """A run that ended so many days ago and had these artifacts."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    for content in contents:
        await house.context(run).keep(content.encode(), content, "text/plain")
    await house.write(lambda session: end(session, run, RunStatus.COMPLETED, house.bench, {}))
    await house.change(run, finished_at=now() - timedelta(days=days_ago))
    return run


async def left(house: House) -> dict[str, int]:
    """How many runs, events and artifacts there are."""

    def look(session: Any) -> dict[str, int]:
        tables = {"runs": Run, "events": RunEvent, "artifacts": Artifact}
        counts = {name: select(func.count()).select_from(table) for name, table in tables.items()}
        return {name: int(session.execute(count).scalar_one()) for name, count in counts.items()}

    return await house.store.read(look)


async def age_artifacts(house: House) -> None:
    """Let all artifacts be so old that the sweep may take them."""
    older = update(Artifact).values(created_at=now() - LONG_AGO)
    await house.write(lambda session: session.execute(older))


def keeping(house: House, days: int | None) -> Any:
    """The house's bench, where ended runs are kept for so many days."""
    return replace(house.bench, settings=WorkSettings(run_retention_days=days))


async def test_a_deleted_run(house: House) -> None:
    """Deleting a run frees the bytes that it alone referred to, once the sweep comes; shared ones stay."""
    first, second = await ended(house, "own", "shared"), await ended(house, "shared", "theirs")
    await age_artifacts(house)
    query = select(Artifact.digest).order_by(col(Artifact.size_bytes))
    own, *others = await house.store.read(lambda session: session.scalars(query).all())

    await remove_run(house.desk, "main", first.run_id)
    await tidy_artifacts(house.bench)

    assert [False, True, True] == [house.artifacts.path(digest).exists() for digest in (own, *others)]
    assert {"runs": 1, "events": 3, "artifacts": 2} == await left(house)
    await remove_run(house.desk, "main", second.run_id)
    await tidy_artifacts(house.bench)
    assert {"runs": 0, "events": 0, "artifacts": 0} == await left(house)


async def test_old_runs_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that ended longer ago than they are kept go, many events or few; young and unfinished ones stay."""
    monkeypatch.setattr(retention, "RUNS", 2)
    monkeypatch.setattr(retention, "EVENTS", 3)
    for days_ago in (40, 31, 31, 31, 32):
        await ended(house, days_ago=days_ago)
    young = await ended(house, days_ago=29)
    waiting = await house.submitted("echo", word="hello")
    await house.change(waiting, submitted_at=now() - timedelta(days=90))

    await tidy_runs(keeping(house, 30))

    assert {"runs": 2, "events": 4, "artifacts": 0} == await left(house)
    assert [RunStatus.COMPLETED, RunStatus.QUEUED] == [await house.status(run) for run in (young, waiting)]


async def test_kept_for_ever(house: House) -> None:
    """Without the setting runs are kept, however old."""
    await ended(house, days_ago=4_000)

    await tidy_runs(keeping(house, None))

    assert 1 == (await left(house))["runs"]
