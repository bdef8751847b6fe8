"""The blocks of a body: what is done once, or not, or again and again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from jobs.engines.lineage.shapes import Block, Mark, Part

MAX_BLOCKS = 60  # blocks inside one another

Node: TypeAlias = "int | Choice | Loop"


class BlocksTooDeep(Exception):
    """Blocks stand inside one another without end."""


@dataclass(slots=True)
class Choice:
    """One of two lists is done, the second one may be empty. Without a mark no condition tells which."""

    mark: Mark | None
    first: list[Node] = field(default_factory=list)
    second: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Loop:
    """A list is done again and again, or not at all."""

    mark: Mark | None
    body: list[Node] = field(default_factory=list)


def program(parts: Sequence[Part], first: int) -> list[Node]:
    """Return the statements of a body as a tree of blocks; a statement is its place among all, from `first`.

    Where a label stands everything is done again and again, for GOTO may lead there.

    Raises:
        BlocksTooDeep: more than `MAX_BLOCKS` stand inside one another.

    Cost: linear.
    """
    stream: list[Mark | int] = []
    for at, part in enumerate(parts, start=first):
        stream += part.marks
        stream.append(at)
    nodes = _Reader(stream).all()
    labelled = any(isinstance(each, Mark) and each.block is Block.LABEL for each in stream)
    return [Loop(None, nodes)] if labelled else nodes


class _Reader:
    """Reads a stream of marks and statements from left to right."""

    def __init__(self, stream: Sequence[Mark | int]) -> None:
        self.stream, self.at = stream, 0

    def all(self) -> list[Node]:
        """Read to the end; an END that ends nothing is passed over."""
        found: list[Node] = []
        while self.at < len(self.stream):
            found += self.several(0)
            self.at += 1
        return found

    def peek(self) -> Block | None:
        """Return the block of the next mark, if a mark is next."""
        following = self.stream[self.at] if self.at < len(self.stream) else None
        return following.block if isinstance(following, Mark) else None

    def several(self, depth: int) -> list[Node]:
        """Read up to the END of this block, which is left."""
        found: list[Node] = []
        while self.at < len(self.stream) and self.peek() is not Block.END:
            found += self.one(depth)
        return found

    def one(self, depth: int) -> list[Node]:
        """Read a statement or a block."""
        if depth > MAX_BLOCKS:
            raise BlocksTooDeep
        each = self.stream[self.at]
        self.at += 1
        if not isinstance(each, Mark):
            return [each]
        if each.block is Block.BEGIN:
            found = self.several(depth + 1)
            self.at += 1
            return found
        if each.block is Block.LOOP:
            return [Loop(each, self._body(depth))]
        if each.block in {Block.IF, Block.MAYBE}:
            choice = Choice(each, self._body(depth))
            if self.peek() is Block.ELSE:
                self.at += 1
                choice.second = self._body(depth)
            return [choice]
        return []

    def _body(self, depth: int) -> list[Node]:
        if self.at >= len(self.stream) or self.peek() is Block.END:
            return []
        return self.one(depth + 1)
