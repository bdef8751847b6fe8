"""A SELECT gives its rows as a file, with what they are and how they came about."""

import duckdb
import pytest

from jobs.engines.sql.duck import execute
from jobs.engines.sql.plans import nodes_of
from jobs.engines.sql.rows import read_page
from jobs.engines.sql.values import Column, Kind, PlanNode
from tests.jobs.engines.sql.desk import ITEMS, Desk

ODD = "SELECT id % 2 AS odd, price < 10 AS cheap FROM items"


def test_rows_and_columns(desk: Desk) -> None:
    """A statement gives rows in its order, and the names and types of its columns."""
    query = desk.ask("SELECT name, sum(price) AS total FROM items GROUP BY name ORDER BY total DESC LIMIT 2;")

    assert (Column("name", "VARCHAR"), Column("total", "DECIMAL(38,1)")) == query.columns
    assert (Kind.SELECT, 2, False) == (query.kind, query.row_count, query.truncated)
    assert [("n999", "1498.5"), ("n998", "1497.0")] == desk.rows(
        "SELECT name, sum(price) FROM items GROUP BY name ORDER BY sum(price) DESC LIMIT 2 -- the end"
    )


@pytest.mark.parametrize(
    ("most", "kept", "truncated"),
    [(1, 1, True), (ITEMS - 1, ITEMS - 1, True), (ITEMS, ITEMS, False), (ITEMS + 1, ITEMS, False)],
)
def test_limit_is_exact(desk: Desk, most: int, kept: int, truncated: bool) -> None:  # noqa: FBT001  # a parameter
    """As many rows as allowed are kept, the first ones, and whether there were more is known for sure."""
    query = desk.query("SELECT id FROM items ORDER BY id DESC", rows=most)

    outcome = execute(query)
    page = read_page(query.output, 0, ITEMS * 2)

    assert (kept, truncated) == (outcome.row_count, outcome.truncated)
    assert [ITEMS - 1 - place for place in range(kept)] == [row[0] for row in page.rows]
    assert [query.output.name] == [file.name for file in query.output.parent.iterdir()]


def test_params(desk: Desk) -> None:
    """Parameters are given by place or by name, and are never part of the text."""
    hostile = "'; DROP TABLE items; --"

    assert [(1, hostile)] == desk.rows("SELECT $1, $2", [1, hostile])
    assert [(1, hostile)] == desk.rows("SELECT ?, ?", [1, hostile])
    assert [("n7",)] == desk.rows("SELECT name FROM items WHERE id = $id", {"id": 7})
    assert [(None, ["a", "b"])] == desk.rows("SELECT $x, $y", {"x": None, "y": ["a", "b"]})


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("FROM items", ITEMS),
        ("VALUES (1), (2)", 2),
        ("DESCRIBE items", 3),
        ("SUMMARIZE items", 3),
        ("SHOW TABLES", 1),
        ("(SELECT 1) UNION ALL (SELECT 2)", 2),
        ("WITH few AS (SELECT * FROM items LIMIT 3) FROM few", 3),
        (f"PIVOT ({ODD}) ON odd IN (0, 1) USING count(*) GROUP BY cheap", 2),
        (f"PIVOT ({ODD}) ON odd USING count(*) GROUP BY cheap", 2),
        ("SELECT * FROM lab.odd", 0),
        ("SELECT table_name FROM information_schema.tables", 2),
        ("SELECT * FROM range(3) AS r JOIN generate_series(1, 2) AS g ON true", 6),
        ("SELECT unnest([1, 2, 3])", 3),
        ('SELECT e.key FROM json_each(\'{"a": 1, "b": 2}\') AS e', 2),
    ],
)
def test_ways_to_ask(desk: Desk, sql: str, count: int) -> None:
    """Whatever gives rows is a SELECT, however it is written."""
    outcome = desk.ask(sql)

    assert (Kind.SELECT, count) == (outcome.kind, outcome.row_count)


def test_equal_names(desk: Desk) -> None:
    """Columns of one name get numbers, and a NULL without a type is an INTEGER."""
    outcome = desk.ask("SELECT 1 AS a, 'x' AS A, NULL AS a_1")

    assert (Column("a", "INTEGER"), Column("A_1", "VARCHAR"), Column("a_1_1", "INTEGER")) == outcome.columns


def test_plan(desk: Desk) -> None:
    """The plan is a tree of what was executed, with estimates and facts, and names tables instead of files."""
    outcome = desk.ask("SELECT count(*) FROM items WHERE id < 10")

    operators = {node.operator: node for node in nodes_of(outcome.plan)}
    scan = operators["TABLE_SCAN"]
    assert ("Table", '"main"."items"') in scan.details
    assert scan.seconds is not None
    assert scan.estimated_rows is not None
    assert isinstance(outcome.plan, PlanNode)
    assert outcome.plan.rows == 1
    assert str(desk.folder) not in repr(outcome)
    assert "COPY" not in repr(outcome.plan)


def test_plan_is_that_of_the_engine(desk: Desk) -> None:
    """The operators of a plan are those that the engine itself shows for the statement."""
    sql = "SELECT a.id FROM items AS a JOIN items AS b ON a.id = b.id ORDER BY a.price"
    file = desk.tables["items"].files[0]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW items AS FROM '{file}'")
        shown = connection.execute(f"EXPLAIN (FORMAT json) {sql}").fetchall()[0][1]

    ours = [node.operator for node in nodes_of(desk.ask(sql).plan)]

    assert shown.count("HASH_JOIN") == ours.count("HASH_JOIN") == 1
    assert shown.count("ORDER_BY") == ours.count("ORDER_BY") == 1


def test_statistics(desk: Desk) -> None:
    """What a statement took is told."""
    outcome = desk.ask("SELECT sum(price) FROM items")

    assert ITEMS == outcome.statistics.rows_read
    assert outcome.elapsed_seconds > 0
    assert outcome.size_bytes > 0


def test_other_schemas_and_cases(desk: Desk) -> None:
    """Tables are found by schema and name, whatever the case."""
    assert [(ITEMS,)] == [(int(row[0]),) for row in desk.rows('SELECT count(*) FROM MAIN."Items"')]
    assert 0 == desk.ask("SELECT * FROM LAB.ODD").row_count
