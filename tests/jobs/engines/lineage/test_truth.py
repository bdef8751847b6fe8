"""What moves when an input changes is explained by an edge: the truth comes from DuckDB, not from a parser."""

import duckdb
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.jobs.engines.lineage.truth import explained, moved

SHAPES = {
    "filter": "SELECT a, b + c AS s FROM t WHERE k > 1 OR b = 5",
    "join": "SELECT t.a, u.x * 2 AS d FROM t JOIN u ON t.k = u.k AND u.y > t.a",
    "left join": "SELECT t.a, u.x FROM t LEFT JOIN u ON t.a = u.a",
    "using": "SELECT k, t.b, u.y FROM t FULL JOIN u USING (k)",
    "natural": "SELECT * FROM t NATURAL JOIN u",
    "group": "SELECT k, SUM(b) AS s, COUNT(*) AS n, COUNT(c) AS m FROM t GROUP BY k HAVING MAX(a) < 6",
    "distinct": "SELECT DISTINCT k, b FROM t",
    "window": "SELECT a, SUM(b) OVER (PARTITION BY k ORDER BY a) r, LAG(c) OVER (ORDER BY a, b, c) l FROM t",
    "qualify": "SELECT a, c FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY b, c) = 1",
    "case": "SELECT CASE WHEN a > b THEN c WHEN k = 2 THEN a ELSE 0 END AS e, k FROM t",
    "scalar": "SELECT a, (SELECT MAX(x) FROM u WHERE u.k = t.k) AS m FROM t",
    "exists": "SELECT b FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.k = t.k AND y > 3)",
    "not in": "SELECT b FROM t WHERE a NOT IN (SELECT a FROM u WHERE x > 2)",
    "in a projection": "SELECT a, a IN (SELECT a FROM u WHERE y > 2) AS i FROM t",
    "limit": "SELECT a, b FROM t ORDER BY c DESC NULLS LAST, a, b LIMIT 3",
    "cte": "WITH g AS (SELECT k, MAX(b) AS m FROM t GROUP BY k) SELECT x, m + 1 AS n FROM u JOIN g USING (k)",
    "union": "SELECT a, b FROM t UNION SELECT x, y FROM u",
    "union all": "SELECT a, b FROM t UNION ALL SELECT x, y FROM u WHERE k = 2",
    "except": "SELECT a FROM t EXCEPT SELECT a FROM u",
    "intersect": "SELECT a, k FROM t INTERSECT SELECT a, k FROM u",
    "recursive": (
        "WITH RECURSIVE r(a, b, n) AS (SELECT a, b, 1 FROM t WHERE k = 1 UNION ALL "
        "SELECT u.x, r.a, n + 1 FROM r JOIN u ON u.a = r.a WHERE n < 4) SELECT a, b, n FROM r"
    ),
    "lateral": "SELECT t.a, l.x FROM t, LATERAL (SELECT x FROM u WHERE u.k = t.k ORDER BY y, x LIMIT 1) AS l",
    "filtered aggregate": "SELECT k, SUM(b) FILTER (WHERE a > 2) AS s FROM t GROUP BY ALL",
    "alias": "SELECT a * b AS p, p + c AS q FROM t WHERE p > 6",
    "star": "SELECT * EXCLUDE (a) REPLACE (b + k AS b) RENAME (c AS z) FROM t",
    "derived": "SELECT d.s, u.y FROM (SELECT k, a + b FROM t WHERE c > 2) AS d(q, s) JOIN u ON u.k = d.q",
    "semi join": "SELECT t.* FROM t SEMI JOIN u ON t.k = u.k AND u.x > 3",
    "unnest": "SELECT t.a FROM t, unnest([t.b, t.c]) AS l (i) WHERE l.i > 3",
    "unnest in the list": "SELECT a, unnest(range(k)) AS i FROM t",
    "unnest twice": "SELECT unnest(range(k)) AS i, unnest(range(a)) AS j, b FROM t",
    "unnest in a derived table": "SELECT d.k FROM (SELECT k, unnest(range(a)) AS i FROM t) AS d",
    "unnest behind lateral": "SELECT t.a, x FROM t, LATERAL (SELECT unnest([t.b, t.c]) AS x) AS l",
    "unnest with ordinality": "SELECT i, n FROM t, unnest([t.b, t.c]) WITH ORDINALITY AS l (i, n)",
    "range": "SELECT t.b FROM t, range(t.k) AS r (i)",
    "counted range": "SELECT count(*) AS n FROM t, generate_series(1, t.a) AS r (i)",
    "range in a query": "SELECT a, (SELECT count(*) FROM range(t.k)) AS n FROM t",
    "range in a union": "SELECT a FROM t UNION ALL SELECT x FROM u, range(u.k)",
    "ordered array": "SELECT ARRAY(SELECT x FROM u WHERE u.k = t.k ORDER BY y, x)::varchar AS l FROM t",
    "frame": "SELECT sum(b) OVER (ORDER BY c, a ROWS BETWEEN abs(k) % 3 PRECEDING AND CURRENT ROW) AS s FROM t",
    "pivot": "SELECT * FROM (SELECT a, b, k FROM t) PIVOT (sum(b) FOR k IN (1, 2))",
    "unpivot": "SELECT * FROM (SELECT a, b, c FROM t) UNPIVOT (v FOR n IN (b, c))",
    "lambda": "SELECT list_transform([a, b], lambda x: x + c)::varchar AS l FROM t",
    "all": "SELECT a, b >= ALL (SELECT x FROM u) AS m FROM t",
    "limit of a query": "SELECT a FROM t ORDER BY a, b, c, k LIMIT (SELECT max(x) FROM u)",
    "grouping sets": "SELECT k, a, SUM(b) AS s FROM t GROUP BY GROUPING SETS ((k), (k, a), ())",
}


