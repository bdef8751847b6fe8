"""What two revisions may say differently, and what an asset ever said: assertions with the time that they held.

The rows of all revisions that somebody wants to compare are read together; `seen_at` then tells which of them
hold at each. No number of statements grows with the rows.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, func, literal, or_, select, tuple_, union
from sqlmodel import SQLModel, col

from db.lineage import Revision
from db.session import Session
from db.statements import RUN_INPUTS, execute

_TABLES = SQLModel.metadata.tables
ASSETS, COLUMNS, EDGES, DEFINITIONS = (_TABLES[name] for name in ("assets", "columns", "edges", "definitions"))
ASSET_FACTS, COLUMN_FACTS = _TABLES["asset_facts"], _TABLES["column_facts"]
EVIDENCE, STATEMENTS, REVISIONS = _TABLES["evidence"], _TABLES["statements"], _TABLES["revisions"]
MANY = 20_000  # numbers of revisions in one statement

Ids: TypeAlias = Any
"""A query that gives ids: SQLAlchemy has no one type for those with and without UNION."""


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
    """A source's word that a column exists; `key` names it within its asset, whatever that is called."""

    asset_pk: UUID
    key: str
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


class StandingRow(NamedTuple):
    """A source's word that a statement stands in a text."""

    definition_pk: UUID
    since: int
    until: int | None


Row: TypeAlias = FactRow | ColumnRow | ProofRow | StandingRow
When: TypeAlias = Callable[[Table], ColumnElement[bool]]
"""The condition on a table of assertions for those that somebody wants."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Assertions, the keys and names of columns that are ends of edges, and statements.

    With each statement comes the dialect of the run that brought it first, if that is not deleted.
    """

    facts: Sequence[FactRow]
    columns: Sequence[ColumnRow]
    proofs: Sequence[ProofRow]
    names: Mapping[UUID, tuple[str, str]]
    texts: Mapping[UUID, tuple[str, str | None]]
    standing: Sequence[StandingRow]


def seen_at(row: Row, at: int) -> bool:
    """Whether readers at a revision see an assertion: what `db.lineage.seen` says in SQL."""
    return row.since <= at and (row.until is None or row.until > at)


def touched(session: Session, workspace: str, since: int, at: int, *, most: int) -> int:
    """How many assertions began or ended behind one revision and up to another; `most` if they are more."""
    parts = [
        _turned(table, "pk", workspace, since, at).limit(most).subquery()
        for table in (ASSET_FACTS, COLUMN_FACTS, EVIDENCE)
    ]
    counts = [select(func.count()).select_from(part).scalar_subquery() for part in parts]
    return min(most, sum(map(int, execute(session, select(*counts)).one())))


def rows_between(session: Session, workspace: str, since: int, at: int) -> Rows:
    """The assertions by which two revisions may differ, and all else that is said of the same things.

    Of an asset that may look otherwise all columns are read; of an edge that may be proven otherwise, all
    proofs; of the ends of such edges, what they are. Cost: eight statements, along the indexes of `since`
    and `until`; some 20 µs for each row that is read.
    """
    columns = _turned(COLUMN_FACTS, "column_pk", workspace, since, at)
    owners = select(COLUMNS.c.asset_pk).where(COLUMNS.c.pk.in_(columns))
    assets = union(_turned(ASSET_FACTS, "asset_pk", workspace, since, at), owners)
    edges = _turned(EVIDENCE, "edge_pk", workspace, since, at)

    def either(table: Table) -> ColumnElement[bool]:
        return or_(_seen(table, since), _seen(table, at))

    return _read(session, workspace, select(assets.subquery().c[0]), edges, either)


def rows_of_asset(session: Session, workspace: str, asset_pk: UUID, at: int) -> Rows:
    """All that was ever said, up to a revision, of an asset, its columns and what leads to it."""
    asset = select(literal(asset_pk, ASSETS.c.pk.type))
    edges = select(EDGES.c.pk).where(EDGES.c.target_asset_pk == asset_pk)
    return _read(session, workspace, asset, edges, lambda table: table.c.since <= at)


def columns_by_key(session: Session, keys: Collection[tuple[UUID, str]]) -> Mapping[tuple[UUID, str], UUID]:
    """The ids of columns by their assets and keys: those of one page, so that one statement holds them."""
    owner = (COLUMNS.c.asset_pk, COLUMNS.c.name_key)
    query = select(*owner, COLUMNS.c.pk).where(tuple_(*owner).in_(list(keys)))
    return {(asset_pk, key): pk for asset_pk, key, pk in execute(session, query)}


def committed_between(session: Session, workspace: str, numbers: Sequence[int]) -> Mapping[int, Revision]:
    """Revisions by their numbers, as far as readers ever saw them."""
    query = select(Revision).where(
        col(Revision.workspace) == workspace,
        col(Revision.state) == "committed",
        col(Revision.number).in_(numbers[:MANY]),
    )
    return {row.number: row for row in session.scalars(query)}


def _seen(table: Table, at: int) -> ColumnElement[bool]:
    return and_(table.c.since <= at, or_(table.c.until.is_(None), table.c.until > at))


