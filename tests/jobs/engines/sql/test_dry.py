"""A dry run tells what a statement would do, and does not do it."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.engines.sql import errors
from jobs.engines.sql.dry import dry_run
from jobs.engines.sql.errors import StatementFailed
from jobs.engines.sql.values import Column, DryRun, Kind, Table, TableRead
from tests.jobs.engines.sql.desk import COLUMNS, ITEMS, Desk

ID, NAME, PRICE = "id", "name", "price"


def tried(desk: Desk, sql: str, params: list[object] | None = None) -> DryRun:
    """A dry run of which no file is left."""
    query = desk.query(sql, params or [])
    found = dry_run(query)
    assert [] == list(query.output.parent.iterdir())
    return found


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("SELECT 1", {}),
        ("SELECT id FROM items", {"items": (ID,)}),
        ("SELECT id FROM items WHERE name = 'x' AND false ORDER BY price", {"items": (ID, NAME, PRICE)}),
        ("SELECT count(*) FROM items", {"items": ()}),
        (
            "WITH few AS (FROM items) SELECT few.id FROM few JOIN lab.odd ON id = huge",
            {"items": (ID,), "odd": ("huge",)},
        ),
        ("SELECT (SELECT max(price) FROM items)", {"items": (PRICE,)}),
        ("INSERT INTO items (id) SELECT huge FROM lab.odd", {"odd": ("huge",)}),
        ("INSERT INTO items VALUES (1, 'a', 2)", {}),
        ("UPDATE items SET price = 1 WHERE name = 'x'", {"items": (NAME,)}),
        ("DELETE FROM items WHERE id IN (SELECT huge FROM lab.odd)", {"items": (ID,), "odd": ("huge",)}),
        ("CREATE TABLE n AS SELECT either FROM lab.odd", {"odd": ("either",)}),
        ("DESCRIBE items", {}),
    ],
)
def test_reads(desk: Desk, sql: str, reads: dict[str, tuple[str, ...]]) -> None:
    """The tables are those that the statement reads, with the columns that matter for what comes out."""
    found = {read.name: read.columns for read in tried(desk, sql).reads}

    assert reads == {name: columns for name, columns in found.items() if columns or name in reads}


@pytest.mark.parametrize(
    ("sql", "kind", "writes", "columns"),
    [
        ("SELECT $1::INT AS a, huge FROM lab.odd", Kind.SELECT, None, ("INTEGER", "HUGEINT")),
        ("CREATE TABLE n AS SELECT NULL AS a", Kind.CREATE, ("main", "n"), ("INTEGER",)),
        ("CREATE TABLE lab.n (a UNION(x INT))", Kind.CREATE, ("lab", "n"), ("UNION(x INTEGER)",)),
        ("CREATE OR REPLACE TABLE ITEMS (a INT)", Kind.CREATE, ("main", "items"), ("INTEGER",)),
        (
            "INSERT INTO Items VALUES (1, 'a', 2)",
            Kind.INSERT,
            ("main", "items"),
            tuple(c.type for c in COLUMNS),
        ),
        ("ALTER TABLE items DROP COLUMN price", Kind.ALTER, ("main", "items"), ("INTEGER", "VARCHAR")),
        ("ALTER TABLE items RENAME TO n", Kind.ALTER, ("main", "items"), tuple(c.type for c in COLUMNS)),
        ("DELETE FROM items", Kind.DELETE, ("main", "items"), tuple(c.type for c in COLUMNS)),
        ("DROP TABLE items", Kind.DROP, ("main", "items"), ()),
        ("PIVOT items ON id", Kind.SELECT, None, ()),
    ],
)
def test_what_comes_out(
    desk: Desk, sql: str, kind: Kind, writes: tuple[str, str] | None, columns: tuple[str, ...]
) -> None:
    """The kind, the table that is written and the types of the columns are told."""
    found = tried(desk, sql, [1] if "$1" in sql else None)

    assert (kind, writes) == (found.kind, found.writes)
    assert columns == tuple(column.type for column in found.columns)


@pytest.mark.parametrize(
    ("sql", "kind", "place"),
    [
        ("SELECT nosuch FROM items", errors.UnknownName, (1, 8)),
        ("CREATE TABLE n AS\nSELECT nosuch FROM items", errors.UnknownName, (2, 8)),
        ("INSERT INTO items VALUES (1, nosuch, 2)", errors.UnknownName, (1, 30)),
        ("CREATE TABLE items AS SELECT 1", errors.TableExists, (1, 14)),
        ("INSERT INTO itemz VALUES (1)", errors.UnknownName, (1, 13)),
        ("ALTER TABLE items DROP COLUMN nosuch", errors.UnknownName, (0, 0)),
        ("SELECT * FROM read_csv('x')", errors.ForbiddenStatement, (1, 15)),
        ("SELECT 1; SELECT 2", errors.SeveralStatements, (1, 11)),
        ("SELECT 1 FROM", errors.SyntaxProblem, (1, 10)),
    ],
)
def test_what_is_wrong(desk: Desk, sql: str, kind: type[StatementFailed], place: tuple[int, int]) -> None:
    """A dry run finds what a run would find before it begins, at the same place."""
    with pytest.raises(kind) as caught:
        tried(desk, sql)

    assert place == (caught.value.line, caught.value.column)


def test_nothing_is_executed(desk: Desk) -> None:
    """A statement that would take for ever, or fail on its rows, is tried in no time."""
    assert ("BIGINT",) == tuple(
        column.type
        for column in tried(desk, "SELECT count(*) FROM range(10_000_000) a, range(10_000_000) b").columns
    )
    assert Kind.SELECT is tried(desk, "SELECT 1 // (id - id), error(name) FROM items").kind


def test_estimates(desk: Desk) -> None:
    """Where the files are there, rows and bytes are estimated; where they are not, the rest is told."""
    found = tried(desk, "SELECT * FROM items")
    assert (ITEMS, desk.tables["items"].files[0].stat().st_size) == (
        found.estimated_rows,
        found.estimated_bytes,
    )

    desk.tables["items"] = replace(desk.tables["items"], files=(Path("/nowhere/at.parquet"),))
    away = tried(desk, "SELECT * FROM items")
    assert (None, None) == (away.estimated_rows, away.estimated_bytes)
    assert (TableRead("main", "items", (ID, NAME, PRICE)),) == away.reads


def test_cacheable(desk: Desk) -> None:
    """Whether the answer may be kept is told."""
    assert tried(desk, "SELECT id FROM items").cacheable
    assert not tried(desk, "SELECT random()").cacheable


def test_tables_are_plain() -> None:
    """A table has a name, a schema and a column."""
    for name, schema, columns in (("", "main", COLUMNS), ("a", "", COLUMNS), ("a", "main", ())):
        with pytest.raises(ValueError, match="a table has"):
            Table(name, tuple[Column, ...](columns), schema=schema)
