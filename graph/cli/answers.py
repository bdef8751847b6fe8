"""Commands that print or keep what a service says; each is registered in `graph.cli`."""

from pathlib import Path
from typing import Annotated

import typer

from graph.cli.choices import ExportForm, ExportLevel, Format, LoadMode, QueryEngine, RowForm, Sheet
from graph.cli.options import MAIN, Output, Token, Url, Workspace


def audit(
    *,
    workspace: Annotated[
        str | None, typer.Option(help="Only of this workspace; left out: of all.", show_default=False)
    ] = None,
    principal: Annotated[str | None, typer.Option(help="Only what they did.", show_default=False)] = None,
    action: Annotated[
        str | None, typer.Option(help="Only this, such as setMember.", show_default=False)
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="Only what ended so.", show_default=False)] = None,
    since: Annotated[str | None, typer.Option(help="Only from then on.", show_default=False)] = None,
    until: Annotated[str | None, typer.Option(help="Only before then.", show_default=False)] = None,
    sheet: Annotated[Sheet, typer.Option("--format", help="How entries are printed.")] = Sheet.NDJSON,
    url: Url = None,
    token: Token = None,
) -> None:
    """Print the audit log of a service, newest first; times are written like 2026-11-25T12:00:00Z.

    Exit status: 0, 2 refused, 4 no service.
    """
    from graph.cli import auditing, runs

    words = {"principal": principal, "action": action, "outcome": outcome, "since": since, "until": until}
    given = {name: value for name, value in words.items() if value is not None}
    wish = auditing.Wish(workspace, given, sheet.value.upper())
    raise typer.Exit(auditing.show_audit(wish, runs.Target(url, token)))


def export(
    *,
    form: Annotated[ExportForm, typer.Option("--format", help="How the graph is written.")] = ExportForm.JSON,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to; left out: here, by its own name.")
    ] = None,
    namespace: Annotated[str | None, typer.Option(help="Only of this namespace.", show_default=False)] = None,
    revision: Annotated[
        int | None, typer.Option(help="As it was at this revision; left out: as it is.", show_default=False)
    ] = None,
    level: Annotated[
        ExportLevel, typer.Option(help="What the nodes of GraphML, Mermaid and DOT are.")
    ] = ExportLevel.ASSET,
    url: Url = None,
    token: Token = None,
    workspace: Workspace = MAIN,
) -> None:
    """Write the lineage graph of a workspace to a file, whole or not at all.

    Exit status: 0, 1 failed, 2 refused, 4 no service.
    """
    from graph.cli import exporting, runs

    about = {"format": form.name, "namespace": namespace, "asOfRevision": revision, "level": level.name}
    given = {name: value for name, value in about.items() if value is not None}
    wish = exporting.Wish(given, workspace, output)
    raise typer.Exit(exporting.export_graph(wish, runs.Target(url, token)))


def query(
    sql: Annotated[str, typer.Argument(help="One statement of SQL.", show_default=False)],
    *,
    form: Annotated[RowForm, typer.Option("--format", help="How rows are printed.")] = RowForm.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where Parquet is written.", show_default=False)
    ] = None,
    engine: Annotated[QueryEngine, typer.Option(help="Who runs it.")] = QueryEngine.DUCKDB,
    limit: Annotated[int, typer.Option(help="Rows of the result at most.")] = 10_000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Execute it, though its answer is kept.")] = False,
    url: Url = None,
    token: Token = None,
    workspace: Workspace = MAIN,
) -> None:
    """Run a statement over the tables of a workspace, and print its rows.

    Exit status: 0, 1 failed, 2 refused, 4 no service.
    """
    from graph.cli import querying, runs

    asked = {"sql": sql, "engine": engine.name, "rowLimit": limit, "useCache": not fresh}
    wish = querying.Wish(asked, workspace, form, output)
    raise typer.Exit(querying.run_query(wish, runs.Target(url, token)))


def load(
    file: Annotated[Path, typer.Argument(help="A Parquet, CSV or JSON file.", show_default=False)],
    name: Annotated[str, typer.Argument(help="The table: name or schema.name.", show_default=False)],
    *,
    mode: Annotated[LoadMode, typer.Option(help="What becomes of a table of that name.")] = LoadMode.CREATE,
    delimiter: Annotated[
        str | None, typer.Option(help="What separates values of CSV; left out: found out.", show_default=False)
    ] = None,
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header", help="Whether a first line of CSV names columns.", show_default=False
        ),
    ] = None,
    url: Url = None,
    token: Token = None,
    workspace: Workspace = MAIN,
) -> None:
    """Send a file to a service, and make a table of it.

    Exit status: 0, 1 failed, 2 refused, 4 no service.
    """
    from graph.cli import loading, runs

    about = {"name": name, "mode": mode.name, "delimiter": delimiter, "header": header}
    table = {key: value for key, value in about.items() if value is not None}
    raise typer.Exit(loading.load(loading.Load(file, table, workspace), runs.Target(url, token)))


def tables(
    *, url: Url = None, token: Token = None, workspace: Workspace = MAIN, output: Output = Format.TREE
) -> None:
    """Print the tables of a workspace, as a table or as JSON, a line each.

    Exit status: 0, 2 refused, 4 no service.
    """
    from graph.cli import querying, runs

    raise typer.Exit(querying.show_tables(workspace, runs.Target(url, token, output is Format.JSON)))
