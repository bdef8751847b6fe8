"""Extract lineage from SQL texts: read, parse in children, infer over the catalog, save the difference."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from jobs.engines.lineage.values import SqlText
from jobs.errors import ChildFailed
from jobs.pipeline import RunContext
from jobs.pipelines.lineage.read import keep_asserted, keep_known
from jobs.pipelines.lineage.save import Teller, make_source, source_pk_of, write
from jobs.pipelines.lineage.settings import LineageSettings
from jobs.pipelines.lineage.spill import recall, spill
from jobs.pipelines.lineage.values import BYTE_ORDER_MARK, LineageParams, LineageResult
from jobs.pipelines.lineage.work import Chunk, Findings, Inquiry, find_lineage, give_up, read_chunk

JSON = "application/json"

Context = RunContext[LineageSettings]


async def run(context: Context, params: LineageParams) -> LineageResult:
    async with context.stage("READ"):
        chunks = await asyncio.to_thread(lay_out, params, context.scratch, context.settings.chunk_characters)
    async with context.stage("PARSE"):
        chunks = await parse(context, chunks)
    async with context.stage("INFER"):
        # From here on the graph stands still for us: what other sources say is what we build on and stays so.
        found = await context.child(find_lineage, await inquiry_of(context, params, chunks))
    async with context.stage("SAVE"):
        if found.gaps is not None:
            await context.keep(found.gaps, "gaps.json", JSON)
        await write_ahead(context, params.source, found)
    return found.result


def lay_out(params: LineageParams, folder: Path, characters: int) -> list[Chunk]:
    """Write the texts to files, so many characters each: pieces of work for child processes."""
    texts = (SqlText(text.name, text.sql.removeprefix(BYTE_ORDER_MARK)) for text in params.texts)
    return [
        Chunk(params.dialect.value, spill(folder / f"{place}.texts", group))
        for place, group in enumerate(chunked(texts, characters))
    ]


def chunked(texts: Iterable[SqlText], characters: int) -> Iterator[tuple[SqlText, ...]]:
    """Texts in groups of about so many characters; a longer one is alone."""
    group: list[SqlText] = []
    size = 0
    for text in texts:
        if group and size + len(text.sql) > characters:
            yield tuple(group)
            group, size = [], 0
        group.append(text)
        size += len(text.sql)
    yield tuple(group)


async def parse(context: Context, chunks: Sequence[Chunk]) -> list[Chunk]:
    """Read all texts in child processes. A text that kills its child costs itself, not its neighbours."""
    done: list[Chunk] = []
    for chunk, outcome in zip(chunks, await context.map(read_chunk, chunks), strict=True):
        if isinstance(outcome, ChildFailed):
            done += await parse_singly(context, chunk, outcome)
        else:
            done.append(chunk)
    return done


async def parse_singly(context: Context, chunk: Chunk, failure: ChildFailed) -> list[Chunk]:
    """Read the texts of a chunk that failed, each in a call of its own."""
    singles = await asyncio.to_thread(take_apart, chunk)
    alone = len(singles) == 1  # it has had its call
    outcomes = [failure] if alone else await context.map(read_chunk, singles)
    for single, outcome in zip(singles, outcomes, strict=True):
        if isinstance(outcome, ChildFailed):
            name = await asyncio.to_thread(give_up, single, str(outcome))
            await context.notice(f"{name} could not be read: {outcome}")
    return singles


def take_apart(chunk: Chunk) -> list[Chunk]:
    texts: Sequence[SqlText] = recall(chunk.texts)
    return [
        Chunk(chunk.dialect, spill(chunk.texts.with_suffix(f".{place}.texts"), (text,)))
        for place, text in enumerate(texts)
    ]


async def inquiry_of(context: Context, params: LineageParams, chunks: Sequence[Chunk]) -> Inquiry:
    """What lineage is inferred from; the revision is reserved before the graph is read."""
    workspace, folder, dialect = context.workspace, context.scratch, params.dialect.value
    teller = Teller(
        workspace,
        params.namespace or f"headwater://{workspace}",
        source_pk_of(workspace, params.source),
        await context.reserve(),
    )
    known = folder / "known"
    await context.read(partial(keep_known, teller=teller, dialect=dialect, to=known))
    before = await context.read(partial(keep_asserted, teller=teller, to=folder / "before"))
    return Inquiry(teller, dialect, params.default_schema, tuple(chunks), known, before, folder)


async def write_ahead(context: Context, source: str, found: Findings) -> None:
    revision = found.result.revision
    if revision is not None:
        await context.stream(partial(make_source, workspace=context.workspace, source=source), [None])
        await context.stream(partial(write, revision=revision), found.rows)
