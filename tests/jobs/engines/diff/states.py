"""States made of SQL, and changes in words."""

from collections.abc import Sequence

from jobs.engines.diff import Change, State, compare
from jobs.engines.diff.lineages import state_of
from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.values import SqlText


def state(sql: str, dialect: str = "duckdb", default_schema: str = "") -> State:
    """What a text says."""
    lineage = analyse([SqlText("a.sql", sql)], dialect, default_schema=default_schema)
    return state_of(lineage, {"a.sql": sql}, dialect)


def between(before: str, after: str, dialect: str = "duckdb") -> tuple[Change, ...]:
    """What differs between two texts."""
    return compare(state(before, dialect), state(after, dialect))


def told(changes: Sequence[Change]) -> list[str]:
    """Changes in words: severity, reason, what it is about; of edges where they come from."""
    found = []
    for change in changes:
        side = change.shown
        source = f"{side.source} -> " if side.source else ""
        found.append(f"{change.severity.name} {change.reason.name} {source}{side.place}")
    return found
