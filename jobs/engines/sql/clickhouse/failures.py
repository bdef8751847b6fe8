"""ClickHouse's errors as ours."""

import re

from jobs.engines.sql.clickhouse.engine import ClickHouseError
from jobs.engines.sql.errors import (
    ConversionFailed,
    DivisionByZero,
    EmptyStatement,
    ForbiddenStatement,
    ParamsMismatch,
    QueryOutOfMemory,
    QueryOutOfTempSpace,
    QueryTimedOut,
    SeveralStatements,
    StatementFailed,
    SyntaxProblem,
    UnknownName,
)
from jobs.engines.sql.tokens import place_of

CODE = re.compile(r"Code: (\d+)")
POSITION = re.compile(r"failed at position (\d+)")
MEANT = re.compile(r"Maybe you meant:? \[?(?P<names>[^\]?]*)\]?")
NAME = re.compile(r"['`]?([\w.]+)['`]?")
PREFIX = re.compile(r"^.*?(?:Code: \d+\. (?:DB::Exception: )?(?:Code: \d+\. DB::Exception: )*)", re.DOTALL)
NOISE = re.compile(r"[:.]? In scope .*|: While .*|\(version .*|\. Expected one of: .*| \([A-Z_]+\)$", re.DOTALL)
REST = re.compile(r"(failed at position \d+ \(.*?\)(?: \(line \d+, col \d+\))?): .*", re.DOTALL)

SYNTAX, EMPTY = {62}, "Empty query"
UNKNOWN = {16, 36, 46, 47, 60, 81}
CONVERSIONS = {6, 27, 32, 38, 41, 43, 53, 69, 70, 72, 131, 321, 349, 407, 675, 676}
DIVISION = {153}
MEMORY, DISK = {173, 241}, {243, 396}
TIME, CANCELLED = {159, 160}, {394}
DENIED = {164, 291, 497, 482}
PARAMS = {456, 457}
FEATURES = {48, 344}


def code_of(error: ClickHouseError) -> int:
    """ClickHouse's number for what happened; 0 if it gives none."""
    found = CODE.search(str(error))
    return int(found[1]) if found else 0


def translated(error: ClickHouseError, sql: str) -> StatementFailed:
    """What an error of ClickHouse means to whoever wrote the statement."""
    words, code = str(error), code_of(error)
    message = REST.sub(r"\1", NOISE.sub("", PREFIX.sub("", words))).strip()
    line, column = _place(words, sql)
    if code in SYNTAX and EMPTY in words:
        return EmptyStatement(hint="Write a statement, like SELECT 1.")
    if code in SYNTAX and "Multi-statements" in words:
        hint = "Submit each as a run of its own."
        return SeveralStatements(hint=hint, line=line, column=column)
    if code in SYNTAX:
        return SyntaxProblem(message, hint="Look just before this place.", line=line, column=column)
    if code in DIVISION:
        return DivisionByZero(message, hint="intDivOrZero(a, b) gives 0 instead.")
    if code in MEMORY:
        return QueryOutOfMemory(hint="Read fewer rows or columns, or sort and group less at once.")
    if code in DISK:
        return QueryOutOfTempSpace(hint="Read fewer rows or columns, or sort and group less at once.")
    if code in TIME:
        return QueryTimedOut(hint="Read less, or give it more time.")
    if code in DENIED:
        return ForbiddenStatement("what this does", message)
    if code in PARAMS:
        return ParamsMismatch(message, hint="Give one value for each {name:Type}.")
    if code in UNKNOWN and (found := _meant(words) or code != 36):
        suggestions = found if isinstance(found, tuple) else ()
        return UnknownName(message, suggestions=suggestions)
    if code in CONVERSIONS:
        return ConversionFailed(message, hint="The functions that end in OrNull give NULL instead.")
    return StatementFailed(message)


def _place(words: str, sql: str) -> tuple[int, int]:
    found = POSITION.search(words)
    if not found:
        return 0, 0
    # Counted from 1, in bytes.
    return place_of(sql, len(sql.encode()[: int(found[1]) - 1].decode(errors="ignore")))


def _meant(words: str) -> tuple[str, ...]:
    found = MEANT.search(words)
    return tuple(NAME.findall(found["names"])) if found else ()
