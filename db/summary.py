"""A graph in numbers: what it holds, who says so, and how much of it is to be believed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, func, select
from sqlmodel import col

from db.catalog import chunks
from db.confidence import DIGITS, WEIGHTS, confidence, primary
from db.filters import KINDS_BY_STRENGTH, STRENGTH
from db.lineage import AssetFact, Edge, Evidence, Gap, seen
from db.session import Session

OTHERS = "external"  # what an asset is that is of none of the kinds that say more
CERTAIN, NOTED = 2, 1  # how the strongest evidence of an origin speaks: without a note, or with one
Told = Sequence[tuple[str, bool]]
"""Origins of evidence, and whether a note says that it is not certain: what `confidence` takes."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """How much the edges of a graph are to be believed, each as `confidence` has it."""

    least: float
    mean: float
    most: float


@dataclass(frozen=True, slots=True)
class Summary:
    """A graph at a revision, in numbers.

    `defined` counts assets whose making statement is known, `explained` those of them of which all was
    explained. Each edge counts once in `edges_by_origin`, for the strongest of what tells it.
    """

    assets_by_kind: Mapping[str, int]
    edges_by_kind: Mapping[str, int]
    edges_by_origin: Mapping[str, int]
    defined: int
    explained: int
    gaps: int
    confidence: Confidence | None  # None without edges

    @property
    def coverage(self) -> float | None:
        """Which part of what is defined was explained; None if nothing is."""
        return round(self.explained / self.defined, DIGITS) if self.defined else None


def summarise(session: Session, workspace: str, at: int) -> Summary:
    """The graph of a workspace at a revision in numbers.

    Cost: looks at every assertion about an asset and an edge, some 1 s for a million of them.
    """
    kinds, defined, explained = _assets(session, workspace, at)
    told = _told(session, workspace, at)
    origins: Counter[str] = Counter()
    for said, count in told:
        origins[primary(said)] += count
    unexplained = select(func.count()).select_from(Gap).where(col(Gap.workspace) == workspace, seen(Gap, at))
    return Summary(
        assets_by_kind=kinds,
        edges_by_kind=_edges(session, workspace, at),
        edges_by_origin=dict(sorted(origins.items())),
        defined=defined,
        explained=explained,
        gaps=int(session.execute(unexplained).scalar_one()),
        confidence=_spread([(confidence(said), count) for said, count in told]),
    )


def origins_of(session: Session, edge_pks: Collection[UUID], at: int) -> Mapping[UUID, Told]:
    """What `confidence` takes, for each edge that readers see at a revision. Cost: a query for 400 edges."""
    found: dict[UUID, Told] = {}
    columns = col(Evidence.edge_pk), *_flags()
    for some in chunks(edge_pks):
        query = select(*columns).where(col(Evidence.edge_pk).in_(some), seen(Evidence, at))
        found |= {row[0]: _said(row[1:]) for row in session.execute(query.group_by(col(Evidence.edge_pk)))}
    return found


def _assets(session: Session, workspace: str, at: int) -> tuple[Mapping[str, int], int, int]:
    """How many assets there are of each kind, how many are defined, and how many of these explained."""
    each = (
        select(
            func.min(STRENGTH).label("kind"),
            func.max(case((col(AssetFact.definition_pk).is_not(None), 1), else_=0)).label("defined"),
            func.min(case((col(AssetFact.explained), 1), else_=0)).label("explained"),
        )
        .where(col(AssetFact.workspace) == workspace, seen(AssetFact, at))
        .group_by(col(AssetFact.asset_pk))
        .subquery()
    )
    both = func.sum(each.c.defined * each.c.explained)
    query = select(each.c.kind, func.count(), func.sum(each.c.defined), both).group_by(each.c.kind)
    rows = session.execute(query.order_by(each.c.kind)).all()
    names = [*KINDS_BY_STRENGTH, OTHERS]
    kinds = {names[kind]: int(count) for kind, count, _, _ in rows}
    return kinds, sum(int(row[2]) for row in rows), sum(int(row[3]) for row in rows)


def _edges(session: Session, workspace: str, at: int) -> Mapping[str, int]:
    believed = select(col(Evidence.pk)).where(col(Evidence.edge_pk) == col(Edge.pk), seen(Evidence, at))
    query = (
        select(col(Edge.kind), func.count())
        .where(col(Edge.workspace) == workspace, believed.correlate(Edge).exists())
        .group_by(col(Edge.kind))
        .order_by(col(Edge.kind))
    )
    return {kind: int(count) for kind, count in session.execute(query)}


def _flags() -> list[ColumnElement[int]]:
    """For each origin, and for all unknown ones, how its surest evidence for an edge speaks; 0 if none does."""
    known = col(Evidence.origin)
    of_origin = [known == origin for origin in WEIGHTS]
    return [
        func.max(case((and_(says, col(Evidence.note) == ""), CERTAIN), (says, NOTED), else_=0))
        for says in (*of_origin, known.not_in(WEIGHTS))
    ]


def _told(session: Session, workspace: str, at: int) -> list[tuple[Told, int]]:
    """What tells edges, and how many are told so: the database counts, and few combinations come out."""
    flags = [flag.label(f"flag{place}") for place, flag in enumerate(_flags())]
    here = (col(Evidence.workspace) == workspace, seen(Evidence, at))
    each = select(*flags).where(*here).group_by(col(Evidence.edge_pk)).subquery()
    query = select(*each.c, func.count()).group_by(*each.c)
    return [(_said(flags), int(count)) for *flags, count in session.execute(query)]


def _said(flags: Sequence[int] | Row[Any]) -> Told:
    origins = (*WEIGHTS, "")
    return [(origin, flag == NOTED) for origin, flag in zip(origins, flags, strict=True) if flag]


def _spread(graded: Sequence[tuple[float, int]]) -> Confidence | None:
    if not graded:
        return None
    total = sum(count for _, count in graded)
    mean = sum(grade * count for grade, count in graded) / total
    grades = [grade for grade, _ in graded]
    return Confidence(min(grades), round(mean, DIGITS), max(grades))
