"""The stretches of a text that are tokenised by themselves, and those that cannot be."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from jobs.engines.lineage.guards import MAX_STATEMENT
from jobs.engines.lineage.lexical import Blanked
from jobs.engines.lineage.values import Reason


class Batch(NamedTuple):
    """A stretch of a text that is tokenised by itself, or the reason why it is not."""

    start: int
    end: int
    reason: Reason | None = None
    problem: str = ""


def batches(blanked: Blanked) -> Iterator[Batch]:
    """Yield the stretches of a text that can be tokenised by themselves, and those that cannot."""
    text = blanked.text
    usable = len(text)
    if blanked.open_at is not None:
        before = [end + 1 for end in blanked.ends if end < blanked.open_at]
        before += [end for _, end in blanked.batches if end <= blanked.open_at]
        usable = max(before, default=0)
    start = 0
    for stop, following in (*(go for go in blanked.batches if go[1] <= usable), (usable, usable)):
        yield from _short_enough(start, stop, blanked.ends)
        start = following
    if usable < len(text) and text[usable:].strip():
        yield Batch(usable, len(text), Reason.SYNTAX, "a string, a quoted name or a comment never ends")


def _short_enough(start: int, stop: int, ends: Sequence[int]) -> Iterator[Batch]:
    """Cut a long stretch at its semicolons, so that only a statement that is too long by itself is lost."""
    if stop - start <= MAX_STATEMENT:
        yield Batch(start, stop)
        return
    for end in (*(end + 1 for end in ends if start <= end < stop), stop):
        if end - start > MAX_STATEMENT:
            yield Batch(start, end, Reason.TOO_LONG, f"the statement has {end - start:,} characters")
        elif end > start:
            yield Batch(start, end)
        start = end


def first_word(sql: str) -> str:
    """Return the first word of a statement that has no tokens."""
    return sql[:200].split(maxsplit=1)[0].upper() if sql[:200].split() else ""
