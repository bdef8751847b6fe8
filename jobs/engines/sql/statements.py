"""What a text asks for: one statement of a kind that is known, and the table that it writes."""

from dataclasses import dataclass
from itertools import pairwise

import duckdb

from jobs.engines.sql.errors import (
    EmptyStatement,
    ForbiddenStatement,
    SeveralStatements,
    StatementTooLong,
    SyntaxProblem,
)
from jobs.engines.sql.failures import Executed, translated
from jobs.engines.sql.tokens import Token, place_of, tokens_of
from jobs.engines.sql.values import Kind

KINDS = {
    "SELECT": Kind.SELECT,
    "MULTI": Kind.SELECT,  # PIVOT without IN, which looks for its columns first
    "CREATE": Kind.CREATE,
    "INSERT": Kind.INSERT,
    "UPDATE": Kind.UPDATE,
    "DELETE": Kind.DELETE,
    "ALTER": Kind.ALTER,
    "DROP": Kind.DROP,
}
WHY = {
    "ATTACH": "a statement sees the tables of its workspace and no other database",
    "CALL": "it may reach out of the statement",
    "COPY": "files are written by the engine alone; rows are downloaded as CSV, JSON, Arrow, XLSX or Parquet",
    "DETACH": "a statement sees the tables of its workspace and no other database",
    "EXECUTE": "a run is one statement; give its values as params",
    "EXPLAIN": "every run has its plan, and a dry run tells it ahead",
    "EXPORT": "files are written by the engine alone",
    "EXTENSION": "extensions are not installed or loaded by statements",
    "LOAD": "extensions are not installed or loaded by statements",
    "MERGE_INTO": "use INSERT, UPDATE and DELETE",
    "PRAGMA": "settings belong to whoever runs this service",
    "PREPARE": "a run is one statement; give its values as params",
    "SET": "settings belong to whoever runs this service",
    "TRANSACTION": "a run is one statement, done altogether or not at all",
    "VARIABLE_SET": "settings belong to whoever runs this service",
}
WRITES = "tables are created, written, altered and dropped, and nothing else is"
AHEAD: dict[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.CREATE: (("create",), ("or",), ("replace",), ("table",), ("if",), ("not",), ("exists",)),
    Kind.INSERT: (("insert",), ("or",), ("replace", "ignore"), ("into",)),
    Kind.UPDATE: (("update",),),
    Kind.DELETE: (("delete", "truncate"), ("from", "table")),
    Kind.ALTER: (("alter",), ("table",), ("if",), ("exists",)),
    Kind.DROP: (("drop",), ("table",), ("if",), ("exists",)),
}
"""The words up to the name of the table, in their order; any of those behind the verb may be missing."""


@dataclass(frozen=True, slots=True)
class Target:
    """The table that a statement writes, and where its name stands."""

    schema: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, without what comes behind it."""

    kind: Kind
    sql: str
    tokens: tuple[Token, ...]
    target: Target | None = None
    looks_first: bool = False
    """Whether its columns are only known once it has looked at rows."""

    def has(self, *words: str) -> bool:
        """Whether these words follow one another somewhere in it, outside of parentheses."""
        flat = [token.word for token, depth in deep(self.tokens) if depth == 0]
        size = len(words)
        return any(tuple(flat[at : at + size]) == words for at in range(len(flat) - size + 1))


def read_statement(connection: duckdb.DuckDBPyConnection, sql: str, sql_bytes: int) -> Statement:
    """The one statement in a text.

    Raises:
        EmptyStatement: There is none.
        SeveralStatements: There are more.
        StatementTooLong: The text has more than `sql_bytes`.
        SyntaxProblem: It cannot be read.
        ForbiddenStatement: It is of a kind that is not run here.
    """
    check_text(sql, sql_bytes)
    try:
        found = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise translated(error, Executed(sql)) from error
    tokens = tokens_of(sql)
    while tokens and tokens[-1].text == ";":
        tokens = tokens[:-1]
    if not found or not tokens:
        raise EmptyStatement(hint="Write a statement, like SELECT 1.")
    if len(found) > 1:
        second = next(right for left, right in pairwise(tokens) if left.text == ";" and right.text != ";")
        line, column = place_of(sql, second.start)
        raise SeveralStatements(
            f"there are {len(found)} statements, and a run takes one",
            hint="Submit each as a run of its own.",
            line=line,
            column=column,
        )
    # Blanks instead of what stands before it: places hold.
    text = sql[: tokens[-1].end]
    kind_name = found[0].type.name
    if kind_name not in KINDS:
        raise _forbidden(kind_name.replace("_", " "), WHY.get(kind_name, WRITES), text, tokens[0])
    kind = KINDS[kind_name]
    target = None if kind is Kind.SELECT else _target(kind, text, tokens)
    return Statement(kind, text, tokens, target, looks_first=kind_name == "MULTI")


def check_text(sql: str, sql_bytes: int) -> None:
    """Refuse what no engine should see.

    Raises:
        StatementTooLong: It has more than `sql_bytes`.
        SyntaxProblem: It has a NUL, or half of a surrogate pair.
    """
    if len(sql) > sql_bytes:  # before it is encoded, which takes as much memory again
        raise StatementTooLong(f"the statement has more than {sql_bytes:,} bytes")
    odd = next((at for at, each in enumerate(sql) if each == "\0" or "\ud800" <= each <= "\udfff"), None)
    if odd is not None:
        line, column = place_of(sql, odd)
        what = "a NUL" if sql[odd] == "\0" else "half of a surrogate pair"
        raise SyntaxProblem(f"the statement has {what}, which is no text", line=line, column=column)
    if len(sql.encode()) > sql_bytes:
        raise StatementTooLong(f"the statement has more than {sql_bytes:,} bytes")


def deep(tokens: tuple[Token, ...]) -> list[tuple[Token, int]]:
    """Each token with how many parentheses are open around it; a parenthesis is as deep as what it holds."""
    found, depth = [], 0
    for token in tokens:
        depth += token.text == "("
        found.append((token, depth))
        depth -= token.text == ")"
    return found


def _target(kind: Kind, sql: str, tokens: tuple[Token, ...]) -> Target:
    flat = [token for token, depth in deep(tokens) if depth == 0]
    words = [token.word for token in flat]
    verbs = AHEAD[kind][0]
    at = next(place for place, word in enumerate(words) if word in verbs)
    verb = flat[at]
    for choices in AHEAD[kind][1:]:
        at += words[at + 1 : at + 2] != [] and words[at + 1] in choices
    if kind in {Kind.CREATE, Kind.ALTER, Kind.DROP} and "table" not in words[: at + 1]:
        what = " ".join(words[: at + 2]).upper()
        raise _forbidden(what, WRITES, sql, verb)
    if "returning" in words:
        raise _forbidden(
            "RETURNING", "a statement that writes has no rows", sql, flat[words.index("returning")]
        )
    parts = [flat[at + 1]]
    while [token.text for token in flat[at + 2 : at + 3]] == ["."]:
        parts.append(flat[at + 3])
        at += 2
    if len(parts) > 2:
        raise _forbidden(parts[0].name, "a statement sees no other database", sql, parts[0])
    schema = parts[0].name if len(parts) == 2 else "main"
    return Target(schema, parts[-1].name, parts[0].start, parts[-1].end)


def _forbidden(what: str, why: str, sql: str, at: Token) -> ForbiddenStatement:
    line, column = place_of(sql, at.start)
    return ForbiddenStatement(what, why, line=line, column=column)
