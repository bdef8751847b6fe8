"""ClickHouse answers as DuckDB does, and reaches no further, as a server and inside a process."""

from pathlib import Path
from threading import Event, Timer

import pytest

from jobs.engines.sql import errors
from jobs.engines.sql.clickhouse import embedded, server
from jobs.engines.sql.clickhouse.engine import ClickHouseError, Opening
from jobs.engines.sql.clickhouse.failures import translated
from jobs.engines.sql.clickhouse.server import Server
from jobs.engines.sql.clickhouse.words import TABLE_FUNCTIONS
from jobs.engines.sql.duck import execute as execute_on_duckdb
from jobs.engines.sql.errors import EngineUnavailable, ForbiddenStatement, StatementFailed
from jobs.engines.sql.present import driver, present_engines, require
from jobs.engines.sql.rows import read_page
from jobs.engines.sql.sample import COLUMNS, TRIPS, write_trips
from jobs.engines.sql.values import Column, Engine, Progress, Query, Table
from jobs.errors import StopRequested
from tests.jobs.engines.sql.clickhouse.conftest import House

ENDLESS = "SELECT count() FROM numbers(1e12) WHERE number % 7 = 3"

VALUES: list[tuple[str, str, object]] = [
    ("toInt8(-1)", "TINYINT", -1),
    ("toUInt32(4294967295)", "UINTEGER", 4_294_967_295),
    ("toUInt64(18446744073709551615)", "UBIGINT", "18446744073709551615"),
    (
        "toInt128('-170141183460469231731687303715884105728')",
        "HUGEINT",
        "-170141183460469231731687303715884105728",
    ),
    (
        "toUInt128('340282366920938463463374607431768211455')",
        "UHUGEINT",
        "340282366920938463463374607431768211455",
    ),
    ("toUInt256('" + "1234567" * 10 + "')", "BIGNUM", "1234567" * 10),
    ("toFloat32(0.5)", "FLOAT", 0.5),
    ("nan", "DOUBLE", "NaN"),
    ("-inf", "DOUBLE", "-Infinity"),
    ("true", "BOOLEAN", True),
    ("'é\\n''x'", "VARCHAR", "é\n'x"),
    ("toFixedString('ab', 2)", "BLOB", "YWI="),
    ("toDate('2020-02-29')", "DATE", "2020-02-29"),
    ("toDate32('1950-01-01')", "DATE", "1950-01-01"),
    ("toDateTime('2020-01-01 12:00:00', 'Europe/Rome')", "TIMESTAMP WITH TIME ZONE", "2020-01-01T11:00:00Z"),
    ("toDateTime64('2020-01-01 12:00:00.123456789', 9)", "TIMESTAMPTZ_NS", "2020-01-01T12:00:00.123456789Z"),
    ("toDecimal64(1.5, 2)", "DECIMAL(18,2)", "1.50"),
    ("toDecimal256('1.25', 5)", "VARCHAR", "1.25"),
    ("toUUID('0b5a0f3e-6f0a-4f5e-8f0a-6f0a4f5e8f0a')", "UUID", "0b5a0f3e-6f0a-4f5e-8f0a-6f0a4f5e8f0a"),
    ("toIPv4('1.2.3.4')", "VARCHAR", "1.2.3.4"),
    ("toIPv6('::1')", "VARCHAR", "::1"),
    ("CAST('a', 'Enum8(''a'' = 1)')", "VARCHAR", "a"),
    ("toLowCardinality('x')", "VARCHAR", "x"),
    ("CAST(NULL, 'Nullable(Int32)')", "INTEGER", None),
    ("NULL", "VARCHAR", None),
    ("[1, 2]", "UTINYINT[]", [1, 2]),
    ("map('a', toInt64(1))", "MAP(VARCHAR, BIGINT)", [{"key": "a", "value": "1"}]),
    ("CAST((1, 'x'), 'Tuple(a Int8, b String)')", "STRUCT(a TINYINT, b VARCHAR)", {"a": 1, "b": "x"}),
    ("[toInt128(1)]", "VARCHAR", "[1]"),
    ("toIntervalDay(1)", "VARCHAR", "1"),
    ("CAST('{\"a\":1}', 'JSON')", "JSON", '{"a":1}'),
    ("CAST(1, 'Dynamic')", "VARCHAR", "1"),
]

