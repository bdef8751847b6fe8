"""Bodies of routines: evidence over statements, spans in literals, hints, and texts that mean harm."""

import pickle
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.values import Edge, EdgeKind, HintMode, Lineage, Origin, Reason, SqlText, Subtype

LINES = """CREATE PROCEDURE load AS
DECLARE @x int
SELECT @x = MAX(a) FROM t
SELECT b + 1 AS c INTO #one FROM s WHERE k = 3
INSERT INTO u (y, z) SELECT @x, o.c FROM #one AS o
"""
HINTED = """CREATE TABLE known (a int)
CREATE TABLE other (a int)
CREATE TABLE t (a int)
GO
CREATE PROCEDURE p AS
-- @LINEAGE_INPUTS: dbo.known, [dbo].[t]
-- @LINEAGE_OUTPUTS: dbo.u
BEGIN
  INSERT INTO u (z) SELECT a FROM t
  INSERT INTO v (z) SELECT a FROM other
END
GO
CREATE TABLE u (z int)
"""


def lineage_of(sql: str, dialect: str = "tsql", hints: HintMode = HintMode.UNION) -> Lineage:
    """Return the lineage of one text."""
    return analyse([SqlText("body.sql", sql)], dialect, default_schema="dbo" * (dialect == "tsql"), hints=hints)


def ends(edge: Edge) -> str:
    """Return the ends of an edge in one line."""
    source, target = edge.source, edge.target
    return f"{source.relation}.{source.column or '*'} -> {target.relation}.{target.column or '*'}"


def shown(edge: Edge, lineage: Lineage, sql: str) -> list[tuple[str, str]]:
    """Return the evidence of an edge: the verb of its statement, and the expression."""
    return [
        (lineage.statements[each.statement].verb, sql[each.span.start : each.span.end])
        for each in edge.evidence
    ]


def test_hops_are_kept() -> None:
    """Evidence leads from the final table's expression through those of temporary tables and variables."""
    lineage = lineage_of(LINES)
    found = {ends(edge): shown(edge, lineage, LINES) for edge in lineage.edges if edge.kind is EdgeKind.DIRECT}

    assert [("INSERT", "o.c"), ("SELECT", "b + 1 AS c")] == found["dbo.s.b -> dbo.u.z"]
    assert [("INSERT", "@x"), ("SELECT", "MAX(a)")] == found["dbo.t.a -> dbo.u.y"]


def test_influences_come_along() -> None:
    """What decided about a temporary table's rows is shown where it stands."""
    lineage = lineage_of(LINES)
    (edge,) = [each for each in lineage.edges if each.source.column == "k"]

    assert Subtype.FILTER is edge.subtype
    assert [("SELECT", "k = 3")] == shown(edge, lineage, LINES)


def test_temporary_tables_are_no_relations() -> None:
    """Neither temporary tables nor variables are relations of the catalog."""
    assert ["dbo.load", "dbo.s", "dbo.t", "dbo.u"] == [each.key for each in lineage_of(LINES).relations]


def test_every_statement_counts() -> None:
    """The statements of a body are statements, each inside of the one that makes the routine."""
    whole, *inner = lineage_of(LINES).statements

    assert ["DECLARE", "SELECT", "SELECT", "INSERT"] == [each.verb for each in inner]
    assert all(whole.span.start < each.span.start and each.span.end <= whole.span.end for each in inner)
    assert all(one.span.end <= other.span.start for one, other in pairwise(inner))


