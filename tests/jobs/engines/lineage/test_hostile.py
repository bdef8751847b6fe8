"""Texts that mean harm, or are merely strange: an answer always comes, and names what was not explained."""

import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.dialects import DIALECTS, UnknownDialect
from jobs.engines.lineage.lexical import has_marked_lines, marks, next_mark
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.values import End, Lineage, Reason, SqlText
from tests.jobs.engines.lineage.golden import cases, load

DEEP = 5_000
NAMED = ", ".join(f"c{i} AS (SELECT a FROM c{i - 1} WHERE a > 1)" for i in range(1, 800))


def lineage_of(sql: str, dialect: str = "duckdb") -> Lineage:
    """Return the lineage of one text."""
    return analyse([SqlText("hostile.sql", sql)], dialect)


@pytest.mark.parametrize(
    "sql",
    [
        f"CREATE VIEW v AS SELECT {'(' * DEEP}a{')' * DEEP} FROM t",
        f"CREATE VIEW v AS {'SELECT * FROM (' * DEEP}t{')' * DEEP}",
        f"CREATE VIEW v AS {'SELECT * FROM (' * 60}t{')' * 60}",
        f"CREATE VIEW v AS SELECT {'CASE WHEN a THEN ' * DEEP}1{' END' * DEEP} FROM t",
        f"CREATE VIEW v AS SELECT {'NOT ' * DEEP}a FROM t",
        f"CREATE VIEW v AS SELECT {'- ' * DEEP}a FROM t",
        f"CREATE VIEW v AS SELECT {'[' * DEEP}a{']' * DEEP} FROM t",
        f"CREATE VIEW v AS SELECT {'{x: ' * DEEP}a{'}' * DEEP} FROM t",
        f"CREATE VIEW v AS SELECT a FROM t {'JOIN u ' * 30}",
    ],
    ids=["parentheses", "queries", "some queries", "case", "not", "minus", "brackets", "braces", "open joins"],
)
def test_too_deep(sql: str) -> None:
    """Nesting without end is listed before a parser sees it."""
    (listed,) = lineage_of(sql).unresolved

    assert Reason.TOO_DEEP is listed.reason


def test_as_deep_as_allowed() -> None:
    """What is just allowed is parsed, bound, and crosses process boundaries."""
    sql = f"CREATE VIEW v AS {'SELECT * FROM (' * 38}SELECT {'(' * 60}a{')' * 60} AS a FROM t{') AS d' * 38}"
    reading = read_text(SqlText("deep.sql", sql), "duckdb")

    assert reading == pickle.loads(pickle.dumps(reading))  # noqa: S301 - our own bytes
    assert [End("t", "a")] == [edge.source for edge in lineage_of(sql).edges]


@pytest.mark.parametrize(
    "sql",
    [
        " UNION ALL ".join(["SELECT a FROM t"] * 1_000),
        " UNION ".join(["SELECT a FROM t"] * 1_000),
        f"SELECT a FROM t WHERE {' AND '.join(['a = 1'] * 5_000)}",
        f"SELECT {' + '.join(['a'] * 5_000)} AS a FROM t",
        f"WITH c0 AS (SELECT a FROM t), {NAMED} SELECT a FROM c799",
    ],
    ids=["union all", "union", "and", "plus", "named queries"],
)
def test_long_chains(sql: str) -> None:
    """Chains may be long: they take no stack."""
    lineage = lineage_of(f"CREATE TABLE t (a int); CREATE VIEW v AS {sql}")

    assert () == lineage.unresolved
    assert {End("t", "a")} == {edge.source for edge in lineage.edges}


def test_two_thousand_columns() -> None:
    """A view of two thousand columns, over a view of as many, has an edge for each."""
    names = [f"c{i}" for i in range(2_000)]
    table = f"CREATE TABLE t ({', '.join(f'{name} int' for name in names)});"
    first = (
        f"CREATE VIEW v AS SELECT {', '.join(f'{name} + 1 AS {name}' for name in names)} FROM t WHERE c1 > 0;"
    )
    lineage = lineage_of(f"{table}{first}CREATE VIEW w AS SELECT * FROM v;")

    assert 4_001 == len(lineage.edges)


def test_a_long_chain_of_views() -> None:
    """A chain of two thousand views, from the last to the first, is followed without recursion."""
    views = [f"CREATE VIEW v{i} AS SELECT * FROM v{i - 1};" for i in range(2_000, 0, -1)]
    lineage = lineage_of("".join([*views, "CREATE TABLE v0 (a int);"]))

    assert () == lineage.unresolved
    assert 2_000 == len(lineage.edges)


def test_too_long() -> None:
    """A statement of five megabytes is listed, and does not cost its neighbours."""
    rows = ", ".join(["(1, 'abcdef', 2.5)"] * 280_000)
    sql = f"CREATE TABLE t (a int); INSERT INTO t VALUES {rows}; CREATE VIEW v AS SELECT a FROM t;"
    lineage = lineage_of(sql)
    (listed,) = lineage.unresolved

    assert 5_000_000 < len(sql)
    assert Reason.TOO_LONG is listed.reason
    assert sql[listed.span.start : listed.span.end].startswith("INSERT INTO t")
    assert [(End("t", "a"), End("v", "a"))] == [(edge.source, edge.target) for edge in lineage.edges]