@pytest.mark.parametrize("query", SHAPES.values(), ids=SHAPES.keys())
def test_what_moves_is_explained(query: str) -> None:
    """Every output that moves is reached by a direct edge, or its whole relation by an influence."""
    lineage, reached = explained(query)

    assert () == lineage.unresolved
    assert set() == moved(query) - reached


expressions = st.recursive(
    st.sampled_from(["t.a", "t.b", "t.c", "u.x", "u.y", "u.k", "2"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("COALESCE({}, {})".format, inner, inner),
        st.builds("CASE WHEN {} > {} THEN {} ELSE {} END".format, inner, inner, inner, inner),
        st.builds("(SELECT MAX(i.b) FROM t AS i WHERE i.k = {})".format, inner),
    ),
    max_leaves=4,
)
conditions = st.one_of(
    st.builds("{} > {}".format, expressions, expressions),
    st.builds("{} IN (SELECT j.x FROM u AS j WHERE j.y > {})".format, expressions, expressions),
    st.builds("EXISTS (SELECT 1 FROM t AS h WHERE h.a = {})".format, expressions),
)
joins = st.sampled_from(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
wraps = st.sampled_from(
    [
        "{}",
        "SELECT DISTINCT p, q FROM ({}) AS d",
        "WITH d AS ({}) SELECT q AS p, SUM(p) AS q FROM d GROUP BY q",
        "SELECT p, ROW_NUMBER() OVER (PARTITION BY q ORDER BY p) AS q FROM ({}) AS d WHERE q IS NOT NULL",
        "{} UNION ALL SELECT k, COUNT(*) FROM t GROUP BY 1",
        "SELECT p, q FROM ({}) AS d ORDER BY q, p LIMIT 4",
    ]
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    query=st.builds(
        lambda wrap, inner: wrap.format(inner),
        wraps,
        st.builds(
            "SELECT {} AS p, {} AS q FROM t {} u ON t.k = u.k AND {} WHERE {}".format,
            expressions,
            expressions,
            joins,
            conditions,
            conditions,
        ),
    )
)
def test_generated_queries(query: str) -> None:
    """The same holds for queries that nobody thought of, as far as DuckDB runs them."""
    try:
        truth = moved(query)
    except duckdb.NotImplementedException:
        reject()
    lineage, reached = explained(query)

    assert () == lineage.unresolved
    assert set() == truth - reached
