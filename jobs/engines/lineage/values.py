"""What the lineage engine takes and gives: frozen values, nothing that needs a parser to read.

Those of which there are tens for each statement are named tuples, which are made in half of the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class EdgeKind(StrEnum):
    """Whether a value flows along an edge, or only its influence."""

    DIRECT = "direct"
    INDIRECT = "indirect"


class Subtype(StrEnum):
    """How a value flows or influences: the words of OpenLineage's column lineage facet."""

    IDENTITY = "identity"
    TRANSFORMATION = "transformation"
    AGGREGATION = "aggregation"
    JOIN = "join"
    FILTER = "filter"
    GROUP_BY = "group_by"
    SORT = "sort"
    WINDOW = "window"
    CONDITIONAL = "conditional"
    DEPENDENCY = "dependency"  # not OpenLineage's: one relation is said to need another, and nobody says how


DIRECT_SUBTYPES = frozenset({Subtype.IDENTITY, Subtype.TRANSFORMATION, Subtype.AGGREGATION})


class Origin(StrEnum):
    """How an edge came to be known; the strongest first."""

    DECLARED = "declared"
    PARSED = "parsed"
    INFERRED = "inferred"
    HINT = "hint"
    QUERY_LOG = "query_log"
    IMPORTED = "imported"
    OBSERVED = "observed"
    SCANNED = "scanned"


class HintMode(StrEnum):
    """What hints in comments, such as `-- @LINEAGE_INPUTS: dbo.orders`, do to what the routine's text says."""

    UNION = "union"
    """They add to it."""
    REPLACE = "replace"
    """They take its place: for what is read where inputs are named, for what is written where outputs are."""


class RelationKind(StrEnum):
    """What a relation is, as far as the texts say."""

    TABLE = "table"
    VIEW = "view"
    PROCEDURE = "procedure"
    FUNCTION = "function"
    EXTERNAL = "external"  # read or written, but defined by none of the texts
    EXPOSURE = "exposure"  # what people look at: a dashboard, a notebook, an application
    JOB = "job"  # what reads and writes datasets, as OpenLineage's events tell
    TEST = "test"  # SQL that a tool runs to find rows that should not be
    QUERY_RESULT = "query_result"  # what a query gives to its client, where the caller asks for it


class AnnotationKind(StrEnum):
    """What people say of a relation or a column beside what it is made of."""

    OWNER = "owner"
    TAG = "tag"
    DESCRIPTION = "description"
    CLEAN_OF = "clean_of"


@dataclass(frozen=True, slots=True)
class SqlText:
    """One named text, such as a file; it may hold many statements."""

    name: str
    sql: str


class Span(NamedTuple):
    """A stretch of a text: code points from `start` up to, not including, `end`; lines and columns from 1."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a text. Evidence and definitions refer to it by its place in `Lineage.statements`."""

    text: str  # the name of its SqlText
    span: Span
    verb: str  # "CREATE VIEW", "INSERT", "SELECT", ...: for people


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a relation, in order, with its declared type where a text declares one.

    `key` is `name` folded by the dialect's rule, as in `End.column`; callers who give known columns may leave
    it out where no quotes protected capitals.
    """

    name: str
    data_type: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view, procedure or function that the texts define or mention.

    `key` is `name` folded by the dialect's rule, so that two spellings of one relation meet.
    `columns_complete` is False where a star over an unknown relation was left open, or nothing is declared.
    """

    key: str
    name: str  # "schema.table" as first spelled, without quotes
    kind: RelationKind
    columns: tuple[Column, ...] = ()
    columns_complete: bool = False
    statement: int | None = None  # the statement that defines it
    description: str = ""


class End(NamedTuple):
    """One end of an edge: a column of a relation, or (column None) the relation as a whole.

    Both parts are folded keys: `Relation.key`, and the folded name of a column.
    """

    relation: str
    column: str | None = None


class Evidence(NamedTuple):
    """Why an edge is believed: an expression of a statement. `span` is in the statement's text."""

    statement: int
    span: Span
    origin: Origin
    note: str = ""  # why a binding is not certain ("one of: a.x, b.x"), else empty


class Edge(NamedTuple):
    """`source` flows into, or influences, `target`. The first evidence is the outermost expression."""

    source: End
    target: End
    kind: EdgeKind
    subtype: Subtype
    masking: bool
    evidence: tuple[Evidence, ...]


class Reason(StrEnum):
    """Why something could not be explained."""

    NOT_SUPPORTED = "not_supported"
    """It was understood as a statement, but this engine does not explain its kind."""
    SYNTAX = "syntax"
    """The parser refused it."""
    DYNAMIC_SQL = "dynamic_sql"
    """Which SQL runs, or which relation is read, is known only when it runs."""
    TOO_LONG = "too_long"
    """The statement is above the bound of length."""
    TOO_DEEP = "too_deep"
    """The statement, its queries or its blocks are nested too deeply."""
    CRASHED = "crashed"
    """Reading it killed or outlived its process, or its binding failed: a bug of ours."""
    UNKNOWN_COLUMNS = "unknown_columns"
    """A star, or an INSERT without names, over a relation whose columns nothing tells."""
    UNBOUND_COLUMN = "unbound_column"
    """A name fits no source in reach."""
    CYCLE = "cycle"
    """Views define one another."""
    UNKNOWN_HINT = "unknown_hint"
    """A hint names what the catalog does not know."""
    DUPLICATE = "duplicate"
    """A relation is defined twice; the later definition is used."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Something seen and not explained, with what would help."""

    text: str
    span: Span
    reason: Reason
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """All that a set of texts says, in a deterministic order."""

    statements: tuple[Statement, ...]
    relations: tuple[Relation, ...]
    edges: tuple[Edge, ...]
    unresolved: tuple[Unresolved, ...]
    explained: int  # statements explained or harmless (such as SET): len(statements) less the unexplained ones


KnownColumns = Mapping[str, tuple[Column, ...]]
"""Columns of relations that no text defines, by name as spelled in SQL (`schema.table`)."""
