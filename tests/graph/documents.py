"""Documents that are made to be a burden, and how much of one they are."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.graph.twofold import once


def chained(length: int, times: int = 2) -> str:
    """Fragments of which each spreads the one before it several times."""
    links = (f"fragment f{n} on Query {{ {f'...f{n - 1} ' * times} }}" for n in range(1, length))
    return f"{{ ...f{length - 1} }} fragment f0 on Query {{ __typename }} {' '.join(links)}"


def braided(length: int) -> str:
    """Fragments of which each spreads two others, which both spread the next: all ways are 2 ** length."""
    links = (
        f"fragment f{n} on Query {{ ...g{n} ...h{n} }} "
        f"fragment g{n} on Query {{ ...f{n + 1} }} fragment h{n} on Query {{ ...f{n + 1} }}"
        for n in range(length)
    )
    return f"{{ ...f0 }} fragment f{length} on Query {{ a: service {{ name }} }} {' '.join(links)}"


@dataclass(slots=True)
class Work:
    """How many functions were called."""

    calls: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    """What is called within the block, in this thread: by a test also what its service does on the loop."""
    work = Work()

    def note(_frame: object, event: str, _argument: object) -> None:
        work.calls += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        with once():
            yield work
    finally:
        sys.setprofile(None)


def calls(work: Callable[[], object]) -> int:
    """How many functions are called to do something."""
    with counted() as count:
        work()
    return count.calls
