"""Evidence points at the expression that it claims, whatever the text looks like."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.edges import MAX_HOPS
from jobs.engines.lineage.values import Edge, EdgeKind, End, Evidence, Lineage, SqlText, Subtype
from tests.jobs.engines.lineage.golden import cases, load

STRING = re.compile(r"'(?:''|[^'])*'")
GIVES_ELSEWHERE = re.compile(
    r"\b(UPDATE|MERGE|DELETE|RETURNING|OUTPUT|INSERT (ALL|FIRST)|RENAME|UNPIVOT|PIVOT|FUNCTION|SET NEW)\b"
)
"""Of statements with one of these words not all values come from an output list of their outermost SELECTs."""
TOKEN = re.compile(r"'(?:''|[^'])*'|\"[^\"]*\"|\[[^]]*\]|`[^`]*`|\$\$.*?\$\$|\w+|\s+|.", re.DOTALL)


def evidence_of(lineage: Lineage) -> Iterator[tuple[Edge, Evidence]]:
    """Yield every piece of evidence with its edge."""
    for edge in lineage.edges:
        for each in edge.evidence:
            yield edge, each


def slices(sql: str, dialect: str = "duckdb") -> dict[tuple[End, End, Subtype], str]:
    """Return the text that shows each edge."""
    lineage = analyse([SqlText("spans.sql", sql)], dialect)
    return {
        (edge.source, edge.target, edge.subtype): sql[each.span.start : each.span.end]
        for edge, each in evidence_of(lineage)
    }


def test_expressions() -> None:
    """A direct edge shows the output with its alias; an influence shows its condition."""
    sql = (
        "CREATE VIEW v AS\n"
        "SELECT DISTINCT ON (t.k) /* é😀 */ t.a AS x, SUM(CASE WHEN t.c > (1) THEN t.b END) s\n"
        "FROM t JOIN u ON LEFT(u.k, 3) = (t.k) LEFT JOIN w USING (id)\n"
        "WHERE t.d IS DISTINCT FROM 3 AND (t.e > 1)\n"
        "GROUP BY t.a, t.f HAVING MAX(t.g) > 1 ORDER BY t.h, 1 LIMIT 1"
    )
    found = slices(sql)
    whole, t = End("v"), "t"

    assert "t.a AS x" == found[End(t, "a"), End("v", "x"), Subtype.IDENTITY]
    assert "SUM(CASE WHEN t.c > (1) THEN t.b END) s" == found[End(t, "b"), End("v", "s"), Subtype.AGGREGATION]
    assert "SUM(CASE WHEN t.c > (1) THEN t.b END) s" == found[End(t, "c"), End("v", "s"), Subtype.CONDITIONAL]
    assert "LEFT(u.k, 3) = (t.k)" == found[End("u", "k"), whole, Subtype.JOIN]
    assert "id" == found[End("w", "id"), whole, Subtype.JOIN]
    assert "t.d IS DISTINCT FROM 3 AND (t.e > 1)" == found[End(t, "e"), whole, Subtype.FILTER]
    assert "MAX(t.g) > 1" == found[End(t, "g"), whole, Subtype.FILTER]
    assert "t.a, t.f" == found[End(t, "f"), whole, Subtype.GROUP_BY]
    assert "t.h, 1" == found[End(t, "h"), whole, Subtype.SORT]


def test_nested_expressions() -> None:
    """Through named queries, the last of the evidence is the expression that names the column."""
    sql = (
        "CREATE VIEW v AS WITH c AS (SELECT a + 1 AS b FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.x = t.y)) "
        "SELECT TOP_ = b, (SELECT MAX(z) FROM w) AS m FROM c UNION ALL SELECT p, (q) FROM r ORDER BY 1 LIMIT 2"
    )
    found = slices(sql)

    assert "a + 1 AS b" == found[End("t", "a"), End("v"), Subtype.SORT]
    assert "MAX(z)" == found[End("w", "z"), End("v", "m"), Subtype.AGGREGATION]
    assert "u.x = t.y" == found[End("u", "x"), End("v"), Subtype.FILTER]
    assert "(q)" == found[End("r", "q"), End("v", "m"), Subtype.IDENTITY]


@pytest.mark.parametrize("path", cases(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_golden_spans(path: Path) -> None:
    """In every golden case evidence is balanced text, and some piece of it names the column or is a star."""
    case = load(path)
    lineage = analyse([SqlText(case.name, case.sql)], case.dialect, default_schema=case.default_schema)

    for _, each in evidence_of(lineage):
        text = case.sql[each.span.start : each.span.end]
        bare = STRING.sub("", text)
        assert text.strip() == text
        assert bare.count("(") == bare.count(")")
        assert case.sql[: each.span.start].count("\n") + 1 == each.span.line
        assert each.span.start - case.sql.rfind("\n", 0, each.span.start) == each.span.column
    for edge in lineage.edges:
        texts = [case.sql[each.span.start : each.span.end].lower() for each in edge.evidence]
        if edge.kind is EdgeKind.DIRECT and edge.source.column:
            # INSERT … TABLE and CLONE copy everything without a star; these are stars in other words.
            stars = ("*", "row", "by name", "columns(")
            names = (edge.source.column.lower(), edge.source.relation.lower(), *stars)
            assert any(name in text for text in texts for name in names)


GROWTH = """CREATE VIEW growth AS
WITH monthly AS (SELECT date_trunc('month', day) AS month, sum(price) AS revenue FROM sales WHERE paid
  GROUP BY 1),