@pytest.mark.parametrize(
    "sql",
    [
        "EXEC ('INSERT INTO u (z) SELECT a + 1 FROM t WHERE b = ''it''''s''')",
        "DECLARE @s varchar(90) = 'INSERT INTO u (z) SELECT a + 1'\nSET @s = @s + ' FROM t'\nEXEC (@s)",
    ],
    ids=["one literal", "several"],
)
def test_evidence_stands_in_the_literal(sql: str) -> None:
    """Evidence of SQL in literals is the expression there, in the statement that holds the literal."""
    lineage = lineage_of(sql)
    (edge,) = [each for each in lineage.edges if each.kind is EdgeKind.DIRECT]
    (evidence,) = edge.evidence
    around = lineage.statements[evidence.statement].span

    assert "a + 1" == sql[evidence.span.start : evidence.span.end]
    assert around.start <= evidence.span.start < evidence.span.end <= around.end


def test_evidence_of_another_text() -> None:
    """Rows that a procedure of another text gives bring its expressions."""
    texts = [
        SqlText("a.sql", "INSERT INTO u (z) EXEC p"),
        SqlText("b.sql", "CREATE PROCEDURE p AS SELECT a * 2 FROM t"),
    ]
    lineage = analyse(texts, "tsql")
    (edge,) = [each for each in lineage.edges if each.kind is EdgeKind.DIRECT]
    at = [lineage.statements[each.statement].text for each in edge.evidence]
    bodies = {text.name: text.sql for text in texts}
    found = {
        bodies[name][each.span.start : each.span.end] for name, each in zip(at, edge.evidence, strict=True)
    }

    assert ["a.sql", "b.sql"] == sorted(at)
    assert "a * 2" in found


def dependencies(lineage: Lineage) -> dict[str, list[Origin]]:
    """Return what is read and written as a whole, with the origins of its evidence."""
    return {
        ends(edge): [each.origin for each in edge.evidence]
        for edge in lineage.edges
        if edge.subtype is Subtype.DEPENDENCY
    }


def test_hints_add() -> None:
    """Hints add to what is found; what both say is one edge with both as evidence."""
    found = dependencies(lineage_of(HINTED))

    assert {
        "dbo.known.* -> dbo.p.*": [Origin.HINT],
        "dbo.t.* -> dbo.p.*": [Origin.PARSED, Origin.HINT],
        "dbo.other.* -> dbo.p.*": [Origin.PARSED],
        "dbo.p.* -> dbo.u.*": [Origin.PARSED, Origin.HINT],
        "dbo.p.* -> dbo.v.*": [Origin.PARSED],
    } == found


def test_hints_replace() -> None:
    """With REPLACE nothing else is read or written, neither as a whole nor column by column."""
    lineage = lineage_of(HINTED, hints=HintMode.REPLACE)

    assert {
        "dbo.known.* -> dbo.p.*": [Origin.HINT],
        "dbo.t.* -> dbo.p.*": [Origin.PARSED, Origin.HINT],
        "dbo.p.* -> dbo.u.*": [Origin.PARSED, Origin.HINT],
    } == dependencies(lineage)
    assert ["dbo.t.a -> dbo.u.z"] == [ends(each) for each in lineage.edges if each.kind is EdgeKind.DIRECT]


def test_hints_of_what_is_known() -> None:
    """A hint may name a table whose columns were given, with or without the default schema."""
    text = SqlText("h.sql", "CREATE PROCEDURE p AS -- @LINEAGE_INPUTS: Orders, [dbo].[Order Lines]\nPRINT 'x'")
    known = {"dbo.Orders": (), 'dbo."Order Lines"': ()}
    lineage = analyse([text], "tsql", known=known, default_schema="dbo")

    assert {"dbo.orders.* -> dbo.p.*", "dbo.order lines.* -> dbo.p.*"} == set(dependencies(lineage))
    assert () == lineage.unresolved


def test_an_unknown_hint_is_a_warning() -> None:
    """A hint that names nothing known is listed where it stands, and costs no statement."""
    sql = "CREATE PROCEDURE p AS\n-- @LINEAGE_INPUTS: dbo.Nope\nPRINT 'x'"
    lineage = lineage_of(sql)
    (listed,) = lineage.unresolved

    assert Reason.UNKNOWN_HINT is listed.reason
    assert "dbo.Nope" == sql[listed.span.start : listed.span.end]
    assert len(lineage.statements) == lineage.explained


