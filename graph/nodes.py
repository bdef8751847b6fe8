"""Relay's way to anything by its global id."""

from collections import defaultdict
from typing import Annotated, Any

import strawberry
from strawberry import relay

from graph.assets import Asset, Column
from graph.context import Info
from graph.paging import MAX_PAGE
from graph.runs import Run
from graph.uploads import Upload
from graph.watches import Watch
from jobs.errors import InvalidParams

TYPES: dict[str, Any] = {made.__name__: made for made in (Asset, Column, Run, Upload, Watch)}

Id = Annotated[relay.GlobalID, strawberry.argument(description="The `id` of anything that has one.")]
Ids = Annotated[list[relay.GlobalID], strawberry.argument(description="Such ids: at most 100.")]


async def find_nodes(info: Info, ids: list[relay.GlobalID]) -> list[relay.Node | None]:
    """What these ids name, in their order; None where there is no such thing.

    Raises:
        InvalidParams: An id names no type that has ids, or is none at all.
    """
    of_type: defaultdict[str, list[str]] = defaultdict(list)
    for each in ids:
        if each.type_name not in TYPES:
            raise InvalidParams("id", f"names {each.type_name!r}, which is no type that has ids")
        of_type[each.type_name].append(each.node_id)
    found: dict[tuple[str, str], relay.Node | None] = {}
    for name, inner in of_type.items():
        nodes = await TYPES[name].resolve_nodes(info=info, node_ids=inner)
        found |= {(name, each): node for each, node in zip(inner, nodes, strict=True)}
    return [found[each.type_name, each.node_id] for each in ids]


@strawberry.type
class NodeQuery:
    @strawberry.field(description="Anything that has a global id; null if there is no such thing.")
    async def node(self, info: Info, id: Id) -> relay.Node | None:  # noqa: A002 - Relay's word
        (found,) = await find_nodes(info, [id])
        return found

    @strawberry.field(description="Many things by their global ids; null for each that does not exist.")
    async def nodes(self, info: Info, ids: Ids) -> list[relay.Node | None]:
        if len(ids) > MAX_PAGE:
            raise InvalidParams("ids", f"are {len(ids)}; at most {MAX_PAGE} are taken")
        return await find_nodes(info, ids)
