"""The tables of the lineage graph: what exists, who says so, and since when.

*Identity* rows (assets, columns, edges, definitions) are named by a digest of what they are, so writing one
twice writes it once. *Assertion* rows (asset_facts, column_facts, evidence, statements, gaps, annotations,
tag_policies) say that a source holds something true, from revision `since` up to, not including, revision
`until`. An asset, column or edge is seen while any source asserts it at the workspace's head.
"""

from datetime import datetime
from hashlib import blake2b
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    SQLColumnExpression,
    Text,
    UniqueConstraint,
    and_,
    or_,
    text,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Field, SQLModel, col

from db.columns import WORDS, UtcDateTime, folded_name
from db.entries import SearchEntry
from db.models import now


def identity(*parts: str) -> UUID:
    """The id of what these parts name: the same on every machine; 128 bits, so collisions are not expected.

    Each part is written behind its length: ("ab", "c") and ("a", "bc") are told apart.
    """
    digest = blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return UUID(bytes=digest.digest())


def folded() -> Column[str]:
    """The column that holds a name as searches compare it: filled in by itself."""
    return Column(WORDS, nullable=False, default=folded_name, server_default="")


def _reference_indexes(table: str, *columns: str) -> tuple[Index, ...]:
    """For references that only deleting follows: without them each deleted row costs a scan of the table."""
    return tuple(Index(f"{table}_by_{column.removesuffix('_pk')}", column) for column in columns)


class Source(SQLModel, table=True):
    """A named origin of assertions: a run replaces only what its own source asserted."""

    __tablename__ = "sources"
    __table_args__: ClassVar[Any] = (UniqueConstraint("workspace", "name", name="sources_name_once"),)

    pk: UUID = Field(primary_key=True)
    workspace: str = Field(foreign_key="workspaces.name")
    name: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Revision(SQLModel, table=True):
    """A numbered state of a workspace's graph. Rows of a reserved one are written ahead, unseen."""

    __tablename__ = "revisions"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("state IN ('reserved', 'committed', 'abandoned')", name="revisions_state_known"),
        Index(
            "revisions_one_reserved_a_workspace",
            "workspace",
            unique=True,
            sqlite_where=text("state = 'reserved'"),
            postgresql_where=text("state = 'reserved'"),
        ),
        *_reference_indexes("revisions", "run_pk"),
    )

    workspace: str = Field(foreign_key="workspaces.name", primary_key=True)
    number: int = Field(primary_key=True)
    run_pk: UUID | None = Field(default=None, foreign_key="runs.pk", ondelete="SET NULL")
    attempt: int
    state: str = "reserved"
    reserved_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    committed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Asset(SQLModel, table=True):
    """A table, view, file, document or answer: OpenLineage's pair of namespace and name."""

    __tablename__ = "assets"
    __table_args__: ClassVar[Any] = (
        Index("assets_by_name", "workspace", "namespace", "name_key"),
        Index("assets_by_birth", "workspace", "born"),
        Index("assets_by_folded", "workspace", "folded", "pk"),
    )

    pk: UUID = Field(primary_key=True)  # identity(workspace, namespace, name_key)
    workspace: str = Field(foreign_key="workspaces.name")
    namespace: str
    name_key: str  # folded by the dialect's rule: what makes two spellings one asset
    name: str  # as first spelled
    born: int  # the revision that first named it
    folded: str = Field(sa_column=folded())  # what searches and filters compare


class AssetColumn(SQLModel, table=True):
    """A column of an asset."""

    __tablename__ = "columns"
    __table_args__: ClassVar[Any] = (
        Index("columns_by_asset", "asset_pk"),
        Index("columns_by_birth", "workspace", "born"),
        Index("columns_by_folded", "workspace", "folded", "pk"),
    )

    pk: UUID = Field(primary_key=True)  # identity(asset, name_key)
    workspace: str = Field(foreign_key="workspaces.name")
    asset_pk: UUID = Field(foreign_key="assets.pk")
    name_key: str
    name: str
    born: int
    folded: str = Field(sa_column=folded())


