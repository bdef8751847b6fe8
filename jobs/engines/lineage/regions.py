"""Where the clauses of a statement stand, found from its tokens alone.

The tree of a parser has no places, only its identifiers and literals do. So the tokens are walked once to find
every SELECT with its output items and clauses; a tree's SELECT is then recognised by any place inside of it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, compress

from sqlglot import Token, TokenType

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.shapes import Place

T = TokenType
OPEN = frozenset({T.L_PAREN, T.L_BRACKET, T.L_BRACE})
CLOSE = frozenset({T.R_PAREN, T.R_BRACKET, T.R_BRACE})
SET_OPERATORS = frozenset({T.UNION, T.EXCEPT, T.INTERSECT})
CLAUSES = frozenset(
    {
        T.INTO, T.FROM, T.WHERE, T.PREWHERE, T.GROUP_BY, T.HAVING, T.QUALIFY, T.WINDOW, T.ORDER_BY, T.LIMIT,
        T.OFFSET, T.FETCH, T.FOR, T.CONNECT_BY, T.START_WITH, T.CLUSTER_BY, T.DISTRIBUTE_BY, T.SORT_BY,
        T.LATERAL,
        T.SETTINGS, T.FORMAT, T.OPTION, T.RETURNING,
    }
)  # fmt: skip
JOIN_WORDS = frozenset(
    {
        T.JOIN,
        T.LEFT,
        T.RIGHT,
        T.FULL,
        T.INNER,
        T.CROSS,
        T.NATURAL,
        T.COMMA,
        T.ON,
        T.USING,
        T.STRAIGHT_JOIN,
        T.SEMI,
        T.ANTI,
    }
)
ENDS_CONDITION = JOIN_WORDS | CLAUSES | SET_OPERATORS | {T.SET}
FUNCTION_WORDS = frozenset({T.LEFT, T.RIGHT})  # LEFT(name, 3)
AFTER_TYPE = word_set(
    ", NOT NULL DEFAULT PRIMARY UNIQUE CONSTRAINT IDENTITY REFERENCES CHECK COLLATE GENERATED COMMENT AS "
    "ENCODE AUTO_INCREMENT AUTOINCREMENT KEY SPARSE ROWGUIDCOL MASKED OPTIONS ON CODEC TTL MATERIALIZED"
)
NOT_BEFORE_CLAUSE = frozenset({T.DISTINCT, T.DOT, T.ALIAS})  # IS DISTINCT FROM, t.format, AS format
UPSERTS = frozenset({"CONFLICT", "DUPLICATE"})  # behind ON: they end the query of an INSERT
WATCHED = OPEN | CLOSE | SET_OPERATORS | CLAUSES | {T.SELECT, T.COMMA, T.ON}
MODIFIERS = frozenset({"ALL", "DISTINCT", "TOP", "PERCENT", "STRAIGHT_JOIN", "SQL_NO_CACHE"})


@dataclass(slots=True)
class Region:
    """One SELECT: the tokens from `first` up to, not including, `last`, at one depth of parentheses."""

    first: int
    depth: int
    last: int = 0
    items_end: int = 0
    commas: list[int] = field(default_factory=list)
    clauses: dict[TokenType, tuple[int, int]] = field(default_factory=dict)
    clause: tuple[TokenType, int] | None = None
    inner: list["Region"] = field(default_factory=list)


class Layout:
    """The regions of one statement. `shift` is added to the offsets of tokens to get places of the text."""

    def __init__(self, tokens: Sequence[Token], shift: int) -> None:
        self.tokens = tokens
        self.shift = shift
        self.kinds = [token.token_type for token in tokens]
        self.root = Region(first=-1, depth=-1, last=len(tokens))
        self._walk()

    @cached_property
    def starts(self) -> list[int]:
        """Where each token begins."""
        return [token.start for token in self.tokens]

    @cached_property
    def depths(self) -> list[int]:
        """In how many parentheses each token stands; these themselves stand outside."""
        inside = [0, *accumulate((kind in OPEN) - (kind in CLOSE) for kind in self.kinds)]
        return list(map(min, inside, inside[1:]))

    def _walk(self) -> None:
        stack, depth, comma = [self.root], 0, T.COMMA
        kinds = self.kinds
        for at in compress(range(len(kinds)), map(WATCHED.__contains__, kinds)):
            kind = kinds[at]
            if kind is comma:  # most often by far
                top = stack[-1]
                if top.depth == depth and not top.items_end:
                    top.commas.append(at)
            elif kind in OPEN:
                depth += 1
            elif kind in CLOSE:
                depth -= 1
                while len(stack) > 1 and stack[-1].depth > depth:
                    self._close(stack.pop(), at)
            else:
                self._enter(stack, at, kind, depth)
        while len(stack) > 1:
            self._close(stack.pop(), len(self.tokens))

    def _enter(self, stack: list[Region], at: int, kind: TokenType, depth: int) -> None:
        """Open or close a region, or note a clause of the innermost one, at this depth."""
        top = stack[-1]
        if kind is T.SELECT or kind in SET_OPERATORS:
            if top.depth == depth and len(stack) > 1:
                self._close(stack.pop(), at)
            if kind is T.SELECT:
                region = Region(first=at, depth=depth)
                stack[-1].inner.append(region)
                stack.append(region)
        elif top.depth != depth:
            return
        elif kind is T.ON:
            if at + 1 < len(self.tokens) and self.tokens[at + 1].text.upper() in UPSERTS and len(stack) > 1:
                self._close(stack.pop(), at)
        elif kind is T.FOR and self.tokens[at - 1].text.upper() == "VALUE":
            return  # NEXT VALUE FOR a sequence
        elif self.kinds[at - 1] not in NOT_BEFORE_CLAUSE:
            self._clause(top, at, kind)

    def _clause(self, region: Region, at: int, kind: TokenType | None) -> None:
        region.items_end = region.items_end or at
        if region.clause is not None:
            region.clauses.setdefault(region.clause[0], (region.clause[1] + 1, at))
        region.clause = None if kind is None else (kind, at)

    def _close(self, region: Region, at: int) -> None:
        self._clause(region, at, None)
        region.last = at

    def place(self, first: int, last: int) -> Place:
        """Return the place of the tokens from `first` up to, not including, `last`."""
        return self.tokens[first].start + self.shift, self.tokens[last - 1].end + 1 + self.shift

    def at(self, offset: int) -> int:
        """Return the number of the token at this offset. Cost: logarithmic."""
        return bisect_right(self.tokens, offset, key=_start) - 1

    def find(self, outer: Region, offset: int) -> Region | None:
        """Return the SELECT directly inside `outer` around the token at this offset. Cost: logarithmic."""
        at = self.at(offset)
        inner = outer.inner
        index = bisect_right(inner, at, key=_first) - 1
        if index < 0 or not inner[index].first <= at < inner[index].last:
            return None
        return inner[index]

    def items(self, region: Region) -> list[Place]:
        """Return the places of the output items of a SELECT, in order."""
        first = region.first + 1
        edges, tokens, shift = [*region.commas, region.items_end], self.tokens, self.shift
        while first < edges[0]:
            token = self.tokens[first]
            if token.token_type in CLOSE:
                break
            if token.text.upper() not in MODIFIERS:
                break
            first = self._after_modifier(first)
        places = []
        for edge in edges:
            if first < edge:
                places.append((tokens[first].start + shift, tokens[edge - 1].end + 1 + shift))
            first = edge + 1
        return places

    def _after_modifier(self, at: int) -> int:
        """Return the token after DISTINCT, DISTINCT ON (...), TOP 10, TOP (10) WITH TIES and their like."""
        word = self.tokens[at].text.upper()
        at += 1
        if word == "DISTINCT" and self.tokens[at].token_type is T.ON:
            return self._after_group(at + 1)
        if word == "TOP":
            at = self._after_group(at)
        while self.tokens[at].token_type is T.WITH or self.tokens[at].text.upper() == "TIES":
            at += 1
        return at

    def _after_group(self, at: int) -> int:
        if self.tokens[at].token_type not in OPEN:
            return at + 1
        depth = self.depths[at]
        at += 1
        while at < len(self.tokens) - 1 and self.depths[at] > depth:
            at += 1
        return at + 1

    def declared_type(self, offset: int | None) -> str | None:
        """Return the type that stands behind the column name at this offset, in small letters."""
        if offset is None:
            return None
        at = first = bisect_right(self.starts, offset)
        depth, found = self.depths[first - 1], ""
        while at < len(self.tokens) and self.depths[at] >= depth:
            token = self.tokens[at]
            if self.depths[at] == depth and at > first and token.text.upper().partition(" ")[0] in AFTER_TYPE:
                break
            text = token.text.lower()
            found += f" {text}" if found[-1:].isalnum() and text[:1].isalpha() else text
            at += 1
        return found or None

    def clause(self, region: Region | None, kind: TokenType) -> Place | None:
        """Return the place of a clause of a SELECT without its keyword."""
        where = region.clauses.get(kind) if region else None
        return self.place(*where) if where and where[0] < where[1] else None

    def around(self, offset: int) -> Place:
        """Return the place of what stands between the parentheses around the token at this offset."""
        first = bisect_right(self.starts, offset) - 1
        depth, last = self.depths[first], first + 1
        while first > 0 and self.depths[first - 1] >= depth:
            first -= 1
        while last < len(self.tokens) and self.depths[last] >= depth:
            last += 1
        return self.place(first, last)

    def item(self, offset: int) -> Place:
        """Return the place of the item of a list, such as a declared column, that begins at this offset."""
        first = bisect_right(self.starts, offset) - 1
        depth, last = self.depths[first], first + 1
        while last < len(self.tokens) and self.depths[last] >= depth:
            if self.depths[last] == depth and self.tokens[last].token_type is T.COMMA:
                break
            last += 1
        return self.place(first, last)

    def before_alias(self, offset: int) -> Place:
        """Return the place of the expression of `WITH expression AS name`, whose name stands at this offset."""
        last = bisect_right(self.starts, offset) - 2  # AS
        depth, first = self.depths[last], last
        while first > 0 and self.depths[first - 1] >= depth:
            before = self.tokens[first - 1].token_type
            if self.depths[first - 1] == depth and before in {T.COMMA, T.WITH}:
                break
            first -= 1
        return self.place(first, last)

    def condition(self, offset: int) -> Place | None:
        """Return the place of the ON condition around the token at this offset. Cost: its length."""
        kinds, first = self.kinds, self.at(offset)
        depth = lowest = 0
        while first >= 0 and not (kinds[first] is T.ON and depth <= lowest):
            lowest = min(lowest, depth)
            depth += kinds[first] in CLOSE
            first -= 1
            depth -= kinds[first] in OPEN
        if first < 0:
            return None
        depth, last = 0, first + 1
        while last < len(kinds):
            depth -= kinds[last] in CLOSE
            if self._ends_condition(last, depth):
                break
            depth += kinds[last] in OPEN
            last += 1
        return self.place(first + 1, last)

    def _ends_condition(self, at: int, depth: int) -> bool:
        kind = self.kinds[at]
        if depth != 0 or kind not in ENDS_CONDITION:
            return depth < 0
        following = self.kinds[at + 1] if at + 1 < len(self.kinds) else None
        return not (kind in FUNCTION_WORDS and following is T.L_PAREN)


def _first(region: Region) -> int:
    return region.first


def _start(token: Token) -> int:
    return token.start
