"""What revisions changed is told once, in order, whoever dies, races or deletes meanwhile."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, func, select

from db import closures
from db.clearing import begin_clearing
from db.feeds import Feed, FeedRow, Happening, Position, read_on
from db.lineage import Asset
from db.models import Workspace, now
from db.watches import ToldRevision, Watch, drop_watch, untold
from jobs import news
from jobs.news import (
    HEAD_MOVED,
    WATCH_TOUCHED,
    News,
    take_untold,
    tell_news,
    tell_workspace,
    watch_news,
    write_news,
)
from jobs.sweep import tidy_feeds
from tests.house import House
from tests.jobs.pipelines.lineage.sight import told

TABLE = {"t.sql": "CREATE TABLE raw.orders (id int, price int);"}
SHOP = TABLE | {"v.sql": "CREATE VIEW mart.sales AS SELECT id, price FROM raw.orders;"}
CHANGED = TABLE | {"v.sql": "CREATE VIEW mart.sales AS SELECT id FROM raw.orders;"}


async def fed(house: House) -> list[Happening]:
    """All that the feed of lineage tells."""
    page = partial(read_on, feed=Feed.LINEAGE, workspace="main", after=Position(0, 0), limit=10_000)
    return list((await house.store.read(page)).rows)


async def stretches(house: House) -> list[tuple[int, int]]:
    """From where to where each new head was told."""
    heads = [row.data for row in await fed(house) if row.name == HEAD_MOVED]
    return [(head["before"], head["after"]) for head in heads]


async def watched(house: House, *names: str, asset: str = "mart.sales") -> list[Watch]:
    """Watches of what is upstream of an asset."""

    def make(session: Any) -> list[Watch]:
        found = session.scalars(select(Asset).where(Asset.name == asset)).one()
        place = {"asset_pk": found.pk, "namespace": found.namespace, "asset_name": asset}
        own = {"workspace": "main", "owner": "a", "direction": "upstream", "kinds": [], **place}
        made = [Watch(**own, name=name) for name in names]
        session.add_all(made)
        return made

    return list(await house.write(make))


async def lapse(house: House) -> None:
    """Let the lease of whoever is about to tell have run out."""
    late = update(ToldRevision).values(lease_until=now() - timedelta(seconds=1))
    await house.write(lambda session: session.execute(late))


async def test_many_workers(house: House) -> None:
    """Of workers that find the same head at the same moment, one tells it."""
    await told(house, SHOP)
    benches = [house.another_bench(f"worker-{at}") for at in range(4)]
    done = await asyncio.gather(*(tell_workspace(bench, "main") for bench in benches))

    assert 1 == sum(done)
    assert [(0, 1)] == await stretches(house)
    assert [] == await house.store.read(untold)


async def test_revisions_in_quick_succession(house: House) -> None:
    """Revisions that came before anybody looked are told together, and none is left out."""
    await told(house, TABLE)
    assert await tell_workspace(house.bench, "main")
    for texts in (SHOP, CHANGED, SHOP):
        await told(house, texts)
    assert await tell_workspace(house.bench, "main")
    assert not await tell_workspace(house.bench, "main")

    assert [(0, 1), (1, 4)] == await stretches(house)


async def test_a_worker_that_died_while_it_looked(house: House) -> None:
    """While a worker looks, others leave it alone; once its lease has run out another tells, and it cannot."""
    await told(house, SHOP)
    dead = await house.write(partial(take_untold, workspace="main", worker="dead"))
    assert [] == await house.store.read(untold)
    assert not await tell_workspace(house.bench, "main")
    await lapse(house)
    assert ["main"] == await house.store.read(untold)
    assert await tell_workspace(house.bench, "main")
    late = partial(write_news, stretch=dead, worker="dead", news=News(0, 1), concerned=())

    assert not await house.write(late)
    assert [(0, 1)] == await stretches(house)


async def test_it_tells_by_itself(house: House) -> None:
    """A worker tells each new head soon after it came, and those that came while nobody looked."""
    await told(house, TABLE)
    telling = asyncio.create_task(tell_news(house.bench))

    async def count(wanted: int) -> bool:
        return len(await stretches(house)) == wanted

    await house.until(partial(count, 1))
    await told(house, SHOP)
    await house.until(partial(count, 2))
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)

    assert [(0, 1), (1, 2)] == await stretches(house)


async def test_a_watch_that_is_deleted_meanwhile(house: House) -> None:
    """Of a watch that was deleted while its news were made, nothing is told."""
    await told(house, SHOP)
    await tell_workspace(house.bench, "main")
    kept, gone = await watched(house, "kept", "gone")
    await told(house, CHANGED)
    stretch = await house.write(partial(take_untold, workspace="main", worker="w"))
    concerned = await house.store.read(partial(watch_news, stretch=stretch, changes=None))
    assert {kept.pk, gone.pk} == {each.watch for each in concerned}
    await house.write(partial(drop_watch, pk=gone.pk))
    await house.write(partial(write_news, stretch=stretch, worker="w", news=News(1, 2), concerned=concerned))

    assert ["kept"] == [row.data["name"] for row in await fed(house) if row.name == WATCH_TOUCHED]


async def test_a_thousand_watches(house: House) -> None:
    """However many watch the same, the revision is compared once, and each is told its part."""
    await told(house, SHOP)
    await tell_workspace(house.bench, "main")
    await watched(house, *(f"watch {at}" for at in range(1_000)))
    await watched(house, "elsewhere", asset="raw.orders")
    await told(house, CHANGED)
    assert await tell_workspace(house.bench, "main")
    rows = [row for row in await fed(house) if row.name == WATCH_TOUCHED]

    assert {f"watch {at}" for at in range(1_000)} == {row.data["name"] for row in rows}
    assert 1_000 == len(rows)
    assert 1 == len({str(row.data["news"]) for row in rows})


@pytest.mark.parametrize(
    ("module", "limit"), [(news, "MOST_TURNED"), (closures, "MOST_EDGES"), (news, "LOOK_SECONDS")]
)
async def test_more_than_can_be_looked_at(
    house: House, module: Any, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where too much changed, the graph is too large or time is up, that is told, and to every watch."""
    await told(house, SHOP)
    await tell_workspace(house.bench, "main")
    await watched(house, "sales")
    monkeypatch.setattr(module, limit, 0)
    await told(house, CHANGED)
    assert await tell_workspace(house.bench, "main")
    head, touched = (await fed(house))[-2:]

    assert (HEAD_MOVED, WATCH_TOUCHED) == (head.name, touched.name)
    assert (limit == "MOST_TURNED", True) == (head.data["truncated"], touched.data["news"]["truncated"])
    assert [] == touched.data["news"]["changes"]


async def test_while_the_workspace_is_cleared(house: House) -> None:
    """Nothing is told of a workspace that is being cleared."""
    await told(house, SHOP)
    await house.write(partial(begin_clearing, workspace="main"))
    await house.write(lambda session: session.execute(update(Workspace).values(head=1)))

    assert [] == await house.store.read(untold)
    assert not await tell_workspace(house.bench, "main")
    assert [] == await fed(house)


async def test_old_news_are_forgotten(house: House) -> None:
    """What was told longer ago than feeds are kept goes, with everything of that age; the rest stays."""
    await told(house, TABLE)
    await tell_workspace(house.bench, "main")
    long_ago = now() - timedelta(days=house.settings.feed_retention_days, hours=1)
    await house.write(lambda session: session.execute(update(FeedRow).values(at=long_ago)))
    await told(house, SHOP)
    await tell_workspace(house.bench, "main")
    await tidy_feeds(house.bench)
    count = select(func.count()).select_from(FeedRow).where(col(FeedRow.at) <= long_ago)

    assert [(1, 2)] == await stretches(house)
    assert 0 == await house.store.read(lambda session: session.execute(count).scalar_one())
