"""What has to be done to the tokens of a data-changing statement before the parser understands it.

The parser lacks some clauses (TOP, `+=`, OUTPUT … INTO, the WHERE of Oracle's MERGE). They are cut out, kept as
places in the statement, and read by themselves; what is left is parsed as usual. Places do not move.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlglot import Token

from jobs.engines.lineage.dialects import fold, word_set
from jobs.engines.lineage.parse import parse, tokenise
from jobs.engines.lineage.plain import without_on_commit
from jobs.engines.lineage.regions import CLOSE, OPEN
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import Made, Name

CHANGES = word_set("INSERT UPDATE DELETE MERGE REPLACE")
PRIORITIES = word_set("LOW_PRIORITY HIGH_PRIORITY DELAYED QUICK IGNORE ONLY")
ENDS_OUTPUT = word_set("INTO FROM WHERE SELECT VALUES WITH EXEC EXECUTE DEFAULT OPTION OUTPUT SET")
COMPOUND = frozenset("+-*/%&|^")
NO_TOKENS = (0, 0)
PIPELINES = word_set("REFRESH STREAMING LIVE")
MATERIALIZES = frozenset({"databricks", "oracle", "trino"})


class Output(NamedTuple):
    """An OUTPUT clause: its list from token `first` up to, not including, `last`, and what it fills."""

    first: int
    last: int
    into: Name | None
    columns: tuple[Made, ...]


class Cut(NamedTuple):
    """A statement without the clauses that the parser lacks; places are numbers of its own tokens."""

    tokens: Sequence[Token]
    outputs: tuple[Output, ...] = ()
    conditions: tuple[tuple[int, int], ...] = ()


class Clauses(NamedTuple):
    """The trees of the clauses that were cut out, with the tokens that they stand in."""

    outputs: tuple[tuple[Output, Any], ...] = ()
    conditions: tuple[tuple[tuple[int, int], Any], ...] = ()


NO_CLAUSES = Clauses()


@cache
def keyword(word: str) -> Token:
    """Return a token of a keyword that a statement leaves out or spells otherwise."""
    return tokenise(word, "ansi")[0]


def prepared(tokens: list[Token], words: Sequence[str], dialect: str) -> list[Token]:
    """Return the tokens of a statement in words that the parser knows. Cost: constant for most."""
    if words[0] != "CREATE":
        return tokens
    if dialect == "tsql":
        if "ROWGUIDCOL" not in words:
            return tokens
        return [token for token, word in zip(tokens, words, strict=True) if word != "ROWGUIDCOL"]
    if dialect == "sqlite" and words[-1] in {"ROWID", "STRICT"} and ")" in words:
        return tokens[: len(words) - words[::-1].index(")")]
    if dialect == "databricks" and PIPELINES & set(words[1:5]):
        tokens, words = _plainly_made(tokens, words)
    if dialect in MATERIALIZES and "MATERIALIZED" in words[1:4] and "AS" in words:
        return _plain_view(tokens, words, dialect)
    if dialect == "postgres" and "COMMIT" in words:
        return without_on_commit(tokens, words)
    if words[-1] == "DATA" and words[-2] in {"NO", "WITH"}:  # WITH NO DATA
        return tokens[: -2 - (words[-2] == "NO")]
    if dialect == "duckdb" and "AS" in words:
        at = words.index("AS") + 1
        if words[at : at + 1] in (["PIVOT"], ["UNPIVOT"]):
            opening = [keyword(word) for word in ("SELECT", "*", "FROM", "(")]
            return [*tokens[:at], *opening, *tokens[at:], keyword(")")]
    return tokens


def _plainly_made(tokens: list[Token], words: Sequence[str]) -> tuple[list[Token], list[str]]:
    """CREATE OR REFRESH STREAMING TABLE of Databricks as CREATE TABLE."""
    kept = [
        at
        for at, word in enumerate(words)
        if at > 4
        or not ((word in PIPELINES and words[at + 1] != ".") or words[at : at + 2] == ["OR", "REFRESH"])
    ]
    return [tokens[at] for at in kept], [words[at] for at in kept]


def _plain_view(tokens: list[Token], words: Sequence[str], dialect: str) -> list[Token]:
    """A materialized view without how it is stored, built and refreshed, which stands before its AS."""
    at = words.index("VIEW") + 1 if "VIEW" in words else len(words)
    while words[at : at + 1] and words[at] in {"IF", "NOT", "EXISTS"}:
        at += 1
    _, at = name_at(tokens, at, len(tokens), dialect)
    if words[at : at + 1] == ["("]:
        at = after_group(words, at)
    begins = [
        step
        for step in range(at, len(words) - 1)
        if words[step] == "AS" and words[step + 1] in {"SELECT", "WITH", "(", "FROM"}
    ]
    return [*tokens[:at], *tokens[begins[0] :]] if begins else tokens


def cut(tokens: Sequence[Token], words: Sequence[str], dialect: str) -> Cut:
    """Return what the parser gets of a statement that changes data, and what it does not. Cost: linear."""
    if words[0] == "ALTER":
        changes = dialect == "clickhouse" and bool({"UPDATE", "DELETE"} & set(words[3:7]))
        return Cut(_altering(tokens, words) if changes else tokens)
    kept = [True] * len(tokens)
    verb = next((at for at, word in enumerate(words) if word in CHANGES), 0)
    _pass_over(words, kept, verb)
    outputs = tuple(_outputs(tokens, words, kept, dialect)) if dialect == "tsql" else ()
    conditions = (
        tuple(_conditions(tokens, words, kept)) if words[verb] == "MERGE" and dialect == "oracle" else ()
    )
    ordered = _compounds(tokens, words) if dialect == "tsql" else range(len(tokens))
    if dialect == "bigquery" and "ROW" in words and words[verb] == "MERGE":
        return Cut(_rows(tokens, words))
    left = [
        keyword("INSERT") if at == verb and words[at] == "REPLACE" else tokens[at] for at in ordered if kept[at]
    ]
    if words[verb] == "DELETE" and not _another_from(words, verb + 1):  # DELETE t WHERE …
        left.insert(next(at for at, token in enumerate(left) if token is tokens[verb]) + 1, keyword("FROM"))
    return Cut(left, outputs, conditions)


def clauses_of(done: Cut, tokens: Sequence[Token], sql: str, dialect: str) -> Clauses:
    """Parse what was cut out of a statement.

    Raises:
        Refused: the parser does not understand it.
    """
    if not done.outputs and not done.conditions:
        return NO_CLAUSES
    select = keyword("SELECT")
    return Clauses(
        tuple((each, parse([select, *tokens[each.first : each.last]], sql, dialect)) for each in done.outputs),
        tuple((each, parse([select, *tokens[each[0] : each[1]]], sql, dialect)) for each in done.conditions),
    )


def _rows(tokens: Sequence[Token], words: Sequence[str]) -> list[Token]:
    """`INSERT (a, b) ROW` of BigQuery as `INSERT (a, b) VALUES (ROW)`."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        listed = words[at] == "ROW" and words[at - 1] == ")"
        found += [keyword("VALUES"), keyword("("), token, keyword(")")] if listed else [token]
    return found


