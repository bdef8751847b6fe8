"""A value of every SQL type comes through files with its type, and is told in JSON by one rule."""

import json

import duckdb
import pytest

from jobs.engines.sql.duck import execute
from jobs.engines.sql.rows import read_columns, read_page
from jobs.engines.sql.telling import NUMBERS, iso_date, iso_duration, iso_time
from jobs.engines.sql.values import Column
from tests.jobs.engines.sql.desk import Desk

VALUES: dict[str, list[tuple[str, object]]] = {
    "BOOLEAN": [("true", True), ("false", False)],
    "TINYINT": [("-128", -128)],
    "SMALLINT": [("32767", 32_767)],
    "INTEGER": [("-2147483648", -2_147_483_648)],
    "UTINYINT": [("255", 255)],
    "USMALLINT": [("65535", 65_535)],
    "UINTEGER": [("4294967295", 4_294_967_295)],
    "BIGINT": [("9223372036854775807", "9223372036854775807"), ("1", "1")],
    "UBIGINT": [("18446744073709551615", "18446744073709551615")],
    "HUGEINT": [
        ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
        ("-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"),
    ],
    "UHUGEINT": [("340282366920938463463374607431768211455", "340282366920938463463374607431768211455")],
    "BIGNUM": [("'" + "123456789" * 9 + "'", "123456789" * 9)],
    "DECIMAL(4,1)": [("-1.5", "-1.5")],
    "DECIMAL(38,10)": [("1234567890123456789012345678.0123456789", "1234567890123456789012345678.0123456789")],
    "FLOAT": [("0.5", 0.5), ("'nan'", "NaN"), ("'inf'", "Infinity"), ("'-inf'", "-Infinity")],
    "DOUBLE": [
        ("0.1", 0.1),
        ("1e308", 1e308),
        ("'nan'", "NaN"),
        ("'inf'", "Infinity"),
        ("'-inf'", "-Infinity"),
    ],
    "VARCHAR": [("'a\"b''c é😀'", "a\"b'c é😀"), ("''", ""), ("chr(10)", "\n")],
    "BLOB": [("'\\x00\\xFF'", "AP8="), ("''", "")],
    "BIT": [("'0101'", "0101")],
    "UUID": [("'0b5a0f3e-6f0a-4f5e-8f0a-6f0a4f5e8f0a'", "0b5a0f3e-6f0a-4f5e-8f0a-6f0a4f5e8f0a")],
    "DATE": [
        ("'2020-02-29'", "2020-02-29"),
        ("'0044-03-15 (BC)'", "-0043-03-15"),
        ("'12020-01-01'", "+12020-01-01"),
        ("'infinity'", "infinity"),
        ("'-infinity'", "-infinity"),
    ],
    "TIME": [("'12:34:56.789'", "12:34:56.789"), ("'24:00:00'", "24:00:00")],
    "TIME_NS": [("'12:34:56.123456789'", "12:34:56.123456789")],
    "TIME WITH TIME ZONE": [
        ("'12:34:56.5+02:30'", "12:34:56.5+02:30"),
        ("'12:34:56+00'", "12:34:56Z"),
        ("'12:34:56-08'", "12:34:56-08:00"),
    ],
    "TIMESTAMP": [
        ("'2020-01-01 12:00:00.123456'", "2020-01-01T12:00:00.123456"),
        ("'infinity'", "infinity"),
        ("'0044-03-15 (BC) 01:00:00'", "-0043-03-15T01:00:00"),
    ],
    "TIMESTAMP_S": [("'2020-01-01 12:00:00'", "2020-01-01T12:00:00")],
    "TIMESTAMP_MS": [("'2020-01-01 12:00:00.123'", "2020-01-01T12:00:00.123")],
    "TIMESTAMP_NS": [("'2020-01-01 12:00:00.123456789'", "2020-01-01T12:00:00.123456789")],
    "TIMESTAMP WITH TIME ZONE": [("'2020-01-01 12:00:00.5+02'", "2020-01-01T10:00:00.5Z")],
    "TIMESTAMPTZ_NS": [("'2020-01-01 12:00:00.123456789+02'", "2020-01-01T10:00:00.123456789Z")],
    "INTERVAL": [
        ("'1 year -2 months 3 days 04:05:06.789123'", "P10M3DT4H5M6.789123S"),
        ("'-1 day -00:00:01'", "P-1DT-1S"),
        ("'0 days'", "PT0S"),
        ("'100 hours'", "PT100H"),
    ],
    "ENUM('a', 'b c')": [("'b c'", "b c")],
    "JSON": [("'{\"a\": [1, 12345678901234567890]}'", '{"a": [1, 12345678901234567890]}')],
    "GEOMETRY": [("'POINT (1 2)'", "POINT (1 2)")],
    "VARIANT": [("42", "42"), ("[1, 2]", "[1,2]")],
    "INTEGER[]": [("[1, NULL, 3]", [1, None, 3]), ("[]", [])],
    "HUGEINT[]": [("[1, NULL]", ["1", None])],
    "INTEGER[3]": [("[1, 2, 3]", [1, 2, 3])],
    "HUGEINT[2][]": [("[[1, 2], [3, NULL]]", [["1", "2"], ["3", None]])],
    'STRUCT(a INTEGER, "b c" BIGINT)': [("{'a': 1, 'b c': 2}", {"a": 1, "b c": "2"})],
    "STRUCT(a BIT, b STRUCT(c INTERVAL))": [
        ("{'a': '01', 'b': {'c': '1 day'}}", {"a": "01", "b": {"c": "P1D"}}),
        ("{'a': NULL, 'b': NULL}", {"a": None, "b": None}),
    ],
    "MAP(VARCHAR, INTEGER)": [("MAP {'k': 1}", [{"key": "k", "value": 1}]), ("MAP {}", [])],
    "MAP(HUGEINT, BIT[])": [("MAP {1: ['01']}", [{"key": "1", "value": ["01"]}])],
    "UNION(n INTEGER, s VARCHAR)": [
        ("2", {"tag": "n", "value": 2}),
        ("'x'", {"tag": "s", "value": "x"}),
        ("union_value(n := NULL::INTEGER)", {"tag": "n", "value": None}),
    ],
    "UNION(h HUGEINT, l BIT[])[]": [
        (
            "[1::HUGEINT::{kind}, ['1'::BIT]::{kind}, NULL]",
            [
                {"tag": "h", "value": "1"},
                {"tag": "l", "value": ["1"]},
                None,
            ],
        ),
    ],
    "TUPLE(INTEGER, HUGEINT)": [("row(1, 2)", [1, "2"])],
}
CASES = [(kind, *each) for kind, values in VALUES.items() for each in values]


