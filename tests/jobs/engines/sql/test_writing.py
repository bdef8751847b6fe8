"""Statements that write give the next content of their table, and leave the present one as it is."""

import pytest

from jobs.engines.sql.duck import execute
from jobs.engines.sql.errors import ForbiddenStatement, StatementFailed, TableExists, UnknownName
from jobs.engines.sql.rows import read_page
from jobs.engines.sql.values import Act, Column, Kind
from tests.jobs.engines.sql.desk import COLUMNS, ITEMS, Desk


def test_create_as(desk: Desk) -> None:
    """CREATE TABLE AS gives a new table with the rows of its query and their types."""
    change = desk.change(
        "CREATE TABLE few AS SELECT id, NULL AS x, 1::HUGEINT AS id FROM items WHERE id < 3 -- few"
    )

    assert (Act.CREATE, "main", "few", 3) == (change.act, change.schema, change.name, change.row_count)
    assert (Column("id", "INTEGER"), Column("x", "INTEGER"), Column("id_1", "HUGEINT")) == change.columns
    assert [(2, None, "1")] == desk.rows("FROM few WHERE id = 2")


def test_create_with_columns(desk: Desk) -> None:
    """CREATE TABLE with columns gives a table without rows or files, which takes rows."""
    change = desk.change("CREATE TABLE lab.kept (a INT, b UNION(x INT, y VARCHAR), c ENUM('p', 'q'))")
    desk.change("INSERT INTO lab.kept VALUES (1, 'text', 'q'), (2, 5, NULL)")

    assert ((), "lab", 0) == (change.files, change.schema, change.row_count)
    assert [
        (1, {"tag": "y", "value": "text"}, "q"),
        (2, {"tag": "x", "value": 5}, None),
    ] == desk.rows("FROM lab.kept ORDER BY a")


def test_create_in_place(desk: Desk) -> None:
    """OR REPLACE stands in the place of a table, which its query may read; IF NOT EXISTS leaves it."""
    assert Act.NOTHING is desk.change("CREATE TABLE IF NOT EXISTS items AS SELECT 1").act
    change = desk.change("CREATE OR REPLACE TABLE items AS SELECT id + 1 AS id FROM items LIMIT 2")

    assert (Act.CREATE, 2) == (change.act, change.row_count)
    assert [(1,), (2,)] == desk.rows("FROM items ORDER BY id")


def test_create_what_is_there(desk: Desk) -> None:
    """A table that is there is not created again, and the error says where and what to do."""
    with pytest.raises(TableExists) as caught:
        desk.ask("CREATE TABLE\n  ITEMS AS SELECT 1")

    assert (2, 3) == (caught.value.line, caught.value.column)
    assert "OR REPLACE" in caught.value.hint


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("INSERT INTO items VALUES (1, 'a', 2.5)", [(1, "a", "2.5")]),
        ("INSERT INTO items (name) VALUES ('z')", [(None, "z", None)]),
        ("INSERT INTO items BY NAME SELECT 7 AS id", [(7, None, None)]),
        ("INSERT INTO main.items AS i SELECT * FROM items WHERE id = 3", [(3, "n3", "4.5")]),
        ("WITH one AS (SELECT 1, 'w', 0) INSERT INTO items FROM one", [(1, "w", "0.0")]),
        ("INSERT INTO \"ITEMS\" VALUES ('12', 5, '1.5')", [(12, "5", "1.5")]),
    ],
)
def test_insert(desk: Desk, sql: str, rows: list[tuple[object, ...]]) -> None:
    """INSERT gives the new rows alone, as one more file, with the types of the table."""
    change = desk.change(sql)

    assert (Act.APPEND, COLUMNS, len(rows)) == (change.act, change.columns, change.changed_rows)
    assert rows == list(read_page(change.files[0], 0, 10).rows)
    assert [(str(ITEMS + len(rows)),)] == desk.rows("SELECT count(*) FROM items")


def test_insert_nothing(desk: Desk) -> None:
    """An INSERT of no rows changes nothing and leaves no file."""
    query = desk.query("INSERT INTO items SELECT * FROM items WHERE false")
    change = execute(query).change

    assert change is not None
    assert (Act.NOTHING, ()) == (change.act, change.files)
    assert [] == list(query.output.parent.iterdir())


def test_update(desk: Desk) -> None:
    """UPDATE gives all rows anew and counts those that it touched."""
    change = desk.change("UPDATE items SET price = price + 1 WHERE id IN (SELECT id FROM items WHERE id < 3)")

    assert (Act.REPLACE, ITEMS, 3) == (change.act, change.row_count, change.changed_rows)
    assert [("1.0",), ("2.5",), ("4.0",), ("4.5",)] == desk.rows(
        "SELECT price FROM items WHERE id < 4 ORDER BY id"
    )
    assert Act.NOTHING is desk.change("UPDATE items SET price = 0 WHERE id < 0").act


def test_update_from(desk: Desk) -> None:
    """UPDATE FROM a common table expression finds its table behind it."""
    change = desk.change("WITH a AS (SELECT 1 AS id) UPDATE items SET price = 9 FROM a WHERE items.id = a.id")

    assert 1 == change.changed_rows
    assert [("9.0",)] == desk.rows("SELECT price FROM items WHERE id = 1")


