"""The catalogs that the engine is timed on are valid, always the same, and what is said about them is true."""

import duckdb

from bench.contest import Took
from bench.engine import mark
from bench.ours import pairs
from bench.views import SHAPES, catalog, procedure, tables_sql, wide

VIEWS = 4 * len(SHAPES)


def test_the_texts_run() -> None:
    """A database accepts every table and every view, and each view has the columns that are said."""
    made = catalog(VIEWS)
    with duckdb.connect() as database:
        database.execute("CREATE SCHEMA raw; CREATE SCHEMA mart")
        for sql in (*tables_sql(made.tables), *(view.sql for view in made.views)):
            database.execute(sql)
        for view in made.views:
            described = database.execute(f"DESCRIBE {view.name}").fetchall()

            assert view.columns == tuple(name for name, *_ in described)


def test_the_same_each_time() -> None:
    """The same seed gives the same catalog, another one another; a smaller one is the beginning of a larger."""
    assert catalog(9) == catalog(9)
    assert catalog(9) != catalog(9, seed=1)
    assert catalog(5).views == catalog(9).views[:5]


def test_the_truth() -> None:
    """What is known by construction is what the engine finds: every pair, and no other."""
    marks = mark(catalog(VIEWS).views, Took(0, 0, 0, pairs(VIEWS)))

    assert (VIEWS, VIEWS) == (marks.right, marks.of)
    assert marks.true > 40 * VIEWS


def test_a_wrong_answer_costs() -> None:
    """A pair that is missing or made up makes a view wrong, and lowers recall or precision."""
    views = catalog(VIEWS).views
    whole = pairs(VIEWS)
    less = mark(views, Took(0, 0, 0, whole[1:]))
    more = mark(views, Took(0, 0, 0, [*whole, ["raw.t000", "nothing", whole[0][2], whole[0][3]]]))

    assert (VIEWS - 1, 1.0) == (less.right, less.precision)
    assert (VIEWS - 1, 1.0) == (more.right, more.recall)
    assert less.recall < 1
    assert more.precision < 1


def test_sizes() -> None:
    """A wide view and a long procedure are as large as is asked for."""
    assert 500 == wide(500).count(" AS c")
    assert abs(5_000 - len(procedure(5_000).splitlines())) < 30
