"""The SQL dialects that are understood, and how each of them compares names."""

from collections.abc import Mapping

DIALECTS: Mapping[str, str] = {
    "ansi": "",
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
    "databricks": "databricks",
    "duckdb": "duckdb",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgres": "postgres",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "spark": "spark",
    "sqlite": "sqlite",
    "trino": "trino",
    "tsql": "tsql",
}
"""Names that callers use, and what the parser calls them."""

UPPER = frozenset({"oracle", "snowflake"})  # an unquoted name is stored in capitals
QUOTED_KEEPS_CASE = frozenset({"clickhouse", "oracle", "postgres", "snowflake"})
TABLES_KEEP_CASE = frozenset({"bigquery", "clickhouse"})
MERGED_IN_PLACE = frozenset(
    {"clickhouse", "duckdb", "sqlite"}
)  # USING columns stay where the left side has them
LATERAL_ALIASES = frozenset({"clickhouse", "databricks", "duckdb", "redshift", "snowflake", "spark"})


class UnknownDialect(ValueError):
    """There is no such dialect."""

    def __init__(self, dialect: str) -> None:
        super().__init__(f"{dialect!r} is no dialect; these are: {', '.join(DIALECTS)}")


def parser_name(dialect: str) -> str:
    """Return what the parser calls a dialect.

    Raises:
        UnknownDialect: `dialect` is none of `DIALECTS`.
    """
    try:
        return DIALECTS[dialect]
    except KeyError:
        raise UnknownDialect(dialect) from None


def fold(name: str, dialect: str, *, quoted: bool) -> str:
    """Return the form of a column's or alias's name under which all its spellings meet.

    >>> fold("Total", "snowflake", quoted=False), fold("Total", "snowflake", quoted=True)
    ('TOTAL', 'Total')
    """
    if dialect == "clickhouse" or (quoted and dialect in QUOTED_KEEPS_CASE):
        return name
    return name.upper() if dialect in UPPER else name.lower()


def fold_table(name: str, dialect: str, *, quoted: bool) -> str:
    """Return the same for a part of a relation's name: BigQuery tells tables apart by case, columns not."""
    if dialect in TABLES_KEEP_CASE:
        return name
    return fold(name, dialect, quoted=quoted)


def name_parts(name: str, dialect: str) -> list[str]:
    """Cut a relation's name as people write it, quoted or not, into folded parts.

    >>> name_parts('Raw."Web Orders"', "postgres")
    ['raw', 'Web Orders']
    """
    found, part, quoted, close = list[str](), "", False, ""
    for letter in f"{name}.":
        if close:
            part, close = (part, "") if letter == close else (part + letter, close)
        elif letter in '"`[':
            quoted, close = True, "]" if letter == "[" else letter
        elif letter == ".":
            found.append(fold_table(part, dialect, quoted=quoted))
            part, quoted = "", False
        else:
            part += letter
    return found


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set: a long list of keywords reads better as a text."""
    return frozenset(text.split())