REFUSED = [
    *("INSERT INTO trips SELECT * FROM trips", "CREATE TABLE x (a Int8) ENGINE = Memory", "DROP TABLE trips"),
    *(
        "TRUNCATE TABLE trips",
        "ALTER TABLE trips DROP COLUMN toll",
        "OPTIMIZE TABLE trips",
        "KILL QUERY WHERE 1",
    ),
    *(
        "SET readonly = 0",
        "USE system",
        "SHOW TABLES",
        "DESCRIBE trips",
        "EXPLAIN SELECT 1",
        "SYSTEM FLUSH LOGS",
    ),
    *("SELECT 1 INTO OUTFILE '/tmp/x'", "SELECT 1 FORMAT CSV", "SELECT 1 SETTINGS readonly = 0"),
    *(
        "SELECT (SELECT 1 SETTINGS max_threads = 1)",
        "GRANT ALL ON *.* TO default",
        "BACKUP TABLE trips TO Disk('a', 'b')",
    ),
    *("SELECT file('/etc/passwd')", "SELECT FILE('/etc/passwd')", "SELECT `file`('/etc/passwd')"),
    *("SELECT \"file\" /* x */ ('/etc/passwd')", "SELECT * FROM file('/etc/passwd', 'LineAsString')"),
    *(
        "SELECT * FROM url('http://127.0.0.1:9/', 'CSV', 'a String')",
        "SELECT * FROM remote('127.0.0.1', 'a', 'b')",
    ),
    *(
        "SELECT * FROM s3('http://127.0.0.1:9/bucket/x.csv', 'CSV')",
        "SELECT * FROM executable('x', 'CSV', 'a String')",
    ),
    *("SELECT * FROM mysql('127.0.0.1:9', 'a', 'b', 'c', 'd')", "SELECT * FROM sqlite('/tmp/x.db', 't')"),
    *("SELECT * FROM eval('SELECT 1')", "SELECT * FROM merge('system', '.*')", "SELECT * FROM python('x')"),
    *(
        "SELECT * FROM cluster('default', 'system', 'one')",
        "SELECT 1 WHERE 1 IN url('http://127.0.0.1:9/', 'CSV')",
    ),
    *(
        "SELECT * FROM system.settings",
        "SELECT * FROM `system`.`settings`",
        "SELECT * FROM INFORMATION_SCHEMA.TABLES",
    ),
    *("SELECT hostName()", "SELECT FQDN()", "SELECT getSetting('readonly')", "SELECT dictGet('a', 'b', 1)"),
    *("SELECT joinGet('a', 'b', 1)", "SELECT currentUser()", "SELECT sleep(3)", "SELECT sleepEachRow(1)"),
    *("SELECT serverUUID()", "SELECT filesystemAvailable()", "SELECT getMacro('a')", "SELECT uptime()"),
    "SELECT aiGenerate('a')",
]


def test_rows(house: House) -> None:
    """A statement gives rows, with names and types, over what the server holds."""
    query = house.query("SELECT vendor, count() AS trips FROM trips GROUP BY vendor ORDER BY trips DESC")
    outcome = house.ask(query)

    assert (Column("vendor", "VARCHAR"), Column("trips", "UBIGINT")) == outcome.columns
    assert TRIPS == sum(int(str(row[1])) for row in read_page(query.output, 0, 10).rows)
    assert [query.output.name] == [file.name for file in query.output.parent.iterdir()]


def test_same_as_duckdb(house: House, tmp_path: Path) -> None:
    """Both engines give the same rows for the same question about the sample."""
    sql = "SELECT payment, sum(total) AS income, avg(tip) AS tip FROM trips GROUP BY payment ORDER BY payment"
    query = Query(sql, tmp_path / "duck.parquet", (write_trips(tmp_path / "trips.parquet"),))
    execute_on_duckdb(query)

    assert [row[:2] for row in read_page(query.output, 0, 10).rows] == [row[:2] for row in house.rows(sql)]


@pytest.mark.parametrize(("most", "truncated"), [(9, True), (10, False)])
def test_limit_is_exact(house: House, most: int, truncated: bool) -> None:  # noqa: FBT001  # a parameter
    """As many rows as allowed are kept, and whether there were more is known."""
    query = house.query("SELECT number FROM numbers(10) ORDER BY number", rows=most)
    outcome = house.ask(query)

    assert (most, truncated) == (outcome.row_count, outcome.truncated)
    assert [(str(place),) for place in range(most)] == list(read_page(query.output, 0, 20).rows)


