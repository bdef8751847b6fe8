"""A person's word on edges: that one is there though no source says so, or that one is wrong whoever says so.

What a person asserts is asserted as sources do it: the reason is a statement of its author, and the evidence
is all of it. What a person rejects leaves the evidence for the shelf, where its sources go on keeping it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select as sa_select
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from db.annotations import PEOPLE
from db.assertions import Change, Row, ensure_source, write_changes
from db.lineage import (
    Assertion,
    Asset,
    AssetColumn,
    AssetFact,
    ColumnFact,
    Definition,
    Edge,
    EdgeRejection,
    Evidence,
    ShelvedEvidence,
    Source,
    StatementFact,
    identity,
    seen,
)
from db.revisions import hold_workspace, open_revision
from db.session import Session
from db.walk import Node

STATED = "stated"  # jobs.engines.lineage.values.Origin
VERB = "SAID"  # what kind of statement a person's reason is


@dataclass(frozen=True, slots=True)
class Way:
    """An edge by what it is."""

    workspace: str
    source: Node
    target: Node
    kind: str
    subtype: str
    masking: bool

    @property
    def pk(self) -> UUID:
        """Its id: the same whoever asserts it."""
        ends = [pk.hex if pk else "" for node in self.ends for pk in (node.asset_pk, node.column_pk)]
        return identity("edge", self.workspace, *ends, self.kind, self.subtype, str(self.masking))

    @property
    def ends(self) -> tuple[Node, Node]:
        """Where it begins and where it ends."""
        return self.source, self.target


def way_of(edge: Edge) -> Way:
    """An edge that is in the graph, by what it is."""
    source = Node(edge.source_asset_pk, edge.source_column_pk)
    target = Node(edge.target_asset_pk, edge.target_column_pk)
    return Way(edge.workspace, source, target, edge.kind, edge.subtype, edge.masking)


def people_of(workspace: str) -> UUID:
    """The source of what people say in a workspace."""
    return identity("source", workspace, PEOPLE)


def edges_between(session: Session, workspace: str, source: Node, target: Node) -> Sequence[Edge]:
    """All edges from one node to another that were ever asserted."""
    return session.scalars(
        select(Edge)
        .where(
            Edge.workspace == workspace,
            Edge.source_asset_pk == source.asset_pk,
            Edge.source_column_pk == source.column_pk,
            Edge.target_asset_pk == target.asset_pk,
            Edge.target_column_pk == target.column_pk,
        )
        .order_by(col(Edge.pk))
    ).all()


def believed(session: Session, edges: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    """Which of these edges are asserted at present, and by which sources."""
    query = select(Evidence.edge_pk, Evidence.source_pk).where(
        col(Evidence.edge_pk).in_(edges), col(Evidence.until).is_(None)
    )
    found: dict[UUID, set[UUID]] = {}
    for edge, source in session.execute(query.distinct()):
        found.setdefault(edge, set()).add(source)
    return {edge: frozenset(sources) for edge, sources in found.items()}


def rejections_of(session: Session, edges: Collection[UUID]) -> Sequence[EdgeRejection]:
    """The rejections of these edges that hold at present."""
    here = (col(EdgeRejection.edge_pk).in_(edges), col(EdgeRejection.until).is_(None))
    return session.scalars(select(EdgeRejection).where(*here).order_by(col(EdgeRejection.pk))).all()


def assert_edge(session: Session, way: Way, *, author: str, reason: str) -> bool:
    """Let a person's edge hold from a new revision on; False, and nothing written, while a run reserves one.

    Who said it first, and why, stays: the same edge again makes no revision.
    """
    hold_workspace(session, way.workspace)
    people = people_of(way.workspace)
    if people in believed(session, [way.pk]).get(way.pk, ()):
        return True
    revision = open_revision(session, way.workspace)
    if revision is None:
        return False
    ensure_source(session, way.workspace, PEOPLE)
    born: Row = {"workspace": way.workspace, "born": revision}
    definition = identity("definition", way.workspace, reason)
    edge = {
        "pk": way.pk,
        **born,
        "source_asset_pk": way.source.asset_pk,
        "source_column_pk": way.source.column_pk,
        "target_asset_pk": way.target.asset_pk,
        "target_column_pk": way.target.column_pk,
        "kind": way.kind,
        "subtype": way.subtype,
        "masking": way.masking,
    }
    changes = [Change(Definition, {"pk": definition, **born, "body": reason}), Change(Edge, edge)]
    for table, fact, row in _claims(way, people, definition, author, reason):
        if not _holds(session, table, fact):
            common = {"fact": fact, "workspace": way.workspace, "source_pk": people, "since": revision}
            pk = identity("assertion", fact.hex, str(revision))
            changes.append(Change(table, {"pk": pk, **common, **row}))
    write_changes(session, changes, revision)
    return True


def _claims(
    way: Way, people: UUID, definition: UUID, author: str, reason: str
) -> Iterable[tuple[type[Assertion], UUID, Row]]:
    """What a person claims with an edge: its ends, as who merely uses them does, the reason and the evidence.

    So an end that its own source gives up stays as something external, as long as a person's edge needs it.
    """
    for node in way.ends:
        fact = identity("asset", people.hex, node.asset_pk.hex, "external", "False", "")
        told = {"kind": "external", "columns_complete": False, "definition_pk": None, "description": ""}
        yield AssetFact, fact, {"asset_pk": node.asset_pk, **told, "explained": True}
        if node.column_pk is not None:
            fact = identity("column", people.hex, node.column_pk.hex, "0", "")
            yield ColumnFact, fact, {"column_pk": node.column_pk, "ordinal": 0, "data_type": None}
    place = {"text_name": author, "start": 0, "line": 1, "verb": VERB}
    fact = identity("statement", people.hex, definition.hex, author, "0", "1", VERB)
    yield StatementFact, fact, {"definition_pk": definition, **place}
    shown = {"start": 0, "end": len(reason), "ordinal": 0, "note": ""}
    fact = identity("evidence", people.hex, way.pk.hex, definition.hex, author)
    yield Evidence, fact, {"edge_pk": way.pk, "origin": STATED, "definition_pk": definition, **shown}


def _holds(session: Session, table: type[Assertion], fact: UUID) -> bool:
    pk: Any = col(table.pk)
    people = select(pk).where(table.fact == fact, col(table.until).is_(None))
    return session.scalars(people.limit(1)).first() is not None


def reject_edges(session: Session, workspace: str, edges: Sequence[Edge], *, author: str, reason: str) -> bool:
    """Let edges be walked no more from a new revision on; False, and nothing written, while a run reserves one.

    What is rejected already keeps who said so first, and why; if that is all, no revision is made.
    """
    hold_workspace(session, workspace)
    known = {row.edge_pk for row in rejections_of(session, [edge.pk for edge in edges])}
    new = [edge.pk for edge in edges if edge.pk not in known]
    revision = open_revision(session, workspace) if new else 0
    if revision is None:
        return False
    if not new:
        return True
    people = ensure_source(session, workspace, PEOPLE)
    changes: list[Change] = []
    for edge_pk in new:
        fact = identity("edge_rejection", people.hex, edge_pk.hex)
        row = {
            "pk": identity("assertion", fact.hex, str(revision)),
            "fact": fact,
            "workspace": workspace,
            "source_pk": people,
            "since": revision,
            "edge_pk": edge_pk,
            "author": author,
            "reason": reason,
        }
        changes.append(Change(EdgeRejection, row))
    write_changes(session, [*_moved(session, Evidence, ShelvedEvidence, new, revision), *changes], revision)
    return True


def _moved(
    session: Session,
    here: type[Evidence | ShelvedEvidence],
    there: type[Evidence | ShelvedEvidence],
    edges: Collection[UUID],
    revision: int,
) -> Iterable[Change]:
    """End in one table what is asserted of edges, and assert it in the other."""
    rows = session.scalars(select(here).where(col(here.edge_pk).in_(edges), col(here.until).is_(None))).all()
    for row in rows:
        yield Change(here, closes=row.pk)
        pk = identity("assertion", str(there.__tablename__), row.fact.hex, str(revision))
        yield Change(there, {**row.model_dump(), "pk": pk, "since": revision, "until": None})


def withdraw_words(session: Session, workspace: str, edges: Sequence[Edge]) -> bool:
    """Take back what people said of edges, from a new revision on; False, as above.

    If they said nothing of any, nothing is written. What a rejection held back is asserted again.
    """
    hold_workspace(session, workspace)
    people, pks = people_of(workspace), [edge.pk for edge in edges]
    rejections = rejections_of(session, pks)
    stated = session.scalars(
        select(Evidence).where(
            Evidence.source_pk == people, col(Evidence.edge_pk).in_(pks), col(Evidence.until).is_(None)
        )
    ).all()
    if not rejections and not stated:
        return True
    revision = open_revision(session, workspace)
    if revision is None:
        return False
    rejected = [row.edge_pk for row in rejections]
    # The rejections end first: what is asserted while they hold goes to the shelf.
    write_changes(session, [Change(EdgeRejection, closes=row.pk) for row in rejections], revision)
    changes = list(_moved(session, ShelvedEvidence, Evidence, rejected, revision))
    changes += [Change(Evidence, closes=row.pk) for row in stated]
    write_changes(session, changes, revision)
    write_changes(session, _unneeded(session, people), revision)
    return True


def _unneeded(session: Session, people: UUID) -> list[Change]:
    """Ends of what people claimed for edges that they do not assert any more.

    Cost: reads all that people assert of edges, some thousands at most: they were said one by one.
    """
    mine = (Evidence.source_pk == people, col(Evidence.until).is_(None))
    query = select(Edge, Evidence.definition_pk).join(Evidence, col(Evidence.edge_pk) == col(Edge.pk))
    needed: set[UUID | None] = set()
    for edge, definition in session.execute(query.where(*mine)):
        needed |= {edge.source_asset_pk, edge.source_column_pk, edge.target_asset_pk, edge.target_column_pk}
        needed.add(definition)
    tables: tuple[tuple[Any, Any], ...] = (
        (AssetFact, AssetFact.asset_pk),
        (ColumnFact, ColumnFact.column_pk),
        (StatementFact, StatementFact.definition_pk),
    )
    return [
        Change(table, closes=pk)
        for table, of in tables
        for pk, what in session.execute(
            select(table.pk, of).where(table.source_pk == people, col(table.until).is_(None))
        )
        if what not in needed
    ]


@dataclass(frozen=True, slots=True)
class Rejected:
    """An edge that a person rejects: who, why and since when, and what its ends are called."""

    pk: UUID
    way: Way
    author: str
    reason: str
    since: int
    names: tuple[tuple[str, str, str | None], ...]  # namespace, asset and column of source and target
    sources: Sequence[str]  # that assert it all the same


def rejected_edges(
    session: Session, workspace: str, at: int, *, after: UUID | None, limit: int
) -> Sequence[Rejected]:
    """The edges that are rejected at a revision, in order of the rejections' ids: two statements a page."""
    ends = [(aliased(Asset), aliased(AssetColumn)) for _ in range(2)]
    (source, source_column), (target, target_column) = ends
    told = [part for asset, column in ends for part in (asset.namespace, asset.name, column.name)]
    query: Any = (
        sa_select(EdgeRejection, Edge, *told)
        .join(Edge, col(Edge.pk) == col(EdgeRejection.edge_pk))
        .join(source, col(source.pk) == col(Edge.source_asset_pk))
        .join(target, col(target.pk) == col(Edge.target_asset_pk))
        .outerjoin(source_column, col(source_column.pk) == col(Edge.source_column_pk))
        .outerjoin(target_column, col(target_column.pk) == col(Edge.target_column_pk))
        .where(col(EdgeRejection.workspace) == workspace, seen(EdgeRejection, at))
        .order_by(col(EdgeRejection.pk))
        .limit(limit)
    )
    if after is not None:
        query = query.where(col(EdgeRejection.pk) > after)
    rows = session.execute(query).all()
    tellers = _tellers(session, [edge.pk for _, edge, *_ in rows], at)
    return [
        Rejected(
            pk=rejection.pk,
            way=way_of(edge),
            author=rejection.author,
            reason=rejection.reason,
            since=rejection.since,
            names=((names[0], names[1], names[2]), (names[3], names[4], names[5])),
            sources=tellers.get(edge.pk, ()),
        )
        for rejection, edge, *names in rows
    ]


def _tellers(session: Session, edges: Collection[UUID], at: int) -> Mapping[UUID, Sequence[str]]:
    query = select(ShelvedEvidence.edge_pk, Source.name).join(
        Source, col(Source.pk) == col(ShelvedEvidence.source_pk)
    )
    query = query.where(col(ShelvedEvidence.edge_pk).in_(edges), seen(ShelvedEvidence, at)).distinct()
    found: dict[UUID, list[str]] = {}
    for edge, name in session.execute(query.order_by(col(Source.name))):
        found.setdefault(edge, []).append(name)
    return found
