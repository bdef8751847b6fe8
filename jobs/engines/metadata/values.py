"""What reading a catalog takes and gives."""

from dataclasses import dataclass
from pathlib import Path

from jobs.engines.metadata.contract import ObjectType


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file to read, and its name for people."""

    name: str
    path: Path


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
