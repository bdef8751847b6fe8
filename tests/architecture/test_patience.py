"""Tests wait for something, not for some time."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import Function, Source, sources

MARKER = "# sleeps:"  # followed by the reason, on the line that sleeps
DEADLINES = ("deadline", "monotonic", "timeout")


def test_nobody_just_sleeps() -> None:
    """A test sleeps only between two looks, under a deadline; any other sleep says why on its line."""
    found = [
        file.place(call.lineno) for file in sources("tests") for call in sleeps(file) if not excused(file, call)
    ]
    assert [] == found


def sleeps(file: Source) -> Iterator[ast.Call]:
    """Calls that sleep; `asyncio.sleep(0)` only lets others have a turn."""
    for node in ast.walk(file.tree):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"asyncio.sleep", "sleep", "time.sleep"}
            and [ast.unparse(argument) for argument in node.args] != ["0"]
        ):
            yield node


def excused(file: Source, call: ast.Call) -> bool:
    reason = file.text.splitlines()[call.lineno - 1].partition(MARKER)[2].strip()
    return bool(reason) or any(polls_under_deadline(function, call) for function in file.functions())


def polls_under_deadline(function: Function, call: ast.Call) -> bool:
    loops = (node for node in ast.walk(function) if isinstance(node, ast.While))
    polls = any(node is call for loop in loops for node in ast.walk(loop))
    return polls and any(word in ast.unparse(function).lower() for word in DEADLINES)
