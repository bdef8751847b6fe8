"""What says the same has the same lineage: other aliases, a named query around it, joins in another order."""

import pytest

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.values import SqlText
from tests.jobs.engines.lineage.test_spans import ends_of
from tests.jobs.engines.lineage.test_truth import SHAPES
from tests.jobs.engines.lineage.truth import CHANGED_SCHEMA, SCHEMA

ALIASED = {
    "join": "CREATE VIEW v AS SELECT {0}.a, {1}.x + {0}.b AS s FROM t AS {0} JOIN u AS {1} ON {0}.k = {1}.k",
    "scalar": "CREATE VIEW v AS SELECT a, (SELECT MAX({1}.x) FROM u {1} WHERE {1}.k = {0}.k) AS m FROM t {0}",
    "derived": "CREATE VIEW v AS SELECT {0}.s FROM (SELECT SUM({1}.x) AS s, k FROM u AS {1} GROUP BY k) AS {0}",
    "named": "CREATE VIEW v AS WITH {0} AS (FROM t), {1} AS (FROM u) SELECT {0}.b FROM {0} JOIN {1} USING (k)",
    "update": "UPDATE t AS {0} SET a = {1}.x, b = {0}.c FROM u AS {1} WHERE {1}.k = {0}.k",
    "delete": "DELETE FROM t AS {0} USING u AS {1} WHERE {1}.k = {0}.k",
    "merge": "MERGE INTO t AS {0} USING u AS {1} ON {0}.k = {1}.k WHEN MATCHED THEN UPDATE SET b = {1}.x",
    "upsert": "INSERT INTO w AS {0} (k, a) SELECT {1}.k, x FROM u {1} ON CONFLICT (k) DO UPDATE SET n = {0}.m",
}


def ends(sql: str, schema: str = SCHEMA) -> set[tuple[object, ...]]:
    """Return the edges of a statement over the known tables, without their evidence."""
    lineage = analyse([SqlText("m.sql", f"{schema}\n{sql};")], "duckdb")
    assert () == lineage.unresolved
    return ends_of(lineage)


@pytest.mark.parametrize("sql", ALIASED.values(), ids=ALIASED.keys())
def test_other_aliases(sql: str) -> None:
    """What aliases are called changes no edge."""
    expected = ends(sql.format("p", "q"), CHANGED_SCHEMA)

    assert expected
    assert expected == ends(sql.format("other", '"One More"'), CHANGED_SCHEMA)


@pytest.mark.parametrize("query", SHAPES.values(), ids=SHAPES.keys())
def test_a_named_query_around_it(query: str) -> None:
    """A query has the same lineage in a named query or a derived table."""
    expected = ends(f"CREATE VIEW v AS {query}")

    assert expected == ends(f"CREATE VIEW v AS WITH around AS ({query}) SELECT * FROM around")
    assert expected == ends(f"CREATE VIEW v AS SELECT * FROM ({query}) AS around")


def test_joins_in_another_order() -> None:
    """The order of inner joins, and on which side a condition stands, change no edge."""
    outputs = "SELECT t.a, u.x, w.n FROM"
    expected = ends(f"CREATE VIEW v AS {outputs} t JOIN u ON t.k = u.k JOIN w ON w.k = u.k", CHANGED_SCHEMA)

    assert expected == ends(
        f"CREATE VIEW v AS {outputs} w JOIN u ON u.k = w.k JOIN t ON u.k = t.k", CHANGED_SCHEMA
    )
    assert expected == ends(
        f"CREATE VIEW v AS {outputs} (t JOIN u ON t.k = u.k) JOIN w ON w.k = u.k", CHANGED_SCHEMA
    )


def test_comments_between_words() -> None:
    """A comment may stand between any two words, such as GROUP and BY."""
    plain = "CREATE VIEW v AS SELECT k, SUM(b) AS s FROM t GROUP BY k ORDER BY k LIMIT 1"
    odd = (
        plain.replace(" BY", " /* FROM u */ BY").replace("SUM(b)", "SUM( -- c\n b)").replace("VIEW", "/**/VIEW")
    )

    assert ends(plain) == ends(odd)
