"""What is wrong with a statement is told as a typed error, with its place and what to do."""

import pytest

from jobs.engines.sql import errors
from jobs.engines.sql.duck import execute
from jobs.engines.sql.errors import StatementFailed
from tests.jobs.engines.sql.desk import Desk

MIB = 1 << 20


@pytest.mark.parametrize(
    ("sql", "kind", "place"),
    [
        ("", errors.EmptyStatement, (0, 0)),
        ("  \n\t", errors.EmptyStatement, (0, 0)),
        ("-- nothing\n/* at all */ ;", errors.EmptyStatement, (0, 0)),
        ("SELECT 1;\nSELECT 2", errors.SeveralStatements, (2, 1)),
        ("SELECT 1;; DROP TABLE items;", errors.SeveralStatements, (1, 12)),
        ("SELECT *\nFORM items", errors.SyntaxProblem, (2, 6)),
        ("SELECT 'open", errors.SyntaxProblem, (1, 8)),
        ("SELEC 1", errors.SyntaxProblem, (1, 1)),
        ("SELECT (1", errors.SyntaxProblem, (1, 9)),
        ("SELECT 1) TO '/tmp/x' --", errors.SyntaxProblem, (1, 9)),
        ("SELECT 1\0", errors.SyntaxProblem, (1, 9)),
        ("SELECT '\ud800'", errors.SyntaxProblem, (1, 9)),
        ("SELECT 'é😀', nam FROM items", errors.UnknownName, (1, 14)),
        ("SELECT id\nFROM itemz", errors.UnknownName, (2, 6)),
        ("SELECT nosuch(id) FROM items", errors.UnknownName, (1, 8)),
        ("SELECT x.id FROM items", errors.UnknownName, (1, 8)),
        ("INSERT INTO items SELECT 1, 'a', nosuch FROM items", errors.UnknownName, (1, 34)),
        ("CREATE TABLE n AS\nSELECT nosuch FROM items", errors.UnknownName, (2, 8)),
        ("UPDATE items SET price = nosuch", errors.UnknownName, (1, 26)),
        ("SELECT name::INT FROM items", errors.ConversionFailed, (1, 12)),
        ("SELECT 200::TINYINT", errors.ConversionFailed, (1, 11)),
        ("SELECT 100::TINYINT * 100::TINYINT", errors.ConversionFailed, (0, 0)),
        ("SELECT 1 // 0", errors.DivisionByZero, (0, 0)),
        ("SELECT id % 0 FROM items", errors.DivisionByZero, (0, 0)),
        ("SELECT $1", errors.ParamsMismatch, (0, 0)),
        ("SELECT " + "(" * 5_000 + "1" + ")" * 5_000, errors.SyntaxProblem, (0, 0)),
        ("SELECT " + "[" * 20_000, errors.SyntaxProblem, None),
        ("SELECT " + ", ".join(f"1 AS c{n}" for n in range(4_097)), errors.TooManyColumns, (0, 0)),
        ("SELECT '" + "x" * (10 * MIB) + "'", errors.StatementTooLong, (0, 0)),
        ("SELECT '" + "é" * (MIB * 3 // 4) + "'", errors.StatementTooLong, (0, 0)),
        ("SELECT " + ",".join("1" * 1_000_000), errors.StatementTooLong, (0, 0)),
        ("SELECT {} AS e", errors.StatementFailed, (0, 0)),
        ("SELECT error('mine')", errors.StatementFailed, (0, 0)),
    ],
)
def test_what_is_wrong(
    desk: Desk, sql: str, kind: type[StatementFailed], place: tuple[int, int] | None
) -> None:
    """Each mistake has its own kind of error and its place in the statement as it was written."""
    with pytest.raises(kind) as caught:
        desk.ask(sql)

    assert kind is type(caught.value)
    assert place in {None, (caught.value.line, caught.value.column)}
    assert "{" not in str(caught.value) or "{}" in sql


@pytest.mark.parametrize(
    ("sql", "suggestions"),
    [
        ("SELECT nam FROM items", ("name",)),
        ("SELECT * FROM itemz", ("items",)),
        ("SELECT * FROM lab.od", ("lab.odd",)),
        ("SELECT items.prise FROM items", ("price",)),
        ("SELECT counr(*) FROM items", ("count",)),
        ("SELECT * FROM pg_clas", ()),
    ],
)
def test_suggestions(desk: Desk, sql: str, suggestions: tuple[str, ...]) -> None:
    """What may have been meant is suggested: tables that were given, columns, functions."""
    with pytest.raises(errors.UnknownName) as caught:
        desk.ask(sql)

    assert suggestions == caught.value.suggestions[: len(suggestions) or None]
    assert all(each in caught.value.hint for each in suggestions)


def test_hints(desk: Desk) -> None:
    """An error says what to do next, where something can be done."""
    for sql in ("", "SELECT 1; SELECT 2", "SELECT", "SELECT 'a'::INT", "SELECT 1 // 0", "SELECT $1"):
        with pytest.raises(StatementFailed) as caught:
            desk.ask(sql)
        assert caught.value.hint


@pytest.mark.parametrize("params", [["\ud800"], {"x": "\0"}, [{"deep": ["\udfff"]}]])
def test_params_that_are_no_text(desk: Desk, params: object) -> None:
    """Halves of surrogate pairs and NULs are refused in parameters as in the statement."""
    with pytest.raises(errors.SyntaxProblem):
        desk.ask("SELECT $x" if isinstance(params, dict) else "SELECT $1", params)  # type: ignore[arg-type]  # hostile


@pytest.mark.parametrize(
    ("sql", "params"), [("SELECT $1", [1, 2]), ("SELECT $a", {"b": 1}), ("SELECT $1", [2**200])]
)
def test_params_that_do_not_fit(desk: Desk, sql: str, params: list[object] | dict[str, object]) -> None:
    """Parameters that the statement has not, and numbers that no type holds, are refused."""
    with pytest.raises(StatementFailed):
        desk.ask(sql, params)


def test_out_of_memory(desk: Desk) -> None:
    """A statement that needs more memory than it has ends with that, and the next one is well."""
    with pytest.raises(errors.QueryOutOfMemory):
        desk.ask(
            "SELECT list(range) FROM range(30_000_000) GROUP BY range % 3", memory_bytes=40 * MIB, threads=1
        )
    assert [(1,)] == desk.rows("SELECT 1")


def test_out_of_temporary_space(desk: Desk) -> None:
    """A statement that needs more room on disk than it has ends with that, and leaves nothing there."""
    query = desk.query(
        "SELECT * FROM range(20_000_000) ORDER BY hash(range)", memory_bytes=60 * MIB, temp_bytes=5 * MIB
    )
    with pytest.raises(errors.QueryOutOfTempSpace):
        execute(query)
    assert [] == [path for path in query.output.parent.rglob("*") if path.is_file() and "spilled" in path.parts]
