"""Rows of feeds are read in one order by everybody, none of them stepped over, however late it commits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlmodel import select

from db.feeds import (
    BIGGEST,
    Feed,
    FeedFloor,
    FeedRow,
    Happening,
    Missed,
    Pause,
    Position,
    end_of_feed,
    follow_feed,
    forget_rows,
    forget_strangers,
    is_to_come,
    newest_rows,
    read_on,
    tell,
)
from db.models import Workspace, now
from db.session import Session, engine_for_writes
from db.store import Store
from tests.house import House

START = Position(0, 0)
WRITERS, WRITES = 8, 25


def write(session: Session, *names: str, workspace: str = "main", feed: Feed = Feed.RUNS) -> None:
    tell(session, feed, workspace, [(name, {}) for name in names])


async def told(house: House, *names: str, **more: Any) -> None:
    """Write rows, and commit them."""
    await house.write(lambda session: write(session, *names, **more))


async def names_behind(house: House, after: Position = START, feed: Feed = Feed.RUNS) -> list[str]:
    """What may be read behind a place."""
    part = await house.store.read(partial(read_on, feed=feed, workspace="main", after=after))
    return [row.name for row in part.rows]


@asynccontextmanager
async def under_way(url: str) -> AsyncIterator[Session]:
    """A transaction of another process that has begun to write."""
    engine = engine_for_writes(url)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


async def heard(house: House, count: int, after: Position = START) -> list[Happening | Missed]:
    """The next so many things that a feed tells."""
    found: list[Happening | Missed] = []
    async for each in follow_feed(house.store, house.hints, Feed.RUNS, "main", after):
        if not isinstance(each, Pause):
            found.append(each)
        if len(found) == count:
            break
    return found


async def test_who_commits_late(postgres_url: str, sqlite_house: House) -> None:
    """A row that has its number early and commits late holds back what came after it, and then comes first."""
    late = Store(postgres_url, publish=sqlite_house.hints.publish)
    place = partial(read_on, feed=Feed.RUNS, workspace="main", after=START)
    try:
        async with under_way(postgres_url) as slow:
            write(slow, "early")
            await late.write(lambda session: write(session, "later"))
            before = await late.read(place)
            end = await late.read(partial(end_of_feed, feed=Feed.RUNS, workspace="main"))
            slow.commit()
        after = await late.read(place)
    finally:
        late.close()

    assert ([], True, START) == (before.rows, before.held, end)
    assert ["early", "later"] == [row.name for row in after.rows]
    assert not after.held


async def test_a_reader_of_what_commits_late(house: House) -> None:
    """Who follows a feed hears what was held back, though what it waited for rang no bell."""
    if "sqlite" in house.environ["HEADWATER_DATABASE_URL"]:
        await told(house, "early", "later")
        listening = asyncio.create_task(heard(house, 2))
    else:
        async with under_way(house.environ["HEADWATER_DATABASE_URL"]) as slow:
            slow.execute(
                text("SELECT pg_current_xact_id()")
            )  # it writes nothing, and is waited for all the same
            await told(house, "early")
            await told(house, "later")
            listening = asyncio.create_task(heard(house, 2))
            await house.until(lambda: is_listening(house))
            assert not listening.done()
            slow.rollback()
    assert ["early", "later"] == [each.name for each in await listening if isinstance(each, Happening)]


async def is_listening(house: House) -> bool:
    return house.hints.listeners > 0


async def test_many_writers(house: House) -> None:
    """Of many who write at once each row is heard once, those of one writer in order, meanwhile."""

    def some(session: Session, writer: int, nth: int, more: int) -> None:
        write(session, f"{writer} {nth} a")
        for _ in range(more):  # others come in between the number and the commit
            session.execute(text("SELECT 1"))
        write(session, f"{writer} {nth} b")

    async def writes(writer: int) -> None:
        for nth in range(WRITES):
            await house.write(partial(some, writer=writer, nth=nth, more=(7 * writer + 3 * nth) % 20))

    listening = asyncio.create_task(heard(house, WRITERS * WRITES * 2))
    await asyncio.gather(*(writes(writer) for writer in range(WRITERS)))
    names = [each.name for each in await listening if isinstance(each, Happening)]
    again = await heard(house, WRITERS * WRITES * 2)

    assert names == [each.name for each in again if isinstance(each, Happening)]
    for writer in range(WRITERS):
        mine = [name for name in names if name.startswith(f"{writer} ")]
        assert [f"{writer} {nth} {half}" for nth in range(WRITES) for half in "ab"] == mine


async def test_from_every_place(house: House) -> None:
    """From behind each row just the rest is read, page by page; of other feeds and workspaces nothing is."""
    await house.write(lambda session: session.add(Workspace(name="other")))
    for at in range(5):
        await told(house, f"{at} a", f"{at} b")
        await told(house, "theirs", workspace="other")
        await told(house, "another", feed=Feed.LINEAGE)
    place = START
    rows: list[Happening] = []
    while True:
        page = partial(read_on, feed=Feed.RUNS, workspace="main", after=place, limit=3)
        part = await house.store.read(page)
        if not part.rows:
            break
        rows += part.rows
        place = rows[-1].position

    assert [f"{at} {half}" for at in range(5) for half in "ab"] == [row.name for row in rows]
    for at, row in enumerate(rows):
        assert [each.name for each in rows[at + 1 :]] == await names_behind(house, row.position)
    assert ["another"] * 5 == await names_behind(house, feed=Feed.LINEAGE)
    newest = await house.store.read(
        partial(newest_rows, topics=["feed:runs:main", "feed:runs:other", "feed:runs:nowhere", "run:1", "x"])
    )
    assert {"feed:runs:main": rows[-1].position.id, "feed:runs:nowhere": 0} == {
        name: newest[name] for name in ("feed:runs:main", "feed:runs:nowhere")
    }
    assert "x" not in newest


async def test_what_was_forgotten(house: House) -> None:
    """Who had read all is told of no gap; who had not is, once; and no place is ever given again."""
    await told(house, "a")
    ((first,),) = [await heard(house, 1)]
    await told(house, "b")
    (_, last) = await heard(house, 2)
    while await house.write(partial(forget_rows, kept_for=timedelta(0))):
        pass
    assert [] == await names_behind(house)
    await told(house, "c")
    missed, new = await heard(house, 2, first.position)
    (only,) = await heard(house, 1, last.position)

    assert isinstance(missed, Missed)
    assert last.position == missed.position
    assert isinstance(new, Happening)
    assert ("c", new) == (new.name, only)
    assert new.position > last.position


async def test_what_is_young_stays(house: House) -> None:
    """Only what is older than it is kept is forgotten."""
    await told(house, "a")

    assert not await house.write(partial(forget_rows, kept_for=timedelta(days=1)))
    assert ["a"] == await names_behind(house)


async def test_places_to_come(house: House) -> None:
    """A place that no row has had yet is known for one; each that was told is not."""
    await told(house, "a")
    (row,) = await heard(house, 1)
    for place, expected in (
        (START, False),
        (row.position, False),
        (Position(0, BIGGEST), "sqlite" in house.environ["HEADWATER_DATABASE_URL"]),
        (Position(BIGGEST, 1), True),
    ):
        assert expected is await house.store.read(partial(is_to_come, position=place)), place


async def test_rows_of_another_server(house: House) -> None:
    """What a dump brought of a server that had come further is forgotten, and what is told next is read."""
    await told(house, "ours")
    (ours,) = await heard(house, 1)
    far: dict[str, Any] = {"workspace": "main", "feed": "runs", "xid": BIGGEST - 1}

    def restore(session: Session) -> None:
        session.add(FeedRow(**far, name="theirs", at=now(), data={}))
        session.add(FeedFloor(**far, id=1))

    await house.write(restore)
    while await house.write(forget_strangers):
        pass
    missed, new = await asyncio.gather(heard(house, 2, ours.position), told(house, "new"))
    left = await house.store.read(lambda session: session.scalars(select(FeedRow.name)).all())

    assert "theirs" not in left
    assert new is None
    assert [Missed, Happening] == [type(each) for each in missed]
