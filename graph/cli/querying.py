"""`headwater query` and `headwater tables`: a statement as a run with its rows, and what tables there are."""

import csv
import json
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph.cli.choices import RowForm
from graph.cli.exits import Status
from graph.cli.exporting import fetch
from graph.cli.outcomes import HEAD_FIELDS, read_outcome, show_outcome
from graph.cli.paper import paper
from graph.cli.runs import Target, checked, interruptible
from graph.cli.watching import watch
from graph.client import Client, Pursuit, RunRef, connected

PAGE = 100
SHOWN = 1_000  # rows printed as a table: more are for a file
SUBMIT = f"""
mutation Query($run: RunInput!, $options: RunOptions!) {{
  submitRun(run: $run, options: $options) {{
    ... on Run {{ {HEAD_FIELDS} }}
    ... on Refusal {{ code message hint }}
  }}
}}"""
ROWS = """query Rows($runId: String!, $workspace: String!, $first: Int!, $after: String) {
  run(runId: $runId, workspace: $workspace) { result { ... on QueryResult {
    rowCount truncated cacheHit columns { name }
    change { act schema name version changedRows }
    downloads { parquet }
    rows(first: $first, after: $after) { edges { node { values } } pageInfo { hasNextPage endCursor } }
  } } }
}"""
TABLES = """query Tables($workspace: String!, $after: String) {
  tables(workspace: $workspace, first: 100, after: $after) {
    edges { node { schema name version rowCount sizeBytes changedAt columns { name type } } }
    pageInfo { hasNextPage endCursor }
  }
}"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked, and how its rows are printed: `query` is what the API takes."""

    query: dict[str, Any]
    workspace: str
    form: RowForm
    output: Path | None = None


def run_query(wish: Wish, target: Target) -> int:
    """Run a statement, and print its rows or write them to a file; the exit status.

    Raises:
        BadPath: The file cannot be written.
        Unreachable, RefusedRemotely: The service is not there, or does not do it.
    """
    return interruptible(_run_query(wish, target))


async def _run_query(wish: Wish, target: Target) -> int:
    address = target.address()
    async with connected(address) as client:
        run = await submit(client, wish.query, wish.workspace)
        await watch(Pursuit(client, run, 0), paper(errors=True))
        outcome = await read_outcome(client, run)
        if outcome.status != "COMPLETED":
            show_outcome(outcome, paper(errors=True))
            return Status.FAILED
        found = await page_of(client, run, None)
        if found["change"] is not None:
            tell_change(found["change"])
        elif wish.form is RowForm.PARQUET:
            to = wish.output or Path("result.parquet")
            await fetch(address, found["downloads"]["parquet"], to)
            paper(errors=True).print(f"{to}: {int(found['rowCount']):,} rows", markup=False)
        else:
            await print_rows(client, run, wish.form, found)
    return Status.OK


async def submit(client: Client, query: Mapping[str, Any], workspace: str) -> RunRef:
    """The accepted run of a statement; `query` is what the API takes.

    Raises:
        Unreachable, RefusedRemotely: The service is not there, or does not take it.
    """
    options = {"workspace": workspace, "idempotencyKey": f"query-{secrets.token_hex(8)}"}
    told = checked((await client.ask(SUBMIT, run={"query": query}, options=options))["submitRun"])
    return RunRef(told["runId"], told["workspace"])


async def page_of(client: Client, run: RunRef, after: str | None) -> dict[str, Any]:
    told = await client.ask(ROWS, runId=run.run_id, workspace=run.workspace, first=PAGE, after=after)
    found: dict[str, Any] = told["run"]["result"]
    return found


async def rows_from(client: Client, run: RunRef, found: dict[str, Any]) -> AsyncIterator[Sequence[Any]]:
    """The rows of a result, from its first page on."""
    while True:
        for edge in found["rows"]["edges"]:
            yield edge["node"]["values"]
        page = found["rows"]["pageInfo"]
        if not page["hasNextPage"]:
            return
        found = await page_of(client, run, page["endCursor"])


async def print_rows(client: Client, run: RunRef, form: RowForm, found: dict[str, Any]) -> None:
    names = [column["name"] for column in found["columns"]]
    rows = rows_from(client, run, found)
    match form:
        case RowForm.CSV:
            writer = csv.writer(sys.stdout, lineterminator="\r\n")
            writer.writerow(names)
            async for row in rows:
                writer.writerow(["" if value is None else worded(value) for value in row])
        case RowForm.JSON:
            async for row in rows:
                print(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False))  # noqa: T201 - a command's output
        case _:
            await print_table(names, rows, paper())
            tell_rest(found)


async def print_table(names: Sequence[str], rows: AsyncIterator[Sequence[Any]], out: Console) -> None:
    """Print rows as a table: the first thousand."""
    table, count = Table(), 0
    for name in names:
        table.add_column(Text(name))
    async for row in rows:
        if count == SHOWN:
            break
        count += 1
        table.add_row(*(Text("NULL", style="dim") if value is None else Text(worded(value)) for value in row))
    out.print(table)


def worded(value: Any) -> str:
    """A value as a cell of text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def tell_rest(found: dict[str, Any]) -> None:
    """Say how many rows there are, where not all are shown, and that nothing was executed if nothing was."""
    count = int(found["rowCount"])
    words = [f"{count:,} rows"]
    if count > SHOWN:
        words.append(f"the first {SHOWN:,} are shown: --format csv prints all")
    if found["truncated"]:
        words.append("there are more than --limit lets through")
    if found["cacheHit"]:
        words.append("kept from an earlier run")
    paper(errors=True).print("; ".join(words), markup=False)


def tell_change(change: dict[str, Any]) -> None:
    version = f" is at version {change['version']}" if change["version"] is not None else " is gone"
    name, rows = f"{change['schema']}.{change['name']}", int(change["changedRows"])
    paper(errors=True).print(f"{change['act']}: {rows:,} rows; {name}{version}", markup=False)


def show_tables(workspace: str, target: Target) -> int:
    """Print the tables of a workspace; the exit status.

    Raises:
        Unreachable, RefusedRemotely: The service is not there, or does not tell.
    """
    return interruptible(_show_tables(workspace, target))


async def _show_tables(workspace: str, target: Target) -> int:
    nodes: list[dict[str, Any]] = []
    async with connected(target.address()) as client:
        after: str | None = None
        while True:
            found = (await client.ask(TABLES, workspace=workspace, after=after))["tables"]
            nodes += [edge["node"] for edge in found["edges"]]
            after = found["pageInfo"]["endCursor"]
            if not found["pageInfo"]["hasNextPage"]:
                break
    if target.as_json:
        for node in nodes:
            print(json.dumps(node))  # noqa: T201 - a command's output
        return Status.OK
    table = Table("table", "version", "rows", "bytes", "columns")
    for node in nodes:
        columns = ", ".join(f"{column['name']} {column['type']}" for column in node["columns"])
        counts = (str(node["version"]), f"{int(node['rowCount']):,}", f"{int(node['sizeBytes']):,}")
        table.add_row(Text(f"{node['schema']}.{node['name']}"), *counts, Text(columns))
    paper().print(table)
    return Status.OK