def _altering(tokens: Sequence[Token], words: Sequence[str]) -> list[Token]:
    """ALTER TABLE t UPDATE a = b WHERE c, and ALTER TABLE t DELETE WHERE c, of ClickHouse in standard words."""
    at = next(at for at, word in enumerate(words) if word in {"UPDATE", "DELETE"})
    name = [
        token for token, word in zip(tokens[2:at], words[2:at], strict=True) if word not in {"IF", "EXISTS"}
    ]
    if words[at] == "UPDATE":
        return [tokens[at], *name, keyword("SET"), *tokens[at + 1 :]]
    return [tokens[at], keyword("FROM"), *name, *tokens[at + 1 :]]


def _pass_over(words: Sequence[str], kept: list[bool], verb: int) -> None:
    """Leave out what says nothing about lineage: TOP, priorities, SCHEMA EVOLUTION, the first of two FROM."""
    at = verb + 1
    if words[at : at + 3] == ["WITH", "SCHEMA", "EVOLUTION"]:
        kept[at : at + 3] = [False] * 3
    if words[verb] == "UPDATE" and words[at : at + 1] == ["OR"]:  # UPDATE OR IGNORE t
        kept[at : at + 2] = [False] * 2
        at += 2
    while at < len(words) and (words[at] in PRIORITIES or words[at] == "TOP"):
        last = at + 1
        if words[at] == "TOP":
            last = after_group(words, at + 1)
            last += words[last : last + 1] == ["PERCENT"]
        kept[at:last] = [False] * (last - at)
        at = last
    if words[verb] == "DELETE" and words[at : at + 1] == ["FROM"]:
        if words[at + 1 : at + 2] == ["ONLY"]:
            kept[at + 1] = False
        kept[at] = not _another_from(words, at + 1)
    if words[verb] == "INSERT":  # INSERT INTO t WITH (TABLOCK) (a)
        hint = next((step for step in range(at, min(at + 12, len(words) - 1)) if words[step] == "WITH"), None)
        if hint is not None and words[hint + 1] == "(":
            last = after_group(words, hint + 1)
            kept[hint:last] = [False] * (last - hint)
    option = _outside(words, "OPTION", at)
    if option is not None:
        kept[option:] = [False] * (len(words) - option)


