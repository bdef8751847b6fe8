"""What can be said about a text before it is tokenised: where its comments, strings and statement ends are."""

import re
from dataclasses import dataclass, replace
from functools import cache

BACKSLASH = frozenset({"bigquery", "clickhouse", "databricks", "mysql", "redshift", "snowflake", "spark"})
DOLLAR = frozenset({"clickhouse", "duckdb", "postgres", "redshift", "snowflake"})
HASH_COMMENT = frozenset({"bigquery", "clickhouse", "mysql"})
NESTED_COMMENT = frozenset(
    {"ansi", "clickhouse", "databricks", "duckdb", "postgres", "redshift", "spark", "tsql"}
)
BRACKETS = frozenset({"sqlite", "tsql"})
RAW_STRING = frozenset({"bigquery", "databricks", "spark"})
ESCAPE_STRING = frozenset({"duckdb", "postgres", "redshift"})

DELIMITER = re.compile(r"^[ \t]*DELIMITER[ \t]+(\S+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
NOT_NEWLINE = re.compile(r"[^\r\n]")
BLOCK_MARK = re.compile(r"/\*|\*/")
PLAIN = frozenset({"single", "double", "tick", "bracketed", "raw", "escaped", "triple"})
ORACLE_CLOSE = {"[": "]", "{": "}", "(": ")", "<": ">"}
GO_LINE = r"(?P<go>^[ \t]*GO\b[ \t]*\d*[ \t]*;?[ \t]*\r?$)"


@dataclass(frozen=True, slots=True)
class Blanked:
    """A text whose comments are blanks, so that offsets hold, and what was met on the way.

    `ends` are the places of `;` outside strings and comments; `batches` the GO lines of T-SQL;
    `open_at` is where a string, quoted name or comment begins that never ends.
    """

    text: str
    ends: tuple[int, ...]
    batches: tuple[tuple[int, int], ...]
    open_at: int | None


@cache
def marks(dialect: str, *, strict: bool = False) -> re.Pattern[str]:
    """Return the pattern of everything that ends or hides a part of a text in this dialect.

    A quoted stretch may miss its end unless `strict`, so that no search is done twice: the cost stays linear.
    """
    line = "--" + "|#" * (dialect in HASH_COMMENT) + "|//" * (dialect == "snowflake")
    if dialect == "tsql":
        line += r"|^[ \t]*:[a-z]"  # :setvar and other commands of sqlcmd
    kinds = [rf"(?P<line>(?:{line})[^\r\n]*)", r"(?P<block>/\*)"]
    if dialect == "bigquery":
        kinds.append(r'(?P<triple>"""(?:\\.|[^\\])*?(?:"""|\Z)|' + r"'''(?:\\.|[^\\])*?(?:'''|\Z))")
    if dialect in RAW_STRING:
        kinds.append(r"(?P<raw>(?<!\w)[rR](?:'[^']*+(?:'|\Z)|\"[^\"]*+(?:\"|\Z)))")
    if dialect in ESCAPE_STRING:
        kinds.append(r"(?P<escaped>(?<!\w)[eE]'(?:''|\\.|[^'\\])*+(?:'|\Z))")
    if dialect in DOLLAR:
        kinds.append(r"(?P<dollar>(?<!\w)\$(?P<tag>\w*)\$)")
    if dialect == "oracle":
        kinds.append(r"(?P<oracle>(?<!\w)[qQ]'(?P<bracket>\S))")
    if dialect in BRACKETS:
        kinds.append(r"(?P<bracketed>\[(?:\]\]|[^\]])*+(?:\]|\Z))")
    backslash = r"|\\." * (dialect in BACKSLASH)
    for name, quote in (("single", "'"), ("double", '"'), ("tick", "`")):
        plain = rf"[^{quote}\\]" if backslash else f"[^{quote}]"
        kinds.append(rf"(?P<{name}>{quote}(?:{quote}{quote}{backslash}|{plain})*+(?:{quote}|\Z))")
    kinds.append("(?P<end>;)")
    if dialect == "tsql":
        kinds.append(GO_LINE)
    pattern = "|".join(kinds)
    pattern = pattern.replace(r"|\Z)", ")") if strict else pattern
    return re.compile(pattern, re.DOTALL | re.MULTILINE | re.IGNORECASE)


SPECIAL = re.compile(r"['\"`;$#\[/-]")  # what a mark begins with, a letter before a quote aside
MARKED_LINE = re.compile(r"\n[ \t]*(?::[a-z]|GO\b)", re.IGNORECASE)  # GO, or a command of sqlcmd
LETTERS = frozenset("eErRqQ")


def has_marked_lines(sql: str, dialect: str) -> bool:
    """Whether a line of the text may be a mark as a whole, which only a search of every place finds."""
    return dialect == "tsql" and MARKED_LINE.search(f"\n{sql}") is not None


def next_mark(pattern: re.Pattern[str], sql: str, at: int, *, by_line: bool) -> re.Match[str] | None:
    """Return the next mark: what `pattern.search` returns, in half of the time if no mark is a line."""
    if by_line:
        return pattern.search(sql, at)
    while special := SPECIAL.search(sql, at):
        start = special.start()
        if start > at and sql[start - 1] in LETTERS:  # E'…'
            mark = pattern.match(sql, start - 1)
            if mark is not None:
                return mark
        mark = pattern.match(sql, start)
        if mark is not None:
            return mark
        at = start + 1
    return None


def blank(sql: str, dialect: str) -> Blanked:
    """Replace comments, NULs and byte order marks by blanks of the same length, and find where statements end.

    Comments have to go because the parser fails on one between GROUP and BY, and silently gives up the whole
    statement where that happens inside CREATE VIEW. Cost: linear in the text.
    """
    parts: list[str] = []
    ends: list[int] = []
    batches: list[tuple[int, int]] = []
    open_at: int | None = None
    pattern, at, kept = marks(dialect), 0, 0
    by_line = has_marked_lines(sql, dialect)
    while mark := next_mark(pattern, sql, at, by_line=by_line):
        kind, start = mark.lastgroup, mark.start()
        at = stop = mark.end()
        if kind in PLAIN and stop < len(sql):  # most often by far, and certain to be closed
            continue
        if kind == "end":
            ends.append(start)
        elif kind == "go":
            batches.append((start, stop))
        elif kind == "line":
            parts += (sql[kept:start], " " * (stop - start))
            kept = stop
        elif kind == "block":
            at, closed = block_end(sql, stop, nested=dialect in NESTED_COMMENT)
            parts += (sql[kept:start], NOT_NEWLINE.sub(" ", sql[start:at]))
            kept = at
            open_at = open_at if closed else start
        else:
            at, closed = quote_end(sql, mark, dialect)
            open_at = open_at if closed else start
    parts.append(sql[kept:])
    return Blanked(
        "".join(parts).replace("\0", " ").replace("\ufeff", " "), tuple(ends), tuple(batches), open_at
    )


def undelimited(blanked: Blanked) -> Blanked:
    """Return a script of MySQL with semicolons in the place of what DELIMITER makes of them. Offsets hold."""
    parts, kept, mark = list[str](), 0, ";"
    for line in (*DELIMITER.finditer(blanked.text), None):
        stretch = blanked.text[kept : line.start() if line else len(blanked.text)]
        parts.append(stretch if mark == ";" else stretch.replace(mark, ";".ljust(len(mark))))
        if line is not None:
            parts.append(" " * len(line.group()))
            kept, mark = line.end(), line.group(1)
    return blanked if len(parts) == 1 else replace(blanked, text="".join(parts))


def block_end(sql: str, at: int, *, nested: bool) -> tuple[int, bool]:
    """Return where the block comment entered before `at` ends, and whether it does."""
    depth = 1
    while depth:
        mark = BLOCK_MARK.search(sql, at)
        if mark is None:
            return len(sql), False
        at = mark.end()
        if mark.group() == "*/":
            depth -= 1
        elif nested:
            depth += 1
    return at, True


def quote_end(sql: str, mark: re.Match[str], dialect: str) -> tuple[int, bool]:
    """Return where a quoted stretch ends, and whether it does."""
    groups = mark.groupdict()
    if groups.get("dollar") or groups.get("oracle"):
        bracket = groups.get("bracket") or ""
        close = f"{ORACLE_CLOSE.get(bracket, bracket)}'" if bracket else mark.group()
        end = sql.find(close, mark.end())
        return (len(sql), False) if end < 0 else (end + len(close), True)
    if mark.end() < len(sql):
        return mark.end(), True
    return mark.end(), marks(dialect, strict=True).match(sql, mark.start()) is not None
