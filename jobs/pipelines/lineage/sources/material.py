"""What the files of a run bring, whatever their form: the one value between sources and the rest of the run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jobs.engines.files.roles import Role
from jobs.engines.lineage.values import (
    AnnotationKind,
    Column,
    End,
    Lineage,
    Origin,
    RelationKind,
    Span,
    SqlText,
)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a run: its name as the client gave it, its role, and where its bytes are: not to be changed."""

    name: str
    role: Role
    path: Path


@dataclass(frozen=True, slots=True)
class Record:
    """A stretch of a record text that says something: the words that an edge, or a relation, rests on."""

    text: str  # the name of its SqlText among `Material.records`
    span: Span


@dataclass(frozen=True, slots=True)
class Declared:
    """A relation that files tell of beside SQL. What SQL says of its columns, where both do, counts more.

    `name` is spelled as in SQL (`schema.name`, quoted where it must be): `dialects.written` makes it of its
    parts, `dialects.name_parts` folds it, and `dialects.bare_name` is what people see.
    """

    name: str
    kind: RelationKind
    columns: tuple[Column, ...] = ()
    columns_complete: bool = False
    description: str = ""
    definition: Record | None = None  # shown as its definition, where no SQL text defines it
    explained: bool = True


@dataclass(frozen=True, slots=True)
class Dependency:
    """A relation that is said to need another: `target` is made with the help of `source`."""

    source: str
    target: str
    origin: Origin
    record: Record


@dataclass(frozen=True, slots=True)
class Annotation:
    """A word of people about a relation, or about a column of it by its folded name."""

    relation: str
    kind: AnnotationKind
    value: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A word of people about a relation, or a column of it, by keys."""

    of: End
    kind: AnnotationKind
    value: str


@dataclass(frozen=True, slots=True)
class Imported:
    """Lineage that is told as such, without SQL. `addresses` are namespaces and names by key."""

    lineage: Lineage
    records: tuple[SqlText, ...]
    addresses: Mapping[str, tuple[str, str]]
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """What files bring."""

    texts: tuple[SqlText, ...] = ()  # SQL to read
    logs: tuple[SqlText, ...] = ()  # SQL that ran: its edges have the origin QUERY_LOG and are only added
    records: tuple[SqlText, ...] = ()  # what is no SQL, as text: records point into it
    relations: tuple[Declared, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    imported: Imported | None = None
    warnings: tuple[str, ...] = ()  # what was left out, or is odd, in words for people
    dialect: str | None = None  # whose SQL it is, where the files tell it
