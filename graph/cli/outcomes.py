"""What is asked about a run that ended, and how it is shown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from graph.cli.paper import counted
from graph.client import Client, RunRef

HEAD_FIELDS = """
runId workspace kind status labels priority attempt retryOf submittedAt startedAt finishedAt
progress { percent stage elapsedSeconds }
error { code message hint line column problems { code file field message rowCount rows } }
"""
RESULT_FIELDS = """
kind
... on LineageResult {
  revision textCount statementCount explainedCount unresolvedCount assetCount columnCount
  directEdgeCount indirectEdgeCount addedCount endedCount
  warnings disagreementCount
  gaps { text line column start end reason message remedy }
}
"""
HEAD = f"""
query Head($runId: String!, $workspace: String!) {{
  run(runId: $runId, workspace: $workspace) {{ {HEAD_FIELDS} }}
}}"""
OUTCOME = f"""
query Outcome($runId: String!, $workspace: String!) {{
  run(runId: $runId, workspace: $workspace) {{ {HEAD_FIELDS} result {{ {RESULT_FIELDS} }} }}
}}"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was seen and not explained."""

    file: str
    line: int
    reason: str
    message: str
    remedy: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Gap":
        words = (told["reason"], told["message"], told["remedy"])
        return cls(told["text"], told["line"], *words)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run, and what came of it, as the API tells them."""

    run: Mapping[str, Any]
    result: Mapping[str, Any] | None = None
    gaps: tuple[Mapping[str, Any], ...] = ()

    @property
    def status(self) -> str:
        return str(self.run["status"])

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Outcome":
        run = {name: value for name, value in told.items() if name != "result"}
        result = told.get("result")
        if result is None:
            return cls(run)
        counts = {name: value for name, value in result.items() if name != "gaps"}
        return cls(run, counts, tuple(result.get("gaps", ())))

    def as_json(self) -> str:
        return json.dumps({"run": self.run, "result": self.result, "gaps": self.gaps}, indent=2)


async def read_outcome(client: Client, run: RunRef, document: str = OUTCOME) -> Outcome:
    """The run as it is now.

    Raises:
        RefusedRemotely: There is none.
    """
    told = await client.ask(document, runId=run.run_id, workspace=run.workspace)
    return Outcome.of(told["run"])


def show_outcome(outcome: Outcome, out: Console) -> None:
    """The run in a few lines, and its gaps by file."""
    run, result = outcome.run, outcome.result
    seconds = (run["progress"] or {}).get("elapsedSeconds")
    took = f" in {seconds:.1f} s" if seconds is not None else ""
    style = {"COMPLETED": "bold green", "COMPLETED_WITH_GAPS": "bold yellow"}.get(outcome.status, "bold red")
    out.print(Text.assemble("Run ", (run["runId"], "bold"), ": ", (outcome.status, style), took))
    if run["error"]:
        show_error(run["error"], out)
    if result and "textCount" in result:
        show_counts(result, out)
    if outcome.gaps:
        out.print(Text("Not explained:", style="bold yellow"))
        show_gaps(outcome, out)


def show_error(error: Mapping[str, Any], out: Console) -> None:
    """Why a run failed: the code, the place in its statement if one is wrong, what to do."""
    problems = error.get("problems") or ()
    hint = "" if problems else error["hint"]  # which says where they are listed: here
    line, column = error.get("line"), error.get("column")
    place = f" at line {line}" * (line is not None) + f", column {column}" * (column is not None)
    out.print(f"  {error['code']}{place}: {error['message']} {hint}".rstrip(), soft_wrap=True, markup=False)
    show_problems(problems, out)


def show_problems(problems: Sequence[Mapping[str, Any]], out: Console) -> None:
    """What is wrong with the files of a run, with the first places."""
    for problem in problems:
        where = f"{problem['file']}  " if problem["file"] else ""
        out.print(Text.assemble("  ", (where, "cyan"), (problem["code"], "yellow")))
        count = f" ({problem['rowCount']:,} in all)" if problem["rowCount"] > len(problem["rows"]) > 0 else ""
        out.print(Padding(Text(f"{problem['message']}{count}"), (0, 0, 0, 4)))
        for row in problem["rows"]:
            out.print(Padding(Text(row, style="dim"), (0, 0, 0, 4)))


def show_counts(result: Mapping[str, Any], out: Console) -> None:
    gaps = result["unresolvedCount"]
    out.print(
        f"  {counted(result['textCount'], 'text')}, {counted(result['statementCount'], 'statement')}:"
        f" {result['explainedCount']} explained, {gaps or 'nothing'} not"
    )
    out.print(
        f"  {counted(result['assetCount'], 'asset')}, {counted(result['columnCount'], 'column')};"
        f" {result['directEdgeCount']} direct and {counted(result['indirectEdgeCount'], 'indirect edge')}"
    )
    changed = f"revision {result['revision']}" if result["revision"] else "nothing changed"
    out.print(f"  {result['addedCount']} new, {result['endedCount']} gone: {changed}")


def show_gaps(outcome: Outcome, out: Console) -> None:
    """Every gap with its place, the reason and what would help."""
    gaps = sorted((Gap.of(told) for told in outcome.gaps), key=lambda gap: (gap.file, gap.line))
    for gap in gaps:
        place = (f"{gap.file}:{gap.line}", "cyan")
        out.print(Text.assemble(place, "  ", (gap.reason, "yellow")))
        out.print(Padding(Text(gap.message), (0, 0, 0, 4)))
        if gap.remedy:
            out.print(Padding(Text(gap.remedy, style="dim"), (0, 0, 0, 4)))
    total = (outcome.result or {}).get("unresolvedCount", len(gaps))
    if total > len(gaps):
        out.print(f"and {total - len(gaps)} more: all are in the artifact gaps.json of the run.", style="dim")
