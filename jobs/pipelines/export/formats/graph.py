"""The full export: JSON, a line for each thing. All other formats are made of it.

A large graph is read and written line by line, by us and by whoever takes the file: one JSON document would
have to be in memory as a whole.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

VERSION = 1
HEADER = b'{"headwaterGraph":1}\n'


class Said(NamedTuple):
    """A line: what it tells of (`statement`, `asset` or `gap`), and what it says."""

    what: str
    value: dict[str, Any]


class Flow(NamedTuple):
    """An edge, with the asset that it leads to."""

    target: dict[str, Any]
    edge: dict[str, Any]


def line_of(what: str, value: dict[str, Any]) -> bytes:
    return orjson.dumps({what: value}, option=orjson.OPT_APPEND_NEWLINE)


def read(path: Path) -> Iterator[Said]:
    """What a file of ours says, line by line."""
    with path.open("rb") as file:
        next(file)
        for line in file:
            for what, value in orjson.loads(line).items():
                yield Said(what, value)


def assets(path: Path) -> Iterator[dict[str, Any]]:
    return (value for what, value in read(path) if what == "asset")


def flows(path: Path) -> Iterator[Flow]:
    return (Flow(asset, edge) for asset in assets(path) for edge in asset["edges"])
