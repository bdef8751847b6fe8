"""The end of a source is seen whole or not at all, whatever becomes of who carries it out."""

from datetime import timedelta
from functools import partial

from sqlalchemy import update
from sqlmodel import col, func, select

from db.lineage import ASSERTIONS, Revision
from db.revisions import clear_dead_revision, reserve_revision, stale_reservations
from db.session import Session
from db.sources import Departure, begin_departure, end_departure, end_some
from tests.house import House

SQL = "CREATE TABLE s.a (x INT); CREATE VIEW s.v AS SELECT x FROM s.a;"


async def begun(house: House) -> Departure:
    """The end of a source, begun and half carried out."""
    run = await house.submitted("lineage", texts=[{"name": "a.sql", "sql": SQL}], dialect="duckdb")
    await house.execute(run)
    departure: Departure | None = await house.write(
        partial(begin_departure, workspace="main", source="default")
    )
    assert departure is not None
    return departure


def ended(session: Session) -> int:
    """How many assertions have an end."""
    counts = [
        session.scalar(select(func.count()).where(col(table.until).is_not(None))) or 0 for table in ASSERTIONS
    ]
    return sum(counts)


def silence(session: Session, departure: Departure) -> None:
    """Let a departure be as if nobody had carried it on for a minute."""
    own = (col(Revision.workspace) == "main", col(Revision.number) == departure.number)
    session.execute(update(Revision).where(*own).values(reserved_at=departure.since - timedelta(minutes=1)))


async def test_one_that_lives_is_left_alone(house: House) -> None:
    """While it is carried out, others see it reserved and alive, and readers stay where they are."""
    departure = await begun(house)
    step = await house.write(partial(end_some, departure=departure))

    assert step is not None
    assert 0 < step[0]
    assert [] == await house.store.read(stale_reservations)
    assert await house.write(partial(begin_departure, workspace="main", source="default")) is None
    assert 1 == await house.head()


async def test_one_that_died_is_taken_back(house: House) -> None:
    """Once nobody carries it on, it is stale; what it ended is asserted again, and it cannot go on."""
    departure = await begun(house)
    assert await house.write(partial(end_some, departure=departure)) is not None
    assert 0 < await house.store.read(ended)
    await house.write(partial(silence, departure=departure))

    assert [("main", departure.number)] == await house.store.read(stale_reservations)
    assert await house.write(partial(end_some, departure=departure)) is None
    await clear_dead_revision(house.store, "main", departure.number)
    assert 0 == await house.store.read(ended)
    assert not await house.write(partial(end_departure, departure=departure))
    assert 1 == await house.head()


async def test_a_run_waits_for_it(house: House) -> None:
    """A run that wants a revision meanwhile is told that one is held, by no run, and alive."""
    await begun(house)
    run = await house.row(await house.submitted("echo", word="hello"))
    held = await house.write(lambda session: reserve_revision(session, "main", run_pk=run.pk, attempt=1))

    assert ("", False, True) == (held.holder, held.mine, held.alive)
