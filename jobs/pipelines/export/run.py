"""Write the graph to a file: line by line as it is, then in the format that is wanted, in a child process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from jobs.pipeline import RunContext
from jobs.pipelines.export.events import export_events
from jobs.pipelines.export.formats import FORMS, convert
from jobs.pipelines.export.formats.graph import HEADER, line_of
from jobs.pipelines.export.frontend import write_frontend
from jobs.pipelines.export.read import (
    Line,
    count_of_assets,
    gaps_page,
    graph_page,
    newest_revision,
    statements_page,
)
from jobs.pipelines.export.settings import ExportSettings
from jobs.pipelines.export.values import ExportFormat, ExportParams, ExportResult

PAGE = 200  # assets read in one transaction, with all edges that lead to them
LINES = 500  # statements, or gaps

Context = RunContext[ExportSettings]


@dataclass(slots=True)
class Count:
    """What has been written so far."""

    assets: int = 0
    edges: int = 0


async def run(context: Context, params: ExportParams) -> ExportResult:
    if params.format is ExportFormat.OPENLINEAGE:
        return await export_events(context, params)
    newest = await context.read(partial(newest_revision, workspace=context.workspace))
    at = params.as_of_revision or newest
    if params.format is ExportFormat.FRONTEND_JSON:
        return await write_frontend(context, params, at)
    form, graph = FORMS[params.format], context.scratch / "graph"
    async with context.stage("READ"):
        with await asyncio.to_thread(graph.open, "wb") as file:
            count = await write_graph(context, params, at, file)
    async with context.stage("WRITE"):
        path = graph
        if params.format is not ExportFormat.JSON:
            path = context.scratch / form.name
            await context.child(convert, params.format, graph, path, params.level)
        digest = await context.keep(path, form.name, form.media_type)
    return ExportResult(
        artifact=digest,
        name=form.name,
        node_count=count.assets,
        edge_count=count.edges,
        revision=at or None,
    )


async def write_graph(context: Context, params: ExportParams, at: int, file: IO[bytes]) -> Count:
    """Write all that readers see at a revision. It does not change, so pages fit together.

    Statements come first: what follows refers to them.
    """
    count, workspace, namespace = Count(), context.workspace, params.namespace
    every = await context.read(partial(count_of_assets, workspace=workspace, at=at, namespace=namespace))
    await asyncio.to_thread(file.write, HEADER)
    statements = partial(statements_page, workspace=workspace, at=at, limit=LINES)
    async for some in pages(context, statements):
        await asyncio.to_thread(write_lines, file, "statement", some)
    assets = partial(graph_page, workspace=workspace, at=at, namespace=namespace, limit=PAGE)
    async for some in pages(context, assets):
        await asyncio.to_thread(write_lines, file, "asset", some)
        count.assets += len(some)
        count.edges += sum(len(asset["edges"]) for asset in some)
        await context.progress(count.assets, every)
    gaps = partial(gaps_page, workspace=workspace, at=at, limit=LINES)
    async for some in pages(context, gaps):
        await asyncio.to_thread(write_lines, file, "gap", some)
    return count


async def pages(context: Context, page: Callable[..., tuple[list[Line], Any]]) -> AsyncIterator[list[Line]]:
    """All pages, each read in a transaction of its own, from behind the one before."""
    after = None
    while True:
        some, after = await context.read(partial(page, after=after))
        yield some
        if after is None:
            return


def write_lines(file: IO[bytes], what: str, lines: Iterable[Line]) -> None:
    file.writelines(line_of(what, line) for line in lines)