known AS (SELECT * FROM monthly WHERE revenue > 0)
SELECT m.month, m.revenue / lag(m.revenue) OVER (ORDER BY m.month) - 1 AS growth, doubled + doubled AS d
FROM (SELECT month, revenue, revenue * 2 AS doubled FROM known) AS m"""


def hops(edge: Edge) -> list[str]:
    """Return the texts of the evidence of an edge of `GROWTH`, in order."""
    return [GROWTH[each.span.start : each.span.end] for each in edge.evidence]


def test_evidence_leads_from_the_output_to_the_column() -> None:
    """Evidence begins with the output's own expression and goes inwards, each expression once."""
    edges = analyse([SqlText("growth.sql", GROWTH)], "duckdb").edges
    found = {(each.source.column, each.target.column, each.subtype): hops(each) for each in edges}
    growth = "m.revenue / lag(m.revenue) OVER (ORDER BY m.month) - 1 AS growth"
    month, revenue = "date_trunc('month', day) AS month", "sum(price) AS revenue"

    assert [growth, "revenue", "*", revenue] == found["price", "growth", Subtype.AGGREGATION]
    assert [growth, "month", "*", month] == found["day", "growth", Subtype.WINDOW]
    assert ["doubled + doubled AS d", "revenue * 2 AS doubled", "*", revenue] == (
        found["price", "d", Subtype.AGGREGATION]
    )
    assert ["paid"] == found["paid", None, Subtype.FILTER]
    assert ["1", month] == found["day", None, Subtype.GROUP_BY]
    assert ["revenue > 0", revenue] == found["price", None, Subtype.FILTER]


def test_an_influence_begins_with_its_clause() -> None:
    """What only passes on a condition or a window is not shown."""
    sql = "CREATE VIEW v AS SELECT c + 1 AS e FROM (SELECT CASE WHEN a > 1 THEN b END AS c FROM t) AS d"

    assert "CASE WHEN a > 1 THEN b END AS c" == slices(sql)[End("t", "a"), End("v", "e"), Subtype.CONDITIONAL]


def test_a_path_of_any_length() -> None:
    """Of a long path the outermost expressions are shown, and the one that names the column."""
    named = ", ".join(f"c{at} AS (SELECT c{at - 1}.a FROM c{at - 1})" for at in range(1, 200))
    sql = f"CREATE VIEW v AS WITH c0 AS (SELECT t.b AS a FROM t), {named} SELECT c199.a FROM c199"
    (edge,) = analyse([SqlText("long.sql", sql)], "duckdb").edges
    shown = [sql[each.span.start : each.span.end] for each in edge.evidence]

    assert ["c199.a", "c198.a", "t.b AS a"] == [shown[0], shown[1], shown[-1]]
    assert MAX_HOPS == len(shown)


def outermost_lists(sql: str) -> Iterator[tuple[int, int]]:
    """Yield where the output lists of the outermost SELECTs of a statement begin and end."""
    depth, found, ends = 0, list[tuple[int, int]](), list[tuple[int, int]]()
    for token in TOKEN.finditer(sql):
        word = token.group().upper()
        depth += (word == "(") - (word == ")")
        if word in {"SELECT", "OUTPUT"}:
            found.append((depth, token.end()))
        elif word in {"FROM", "UNION", ")", "INTO"}:
            ends.append((depth + (word == ")"), token.start()))
    for at, start in found:
        if at == min(each for each, _ in found):
            yield start, min((end for depth, end in ends if depth == at and end > start), default=len(sql))


