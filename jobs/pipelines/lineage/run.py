"""Extract lineage from SQL: read, parse in children, infer over the catalog, save the difference."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from jobs.engines.files.roles import Role
from jobs.engines.lineage.values import SqlText
from jobs.errors import ChildFailed
from jobs.pipeline import RunContext
from jobs.pipelines.lineage.bring import Brought, Chunk, default_schema_of, lay_out, lay_out_files
from jobs.pipelines.lineage.mentions import mentioned
from jobs.pipelines.lineage.read import files_of, keep_asserted, keep_known, keep_logged, write_events
from jobs.pipelines.lineage.save import Teller, make_source, source_pk_of, write
from jobs.pipelines.lineage.settings import LineageSettings
from jobs.pipelines.lineage.sources.material import File
from jobs.pipelines.lineage.spill import recall, spill
from jobs.pipelines.lineage.values import LineageParams, LineageResult
from jobs.pipelines.lineage.work import Findings, Inquiry, find_lineage, give_up, read_chunk

JSON = "application/json"
LOG = "/query_log"  # behind the name of a source: the one that only adds what its query logs show
INBOX = "inbox"  # what the events that clients sent are called together
NOTICES = 20  # warnings that are told as events; the result has more of them

Context = RunContext[LineageSettings]


async def run(context: Context, params: LineageParams) -> LineageResult:
    async with context.stage("READ"):
        brought = await bring(context, params)
        await tell(context, brought.warnings)
    async with context.stage("PARSE"):
        chunks = await parse(context, brought.chunks)
    async with context.stage("INFER"):
        # From here on the graph stands still for us: what other sources say is what we build on and stays so.
        inquiry = await inquiry_of(context, params, replace(brought, chunks=tuple(chunks)))
        found = await context.child(find_lineage, inquiry)
        await tell(context, found.news)
    async with context.stage("SAVE"):
        for path in (found.gaps, found.disagreements):
            if path is not None:
                await context.keep(path, path.name, JSON)
        await write_ahead(context, params.source, found)
    return found.result


async def bring(context: Context, params: LineageParams) -> Brought:
    """Lay out what there is to read; files are opened in a child."""
    folder, characters = context.scratch, context.settings.chunk_characters
    if params.inbox:
        path = folder / INBOX
        await context.read(partial(write_events, workspace=context.workspace, to=path))
        files = [File(INBOX, Role.OPENLINEAGE, path)]
        return await context.child(lay_out_files, files, params.dialect.value, folder, characters)
    if not params.uploads:
        return await asyncio.to_thread(lay_out, params, folder, characters)
    given = await context.read(partial(files_of, run_pk=context.run_pk))
    files = [File(each.name, each.role, await context.fetch(each.digest)) for each in given]
    return await context.child(lay_out_files, files, params.dialect.value, folder, characters)


async def tell(context: Context, warnings: Sequence[str]) -> None:
    """Say the first warnings as events, and how many more there are."""
    for words in warnings[:NOTICES]:
        await context.notice(words)
    if len(warnings) > NOTICES:
        await context.notice(f"And {len(warnings) - NOTICES:,} more warnings: see the result.")


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
        replace(chunk, texts=spill(chunk.texts.with_suffix(f".{place}.texts"), (text,)))
        for place, text in enumerate(texts)
    ]


async def inquiry_of(context: Context, params: LineageParams, brought: Brought) -> Inquiry:
    """What lineage is inferred from; the revision is reserved before the graph is read."""
    workspace, folder, dialect = context.workspace, context.scratch, brought.dialect
    teller = Teller(
        workspace,
        params.namespace or f"headwater://{workspace}",
        source_pk_of(workspace, params.source),
        await context.reserve(),
    )
    log_teller = replace(teller, source_pk=source_pk_of(workspace, params.source + LOG))
    known = folder / "known"
    words = await asyncio.to_thread(words_in, brought)
    await context.read(partial(keep_known, teller=teller, dialect=dialect, words=words, to=known))
    days = context.settings.query_log_days
    return Inquiry(
        teller,
        dialect,
        default_schema_of(params.default_schema, brought),
        brought.chunks,
        known,
        before=await context.read(partial(keep_asserted, teller=teller, to=folder / "before")),
        folder=folder,
        told=brought.told,
        log_teller=log_teller,
        logged=await context.read(
            partial(keep_logged, teller=log_teller, days=days, to=folder / "logged-before")
        ),
        excluded=frozenset(
            schema.lower() for schema in (*context.settings.excluded_schemas, *params.excluded_schemas)
        ),
        warnings=brought.warnings,
        allow_shrink=params.allow_shrink,
        hints=params.hint_mode,
    )


def words_in(brought: Brought) -> frozenset[str] | None:
    """The words of all texts; None if there are many, or if files tell of relations beside them."""
    if not brought.only_texts:
        return None
    return mentioned(text for chunk in brought.chunks for text in recall(chunk.texts))


async def write_ahead(context: Context, source: str, found: Findings) -> None:
    revision = found.result.revision
    if revision is not None:
        for name in (source, source + LOG) if found.logs else (source,):
            await context.stream(partial(make_source, workspace=context.workspace, source=name), [None])
        await context.stream(partial(write, revision=revision), found.rows)
