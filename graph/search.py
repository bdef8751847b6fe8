"""Finding assets and columns by their names."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from db.catalog import AssetView, ColumnView, assets_by_pk, columns_by_pk
from db.models import MAIN_WORKSPACE
from db.search import Fit, Hit, Place, search_names
from db.session import Session
from graph.arguments import After, AsOfArgument, First, Workspace, revision_of
from graph.assets import Asset, Column
from graph.context import Info
from graph.enums import describe
from graph.filters import AssetFilterArgument, wanted_by
from graph.paging import bad_cursor, decode_cursor, encode_cursor, page_of, page_size
from jobs.errors import InvalidParams

MAX_WORDS = 200  # characters

describe(
    Fit,
    "How well a name fits what is searched for.",
    {
        "WHOLE": "It is the name, or of an asset what stands behind a dot.",
        "BEGINNING": "The name, or of an asset what stands behind a dot, begins with it.",
        "PART": "It stands somewhere in the name.",
    },
)


@strawberry.type(description="An asset or a column whose name fits.")
class SearchHit:
    asset: Asset = strawberry.field(description="The asset; of a column, the one that it belongs to.")
    column: Column | None = strawberry.field(description="The column; null if it is the asset that fits.")
    fit: Fit = strawberry.field(description="How well the name fits.")


@strawberry.type(description="A hit in a list.")
class SearchHitEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: SearchHit = strawberry.field(description="The hit.")


@strawberry.type(description="What fits, best first; of what fits as well, assets first, then by name.")
class SearchHitConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[SearchHitEdge] = strawberry.field(description="The hits of this page.")


@strawberry.type
class SearchQuery:
    @strawberry.field(
        description="Assets and columns whose names begin with some words or hold them, in any capitals. A "
        "column is also found behind its asset, as in `orders.total`."
    )
    async def search_assets(
        self,
        info: Info,
        words: Annotated[
            str,
            strawberry.argument(
                description="Part of a name, 1 to 200 characters, taken as it is: `_`, `%` and `*` stand for "
                "themselves; spaces around it are left out."
            ),
        ],
        filter: AssetFilterArgument = None,  # noqa: A002 - the API's word
        first: First = 20,
        after: After = None,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> SearchHitConnection:
        sought = searched(words), wanted_by(filter)
        limit, behind = page_size(first) + 1, place_in(after)

        def read(session: Session) -> tuple[Sequence[Hit], list[SearchHit]]:
            at = revision_of(session, workspace, as_of)
            hits = search_names(session, workspace, at, sought, after=behind, limit=limit)
            assets = assets_by_pk(session, {hit.asset_pk for hit in hits}, at)
            columns = columns_by_pk(session, {hit.column_pk for hit in hits if hit.column_pk}, at)
            return hits, [shown(hit, assets, columns, at) for hit in hits]

        hits, nodes = await info.context.desk.store.read(read)
        cursors = [encode_cursor(str(hit.place.rank), hit.place.folded, hit.place.pk.hex) for hit in hits]
        edges = [SearchHitEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)]
        return SearchHitConnection(
            page_info=page_of(hits, first, after=after, cursors=cursors), edges=edges[:first]
        )


def searched(words: str) -> str:
    """The words that names are to hold.

    Raises:
        InvalidParams: There are none, or too many.
    """
    bare = words.strip()
    if not bare:
        raise InvalidParams("words", "is empty")
    if len(bare) > MAX_WORDS:
        raise InvalidParams("words", f"is longer than {MAX_WORDS} characters")
    return bare


def place_in(after: str | None) -> Place | None:
    """The place that a cursor holds; None without one.

    Raises:
        InvalidParams: It is no cursor of this list.
    """
    if after is None:
        return None
    rank, folded, pk = decode_cursor(after, parts=3)
    try:
        place = Place(int(rank), folded, UUID(hex=pk))
        Fit(place.rank // 2)
    except ValueError as error:
        raise bad_cursor() from error
    return place


def shown(hit: Hit, assets: Mapping[UUID, AssetView], columns: Mapping[UUID, ColumnView], at: int) -> SearchHit:
    column = Column.of(columns[hit.column_pk], at) if hit.column_pk else None
    return SearchHit(asset=Asset.of(assets[hit.asset_pk], at), column=column, fit=hit.fit)
