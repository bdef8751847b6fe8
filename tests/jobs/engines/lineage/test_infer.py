"""Inference over several texts: order, what callers know, and what is kept of what is uncertain."""

import pickle
import random
import re

import pytest

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.crash import OURS, REMEDY
from jobs.engines.lineage.dialects import DIALECTS, fold, fold_table
from jobs.engines.lineage.infer import NAME_COLUMNS, infer
from jobs.engines.lineage.listing import FILLED_IN, IN_QUERY, OWN_TEXT, REMEDIES
from jobs.engines.lineage.order import components
from jobs.engines.lineage.parse import parse, tokenise
from jobs.engines.lineage.plain import constants
from jobs.engines.lineage.queries import Reducer
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.regions import Layout
from jobs.engines.lineage.shapes import Query, SetOperation
from jobs.engines.lineage.split import words_of
from jobs.engines.lineage.statements import writes_of
from jobs.engines.lineage.values import Column, End, Origin, Reason, RelationKind, SqlText

TEXTS = [
    SqlText("t.sql", "CREATE TABLE t (a int, b int, c int)"),
    SqlText("v.sql", "CREATE VIEW v AS SELECT * FROM t WHERE b > 0"),
    SqlText("w.sql", "CREATE VIEW w AS SELECT v.*, x.d FROM v JOIN ext AS x ON x.a = v.a"),
    SqlText(
        "z.sql", "CREATE TABLE z AS SELECT a, count(*) AS n FROM w GROUP BY a; INSERT INTO z SELECT b, c FROM t"
    ),
    SqlText("p.sql", "CREATE VIEW p AS SELECT * FROM q"),
    SqlText("q.sql", "CREATE VIEW q AS SELECT p.a, t.b FROM p JOIN t ON t.a = p.a"),
]


def test_the_order_of_texts_does_not_matter() -> None:
    """Shuffled texts give the same edges, relations and lists, apart from the numbers of statements."""
    expected = analyse(TEXTS, "duckdb")
    chance = random.Random(7)  # noqa: S311 - no secret
    for _ in range(6):
        texts = chance.sample(TEXTS, len(TEXTS))
        found = analyse(texts, "duckdb")

        assert [(e.source, e.target, e.subtype) for e in expected.edges] == [
            (e.source, e.target, e.subtype) for e in found.edges
        ]
        assert [(r.key, r.columns) for r in expected.relations] == [(r.key, r.columns) for r in found.relations]
        assert set(expected.unresolved) == set(found.unresolved)


def test_the_same_again() -> None:
    """Two runs are equal, to the last piece of evidence; readings survive a process boundary."""
    readings = [read_text(text, "duckdb") for text in TEXTS]
    moved = pickle.loads(pickle.dumps(readings))  # noqa: S301 - our own bytes

    assert analyse(TEXTS, "duckdb") == infer(moved, {}, "", "duckdb")


def test_known_columns() -> None:
    """What callers know closes a star; their names are spelled as in SQL."""
    text = SqlText("v.sql", "CREATE VIEW v AS SELECT * FROM ext; CREATE VIEW w AS SELECT * FROM Other.Things")
    known = {"public.ext": (Column("Id", "int"), Column("name")), '"other"."things"': (Column("x"),)}
    lineage = analyse([text], "postgres", known=known, default_schema="public")
    external = {each.key: each for each in lineage.relations}["public.ext"]

    assert () == lineage.unresolved
    assert {End("public.v", "id"), End("public.v", "name"), End("public.w", "x")} == {
        e.target for e in lineage.edges
    }
    assert RelationKind.EXTERNAL is external.kind
    assert external.columns_complete
    assert ["Id", "name"] == [column.name for column in external.columns]


def test_columns_seen_on_an_external_relation() -> None:
    """What is read from a relation that nothing declares becomes known of it, as far as it goes."""
    lineage = analyse([SqlText("v", "CREATE VIEW v AS SELECT e.A, B FROM dbo.Ext AS e WHERE e.c = 1")], "tsql")
    (external,) = [each for each in lineage.relations if each.kind is RelationKind.EXTERNAL]

    assert ("dbo.ext", "dbo.Ext") == (external.key, external.name)
    assert ["A", "B", "c"] == [column.name for column in external.columns]
    assert not external.columns_complete


def test_origins() -> None:
    """A binding that is not certain says so, and is inferred."""
    lineage = analyse([SqlText("v", "CREATE VIEW v AS SELECT a.x, y FROM a JOIN b ON a.k = b.k")], "duckdb")
    notes = {(edge.source.column, each.origin, each.note) for edge in lineage.edges for each in edge.evidence}

    assert ("x", Origin.PARSED, "") in notes
    assert ("y", Origin.INFERRED, "one of: a.y, b.y") in notes


def test_several_pieces_of_evidence() -> None:
    """One edge is one edge, however many expressions show it."""
    text = SqlText("v", "CREATE TABLE t (a int); INSERT INTO t SELECT x FROM u; INSERT INTO t SELECT x FROM u")
    lineage = analyse([text], "duckdb")

    assert [2] == [len(edge.evidence) for edge in lineage.edges]
    assert [1, 2] == [each.statement for each in lineage.edges[0].evidence]


def test_the_same_definition_twice() -> None:
    """A table that two scripts declare alike is no duplicate."""
    assert () == analyse([TEXTS[0], TEXTS[0]], "duckdb").unresolved