NESTED = 5_000


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        (f"CREATE PROC p AS {'BEGIN ' * NESTED}SELECT 1{' END' * NESTED}", "tsql"),
        (f"CREATE PROC p AS {'IF 1 = 1 ' * NESTED}SELECT 1", "tsql"),
        (f"CREATE PROC p AS {'WHILE 1 = 1 BEGIN ' * NESTED}SELECT 1{' END' * NESTED}", "tsql"),
        (f"CREATE PROC p AS {'IF 1 = 1 PRINT 1 ELSE ' * NESTED}SELECT 1", "tsql"),
        (f"DO $$ BEGIN {'IF x THEN ' * NESTED} NULL; {'END IF; ' * NESTED} END $$", "postgres"),
        (f"BEGIN {'LOOP ' * NESTED} INSERT INTO t SELECT 1; {'END LOOP; ' * NESTED} END;", "bigquery"),
        (f"CREATE PROCEDURE p IS BEGIN {'BEGIN ' * NESTED} NULL; {'END; ' * NESTED} END;", "oracle"),
    ],
    ids=["begin", "if", "while", "else", "then", "loop", "oracle"],
)
def test_blocks_without_end(sql: str, dialect: str) -> None:
    """Blocks inside one another without end are listed as too deep."""
    assert Reason.TOO_DEEP in {each.reason for each in lineage_of(sql, dialect).unresolved}


def test_loops_in_loops() -> None:
    """Loops inside one another cost no more than one."""
    body = "INSERT INTO u (z) SELECT a FROM #x INSERT INTO #x SELECT b FROM t"
    sql = f"CREATE TABLE #x (a int) {'WHILE 1 = 1 BEGIN ' * 25}{body}{' END' * 25}"

    assert ["dbo.t.b -> dbo.u.z"] == [ends(each) for each in lineage_of(sql).edges]


def test_calls_without_end() -> None:
    """Calls that double with each step are followed up to a limit, and then listed."""
    steps = [
        f"CREATE PROC p{at} @x int AS EXEC p{at + 1} @x EXEC p{at + 1} @x INSERT INTO t{at} (a) VALUES (@x)"
        for at in range(30)
    ]
    sql = "\nGO\n".join(
        [*steps, "CREATE PROC p30 @x int AS PRINT 'x'", "DECLARE @x int = (SELECT a FROM s) EXEC p0 @x"]
    )
    lineage = lineage_of(sql)

    assert "dbo.s.a -> dbo.t0.a" in {ends(each) for each in lineage.edges}
    assert any("too many calls" in each.message for each in lineage.unresolved)


def test_sql_that_makes_sql_without_end() -> None:
    """SQL in literals in literals is followed a few levels deep."""
    sql = "INSERT INTO u (z) SELECT a FROM t"
    for _ in range(6):
        doubled = sql.replace("'", "''")
        sql = f"EXEC ('{doubled}')"

    assert [Reason.DYNAMIC_SQL] == [each.reason for each in lineage_of(sql).unresolved]


def test_a_body_crosses_processes() -> None:
    """What reading leaves of a body can be sent to another process."""
    reading = read_text(SqlText("body.sql", LINES), "tsql")

    assert reading == pickle.loads(pickle.dumps(reading))  # noqa: S301 - our own bytes


