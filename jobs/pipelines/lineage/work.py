"""The heavy part of a lineage run: functions that are called in child processes, over files."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from jobs.engines.lineage.crash import crashed
from jobs.engines.lineage.infer import infer
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.shapes import Reading
from jobs.engines.lineage.values import EdgeKind, Lineage, SqlText, Unresolved
from jobs.pipelines.lineage.save import Changes, Held, Plan, Teller, asserted_in, plan
from jobs.pipelines.lineage.spill import recall, spill, spill_rows
from jobs.pipelines.lineage.values import MAX_GAPS_SHOWN, LineageGap, LineageResult


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some texts, as the file `texts`, and where their readings go."""

    dialect: str
    texts: Path

    @property
    def readings(self) -> Path:
        return self.texts.with_suffix(".readings")


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


@dataclass(frozen=True, slots=True)
class Findings:
    """What is shown, the rows to write, and (None if there are none) the file that lists all gaps."""

    result: LineageResult
    rows: Changes
    gaps: Path | None


def read_chunk(chunk: Chunk) -> None:
    """Read some texts."""
    texts: Sequence[SqlText] = recall(chunk.texts)
    spill(chunk.readings, [read_text(text, chunk.dialect) for text in texts])


def give_up(chunk: Chunk, problem: str) -> str:
    """Note, instead of a reading, that a text killed or outlived the process that read it; the text's name."""
    (text,) = recall(chunk.texts)
    spill(chunk.readings, [crashed(text, problem)])
    return str(text.name)


def find_lineage(inquiry: Inquiry) -> Findings:
    """Infer the lineage of all texts, and what to write so that their source asserts it and nothing else."""
    texts: list[SqlText] = []
    readings: list[Reading] = []
    for chunk in inquiry.chunks:
        texts += recall(chunk.texts)
        readings += recall(chunk.readings)
    lineage = infer(readings, recall(inquiry.known), inquiry.default_schema, inquiry.dialect)
    planned = plan(inquiry.teller, texts, lineage, asserted_in(inquiry.before))
    return Findings(
        result_of(lineage, planned, len(texts), inquiry.teller.revision),
        spill_rows(inquiry.folder / "rows", planned.changes),
        list_gaps(inquiry.folder / "gaps.json", lineage.unresolved),
    )


def list_gaps(path: Path, unresolved: Sequence[Unresolved]) -> Path | None:
    """Write the whole list: the result shows only its beginning."""
    if not unresolved:
        return None
    listed = [asdict(gap_of(gap)) for gap in unresolved]
    path.write_bytes(orjson.dumps(listed, option=orjson.OPT_INDENT_2))
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


def result_of(lineage: Lineage, planned: Plan, text_count: int, revision: int) -> LineageResult:
    direct = sum(edge.kind is EdgeKind.DIRECT for edge in lineage.edges)
    return LineageResult(
        revision=revision if planned.changes else None,
        text_count=text_count,
        statement_count=len(lineage.statements),
        explained_count=lineage.explained,
        unresolved_count=len(lineage.unresolved),
        asset_count=planned.assets,
        column_count=planned.columns,
        direct_edge_count=direct,
        indirect_edge_count=len(lineage.edges) - direct,
        added_count=planned.added,
        ended_count=planned.ended,
        gaps=tuple(gap_of(gap) for gap in lineage.unresolved[:MAX_GAPS_SHOWN]),
    )
