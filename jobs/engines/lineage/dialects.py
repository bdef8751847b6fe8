"""The SQL dialects that are understood, and how each of them compares names."""

import re
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
CLOSED_BY: Mapping[str, str] = {'"': '"', "`": "`", "[": "]"}
PLAIN_PART = re.compile(r"[\w$#@-]+")
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
    return [fold_table(part, dialect, quoted=quoted) for part, quoted in _parts(name)]


def bare_name(name: str) -> str:
    """Return a relation's name, written as in SQL, as it is shown: without the quotes around its parts.

    >>> bare_name('raw."Web ""Big"" Orders"')
    'raw.Web "Big" Orders'
    """
    return ".".join(part for part, _ in _parts(name))


def written(*parts: str, always: bool = False) -> str:
    """Return parts of a name as SQL writes them: quoted where they would not be one part otherwise, or always.

    `bare_name` of it is the parts again, joined by dots, whatever they hold.

    >>> written("dbo", "Order Lines"), written("dbo", 'a."b"c')
    ('dbo."Order Lines"', 'dbo."a.""b""c"')
    """
    return ".".join(_quoted(part) if always or not PLAIN_PART.fullmatch(part) else part for part in parts)


def _quoted(part: str) -> str:
    doubled = part.replace('"', '""')
    return f'"{doubled}"'


def _parts(name: str) -> list[tuple[str, bool]]:
    """The parts of a name without their quotes, and whether they had some. A doubled closing quote is one."""
    found, at = list[tuple[str, bool]](), 0
    while at <= len(name):
        part, quoted = "", False
        while at < len(name) and name[at] != ".":
            close = CLOSED_BY.get(name[at])
            if close is None:
                part, at = part + name[at], at + 1
                continue
            inside, at = _between(name, at + 1, close)
            part, quoted = part + inside, True
        found.append((part, quoted))
        at += 1
    return found


def _between(name: str, at: int, close: str) -> tuple[str, int]:
    """What stands before a closing quote, or before the end, and where it goes on behind that."""
    inside = ""
    while at < len(name):
        if name[at] == close:
            if name[at + 1 : at + 2] != close:
                return inside, at + 1
            at += 1
        inside, at = inside + name[at], at + 1
    return inside, at


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set: a long list of keywords reads better as a text."""
    return frozenset(text.split())
