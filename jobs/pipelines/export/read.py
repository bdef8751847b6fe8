"""What an export reads of the graph: pages, each in a transaction of its own, all at one revision."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import col, select

from db.catalog import assets_by_pk, definitions_by_pk
from db.lineage import Asset, Edge, Evidence, Revision, seen
from db.revisions import head_of
from db.session import Session
from jobs.engines.lineage.picture import Shown
from jobs.errors import InvalidParams
from jobs.pipelines.export.values import ExportParams


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
