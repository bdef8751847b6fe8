"""Write the graph as OpenLineage events, page by page: however large it is, memory holds one page."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import IO

import orjson

from jobs.engines.openlineage.write import Dataset, event_of
from jobs.pipeline import RunContext
from jobs.pipelines.export.read import Place, datasets_page, moment_of, newest_revision
from jobs.pipelines.export.settings import ExportSettings
from jobs.pipelines.export.values import ExportParams, ExportResult, NamespaceNeeded

NAME, MEDIA_TYPE = "lineage.ndjson", "application/x-ndjson"
PAGE = 100  # assets in one transaction, with all that flows into them

Context = RunContext[ExportSettings]


async def export_events(context: Context, params: ExportParams) -> ExportResult:
    """Write one event for each asset, in the order of their names."""
    async with context.stage("READ"):
        newest = await context.read(partial(newest_revision, workspace=context.workspace))
        at = params.as_of_revision or newest
        when = await context.read(partial(moment_of, workspace=context.workspace, at=at))
    async with context.stage("WRITE"):
        path = context.scratch / NAME
        with await asyncio.to_thread(path.open, "wb") as file:
            nodes, edges = await _write(context, file, at=at, when=when, namespace=params.namespace)
        if params.namespace is not None and at and not nodes:
            raise NamespaceNeeded(f"The graph has no namespace {params.namespace!r}.")
        digest = await context.keep(path, NAME, MEDIA_TYPE)
    return ExportResult(artifact=digest, name=NAME, node_count=nodes, edge_count=edges, revision=at or None)


async def _write(
    context: Context, file: IO[bytes], *, at: int, when: datetime, namespace: str | None
) -> tuple[int, int]:
    nodes = edges = 0
    after: Place | None = None
    while True:
        read = partial(
            datasets_page, workspace=context.workspace, at=at, namespace=namespace, after=after, limit=PAGE
        )
        datasets, after = await context.read(read)
        await asyncio.to_thread(write_page, file, datasets, when)
        nodes += len(datasets)
        edges += sum(
            len({flow[:2] for flow in each.inflows} - {(each.namespace, each.name)}) for each in datasets
        )
        if after is None:
            return nodes, edges


def write_page(file: IO[bytes], datasets: Iterable[Dataset], when: datetime) -> None:
    for each in datasets:
        file.write(orjson.dumps(event_of(each, when)) + b"\n")
