"""Functions in FROM: what they read, and which columns they are known to give."""

import re
from typing import Any

from sqlglot import exp

from jobs.engines.lineage.dialects import fold, name_parts, word_set
from jobs.engines.lineage.shapes import Name

FILES = word_set(
    "read_csv readcsv read_csv_auto read_parquet readparquet parquet_scan read_json read_json_auto "
    "read_json_objects read_ndjson read_ndjson_auto read_text read_blob read_xlsx read_avro read_files "
    "delta_scan iceberg_scan st_read file s3 gcs url hdfs"
)
"""Their first argument is the path, or a list of paths, of what they read."""
TABLES = word_set("query_table identifier table table_changes")
"""Their argument is the name of what they read."""
RUN_SQL = word_set("query external_query openquery sql_query")
"""Their argument is SQL."""
COMPUTES = re.compile(
    r"^(table$|_?json|xml|regexp_|string_|split|unnest|flatten|explode|posexplode|inline|stack|generat|range$|repeat|"
    r"numbers|zeros|values$|arrayjoin|sequence|openjson|openxml|to_table|tokenize|str_split)"
)
"""Functions whose values come from their arguments and from nowhere else."""
UNFOLDS = (exp.Explode, exp.Posexplode, exp.Inline, exp.ExplodingGenerateSeries)
UNFOLDING = re.compile(
    r"^(generate_series|generate_subscripts|regexp_split_to_table|regexp_matches|string_to_table|"
    r"jsonb?_(array_elements(_text)?|each(_text)?|object_keys|populate_recordset|to_recordset|path_query))$"
)
"""Functions that make several rows of one where they stand in an output list."""
ONE_COLUMN = frozenset({"duckdb", "postgres"})  # generate_series gives one, named by its alias
FLATTENED = ("SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS")
FILE_NAME = re.compile(
    r"\.(csv|tsv|txt|parquet|jsonl?|ndjson|xlsx|avro|arrow)(\.(gz|zst|bz2))?$|://", re.IGNORECASE
)


def name_of(node: Any) -> str:
    """Return what a function is called, in small letters.

    >>> name_of(exp.Anonymous(this="READ_FILES", expressions=[]))
    'read_files'
    """
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    if isinstance(node, exp.GenerateSeries | exp.ExplodingGenerateSeries):
        return "range" if node.args.get("is_end_exclusive") else "generate_series"
    return "identifier" if isinstance(node, exp.DynamicIdentifier) else str(node.key).lower()


def unwrapped(node: Any) -> Any:
    """Return what `TABLE(…)` holds: a function, a literal, a variable."""
    while isinstance(node, exp.TableFromRows) or (
        isinstance(node, exp.Anonymous)
        and name_of(node) == "table"
        and len(node.expressions) == 1
        and isinstance(node.expressions[0], exp.Func)
    ):
        node = node.this if isinstance(node, exp.TableFromRows) else node.expressions[0]
    return node


def first_argument(node: Any) -> Any:
    """Return the first argument of a function; None without one."""
    this = node.args.get("this")
    if isinstance(this, exp.Expr):
        return this
    return next(iter(node.expressions), None)


def literals(node: Any) -> list[str]:
    """Return the strings of a literal or of a list of literals; nothing if one of them is computed."""
    listed = node.expressions if isinstance(node, exp.Array | exp.Tuple) else [node]
    if not all(isinstance(each, exp.Literal) and each.is_string for each in listed):
        return []
    return [each.name for each in listed]


def is_computed(node: Any) -> bool:
    """Whether all that a function gives comes from its arguments."""
    return not isinstance(node, exp.Anonymous) or COMPUTES.match(name_of(node)) is not None


def runs_sql(node: Any) -> bool:
    """Whether a function runs SQL that it holds in a string."""
    return isinstance(node, exp.Anonymous) and name_of(node) in RUN_SQL


def is_dynamic(node: Any) -> bool:
    """Whether what is read is known only when the statement runs, if no literal tells."""
    if isinstance(node, exp.Parameter | exp.Placeholder):
        return True
    called = name_of(node)
    if called == "table" and isinstance(first_argument(node), exp.Column):  # a nested table of Oracle
        return False
    return called in FILES | TABLES


def read_by(node: Any, dialect: str) -> tuple[Name, ...]:
    """Return the relations that a function names in its literals: tables, or files."""
    if isinstance(node, exp.Literal):  # TABLE('a.b')
        return (named(node.name, dialect),) if node.is_string else ()
    if not isinstance(node, exp.Expr):
        return ()
    called = name_of(node)
    if called not in FILES | TABLES:
        return ()
    found = literals(first_argument(node))
    return tuple(file(each) if called in FILES else named(each, dialect) for each in found)


def named(spelled: str, dialect: str) -> Name:
    """Return the name of a relation that stands in a string."""
    return Name(tuple(name_parts(spelled, dialect)), spelled)


def file(path: str) -> Name:
    """Return the name of a file: its path, in no schema."""
    return Name((path,), path, file=True)


def columns_given(node: Any, alias: str, dialect: str) -> tuple[tuple[str, str], ...]:
    """Return the columns of a function that are certain: folded and spelled names."""
    spelled: list[str] = []
    if isinstance(node, exp.OpenJSON):
        spelled = [each.name for each in node.expressions] or ["key", "value", "type"]
    elif dialect == "tsql" and name_of(node) == "string_split" and len(node.expressions) == 2:
        spelled = ["value"]
    elif isinstance(node, exp.JSONTable):
        spelled = [each.name for each in node.find_all(exp.JSONColumnDef) if each.args.get("kind")]
    elif dialect == "snowflake" and isinstance(node, exp.Explode):
        spelled = list(FLATTENED)
    elif (dialect in ONE_COLUMN and isinstance(node, exp.GenerateSeries | exp.ExplodingGenerateSeries)) or (
        dialect == "duckdb" and isinstance(node, exp.Unnest) and len(node.expressions) == 1
    ):
        return ((alias or name_of(node), alias or name_of(node)),)
    return tuple((fold(each, dialect, quoted=False), each) for each in spelled)
