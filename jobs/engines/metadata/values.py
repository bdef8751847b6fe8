"""What reading a catalog gives: the catalog, or the ways in which its files break the contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.engines.metadata.contract import Breach, ObjectType


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file to read, and its name for people."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a file breaks the contract: how many rows do, and the first of them in words."""

    code: Breach
    file: str
    field: str  # empty: the file as a whole
    message: str
    row_count: int = 0
    rows: tuple[str, ...] = ()


class BrokenContract(Exception):
    """The files of a catalog break its contract; `problems` are all that were found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{each.file}: {each.message}" for each in problems))


@dataclass(frozen=True, slots=True)
class CatalogObject:
    """An object, its definition as it came (None: there is none), and its columns (name, type) in order."""

    object_id: int
    schema: str
    name: str
    kind: ObjectType
    definition: str | None = None
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A row of dependencies: an object needs another, by place in `Catalog.objects`; None: it is no object."""

    dependent: int | None
    needed: int | None
    shown: tuple[str, str]  # what the row calls them


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the files of a catalog say. `needs` has one entry for each row of the file, in its order."""

    objects: tuple[CatalogObject, ...]
    needs: tuple[Need, ...]
    statements: tuple[str, ...]  # of the query log: each once, in order of first appearance
    warnings: tuple[str, ...]
