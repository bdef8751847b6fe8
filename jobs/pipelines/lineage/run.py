"""Extract lineage from SQL texts: read, parse in children, infer over the catalog, save the difference."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial

import orjson

from jobs.engines.lineage.crash import crashed
from jobs.engines.lineage.infer import infer
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.shapes import Reading
from jobs.engines.lineage.values import EdgeKind, Lineage, SqlText, Unresolved
from jobs.errors import ChildFailed
from jobs.pipeline import RunContext
from jobs.pipelines.lineage.read import asserted, known_columns
from jobs.pipelines.lineage.save import Plan, Teller, make_source, plan, source_pk_of, write
from jobs.pipelines.lineage.settings import LineageSettings
from jobs.pipelines.lineage.values import MAX_GAPS_SHOWN, LineageGap, LineageParams, LineageResult

JSON = "application/json"
BYTE_ORDER_MARK = "\ufeff"

Context = RunContext[LineageSettings]
Chunk = tuple[str, tuple[SqlText, ...]]
"""A dialect, and some texts in it: one piece of work for a child process."""


async def run(context: Context, params: LineageParams) -> LineageResult:
    namespace = params.namespace or f"headwater://{context.workspace}"
    dialect = params.dialect.value

    async with context.stage("READ"):
        texts = [SqlText(text.name, text.sql.removeprefix(BYTE_ORDER_MARK)) for text in params.texts]
        known = await context.read(
            partial(known_columns, workspace=context.workspace, namespace=namespace, source=params.source)
        )
    async with context.stage("PARSE"):
        readings = await parse(context, dialect, texts)
    async with context.stage("INFER"):
        lineage = await context.child(infer, readings, known, params.default_schema, dialect)
    async with context.stage("SAVE"):
        revision = await context.reserve()
        teller = Teller(context.workspace, namespace, source_pk_of(context.workspace, params.source), revision)
        before = await context.read(partial(asserted, workspace=context.workspace, source=params.source))
        planned = await context.child(plan, teller, texts, lineage, before)
        await write_ahead(context, params.source, planned, revision)
        await keep_gaps(context, lineage.unresolved)

    return result_of(lineage, planned, len(texts), revision)


async def parse(context: Context, dialect: str, texts: Sequence[SqlText]) -> list[Reading]:
    """Read all texts in child processes. A text that kills its child costs itself, not its neighbours."""
    chunks = [(dialect, chunk) for chunk in chunked(texts, context.settings.chunk_characters)]
    readings: list[Reading] = []
    for (_, chunk), outcome in zip(chunks, await context.map(read_chunk, chunks), strict=True):
        if isinstance(outcome, ChildFailed):
            readings += await parse_singly(context, dialect, chunk)
        else:
            readings += outcome
    return readings


async def parse_singly(context: Context, dialect: str, texts: Sequence[SqlText]) -> list[Reading]:
    singles = [(dialect, (text,)) for text in texts]
    outcomes = await context.map(read_chunk, singles)
    readings: list[Reading] = []
    for text, outcome in zip(texts, outcomes, strict=True):
        if isinstance(outcome, ChildFailed):
            await context.notice(f"{text.name} could not be read: {outcome}")
            readings.append(crashed(text, str(outcome)))
        else:
            readings += outcome
    return readings


def read_chunk(chunk: Chunk) -> list[Reading]:
    """Read some texts: what runs in a child process."""
    dialect, texts = chunk
    return [read_text(text, dialect) for text in texts]


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
    if group:
        yield tuple(group)


async def write_ahead(context: Context, source: str, planned: Plan, revision: int) -> None:
    if not planned.changes:
        return
    await context.stream(partial(make_source, workspace=context.workspace, source=source), [None])
    await context.stream(partial(write, revision=revision), planned.changes)


async def keep_gaps(context: Context, unresolved: Sequence[Unresolved]) -> None:
    """Keep the whole list as an artifact: the result shows only its beginning."""
    if unresolved:
        listed = [asdict(gap_of(gap)) for gap in unresolved]
        await context.keep(orjson.dumps(listed, option=orjson.OPT_INDENT_2), "gaps.json", JSON)


def gap_of(found: Unresolved) -> LineageGap:
    return LineageGap(
        text=found.text,
        line=found.span.line,
        column=found.span.column,
        start=found.span.start,
        end=found.span.end,
        reason=found.reason.value,
        message=found.message,
        remedy=found.remedy,
    )


def result_of(lineage: Lineage, planned: Plan, text_count: int, revision: int) -> LineageResult:
    direct = sum(edge.kind is EdgeKind.DIRECT for edge in lineage.edges)
    return LineageResult(
        revision=revision if planned.changes else None,
        text_count=text_count,
        statement_count=len(lineage.statements),
        explained_count=lineage.explained,
        unresolved_count=len(lineage.unresolved),
        asset_count=len(lineage.relations),
        column_count=sum(len(relation.columns) for relation in lineage.relations),
        direct_edge_count=direct,
        indirect_edge_count=len(lineage.edges) - direct,
        added_count=planned.added,
        ended_count=planned.ended,
        gaps=tuple(gap_of(gap) for gap in lineage.unresolved[:MAX_GAPS_SHOWN]),
    )
