"""Queries are kept by name, once a workspace and in whatever capitals."""

from collections.abc import Iterator

import pytest

from db.columns import fold_case
from db.saved_queries import SavedQuery, delete_saved_query, save_query, saved_queries, saved_query
from db.session import Session
from tests.db.links import opened


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction that is undone."""
    with opened(database_url) as session:
        yield session


def query(name: str, sql: str) -> SavedQuery:
    return SavedQuery(
        workspace="main", name=name, folded=fold_case(name), sql=sql, engine="duckdb", saved_by="ada"
    )


def save(session: Session, row: SavedQuery) -> SavedQuery:
    saved = save_query(session, row, most=3)
    assert saved is not None
    return saved


def test_a_name_is_kept_once(session: Session) -> None:
    """Saving under a name that is taken, in other capitals, replaces what it held and its spelling."""
    first = save(session, query("Straße", "SELECT 1"))
    second = save(session, query("STRASSE", "SELECT 2"))

    kept = saved_query(session, "main", "strasse")
    assert kept is not None
    assert first.pk == second.pk == kept.pk
    assert ("STRASSE", "strasse", "SELECT 2") == (kept.name, kept.folded, kept.sql)


def test_a_deleted_query_is_gone(session: Session) -> None:
    """Deleting tells whether there was one, and leaves those of other names."""
    save(session, query("daily", "SELECT 1"))
    save(session, query("weekly", "SELECT 7"))

    assert delete_saved_query(session, "main", "DAILY")
    assert not delete_saved_query(session, "main", "daily")
    assert saved_query(session, "main", "daily") is None
    assert saved_query(session, "main", "weekly") is not None


def test_another_workspace_sees_nothing(session: Session) -> None:
    """A name is looked for in its workspace alone."""
    save(session, query("daily", "SELECT 1"))

    assert saved_query(session, "other", "daily") is None
    assert not delete_saved_query(session, "other", "daily")
    assert saved_query(session, "main", "daily") is not None


def test_the_list(session: Session) -> None:
    """Queries are listed by their folded names, a page at a time, and no more are kept than may be."""
    for name in ("b", "A", "c"):
        save(session, query(name, "SELECT 1"))

    assert ["A", "b"] == [row.name for row in saved_queries(session, workspace="main", after=None, limit=2)]
    assert ["c"] == [row.name for row in saved_queries(session, workspace="main", after="b", limit=2)]
    assert save_query(session, query("d", "SELECT 1"), most=3) is None
    assert "SELECT 2" == save(session, query("C", "SELECT 2")).sql
