"""Large values as files in a run's scratch directory.

Children take and give pickles. Those of a large catalog would be made and read on the worker's event loop,
which stood still for seconds with a thousand views; a path is as small as the catalog is large.
"""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, overload

T = TypeVar("T")

BLOCK = 200  # rows in one pickle: rows of a block share their repeated words


def spill(path: Path, value: object) -> Path:
    """Write a value to a file, for `recall`."""
    with path.open("wb") as file:
        pickle.dump(value, file, pickle.HIGHEST_PROTOCOL)
    return path


def recall(path: Path) -> Any:
    """The value that this worker, or a child of it, spilled."""
    with path.open("rb") as file:
        return pickle.load(file)  # noqa: S301 - our own file, in a directory of ours alone


@dataclass(frozen=True, slots=True)
class Rows(Sequence[T]):
    """Rows in a file, which is read only while they are iterated; a slice of them is read by nobody yet."""

    path: Path
    blocks: tuple[int, ...]  # where in the file each block begins
    span: range

    def __len__(self) -> int:
        return len(self.span)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> "Rows[T]": ...
    def __getitem__(self, at: int | slice) -> "T | Rows[T]":
        if isinstance(at, slice):
            return replace(self, span=self.span[at])
        place = self.span[at]
        return next(iter(replace(self, span=range(place, place + 1))))

    def __iter__(self) -> Iterator[T]:
        start, stop = self.span.start, self.span.stop
        with self.path.open("rb") as file:
            for block in range(start // BLOCK, -(-stop // BLOCK)):
                file.seek(self.blocks[block])
                begin = block * BLOCK
                rows: list[T] = pickle.load(file)  # noqa: S301 - see `recall`
                yield from rows[max(0, start - begin) : stop - begin]


def spill_rows(path: Path, rows: Iterable[T]) -> Rows[T]:
    """Write rows to a file, block by block."""
    every = iter(rows)
    blocks: list[int] = []
    count = 0
    with path.open("wb") as file:
        while block := list(islice(every, BLOCK)):
            blocks.append(file.tell())
            pickle.dump(block, file, pickle.HIGHEST_PROTOCOL)
            count += len(block)
    return Rows(path, tuple(blocks), range(count))