@pytest.mark.parametrize("path", cases(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_direct_evidence_begins_at_the_output(path: Path) -> None:
    """The first evidence of a direct edge stands in the output list of the statement itself."""
    case = load(path)
    lineage = analyse([SqlText(case.name, case.sql)], case.dialect, default_schema=case.default_schema)
    for edge in lineage.edges:
        first = edge.evidence[0]
        whole = lineage.statements[first.statement].span
        sql = case.sql[whole.start : whole.end]
        words = STRING.sub("", sql.upper())
        if edge.kind is EdgeKind.DIRECT and "SELECT" in words and not GIVES_ELSEWHERE.search(words):
            lists = [(start + whole.start, end + whole.start) for start, end in outermost_lists(sql)]
            assert any(start <= first.span.start and first.span.end <= end for start, end in lists)


def test_an_item_of_set_is_the_evidence() -> None:
    """A value that is set is shown by its assignment, one that MERGE inserts by its expression."""
    update = slices("UPDATE t SET a = u.b + (1), c = CASE WHEN u.d THEN u.e END FROM u WHERE u.k = t.k")
    merge = slices(
        "MERGE INTO t USING u ON t.k = u.k WHEN MATCHED AND u.z THEN UPDATE SET a = u.a, b = (u.b) "
        "WHEN NOT MATCHED THEN INSERT (k, m) VALUES (u.k, COALESCE(u.m, 0))"
    )
    upsert = slices(
        "INSERT INTO t (k, a) SELECT k, a FROM u ON CONFLICT (k) DO UPDATE SET b = EXCLUDED.a * 2", "postgres"
    )

    assert "a = u.b + (1)" == update[End("u", "b"), End("t", "a"), Subtype.TRANSFORMATION]
    assert "c = CASE WHEN u.d THEN u.e END" == update[End("u", "e"), End("t", "c"), Subtype.TRANSFORMATION]
    assert "u.k = t.k" == update[End("u", "k"), End("t"), Subtype.FILTER]
    assert "b = (u.b)" == merge[End("u", "b"), End("t", "b"), Subtype.IDENTITY]
    assert "COALESCE(u.m, 0)" == merge[End("u", "m"), End("t", "m"), Subtype.TRANSFORMATION]
    assert "t.k = u.k" == merge[End("t", "k"), End("t"), Subtype.JOIN]
    assert "u.z" == merge[End("u", "z"), End("t"), Subtype.FILTER]
    assert "a" == upsert[End("u", "a"), End("t", "b"), Subtype.TRANSFORMATION]


def reformatted(sql: str, seed: int) -> str:
    """Return the same SQL with other blanks and with comments between its tokens."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    blanks = [" ", "  ", "\n", "\t", " /* FROM x; */ ", " -- SELECT 'a\n", "\n\n"]
    return "".join(chance.choice(blanks) if token.isspace() else token for token in TOKEN.findall(sql))


def ends_of(lineage: Lineage) -> set[tuple[object, ...]]:
    """Return the edges without their evidence."""
    return {(e.source, e.target, e.kind, e.subtype, e.masking) for e in lineage.edges}


BY_LINE = ("\nGO\n", "DELIMITER", "$$")  # what stands on a line of its own, or is text in a string
PLAIN = [
    each
    for each in cases()
    if each.parent.name not in {"comments", "tsql"}
    and each.stem not in {"mysql_backslash", "unbalanced"}  # the quote in a comment would end its string
    and not any(mark in each.read_text(encoding="utf-8") for mark in BY_LINE)
]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    path=st.sampled_from(PLAIN),
    seed=st.integers(0, 99),
)
def test_reformatting_changes_nothing(path: Path, seed: int) -> None:
    """Blanks and comments change no edge."""
    case = load(path)
    sql = "\n".join(line for line in case.sql.splitlines() if not line.startswith("--"))
    before = analyse([SqlText("a", sql)], case.dialect, default_schema=case.default_schema)
    after = analyse([SqlText("a", reformatted(sql, seed))], case.dialect, default_schema=case.default_schema)

    assert ends_of(before) == ends_of(after)
    assert len(before.unresolved) == len(after.unresolved)
