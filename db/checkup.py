"""How a catalog is doing, as far as its assertions tell: what is explained, who disagrees, who fell silent."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from db.catalog import chunks
from db.lineage import (
    Asset,
    AssetFact,
    Definition,
    Edge,
    Evidence,
    Gap,
    Revision,
    Source,
    StatementFact,
    same_source,
    seen,
)
from db.models import Run, RunInput, RunStatus
from db.packed import Ids, find, ids_of
from db.session import Session

REMEDIES = 3  # told for each reason: those that help most often
NAMES_AT_ONCE = 2_000
FROM_SQL = ("parsed", "inferred", "scanned", "hint")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many assets have a known statement, and of how many of these all, some or nothing was explained."""

    defined: int
    explained: int
    partly: int
    failed: int


@dataclass(frozen=True, slots=True)
class GapGroup:
    """What could not be explained for one reason, and what would help most often."""

    reason: str
    count: int
    remedies: Sequence[str]


class Witness(StrEnum):
    """Who alone tells that one asset needs another."""

    DECLARED = "declared"
    SQL = "sql"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two assets between which only one of the database and the SQL knows an edge."""

    source_pk: UUID
    target_pk: UUID
    witness: Witness


@dataclass(frozen=True, slots=True)
class SourceState:
    """When a source last said something new, and when a run of it last completed, as far as was looked."""

    name: str
    changed_at: datetime | None
    changed_in: int | None
    run_at: datetime | None


def coverage_of(session: Session, workspace: str, at: int) -> Coverage:
    """Count what is explained. Cost: a pass over the facts of assets, and a look for each unexplained one."""
    each = _defined(workspace, at).subquery()
    query = select(func.count(), func.coalesce(func.sum(each.c.explained), 0))
    defined, explained = session.execute(query.select_from(each)).one()
    believed = select(Evidence.pk).where(col(Evidence.edge_pk) == col(Edge.pk), seen(Evidence, at))
    flows = select(Edge.pk).where(
        col(Edge.target_asset_pk) == each.c.asset_pk, believed.correlate(Edge).exists()
    )
    known = select(func.count()).select_from(each)
    partly = session.execute(known.where(each.c.explained == 0, flows.correlate(each).exists())).scalar_one()
    return Coverage(int(defined), int(explained), int(partly), int(defined) - int(explained) - int(partly))


def unexplained(session: Session, workspace: str, at: int, limit: int) -> Sequence[UUID]:
    """Assets not all of whose definitions were explained, by name."""
    each = _defined(workspace, at).subquery()
    query = select(Asset.pk).join(each, each.c.asset_pk == col(Asset.pk)).where(each.c.explained == 0)
    return session.scalars(query.order_by(col(Asset.namespace), col(Asset.name_key)).limit(limit)).all()


def gaps_of(session: Session, asset_pks: Collection[UUID], at: int) -> Mapping[UUID, Sequence[Gap]]:
    """What could not be explained within the statements that define these assets, by place."""
    found: defaultdict[UUID, dict[UUID, Gap]] = defaultdict(dict)
    for some in chunks(asset_pks):
        end = col(StatementFact.start) + func.length(col(Definition.body))
        query = (
            select(AssetFact.asset_pk, Gap)
            .join(Definition, col(Definition.pk) == col(AssetFact.definition_pk))
            .join(
                StatementFact,
                and_(
                    col(StatementFact.definition_pk) == col(AssetFact.definition_pk),
                    same_source(StatementFact, AssetFact),
                    seen(StatementFact, at),
                ),
            )
            .join(
                Gap,
                and_(
                    col(Gap.source_pk) == col(StatementFact.source_pk),
                    col(Gap.text_name) == col(StatementFact.text_name),
                    col(Gap.start) >= col(StatementFact.start),
                    col(Gap.start) < end,
                    seen(Gap, at),
                ),
            )
            .where(col(AssetFact.asset_pk).in_(some), seen(AssetFact, at))
            .order_by(col(Gap.text_name), col(Gap.start), col(Gap.pk))
        )
        for pk, gap in session.execute(query):
            found[pk][gap.pk] = gap
    return {pk: list(gaps.values()) for pk, gaps in found.items()}


def gap_groups(session: Session, workspace: str, at: int) -> Sequence[GapGroup]:
    """What could not be explained, by reason: the most frequent first."""
    count = func.count()
    query = select(Gap.reason, Gap.remedy, count).where(col(Gap.workspace) == workspace, seen(Gap, at))
    counts: Counter[str] = Counter()
    remedies: defaultdict[str, list[str]] = defaultdict(list)
    by_worth = (count.desc(), col(Gap.remedy))
    for reason, remedy, number in session.execute(
        query.group_by(col(Gap.reason), col(Gap.remedy)).order_by(*by_worth)
    ):
        counts[reason] += number
        if remedy and len(remedies[reason]) < REMEDIES:
            remedies[reason].append(remedy)
    order = sorted(counts, key=lambda reason: (-counts[reason], reason))
    return [GapGroup(reason, counts[reason], remedies[reason]) for reason in order]


def disagreements(session: Session, workspace: str, at: int) -> Sequence[Disagreement]:
    """Pairs of assets of which only one of the database and the SQL tells that one needs the other, by name.

    What the database alone declares counts where all of the other's SQL was explained; what the SQL alone says,
    where the database declares anything of the other. Cost: a pass over the evidence, and a look at each edge
    into an asset of which something is declared.
    """
    declared = (
        select(Edge.target_asset_pk)
        .join(Evidence, col(Evidence.edge_pk) == col(Edge.pk))
        .where(col(Evidence.workspace) == workspace, seen(Evidence, at), col(Evidence.origin) == "declared")
    )
    by_database = func.max(case((col(Evidence.origin) == "declared", 1), else_=0))
    by_sql = func.max(case((col(Evidence.origin).in_(FROM_SQL), 1), else_=0))
    pairs = (
        select(
            Edge.source_asset_pk,
            Edge.target_asset_pk,
            by_database.label("by_database"),
            by_sql.label("by_sql"),
        )
        .join(Evidence, and_(col(Evidence.edge_pk) == col(Edge.pk), seen(Evidence, at)))
        .where(col(Edge.target_asset_pk).in_(declared), col(Edge.source_asset_pk) != col(Edge.target_asset_pk))
        .group_by(col(Edge.source_asset_pk), col(Edge.target_asset_pk))
        .subquery()
    )
    read = _defined(workspace, at).subquery()
    source, target = aliased(Asset), aliased(Asset)
    query = (
        select(pairs.c.source_asset_pk, pairs.c.target_asset_pk, pairs.c.by_database)
        .join(source, col(source.pk) == pairs.c.source_asset_pk)
        .join(target, col(target.pk) == pairs.c.target_asset_pk)
        .join(read, read.c.asset_pk == pairs.c.target_asset_pk)
        .where(
            pairs.c.by_database + pairs.c.by_sql == 1,
            (pairs.c.by_database == 0) | (read.c.explained == 1),
        )
        .order_by(col(target.namespace), col(target.name_key), col(source.namespace), col(source.name_key))
    )
    return [
        Disagreement(source_pk, target_pk, Witness.DECLARED if told else Witness.SQL)
        for source_pk, target_pk, told in session.execute(query)
    ]


def source_states(session: Session, workspace: str, at: int, since: datetime) -> Sequence[SourceState]:
    """The sources that say anything at a revision, by name; runs of them that completed since a moment.

    Cost: a pass over what is said of assets and statements, and the inputs of the runs since then.
    """
    changed = _changes(session, workspace, at)
    revisions = {row.number: row.committed_at for row in _revisions(session, workspace, set(changed.values()))}
    named = select(Source).where(Source.workspace == workspace, col(Source.pk).in_(changed))
    runs = _runs(session, workspace, since)
    return [
        SourceState(source.name, revisions.get(changed[source.pk]), changed[source.pk], runs.get(source.name))
        for source in session.scalars(named.order_by(col(Source.name)))
    ]


def first_by_name(session: Session, workspace: str, ids: Ids, limit: int) -> Sequence[UUID]:
    """The first by name of assets whose ids are in order. Cost: reads names in order until it has them."""
    wanted, found = min(limit, len(ids)), list[UUID]()
    by_name = (col(Asset.namespace), col(Asset.name_key))
    query = select(Asset.pk).where(Asset.workspace == workspace).order_by(*by_name)
    if wanted:
        rows = session.scalars(query.execution_options(yield_per=NAMES_AT_ONCE))
        for some in rows.partitions(NAMES_AT_ONCE):
            here = find(ids, ids_of(some)) >= 0
            found += [pk for pk, is_here in zip(some, here, strict=True) if is_here]
            if len(found) >= wanted:
                break
        rows.close()
    return found[:wanted]


def _defined(workspace: str, at: int) -> Any:
    """For each asset that some source defines: whether all of its definitions were explained."""
    defined = func.max(case((col(AssetFact.definition_pk).is_not(None), 1), else_=0))
    explained = func.min(case((col(AssetFact.explained), 1), else_=0)).label("explained")
    return (
        select(AssetFact.asset_pk, explained)
        .where(col(AssetFact.workspace) == workspace, seen(AssetFact, at))
        .group_by(col(AssetFact.asset_pk))
        .having(defined == 1)
    )


def _changes(session: Session, workspace: str, at: int) -> dict[UUID, int]:
    """For each source that speaks at a revision the newest one, up to it, in which it said something else."""
    newest: dict[UUID, int] = {}
    speaking: set[UUID] = set()
    for table in (AssetFact, StatementFact, Gap):
        of_workspace = select(
            table.source_pk,
            func.max(table.since),
            func.max(case((col(table.until) <= at, col(table.until)), else_=0)),
            func.max(case((seen(table, at), 1), else_=0)),
        ).where(col(table.workspace) == workspace, col(table.since) <= at)
        for pk, begun, ended, speaks in session.execute(of_workspace.group_by(col(table.source_pk))):
            newest[pk] = max(newest.get(pk, 0), begun, ended)
            if speaks:
                speaking.add(pk)
    return {pk: number for pk, number in newest.items() if pk in speaking}


def _revisions(session: Session, workspace: str, numbers: Collection[int]) -> Iterator[Revision]:
    query = select(Revision).where(Revision.workspace == workspace, col(Revision.number).in_(numbers))
    return iter(session.scalars(query))


def _runs(session: Session, workspace: str, since: datetime) -> Mapping[str, datetime]:
    """When the newest run of each source completed, if it did since then."""
    source = col(RunInput.params)["source"].as_string()
    completed = (RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_GAPS)
    query = (
        select(source, func.max(Run.finished_at))
        .join(Run, col(Run.pk) == col(RunInput.run_pk))
        .where(
            Run.workspace == workspace,
            col(Run.finished_at) >= since,
            col(Run.status).in_(completed),
            source.is_not(None),
        )
    )
    newest: dict[str, datetime] = {}
    newest.update((name, finished) for name, finished in session.execute(query.group_by(source)))
    return newest
