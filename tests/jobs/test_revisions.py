"""Revisions of the graph: one is reserved at a time, written unseen, and shown whole or removed whole."""

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from db import revisions
from db.assertions import Change, ensure_source, open_assertions, write_changes
from db.lineage import Asset, AssetFact, Revision, identity
from db.models import Run, RunStatus
from db.revisions import (
    clear_dead_revision,
    commit_revision,
    release_revision,
    reserve_revision,
    stale_reservations,
)
from jobs.execute import end
from jobs.submit import remove_run
from tests.acceptance.graphs import NOTHING, leftovers_of
from tests.house import House
from tests.pipelines.chores.values import Chore


async def claimed(house: House) -> Run:
    return await house.claimed(await house.submitted("chores", chore=Chore.WAIT))


async def reserve(house: House, run: Run) -> Any:
    return await house.write(lambda session: reserve_revision(session, "main", run.pk, run.attempt))


async def states(house: House) -> list[str]:
    found = select(Revision.state).order_by(col(Revision.number))
    return list(await house.store.read(lambda session: session.scalars(found).all()))


async def test_one_at_a_time(house: House) -> None:
    """Of many runs that reserve at once one gets the revision, and all others are told who holds it."""
    runs = [await claimed(house) for _ in range(5)]

    told = await asyncio.gather(*(reserve(house, run) for run in runs))

    (winner,) = [run for run, held in zip(runs, told, strict=True) if held.mine]
    again = await reserve(house, next(run for run in runs if run.pk != winner.pk))
    assert (winner.run_id, False, True, 1) == (again.holder, again.mine, again.alive, again.number)
    assert ["reserved"] == await states(house)


async def test_committed(house: House) -> None:
    """Committing a revision moves the head to it, once; an attempt that reserved nothing commits nothing."""
    run, other = await claimed(house), await claimed(house)
    await reserve(house, run)

    assert 1 == await house.write(lambda session: commit_revision(session, run.pk, run.attempt))
    assert None is await house.write(lambda session: commit_revision(session, run.pk, run.attempt))
    assert None is await house.write(lambda session: commit_revision(session, other.pk, other.attempt))

    assert 1 == await house.head()
    assert 2 == (await reserve(house, other)).number


async def test_given_back(house: House) -> None:
    """A revision under which nothing was written is given back, and readers stay where they are."""
    run, other = await claimed(house), await claimed(house)
    await reserve(house, run)

    await house.write(lambda session: release_revision(session, run.pk, run.attempt))

    assert 0 == await house.head()
    assert [] == await states(house)
    assert (await reserve(house, other)).mine


async def test_held_by_a_deleted_run(house: House) -> None:
    """A reservation whose run was deleted is stale."""
    run = await claimed(house)
    await reserve(house, run)
    assert [] == await house.store.read(stale_reservations)
    await house.write(partial(end, run=run, status=RunStatus.STOPPED, bench=house.bench, outcome={}))
    await remove_run(house.desk, "main", run.run_id)

    assert [("main", 1)] == await house.store.read(stale_reservations)
    held = await reserve(house, await claimed(house))
    assert ("", False, False) == (held.holder, held.mine, held.alive)


def asset(number: int) -> dict[str, Any]:
    name = f"asset {number}"
    return {
        "pk": identity("test", name),
        "workspace": "main",
        "namespace": "test",
        "name_key": name,
        "name": name,
    }


def facts(source: Any, numbers: range, revision: int) -> list[Change]:
    """Assets and a fact about each."""
    rows = [asset(number) for number in numbers]
    said = {
        "workspace": "main",
        "source_pk": source,
        "since": revision,
        "kind": "table",
        "columns_complete": True,
    }
    return [Change(Asset, row | {"born": revision}) for row in rows] + [
        Change(
            AssetFact,
            said | {"pk": identity(row["name"], str(revision)), "fact": row["pk"], "asset_pk": row["pk"]},
        )
        for row in rows
    ]


async def asserted(house: House, source: Any) -> set[Any]:
    """What a source asserts at present."""
    return await house.store.read(lambda session: set(open_assertions(session, source)))


async def test_a_batch_holds_the_end_of_one_list_and_the_beginning_of_another(house: House) -> None:
    """Rows of a batch are inserted behind those that they refer to, in whatever order they come."""
    run = await claimed(house)
    source = await house.write(lambda session: ensure_source(session, "main", "test"))
    await reserve(house, run)
    changes = [*facts(source, range(2), 1), *facts(source, range(2, 4), 1)]

    await house.write(partial(write_changes, changes=changes[2:] + changes[:2], revision=1))

    assert 4 == len(await asserted(house, source))


async def test_more_ends_in_one_batch_than_a_statement_takes(house: House) -> None:
    """A batch may end more assertions than a statement of either database may name."""
    run = await claimed(house)
    source = await house.write(lambda session: ensure_source(session, "main", "test"))
    await reserve(house, run)
    await house.write(partial(write_changes, changes=facts(source, range(2), 1), revision=1))
    kept, ended = [pk for _, _, pk in await asserted(house, source)]
    nobody = [Change(AssetFact, closes=identity("nobody", str(number))) for number in range(70_000)]

    await house.write(partial(write_changes, changes=[*nobody, Change(AssetFact, closes=ended)], revision=2))

    assert [kept] == [pk for _, _, pk in await asserted(house, source)]


async def test_cleared_in_short_transactions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a dead attempt wrote is removed in pieces, what it closed is open again, the rest stays."""
    monkeypatch.setattr(revisions, "CLEAR_ROWS", 3)
    first, second = await claimed(house), await claimed(house)
    source = await house.write(lambda session: ensure_source(session, "main", "test"))
    await reserve(house, first)
    await house.write(partial(write_changes, changes=facts(source, range(4), 1), revision=1))
    await house.write(lambda session: commit_revision(session, first.pk, first.attempt))
    before = await asserted(house, source)
    await reserve(house, second)
    closing = [Change(AssetFact, closes=pk) for _, _, pk in before]
    await house.write(partial(write_changes, changes=[*facts(source, range(4, 12), 2), *closing], revision=2))
    assert before != await asserted(house, source)

    await clear_dead_revision(house.store, "main", 2)

    assert before == await asserted(house, source)
    assert 4 == len(await house.store.read(lambda session: session.scalars(select(Asset)).all()))
    assert ["committed", "abandoned"] == await states(house)
    assert NOTHING == await leftovers_of(house)
