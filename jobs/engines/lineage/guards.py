"""Limits that keep a hostile text from harming the parser or this engine."""

from collections.abc import Sequence

from sqlglot import Token, TokenType

from jobs.engines.lineage.regions import CLOSE, OPEN

MAX_STATEMENT = 2_000_000  # code points; about four seconds of parsing
MAX_NESTING = 100  # parentheses, brackets, CASE; the parser fails at about 300, pickling of shapes earlier
MAX_QUERIES = 40  # queries inside one another; Python's stack allows about three times as many
MAX_OPEN_JOINS = 8  # joins whose ON stands after the next join: each doubles the parser's work
MAX_PREFIXES = 60  # operators in a row before one operand

PREFIXES = frozenset(
    {
        TokenType.NOT,
        TokenType.DASH,
        TokenType.PLUS,
        TokenType.TILDE,
        TokenType.INTERVAL,
        TokenType.ANY,
        TokenType.ARRAY,
    }
)
BREAKS_JOIN = frozenset({TokenType.CROSS, TokenType.NATURAL, TokenType.COMMA})


def too_deep(tokens: Sequence[Token]) -> str:
    """Return why a statement is nested too deeply to be parsed, or nothing. Cost: linear in the tokens."""
    depth = queries = joins = run = 0
    opened: list[tuple[int, int]] = []
    for at, token in enumerate(tokens):
        kind = token.token_type
        run = run + 1 if kind in PREFIXES else 0
        if kind in OPEN or kind is TokenType.CASE:
            opened.append((queries, joins))
            depth, joins = depth + 1, 0
        elif (kind in CLOSE or kind is TokenType.END) and opened:
            depth -= 1
            queries, joins = opened.pop()
        elif kind is TokenType.SELECT:
            queries, joins = (opened[-1][0] if opened else 0) + 1, 0
        elif kind is TokenType.JOIN:
            joins += tokens[at - 1].token_type not in BREAKS_JOIN
        elif kind is TokenType.ON or kind is TokenType.USING:
            joins = max(joins - 1, 0)
        elif kind is TokenType.WHERE or kind is TokenType.COMMA:
            joins = 0
        if depth > MAX_NESTING:
            return f"more than {MAX_NESTING} levels of parentheses or CASE"
        if queries > MAX_QUERIES:
            return f"more than {MAX_QUERIES} queries inside one another"
        if joins > MAX_OPEN_JOINS:
            return f"more than {MAX_OPEN_JOINS} joins without their ON"
        if run > MAX_PREFIXES:
            return f"more than {MAX_PREFIXES} operators in a row"
    return ""
