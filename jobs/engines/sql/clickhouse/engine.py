"""What a ClickHouse has to offer here, whether it is a server or inside this process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

Rows = list[list[object]]
Settings = Mapping[str, str | int | float]


class ClickHouseError(Exception):
    """ClickHouse's own words about what it did not do; translated by `failures` before anybody sees it."""


class ClickHouse(Protocol):
    """One statement's ClickHouse. All that is asked of it is read-only, whatever the text says."""

    def ask(self, sql: str, params: Mapping[str, object]) -> Rows:
        """The rows of a small answer.

        Raises:
            ClickHouseError: It refused or failed.
        """
        ...

    def write_parquet(self, sql: str, params: Mapping[str, object], to: Path) -> None:
        """Stream the rows of a statement into a file.

        Raises:
            ClickHouseError: It refused or failed.
        """
        ...

    def interrupt(self) -> None:
        """Make it give up what it is doing, from another thread."""
        ...

    def query_progress(self) -> float:
        """How many per cent are done; less than zero if it cannot tell."""
        ...

    def close(self) -> None:
        """Let go of its connections."""
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What a statement gives to whoever opens an engine for it."""

    settings: Settings
    query_id: str


Open = Callable[[Opening], ClickHouse]


def new_query_id() -> str:
    """A name by which a running statement is found and killed."""
    return f"headwater-{uuid4()}"


def percent_done(rows: Rows) -> float:
    """How many per cent are done, of rows of `system.processes` with what is read and what is to be read."""
    read, total = (int(str(each)) for each in rows[0]) if rows else (0, 0)
    return min(100.0, 100 * read / total) if total else -1.0
