"""A statement reaches its tables and nothing else: by its words, and by the engine if nobody looked at them."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from jobs.engines.sql.duck import execute
from jobs.engines.sql.errors import ForbiddenStatement, StatementFailed
from jobs.engines.sql.forbidden import STANDARD, TABLE_FUNCTIONS, catalog_relations, refused_functions
from jobs.engines.sql.sandbox import add_view, lock, open_engine
from jobs.engines.sql.values import Column, Limits, Table
from tests.jobs.engines.sql.desk import Desk

SECRET = "the secret of somebody else"  # noqa: S105  # a text to look for, no password

STATEMENTS = {
    "ATTACH '{outside}' AS x": "ATTACH",
    "ATTACH ':memory:' AS x": "ATTACH",
    "DETACH memory": "DETACH",
    "COPY items TO '{outside}'": "COPY",
    "COPY items FROM '{outside}'": "COPY",
    "COPY FROM DATABASE memory TO x": "PRAGMA",
    "EXPORT DATABASE '{folder}'": "EXPORT",
    "IMPORT DATABASE '{folder}'": "PRAGMA",
    "INSTALL httpfs": "LOAD",
    "FORCE INSTALL httpfs FROM community": "LOAD",
    "LOAD httpfs": "LOAD",
    "SET memory_limit = '100GB'": "SET",
    "RESET memory_limit": "SET",
    "SET VARIABLE x = 1": "SET",
    "USE memory": "SET",
    "PRAGMA threads = 8": "SET",
    "PRAGMA database_list": "PRAGMA",
    "CALL pragma_version()": "CALL",
    "EXPLAIN SELECT 1": "EXPLAIN",
    "EXPLAIN ANALYZE COPY items TO '{outside}'": "EXPLAIN",
    "PREPARE p AS SELECT 1": "PREPARE",
    "EXECUTE p": "EXECUTE",
    "BEGIN": "TRANSACTION",
    "CHECKPOINT": "CALL",
    "VACUUM": "VACUUM",
    "MERGE INTO items USING items AS i ON items.id = i.id WHEN MATCHED THEN DELETE": "MERGE INTO",
}
"""Statements of a kind that is not run, and what the refusal names."""

CALLS = [
    *(
        "read_csv('{outside}')",
        "read_csv_auto('{outside}')",
        "read_text('{outside}')",
        "read_blob('{outside}')",
    ),
    *("read_json('{outside}')", "read_json_auto('{outside}')", "read_json_objects('{outside}')"),
    *("read_ndjson('{outside}')", "read_ndjson_objects('{outside}')", "read_parquet('{other}')"),
    *("parquet_scan('{other}')", "parquet_metadata('{other}')", "parquet_schema('{other}')"),
    *("parquet_kv_metadata('{other}')", "parquet_file_metadata('{other}')", "sniff_csv('{outside}')"),
    *("glob('{folder}/*')", "read_duckdb('{outside}')", "read_csv('http://127.0.0.1:9/x.csv')"),
    *("read_parquet('s3://bucket/x.parquet')", "duckdb_secrets()", "which_secret('a', 'b')"),
    *("duckdb_extensions()", "enable_logging()", "enable_profiling()", "force_checkpoint()"),
]
"""Functions in FROM that reach out; the engine refuses each by itself, too."""

TELLING = [
    *("SELECT * FROM duckdb_settings()", 'SELECT * FROM "DUCKDB_SETTINGS" /* x */ ()', "FROM duckdb_views()"),
    *("FROM duckdb_views", "FROM duckdb_functions()", "FROM duckdb_temporary_files()", "FROM duckdb_logs()"),
    *("FROM pg_catalog.pg_settings", "FROM pg_views", "FROM sqlite_master", "FROM information_schema.views"),
    *('FROM "information_schema"."views"', "FROM system.main.duckdb_settings()", "FROM duckdb_databases"),
    *("SELECT current_setting('temp_directory')", "SELECT 'temp_directory'.current_setting()"),
    *("SELECT current_query()", "SELECT pg_get_viewdef(1)", "SELECT getenv('HOME')", "SELECT getvariable('x')"),
    *("SELECT write_log('x')", "SELECT sleep_ms(1)", "FROM query('SELECT 1')", "FROM query_table('items')"),
    *("FROM pragma_database_list", "FROM pragma_table_info('items')", "FROM duckdb_variables()"),
    "FROM json_execute_serialized_sql('{}')",
    "SELECT id FROM items WHERE id IN (SELECT 1 FROM duckdb_tables())",
    "INSERT INTO items SELECT 1, path, 1 FROM duckdb_databases()",
    "CREATE TABLE copied AS FROM duckdb_settings()",
]
"""What tells of the engine instead of the tables; some of it shows paths, and the engine alone would."""


@pytest.fixture
def outside(tmp_path: Path) -> dict[str, str]:
    """Files that belong to somebody else, beside those of the tables."""
    (tmp_path / "outside.csv").write_text(f"a\n{SECRET}\n", encoding="utf-8")
    other = tmp_path / "other.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT '{SECRET}' AS a) TO '{other}'")
    return {"outside": str(tmp_path / "outside.csv"), "other": str(other), "folder": str(tmp_path)}


def filled(sql: str, outside: dict[str, str]) -> str:
    for key, value in outside.items():
        sql = sql.replace(f"{{{key}}}", value)
    return sql


@pytest.mark.parametrize(("sql", "named"), STATEMENTS.items())
def test_kinds_of_statements(desk: Desk, outside: dict[str, str], sql: str, named: str) -> None:
    """A statement that is neither a query nor a change of a table is refused, with what it is and why."""
    with pytest.raises(ForbiddenStatement) as caught:
        desk.ask(filled(sql, outside))

    assert named == caught.value.forbidden
    assert "not allowed: " in str(caught.value)


@pytest.mark.parametrize("call", CALLS)
def test_functions_that_reach_out(desk: Desk, outside: dict[str, str], call: str) -> None:
    """A function that reads anything but tables is refused by its name, wherever it stands."""
    written = filled(call, outside)
    for sql in (f"SELECT * FROM {written}", f"CREATE TABLE n AS SELECT 1 WHERE EXISTS (FROM {written})"):
        with pytest.raises(ForbiddenStatement) as caught:
            desk.ask(sql)
        assert call.partition("(")[0] in caught.value.forbidden
        assert sql.index(written) + 1 == caught.value.column


@pytest.mark.parametrize("sql", TELLING)
def test_what_tells_of_the_engine(desk: Desk, sql: str) -> None:
    """What shows settings, definitions, logs or other statements is refused, however it is written."""
    with pytest.raises(ForbiddenStatement):
        desk.ask(sql)


@pytest.mark.parametrize(
    "source",
    ["'{outside}'", "'{other}'", '"{other}"', "'{folder}/*.parquet'", "'../outside.csv'", "'/etc/passwd'"],
)
def test_files_as_tables(desk: Desk, outside: dict[str, str], source: str) -> None:
    """A file that is named like a table is not read, and the refusal shows nothing of it."""
    with pytest.raises(StatementFailed) as caught:
        desk.ask(f"SELECT * FROM {filled(source, outside)}")

    assert SECRET not in str(caught.value)


def test_python_variables(desk: Desk) -> None:
    """A variable of this process is no table."""
    hidden = duckdb.connect().execute("SELECT 1 AS a")

    with pytest.raises(StatementFailed, match="hidden"):
        desk.ask("SELECT * FROM hidden")
    assert [(1,)] == hidden.fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        *(f"SELECT * FROM {call}" for call in CALLS),
        *("SELECT * FROM '{outside}'", "SELECT * FROM '{other}'", "SELECT * FROM '/etc/passwd'"),
        *(
            "COPY (SELECT 1) TO '{folder}/made.csv'",
            "COPY (SELECT 1) TO '{other}'",
            "EXPORT DATABASE '{folder}/made'",
        ),
        *(
            "ATTACH '{folder}/made.db' AS x",
            "ATTACH 'http://127.0.0.1:9/x.db' AS x",
            "IMPORT DATABASE '{folder}'",
        ),
        *("INSTALL httpfs", "LOAD httpfs", "LOAD '{outside}'", "SET memory_limit = '100GB'", "RESET threads"),
        *(
            "SET enable_external_access = true",
            "SET allowed_paths = ['{other}']",
            "SET lock_configuration = false",
        ),
        *(
            "SET temp_directory = '{folder}'",
            "SET TimeZone = 'Europe/Rome'",
            "PRAGMA enable_profiling = 'json'",
        ),
        *("SELECT getenv('HOME')", "SELECT * FROM hidden", "CREATE SECRET s (TYPE s3)"),
    ],
)
def test_the_engine_holds_without_words(tmp_path: Path, outside: dict[str, str], sql: str) -> None:
    """The locked engine itself refuses to read, write, connect, load or change a setting."""
    file, output = tmp_path / "mine.parquet", tmp_path / "rows.parquet"
    duckdb.connect().execute(f"COPY (SELECT 1 AS a) TO '{file}'").close()
    before = sorted(tmp_path.iterdir())
    hidden = duckdb.connect().execute("SELECT 1 AS a")
    with open_engine(Limits(), tmp_path) as connection:
        add_view(connection, Table("mine", (Column("a", "INTEGER"),), (file,)))
        lock(connection, (file, output))

        with pytest.raises(duckdb.Error):
            connection.execute(filled(sql, outside)).fetchall()

        assert [(1,)] == connection.execute("FROM mine").fetchall()
    assert before == sorted(path for path in tmp_path.iterdir() if path.name != "spilled")
    assert [(1,)] == hidden.fetchall()


def test_every_table_function_is_decided() -> None:
    """All table functions of the engine are refused but those that read nothing beyond their arguments."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT function_name FROM duckdb_functions() WHERE function_type IN ('table', 'table_macro')"
        ).fetchall()
    there = {row[0].lower() for row in rows}

    assert TABLE_FUNCTIONS == there - refused_functions().keys()


