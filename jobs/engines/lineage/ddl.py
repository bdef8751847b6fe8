"""A CREATE TABLE for a table of which only the columns are known."""

import re
from collections.abc import Sequence

from jobs.engines.lineage.dialects import parser_name, word_set
from jobs.engines.lineage.values import Column

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
TYPE = re.compile(r"(?P<name>[a-z_][a-z0-9_ ]*?)\s*(?:\((?P<size>[^()]*)\)(?P<rest>[a-z ]*))?", re.ASCII)
NUMBERS = re.compile(r"\d{1,4}(?:\s*,\s*\d{1,4})?", re.ASCII)
MAX_DIGITS = 38  # of a DECIMAL that databases agree on
ANY_TEXT = "VARCHAR"

RESERVED = word_set("""
    add all alter analyse analyze and anti any array as asc asof asymmetric at authorization backup begin
    between binary both by case cast check collate collation column columns concurrently constraint create
    cross current_date current_time current_timestamp current_user database default deferrable delete desc
    describe distinct do drop else end except exec execute exists false fetch file for foreign freeze from
    full function glob grant group having if ilike in index initially inner insert intersect interval into
    is isnull join key lambda lateral leading left like limit map merge natural not notnull null offset on
    only open or order outer over overlaps percent pivot pivot_longer pivot_wider placing plan positional
    primary procedure public qualify read references returning right rule select semi session_user set show
    similar some struct summarize symmetric system_user table tablesample then to top trailing trigger true
    truncate try_cast union unique unpack unpivot update use user using values variadic verbose view when
    where while window with
""")
"""Words that stand in quotes: no database that matters takes them as names everywhere."""

SAME = {
    "BIGINT": "bigint int8 int64",
    "BLOB": "binary blob bytea bytes image longblob longvarbinary mediumblob raw rowversion tinyblob varbinary",
    "BOOLEAN": "bool boolean",
    "DATE": "date date32",
    "DOUBLE": "binary_double double float8 float64",
    "INTEGER": "int int32 int4 integer mediumint serial",
    "REAL": "binary_float float4 float32 real",
    "SMALLINT": "int16 int2 smallint",
    "TIME": "time",
    "TIMESTAMP": "datetime datetime2 datetime64 smalldatetime timestamp timestamp_ntz timestampntz",
    "TIMESTAMPTZ": "datetimeoffset timestamp_ltz timestamp_tz timestampltz timestamptz",
    "UUID": "uniqueidentifier uuid",
    ANY_TEXT: "clob longtext mediumtext nclob ntext string sysname text tinytext",
}
PLAIN_TYPES = {word: ours for ours, words in SAME.items() for word in words.split()} | {
    "character large object": ANY_TEXT,
    "double precision": "DOUBLE",
    "float": "DOUBLE",
    "money": "DECIMAL(19, 4)",
    "smallmoney": "DECIMAL(10, 4)",
    "tinyint": "SMALLINT",  # from 0 to 255 in some databases, from -128 to 127 in others
}
SIZED_TEXTS = word_set("bpchar char character nchar nvarchar nvarchar2 varchar varchar2") | {
    "character varying"
}
DECIMALS = word_set("dec decimal number numeric")


def create_table(name: str, columns: Sequence[Column], *, dialect: str) -> str:
    """Return a CREATE TABLE in standard words that DuckDB runs and every dialect here reads.

    Args:
        name: As assets are shown: `schema.table`, its parts without quotes.
        columns: In order. A type is one of `dialect`, spelled as its database does; the portable type stands in
            its place, and behind it, where they differ, the original as a comment. A type that is not known,
            or is None, becomes VARCHAR: `VARCHAR -- hierarchyid`. Of two columns of one name the first counts.
        dialect: Whose types these are.

    Raises:
        UnknownDialect: `dialect` is none of `DIALECTS`.
        ValueError: There are no columns.

    Cost: linear in the columns; no parser is called.

    >>> print(create_table("dbo.Order", [Column("id", "int"), Column("note", "nvarchar(max)")], dialect="tsql"))
    CREATE TABLE dbo."Order" (
        id INTEGER, -- int
        note VARCHAR -- nvarchar(max)
    );
    """
    parser_name(dialect)
    named = {column.name.lower(): column for column in reversed(columns)}
    kept = [column for column in columns if named[column.name.lower()] is column]
    if not kept:
        raise ValueError("a table without columns cannot be created")
    lines = []
    for place, column in enumerate(kept, start=1):
        given = " ".join((column.data_type or "").split())
        portable = portable_type(given, dialect)
        comma = "," if place < len(kept) else ""
        same = portable.replace(" ", "").lower() == given.replace(" ", "").lower()
        comment = "" if same else f" -- {given or 'its type is not known'}"
        lines.append(f"    {quoted(column.name)} {portable}{comma}{comment}\n")
    shown = ".".join(quoted(part) for part in name.split(".") if part)
    return f"CREATE TABLE {shown} (\n{''.join(lines)});"


def quoted(part: str) -> str:
    """Return one part of a name, in quotes where it needs them.

    >>> quoted("price"), quoted("net price"), quoted("Group"), quoted('a"b')
    ('price', '"net price"', '"Group"', '"a""b"')
    """
    if PLAIN.fullmatch(part) and part.lower() not in RESERVED:
        return part
    return '"' + part.replace('"', '""') + '"'


def portable_type(given: str, dialect: str) -> str:
    """Return the type that stands for one of a dialect's in every database; VARCHAR if none is known to.

    >>> [portable_type(each, "tsql") for each in ("bit", "money", "decimal(18,2)", "timestamp", "geography")]
    ['BOOLEAN', 'DECIMAL(19, 4)', 'DECIMAL(18, 2)', 'BLOB', 'VARCHAR']
    """
    match = TYPE.fullmatch(given.lower())
    if match is None:
        return ANY_TEXT
    name, size, rest = match["name"], match["size"] or "", (match["rest"] or "").strip()
    for zone in (" with time zone", " without time zone", " with local time zone"):
        if f" {rest}" == zone or name.endswith(zone):
            aware = not zone.startswith(" without") and name.startswith("timestamp")
            return "TIMESTAMPTZ" if aware else PLAIN_TYPES.get(name.removesuffix(zone), ANY_TEXT)
    if rest:
        return ANY_TEXT
    if dialect == "tsql" and name in {"bit", "timestamp", "real"}:
        return {"bit": "BOOLEAN", "timestamp": "BLOB", "real": "REAL"}[name]
    if name in SIZED_TEXTS:
        return f"VARCHAR({int(size)})" if size.isascii() and size.isdigit() and int(size) else ANY_TEXT
    if name in DECIMALS:
        return _decimal(size, dialect)
    return PLAIN_TYPES.get(name, ANY_TEXT)


def _decimal(size: str, dialect: str) -> str:
    if not size.strip():
        return "DOUBLE" if dialect == "oracle" else "DECIMAL(18, 0)" if dialect == "tsql" else "DECIMAL(38, 9)"
    if not NUMBERS.fullmatch(size.strip()):
        return ANY_TEXT
    digits, _, scale = size.partition(",")
    fits = 1 <= int(digits) <= MAX_DIGITS and int(scale or 0) <= int(digits)
    return f"DECIMAL({int(digits)}, {int(scale or 0)})" if fits else "DOUBLE"
