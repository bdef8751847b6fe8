"""What readers ask costs no more when one source asserts nearly all there is."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from db.captions import captions_of
from db.catalog import assets_by_pk, columns_by_pk, columns_of, evidence_of, sources_of
from db.filters import EVERYTHING
from db.lineage import AssetFact, ColumnFact, same_source
from db.search import search_names
from db.session import Session
from db.summary import origins_of
from jobs.pipelines.lineage.read import keep_known
from jobs.pipelines.lineage.save import Teller, source_pk_of
from tests.db.links import ASSETS, COLUMNS, opened
from tests.graph.api import recording

Read = Callable[[Session], Any]
NOWHERE = "postgresql+psycopg://localhost/nothing"  # never connected to: only its dialect is wanted
TELLER = Teller("main", "n", source_pk_of("main", "another"), 1)
READS: Mapping[str, Read] = MappingProxyType(
    {
        "assets": partial(assets_by_pk, pks=list(ASSETS), at=1),
        "columns": partial(columns_of, asset_pks=list(ASSETS), at=1),
        "columns by id": partial(columns_by_pk, pks=list(COLUMNS.values()), at=1),
        "evidence": partial(evidence_of, edge_pks=list(ASSETS), at=1),
        "captions": partial(captions_of, edge_pks=list(ASSETS), at=1, signs=9),
        "origins": partial(origins_of, edge_pks=list(ASSETS), at=1),
        "sources": partial(sources_of, asset_pks=list(ASSETS), at=1),
        "search": partial(search_names, workspace="main", at=1, sought=("a", EVERYTHING), after=None, limit=9),
    }
)


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    with opened(sqlite_url) as session:
        yield session


def plans(session: Session, read: Read) -> list[str]:
    """The steps that SQLite takes for each statement of a read."""
    with recording() as sent:
        read(session)
    assert sent.texts
    steps = []
    for statement in sent.texts:
        asked = statement.replace("?", "NULL").replace(":", r"\:")
        steps += [str(row[3]) for row in session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    return steps


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_nothing_is_looked_for_among_all_of_a_source(session: Session, read: Read) -> None:
    """Assertions about a thing are found by the thing, not among all that their source asserts."""
    assert [] == [step for step in plans(session, read) if "_by_source" in step]


def test_nor_by_a_run(session: Session, tmp_path: Path) -> None:
    """Neither are the columns that a run is told of other sources."""
    read = partial(keep_known, teller=TELLER, dialect="duckdb", words=None, to=tmp_path / "known")
    steps = plans(session, read)

    assert any("column_facts_by_column" in step for step in steps), steps
    assert [] == [step for step in steps if "_by_source" in step]


def test_elsewhere_it_is_a_plain_comparison() -> None:
    """PostgreSQL knows how much a source asserts, and is told nothing."""
    compared = same_source(AssetFact, ColumnFact).compile(dialect=create_engine(NOWHERE).dialect)

    assert "asset_facts.source_pk = column_facts.source_pk" == str(compared)
