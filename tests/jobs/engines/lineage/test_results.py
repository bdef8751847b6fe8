"""What a query gives to its client is a relation where the caller asks for it."""

import pytest

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.memory import Memory
from jobs.engines.lineage.values import RelationKind, SqlText
from tests.jobs.engines.lineage.golden import shown_edge


def edges(*sqls: str, dialect: str = "duckdb") -> list[str]:
    """Return the edges of texts, results included."""
    texts = [SqlText(f"{place}.sql", sql) for place, sql in enumerate(sqls)]
    lineage = analyse(texts, dialect, results=True)

    assert lineage == analyse(texts, dialect, results=True, memory=Memory())
    assert () == lineage.unresolved
    return [shown_edge(edge) for edge in lineage.edges]


def test_queries_are_counted() -> None:
    """Queries of all texts have numbers in their order, and an output without a name is called by its place."""
    assert [
        "t.a -> query 1.a DIRECT IDENTITY",
        "t.b -> query 2.column_1 DIRECT TRANSFORMATION",
        "u.c -> query 3.c DIRECT IDENTITY",
    ] == edges("SELECT a FROM t; CREATE TABLE x (a INT); SELECT b + 1 FROM t", "FROM u SELECT c")


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("postgres", "DELETE FROM t RETURNING a", ["t.a -> query 1.a DIRECT IDENTITY"]),
        ("tsql", "DELETE FROM t OUTPUT deleted.a", ["t.a -> query 1.a DIRECT IDENTITY"]),
        (
            "tsql",
            "SELECT a INTO #x FROM t; SELECT a FROM #x",
            ["t.a -> query 1.a DIRECT IDENTITY"],
        ),
        ("duckdb", "SELECT 1 AS one", []),
    ],
)
def test_what_clients_get(dialect: str, sql: str, expected: list[str]) -> None:
    """Rows that come back from changes are results, too, and results are followed through temporary tables."""
    assert expected == edges(sql, dialect=dialect)


def test_bodies_keep_theirs() -> None:
    """What a procedure selects goes to who calls it, and is no result of the text."""
    found = edges("CREATE PROCEDURE p AS SELECT a FROM t\nGO\nINSERT INTO u (b) EXEC p", dialect="tsql")

    assert "t.a -> u.b DIRECT IDENTITY" in found
    assert not any("query" in each for each in found)


def test_kind() -> None:
    """A result is a relation of a kind of its own, with its columns; nobody who does not ask gets it."""
    texts = [SqlText("q.sql", "SELECT a, b AS c FROM t")]
    (result,) = [each for each in analyse(texts, "duckdb", results=True).relations if each.key == "query 1"]

    assert RelationKind.QUERY_RESULT is result.kind
    assert ["a", "c"] == [column.name for column in result.columns]
    assert () == analyse(texts, "duckdb").edges
