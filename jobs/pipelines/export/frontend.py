"""Write the JSON of front ends: first what there is and what is beside what, then node by node."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import IO, TypeVar
from uuid import UUID

from jobs.engines.lineage.frontend import EMPTY, END, Node, line_of
from jobs.engines.lineage.picture import Picture, Shown, nodes_of, picture_of
from jobs.pipeline import RunContext
from jobs.pipelines.export.namespaces import chosen
from jobs.pipelines.export.read import assets_page, definitions_of, pairs_from
from jobs.pipelines.export.settings import ExportSettings
from jobs.pipelines.export.values import ExportParams, ExportResult

NAME, MEDIA_TYPE = "lineage.json", "application/json"
PAGE = 400  # assets read in one transaction: one list of values in SQL

Context = RunContext[ExportSettings]
T = TypeVar("T")


async def write_frontend(context: Context, params: ExportParams, at: int) -> ExportResult:
    """Write the shape that front ends load."""
    async with context.stage("READ"):
        assets = chosen(await read_assets(context, at), params.namespace)
        pairs = await read_pairs(context, assets, at)
        picture = await asyncio.to_thread(picture_of, assets, pairs)
    async with context.stage("WRITE"):
        path = context.scratch / NAME
        with await asyncio.to_thread(path.open, "wb") as file:
            await write(context, picture, file)
        digest = await context.keep(path, NAME, MEDIA_TYPE)
    return ExportResult(
        artifact=digest,
        name=NAME,
        node_count=len(picture.assets),
        edge_count=picture.edge_count,
        revision=at or None,
    )


async def read_assets(context: Context, at: int) -> list[Shown[UUID]]:
    """All assets that readers see at a revision. It does not change, so pages fit together."""
    found: list[Shown[UUID]] = []
    after: UUID | None = None
    while True:
        read = partial(assets_page, workspace=context.workspace, at=at, after=after, limit=PAGE)
        some, after = await context.read(read)
        found += some
        if after is None:
            return found


async def read_pairs(context: Context, assets: Sequence[Shown[UUID]], at: int) -> list[tuple[UUID, UUID]]:
    found: list[tuple[UUID, UUID]] = []
    for begin, some in pages(assets):
        await context.progress(begin, len(assets))
        found += await context.read(partial(pairs_from, at=at, sources=[asset.pk for asset in some]))
    return found


async def write(context: Context, picture: Picture[UUID], file: IO[bytes]) -> None:
    """Write the nodes; each page's definitions are read when it is their turn."""
    for begin, some in pages(picture.assets):
        await context.progress(begin, len(picture.assets))
        wanted = [asset.definition_pk for _, asset in some if asset.definition_pk]
        definitions = await context.read(partial(definitions_of, pks=wanted))
        nodes = nodes_of(some, picture, definitions, context.settings.data_model_patterns)
        await asyncio.to_thread(write_page, file, nodes, first=begin == 0)
    await asyncio.to_thread(file.write, END if picture.assets else EMPTY)


def write_page(file: IO[bytes], nodes: Iterable[Node], *, first: bool) -> None:
    for place, node in enumerate(nodes):
        file.write(line_of(node, first=first and place == 0))


def pages(items: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    """Items by the page, each with its place."""
    return ((begin, items[begin : begin + PAGE]) for begin in range(0, len(items), PAGE))
