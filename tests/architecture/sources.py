"""The source files of the house, parsed once."""

import ast
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("db", "graph", "jobs")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file: where it is, its text, and what it says."""

    path: str  # from the root
    text: str
    tree: ast.Module

    @property
    def length(self) -> int:
        return self.text.count("\n")

    def place(self, line: int) -> str:
        return f"{self.path}:{line}"

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def imports(self) -> Iterator[tuple[int, str]]:
        """Each import as its line and the full name of the module."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.lineno, node.module or ""

    def comments(self) -> Iterator[tuple[int, str]]:
        """Each comment with its line; what stands in strings is none."""
        yield from _comments(self.path)


@cache
def _comments(path: str) -> tuple[tuple[int, str], ...]:
    with (ROOT / path).open("rb") as file:
        return tuple(
            (token.start[0], token.string)
            for token in tokenize.tokenize(file.readline)
            if token.type == tokenize.COMMENT
        )


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """All Python files under these folders, in order."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(_source(path) for path in paths)


@cache
def _source(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text))
