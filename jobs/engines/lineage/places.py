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
WORDS = CLAUSE_WORDS | {"AND"}
BOUNDS = OPEN | CLOSE | {TokenType.CASE, TokenType.END}
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
        self.levels: list[int] = []  # the depth of every token, with that of CASE
        self.marks: dict[int, list[int]] = {}  # by depth: where the items of a list begin and end
        self.seen: list[tuple[int, str]] = []
        self._walk()
        self.depth = self.levels[self.at] if self.levels else 0

    def _walk(self) -> None:
        """Find all words and commas in one pass: the WHEN inside of a CASE is none of the statement's."""
        cases = 0
        marks, levels = self.marks, self.levels
        for at, (token, depth) in enumerate(zip(self.layout.tokens, self.layout.depths, strict=True)):
            kind = token.token_type
            if kind is TokenType.END and cases:
                cases -= 1
            level = depth + cases
            levels.append(level)
            if kind is TokenType.COMMA:
                marks.setdefault(level, []).append(at)
            elif kind in BOUNDS:
                marks.setdefault(level + 1, []).append(at)
                cases += kind is TokenType.CASE
            elif kind not in QUOTED and (word := token.text.upper()) in WORDS and not self._is_field(at):
                self.seen.append((at, word))
                if word != "AND":
                    marks.setdefault(level, []).append(at)

    def _is_field(self, at: int) -> bool:
        """Whether a word is a field of something, or the FROM of IS DISTINCT FROM."""
        return at > 0 and self.layout.tokens[at - 1].token_type in {TokenType.DOT, TokenType.DISTINCT}

    def words(self) -> Iterator[tuple[int, str]]:
        """Yield the keywords of the statement at its depth."""
        last = next(
            (at for at in self.marks.get(self.depth, ()) if at > self.at and self.levels[at] < self.depth),
            len(self.levels),
        )
        for at, word in self.seen:
            if self.at <= at < last and self.levels[at] == self.depth:
                yield at, word
        if last == len(self.levels):
            yield last, ";"

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
            if word == "AND" and begun is None and self.layout.tokens[at - 1].text.upper() in AFTER_MATCHED:
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
        at = bisect_right(self.layout.starts, offset) - 1
        edges = self.marks.get(self.depth + deeper, [])
        following = bisect_right(edges, at)
        first = edges[following - 1] + 1 if following else 0
        last = edges[following] if following < len(edges) else len(self.levels)
        return self.layout.place(first, last)


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