def test_delete(desk: Desk) -> None:
    """DELETE gives the rows that stay; of a table without rows no file is left."""
    assert (Act.REPLACE, 10, ITEMS - 10) == (
        (change := desk.change("DELETE FROM items WHERE id >= 10")).act,
        change.row_count,
        change.changed_rows,
    )
    assert [("10",)] == desk.rows("SELECT count(*) FROM items")

    emptied = desk.change("TRUNCATE items")

    assert (Act.REPLACE, (), 10) == (emptied.act, emptied.files, emptied.changed_rows)
    assert [] == desk.rows("FROM items")


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("ALTER TABLE items ADD COLUMN extra INT DEFAULT 5", (*COLUMNS, Column("extra", "INTEGER"))),
        ("ALTER TABLE items DROP COLUMN price", COLUMNS[:2]),
        ("ALTER TABLE items RENAME COLUMN price TO cost", (*COLUMNS[:2], Column("cost", "DECIMAL(21,1)"))),
        ("ALTER TABLE IF EXISTS items ALTER id TYPE HUGEINT", (Column("id", "HUGEINT"), *COLUMNS[1:])),
    ],
)
def test_alter(desk: Desk, sql: str, columns: tuple[Column, ...]) -> None:
    """ALTER gives the rows with the new columns."""
    change = desk.change(sql)

    assert (Act.REPLACE, columns, ITEMS) == (change.act, change.columns, change.row_count)
    assert [tuple(column.name for column in columns)] == [tuple(row[0] for row in desk.rows("DESCRIBE items"))]


def test_rename(desk: Desk) -> None:
    """RENAME TO touches no file; a name that is taken is refused."""
    change = desk.change("ALTER TABLE items RENAME TO goods")

    assert (Act.RENAME, "goods", ()) == (change.act, change.new_name, change.files)
    assert [(str(ITEMS),)] == desk.rows("SELECT count(*) FROM goods")
    desk.change("CREATE TABLE other AS SELECT 1 AS a")
    with pytest.raises(TableExists):
        desk.ask("ALTER TABLE goods RENAME TO other")


def test_drop(desk: Desk) -> None:
    """DROP lets go of a table; one that is not there needs IF EXISTS."""
    assert (Act.DROP, Kind.DROP) == (desk.change("DROP TABLE items").act, Kind.DROP)
    assert Act.NOTHING is desk.change("DROP TABLE IF EXISTS items").act
    assert Act.NOTHING is desk.change("ALTER TABLE IF EXISTS items ADD COLUMN a INT").act
    with pytest.raises(UnknownName):
        desk.ask("DROP TABLE items")


@pytest.mark.parametrize(
    "verb", ["INSERT INTO {} VALUES (1)", "UPDATE {} SET a = 1", "DELETE FROM {}", "DROP TABLE {}"]
)
def test_unknown_target(desk: Desk, verb: str) -> None:
    """A table that is not there is named with its place, and what may have been meant."""
    with pytest.raises(UnknownName) as caught:
        desk.ask(verb.format("itms"))

    assert ("items",) == caught.value.suggestions
    assert (1, verb.index("{") + 1) == (caught.value.line, caught.value.column)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE n (a INT PRIMARY KEY)",
        "CREATE TABLE n (a INT NOT NULL)",
        "CREATE TABLE n (a INT CHECK (a > 0))",
        "CREATE TABLE n (a INT UNIQUE)",
        "CREATE TABLE n (a INT DEFAULT 4)",
        "CREATE TABLE n (a INT, b INT GENERATED ALWAYS AS (a + 1))",
        "ALTER TABLE items ALTER id SET NOT NULL",
        "ALTER TABLE items ALTER id SET DEFAULT 3",
        "ALTER TABLE items ADD PRIMARY KEY (id)",
        "CREATE TEMP TABLE n AS SELECT 1",
        "CREATE OR REPLACE TEMPORARY TABLE n AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "CREATE SCHEMA s",
        "CREATE SEQUENCE s",
        "CREATE MACRO f() AS 1",
        "CREATE TYPE t AS ENUM ('a')",
        "CREATE INDEX i ON items (id)",
        "CREATE SECRET s (TYPE s3)",
        "DROP VIEW items",
        "DROP SCHEMA main",
        "ALTER VIEW items RENAME TO goods",
        "INSERT INTO items VALUES (1, 'a', 2) RETURNING id",
        "UPDATE items SET id = 1 RETURNING id",
        "DELETE FROM items RETURNING id",
        "UPDATE memory.main.items SET id = 1",
        "INSERT INTO temp.main.items VALUES (1)",
    ],
)
def test_what_is_not_written(desk: Desk, sql: str) -> None:
    """What the files of a table cannot keep, and what is no table, is refused and named."""
    with pytest.raises(StatementFailed) as caught:
        desk.ask(sql)

    assert isinstance(caught.value, ForbiddenStatement) or "not supported" in str(caught.value).lower()


def test_a_constraint_that_would_be_asked(desk: Desk) -> None:
    """What needs a key says so: there are none."""
    with pytest.raises(StatementFailed):
        desk.ask("INSERT INTO items VALUES (1, 'a', 2) ON CONFLICT (id) DO UPDATE SET name = 'b'")
