"""The history of an asset, as clients page through it."""

from uuid import UUID

from db.catalog import heads_by_pk
from db.session import Session
from db.states import committed_between
from graph.changes import AssetHistory, AssetMoment, AssetMomentEdge, shown_changes
from graph.context import Info
from graph.paging import encode_cursor, number_behind, page_of, page_size
from jobs.differences import Moment, moments_of


async def read_history(info: Info, pk: UUID, at: int, first: int, after: str | None) -> AssetHistory:
    """A page of the revisions up to `at` at which an asset changed.

    Raises:
        InvalidParams: The cursor is none of this list, or the page is too large.
    """
    limit, below = page_size(first), number_behind(after)
    sees = info.context.rights.sees_definitions

    def read(session: Session) -> tuple[list[Moment], list[AssetMoment]]:
        workspace = heads_by_pk(session, [pk])[pk][0]
        found = [
            each for each in moments_of(session, workspace, pk, at) if below is None or each.number < below
        ]
        page = found[: limit + 1]
        rows = committed_between(session, workspace, [each.number for each in page])
        moments = [
            AssetMoment(
                revision=each.number,
                committed_at=rows[each.number].committed_at if each.number in rows else None,
                name=each.name,
                changes=shown_changes(each.changes, legible=sees(workspace)),
                change_count=len(each.changes),
            )
            for each in page
        ]
        return page, moments

    page, moments = await info.context.desk.store.read(read)
    cursors = [encode_cursor(str(each.number)) for each in page]
    edges = [AssetMomentEdge(cursor=at, node=each) for at, each in zip(cursors, moments, strict=True)]
    return AssetHistory(page_info=page_of(page, first, after=after, cursors=cursors), edges=edges[:first])