def _turned(table: Table, what: str, workspace: str, since: int, at: int) -> Ids:
    """Ids of what began or ended behind one revision and up to another: a look into each of two indexes."""
    here = table.c.workspace == workspace
    began = select(table.c[what]).where(here, table.c.since > since, table.c.since <= at)
    ended = select(table.c[what]).where(here, table.c.until > since, table.c.until <= at)
    return select(union(began, ended).subquery().c[0])


def _read(session: Session, workspace: str, assets: Ids, edges: Ids, when: When) -> Rows:
    """What is said at some time of assets, of edges, and of their ends."""
    facts = _facts(session, union(assets, _ends(edges, "asset")), when)
    columns, proofs = _columns(session, assets, when), _proofs(session, edges, when)
    told = (COLUMNS.c.pk, COLUMNS.c.name_key, COLUMNS.c.name)
    named = select(*told).where(COLUMNS.c.pk.in_(_ends(edges, "column")))
    names = {pk: (key, name) for pk, key, name in execute(session, named)}
    defining = select(ASSET_FACTS.c.definition_pk).where(ASSET_FACTS.c.asset_pk.in_(assets), when(ASSET_FACTS))
    proving = select(EVIDENCE.c.definition_pk).where(EVIDENCE.c.edge_pk.in_(edges), when(EVIDENCE))
    definitions = union(defining, proving)
    texts = _texts(session, workspace, definitions)
    return Rows(facts, columns, proofs, names, texts, _standing(session, definitions, when))


def _ends(edges: Ids, what: str) -> Ids:
    ends = [EDGES.c[f"{end}_{what}_pk"] for end in ("source", "target")]
    among = EDGES.c.pk.in_(edges)
    parts = union(*(select(end).where(among, end.is_not(None)) for end in ends))
    return select(parts.subquery().c[0])


def _proofs(session: Session, edges: Ids, when: When) -> list[ProofRow]:
    of_edge = ("source_asset_pk", "source_column_pk", "target_asset_pk", "target_column_pk")
    told = ("definition_pk", "start", "end", "ordinal", "since", "until")
    query = (
        select(
            *(EDGES.c[name] for name in (*of_edge, "kind", "subtype", "masking")),
            *(EVIDENCE.c[name] for name in told),
        )
        .join(EVIDENCE, EVIDENCE.c.edge_pk == EDGES.c.pk)
        .where(EDGES.c.pk.in_(edges), when(EVIDENCE))
        .order_by(EDGES.c.pk, EVIDENCE.c.definition_pk, EVIDENCE.c.ordinal, EVIDENCE.c.start)
    )
    return [ProofRow(*row) for row in execute(session, query)]


def _facts(session: Session, assets: Ids, when: When) -> list[FactRow]:
    told = ("kind", "columns_complete", "definition_pk", "description", "source_pk", "since", "until")
    query = (
        select(ASSETS.c.pk, ASSETS.c.namespace, ASSETS.c.name, *(ASSET_FACTS.c[name] for name in told))
        .join(ASSET_FACTS, ASSET_FACTS.c.asset_pk == ASSETS.c.pk)
        .where(ASSETS.c.pk.in_(assets), when(ASSET_FACTS))
        .order_by(ASSET_FACTS.c.columns_complete.desc(), ASSET_FACTS.c.pk)
    )
    return [FactRow(*row) for row in execute(session, query)]


def _columns(session: Session, assets: Ids, when: When) -> list[ColumnRow]:
    told = ("ordinal", "data_type", "source_pk", "since", "until")
    query = (
        select(
            *(COLUMNS.c[name] for name in ("asset_pk", "name_key", "name")),
            *(COLUMN_FACTS.c[name] for name in told),
        )
        .join(COLUMN_FACTS, COLUMN_FACTS.c.column_pk == COLUMNS.c.pk)
        .where(COLUMNS.c.asset_pk.in_(assets), when(COLUMN_FACTS))
    )
    return [ColumnRow(*row) for row in execute(session, query)]


def _standing(session: Session, definitions: Ids, when: When) -> list[StandingRow]:
    query = select(STATEMENTS.c.definition_pk, STATEMENTS.c.since, STATEMENTS.c.until)
    among = STATEMENTS.c.definition_pk.in_(definitions)
    return [StandingRow(*row) for row in execute(session, query.where(among, when(STATEMENTS)).distinct())]


def _texts(session: Session, workspace: str, definitions: Ids) -> dict[UUID, tuple[str, str | None]]:
    """Statements, each with the dialect of the run that first brought it, if that is not deleted."""
    query = select(DEFINITIONS.c.pk, DEFINITIONS.c.body, DEFINITIONS.c.born)
    rows = execute(session, query.where(DEFINITIONS.c.pk.in_(definitions))).all()
    born = sorted({row.born for row in rows})[:MANY]
    told = (
        select(REVISIONS.c.number, RUN_INPUTS.c.params["dialect"].as_string())
        .join(RUN_INPUTS, RUN_INPUTS.c.run_pk == REVISIONS.c.run_pk)
        .where(REVISIONS.c.workspace == workspace, REVISIONS.c.number.in_(born))
    )
    dialects = dict[int, str](execute(session, told).all())
    return {pk: (body, dialects.get(number)) for pk, body, number in rows}
