"""A worker is killed between a new head and its news; another one tells them, and nobody hears them twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from db.feeds import Feed, Position, read_on
from db.session import Session, engine_for_writes, is_sqlite
from jobs.news import HEAD_MOVED
from tests.jobs.pipelines.lineage.sight import submitted
from tests.processes import Site, open_site

pytestmark = pytest.mark.kills

TEXTS = [{"v.sql": f"CREATE VIEW mart.sales AS SELECT id, {at} AS x{at} FROM raw.orders;"} for at in range(3)]


@contextmanager
def nobody_tells(url: str) -> Iterator[None]:
    """Hold up whoever is about to tell, where that can be done without holding up the head as well."""
    if is_sqlite(url):
        yield
        return
    engine = engine_for_writes(url)
    with Session(engine) as session:
        session.execute(text("SELECT 1 FROM told_revisions FOR UPDATE"))
        yield
    engine.dispose()


async def stretches(site: Site) -> list[tuple[int, int]]:
    page = partial(read_on, feed=Feed.LINEAGE, workspace="main", after=Position(0, 0))
    rows = (await site.house.store.read(page)).rows
    return [(row.data["before"], row.data["after"]) for row in rows if row.name == HEAD_MOVED]


async def test_killed_before_the_news(site_url: str, tmp_path: Path) -> None:
    """What the feed tells begins where it told last and ends at the head, whoever was killed in between."""
    async with open_site(tmp_path / "site", site_url, children=1) as site:

        async def moved(to: int) -> bool:
            return await site.house.head() >= to

        async def all_told(to: int) -> bool:
            found = await stretches(site)
            return bool(found) and found[-1][1] == to

        for at, texts in enumerate(TEXTS[:-1], 1):
            worker = await site.worker()
            with nobody_tells(site_url):
                await submitted(site.house, texts)
                await site.house.until(partial(moved, at))
                worker.kill()
                if not is_sqlite(site_url):
                    assert [] == await stretches(site)
        await site.worker()
        await submitted(site.house, TEXTS[-1])
        await site.house.until(partial(moved, len(TEXTS)))
        await site.house.until(partial(all_told, len(TEXTS)))
        found = await stretches(site)

    assert [0, *(after for _, after in found)] == [*(before for before, _ in found), len(TEXTS)]
