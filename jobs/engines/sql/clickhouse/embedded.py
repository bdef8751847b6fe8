"""ClickHouse inside a process: one that lives long, for a folder of data takes one process only.

Give it `Children` of its own with `size=1`: whoever else opened the folder would be refused.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from jobs.engines.sql.clickhouse.engine import ClickHouse, ClickHouseError, Opening, Rows, percent_done
from jobs.engines.sql.clickhouse.run import execute
from jobs.engines.sql.present import driver
from jobs.engines.sql.values import Engine, Outcome, Query, Table
from jobs.engines.sql.watch import tell_progress

ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def run_query(query: Query, folder: Path, progress_file: Path | None = None) -> Outcome:
    """Execute one statement that reads what this folder holds. `query.tables` play no part: see `add_table`.

    Raises:
        StatementFailed: What went wrong, and where.
        EngineUnavailable: The extra `clickhouse` is not installed.
    """
    report = tell_progress(progress_file) if progress_file else None
    return execute(query, lambda opening: open_embedded(folder, opening), report=report)


def open_embedded(folder: Path, opening: Opening) -> ClickHouse:
    """The engine of a folder, for one statement."""
    return _Embedded(folder, opening)


def add_table(table: Table, folder: Path) -> None:
    """Make a table of the folder anew from its Parquet files, so that statements find it.

    Raises:
        ClickHouseError: It cannot be made.
    """
    keeper = _keeper(folder)
    name = f"{_quoted(_database(table.schema))}.{_quoted(table.name)}"
    files = [str(file) for file in table.files]
    with _telling():
        keeper.query(f"CREATE DATABASE IF NOT EXISTS {_quoted(_database(table.schema))}")
        keeper.query(f"DROP TABLE IF EXISTS {name} SYNC")
        for place, file in enumerate(files):
            begin = (
                f"INSERT INTO {name}"
                if place
                else f"CREATE TABLE {name} ENGINE = MergeTree ORDER BY tuple() AS"
            )
            keeper.query(f"{begin} SELECT * FROM file({_text(file)}, 'Parquet')")


class _Embedded:
    """A connection of its own for the statement, and the keeper, which kills it by its name."""

    def __init__(self, folder: Path, opening: Opening) -> None:
        self.opening = opening
        self.keeper = _keeper(folder)  # the first to open the folder
        self.connection = driver("chdb", Engine.CLICKHOUSE).connect(str(folder))
        with _telling():
            # A statement inside a process has no name of its own, and is found by its comment.
            self.connection.query(f"SET log_comment = {_text(opening.query_id)}")
            for setting, value in opening.settings.items():
                shown = _text(value) if isinstance(value, str) else value
                self.connection.query(f"SET {setting} = {shown}")

    def ask(self, sql: str, params: Mapping[str, object]) -> Rows:
        with _telling():
            answer = self.connection.query(sql, "JSONCompact", params=_escaped(params))
        rows: Rows = orjson.loads(bytes(answer.bytes()))["data"]
        return rows

    def write_parquet(self, sql: str, params: Mapping[str, object], to: Path) -> None:
        with _telling(), to.open("wb") as file:
            for piece in self.connection.send_query(sql, "Parquet", params=_escaped(params)):
                file.write(piece.bytes())

    def interrupt(self) -> None:
        with suppress(ClickHouseError), _telling():  # the next look tries again
            self.keeper.query(f"KILL QUERY WHERE {self._mine()} ASYNC")

    def query_progress(self) -> float:
        rows: Rows = []
        with suppress(ClickHouseError), _telling():
            answer = self.keeper.query(
                f"SELECT read_rows, total_rows_approx FROM system.processes WHERE {self._mine()}", "JSONCompact"
            )
            rows = orjson.loads(bytes(answer.bytes()))["data"]
        return percent_done(rows)

    def close(self) -> None:
        self.connection.close()

    def _mine(self) -> str:
        return f"Settings['log_comment'] = {_text(self.opening.query_id)}"


@cache
def _keeper(folder: Path) -> Any:
    """The connection that keeps the folder open, as long as this process lives."""
    return driver("chdb", Engine.CLICKHOUSE).connect(str(folder))


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise ClickHouseError(str(error)) from error
    except driver("chdb", Engine.CLICKHOUSE).ChdbError as error:
        raise ClickHouseError(str(error)) from error


def _escaped(params: Mapping[str, object]) -> dict[str, object]:
    """Parameters as the engine reads them: texts like cells of tab-separated values."""
    return {key: value.translate(ESCAPES) if isinstance(value, str) else value for key, value in params.items()}


def _database(schema: str) -> str:
    return "default" if schema == "main" else schema


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
