"""Limits that keep a hostile text from harming the parser or this engine."""

from collections.abc import Sequence

from sqlglot import Token, TokenType

from jobs.engines.lineage.regions import CLOSE, OPEN

MAX_STATEMENT = 2_000_000  # code points; about four seconds of parsing
MAX_NESTING = 100  # parentheses, brackets, CASE; the parser fails at about 300, pickling of shapes earlier
MAX_QUERIES = 40  # queries inside one another; Python's stack allows about three times as many
MAX_OPEN_JOINS = 8  # joins whose ON stands after the next join: each doubles the parser's work
MAX_RUN = 60  # operators in a row before one operand

T = TokenType
RUNS = frozenset({T.NOT, T.DASH, T.PLUS, T.TILDE, T.INTERVAL, T.ANY, T.ARRAY})
RUNNING = ("NOT", "!", "-", "+", "~", "INTERVAL", "ANY", "ARRAY")  # how those are written
NESTING = ("(", "[", "{", "CASE")
OPENS = OPEN | {T.CASE}
CLOSES = CLOSE | {T.END}
CONDITIONS = frozenset({T.ON, T.USING})
ENDS_JOINS = frozenset({T.WHERE, T.COMMA})
BREAKS_JOIN = frozenset({T.CROSS, T.NATURAL, T.COMMA})
SELECT, JOIN = T.SELECT, T.JOIN
NESTS = OPENS | CLOSES | CONDITIONS | ENDS_JOINS | {SELECT, JOIN}


def too_deep(tokens: Sequence[Token], sql: str) -> str:
    """Return why a statement of a text is nested too deeply to be parsed, or nothing.

    Cost: linear in the tokens.
    """
    if not tokens or _is_shallow(sql[tokens[0].start : tokens[-1].end + 1]):
        return ""
    kinds = [token.token_type for token in tokens]
    return _nested(kinds) or _run(kinds)


def _is_shallow(sql: str) -> bool:
    """Whether a text has too little of what nests for any limit.

    Cost: linear, a fifth of that of a look at the tokens.
    """
    count = sql.upper().count
    return (
        count("JOIN") <= MAX_OPEN_JOINS
        and count("SELECT") <= MAX_QUERIES
        and sum(map(count, NESTING)) <= MAX_NESTING
        and sum(map(count, RUNNING)) <= MAX_RUN
    )


def _nested(kinds: Sequence[TokenType]) -> str:
    queries = joins = 0
    opened: list[tuple[int, int]] = []
    for at in [at for at, kind in enumerate(kinds) if kind in NESTS]:
        kind = kinds[at]
        if kind in OPENS:
            opened.append((queries, joins))
            joins = 0
        elif kind in CLOSES:
            queries, joins = opened.pop() if opened else (queries, joins)
        elif kind is SELECT:
            queries, joins = (opened[-1][0] if opened else 0) + 1, 0
        elif kind is JOIN:
            joins += kinds[at - 1] not in BREAKS_JOIN
        else:
            joins = max(joins - 1, 0) if kind in CONDITIONS else 0
        if len(opened) > MAX_NESTING:
            return f"more than {MAX_NESTING} levels of parentheses or CASE"
        if queries > MAX_QUERIES:
            return f"more than {MAX_QUERIES} queries inside one another"
        if joins > MAX_OPEN_JOINS:
            return f"more than {MAX_OPEN_JOINS} joins without their ON"
    return ""


def _run(kinds: Sequence[TokenType]) -> str:
    last, length = -1, 0
    for at in [at for at, kind in enumerate(kinds) if kind in RUNS]:
        length = length + 1 if at == last + 1 else 1
        last = at
        if length > MAX_RUN:
            return f"more than {MAX_RUN} operators in a row"
    return ""
