"""What a statement must not name, found in its words before it is executed.

The sandbox holds without it, but for what DuckDB tells of itself: settings and definitions of views show paths.
 Being told here is also kinder than an error of the engine.
"""

from collections.abc import Iterable
from functools import cache

import duckdb

from jobs.engines.sql.errors import ForbiddenStatement
from jobs.engines.sql.statements import Statement
from jobs.engines.sql.tokens import Token, place_of
from jobs.engines.sql.values import Table

TABLE_FUNCTIONS = {
    *(
        "generate_series",
        "histogram",
        "histogram_values",
        "json_each",
        "json_tree",
        "range",
        "repeat",
        "repeat_row",
    ),
    *("summary", "unnest"),
}
"""Those that read nothing but their arguments. All others are refused, those of later versions too."""

FUNCTIONS = {
    "current_connection_id": "it tells of the engine, not of data",
    "current_query": "it shows how the engine runs the statement",
    "current_query_id": "it tells of the engine, not of data",
    "current_setting": "settings belong to whoever runs this service",
    "current_transaction_id": "it tells of the engine, not of data",
    "getenv": "the environment belongs to whoever runs this service",
    "getvariable": "variables are not kept; give values as params",
    "inet_client_addr": "it tells of the engine, not of data",
    "inet_client_port": "it tells of the engine, not of data",
    "parse_duckdb_log_message": "logs belong to whoever runs this service",
    "pg_conf_load_time": "it tells of the engine, not of data",
    "pg_get_viewdef": "definitions show where files are",
    "pg_sleep": "a statement computes, it does not wait",
    "sleep_ms": "a statement computes, it does not wait",
    "write_log": "logs belong to whoever runs this service",
}
READS = "it reads what is no table of the workspace"
CATALOG = ("duckdb_", "pg_", "pragma_", "sqlite_")
CATALOG_WHY = (
    "the catalog of the engine shows where files are; information_schema.tables and .columns are there"
)
STANDARD = {"columns", "schemata", "tables"}
"""What information_schema tells without showing a definition."""


def check_words(statement: Statement, tables: Iterable[Table]) -> None:
    """Refuse what a statement must not name.

    Raises:
        ForbiddenStatement: It names such a function or relation; says which, where and why.
    """
    own = {each.name.lower() for each in tables} | {
        column.name.lower() for each in tables for column in each.columns
    }
    functions = refused_functions()
    relations = catalog_relations() - own
    tokens = statement.tokens
    for at, token in enumerate(tokens):
        if not token.is_name:
            continue
        word = token.word
        called = at + 1 < len(tokens) and tokens[at + 1].text == "("
        if called and word in functions:
            raise _at(token, statement, f"{word}()", functions[word])
        if word in relations:
            raise _at(token, statement, word, CATALOG_WHY)
        if word == "information_schema" and tokens[at + 1 : at + 2] and tokens[at + 1].text == ".":
            inner = tokens[at + 2].word if at + 2 < len(tokens) else ""
            if inner not in STANDARD:
                raise _at(token, statement, f"information_schema.{inner}", CATALOG_WHY)


def _at(token: Token, statement: Statement, what: str, why: str) -> ForbiddenStatement:
    line, column = place_of(statement.sql, token.start)
    return ForbiddenStatement(what, why, line=line, column=column)


@cache
def refused_functions() -> dict[str, str]:
    """Every function of the engine that is refused, with the reason."""
    found = _asked(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('table', 'table_macro')"
    )
    return {**dict.fromkeys(found - TABLE_FUNCTIONS, READS), **FUNCTIONS}


@cache
def catalog_relations() -> frozenset[str]:
    """The names of the engine's own views that no statement may read, wherever they stand."""
    found = _asked("SELECT DISTINCT view_name FROM duckdb_views() WHERE internal")
    return frozenset(each for each in found if each.startswith(CATALOG))


def _asked(question: str) -> set[str]:
    with duckdb.connect() as connection:
        return {str(row[0]).lower() for row in connection.execute(question).fetchall()}
