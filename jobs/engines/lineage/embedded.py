"""SQL that stands in a string of a statement, such as the body of a function that is one query."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlglot import Token, TokenType

from jobs.engines.lineage.copies import STRINGS
from jobs.engines.lineage.dialects import fold, word_set
from jobs.engines.lineage.plain import columns_between
from jobs.engines.lineage.rewrites import after_group
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import Made, Name
from jobs.engines.lineage.split import CREATE_NOISE

MODES = word_set("IN OUT INOUT VARIADIC")
QUERIES = word_set("SELECT WITH VALUES FROM TABLE")
KINDS = word_set("FUNCTION MACRO")
SQL = frozenset({"SQL"})


class Body(NamedTuple):
    """A function that is one query or expression: where it stands, its result's columns, its parameters."""

    name: Name
    columns: tuple[Made, ...]
    parameters: frozenset[str]
    first: int
    last: int
    text: bool  # the body is a string


def inside_of(token: Token, sql: str) -> tuple[str, int]:
    """Return what stands in a string, and its offset. A doubled quote becomes one and a blank: places hold.

    >>> from jobs.engines.lineage.parse import tokenise
    >>> inside_of(tokenise("'a = ''b'''", "postgres")[0], "'a = ''b'''")
    ("a = ' b' ", 1)
    """
    raw = sql[token.start : token.end + 1]
    if raw[:1] == "$":
        opening = raw.find("$", 1) + 1
        return raw[opening : len(raw) - opening], token.start + opening
    opening = raw.find("'") + 1
    return raw[opening:-1].replace("''", "' "), token.start + opening


def function_of(
    tokens: Sequence[Token], words: Sequence[str], first: int, last: int, dialect: str
) -> Body | None:
    """Return the body of a function in SQL that is one query or expression; None for all others."""
    at = first + 1
    while at < last and (
        words[at] in CREATE_NOISE or words[at] in {"SECURE", "AGGREGATE", "TABLE", "IF", "NOT", "EXISTS"}
    ):
        at += 1
    if at >= last or words[at] not in KINDS:
        return None
    at += 1
    while at < last and words[at] in {"IF", "NOT", "EXISTS"}:
        at += 1
    name, at = name_at(tokens, at, last, dialect)
    if name is None or words[at : at + 1] != ["("]:
        return None
    end = after_group(words, at)
    parameters = frozenset(_parameters(tokens, words, at, end, dialect))
    language = next((words[step + 1] for step in range(end, last - 1) if words[step] == "LANGUAGE"), "SQL")
    if language not in SQL and language != "":
        return None
    columns: tuple[Made, ...] = ()
    step = end
    while step < last:
        if words[step] == "TABLE" and words[step - 1] == "RETURNS" and words[step + 1 : step + 2] == ["("]:
            columns = columns_between(tokens, words, step + 1, last, dialect)
            step = after_group(words, step + 1)
            continue
        if words[step] == "RETURN" or (
            words[step] == "AS" and words[step + 1 : step + 2] not in (["BEGIN"], ["RETURN"])
        ):
            return _body(Body(name, columns, parameters, step + 1, last, text=False), tokens, words, dialect)
        if words[step] == "BEGIN" and words[step + 1 : step + 2] == ["RETURN"]:
            return _body(Body(name, columns, parameters, step + 2, last, text=False), tokens, words, dialect)
        if words[step] == "BEGIN":
            return None
        step += 1
    return None


def _body(found: Body, tokens: Sequence[Token], words: Sequence[str], dialect: str) -> Body | None:
    first, last = found.first, found.last
    while last > first and words[last - 1] in {";", "END"}:
        last -= 1
    if first >= last:
        return None
    if tokens[first].token_type in STRINGS:
        return found._replace(last=first + 1, text=True)
    if words[first] == "TABLE" and dialect == "duckdb":
        first += 1
    if first >= last:
        return None
    while words[first] == "(" and after_group(words, first) == last:
        first, last = first + 1, last - 1
    return found._replace(first=first, last=last)


def _parameters(tokens: Sequence[Token], words: Sequence[str], at: int, end: int, dialect: str) -> list[str]:
    depth, found, expected = 0, list[str](), False
    for step in range(at, end):
        word = words[step]
        depth += (word in {"(", "<"}) - (word in {")", ">"})
        if depth == 1 and word in {"(", ","}:
            expected = True
        elif expected and word not in MODES:
            quoted = tokens[step].token_type is TokenType.IDENTIFIER
            found.append(fold(tokens[step].text, dialect, quoted=quoted))
            expected = False
    return found
