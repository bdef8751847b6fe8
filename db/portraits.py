"""All that is known of assets at a revision, in names instead of ids: for those who tell it on."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from db.annotations import Remark, of_assets, of_columns
from db.catalog import CHUNK, ONLY_USED, AssetView, ColumnView, assets_by_pk, chunks, columns_of
from db.columns import fold_case
from db.lineage import Asset, AssetColumn, AssetFact, Edge, Evidence, Revision, seen
from db.session import Session

JOB = "job"  # the kind of assets that are no datasets


class Inflow(NamedTuple):
    """What flows into an asset, or into a column of it: from an asset, or from a column of that."""

    namespace: str
    name: str
    is_job: bool
    column: str | None
    into: str | None
    subtype: str
    masking: bool


class Portrait(NamedTuple):
    """An asset with its columns, what is said of them, and what flows into them."""

    namespace: str
    name: str
    kind: str
    description: str
    columns: Sequence[tuple[str, str | None, str]]  # name, type, description
    owners: Sequence[str]
    tags: Sequence[tuple[str | None, str]]  # each behind the column that it is about, if any
    inflows: Sequence[Inflow]


def portraits_of(session: Session, workspace: str, *, pks: Collection[UUID], at: int) -> Sequence[Portrait]:
    """Assets as readers see them at a revision, in the order given; those they do not see are left out.

    An asset is called as it was first spelled, or by its folded name where two would be called the same.
    Cost: seven statements for each 400 assets, and memory for all that flows into them.
    """
    views = assets_by_pk(session, pks, at)
    columns = columns_of(session, views, at)
    remarks = of_assets(session, views, at)
    of_each_column = of_columns(session, [each.pk for some in columns.values() for each in some], at)
    inflows = _inflows(session, workspace, pks=views, at=at)
    twins = _twins(session, workspace, [(view.namespace, view.name) for view in views.values()])
    return [
        Portrait(
            view.namespace,
            view.name_key if (view.namespace, view.name) in twins else view.name,
            view.kind,
            next(iter(_values(remarks[view.pk], "description")), view.description),
            [_column(each, of_each_column[each.pk]) for each in columns[view.pk]],
            _values(remarks[view.pk], "owner"),
            _tags(remarks[view.pk], columns[view.pk], of_each_column),
            inflows[view.pk],
        )
        for view in _in_order(views, pks)
    ]


def _in_order(views: Mapping[UUID, AssetView], pks: Collection[UUID]) -> Sequence[AssetView]:
    return [views[pk] for pk in dict.fromkeys(pks) if pk in views]


def _values(remarks: Sequence[Remark], kind: str) -> list[str]:
    return list(dict.fromkeys(remark.value for remark in remarks if remark.kind == kind))


def _column(view: ColumnView, remarks: Sequence[Remark]) -> tuple[str, str | None, str]:
    return view.name, view.data_type, next(iter(_values(remarks, "description")), "")


def _tags(
    remarks: Sequence[Remark], columns: Sequence[ColumnView], of_each: Mapping[UUID, Sequence[Remark]]
) -> list[tuple[str | None, str]]:
    own: list[tuple[str | None, str]] = [(None, tag) for tag in _values(remarks, "tag")]
    return own + [(each.name, tag) for each in columns for tag in _values(of_each[each.pk], "tag")]


def _inflows(
    session: Session, workspace: str, *, pks: Collection[UUID], at: int
) -> Mapping[UUID, Sequence[Inflow]]:
    """What flows into assets, along edges of any kind that readers see."""
    source, column, into = aliased(Asset), aliased(AssetColumn), aliased(AssetColumn)
    believed = select(Evidence.pk).where(Evidence.edge_pk == Edge.pk, seen(Evidence, at)).exists()
    job = (AssetFact.asset_pk == source.pk, AssetFact.kind == JOB, seen(AssetFact, at))
    query = (
        select(  # type: ignore[call-overload]  # SQLModel's select is typed up to four columns
            Edge.target_asset_pk,
            source.namespace,
            source.name,
            source.name_key,
            select(AssetFact.pk).where(*job).exists().label("is_job"),
            col(column.name).label("column_name"),
            col(into.name).label("into_name"),
            Edge.subtype,
            Edge.masking,
        )
        .join(source, col(source.pk) == col(Edge.source_asset_pk))
        .outerjoin(column, col(column.pk) == col(Edge.source_column_pk))
        .outerjoin(into, col(into.pk) == col(Edge.target_column_pk))
        .where(believed)
    )
    found: defaultdict[UUID, list[Inflow]] = defaultdict(list)
    for some in chunks(pks):
        rows = session.execute(query.where(col(Edge.target_asset_pk).in_(some))).all()
        twins = _twins(session, workspace, {(namespace, name) for _, namespace, name, *_ in rows})
        for target, namespace, name, key, *rest in rows:
            found[target].append(Inflow(namespace, key if (namespace, name) in twins else name, *rest))
    return {pk: sorted(found[pk], key=_order) for pk in pks}


def _order(flow: Inflow) -> tuple[str, str, bool, str, str, str, bool]:
    return (
        flow.namespace,
        flow.name,
        flow.is_job,
        flow.column or "",
        flow.into or "",
        flow.subtype,
        flow.masking,
    )


def _twins(session: Session, workspace: str, names: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Which names, each behind its namespace, are those of several assets: only quotes tell these apart."""
    found: set[tuple[str, str]] = set()
    every = sorted({fold_case(name) for _, name in names})
    query = select(Asset.namespace, Asset.name).where(Asset.workspace == workspace)
    several = query.group_by(col(Asset.namespace), col(Asset.name)).having(func.count() > 1)
    for begin in range(0, len(every), CHUNK):
        some = every[begin : begin + CHUNK]
        found |= {
            (namespace, name) for namespace, name in session.execute(several.where(col(Asset.folded).in_(some)))
        }
    return frozenset(found)


def moved_assets(session: Session, workspace: str, revision: int, limit: int) -> tuple[Sequence[UUID], int]:
    """Assets of which a revision said something new, in the order of their inner ids, and how many there are.

    Something new is a fact about one that is more than used, or evidence of what flows into it.
    """
    here = (col(AssetFact.workspace) == workspace, col(AssetFact.since) == revision)
    told = select(AssetFact.asset_pk).where(*here, col(AssetFact.kind) != ONLY_USED)
    new = (col(Evidence.workspace) == workspace, col(Evidence.since) == revision)
    fed = select(Edge.target_asset_pk).join(Evidence, col(Evidence.edge_pk) == col(Edge.pk)).where(*new)
    every = told.union(fed).subquery()
    pk = every.c[0]
    count = int(session.execute(select(func.count()).select_from(every)).scalar_one())
    return session.scalars(select(pk).order_by(pk).limit(limit)).all(), count


def revision_of_run(session: Session, workspace: str, run_pk: UUID) -> int | None:
    """The revision that a run made and readers see; None if it made none."""
    made = select(Revision.number).where(
        Revision.workspace == workspace, Revision.run_pk == run_pk, Revision.state == "committed"
    )
    return session.scalars(made).first()
