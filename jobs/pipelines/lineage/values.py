"""What goes into a lineage run and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from typing_extensions import Doc

from jobs.engines.lineage.values import HintMode
from jobs.errors import InvalidParams

MAX_TEXTS = 20_000
MAX_TEXT_CHARACTERS = 8_000_000  # one text; a single statement may have less: see the engine
MAX_TOTAL_CHARACTERS = 32_000_000  # all texts of a run: what a child process digests in its memory limit
MAX_NAME_CHARACTERS = 500
MAX_UPLOADS = 1_000
ONE_OF = "Give texts, or the ids of uploads, and not both."
BYTE_ORDER_MARK = "\ufeff"
MAX_DISAGREEMENTS_SHOWN = 500  # in the result; all of them are in the artifact `disagreements.json`
MAX_WARNINGS_SHOWN = 100
MAX_GAPS_SHOWN = 500  # in the result; all of them are in the artifact `gaps.json`


class Dialect(StrEnum):
    """Whose SQL it is."""

    ANSI = "ansi"
    """No product's: standard SQL, read as broadly as can be."""
    BIGQUERY = "bigquery"
    """Google BigQuery."""
    CLICKHOUSE = "clickhouse"
    """ClickHouse."""
    DATABRICKS = "databricks"
    """Databricks."""
    DUCKDB = "duckdb"
    """DuckDB."""
    MYSQL = "mysql"
    """MySQL and MariaDB."""
    ORACLE = "oracle"
    """Oracle Database."""
    POSTGRES = "postgres"
    """PostgreSQL."""
    REDSHIFT = "redshift"
    """Amazon Redshift."""
    SNOWFLAKE = "snowflake"
    """Snowflake."""
    SPARK = "spark"
    """Apache Spark."""
    SQLITE = "sqlite"
    """SQLite."""
    TRINO = "trino"
    """Trino and Presto."""
    TSQL = "tsql"
    """Microsoft SQL Server and Azure SQL: Transact-SQL."""


@dataclass(frozen=True, slots=True)
class LineageText:
    """One named text, such as a file; it may hold many statements."""

    name: Annotated[str, Doc("Its name, such as a file's path; unique among the texts.")]
    sql: Annotated[str, Doc("The SQL itself.")]


@dataclass(frozen=True, slots=True)
class LineageParams:
    """Extract lineage from SQL: texts, or files that were uploaded."""

    texts: Annotated[tuple[LineageText, ...], Doc("The texts, in any order; or else `uploads`.")] = ()
    dialect: Annotated[Dialect, Doc("Whose SQL it is.")] = Dialect.TSQL
    uploads: Annotated[
        tuple[str, ...],
        Doc(
            "The ids of uploads that make one catalog: Parquet files by their roles; or SQL files and "
            "archives; or one JSON file of an export."
        ),
    ] = ()
    source: Annotated[
        str, Doc("Who asserts what is found. A later run of the same source replaces what this one said.")
    ] = "default"
    default_schema: Annotated[str, Doc("The schema of names without one, such as `dbo`; empty: none.")] = ""
    namespace: Annotated[
        str | None, Doc("OpenLineage's namespace of the assets; left out: the workspace's own.")
    ] = None
    excluded_schemas: Annotated[
        tuple[str, ...],
        Doc("Schemas that are left out of the graph, such as `sys`, whatever their capitals."),
    ] = ()
    allow_shrink: Annotated[
        bool,
        Doc("Whether the source may lose nearly all it said before; else such a run fails as SOURCE_SHRANK."),
    ] = False

    inbox: Annotated[
        bool,
        Doc(
            "Whether to read the OpenLineage events that clients have sent to `/api/v1/lineage`, instead of "
            "texts or uploads. Such a run is begun by itself when events come."
        ),
    ] = False
    hint_mode: Annotated[HintMode, Doc("Whether hints add to what is found, or take its place.")] = (
        HintMode.UNION
    )

    def __post_init__(self) -> None:
        if self.inbox and (self.texts or self.uploads):
            raise InvalidParams("inbox", "and texts or uploads are both given", hint=ONE_OF)
        if not self.inbox and bool(self.texts) == bool(self.uploads):
            problem = "is empty" if not self.texts else "and uploads are both given"
            raise InvalidParams("texts", problem, hint=ONE_OF)
        check_uploads(self.uploads)
        for place, schema in enumerate(self.excluded_schemas):
            check_name(f"excludedSchemas[{place}]", schema)
        if len(self.texts) > MAX_TEXTS:
            raise InvalidParams("texts", f"holds {len(self.texts):,} texts; at most {MAX_TEXTS:,} are taken")
        check_name("source", self.source)
        if self.default_schema:
            check_name("defaultSchema", self.default_schema)
        if self.namespace is not None:
            check_name("namespace", self.namespace)
        names: set[str] = set()
        for place, text in enumerate(self.texts):
            check_text(f"texts[{place}]", text)
            if text.name in names:
                raise InvalidParams(f"texts[{place}].name", f"repeats {text.name!r}")
            names.add(text.name)
        total = sum(len(text.sql) for text in self.texts)
        if total > MAX_TOTAL_CHARACTERS:
            problem = f"hold {total:,} characters together; at most {MAX_TOTAL_CHARACTERS:,} are taken"
            raise InvalidParams("texts", problem, hint="Submit them as several runs with a source each.")


