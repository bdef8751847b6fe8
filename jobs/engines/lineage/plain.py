"""What tokens alone tell: columns of a refused CREATE TABLE, rows of constants, what is dropped."""

from collections.abc import Sequence

from sqlglot import Token, TokenType

from jobs.engines.lineage.dialects import fold, word_set
from jobs.engines.lineage.regions import Layout
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import Made, Name, Output, Place, Query, Select, Write

CONSTRAINTS = word_set("CONSTRAINT PRIMARY FOREIGN UNIQUE CHECK INDEX EXCLUDE LIKE PERIOD FULLTEXT SPATIAL")
CONSTANTS = frozenset(
    {
        TokenType.NUMBER,
        TokenType.STRING,
        TokenType.NATIONAL_STRING,
        TokenType.HEX_STRING,
        TokenType.NULL,
        TokenType.TRUE,
        TokenType.FALSE,
        TokenType.DEFAULT,
    }
)
SIGNS = frozenset({TokenType.DASH, TokenType.PLUS})
OPENED, CLOSED, COMMA = TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA
NOWHERE: Place = (0, 0)


def columns_between(
    tokens: Sequence[Token], words: Sequence[str], at: int, last: int, dialect: str
) -> tuple[Made, ...]:
    """Return the columns of the list in parentheses that begins at a token; none if it is not a plain list."""
    if at >= last or tokens[at].token_type is not OPENED:
        return ()
    layout = Layout(tokens[at:last], 0)
    found, expected = list[Made](), True
    for step in range(1, last - at):
        token, depth = tokens[at + step], layout.depths[step]
        if depth == 0:
            return tuple(found)
        if depth == 1 and token.token_type is COMMA:
            expected = True
        elif expected:
            expected = False
            if words[at + step] in CONSTRAINTS:
                continue
            quoted = token.token_type is TokenType.IDENTIFIER
            computed = words[at + step + 1 : at + step + 2] == ["AS"]
            data_type = None if computed else layout.declared_type(token.start)
            if not (data_type or computed) or not (quoted or token.text[:1].isalpha() or token.text[:1] == "_"):
                return ()
            found.append(Made(fold(token.text, dialect, quoted=quoted), token.text, data_type, computed))
    return ()


def constants(tokens: Sequence[Token], words: Sequence[str], place: Place, dialect: str) -> tuple[Write, ...]:
    """Return what `INSERT INTO t (a, b) VALUES (1, 'x')` writes if all of its rows are constants, else nothing.

    Cost: linear in the tokens; about a tenth of what parsing costs.
    """
    last = len(tokens)
    at = 2 if words[:2] == ["INSERT", "INTO"] else 1
    name, at = name_at(tokens, at, last, dialect)
    columns: list[Made] = []
    if name is not None and at < last and tokens[at].token_type is OPENED:
        at += 1
        while at + 1 < last and tokens[at + 1].token_type in {COMMA, CLOSED}:
            token = tokens[at]
            quoted = token.token_type is TokenType.IDENTIFIER
            columns.append(Made(fold(token.text, dialect, quoted=quoted), token.text))
            at += 2
    if name is None or at >= last or words[at] != "VALUES":
        return ()
    width = _width(tokens, at + 1)
    if not width:
        return ()
    outputs = (Output("", "", (), NOWHERE),) * width
    body = Select((), outputs, (), distinct=False, lateral_aliases=False, merged_first=False, place=NOWHERE)
    return (Write(name, None, tuple(columns), Query((), body), place=place),)


def _width(tokens: Sequence[Token], at: int) -> int:
    """Return how many constants the longest row holds; 0 if there is anything else."""
    width = cells = depth = 0
    value = False
    for token in tokens[at:]:
        kind = token.token_type
        if depth and kind in CONSTANTS and not value:
            value, cells = True, cells + 1
        elif kind is COMMA and (value or not depth):
            value = False
        elif kind is OPENED and not depth:
            depth, value, cells = 1, False, 0
        elif kind is CLOSED and depth and value:
            depth, width = 0, max(width, cells)
        elif not (kind in SIGNS and depth and not value):
            return 0
    return 0 if depth else width


def dropped(
    tokens: Sequence[Token], words: Sequence[str], first: int, last: int, dialect: str
) -> tuple[Name, ...]:
    """Return the tables and views that a DROP names."""
    at = next((at for at in range(first + 1, last) if words[at] in {"TABLE", "VIEW"}), last) + 1
    while at < last and words[at] in {"IF", "EXISTS"}:
        at += 1
    found = []
    while at < last:
        name, at = name_at(tokens, at, last, dialect)
        if name is None:
            break
        found.append(name)
        if at >= last or tokens[at].token_type is not COMMA:
            break
        at += 1
    return tuple(found)


def without_on_commit(tokens: Sequence[Token], words: Sequence[str]) -> list[Token]:
    """Return a CREATE TEMPORARY TABLE without ON COMMIT DROP and its like, which the parser does not know."""
    at = next((at for at in range(len(words) - 2) if words[at : at + 2] == ["ON", "COMMIT"]), len(words))
    rows = words[at + 3 : at + 4] == ["ROWS"]
    return [*tokens[:at], *tokens[at + 3 + rows :]]