def test_params(house: House) -> None:
    """Parameters are given by name and type, and are never part of the text."""
    hostile = "a'; DROP TABLE trips; --\n\t\\"

    assert [("8", hostile)] == house.rows("SELECT {x:Int32} + 1 AS a, {y:String} AS b", {"x": 7, "y": hostile})
    for params in ({}, {"y": 1}):
        with pytest.raises(errors.ParamsMismatch):
            house.ask(house.query("SELECT {x:Int32}", dict(params)))


@pytest.mark.parametrize(("value", "kind", "told"), VALUES)
def test_every_type(house: House, value: str, kind: str, told: object) -> None:
    """A value of each type of ClickHouse comes with a type that holds it, and is told by the same rule."""
    query = house.query(f"SELECT {value} AS v")

    assert (Column("v", kind),) == house.ask(query).columns
    assert [(told,)] == list(read_page(query.output, 0, 1).rows)


@pytest.mark.parametrize("sql", REFUSED)
def test_what_is_refused(house: House, sql: str) -> None:
    """What writes, configures, reaches out or tells of the server is refused before it is executed."""
    with pytest.raises(ForbiddenStatement):
        house.ask(house.query(sql))


def test_names_as_params_are_refused(house: House) -> None:
    """A parameter cannot bring in a name that the text would not be allowed to have."""
    with pytest.raises(ForbiddenStatement):
        house.ask(house.query("SELECT * FROM {d:Identifier}.settings", {"d": "system"}))


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM `/etc/passwd`", "SELECT * FROM nosuch.t", "CREATE x", "SELECT 1)) --"]
)
def test_the_rest_is_not_there(house: House, sql: str) -> None:
    """What is no table of the server is not found."""
    with pytest.raises(StatementFailed):
        house.ask(house.query(sql))


@pytest.mark.parametrize(
    "sql",
    [
        *("SELECT 'system.settings', format FROM (SELECT 1 AS format)", "WITH a AS (SELECT 1) SELECT * FROM a"),
        *("SELECT settings FROM (SELECT 1 AS settings) ORDER BY settings", "(SELECT 1) UNION ALL (SELECT 2)"),
        *(
            "SELECT * FROM view(SELECT 1)",
            "SELECT * FROM generateSeries(1, 3)",
            "SELECT trips.vendor FROM trips LIMIT 1",
        ),
        *("SELECT 1 -- the end", "SELECT format('{}', 1)", "SELECT * FROM default.trips LIMIT 1"),
    ],
)
def test_what_looks_alike_is_fine(house: House, sql: str) -> None:
    """Words in texts, columns and harmless functions are not mistaken for what is refused."""
    assert house.ask(house.query(sql)).row_count >= 1


@pytest.mark.parametrize(
    ("sql", "kind", "place"),
    [
        ("", errors.EmptyStatement, (0, 0)),
        ("-- nothing", errors.EmptyStatement, (0, 0)),
        ("SELECT 1; SELECT 2", errors.SeveralStatements, (1, 9)),
        ("SELECT 1\nFORM trips GRUP BY 1", errors.SyntaxProblem, None),
        ("SELEC 1", errors.SyntaxProblem, (1, 7)),
        ("SELECT '\ud800'", errors.SyntaxProblem, (1, 9)),
        ("SELECT nosuch FROM trips", errors.UnknownName, (0, 0)),
        ("SELECT nofun(1)", errors.UnknownName, (0, 0)),
        ("SELECT * FROM tripz", errors.UnknownName, (0, 0)),
        ("SELECT intDiv(1, 0)", errors.DivisionByZero, (0, 0)),
        ("SELECT toInt8('x')", errors.ConversionFailed, (0, 0)),
        ("SELECT unhex('ff') AS x", errors.StatementFailed, (0, 0)),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r) SELECT count() FROM r",
            StatementFailed,
            None,
        ),
        ("SELECT '" + "x" * (2 << 20) + "'", errors.StatementTooLong, (0, 0)),
    ],
)
def test_what_is_wrong(
    house: House, sql: str, kind: type[StatementFailed], place: tuple[int, int] | None
) -> None:
    """Each mistake has the same kind of error as on DuckDB, with its place where the engine tells it."""
    with pytest.raises(kind) as caught:
        house.ask(house.query(sql))

    assert kind is type(caught.value)
    assert place in {None, (caught.value.line, caught.value.column)}
    assert "DB::Exception" not in str(caught.value)


def test_suggestions(house: House) -> None:
    """What may have been meant is suggested."""
    with pytest.raises(errors.UnknownName) as caught:
        house.ask(house.query("SELECT vendr FROM trips"))

    assert ("vendor",) == caught.value.suggestions


