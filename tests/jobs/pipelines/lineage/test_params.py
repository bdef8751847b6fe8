"""Parameters that exist are valid: everything else is refused, naming the field, the place and the problem."""

from typing import Any

import pytest

from jobs.errors import InvalidParams
from jobs.pipeline import from_json, to_json
from jobs.pipelines.lineage.values import (
    MAX_NAME_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    MAX_TEXTS,
    MAX_TOTAL_CHARACTERS,
    Dialect,
    LineageParams,
    LineageText,
)

GOOD = LineageText("good.sql", "SELECT 1")
BOM = "\ufeff"
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no-texts": ({"texts": ()}, "texts", "is empty"),
    "too-many": ({"texts": (GOOD,) * (MAX_TEXTS + 1)}, "texts", "20,001 texts; at most 20,000"),
    "same-name": ({"texts": (GOOD, LineageText("b", "SELECT 2"), GOOD)}, "texts[2].name", "repeats 'good.sql'"),
    "no-name": ({"texts": (GOOD, LineageText("", "SELECT 1"))}, "texts[1].name", "1 to 500"),
    "blank-name": ({"texts": (LineageText("  ", "SELECT 1"),)}, "texts[0].name", "1 to 500"),
    "long-name": ({"texts": (LineageText("n" * 501, "SELECT 1"),)}, "texts[0].name", "1 to 500"),
    "long-blank-name": ({"texts": (LineageText(f"n{' ' * 500}", "SELECT 1"),)}, "texts[0].name", "1 to 500"),
    "line-in-name": ({"texts": (LineageText("a\nb", "SELECT 1"),)}, "texts[0].name", "printable"),
    "half-a-name": ({"texts": (LineageText("a\ud800", "SELECT 1"),)}, "texts[0].name", "printable"),
    "empty-sql": ({"texts": (GOOD, LineageText("b", ""))}, "texts[1].sql", "is empty"),
    "white-sql": ({"texts": (LineageText("b", " \t\r\n\f\u00a0"),)}, "texts[0].sql", "is empty"),
    "bom-only": ({"texts": (LineageText("b", BOM),)}, "texts[0].sql", "is empty"),
    "bom-and-white": ({"texts": (LineageText("b", f"{BOM} \n"),)}, "texts[0].sql", "is empty"),
    "long-sql": (
        {"texts": (LineageText("b", "x" * (MAX_TEXT_CHARACTERS + 1)),)},
        "texts[0].sql",
        "8,000,001 characters; at most 8,000,000",
    ),
    "nul": ({"texts": (GOOD, LineageText("b", "S\0E\0L\0"))}, "texts[1].sql", "NUL at character 2"),
    "surrogate": ({"texts": (LineageText("b", "SELECT '\udc80'"),)}, "texts[0].sql", "at character 9"),
    "total": (
        {"texts": tuple(LineageText(str(n), "x" * MAX_TEXT_CHARACTERS) for n in range(5))},
        "texts",
        "40,000,000 characters together; at most 32,000,000",
    ),
    "no-source": ({"source": ""}, "source", "1 to 500"),
    "long-source": ({"source": "s" * 501}, "source", "1 to 500"),
    "tab-in-source": ({"source": "a\tb"}, "source", "printable"),
    "line-in-schema": ({"default_schema": "a\nb"}, "defaultSchema", "printable"),
    "blank-schema": ({"default_schema": " "}, "defaultSchema", "1 to 500"),
    "no-namespace": ({"namespace": ""}, "namespace", "1 to 500"),
    "nul-in-namespace": ({"namespace": "a\0"}, "namespace", "printable"),
}


@pytest.mark.parametrize(("wrong", "field", "problem"), REFUSED.values(), ids=REFUSED)
def test_refused(wrong: dict[str, Any], field: str, problem: str) -> None:
    """Each mistake is refused by the field that it stands in, with what is wrong in words."""
    with pytest.raises(InvalidParams) as refused:
        LineageParams(**{"texts": (GOOD,), "dialect": Dialect.DUCKDB, **wrong})

    assert field == refused.value.field
    assert problem in str(refused.value)
    assert "VALIDATION_FAILED" == refused.value.code


def test_a_hint_for_utf_16() -> None:
    """Whoever sends UTF-16 read as something else is told to decode it."""
    mistaken = "SELECT 1".encode("utf-16-le").decode("latin-1")
    with pytest.raises(InvalidParams) as refused:
        LineageParams((LineageText("b", mistaken),), Dialect.TSQL)

    assert "UTF-16" in refused.value.hint


def test_the_largest_that_is_taken() -> None:
    """What is exactly as large as allowed is accepted."""
    whole = MAX_TOTAL_CHARACTERS // MAX_TEXT_CHARACTERS
    large = tuple(LineageText(str(n), "x" * MAX_TEXT_CHARACTERS) for n in range(whole))
    many = tuple(LineageText(str(n), "x") for n in range(MAX_TEXTS))
    name = "n" * MAX_NAME_CHARACTERS

    LineageParams(large, Dialect.ANSI)
    LineageParams(many, Dialect.ANSI, source=name, default_schema=name, namespace=name)


@pytest.mark.parametrize("dialect", Dialect)
def test_params_are_stored_and_come_back(dialect: Dialect) -> None:
    """What is stored of parameters gives equal parameters back, for each dialect."""
    params = LineageParams((GOOD, LineageText("größe", "SELECT '表'")), dialect, namespace="postgres://x")

    assert params == from_json(LineageParams, to_json(params))
