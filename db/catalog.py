"""Reading the catalog of a workspace at a revision: assets, their columns, and evidence."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, tuple_
from sqlalchemy import select as sa_select
from sqlmodel import col, select

from db.columns import fold_case
from db.filters import AssetFilter, conditions, strength
from db.lineage import (
    Asset,
    AssetColumn,
    AssetFact,
    ColumnFact,
    Definition,
    Evidence,
    Source,
    StatementFact,
    same_source,
    seen,
)
from db.models import Workspace
from db.session import Session

CHUNK = 400  # values in one IN list
ONLY_USED = "external"  # the kind of what a source names without defining it


@dataclass(frozen=True, slots=True)
class AssetView:
    """An asset as readers see it: the strongest of what its sources say.

    `explained` is False if any of them could not explain all of its definition.
    """

    pk: UUID
    namespace: str
    name: str
    name_key: str
    kind: str
    columns_complete: bool
    definition_pk: UUID | None
    description: str = ""
    explained: bool = True


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column as readers see it; `ordinal` counts from 0."""

    pk: UUID
    asset_pk: UUID
    name: str
    ordinal: int
    data_type: str | None


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """Why an edge is believed, with the words themselves and where they stand."""

    edge_pk: UUID
    workspace: str
    origin: str
    source: str
    expression: str
    text_name: str
    line: int
    verb: str
    note: str


def chunks(values: Iterable[UUID]) -> Iterable[list[UUID]]:
    """Values without repeats, in lists of at most CHUNK."""
    every = list(dict.fromkeys(values))
    return (every[at : at + CHUNK] for at in range(0, len(every), CHUNK))


def _strongest(told: Iterable[AssetView]) -> dict[UUID, AssetView]:
    """Assets by their ids; of facts as strong, the first counts."""
    of_assets: defaultdict[UUID, list[AssetView]] = defaultdict(list)
    for view in told:
        of_assets[view.pk].append(view)
    return {pk: _joined(views) for pk, views in of_assets.items()}


def _joined(told: Sequence[AssetView]) -> AssetView:
    """What several sources say of one asset, as one."""
    if len(told) == 1:
        return told[0]
    by_strength = sorted(told, key=lambda view: strength(view.kind))
    return replace(
        by_strength[0],
        description=next((each.description for each in by_strength if each.description), ""),
        explained=all(each.explained for each in by_strength),
    )


def assets_by_pk(session: Session, pks: Collection[UUID], at: int) -> Mapping[UUID, AssetView]:
    """Assets as readers see them at a revision; those they do not see are left out."""
    found: dict[UUID, AssetView] = {}
    for some in chunks(pks):
        found |= _strongest(_assets(session, at, col(Asset.pk).in_(some)))
    return found


def _assets(session: Session, at: int, *conditions: ColumnElement[bool]) -> list[AssetView]:
    """What each source says of assets. Plain rows: a page has hundreds, and nobody changes them."""
    query = sa_select(
        *(col(getattr(Asset, name)) for name in ("pk", "namespace", "name", "name_key")),
        *(col(getattr(AssetFact, name)) for name in ("kind", "columns_complete", "definition_pk")),
        col(AssetFact.description),
        col(AssetFact.explained),
    ).join(AssetFact, col(AssetFact.asset_pk) == col(Asset.pk))
    by_worth = (col(AssetFact.columns_complete).desc(), col(AssetFact.pk))  # of two as strong, the fuller one
    rows = session.execute(query.where(seen(AssetFact, at), *conditions).order_by(*by_worth))
    return [AssetView(*row) for row in rows]


def find_asset(session: Session, workspace: str, namespace: str, name: str, at: int) -> AssetView | None:
    """An asset by its name, whatever its capitals unless two differ only in them; None if readers see none.

    Cost: one look into an index, and a second one if no name is spelled so.
    """
    return find_assets(session, workspace, [(namespace, name)], at).get((namespace, name))


def find_assets(
    session: Session, workspace: str, names: Collection[tuple[str, str]], at: int
) -> Mapping[tuple[str, str], AssetView]:
    """Assets by namespace and name, each as `find_asset` finds it; those that readers do not see are left out.

    Cost: one look into an index, and a second one if some are not spelled so, however many there are.
    """
    found: dict[tuple[str, str], AssetView] = {}
    for folds in (False, True):
        missing = [each for each in names if each not in found]
        if not missing:
            break
        column = col(Asset.folded if folds else Asset.name_key)
        keys = {each: _keys(each[1], folds=folds) for each in missing}
        here = (col(Asset.workspace) == workspace, col(Asset.namespace).in_({each for each, _ in missing}))
        rows = _assets(session, at, *here, column.in_(set[str]().union(*keys.values())))
        views = _strongest(rows).values()
        for (namespace, name), own in keys.items():
            fitting = [
                view
                for view in views
                if view.namespace == namespace and (fold_case(view.name) if folds else view.name_key) in own
            ]
            if fitting:
                by_fit = sorted(fitting, key=lambda view: (view.name != name, view.name_key != name))
                found[namespace, name] = by_fit[0]
    return found