def test_too_many_columns(house: House) -> None:
    """A result of too many columns is refused before it is computed."""
    with pytest.raises(errors.TooManyColumns):
        house.ask(house.query("SELECT 1, 2, 3", columns=2))


def test_out_of_memory(house: House) -> None:
    """A statement that needs more memory than it has ends with that."""
    with pytest.raises(errors.QueryOutOfMemory):
        house.ask(house.query("SELECT groupArray(number) FROM numbers(1e9)", memory_bytes=50 << 20))


def test_timeout(house: House) -> None:
    """A statement that takes longer than it may ends with that."""
    with pytest.raises(errors.QueryTimedOut):
        house.ask(house.query(ENDLESS, timeout_seconds=0.5))


def test_stop(house: House) -> None:
    """A statement that was asked to stop is killed, and told its progress before."""
    stop = Event()
    told: list[Progress] = []
    Timer(1, stop.set).start()

    with pytest.raises(StopRequested):
        house.ask(house.query(ENDLESS), stop=stop, report=told.append)

    assert told
    assert all(done is None or 0 <= done <= 1 for done in told)
    assert [("1",)] == house.rows("SELECT toInt64(1)")


def test_run_in_one_call(data: Path, address: Server, tmp_path: Path) -> None:
    """What a child is asked to do is one call, which tells progress in a file."""
    for name in ("embedded", "server"):
        (tmp_path / name).mkdir()
    inside = Query("SELECT 1 AS a", tmp_path / "embedded" / "rows.parquet")
    outside = Query("SELECT 1 AS a", tmp_path / "server" / "rows.parquet")

    assert 1 == embedded.run_query(inside, data, tmp_path / "told").row_count
    assert 1 == server.run_query(outside, address, tmp_path / "told").row_count


def test_tables_are_made_anew(data: Path, house: House, tmp_path: Path) -> None:
    """A table of several files, in a schema of its own, is what its files are now."""
    tables = [write_trips(tmp_path / f"{place}.parquet") for place in range(2)]
    files = tuple(table.files[0] for table in tables)
    embedded.add_table(Table("double", COLUMNS, files, "lab"), data)
    assert [(str(2 * TRIPS),)] == house.rows("SELECT count() FROM lab.double")
    embedded.add_table(Table("double", COLUMNS, files[:1], "lab"), data)
    assert [(str(TRIPS),)] == house.rows("SELECT count() FROM lab.double")


def test_a_server_that_is_away(tmp_path: Path) -> None:
    """A server that does not answer is an engine that is not available, and its password is not shown."""
    away = Server("127.0.0.1", 9, password="not to be seen")  # noqa: S106  # of nobody
    with pytest.raises(EngineUnavailable) as caught:
        server.run_query(Query("SELECT 1", tmp_path / "rows.parquet"), away)

    assert Engine.DUCKDB in caught.value.present
    assert "not to be seen" not in f"{caught.value} {away!r}"


def test_an_engine_that_is_not_installed() -> None:
    """An engine whose driver is not here is refused, and those that are here are named."""
    require(Engine.CLICKHOUSE, present_engines(server=True))
    for ask in (
        lambda: require(Engine.CLICKHOUSE, (Engine.DUCKDB,)),
        lambda: driver("no_such_driver", Engine.CLICKHOUSE),
    ):
        with pytest.raises(EngineUnavailable, match="duckdb") as caught:
            ask()
        assert "headwater[clickhouse]" in caught.value.hint


def test_every_table_function_is_decided(house: House) -> None:
    """The table functions that are allowed are among those of the engine, and no other is."""
    assert TABLE_FUNCTIONS <= {str(row[0]) for row in functions_of(house)}


def functions_of(house: House) -> list[list[object]]:
    engine = house.open_engine(Opening({"max_execution_time": 10}, "functions"))
    try:
        return engine.ask("SELECT name FROM system.table_functions", {})
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Code: 241. DB::Exception: Memory", errors.QueryOutOfMemory),
        ("Code: 243. DB::Exception: Disk", errors.QueryOutOfTempSpace),
        ("Code: 497. DB::Exception: default: Not enough privileges", ForbiddenStatement),
        ("Code: 159. DB::Exception: Timeout exceeded", errors.QueryTimedOut),
        ("the connection was lost", StatementFailed),
    ],
)
def test_errors_of_servers(words: str, kind: type[StatementFailed]) -> None:
    """What only a server with users and disks says has its kind of error, too."""
    assert kind is type(translated(ClickHouseError(words), "SELECT 1"))
