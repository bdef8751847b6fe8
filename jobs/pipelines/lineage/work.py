"""The heavy part of a lineage run: functions that are called in child processes, over files."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from jobs.engines.lineage.crash import crashed
from jobs.engines.lineage.garbage import collecting_rarely
from jobs.engines.lineage.infer import infer
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.shapes import Reading
from jobs.engines.lineage.values import EdgeKind, HintMode, KnownColumns, Lineage, SqlText, Unresolved
from jobs.errors import SourceShrank
from jobs.pipelines.lineage.bring import Chunk, Told
from jobs.pipelines.lineage.compose import (
    Keys,
    as_logged,
    disagreements,
    known_after,
    known_of,
    said_of,
    with_imported,
    with_told,
    without_schemas,
    words_of,
)
from jobs.pipelines.lineage.save import (
    Asserted,
    Beside,
    Changes,
    Held,
    Logged,
    Plan,
    Teller,
    asserted_in,
    changes_of_log,
    claims_of,
    held_assets,
    plan,
)
from jobs.pipelines.lineage.spill import recall, spill, spill_rows
from jobs.pipelines.lineage.values import (
    MAX_DISAGREEMENTS_SHOWN,
    MAX_GAPS_SHOWN,
    MAX_WARNINGS_SHOWN,
    LineageDisagreement,
    LineageGap,
    LineageResult,
)

GUARDED_ASSETS = 20  # a source of fewer may lose most of them: that is no accident
KEPT_SHARE = 10  # of a larger one, one in so many must stay


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What lineage is inferred from: chunks that were read, in order, and what the graph holds already."""

    teller: Teller
    dialect: str
    default_schema: str
    chunks: tuple[Chunk, ...]
    known: Path
    before: Held
    folder: Path
    told: Path | None = None
    log_teller: Teller | None = None  # who asserts what a query log shows; None: nobody
    logged: Logged | None = None
    excluded: frozenset[str] = frozenset()  # schemas, in small letters
    warnings: tuple[str, ...] = ()
    allow_shrink: bool = True
    hints: HintMode = HintMode.UNION


@dataclass(frozen=True, slots=True)
class Findings:
    """What is shown, the rows to write, and the files that list all gaps and disagreements, if any."""

    result: LineageResult
    rows: Changes
    gaps: Path | None
    disagreements: Path | None = None
    news: tuple[str, ...] = ()  # warnings that inferring brought
    logs: bool = False  # whether rows are of the source of a query log


@collecting_rarely()
def read_chunk(chunk: Chunk) -> None:
    """Read some texts."""
    texts: Sequence[SqlText] = recall(chunk.texts)
    spill(chunk.readings, [read_text(text, chunk.dialect) for text in texts])


def give_up(chunk: Chunk, problem: str) -> str:
    """Note, instead of a reading, that a text killed or outlived the process that read it; the text's name."""
    (text,) = recall(chunk.texts)
    spill(chunk.readings, [crashed(text, problem)])
    return str(text.name)


@collecting_rarely()
def find_lineage(inquiry: Inquiry) -> Findings:
    """Infer the lineage of all texts, and what to write so that their source asserts it and nothing else.

    Raises:
        SourceShrank: The source would lose nearly all that it said, and nobody allowed it to.
    """
    teller, folder = inquiry.teller, inquiry.folder
    told: Told = recall(inquiry.told) if inquiry.told else Told()
    keys = Keys(inquiry.dialect, inquiry.default_schema)
    texts, readings = recalled(chunk for chunk in inquiry.chunks if not chunk.logged)
    known = known_of(told, recall(inquiry.known), keys)
    inferred = infer(readings, known, inquiry.default_schema, inquiry.dialect, hints=inquiry.hints)
    apart = tuple(disagreements(told, readings, keys)) if told.dependencies or told.relations else ()
    lineage, news = without_schemas(with_told(inferred, told, keys), inquiry.excluded)
    if told.imported is not None:
        teller = replace(teller, addresses=told.imported.addresses)
        inferred, lineage = with_imported(inferred, told), with_imported(lineage, told)
    words = words_of(lineage, told, texts, keys)
    before = asserted_in(inquiry.before)
    said, missing = said_of(lineage, told, keys)
    news += missing
    records = (*told.records, *(told.imported.records if told.imported is not None else ()))
    planned = plan(teller, [*texts, *records], lineage, before, Beside(words, said))
    guard(planned, before, allow_shrink=inquiry.allow_shrink)
    log, log_texts = logged_lineage(inquiry, inferred, known)
    logged = (
        changes_of_log(claims_of(inquiry.log_teller, log_texts, log), inquiry.logged, teller.revision)
        if inquiry.log_teller is not None and inquiry.logged is not None
        else []
    )
    planned = planned.with_log(logged)
    changes = [*planned.changes, *logged]
    if apart:
        which = "1 dependency is" if len(apart) == 1 else f"{len(apart):,} dependencies are"
        news += (f"{which} only declared, or only found in SQL: see disagreements.json.",)
    shown = replace(lineage, statements=inferred.statements)
    result = result_of(shown, log, planned, len(texts) + len(log_texts))
    result = replace(
        result,
        revision=teller.revision if changes else None,
        warnings=(*inquiry.warnings, *news)[:MAX_WARNINGS_SHOWN],
        disagreement_count=len(apart),
        disagreements=apart[:MAX_DISAGREEMENTS_SHOWN],
    )
    return Findings(
        result,
        spill_rows(folder / "rows", changes),
        list_gaps(folder / "gaps.json", (*inferred.unresolved, *log.unresolved)),
        listed(folder / "disagreements.json", apart),
        news,
        bool(logged),
    )


