"""What is written ahead stays unseen, runs of a workspace take turns, and a dead attempt leaves nothing."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from db import revisions
from db.models import EventName, Run, RunStatus
from db.revisions import clear_revision, stale_reservations
from db.runs import requeue_run
from jobs.submit import RunOptions
from jobs.sweep import sweep
from tests.house import House
from tests.jobs.pipelines.lineage.sight import (
    ASSERTIONS,
    carried,
    look,
    make_workspace,
    rows,
    submitted,
    told,
)

SHOP = {
    "orders.sql": "CREATE TABLE orders (id int, price int, qty int);",
    "totals.sql": "CREATE VIEW totals AS SELECT id, price * qty AS total FROM orders;",
}
CHANGED = {
    "orders.sql": "CREATE TABLE orders (id int, amount int);",
    "totals.sql": "CREATE VIEW totals AS SELECT amount AS total FROM orders WHERE id > 0;",
    "unclear.sql": "CREATE VIEW unclear AS SELECT * FROM nowhere;",
}


async def holding(house: House, gate: Path) -> tuple[Run, asyncio.Task[None]]:
    """A run that has written two assets ahead and goes on when the gate is there."""
    chore = {"chore": "write_ahead", "size": 2, "path": str(gate), "pause_at_save": True}
    run = await house.submitted("chores", RunOptions(run_id="holder"), **chore)
    task = await house.running(run)
    await house.until(lambda: has_said(house, run, EventName.STAGE_STARTED, "SAVE"))
    return run, task


async def has_said(house: House, run: Run, name: EventName, word: str) -> bool:
    """Whether an event of a run mentions a word."""
    return any(event.name == name and word in str(event.data) for event in await house.events(run))


async def test_runs_of_a_workspace_take_turns(house: House, tmp_path: Path) -> None:
    """A run that would change the graph waits for the one that does, says for whom, and then lands as well."""
    _, held = await holding(house, tmp_path / "gate")
    waiter = await submitted(house, SHOP)
    waiting = asyncio.create_task(house.execute(waiter))
    await house.until(lambda: has_said(house, waiter, EventName.NOTICE, "holder"))
    assert 0 == await house.head()

    (tmp_path / "gate").touch()
    await asyncio.gather(held, waiting)

    assert 2 == await house.head()
    seen = await look(house)
    assert {"orders", "totals"} < seen.assets
    assert 4 == len(seen.assets)
    assert 1 == (await house.event_names(waiter)).count("NOTICE")


async def test_the_second_builds_on_the_first(house: House) -> None:
    """Two runs at the same time both land, and whichever comes second knows what the first one said."""
    ddl = await submitted(house, {"orders.sql": SHOP["orders.sql"]}, source="ddl")
    views = await submitted(house, {"star.sql": "CREATE VIEW star AS SELECT * FROM orders;"}, source="views")

    await asyncio.gather(house.execute(ddl), house.execute(views))

    first, second = [(await house.row(run)).result or {} for run in (ddl, views)]
    assert {1, 2} == {first["revision"], second["revision"]}
    assert (second["revision"] == 1) == (second["unresolved_count"] == 1)


async def test_workspaces_do_not_wait_for_each_other(house: House, tmp_path: Path) -> None:
    """A run lands in its workspace while one of another workspace is in the middle of changing that one."""
    await house.write(partial(make_workspace, name="other"))
    _, held = await holding(house, tmp_path / "gate")
    run = await submitted(house, SHOP, RunOptions(workspace="other"))

    await house.execute(run)

    assert RunStatus.COMPLETED == (await house.row(run)).status
    assert (1, 0) == (await house.head("other"), await house.head())
    assert {"orders", "totals"} == (await look(house, workspace="other")).assets
    (tmp_path / "gate").touch()
    await held
    assert 2 == len((await look(house)).assets)


async def test_what_is_written_ahead_is_unseen(house: House) -> None:
    """Until a run finishes, readers see the graph as it was, though all rows are there already."""
    await told(house, SHOP)
    before = await look(house)

    await carried(house, await submitted(house, CHANGED))

    assert before == await look(house)
    assert before != await look(house, at=2)
    assert 1 == await house.head()


@pytest.mark.parametrize("batch", [3, 2_000])
async def test_a_dead_attempt_leaves_nothing(house: House, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a dead attempt wrote is removed, in batches, and what it closed is open again, row for row."""
    monkeypatch.setattr(revisions, "CLEAR_ROWS", batch)
    await told(house, SHOP)
    before = await rows(house)
    run = await submitted(house, CHANGED)
    await carried(house, run)
    written = await rows(house)
    added = sum(len(written[table]) - len(before[table]) for table in before)
    assert added > 0
    assert [] == await house.store.read(stale_reservations)

    await house.write(partial(requeue_run, pk=run.pk, attempt=1, reason="It died.", faulty=True))

    assert [("main", 2)] == await house.store.read(stale_reservations)
    calls = 1
    while not await house.write(partial(clear_revision, workspace="main", number=2)):
        calls += 1
    assert before == await rows(house)
    assert (calls == 1) == (added < batch)
    assert [] == await house.store.read(stale_reservations)


async def test_the_sweep_clears_dead_attempts(house: House) -> None:
    """A sweep alone removes what a dead attempt left, and the run then lands as if nothing had been."""
    await told(house, SHOP)
    before = await rows(house)
    run = await submitted(house, CHANGED)
    await carried(house, run)
    await house.write(partial(requeue_run, pk=run.pk, attempt=1, reason="It died.", faulty=True))

    await sweep(house.bench)

    assert before == await rows(house)
    await house.execute(run)
    row = await house.row(run)
    assert (2, 3) == (row.attempt, (row.result or {})["revision"])
    assert {"orders", "totals", "unclear", "nowhere"} == (await look(house)).assets


async def test_the_next_run_clears_a_dead_attempt(house: House) -> None:
    """A run that meets what a dead attempt left removes it first; only its own rows are there afterwards."""
    await told(house, SHOP)
    run = await submitted(house, CHANGED)
    await carried(house, run)
    await house.write(partial(requeue_run, pk=run.pk, attempt=1, reason="It died.", faulty=True))

    result = await told(house, {**SHOP, "more.sql": "CREATE VIEW more AS SELECT id FROM totals;"})

    assert 3 == result["revision"]
    found = await rows(house, *ASSERTIONS)
    since = {row[4] for table in found.values() for row in table}
    assert {"1", "3"} == since
    assert {"orders", "totals", "more"} == (await look(house)).assets


async def test_a_run_without_a_change_gives_its_revision_back(house: House) -> None:
    """A run that changed nothing leaves no revision behind, and the next change gets the next number."""
    await told(house, SHOP)
    assert None is (await told(house, SHOP))["revision"]
    assert [] == await house.store.read(stale_reservations)

    assert 2 == (await told(house, CHANGED))["revision"]