class Edge(SQLModel, table=True):
    """`source` flows into, or influences, `target`; a null column means the asset as a whole."""

    __tablename__ = "edges"
    __table_args__: ClassVar[Any] = (
        Index("edges_by_target", "target_asset_pk", "target_column_pk"),
        Index("edges_by_source", "source_asset_pk", "source_column_pk"),
        Index("edges_by_birth", "workspace", "born"),
        *_reference_indexes("edges", "source_column_pk", "target_column_pk"),
        CheckConstraint("kind IN ('direct', 'indirect')", name="edges_kind_known"),
    )

    pk: UUID = Field(primary_key=True)  # identity of all that follows
    workspace: str = Field(foreign_key="workspaces.name")
    source_asset_pk: UUID = Field(foreign_key="assets.pk")
    source_column_pk: UUID | None = Field(default=None, foreign_key="columns.pk")
    target_asset_pk: UUID = Field(foreign_key="assets.pk")
    target_column_pk: UUID | None = Field(default=None, foreign_key="columns.pk")
    kind: str  # jobs.engines.lineage.values.EdgeKind
    subtype: str  # jobs.engines.lineage.values.Subtype
    masking: bool
    born: int


class Definition(SQLModel, table=True):
    """The text of a statement, kept once for all who refer to it."""

    __tablename__ = "definitions"
    __table_args__: ClassVar[Any] = (Index("definitions_by_birth", "workspace", "born"),)

    pk: UUID = Field(primary_key=True)  # identity(workspace, text)
    workspace: str = Field(foreign_key="workspaces.name")
    body: str = Field(sa_type=Text)
    born: int


class Assertion(SQLModel):
    """What all assertions have: who says it, and from which revision up to which."""

    pk: UUID = Field(primary_key=True)  # identity of the assertion and of `since`
    fact: UUID  # identity of what is asserted, without `since`: what a later run compares
    workspace: str = Field(foreign_key="workspaces.name")
    source_pk: UUID = Field(foreign_key="sources.pk")
    since: int
    until: int | None = None


def _assertion_indexes(table: str) -> tuple[Index, ...]:
    return (
        Index(f"{table}_by_source", "source_pk", "until"),
        Index(f"{table}_by_since", "workspace", "since"),
        Index(f"{table}_by_until", "workspace", "until"),
    )


class AssetFact(Assertion, table=True):
    """A source says that an asset exists, what it is, and which statement defines it."""

    __tablename__ = "asset_facts"
    __table_args__: ClassVar[Any] = (
        *_assertion_indexes("asset_facts"),
        *_reference_indexes("asset_facts", "definition_pk"),
        Index("asset_facts_by_asset", "asset_pk"),
    )

    asset_pk: UUID = Field(foreign_key="assets.pk")
    kind: str  # TABLE, VIEW, … in lower case
    columns_complete: bool
    definition_pk: UUID | None = Field(default=None, foreign_key="definitions.pk")
    # What a source says of it in words, and whether all of its definition was explained.
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    explained: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class ColumnFact(Assertion, table=True):
    """A source says that a column exists, at which position and of which type."""

    __tablename__ = "column_facts"
    __table_args__: ClassVar[Any] = (
        *_assertion_indexes("column_facts"),
        Index("column_facts_by_column", "column_pk"),
    )

    column_pk: UUID = Field(foreign_key="columns.pk")
    ordinal: int
    data_type: str | None = None


class Evidence(Assertion, table=True):
    """Why an edge is believed: an expression, by its code points in a definition."""

    __tablename__ = "evidence"
    __table_args__: ClassVar[Any] = (
        *_assertion_indexes("evidence"),
        *_reference_indexes("evidence", "definition_pk"),
        Index("evidence_by_edge", "edge_pk"),
    )

    edge_pk: UUID = Field(foreign_key="edges.pk")
    origin: str  # jobs.engines.lineage.values.Origin
    definition_pk: UUID = Field(foreign_key="definitions.pk")
    start: int
    end: int
    ordinal: int = 0  # within its statement: 0 is the output's own expression, then the hops inwards
    note: str = ""