def test_a_listed_view_is_a_relation() -> None:
    """A view that cannot be read is still there, and what reads it is not lost."""
    sql = "CREATE VIEW v AS SELECT FROM; CREATE VIEW w AS SELECT x FROM v; CREATE TABLE IF NOT EXISTS z AS AS"
    lineage = analyse([SqlText("v", sql)], "duckdb")
    kinds = {each.key: each.kind for each in lineage.relations}

    assert {"v": RelationKind.VIEW, "w": RelationKind.VIEW, "z": RelationKind.TABLE} == kinds
    assert [End("v", "x")] == [edge.source for edge in lineage.edges]
    assert 1 == lineage.explained


def test_three_parts() -> None:
    """`database..table` means the default schema; four parts stay four."""
    sql = "SELECT a.x, b.y INTO t FROM db..a JOIN srv.db.dbo.b ON 1 = 1"
    lineage = analyse([SqlText("s", sql)], "tsql", default_schema="dbo")

    assert ["db.dbo.a", "dbo.t", "srv.db.dbo.b"] == [each.key for each in lineage.relations]


def test_unresolved_help() -> None:
    """Everything that is listed says what would help."""
    sql = (
        "CREATE VIEW v AS SELECT * FROM ext; ALTER TABLE t DROP COLUMN a; SELECT FROM; CREATE TABLE k (b int); "
    )
    sql += "CREATE VIEW w AS SELECT a.x FROM k"
    lineage = analyse([SqlText("v", sql)], "duckdb")

    assert [Reason.UNKNOWN_COLUMNS, Reason.NOT_SUPPORTED, Reason.SYNTAX, Reason.UNBOUND_COLUMN] == [
        each.reason for each in lineage.unresolved
    ]
    assert all(each.remedy.endswith(".") for each in lineage.unresolved)


def test_remedies_can_be_followed() -> None:
    """No remedy speaks of what does not exist: hints, or edges made by hand."""
    words = " ".join([*REMEDIES.values(), FILLED_IN, OWN_TEXT, IN_QUERY, NAME_COLUMNS, REMEDY, OURS])

    assert not re.search(r"hint|by hand|edges of this", words)


def test_a_shape_that_nobody_foresaw() -> None:
    """A statement that cannot be bound is listed as our bug, and costs none of the others."""
    good = read_text(SqlText("good.sql", "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t"), "duckdb")
    odd = read_text(
        SqlText("odd.sql", "CREATE VIEW w AS SELECT a FROM t;\nINSERT INTO t SELECT 1 + 1"), "duckdb"
    )
    without_branches = Query((), SetOperation((), (), (), (0, 1)))
    parts = [
        part._replace(writes=tuple(write._replace(query=without_branches) for write in part.writes))
        for part in odd.parts
    ]
    lineage = infer([odd._replace(parts=tuple(parts)), good], {}, "", "duckdb")

    assert [Reason.CRASHED] * 2 == [each.reason for each in lineage.unresolved]
    assert [1, 2] == [each.span.line for each in lineage.unresolved]
    assert all("bug of ours" in each.message for each in lineage.unresolved)
    assert 2 == lineage.explained
    assert [End("v", "a")] == [edge.target for edge in lineage.edges]


def test_constants_are_not_parsed() -> None:
    """An INSERT of constants is as the parser would have it, whatever its rows are."""
    heads = ["INSERT INTO s.t ", 'INSERT INTO t (a, "B") ', "INSERT INTO t (a) "]
    rows = ["(1)", "(1, 'x')", "(-1, NULL), (TRUE, +2.5)", "(DEFAULT, 1)", "(1), (2, 3)"]
    odd = ["(1 + 1)", "(a)", "((1))", "(1 2)", "(,)", "(1", "1", "(1)) x", "(1, (SELECT a FROM u))", "()"]
    for head in heads:
        for row in rows:
            tokens = tokenise(f"{head}VALUES {row}", "duckdb")
            written = constants(tokens, words_of(tokens), (0, 9), "duckdb")
            tree = parse(tokens, f"{head}VALUES {row}", "duckdb")

            assert writes_of(tree, Reducer("duckdb", Layout(tokens, 0)), (0, 9)) == written
        for row in odd:
            tokens = tokenise(f"{head}VALUES {row}", "duckdb")
            assert () == constants(tokens, words_of(tokens), (0, 9), "duckdb")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_spellings_meet(dialect: str) -> None:
    """An unquoted name means the same in any case, except in ClickHouse."""
    meets = fold("Ab", dialect, quoted=False) == fold("aB", dialect, quoted=False)
    tables_meet = fold_table("Ab", dialect, quoted=False) == fold_table("aB", dialect, quoted=False)

    assert (dialect != "clickhouse") == meets
    assert (dialect not in {"bigquery", "clickhouse"}) == tables_meet


def test_components() -> None:
    """Groups come after what they need; circles are found, however they are nested."""
    needs = {"a": ["b", "e"], "b": ["c"], "c": ["b", "d"], "d": [], "e": ["e"], "f": ["a"]}

    assert [(("d",), False), (("b", "c"), True), (("e",), True), (("a",), False), (("f",), False)] == list(
        components(needs)
    )


@pytest.mark.parametrize("dialect", ["duckdb", "tsql", "postgres", "mysql", "snowflake"])
def test_a_type_ends_where_constraints_begin(dialect: str) -> None:
    """Keys, defaults and checks behind a column's type are no part of it."""
    columns = (
        "id INTEGER PRIMARY KEY, code VARCHAR(10) NOT NULL DEFAULT 'x', n DECIMAL(10,2) CHECK (n > 0), "
        "r INT REFERENCES o(id), d DOUBLE PRECISION UNIQUE"
    )
    (table,) = (each for each in analyse([SqlText("t.sql", f"CREATE TABLE t ({columns})")], dialect).relations)

    types = ["integer", "varchar(10)", "decimal(10,2)", "int", "double precision"]
    assert types == [column.data_type for column in table.columns]