WORDS = {
    "tsql": """
        CREATE PROCEDURE p AS BEGIN END IF ELSE WHILE TRY CATCH @x int = ( ) ; , DECLARE SET SELECT a FROM t
        #x INTO INSERT u EXEC ('x') N'SELECT' + sp_executesql CURSOR FOR c FETCH NEXT OPEN RETURN OUTPUT
        inserted . * UNION TABLE GO done: GOTO THROW CASE WHEN THEN 1 TRIGGER ON FUNCTION RETURNS READONLY
        VALUES WITH MERGE UPDATE DELETE
    """,
    "postgres": """
        CREATE FUNCTION f ( ) RETURNS TABLE int trigger LANGUAGE plpgsql AS $$ BEGIN END ; DECLARE x := 1 IF
        THEN ELSIF ELSE END LOOP FOR r IN SELECT a FROM t INTO INSERT u RETURN QUERY NEXT EXECUTE 'x' ||
        OPEN c CASE WHEN EXCEPTION EXIT NEW . a PERFORM CALL WHILE DO TRIGGER ON EACH ROW FETCH RETURNING
        VALUES , * = >
    """,
    "oracle": """
        CREATE PROCEDURE p IS AS BEGIN END ; DECLARE v NUMBER := 1 ( ) IF THEN ELSIF ELSE LOOP FOR r IN
        CURSOR c SELECT a INTO FROM t INSERT u VALUES : NEW . a EXCEPTION WHEN OTHERS FORALL i BULK COLLECT
        EXECUTE IMMEDIATE 'x' || RETURNING FETCH OPEN EXIT CASE / TRIGGER ON FUNCTION RETURN , * = <<l>>
    """,
    "snowflake": """
        CREATE PROCEDURE p ( ) RETURNS STRING LANGUAGE SQL AS $$ BEGIN END ; DECLARE LET x := 1 : IF THEN
        ELSE FOR r IN c DO LOOP SELECT a INTO FROM t INSERT u VALUES CURSOR RESULTSET RETURN TABLE EXECUTE
        IMMEDIATE 'x' || REPEAT UNTIL WHILE EXCEPTION WHEN , * = CALL OPEN FETCH
    """,
    "bigquery": """
        CREATE PROCEDURE d . p ( ) BEGIN END ; DECLARE x INT64 DEFAULT 1 SET = IF THEN ELSEIF ELSE FOR r IN
        DO WHILE LOOP SELECT a FROM t INSERT u VALUES EXECUTE IMMEDIATE "x" INTO USING TEMP TABLE AS REPEAT
        UNTIL CALL , * CASE WHEN EXCEPTION BREAK
    """,
    "mysql": """
        CREATE PROCEDURE p ( ) BEGIN END ; DECLARE x INT DEFAULT 1 SET @ = IF THEN ELSEIF ELSE LOOP LEAVE l
        : REPEAT UNTIL WHILE DO CURSOR FOR HANDLER NOT FOUND CONTINUE SELECT a INTO FROM t INSERT u VALUES
        CALL FETCH OPEN PREPARE EXECUTE TRIGGER ON EACH ROW NEW . TEMPORARY TABLE , * 'x' CASE WHEN
    """,
}
TEXTS = st.sampled_from(sorted(WORDS)).flatmap(
    lambda dialect: st.tuples(st.just(dialect), st.lists(st.sampled_from(WORDS[dialect].split()), max_size=40))
)
NOT_COUNTED = {
    Reason.UNKNOWN_COLUMNS,
    Reason.UNBOUND_COLUMN,
    Reason.CYCLE,
    Reason.DUPLICATE,
    Reason.UNKNOWN_HINT,
}


@settings(max_examples=1_500, deadline=None, derandomize=True)
@given(text=TEXTS)
def test_any_words(text: tuple[str, list[str]]) -> None:
    """Whatever stands in a body, an answer comes, and what counts as not explained is listed in its place."""
    dialect, words = text
    sql = " ".join(words)
    lineage = lineage_of(sql, dialect)
    listed = {each.span.start for each in lineage.unresolved if each.reason not in NOT_COUNTED}

    assert Reason.CRASHED not in {each.reason for each in lineage.unresolved}
    assert len(lineage.statements) - lineage.explained == sum(
        any(each.span.start <= start <= each.span.end for start in listed) for each in lineage.statements
    )
    assert all(0 <= each.span.start <= each.span.end <= len(sql) for each in lineage.unresolved)
