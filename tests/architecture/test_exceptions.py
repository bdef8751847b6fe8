"""Exceptions to rules are few, and each says why."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from tests.architecture.sources import ROOMS, Source, sources

LINES_AN_IGNORE = 1_000
SHORTEST_REASON = 8  # characters
BROAD = {"BaseException", "Exception"}
BOUNDARIES = Counter(
    {
        "jobs/execute.py": 1,  # a pipeline's bug must end its run, not the worker
        "jobs/sweep.py": 1,  # what puts things right must outlive a bad minute
        "jobs/child.py": 1,  # the end of another process: whatever happens there is its outcome here
    }
)

IGNORE = re.compile(r"#\s*type:\s*ignore(?P<code>\[[\w, -]+\])?(?P<reason>.*)")
NOQA = re.compile(r"#\s*noqa(?P<code>:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?(?P<reason>.*)")


def markers(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    for file in sources(*ROOMS, "tests", "alembic"):
        for line, comment in file.comments():
            if found := pattern.search(comment):
                yield file.place(line), found


def unexplained(pattern: re.Pattern[str]) -> list[str]:
    return [
        place
        for place, found in markers(pattern)
        if not found["code"] or len(found["reason"].strip(" #-:")) < SHORTEST_REASON
    ]


def test_ignored_types_are_explained() -> None:
    """Every `type: ignore` names its code and gives a reason behind it."""
    assert [] == unexplained(IGNORE)


def test_ignored_types_are_rare() -> None:
    """There is at most one `type: ignore` for a thousand lines of code and tests."""
    lines = sum(file.length for file in sources(*ROOMS, "tests"))
    found = [place for place, _ in markers(IGNORE)]
    assert len(found) <= lines / LINES_AN_IGNORE, found


def test_ignored_lint_is_explained() -> None:
    """Every `noqa` names its code and gives a reason behind it."""
    assert [] == unexplained(NOQA)


def test_everything_is_caught_at_boundaries_only() -> None:
    """Whatever there is may be caught at the end of a run, in the sweep, and at the end of a child's work."""
    found = Counter({file.path: count for file in sources(*ROOMS) if (count := broad_catches(file))})
    assert Counter() == found - BOUNDARIES


def broad_catches(file: Source) -> int:
    """How often a file lets whatever there is go no further; a handler that ends by raising does not."""
    caught = (
        node.type
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Raise)
    )
    suppressed = (
        argument
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress")
        for argument in node.args
    )
    return sum(map(is_broad, caught)) + sum(map(is_broad, suppressed))


def is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(map(is_broad, caught.elts))
    return caught is None or ast.unparse(caught) in BROAD