def _keys(name: str, *, folds: bool) -> set[str]:
    return {fold_case(name)} if folds else {name, name.lower(), name.upper()}


def namespaces_of(session: Session, workspace: str, name: str, at: int) -> Sequence[str]:
    """The namespaces in which readers see an asset of this name, whatever its capitals; 5 at most, in order."""
    told = select(AssetFact.pk).where(col(AssetFact.asset_pk) == col(Asset.pk), seen(AssetFact, at))
    named = (col(Asset.workspace) == workspace, col(Asset.folded) == fold_case(name))
    query = select(Asset.namespace).where(*named, told.correlate(Asset).exists())
    return session.scalars(query.distinct().order_by(col(Asset.namespace)).limit(5)).all()


def find_column(session: Session, asset_pk: UUID, name: str, at: int) -> ColumnView | None:
    """A column of an asset by its name, whatever its capitals unless two differ only in them."""
    columns = columns_of(session, [asset_pk], at).get(asset_pk, [])
    exact = [column for column in columns if column.name == name]
    folded = fold_case(name)
    return next(iter(exact or [column for column in columns if fold_case(column.name) == folded]), None)


def list_assets(
    session: Session,
    workspace: str,
    at: int,
    wanted: AssetFilter,
    *,
    after: tuple[str, str] | None,
    limit: int,
) -> Sequence[AssetView]:
    """Assets that readers see and that fit, by (namespace, name_key), from behind `after`.

    Cost: reads names in their order until `limit` of them fit.
    """
    key = tuple_(col(Asset.namespace), col(Asset.name_key))
    query = select(Asset.pk).where(Asset.workspace == workspace, *conditions(wanted, at))
    if after is not None:
        query = query.where(key > after)
    by_name = (col(Asset.namespace), col(Asset.name_key))
    pks = session.scalars(query.order_by(*by_name).limit(limit)).all()
    views = assets_by_pk(session, pks, at)
    return [views[pk] for pk in pks]


def fitting_assets(session: Session, pks: Collection[UUID], at: int, wanted: AssetFilter) -> frozenset[UUID]:
    """Which of these assets readers see and fit."""
    query = select(Asset.pk).where(*conditions(wanted, at))
    return frozenset(
        pk for some in chunks(pks) for pk in session.scalars(query.where(col(Asset.pk).in_(some))).all()
    )


def count_assets(session: Session, workspace: str, at: int, wanted: AssetFilter) -> int:
    """How many assets readers see that fit. Cost: looks at each, so ask only when somebody wants to know."""
    query = select(func.count()).select_from(Asset)
    fitting = query.where(Asset.workspace == workspace, *conditions(wanted, at))
    return int(session.execute(fitting).scalar_one())


def sources_of(session: Session, asset_pks: Collection[UUID], at: int) -> Mapping[UUID, Sequence[str]]:
    """The names of the sources that speak of assets, in order."""
    found: dict[UUID, list[str]] = {pk: [] for pk in asset_pks}
    for some in chunks(asset_pks):
        query = (
            select(AssetFact.asset_pk, Source.name)
            .join(Source, col(Source.pk) == col(AssetFact.source_pk))
            .where(col(AssetFact.asset_pk).in_(some), seen(AssetFact, at))
        )
        for pk, name in session.execute(query.distinct().order_by(col(Source.name))):
            found[pk].append(name)
    return found


def columns_of(session: Session, asset_pks: Collection[UUID], at: int) -> Mapping[UUID, Sequence[ColumnView]]:
    """The columns of assets, in order: as told by who defines an asset, and behind these what others only use.

    Where two definers disagree, the one who tells a type is shown.
    """
    found: dict[UUID, list[ColumnView]] = {pk: [] for pk in asset_pks}
    for some in chunks(asset_pks):
        for view in _columns(session, at, col(AssetColumn.asset_pk).in_(some)):
            found[view.asset_pk].append(view)
    return found


def columns_by_pk(session: Session, pks: Collection[UUID], at: int) -> Mapping[UUID, ColumnView]:
    """Columns by their own ids. Cost: the database looks at all columns of their assets, for their places."""
    found: dict[UUID, ColumnView] = {}
    for some in chunks(pks):
        owners = select(AssetColumn.asset_pk).where(col(AssetColumn.pk).in_(some))
        views = _columns(session, at, col(AssetColumn.asset_pk).in_(owners), only=some)
        found |= {view.pk: view for view in views}
    return found