def _another_from(words: Sequence[str], at: int) -> bool:
    """Whether a FROM follows outside of parentheses, before the conditions."""
    found = _outside(words, "FROM", at)
    ends = [_outside(words, word, at) for word in ("WHERE", "USING", "SELECT", "RETURNING")]
    return found is not None and all(end is None or found < end for end in ends)


def _outside(words: Sequence[str], wanted: str, at: int) -> int | None:
    """Return where a word stands outside of parentheses, from a token on."""
    depth = 0
    for following in range(at, len(words)):
        depth += (words[following] == "(") - (words[following] == ")")
        if depth == 0 and words[following] == wanted:
            return following
    return None


def after_group(words: Sequence[str], at: int) -> int:
    """Return the token after a group in parentheses, or after a single token."""
    depth = 0
    while at < len(words):
        depth += (words[at] == "(") - (words[at] == ")")
        at += 1
        if depth <= 0:
            break
    return at


def _outputs(tokens: Sequence[Token], words: Sequence[str], kept: list[bool], dialect: str) -> Any:
    depth = 0
    at = 0
    while at < len(tokens):
        kind = tokens[at].token_type
        depth += (kind in OPEN) - (kind in CLOSE)
        if depth or words[at] != "OUTPUT" or words[at - 1] in {"(", ",", "AS"}:
            at += 1
            continue
        first = last = at + 1
        while last < len(tokens) and (depth > 0 or words[last] not in ENDS_OUTPUT) and words[last] != ";":
            depth += (words[last] == "(") - (words[last] == ")")
            last += 1
        into, columns, end = None, tuple[Made, ...](), last
        if words[last : last + 1] == ["INTO"]:
            into, end = name_at(tokens, last + 1, len(tokens), dialect)
            if words[end : end + 1] == ["("]:
                closed = after_group(words, end)
                columns = tuple(
                    Made(fold(token.text, dialect, quoted=word == ""), token.text)
                    for token, word in zip(tokens[end:closed], words[end:closed], strict=True)
                    if word not in {"(", ")", ","}
                )
                end = closed
        kept[at:end] = [False] * (end - at)
        yield Output(first, last, into, columns)
        at, depth = end, 0


def _conditions(tokens: Sequence[Token], words: Sequence[str], kept: list[bool]) -> Any:
    """Yield the conditions of UPDATE … WHERE c DELETE WHERE d, and INSERT … WHERE e, in Oracle's MERGE."""
    depth = 0
    begun = 0
    inside = False
    for at in range(len(tokens) + 1):
        word = words[at] if at < len(tokens) else "WHEN"
        depth += (word == "(") - (word == ")")
        if depth:
            continue
        inside = inside or word == "WHEN"
        if begun and word in {"WHEN", "DELETE", "LOG"}:
            kept[begun - 1 : at] = [False] * (at - begun + 1)
            yield begun, at
            begun = 0
        if word == "DELETE" and inside:
            kept[at] = False
        if word == "LOG" and inside:
            kept[at:] = [False] * (len(tokens) - at)
            return
        if word == "WHERE" and inside:
            begun = at + 1


def _compounds(tokens: Sequence[Token], words: Sequence[str]) -> list[int]:
    """Return the order of tokens in which `a += 1` reads `a = a + 1`."""
    found: list[int] = []
    begins = 0
    for at, word in enumerate(words):
        if word in {",", "SET"}:
            begins = len(found) + 1
        if word == "=" and words[at - 1] in COMPOUND and tokens[at - 1].end + 1 == tokens[at].start:
            operator = found.pop()
            found += [at, *found[begins:], operator]
        else:
            found.append(at)
    return found
