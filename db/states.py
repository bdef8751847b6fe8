"""What two revisions may say differently, and what an asset ever said: assertions with the time that they held.

The rows of all revisions that somebody wants to compare are read together; `seen_at` then tells which of them
hold at each. No number of statements grows with the rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, union
from sqlmodel import col

from db.lineage import (
    Assertion,
    Asset,
    AssetColumn,
    AssetFact,
    ColumnFact,
    Definition,
    Edge,
    Evidence,
    Revision,
    seen,
)
from db.models import RunInput
from db.session import Session

Pks = Select[tuple[UUID]]
MANY = 20_000  # numbers of revisions in one statement


class FactRow(NamedTuple):
    """A source's word that an asset exists."""

    pk: UUID
    namespace: str
    name: str
    kind: str
    complete: bool
    definition_pk: UUID | None
    description: str
    source_pk: UUID
    since: int
    until: int | None


class ColumnRow(NamedTuple):
    """A source's word that a column exists."""

    pk: UUID
    asset_pk: UUID
    name: str
    ordinal: int
    data_type: str | None
    source_pk: UUID
    since: int
    until: int | None


class ProofRow(NamedTuple):
    """A source's word that an edge exists, because of an expression."""

    source_asset: UUID
    source_column: UUID | None
    target_asset: UUID
    target_column: UUID | None
    kind: str
    subtype: str
    masking: bool
    definition_pk: UUID
    start: int
    end: int
    ordinal: int
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Assertions; the names of columns; texts of definitions, with the dialect if the run that brought it is known."""

    facts: Sequence[FactRow]
    columns: Sequence[ColumnRow]
    proofs: Sequence[ProofRow]
    names: Mapping[UUID, str]
    texts: Mapping[UUID, tuple[str, str | None]]


def seen_at(row: FactRow | ColumnRow | ProofRow, at: int) -> bool:
    """Whether readers at a revision see an assertion: what `db.lineage.seen` says in SQL."""
    return row.since <= at and (row.until is None or row.until > at)


def touched(session: Session, workspace: str, since: int, at: int, *, most: int) -> int:
    """How many assertions began or ended behind one revision and up to another; `most` if they are more."""
    parts = [
        _turned(table, col(table.pk), workspace, since, at) for table in (AssetFact, ColumnFact, Evidence)
    ]
    counts = [select(func.count()).select_from(part.limit(most).subquery()).scalar_subquery() for part in parts]
    return min(most, sum(session.execute(select(*counts)).one()))


def rows_between(session: Session, workspace: str, since: int, at: int) -> Rows:
    """The assertions by which two revisions may differ, and all else that is said of the same things.

    Of an asset that may look otherwise all columns are read; of an edge that may be proven otherwise, all
    proofs; of the ends of such edges, what they are. Cost: seven statements, along the indexes of `since`
    and `until`; some 20 µs for each row that is read.
    """

    def turned(table: type[Assertion], what: Any) -> Pks:
        return _turned(table, what, workspace, since, at)

    own = select(AssetColumn.asset_pk).where(
        col(AssetColumn.pk).in_(turned(ColumnFact, col(ColumnFact.column_pk)))
    )
    assets = union(turned(AssetFact, col(AssetFact.asset_pk)), own)
    edges = turned(Evidence, col(Evidence.edge_pk))

    def either(table: type[Assertion]) -> ColumnElement[bool]:
        return or_(seen(table, since), seen(table, at))

    return _read(session, workspace, (select(assets.subquery().c[0]), edges), either)


def rows_of_asset(session: Session, workspace: str, asset_pk: UUID, at: int) -> Rows:
    """All that was ever said, up to a revision, of an asset, its columns and what leads to it."""
    edges = select(Edge.pk).where(col(Edge.target_asset_pk) == asset_pk)

    def until_then(table: type[Assertion]) -> ColumnElement[bool]:
        return col(table.since) <= at

    return _read(session, workspace, (select(literal(asset_pk, col(Asset.pk).type)), edges), until_then)


def assets_that_began(session: Session, workspace: str, at: int) -> Sequence[UUID]:
    """The assets of which something is said since a revision."""
    query = select(col(AssetFact.asset_pk)).where(
        col(AssetFact.workspace) == workspace, col(AssetFact.since) == at
    )
    return session.scalars(query.distinct()).all()


def committed_between(session: Session, workspace: str, numbers: Sequence[int]) -> Mapping[int, Revision]:
    """Revisions by their numbers, as far as readers ever saw them."""
    query = select(Revision).where(
        col(Revision.workspace) == workspace,
        col(Revision.state) == "committed",
        col(Revision.number).in_(numbers[:MANY]),
    )
    return {row.number: row for row in session.scalars(query)}


def _turned(table: type[Assertion], what: Any, workspace: str, since: int, at: int) -> Any:
    """Ids of what began or ended behind one revision and up to another: two looks into two indexes."""
    here = col(table.workspace) == workspace
    began = select(what).where(here, col(table.since) > since, col(table.since) <= at)
    ended = select(what).where(here, col(table.until) > since, col(table.until) <= at)
    return union(began, ended) if what.key == "pk" else select(union(began, ended).subquery().c[0])


def _read(session: Session, workspace: str, what: tuple[Any, Any], when: Any) -> Rows:
    """What is said at some time of assets and of edges, each given as a query for ids."""
    assets, edges = what
    proofs = _proofs(session, edges, when)
    ends = [_ends(edges, "asset"), _ends(edges, "column")]
    facts = _facts(session, union(assets, ends[0]), when)
    columns = _columns(session, assets, when)
    named = select(AssetColumn.pk, AssetColumn.name).where(col(AssetColumn.pk).in_(ends[1]))
    names: dict[UUID, str] = {pk: name for pk, name in session.execute(named)}
    defining = select(AssetFact.definition_pk).where(col(AssetFact.asset_pk).in_(assets), when(AssetFact))
    proving = select(Evidence.definition_pk).where(col(Evidence.edge_pk).in_(edges), when(Evidence))
    texts = _texts(session, workspace, union(defining, proving))
    return Rows(facts, columns, proofs, names | {row.pk: row.name for row in columns}, texts)


def _ends(edges: Any, what: str) -> Any:
    among = col(Edge.pk).in_(edges)
    ends = [getattr(Edge, f"{end}_{what}_pk") for end in ("source", "target")]
    return union(*(select(col(end)).where(among, col(end).is_not(None)) for end in ends))


def _proofs(session: Session, edges: Any, when: Any) -> list[ProofRow]:
    query = (
        select(
            Edge.source_asset_pk,
            Edge.source_column_pk,
            Edge.target_asset_pk,
            Edge.target_column_pk,
            Edge.kind,
            Edge.subtype,
            Edge.masking,
            Evidence.definition_pk,
            Evidence.start,
            Evidence.end,
            Evidence.ordinal,
            Evidence.since,
            Evidence.until,
        )
        .join(Evidence, col(Evidence.edge_pk) == col(Edge.pk))
        .where(col(Edge.pk).in_(edges), when(Evidence))
        .order_by(Edge.pk, Evidence.definition_pk, Evidence.ordinal, Evidence.start)
    )
    return [ProofRow(*row) for row in session.execute(query)]


def _facts(session: Session, assets: Any, when: Any) -> list[FactRow]:
    query = (
        select(
            Asset.pk,
            Asset.namespace,
            Asset.name,
            AssetFact.kind,
            AssetFact.columns_complete,
            AssetFact.definition_pk,
            AssetFact.description,
            AssetFact.source_pk,
            AssetFact.since,
            AssetFact.until,
        )
        .join(AssetFact, col(AssetFact.asset_pk) == col(Asset.pk))
        .where(col(Asset.pk).in_(assets), when(AssetFact))
        .order_by(col(AssetFact.columns_complete).desc(), col(AssetFact.pk))
    )
    return [FactRow(*row) for row in session.execute(query)]


def _columns(session: Session, assets: Any, when: Any) -> list[ColumnRow]:
    query = (
        select(
            AssetColumn.pk,
            AssetColumn.asset_pk,
            AssetColumn.name,
            ColumnFact.ordinal,
            ColumnFact.data_type,
            ColumnFact.source_pk,
            ColumnFact.since,
            ColumnFact.until,
        )
        .join(ColumnFact, col(ColumnFact.column_pk) == col(AssetColumn.pk))
        .where(col(AssetColumn.asset_pk).in_(assets), when(ColumnFact))
    )
    return [ColumnRow(*row) for row in session.execute(query)]


def _texts(session: Session, workspace: str, definitions: Any) -> dict[UUID, tuple[str, str | None]]:
    """Statements, each with the dialect of the run that first brought it, if that is not deleted."""
    query = select(Definition.pk, Definition.body, Definition.born).where(col(Definition.pk).in_(definitions))
    rows = session.execute(query).all()
    born = sorted({row.born for row in rows})[:MANY]
    told = (
        select(Revision.number, col(RunInput.params)["dialect"].as_string())
        .join(RunInput, col(RunInput.run_pk) == col(Revision.run_pk))
        .where(col(Revision.workspace) == workspace, col(Revision.number).in_(born))
    )
    dialects = {number: dialect for number, dialect in session.execute(told)} if born else {}
    return {pk: (body, dialects.get(number)) for pk, body, number in rows}