def test_every_relation_of_the_catalog_is_decided() -> None:
    """All views that the engine brings are refused, but for three of information_schema."""
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT schema_name, view_name FROM duckdb_views() WHERE internal").fetchall()
    left = {view for schema, view in rows if view not in catalog_relations() and schema != "information_schema"}

    assert set() == left
    assert {view for schema, view in rows if schema == "information_schema"} >= STANDARD


def test_own_names_are_no_catalog(desk: Desk) -> None:
    """A table or column of one's own may be called like a relation of the engine."""
    desk.tables["pg_class"] = Table("pg_class", (Column("sqlite_master", "INTEGER"),))
    desk.change("INSERT INTO pg_class VALUES (1)")

    assert [(1,)] == desk.rows("SELECT sqlite_master FROM pg_class")


def test_other_tables_of_the_workspace(desk: Desk) -> None:
    """A statement sees the tables that it is given, and the files of no other."""
    query = desk.query("SELECT * FROM '" + str(desk.tables["items"].files[0]) + "'")

    with pytest.raises(StatementFailed):
        execute(replace(query, tables=()))


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM itemz", "SELECT 1 // 0", "SELECT nosuch FROM items", "FROM '/x/y.csv'"]
)
def test_errors_show_no_path(desk: Desk, sql: str) -> None:
    """No error shows where files are."""
    with pytest.raises(StatementFailed) as caught:
        desk.ask(sql)

    assert str(desk.folder) not in f"{caught.value} {caught.value.hint}"
