"""Procedures as everybody gets them, and how answers about them are marked."""

from bench.corpus import Procedure, columns_only, end_to_end, marked

PROCEDURE = Procedure(
    "p",
    "tsql",
    "dbo",
    "CREATE TABLE dbo.A (x decimal(9, 2), y int)\nGO\nCREATE PROCEDURE dbo.p AS SELECT 1\nGO\n",
    {"dbo.a": ("x", "y"), "dbo.b": ("x",)},
    frozenset({("dbo.a.x", "dbo.b.x")}),
)


def test_what_others_get() -> None:
    """Tables and separators are taken out; what is left is one text a batch."""
    batches = [batch.strip() for batch in PROCEDURE.batches()]

    assert ["CREATE PROCEDURE dbo.p AS SELECT 1"] == batches


def test_names_meet() -> None:
    """A bare name is the catalog's where it has one in the default schema; another stays what it is."""
    assert "dbo.a" == PROCEDURE.known("A")
    assert "#a" == PROCEDURE.known("#A")


def test_limited_to_what_is_known() -> None:
    """Pairs with what the routine keeps for itself are left out, others are not."""
    answer = {("dbo.a.x", "dbo.b.x"), ("#t.x", "dbo.b.x"), ("dbo.a.x", "#t.x")}

    assert PROCEDURE.pairs == PROCEDURE.restricted(answer)


def test_through_a_temporary_table() -> None:
    """What goes into a temporary table and out of it again arrives."""
    steps = [("a.x", "#t.x"), ("#t.x", "#u.x"), ("#u.x", "b.x")]

    assert {*steps, ("a.x", "#u.x"), ("#t.x", "b.x"), ("a.x", "b.x")} == end_to_end(steps)


def test_columns_only() -> None:
    """A pair with a relation as a whole counts for nobody."""
    assert [("a.x", "b.x")] == list(columns_only([("a.*", "b.x"), ("a.x", "b.x"), ("a.x", "b.*")]))


def test_marks() -> None:
    """A text is right if its answer has all pairs and no other; precision and recall are over all pairs."""
    truth = frozenset({("a.x", "b.x"), ("a.y", "b.y")})
    marks = marked([(truth, truth), (truth, frozenset({("a.x", "b.x"), ("a.z", "b.y")})), (truth, frozenset())])

    assert (1, 3) == (marks.right, marks.of)
    assert 3 / 4 == marks.precision
    assert 3 / 6 == marks.recall
    assert "1 of 3 (precision 0.750, recall 0.500)" == str(marks)
