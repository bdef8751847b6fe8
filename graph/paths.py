"""Ways from one column or asset to another, as clients ask for them."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from db.models import MAIN_WORKSPACE
from db.paths import Paths, Span, paths
from db.session import Session
from db.walk import Direction, Node, Route, Step, Walk
from graph.arguments import AsOfArgument, Workspace, revision_of
from graph.context import Info
from graph.enums import EdgeKind
from graph.lineage import (
    WALK_SECONDS,
    LineageEdge,
    LineageNode,
    LineageRoot,
    Walked,
    edge_of,
    find_root,
    named,
    node_id,
    wanted_of,
)
from jobs.errors import InvalidParams

MAX_PATHS = 50
MAX_LENGTH = 100


@strawberry.type(description="A way from one column or asset to another.")
class LineagePath:
    steps: strawberry.Private[Sequence[Step]]
    at: strawberry.Private[int]
    length: int = strawberry.field(description="How many edges it has.")

    @strawberry.field(
        description="Its edges, in order. An edge may leave another part of an asset than the edge before "
        "reached: an asset as a whole stands for its columns."
    )
    def edges(self) -> list[LineageEdge]:
        ids = {node: node_id(node) for step in self.steps for node in (step.source, step.target)}
        return [edge_of(step, self.at, ids) for step in self.steps]


@strawberry.type(description="Ways from one column or asset to another, shortest first.")
class LineagePaths:
    revision: int = strawberry.field(description="The revision of the graph that was searched.")
    paths: list[LineagePath] = strawberry.field(
        description="The shortest, and others in order of their length, none of which comes by one place "
        "twice; empty if no way leads there."
    )
    nodes: list[LineageNode] = strawberry.field(
        description="What the edges lead between, each once; `depth` is how early any of the paths comes by."
    )
    truncated: bool = strawberry.field(description="Whether there may be more paths than these.")


def depths_of(found: Paths) -> dict[Node, int]:
    """How early each node is come by."""
    depths: dict[Node, int] = {}
    for path in found.found:
        for place, step in enumerate(path):
            depths[step.source] = min(place, depths.get(step.source, place))
            depths[step.target] = min(place + 1, depths.get(step.target, place + 1))
    return dict(sorted(depths.items(), key=lambda item: item[1]))


@strawberry.type
class PathQuery:
    @strawberry.field(description="How one column or asset leads to another, downstream.")
    async def paths(
        self,
        info: Info,
        beginning: Annotated[LineageRoot, strawberry.argument(name="from", description="Where to begin.")],
        goal: Annotated[LineageRoot, strawberry.argument(name="to", description="Where to arrive.")],
        kinds: Annotated[
            list[EdgeKind] | None,
            strawberry.argument(description="Only along these kinds of edges; all if left out."),
        ] = None,
        max_paths: Annotated[int, strawberry.argument(description="How many at most, 1 to 50.")] = 5,
        max_length: Annotated[int, strawberry.argument(description="Edges of each at most, 1 to 100.")] = 30,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> LineagePaths:
        if not 1 <= max_paths <= MAX_PATHS:
            raise InvalidParams("maxPaths", f"must be between 1 and {MAX_PATHS}")
        if not 1 <= max_length <= MAX_LENGTH:
            raise InvalidParams("maxLength", f"must be between 1 and {MAX_LENGTH}")
        wanted = wanted_of(info)
        span = Span(frozenset(kinds or ()), max_paths, max_length, WALK_SECONDS)

        def read(session: Session) -> tuple[Paths, Walked]:
            at = revision_of(session, workspace, as_of)
            begin, end = (find_root(session, workspace, root, at) for root in (beginning, goal))
            ground = info.context.graphs.ground(session, workspace, [begin.asset_pk], at, WALK_SECONDS)
            found = paths(ground, begin, end, span)
            walk = Walk(depths_of(found))
            ids = {node: node_id(node) for node in walk.depths}
            route = Route(at, Direction.DOWNSTREAM)
            return found, Walked(walk, begin, route, ids, *named(session, walk, at, wanted))

        found, walked = await info.context.desk.store.read(read)
        at = walked.route.at
        return LineagePaths(
            revision=at,
            paths=[LineagePath(steps=steps, at=at, length=len(steps)) for steps in found.found],
            nodes=walked.shown(walked.found.depths),
            truncated=found.truncated,
        )
