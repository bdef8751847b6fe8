"""DuckDB's errors as ours: what went wrong, where in the statement of the user, and what to do."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

import duckdb

from jobs.engines.sql.errors import (
    ConversionFailed,
    DivisionByZero,
    ForbiddenStatement,
    ParamsMismatch,
    QueryOutOfMemory,
    QueryOutOfTempSpace,
    StatementFailed,
    SyntaxProblem,
    UnknownName,
)
from jobs.engines.sql.tokens import place_of
from jobs.engines.sql.values import Table

MEANT = re.compile(r"\n?(?:Did you mean|Candidate bindings:? ?:?|Candidate tables:) ?(?P<names>.*)$", re.DOTALL)
ABSENT = re.compile(r"does not exist|does not have a column|not found")
QUOTED = re.compile(r'"((?:[^"]|"")+)"')
ADVICE = re.compile(r"\n\n?(?:Possible solutions|LINE \d+:|\tCandidate functions).*", re.DOTALL)
PARAMS = ("Parameter argument/count mismatch", "Values were not provided")
OUTSIDE = "a statement reads the tables of its workspace, and no file, address or setting"


@dataclass(frozen=True, slots=True)
class Executed:
    """The user's statement, and how it was changed to be executed: places in one are not those in the other."""

    sql: str
    before: str = ""
    """What was put before it."""
    cut: tuple[int, int] = (0, 0)
    """Which characters of it were replaced."""
    by: str = ""
    after: str = ""
    """What was put behind it."""

    @property
    def text(self) -> str:
        """What is executed."""
        start, end = self.cut
        return f"{self.before}{self.sql[:start]}{self.by}{self.sql[end:]}{self.after}"

    def place(self, position: int) -> tuple[int, int]:
        """Line and column in the user's statement of a byte of the executed one; zeros if it is not of it."""
        at = len(self.text.encode()[:position].decode(errors="ignore")) - len(self.before)
        start, end = self.cut
        if at >= start + len(self.by):
            at += (end - start) - len(self.by)
        elif at > start:
            at = start
        return place_of(self.sql, at) if 0 <= at <= len(self.sql) else (0, 0)


@contextmanager
def telling(executed: Executed, tables: Sequence[Table] = ()) -> Iterator[None]:
    """Translate what DuckDB raises in this block; being interrupted is left to whoever interrupted."""
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise translated(error, executed, tables) from error


def translated(error: duckdb.Error, executed: Executed, tables: Sequence[Table] = ()) -> StatementFailed:
    """What an error of DuckDB means to whoever wrote the statement.

    The connection has `errors_as_json`, so that positions and names need not be read from sentences. `tables`
    are those that there are, of which one may have been meant.
    """
    told, words = _told(error), words_of(error)
    position = str(told.get("position", ""))
    line, column = executed.place(int(position)) if position.isdecimal() else (0, 0)
    message = MEANT.sub("", ADVICE.sub("", words)).strip()
    match error:
        case duckdb.ParserException():
            hint = "It is nested too deep." if "expression depth" in words else "Look just before this place."
            return SyntaxProblem(message, hint=hint, line=line, column=column)
        case duckdb.OutOfMemoryException() if "max_temp_directory_size" in words:
            hint = "Read fewer rows or columns, or sort and group less at once."
            return QueryOutOfTempSpace(hint=hint)
        case duckdb.OutOfMemoryException():
            return QueryOutOfMemory(hint="Read fewer rows or columns, or sort and group less at once.")
        case duckdb.PermissionException():
            return ForbiddenStatement(_outside(words), OUTSIDE, line=line, column=column)
        case duckdb.ConversionException() | duckdb.OutOfRangeException():
            hint = "TRY_CAST gives NULL instead." if isinstance(error, duckdb.ConversionException) else ""
            return ConversionFailed(message, hint=hint, line=line, column=column)
        case duckdb.InvalidInputException() if "Division by zero" in words:
            hint = "NULLIF(divisor, 0) gives NULL instead."
            return DivisionByZero(message.partition(". Use TRY")[0], hint=hint, line=line, column=column)
        case duckdb.InvalidInputException() if words.startswith(PARAMS):
            return ParamsMismatch(message, hint="Give one value for each parameter.")
    if told.get("error_subtype") in {"COLUMN_NOT_FOUND", "MISSING_ENTRY"} or ABSENT.search(words):
        return UnknownName(message, suggestions=_meant(told, words, tables), line=line, column=column)
    return StatementFailed(message, line=line, column=column)


def words_of(error: duckdb.Error) -> str:
    """What an error of DuckDB says, of a connection that has `errors_as_json` or of another one."""
    return str(_told(error).get("exception_message", error))


def names_of(tables: Sequence[Table]) -> tuple[str, ...]:
    """How tables are named in statements."""
    return tuple(each.name if each.schema == "main" else f"{each.schema}.{each.name}" for each in tables)


def close_to(word: str, known: Sequence[str]) -> tuple[str, ...]:
    """Which of these names a word may have meant, the likeliest first."""
    word = word.lower().rpartition(".")[2]
    folded = {each.lower().rpartition(".")[2]: each for each in known}
    return tuple(folded[each] for each in get_close_matches(word, folded, n=3))


def _told(error: duckdb.Error) -> dict[str, object]:
    text = str(error)
    try:
        told = json.loads(text[text.index("{") :])
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _meant(told: dict[str, object], words: str, tables: Sequence[Table]) -> tuple[str, ...]:
    """What may have been meant. The engine knows its own views, and of the tables those that were named."""
    wrong = QUOTED.findall(words)
    if told.get("type") == "Table":
        return close_to(str(told.get("name")), names_of(tables))
    if "because schema" in words and wrong:
        return close_to(wrong[0], names_of(tables))
    if candidates := told.get("candidates"):
        return tuple(each.strip() for each in str(candidates).split(","))
    if found := MEANT.search(words):
        return tuple(QUOTED.findall(found["names"]))
    return close_to(wrong[-1], [column.name for table in tables for column in table.columns]) if wrong else ()


def _outside(words: str) -> str:
    """What the sandbox refused, without saying more than the statement itself did."""
    found = QUOTED.search(words)
    return f"access to {found[1]!r}" if found else "access to the outside"
