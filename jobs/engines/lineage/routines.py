"""Procedures, functions and triggers: their names and bodies, and the tables that a scan of tokens sees."""

from collections.abc import Sequence

from sqlglot import Token, TokenType

from jobs.engines.lineage.dialects import fold_table
from jobs.engines.lineage.shapes import Name
from jobs.engines.lineage.split import CREATE_NOISE, QUOTED, ROUTINES
from jobs.engines.lineage.values import RelationKind

BEFORE_TABLE = frozenset({"FROM", "JOIN", "INTO", "INSERT", "UPDATE", "MERGE", "TABLE", "USING", "APPLY"})
NEVER_TABLE = frozenset(
    {
        "",
        "SELECT",
        "SET",
        "VALUES",
        "LATERAL",
        "UNNEST",
        "(",
        "ONLY",
        "TOP",
        "STATISTICS",
        "INTO",
        "WHERE",
        "ON",
        "AS",
        "NOT",
        "OF",
        "FOR",
        "ALL",
        "OUTFILE",
        "DUMPFILE",
        "ROWS",
    }
)
MAX_NAMED = 12  # tables in a message


def name_at(tokens: Sequence[Token], at: int, last: int, dialect: str) -> tuple[Name | None, int]:
    """Return the dotted name that begins at a token, and the token after it."""
    parts, shown = list[str](), list[str]()
    while at < last:
        token = tokens[at]
        if parts and token.token_type is TokenType.DOT:  # database..table
            parts.append("")
            shown.append("")
            at += 1
            continue
        quoted = token.token_type is TokenType.IDENTIFIER
        if token.token_type in QUOTED and not quoted:
            break  # the name of a file, or SQL in a string
        if not quoted and not (token.text[:1].isalpha() or token.text[:1] in {"_", "#", "@"}):
            break
        text = token.text
        while text in {"#", "##", "@"} and at + 1 < last:
            at += 1
            text += tokens[at].text
        parts.append(fold_table(text, dialect, quoted=quoted))
        shown.append(text)
        at += 1
        if at >= last or tokens[at].token_type is not TokenType.DOT:
            break
        at += 1
    return (Name(tuple(parts), ".".join(shown)) if parts else None), at


def routine(
    tokens: Sequence[Token], words: Sequence[str], first: int, last: int, dialect: str
) -> tuple[Name | None, RelationKind | None, int]:
    """Return the name and kind of the routine that a statement creates, and the first token of its body.

    A trigger is no relation: nothing reads from it.
    """
    at = first + 1
    while at < last and words[at] in CREATE_NOISE:
        at += 1
    kind = RelationKind.FUNCTION if words[at] == "FUNCTION" else RelationKind.PROCEDURE
    if words[at] not in ROUTINES - {"TRIGGER", "PACKAGE"}:
        return None, None, last
    at += 1
    while at < last and words[at] in {"IF", "NOT", "EXISTS"}:
        at += 1
    name, at = name_at(tokens, at, last, dialect)
    depth = 0
    while at < last:
        depth += (words[at] == "(") - (words[at] == ")")
        at += 1
        if depth == 0 and words[at - 1] == "AS" and not _types_parameter(words, at, last):
            break
    return name, kind, at


def _types_parameter(words: Sequence[str], at: int, last: int) -> bool:
    """Whether the AS before `at` stands between a parameter and its type (`@a AS int`), not before the body."""
    return (
        at - 3 >= 0
        and words[at - 3] == "@"
        and at < last
        and words[at] not in {"BEGIN", "SELECT", "SET", "INSERT", "WITH"}
    )


def tables_seen(
    tokens: Sequence[Token], words: Sequence[str], first: int, last: int, dialect: str
) -> tuple[Name, ...]:
    """Return the tables that stand after FROM, JOIN, INTO and their like, in order, once each."""
    found: dict[tuple[str, ...], Name] = {}
    for at in range(first, last - 1):
        if words[at] in BEFORE_TABLE and (
            words[at + 1] not in NEVER_TABLE or tokens[at + 1].token_type in QUOTED
        ):
            name, after = name_at(tokens, at + 1, last, dialect)
            is_function = after < last and words[after] == "(" and words[at] != "INTO"
            if name is not None and not is_function:
                found.setdefault(name.parts, name)
    return tuple(found.values())


def naming(tables: Sequence[Name]) -> str:
    """Return a sentence that names the tables seen in a statement, or nothing."""
    if not tables:
        return ""
    shown = ", ".join(table.spelled for table in tables[:MAX_NAMED])
    more = f" and {len(tables) - MAX_NAMED} more" if len(tables) > MAX_NAMED else ""
    return f"; it names {shown}{more}"
