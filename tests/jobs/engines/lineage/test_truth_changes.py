"""What moves when an input of UPDATE, DELETE, MERGE or INSERT changes is explained: DuckDB tells."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.jobs.engines.lineage.test_truth import conditions, expressions
from tests.jobs.engines.lineage.truth import explained_by, moved_by

ONE_EACH = "(SELECT k, MAX(x) AS x, MAX(y) AS y, MIN(a) AS a FROM u GROUP BY k)"  # else a row may match twice

STATEMENTS = {
    "update": ("t", "UPDATE t SET b = a + c WHERE k > 1"),
    "update by itself": ("t", "UPDATE t SET a = a * 2, b = k WHERE b = 5"),
    "update from": ("t", f"UPDATE t SET a = u.x, c = u.y + b FROM {ONE_EACH} AS u WHERE u.k = t.k AND u.a > 1"),
    "update by a query": ("t", "UPDATE t SET a = (SELECT MAX(x) FROM u WHERE u.k = t.k AND u.y > 2)"),
    "update where": ("t", "UPDATE t SET a = 0 WHERE b IN (SELECT x FROM u WHERE u.y > 4)"),
    "update case": ("t", "UPDATE t SET a = CASE WHEN b > 5 THEN c WHEN k = 1 THEN b ELSE a END"),
    "update after with": (
        "t",
        (
            "WITH g AS (SELECT k, SUM(x) AS s FROM u WHERE a > 1 GROUP BY k) "
            "UPDATE t SET b = g.s FROM g WHERE g.k = t.k"
        ),
    ),
    "delete": ("t", "DELETE FROM t WHERE a > 2 AND c IS NOT NULL"),
    "delete using": ("t", "DELETE FROM t USING u WHERE u.k = t.k AND u.y > 5"),
    "delete exists": ("t", "DELETE FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.x > t.b)"),
    "delete by a window": (
        "t",
        (
            "DELETE FROM t WHERE (a, b) IN (SELECT (a, b) FROM (SELECT a, b, ROW_NUMBER() OVER "
            "(PARTITION BY k ORDER BY c, a, b) AS n FROM t) WHERE n > 1)"
        ),
    ),
    "insert": (
        "w",
        "INSERT INTO w (k, m) SELECT a + 20, b FROM (SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, c)",
    ),
    "insert by name": (
        "w",
        "INSERT INTO w BY NAME SELECT MAX(c) AS m, k + 20 AS k FROM t WHERE b > 2 GROUP BY k",
    ),
    "upsert": (
        "w",
        (
            "INSERT INTO w (k, a, n) SELECT k, MAX(x), COUNT(*) FROM u GROUP BY k "
            "ON CONFLICT (k) DO UPDATE SET n = w.n + EXCLUDED.n, m = EXCLUDED.a WHERE w.a > 4"
        ),
    ),
    "upsert nothing": (
        "w",
        "INSERT INTO w (k, a) SELECT k, MAX(x) FROM u GROUP BY k ON CONFLICT (k) DO NOTHING",
    ),
    "merge": (
        "t",
        (
            f"MERGE INTO t USING {ONE_EACH} AS u ON u.k = t.k AND t.a < 5 "
            "WHEN MATCHED AND u.x > 4 THEN UPDATE SET b = u.y, "
            "c = t.a + u.x WHEN MATCHED AND t.b = 7 THEN DELETE "
            "WHEN NOT MATCHED THEN INSERT (a, k) VALUES (u.x * 2, u.k)"
        ),
    ),
    "merge by source": (
        "t",
        (
            f"MERGE INTO t USING {ONE_EACH} AS u ON u.a = t.a WHEN NOT MATCHED BY SOURCE AND t.c > 3 "
            "THEN UPDATE SET b = t.k WHEN NOT MATCHED BY TARGET AND u.y > 2 THEN INSERT (a) VALUES (u.y)"
        ),
    ),
    "merge using": (
        "t",
        f"MERGE INTO t USING {ONE_EACH} AS u USING (k) WHEN MATCHED THEN UPDATE SET a = u.x",
    ),
}


@pytest.mark.parametrize(("target", "statement"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_what_a_change_moves_is_explained(target: str, statement: str) -> None:
    """Every column that moves is reached by a value, or its relation as a whole by an influence."""
    lineage, reached = explained_by(statement, target)
    moves = moved_by(statement, target)

    assert () == lineage.unresolved
    assert moves
    assert set() == moves - reached


changes = st.one_of(
    st.builds(
        f"UPDATE t SET b = {{}}, c = {{}} FROM {ONE_EACH} AS u WHERE t.k = u.k AND {{}}".format,
        expressions,
        expressions,
        conditions,
    ),
    st.builds(f"DELETE FROM t USING {ONE_EACH} AS u WHERE t.k = u.k AND {{}}".format, conditions),
    st.builds(
        f"MERGE INTO t USING {ONE_EACH} AS u ON t.k = u.k WHEN MATCHED AND {{}} THEN UPDATE SET a = {{}} "
        "WHEN NOT MATCHED THEN INSERT (b, k) VALUES (u.x + u.y, u.k)".format,
        st.builds(
            "{} > {}".format, st.sampled_from(["t.a", "u.x", "u.y + t.c"]), st.sampled_from(["t.b", "3"])
        ),
        st.sampled_from(
            ["u.x", "t.b + u.y", "CASE WHEN u.x > t.c THEN u.y ELSE t.a END", "COALESCE(t.c, u.y)"]
        ),
    ),
)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(statement=changes)
def test_generated_changes(statement: str) -> None:
    """The same holds for changes that nobody thought of."""
    lineage, reached = explained_by(statement, "t")

    assert () == lineage.unresolved
    assert set() == moved_by(statement, "t") - reached