@pytest.mark.parametrize("sql", ["", " \n\t", "-- nothing", "/* nothing", "/* a */ -- b\n;;;", ";", "\0"])
def test_nothing(sql: str) -> None:
    """A text without statements has none; only a comment that never ends is listed."""
    lineage = lineage_of(sql)

    assert 0 == lineage.explained
    assert len(lineage.statements) == len(lineage.unresolved)


def test_nul() -> None:
    """A NUL is a blank."""
    assert 1 == len(lineage_of("CREATE VIEW v AS SELECT\0a FROM\0t").edges)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("mark", ["'", '"', "/*", "`", "[", "$$", "$x$", "'''", "q'[", "E'\\", "("])
def test_unbalanced(dialect: str, mark: str) -> None:
    """Whatever is opened and never closed costs no more than what stands around and behind it."""
    lineage = lineage_of(f"CREATE VIEW v AS SELECT a FROM t;\nSELECT {mark} x FROM y", dialect)

    assert "v" in {relation.key.lower() for relation in lineage.relations}
    assert 1 == sum(edge.target.relation.lower() == "v" for edge in lineage.edges)
    assert 2 == len(lineage.statements)


def test_unknown_dialect() -> None:
    """An unknown dialect is the caller's mistake."""
    with pytest.raises(UnknownDialect, match="'cobol' is no dialect"):
        lineage_of("SELECT 1", "cobol")


WORDS = """
SELECT FROM WHERE a b.c * ( ) , ; ' " [ ] CREATE VIEW v AS UNION ALL JOIN t ON = 1 WITH INSERT INTO VALUES
CASE WHEN THEN END OVER PARTITION BY GROUP ORDER LIMIT EXISTS NOT IN /* -- $$ GO BEGIN IF EXEC @x #t TABLE
PROCEDURE . :: {{ }} % \\ é 😀 UPDATE SET MERGE DECLARE CURSOR PIVOT ALTER ADD DROP
LATERAL UNNEST USING NATURAL DISTINCT
TOP QUALIFY WINDOW EXCLUDE REPLACE RENAME FUNCTION CLONE LIKE
"""
pieces = st.sampled_from([*WORDS.split(), "\n"])
MARKS = st.sampled_from([*"'\"`;$#[]/-ae \n\\", "/*", "*/", "--", "$x$", "E'", "xE'", "r'", "q'[", '"""', "GO"])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(words=st.lists(pieces, max_size=30), dialect=st.sampled_from(sorted(DIALECTS)))
def test_any_words(words: list[str], dialect: str) -> None:
    """No sequence of words raises, and no statement is lost."""
    sql = " ".join(words)
    lineage = lineage_of(sql, dialect)
    reasons = {Reason.UNKNOWN_COLUMNS, Reason.UNBOUND_COLUMN, Reason.CYCLE, Reason.DUPLICATE}
    listed = {each.span.start for each in lineage.unresolved if each.reason not in reasons}

    assert len(lineage.statements) - lineage.explained == sum(
        any(each.span.start <= start <= each.span.end for start in listed) for each in lineage.statements
    )
    assert all(0 <= each.span.start <= each.span.end <= len(sql) for each in lineage.statements)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(words=st.lists(MARKS, max_size=12), dialect=st.sampled_from(sorted(DIALECTS)), at=st.integers(0, 9))
def test_next_mark(words: list[str], dialect: str, at: int) -> None:
    """The quick search for marks finds what the plain one does."""
    sql, pattern = "".join(words), marks(dialect)
    expected, found = (
        pattern.search(sql, min(at, len(sql))),
        next_mark(pattern, sql, min(at, len(sql)), by_line=has_marked_lines(sql, dialect)),
    )

    assert (expected and expected.span()) == (found and found.span())


ODD = (
    "(",
    ")",
    ",",
    "SET",
    "WHERE",
    "FROM",
    "INTO",
    "AS",
    "ROW",
    "OUTPUT",
    "+=",
    "TABLE",
    "PIVOT",
    "COLUMNS",
    ";",
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(path=st.sampled_from(cases()), at=st.integers(0, 400), odd=st.sampled_from(ODD), cut=st.integers(0, 3))
def test_a_golden_case_out_of_joint(path: Path, at: int, odd: str, cut: int) -> None:
    """Statements with words missing, added, or ending anywhere give an answer, and no bug of ours."""
    case = load(path)
    words = re.findall(r"\w+|\s+|.", case.sql, re.DOTALL)
    at %= len(words)
    broken = [words[:at], [*words[:at], *words[at + 1 :]], [*words[:at], f" {odd} ", *words[at:]]]
    sql = "".join(broken[cut] if cut < len(broken) else words[at:])

    assert all(each.reason is not Reason.CRASHED for each in lineage_of(sql, case.dialect).unresolved)
