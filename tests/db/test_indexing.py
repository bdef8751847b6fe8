"""A graph that was written before there was full search is found once its database is migrated."""

import pytest
from sqlalchemy import func
from sqlmodel import select

from db import migrate
from db.entries import PARTS, SearchEntry
from db.fulltext import Search, search_texts
from db.indexing import index_all
from db.questions import read_question
from db.store import Store
from tests.db.test_fulltext import HEAD, Told, write

CORPUS = [Told(part, f"net sales of part {place}", (1, None)) for place, part in enumerate(PARTS)]


@pytest.fixture(params=["sqlite", "postgres"])
def older_url(request: pytest.FixtureRequest) -> str:
    """A database that holds a graph and is of the version before full search."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    store = Store(url)
    store.write_now(lambda session: write(session, CORPUS))
    store.close()
    migrate.downgrade(url, "0006")
    return url


def test_the_migration_indexes_what_is_there(older_url: str) -> None:
    """Each part of a graph that is migrated is found; to index it again changes nothing."""
    migrate.upgrade(older_url)
    store = Store(older_url)
    search = Search("main", HEAD, read_question('"net sales"'), frozenset(PARTS))
    found = store.read_now(lambda session: search_texts(session, search, after=None, limit=9, counted=True))
    count = select(func.count()).select_from(SearchEntry)
    before = store.read_now(lambda session: session.execute(count).scalar_one())
    store.write_now(index_all)

    assert {*PARTS} == {match.place.part for match in found.hits}
    assert len(PARTS) == found.total
    assert before == store.read_now(lambda session: session.execute(count).scalar_one())
    store.close()