@pytest.mark.parametrize(("kind", "value", "told"), CASES)
def test_every_type(desk: Desk, kind: str, value: str, told: object) -> None:
    """A value of each type is told by the rule, and a table gives it back as the value that it was."""
    value = value.replace("{kind}", kind.removesuffix("[]"))
    sql = f"SELECT CAST({value} AS {kind}) AS v UNION ALL SELECT NULL"
    query = desk.query(sql)
    outcome = execute(query)
    page = read_page(query.output, 0, 10)

    assert (Column("v", kind),) == outcome.columns == page.columns == read_columns(query.output)
    assert [(told,), (None,)] == list(page.rows)
    assert told == json.loads(json.dumps(told, allow_nan=False))

    desk.change(f"CREATE TABLE kept AS {sql}")
    desk.change("INSERT INTO kept FROM kept WHERE v IS NOT NULL")
    assert [(kind, 2)] == desk.rows("SELECT typeof(any_value(v)), count(v)::INTEGER FROM kept")
    assert [(told,), (None,), (told,)] == desk.rows("SELECT v FROM kept")
    assert [(True,)] == desk.rows(
        f"SELECT CAST(any_value(v) AS VARCHAR) = CAST(CAST({value} AS {kind}) AS VARCHAR) FROM kept"
    )


def test_all_types_are_tried() -> None:
    """Every type that the engine brings is among the cases, but for those that no column has."""
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT DISTINCT logical_type FROM duckdb_types()").fetchall()
    tried = {duckdb.sqltype(kind).id.upper() for kind in VALUES} | {"VARCHAR", "NULL", "INVALID", "TYPE"}
    there = {row[0].upper() for row in rows}

    assert set() == {
        each for each in there if each not in tried and duckdb.sqltype(each).id.upper() not in tried
    }


def test_numbers_are_safe() -> None:
    """What is told as a JSON number and is no floating point number is exact in JavaScript."""
    with duckdb.connect() as connection:
        for kind in NUMBERS - {"boolean", "null"}:
            ((most,),) = connection.execute(
                f"SELECT max(try_cast((2::HUGEINT ** n - 1)::HUGEINT AS {kind})) FROM range(64) AS r(n)"
            ).fetchall()
            assert most < 1 << 53


@pytest.mark.parametrize("text", ["infinity", "soon", "12:00"])
def test_what_is_no_date_stays(text: str) -> None:
    """What is no date, time or interval of a known form is told as it is."""
    assert text == iso_date(text) == iso_time(text)
    assert "PT0S" == iso_duration("")