def columns_by_name_alone(session: Session, pks: Collection[UUID], at: int) -> Mapping[UUID, ColumnView]:
    """Columns by their own ids, without places and types. Cost: a tenth of `columns_by_pk`."""
    query = select(AssetColumn.pk, AssetColumn.asset_pk, AssetColumn.name).where(
        exists().where(col(ColumnFact.column_pk) == AssetColumn.pk, seen(ColumnFact, at))
    )
    return {
        pk: ColumnView(pk, asset_pk, name, ordinal=0, data_type=None)
        for some in chunks(pks)
        for pk, asset_pk, name in session.execute(query.where(col(AssetColumn.pk).in_(some)))
    }


def _columns(
    session: Session, at: int, of_assets: ColumnElement[bool], *, only: Sequence[UUID] = ()
) -> Iterator[ColumnView]:
    """Columns of assets by place, numbered without gaps: who only uses an asset knows no places."""
    only_used = col(AssetFact.kind) == ONLY_USED
    worth = (only_used, col(ColumnFact.data_type).is_(None), col(ColumnFact.ordinal))
    told = (
        select(
            AssetColumn.pk,  # type: ignore[call-overload]  # SQLModel's select is typed up to four columns
            AssetColumn.asset_pk,
            AssetColumn.name,
            only_used.label("used"),
            ColumnFact.ordinal,
            ColumnFact.data_type,
            func.row_number().over(partition_by=col(AssetColumn.pk), order_by=worth).label("rank"),
        )
        .join(ColumnFact, col(ColumnFact.column_pk) == col(AssetColumn.pk))
        .join(
            AssetFact,
            (col(AssetFact.asset_pk) == col(AssetColumn.asset_pk))
            & same_source(AssetFact, ColumnFact)
            & seen(AssetFact, at),
        )
        .where(of_assets, seen(ColumnFact, at))
        .subquery()
    )
    by_code_point = told.c.name.collate("C" if session.get_bind().dialect.name == "postgresql" else "BINARY")
    order = (told.c.used, told.c.ordinal, by_code_point)
    place = func.row_number().over(partition_by=told.c.asset_pk, order_by=order) - 1
    placed = (
        select(told.c.pk, told.c.asset_pk, told.c.name, place.label("place"), told.c.data_type)  # type: ignore[call-overload]  # see above
        .where(told.c.rank == 1)
        .subquery()
    )
    query = select(placed).order_by(placed.c.place)
    for row in session.execute(query.where(placed.c.pk.in_(only)) if only else query):
        yield ColumnView(*row)


def heads_by_pk(session: Session, pks: Collection[UUID]) -> Mapping[UUID, tuple[str, int]]:
    """For assets and columns: their workspace, and the revision that its readers see."""
    found: dict[UUID, tuple[str, int]] = {}
    for table in (Asset, AssetColumn):
        query = select(table.pk, Workspace.name, Workspace.head).join(
            Workspace, col(Workspace.name) == col(table.workspace)
        )
        for some in chunks(pks):
            rows = session.execute(query.where(col(table.pk).in_(some)))
            found |= {pk: (workspace, head) for pk, workspace, head in rows}
    return found


def definitions_by_pk(session: Session, pks: Collection[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """The texts of statements, each behind the workspace whose it is."""
    query = select(Definition.pk, Definition.workspace, Definition.body)
    return {
        pk: (workspace, body)
        for some in chunks(pks)
        for pk, workspace, body in session.execute(query.where(col(Definition.pk).in_(some)))
    }


def evidence_of(session: Session, edge_pks: Collection[UUID], at: int) -> Mapping[UUID, Sequence[EvidenceView]]:
    """The evidence for each edge, with the expression cut out of its statement, and where that stands now."""
    found: defaultdict[UUID, list[EvidenceView]] = defaultdict(list)
    for some in chunks(edge_pks):
        query = (
            select(Evidence, Definition.body, Source, StatementFact)
            .join(Definition, col(Definition.pk) == col(Evidence.definition_pk))
            .join(Source, col(Source.pk) == col(Evidence.source_pk))
            .join(
                StatementFact,
                (col(StatementFact.definition_pk) == col(Evidence.definition_pk))
                & same_source(StatementFact, Evidence)
                & seen(StatementFact, at),
            )
            .where(col(Evidence.edge_pk).in_(some), seen(Evidence, at))
            .order_by(
                col(StatementFact.text_name),
                col(StatementFact.start),
                col(Evidence.ordinal),
                col(Evidence.start),
            )
        )
        for evidence, body, source, statement in session.execute(query):
            view = EvidenceView(
                edge_pk=evidence.edge_pk,
                workspace=source.workspace,
                origin=evidence.origin,
                source=source.name,
                expression=body[evidence.start : evidence.end],
                text_name=statement.text_name,
                line=statement.line + body.count("\n", 0, evidence.start),
                verb=statement.verb,
                note=evidence.note,
            )
            found[evidence.edge_pk].append(view)
    return found
