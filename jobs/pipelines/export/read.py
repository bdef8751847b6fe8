"""What an export reads of the graph: pages, each in a transaction of its own, all at one revision."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import col, select, tuple_

from db.catalog import assets_by_pk, definitions_by_pk
from db.exports import Line, count_of_assets, gaps_page, graph_page, statements_page
from db.lineage import Asset, Edge, Evidence, Revision, seen
from db.portraits import portraits_of
from db.revisions import head_of
from db.session import Session
from jobs.engines.lineage.picture import Shown
from jobs.engines.openlineage.write import Dataset
from jobs.errors import InvalidParams
from jobs.pipelines.export.values import ExportParams

__all__ = [  # what db reads for us goes by this file, too
    "Line",
    "Place",
    "accept",
    "assets_page",
    "count_of_assets",
    "datasets_page",
    "definitions_of",
    "gaps_page",
    "graph_page",
    "moment_of",
    "newest_revision",
    "pairs_from",
    "statements_page",
]


def accept(session: Session, workspace: str, run_pk: UUID, params: ExportParams) -> None:
    """Refuse a revision that readers cannot see.

    Raises:
        InvalidParams: There is no such revision, or none at all.
    """
    del run_pk
    wanted, head = params.as_of_revision, head_of(session, workspace)
    if wanted is None:
        return
    here = (Revision.workspace == workspace, Revision.number == wanted, Revision.state == "committed")
    if wanted > head or session.scalars(select(Revision.number).where(*here)).first() is None:
        newest = f"the newest is {head}" if head else "the workspace has none yet"
        problem = f"is {wanted}, and there is no such revision: {newest}"
        raise InvalidParams("asOfRevision", problem, hint="Leave it out for the newest.")


def newest_revision(session: Session, *, workspace: str) -> int:
    """The revision that readers see; 0 before the first."""
    return head_of(session, workspace)


def moment_of(session: Session, *, workspace: str, at: int) -> datetime:
    """When readers began to see a revision: what is written of it is true of that moment."""
    found = session.get(Revision, (workspace, at))
    return found.committed_at if found and found.committed_at else datetime.fromtimestamp(0, UTC)


def assets_page(
    session: Session, *, workspace: str, at: int, after: UUID | None, limit: int
) -> tuple[list[Shown[UUID]], UUID | None]:
    """Assets that readers see, in the order of their inner ids, and from where to go on; None at the end."""
    query = select(Asset.pk).where(Asset.workspace == workspace)
    if after is not None:
        query = query.where(col(Asset.pk) > after)
    pks = session.scalars(query.order_by(col(Asset.pk)).limit(limit)).all()
    found = [
        Shown(
            pk=view.pk,
            namespace=view.namespace,
            key=view.name_key,
            name=view.name,
            kind=view.kind,
            description=view.description,
            explained=view.explained,
            definition_pk=view.definition_pk,
        )
        for view in assets_by_pk(session, pks, at).values()
    ]
    return found, pks[-1] if len(pks) == limit else None


def pairs_from(session: Session, *, at: int, sources: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Which assets flow into which, from these sources, along edges of any kind that readers see."""
    believed = select(Evidence.pk).where(Evidence.edge_pk == Edge.pk, seen(Evidence, at)).exists()
    query = select(Edge.source_asset_pk, Edge.target_asset_pk).where(col(Edge.source_asset_pk).in_(sources))
    return [(source, target) for source, target in session.execute(query.where(believed).distinct())]


def definitions_of(session: Session, *, pks: Sequence[UUID]) -> Mapping[UUID, str]:
    """The texts of statements."""
    return {pk: body for pk, (_, body) in definitions_by_pk(session, pks).items()}


Place = tuple[str, str]
"""Where a page of assets ended: a namespace, and a name in it."""


def datasets_page(
    session: Session, *, workspace: str, at: int, namespace: str | None, after: Place | None, limit: int
) -> tuple[list[Dataset], Place | None]:
    """Assets with all that is known of them, by name, and from where to go on; None at the end."""
    key = tuple_(col(Asset.namespace), col(Asset.name_key))
    query = select(Asset.pk, Asset.namespace, Asset.name_key).where(Asset.workspace == workspace)
    if namespace is not None:
        query = query.where(Asset.namespace == namespace)
    if after is not None:
        query = query.where(key > after)
    rows = session.execute(query.order_by(col(Asset.namespace), col(Asset.name_key)).limit(limit)).all()
    portraits = portraits_of(session, workspace, pks=[pk for pk, _, _ in rows], at=at)
    end = (rows[-1][1], rows[-1][2]) if len(rows) == limit else None
    return [Dataset(*portrait) for portrait in portraits], end
