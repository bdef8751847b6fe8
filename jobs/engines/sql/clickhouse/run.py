"""One statement on a ClickHouse: its rows as the same file that DuckDB would have made."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from time import monotonic
from typing import NamedTuple

import duckdb

from jobs.engines.sql.clickhouse.engine import ClickHouse, ClickHouseError, Open, Opening, new_query_id
from jobs.engines.sql.clickhouse.failures import CANCELLED, code_of, translated
from jobs.engines.sql.clickhouse.words import check_words
from jobs.engines.sql.errors import ParamsMismatch, StatementFailed, TooManyColumns
from jobs.engines.sql.queries import check_params
from jobs.engines.sql.rows import open_reader
from jobs.engines.sql.sandbox import copying, declared
from jobs.engines.sql.statements import check_text
from jobs.engines.sql.texts import literal, name
from jobs.engines.sql.values import Column, Kind, Limits, Outcome, Progress, Query
from jobs.engines.sql.watch import Watch

WRAPPED = re.compile(r"(?:Nullable|LowCardinality)\((.*)\)", re.DOTALL)
PLAIN = {
    *(
        "Array",
        "Bool",
        "Date",
        "Date32",
        "DateTime",
        "DateTime64",
        "FixedString",
        "Float32",
        "Float64",
        "Int16",
    ),
    *(
        "Int32",
        "Int64",
        "Int8",
        "LowCardinality",
        "Map",
        "Nullable",
        "String",
        "Tuple",
        "UInt16",
        "UInt32",
        "UInt64",
    ),
    *("UInt8", "UUID"),
}
"""Types that Parquet keeps; Decimal is one up to 38 digits. Whatever has another one within travels as text."""
AS_TEXT = {"Int128": "HUGEINT", "UInt128": "UHUGEINT", "Int256": "BIGNUM", "UInt256": "BIGNUM", "JSON": "JSON"}
"""What such a text is made into again; otherwise it stays one."""
DECIMAL = re.compile(r"Decimal\((\d+), \d+\)")


class Answer(NamedTuple):
    """A column as ClickHouse calls it, and the type that it becomes."""

    name: str
    type: str
    becomes: str


def execute(
    query: Query,
    open_engine: Open,
    *,
    stop: Event | None = None,
    report: Callable[[Progress], None] | None = None,
    query_id: str | None = None,
) -> Outcome:
    """Execute one statement that reads; its parameters are `{name:Type}`, given as a mapping.

    Raises:
        StatementFailed: What went wrong, and where.
        StopRequested: `stop` was set.
    """
    began = monotonic()
    params = _checked(query)
    engine = open_engine(Opening(settings_of(query.limits), query_id or new_query_id()))
    try:
        with Watch(engine, query.limits.timeout_seconds, stop=stop, report=report):
            try:
                return _select(engine, query, params, began)
            except ClickHouseError as error:
                if code_of(error) in CANCELLED:
                    raise InterruptedError from error
                raise translated(error, query.sql) from error
    finally:
        engine.close()


def settings_of(limits: Limits) -> dict[str, str | int | float]:
    """The limits of a statement as ClickHouse has them; `readonly` is last: nothing can be set behind it."""
    return {
        "max_memory_usage": limits.memory_bytes,
        "max_threads": limits.threads,
        "max_temporary_data_on_disk_size_for_query": limits.temp_bytes,
        "max_execution_time": limits.timeout_seconds,
        "output_format_parquet_compression_method": "zstd",
        "output_format_parquet_string_as_string": 1,
        "session_timezone": "UTC",
        "readonly": 1,
    }


def _checked(query: Query) -> dict[str, object]:
    check_text(query.sql, query.limits.sql_bytes)
    check_params(query.params)
    if isinstance(query.params, Mapping):
        return dict(query.params)
    if query.params:
        raise ParamsMismatch(
            "ClickHouse takes parameters by name", hint="Write {name:Type}, and give a mapping."
        )
    return {}


def _select(engine: ClickHouse, query: Query, params: Mapping[str, object], began: float) -> Outcome:
    (written,) = engine.ask("SELECT formatQuery({sql:String})", {"sql": query.sql})[0]
    check_words(str(written), table_functions(engine))
    answers = [
        _answer(str(row[0]), str(row[1])) for row in engine.ask(f"DESCRIBE TABLE (\n{written}\n)", params)
    ]
    if len(answers) > query.limits.columns:
        raise TooManyColumns(
            f"the result has {len(answers):,} columns, and {query.limits.columns:,} are allowed"
        )
    most = query.limits.rows
    values = ", ".join(_travelling(answer) for answer in answers)
    raw = query.output.with_suffix(".raw")
    engine.write_parquet(f"SELECT {values} FROM (\n{written}\n) LIMIT {most + 1}", params, raw)
    columns, found = _kept(raw, answers, query.output, most)
    raw.unlink()
    return Outcome(
        kind=Kind.SELECT,
        columns=columns,
        row_count=min(found, most),
        truncated=found > most,
        size_bytes=query.output.stat().st_size,
        elapsed_seconds=monotonic() - began,
    )


def table_functions(engine: ClickHouse) -> frozenset[str]:
    """All table functions of an engine."""
    return frozenset(str(row[0]) for row in engine.ask("SELECT name FROM system.table_functions", {}))


def _answer(column: str, kind: str) -> Answer:
    bare = kind
    while found := WRAPPED.fullmatch(bare):
        bare = found[1]
    if decimal := DECIMAL.fullmatch(bare):
        return Answer(column, kind, "" if int(decimal[1]) <= 38 else "VARCHAR")
    words = set(re.findall(r"[A-Z]\w*", re.sub(r"'[^']*'|`[^`]*`", "", bare)))
    if words <= PLAIN:
        return Answer(column, kind, "")
    return Answer(column, kind, AS_TEXT.get(bare, "VARCHAR"))


def _travelling(answer: Answer) -> str:
    quoted = "`" + answer.name.replace("\\", "\\\\").replace("`", "\\`") + "`"
    return f"CAST({quoted}, 'Nullable(String)') AS {quoted}" if answer.becomes else quoted


def _kept(raw: Path, answers: list[Answer], to: Path, most: int) -> tuple[tuple[Column, ...], int]:
    """Write the file that ClickHouse gave as one of ours; its columns, and how many rows there were."""
    source = f"read_parquet({literal(str(raw))})"
    with open_reader() as connection:
        try:
            ((found,),) = connection.execute(f"SELECT count(*) FROM {source}").fetchall()
            described = connection.execute(f"DESCRIBE FROM {source}").fetchall()
            columns = [
                Column(answer.name, answer.becomes or row[1])
                for answer, row in zip(answers, described, strict=True)
            ]
            values = ", ".join(
                f"CAST({name(row[0])} AS {answer.becomes})" if answer.becomes else name(row[0])
                for answer, row in zip(answers, described, strict=True)
            )
            head, tail = copying(columns, to, most)
            connection.execute(f"{head}(SELECT {values} FROM {source}){tail}")
        except duckdb.Error as error:
            hint = "hex(column) and base64Encode(column) tell bytes that are no text."
            raise StatementFailed("a value of the result cannot be kept", hint=hint) from error
    return declared(columns), int(found)