def check_uploads(uploads: Sequence[str]) -> None:
    """Refuse ids that are too many, repeat, or cannot be ids of uploads."""
    if len(uploads) > MAX_UPLOADS:
        raise InvalidParams("uploads", f"are {len(uploads):,}; at most {MAX_UPLOADS:,} are taken")
    for place, upload in enumerate(uploads):
        try:
            UUID(hex=upload)
        except ValueError as error:
            hint = "Take it from createUpload { uploadId }."
            raise InvalidParams(f"uploads[{place}]", "is no id of an upload", hint=hint) from error
        if upload in uploads[:place]:
            raise InvalidParams(f"uploads[{place}]", "is given twice")


def check_name(field: str, name: str) -> None:
    """Refuse a name that is empty, too long or cannot be shown."""
    if not (name.strip() and len(name) <= MAX_NAME_CHARACTERS and name.isprintable()):
        raise InvalidParams(field, f"must be 1 to {MAX_NAME_CHARACTERS} printable characters")


def check_text(field: str, text: LineageText) -> None:
    """Refuse a text that is empty, too long, or no text."""
    check_name(f"{field}.name", text.name)
    check_sql(f"{field}.sql", text.sql, MAX_TEXT_CHARACTERS, hint="Split it into several texts.")


def check_sql(field: str, sql: str, most: int, *, hint: str) -> None:
    """Refuse SQL that is empty, of more characters than `most`, or no text; `hint` is for what is too long."""
    if not sql.strip(BYTE_ORDER_MARK).strip():
        raise InvalidParams(field, "is empty")
    if len(sql) > most:
        problem = f"has {len(sql):,} characters; at most {most:,} are taken"
        raise InvalidParams(field, problem, hint=hint)
    at = sql.find("\0")
    if at >= 0:
        decode = "If it was read from a file in UTF-16, decode it first."
        raise InvalidParams(field, f"holds a NUL at character {at + 1}", hint=decode)
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        problem = f"holds half of a character at character {error.start + 1}"
        raise InvalidParams(field, problem) from error


@dataclass(frozen=True, slots=True)
class LineageGap:
    """Something that was seen and not explained."""

    text: Annotated[str, Doc("The name of the text.")]
    line: Annotated[int, Doc("Where it begins: the line, from 1.")]
    column: Annotated[int, Doc("Where it begins: the character of the line, from 1.")]
    start: Annotated[int, Doc("Where it begins: characters from the start of the text.")]
    end: Annotated[int, Doc("Where it ends: characters from the start of the text.")]
    reason: Annotated[str, Doc("Why, in one word: `syntax`, `not_supported`, `dynamic_sql`, …")]
    message: Annotated[str, Doc("Why, in words.")]
    remedy: Annotated[str, Doc("What would help.")]


class Witness(StrEnum):
    """Who alone says that one object needs another."""

    DECLARED = "declared"
    """The database says so; nothing that was read of the dependent object's SQL does."""
    PARSED = "parsed"
    """The dependent object's SQL says so; the database does not."""


@dataclass(frozen=True, slots=True)
class LineageDisagreement:
    """Two objects of a catalog of which one needs the other, as only one witness says."""

    dependent: Annotated[str, Doc("The object that is said to need the other.")]
    needed: Annotated[str, Doc("What it is said to need.")]
    said_by: Annotated[Witness, Doc("Who says so, alone.")]


@dataclass(frozen=True, slots=True)
class LineageResult:
    """What the texts say, in numbers, and what could not be explained."""

    revision: Annotated[int | None, Doc("The revision of the graph this made; null if nothing changed.")]
    text_count: Annotated[int, Doc("Texts that were read.")]
    statement_count: Annotated[int, Doc("Statements in them.")]
    explained_count: Annotated[int, Doc("Statements that were explained, or do nothing to data.")]
    unresolved_count: Annotated[int, Doc("What was seen and not explained: all of it, shown or not.")]
    asset_count: Annotated[int, Doc("Tables, views and others that the texts define or use.")]
    column_count: Annotated[int, Doc("Columns of them.")]
    direct_edge_count: Annotated[int, Doc("Edges along which a value flows.")]
    indirect_edge_count: Annotated[int, Doc("Edges along which an influence goes.")]
    added_count: Annotated[int, Doc("Assertions this source did not make before.")]
    ended_count: Annotated[int, Doc("Assertions this source made before and makes no longer.")]
    gaps: Annotated[
        tuple[LineageGap, ...],
        Doc("What was not explained: the first 500; all are in the artifact `gaps.json`."),
    ]
    warnings: Annotated[
        tuple[str, ...], Doc("What was left out, or is odd in the files, in words: the first 100.")
    ] = ()
    disagreement_count: Annotated[
        int, Doc("Pairs of a catalog's objects whose dependency is only declared, or only found in SQL.")
    ] = 0
    disagreements: Annotated[
        tuple[LineageDisagreement, ...],
        Doc("These pairs: the first 500; all are in the artifact `disagreements.json`."),
    ] = ()