def recalled(chunks: Iterable[Chunk]) -> tuple[list[SqlText], list[Reading]]:
    """The texts of chunks and what was read in them."""
    texts: list[SqlText] = []
    readings: list[Reading] = []
    for chunk in chunks:
        texts += recall(chunk.texts)
        readings += recall(chunk.readings)
    return texts, readings


def guard(planned: Plan, before: Asserted, *, allow_shrink: bool) -> None:
    """Hold a source back from losing nearly all that it said: most often its files were not the right ones.

    Raises:
        SourceShrank: It would lose all of its assets, or more than nine tenths of many.
    """
    had, has = held_assets(before), planned.assets
    shrinks = (had > 0 and has == 0) or (had >= GUARDED_ASSETS and has * KEPT_SHARE < had)
    if shrinks and not allow_shrink:
        message = f"The source told of {had:,} assets and would now tell of {has:,}; nothing was changed."
        raise SourceShrank(message, hint="If that is meant, submit it again with allowShrink.")


def logged_lineage(inquiry: Inquiry, inferred: Lineage, known: KnownColumns) -> tuple[Lineage, list[SqlText]]:
    """The lineage of the statements of a query log, over all that the catalog tells, and these statements."""
    texts, readings = recalled(chunk for chunk in inquiry.chunks if chunk.logged)
    known = {**known, **known_after(inferred)}
    lineage = infer(readings, known if texts else {}, inquiry.default_schema, inquiry.dialect)
    return without_schemas(as_logged(lineage, texts), inquiry.excluded)[0], texts


def list_gaps(path: Path, unresolved: Sequence[Unresolved]) -> Path | None:
    """Write the whole list: the result shows only its beginning."""
    return listed(path, [gap_of(gap) for gap in unresolved])


def listed(path: Path, values: Sequence[LineageGap] | Sequence[LineageDisagreement]) -> Path | None:
    """Write values as JSON, unless there are none."""
    if not values:
        return None
    path.write_bytes(orjson.dumps([asdict(value) for value in values], option=orjson.OPT_INDENT_2))
    return path


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


def result_of(lineage: Lineage, log: Lineage, planned: Plan, text_count: int) -> LineageResult:
    """The numbers of a run: what its texts and its query log say, and what its source asserts."""
    both = (lineage, log)
    direct = sum(edge.kind is EdgeKind.DIRECT for each in both for edge in each.edges)
    gaps = (*lineage.unresolved, *log.unresolved)
    return LineageResult(
        revision=None,
        text_count=text_count,
        statement_count=sum(len(each.statements) for each in both),
        explained_count=sum(each.explained for each in both),
        unresolved_count=len(gaps),
        asset_count=planned.assets,
        column_count=planned.columns,
        direct_edge_count=direct,
        indirect_edge_count=sum(len(each.edges) for each in both) - direct,
        added_count=planned.added,
        ended_count=planned.ended,
        gaps=tuple(gap_of(gap) for gap in gaps[:MAX_GAPS_SHOWN]),
    )
