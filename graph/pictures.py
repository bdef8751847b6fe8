"""Pictures of lineage: a neighbourhood as a page behind a signed address, and as Mermaid text."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import strawberry

from db.models import MAIN_WORKSPACE, now
from db.session import Session
from graph.arguments import AsOfArgument, Workspace, revision_of
from graph.context import Info
from graph.enums import Direction, EdgeKind, Level, describe
from graph.grants import LIFE, Purpose
from graph.lineage import LineageRoot, find_root
from graph.sketches import Sight, sketched, worded
from jobs.engines.drawing.mermaid import mermaid_of
from jobs.engines.drawing.values import Picture
from jobs.errors import InvalidParams, UnknownAsset

MAX_DEPTH = 20
MAX_NODES = 200
DEPTH, SHOWN = 3, 100  # steps, and columns and assets, if nothing else is asked for


class PictureDirection(StrEnum):
    """Which way a picture looks."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"
    BOTH = "both"


describe(
    PictureDirection,
    "Which way a picture looks from its root.",
    {
        "UPSTREAM": "To where values come from.",
        "DOWNSTREAM": "To where values go.",
        "BOTH": "Both ways.",
    },
)

WAYS = {
    PictureDirection.UPSTREAM: (Direction.UPSTREAM,),
    PictureDirection.DOWNSTREAM: (Direction.DOWNSTREAM,),
    PictureDirection.BOTH: (Direction.UPSTREAM, Direction.DOWNSTREAM),
}


@strawberry.type(description="A bounded neighbourhood of an asset or column, to be looked at.")
class LineagePicture:
    picture: strawberry.Private[Picture]
    sight: strawberry.Private[Sight]
    workspace: strawberry.Private[str]
    revision: int = strawberry.field(description="The revision of the graph that it shows, now and later.")
    node_count: int = strawberry.field(
        description="How many columns it shows, and assets of which it shows none."
    )
    truncated: bool = strawberry.field(
        description="Whether more lies behind a bound: the picture marks where, and tells what it leaves out."
    )
    expires_at: datetime = strawberry.field(description="Until when `url` may be opened.")

    @strawberry.field(
        description="Where a browser finds the picture, as a page that asks no other host for anything. Who "
        "has this address needs no token; it is good until `expiresAt`."
    )
    async def url(self, info: Info) -> str:
        grants = info.context.transfers.grants
        grant = await grants.sign(Purpose.PICTURE, worded(self.sight), self.workspace, until=self.expires_at)
        return grants.address(info.context.request, f"/pictures/{grant}")

    @strawberry.field(
        description="The same as a Mermaid flowchart. Direct edges are drawn, indirect ones dotted; of more "
        "than 500 edges it draws 500, and a comment in it says so."
    )
    def mermaid(self) -> str:
        return mermaid_of(self.picture)


@strawberry.type
class PictureQuery:
    @strawberry.field(
        description="A picture of what an asset or column comes from and what depends on it. For those who may "
        "not see definitions it is drawn without expressions."
    )
    async def lineage_picture(
        self,
        info: Info,
        of: Annotated[LineageRoot, strawberry.argument(description="What stands in the middle.")],
        direction: Annotated[
            PictureDirection, strawberry.argument(description="Which way to look.")
        ] = PictureDirection.BOTH,
        depth: Annotated[int, strawberry.argument(description="Steps each way at most, 1 to 20.")] = DEPTH,
        level: Annotated[
            Level, strawberry.argument(description="Whether assets show their columns.")
        ] = Level.COLUMN,
        kinds: Annotated[
            list[EdgeKind] | None,
            strawberry.argument(description="Only these kinds of edges; all if left out."),
        ] = None,
        max_nodes: Annotated[
            int, strawberry.argument(description="Columns and assets at most, 1 to 200: the nearest are shown.")
        ] = SHOWN,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> LineagePicture:
        if not 1 <= depth <= MAX_DEPTH:
            raise InvalidParams("depth", f"must be between 1 and {MAX_DEPTH}")
        if not 1 <= max_nodes <= MAX_NODES:
            raise InvalidParams("maxNodes", f"must be between 1 and {MAX_NODES}")

        words = info.context.rights.sees_definitions(workspace)

        def read(session: Session) -> tuple[Sight, Picture | None]:
            at = revision_of(session, workspace, as_of)
            root = find_root(session, workspace, of, at)
            ways, only = WAYS[direction], frozenset(kinds or ())
            sight = Sight(root, at, ways, level, only, depth, max_nodes, words=words)
            return sight, sketched(session, sight)

        sight, picture = await info.context.desk.store.read(read)
        if picture is None:
            raise UnknownAsset
        return LineagePicture(
            picture=picture,
            sight=sight,
            workspace=workspace,
            revision=picture.revision,
            node_count=picture.node_count,
            truncated=picture.truncated or picture.left_out > 0,
            expires_at=(now() + LIFE).replace(microsecond=0),
        )
