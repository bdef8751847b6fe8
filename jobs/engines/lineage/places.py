"""Where the clauses and items of a data-changing statement stand: the tree has no places, the tokens have."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from sqlglot import TokenType, exp

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.regions import CLOSE, OPEN, Layout
from jobs.engines.lineage.shapes import Place
from jobs.engines.lineage.split import QUOTED

CLAUSE_WORDS = word_set(
    "SET FROM USING WHERE ON WHEN THEN OUTPUT RETURNING LIMIT OPTION SELECT INSERT UPDATE DELETE MERGE ;"
) | {"ORDER BY"}
ENDS_ACTION = word_set("WHEN OUTPUT RETURNING OPTION ;")
AFTER_MATCHED = word_set("MATCHED SOURCE TARGET")


def offset_of(node: Any) -> int | None:
    """Return the offset of the first identifier or literal inside of a tree, without the shift of its text."""
    if not isinstance(node, exp.Expr):
        return None
    found = [each.meta["start"] for each in node.walk() if "start" in each.meta]
    return min(found, default=None)


class Clauses:
    """The words of one statement at its own depth, from its target on."""

    def __init__(self, layout: Layout, target: Any) -> None:
        self.layout = layout
        offset = offset_of(target)
        self.at = 0 if offset is None else bisect_right(layout.starts, offset) - 1
        self.levels = _levels(layout)
        self.depth = self.levels[self.at] if self.levels else 0

    def words(self) -> Iterator[tuple[int, str]]:
        """Yield the keywords of the statement at its depth."""
        layout = self.layout
        for at in range(self.at, len(layout.tokens)):
            if self.levels[at] < self.depth:
                return
            if self.levels[at] == self.depth:
                word = _word(layout, at)
                if word in CLAUSE_WORDS or word == "AND":
                    yield at, word
        yield len(layout.tokens), ";"

    def clause(self, wanted: str, *, until: frozenset[str] = CLAUSE_WORDS) -> Place | None:
        """Return the place of the first clause of a kind, without its keyword."""
        begun = None
        for at, word in self.words():
            if begun is not None and word in until:
                return self.layout.place(begun, at) if begun < at else None
            if word == wanted and begun is None:
                begun = at + 1
        if begun is None:
            return None
        last = begun
        while last < len(self.layout.tokens) and self.levels[last] >= self.depth:
            last += 1
        return self.layout.place(begun, last) if begun < last else None

    def conditions(self) -> Iterator[Place]:
        """Yield the places of the conditions of WHEN MATCHED AND …, in order."""
        begun = None
        for at, word in self.words():
            if word == "AND" and begun is None and _word(self.layout, at - 1) in AFTER_MATCHED:
                begun = at + 1
            elif word == "THEN" and begun is not None:
                yield self.layout.place(begun, at)
                begun = None

    def actions(self) -> Iterator[Place]:
        """Yield the places of what stands behind THEN, in order."""
        begun = None
        for at, word in self.words():
            if begun is not None and word in ENDS_ACTION:
                yield self.layout.place(begun, at)
                begun = None
            if word == "THEN":
                begun = at + 1

    def item(self, node: Any, *, deeper: int = 0) -> Place | None:
        """Return the place of the item of a list (SET, VALUES, RETURNING) that a tree stands for."""
        offset = offset_of(node)
        if offset is None:
            return None
        layout, depth = self.layout, self.depth + deeper
        first = bisect_right(layout.starts, offset) - 1
        last = first + 1
        while first > 0 and not self._edge(first - 1, depth):
            first -= 1
        while last < len(layout.tokens) and not self._edge(last, depth):
            last += 1
        return layout.place(first, last)

    def _edge(self, at: int, depth: int) -> bool:
        here = self.levels[at]
        if here != depth:
            return here < depth
        kind = self.layout.tokens[at].token_type
        return kind is TokenType.COMMA or _word(self.layout, at) in CLAUSE_WORDS


def split_places(layout: Layout, first: int, last: int) -> list[Place]:
    """Return the places of the items of a list that stands between two tokens."""
    found, depth, begun = list[Place](), 0, first
    for at in range(first, last):
        kind = layout.tokens[at].token_type
        depth += (kind in OPEN) - (kind in CLOSE)
        if kind is TokenType.COMMA and not depth:
            found.append(layout.place(begun, at))
            begun = at + 1
    return [*found, layout.place(begun, last)] if begun < last else found


def _levels(layout: Layout) -> list[int]:
    """Return the depth of every token, with that of CASE: the WHEN inside of it is none of the statement's."""
    found, cases = list[int](), 0
    for token, depth in zip(layout.tokens, layout.depths, strict=True):
        kind = token.token_type
        if kind is TokenType.END and cases:
            cases -= 1
        found.append(depth + cases)
        cases += kind is TokenType.CASE
    return found


def _word(layout: Layout, at: int) -> str:
    """Return a token as a keyword; nothing for a quoted name, a field, or the FROM of IS DISTINCT FROM."""
    token, before = layout.tokens[at], layout.tokens[at - 1].token_type if at else None
    if token.token_type in QUOTED or before in {TokenType.DOT, TokenType.DISTINCT}:
        return ""
    return token.text.upper()