class StatementFact(Assertion, table=True):
    """A source says that a statement stands in a text, at a line. Moving it changes no evidence."""

    __tablename__ = "statements"
    __table_args__: ClassVar[Any] = (
        *_assertion_indexes("statements"),
        Index("statements_by_definition", "definition_pk"),
    )

    definition_pk: UUID = Field(foreign_key="definitions.pk")
    text_name: str
    start: int  # code points from the start of the text
    line: int  # from 1
    verb: str


class Gap(Assertion, table=True):
    """A source lists something that it saw and could not explain."""

    __tablename__ = "gaps"
    __table_args__: ClassVar[Any] = _assertion_indexes("gaps")

    text_name: str
    start: int
    end: int
    line: int
    position: int  # column of the line, from 1
    reason: str  # jobs.engines.lineage.values.Reason
    message: str
    remedy: str


class Annotation(Assertion, table=True):
    """A source says who owns an asset, how it is tagged, or what it or a column of it is, in words.

    `author` and `reason` are those of a person who said so through the API; their word counts first.
    """

    __tablename__ = "annotations"
    __table_args__: ClassVar[Any] = (
        *_assertion_indexes("annotations"),
        Index("annotations_by_asset", "asset_pk"),
        Index("annotations_by_value", "workspace", "kind", "folded"),
        *_reference_indexes("annotations", "column_pk"),
        CheckConstraint("kind IN ('owner', 'tag', 'description', 'clean_of')", name="annotations_kind_known"),
    )

    asset_pk: UUID = Field(foreign_key="assets.pk")
    column_pk: UUID | None = Field(default=None, foreign_key="columns.pk")
    kind: str
    value: str = Field(sa_type=Text)
    folded: str  # `value` as filters compare it, cut: PostgreSQL's indexes hold no long values
    author: str | None = None
    reason: str = ""


class TagPolicy(Assertion, table=True):
    """A person says whether a tag flows along the edges of a workspace, and what stops it."""

    __tablename__ = "tag_policies"
    __table_args__: ClassVar[Any] = _assertion_indexes("tag_policies")

    tag: str  # as that person spelled it
    folded: str  # as annotations have it
    flows: bool
    stopped_by_masking: bool
    stopped_by_aggregation: bool
    include_influence: bool
    author: str
    reason: str


ASSERTIONS: tuple[type[Assertion], ...] = (
    AssetFact,
    ColumnFact,
    Evidence,
    StatementFact,
    Gap,
    Annotation,
    TagPolicy,
)
IDENTITIES = (SearchEntry, Edge, AssetColumn, Asset, Definition)  # in the order in which they may be deleted


def seen(table: type[Assertion], at: int | SQLColumnExpression[int]) -> ColumnElement[bool]:
    """The condition under which a reader at revision `at`, or at each of several, sees an assertion."""
    return and_(col(table.since) <= at, or_(col(table.until).is_(None), col(table.until) > at))


class _Unindexed(FunctionElement[Any]):
    """A value that is looked up in no index."""

    inherit_cache = True


@compiles(_Unindexed)
def _as_it_is(element: _Unindexed, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


@compiles(_Unindexed, "sqlite")
def _behind_a_plus(element: _Unindexed, compiler: SQLCompiler, **more: Any) -> str:
    return f"+{compiler.process(element.clauses, **more)}"


def same_source(one: Any, other: Any) -> ColumnElement[bool]:
    """The condition under which one source made two assertions; what else joins them has to find them.

    Each is a table of assertions, or the columns of a subquery over one.
    One source may assert nearly all there is. SQLite, which does not know that, would look for each assertion
    among all that its source makes: a minute instead of milliseconds for the columns of 300 tables.
    """
    return _Unindexed(col(one.source_pk)) == _Unindexed(col(other.source_pk))
