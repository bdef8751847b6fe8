"""The command line. What a command needs is imported when it runs: `--help` answers at once."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from graph.cli import answers
from graph.cli.choices import FailOn, Form, Format, Report
from graph.cli.options import MAIN, Host, Output, Port, RunId, Strict, Token, Url, Workspace


class Commands(TyperGroup):
    """Commands whose errors are a line on standard error and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        from graph.cli.exits import carry_out

        return carry_out(lambda: super(Commands, self).invoke(ctx))


PLAIN: dict[str, Any] = {
    "no_args_is_help": True,
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 110},
}
app = typer.Typer(cls=Commands, **PLAIN)
run = typer.Typer(help="Submit a run to a service and watch it.", **PLAIN)
app.add_typer(run, name="run")


def print_version(wanted: bool) -> None:  # noqa: FBT001 - how Typer calls it
    if wanted:
        from importlib.metadata import version

        typer.echo(f"Headwater {version('headwater')}")
        raise typer.Exit


@app.callback()
def headwater(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Tells you where every number came from: lineage as a self-hosted GraphQL service."""
    del version


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End after the trees instead of serving on.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; another one if it is taken.")] = 8000,
) -> None:
    """Show the main job on a sample: a service of its own, one run, and what it found."""
    from graph.cli.tour import demo as show

    show(port, once=once)


@app.command()
def up(*, host: Host = None, port: Port = None) -> None:
    """Run the whole service: migrated database, queue, one API and one worker."""
    from graph.cli import parts

    parts.up(host, port)


@app.command()
def serve(
    *,
    host: Host = None,
    port: Port = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start anew when the code changes.")] = False,
    fd: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run one API."""
    from graph.cli import parts

    parts.serve(parts.Listening(host, port, fd), reload=reload)


@app.command()
def worker() -> None:
    """Run one worker."""
    from graph.settings import load_all
    from jobs.worker import main as work

    load_all()  # a mistake anywhere is told before anything begins
    work()


@app.command()
def migrate(
    *,
    to: Annotated[
        str, typer.Option(help="The version to go to: newer or `head`; see alembic/versions.")
    ] = "head",
) -> None:
    """Bring the database to the schema that this version needs; safe to call twice."""
    from graph.cli import parts

    typer.echo(parts.migrate(to))


@app.command()
def schema() -> None:
    """Print the schema of the GraphQL API."""
    from graph.schema import schema as public

    typer.echo(public.as_str())


@app.command()
def settings() -> None:
    """Print all settings with their present values, secrets masked; exit with 2 if some are wrong."""
    from graph.cli.paper import paper
    from graph.cli.tables import show_settings

    show_settings(paper())


@app.command("lineage")
def read_lineage(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="SQL files, folders (all .sql files below), or - for standard input.", show_default=False
        ),
    ],
    *,
    dialect: Annotated[
        str, typer.Option(help="Whose SQL it is, such as tsql or postgres.", show_default=False)
    ],
    columns: Annotated[
        Path | None,
        typer.Option(
            help='A JSON file with columns of tables that no file defines: {"dbo.orders": ["id", "price"]}.'
        ),
    ] = None,
    default_schema: Annotated[str, typer.Option(help="Schema of names without one, such as dbo.")] = "",
    form: Annotated[Form, typer.Option("--format", help="How the lineage is printed.")] = Form.JSON,
    results: Annotated[
        bool,
        typer.Option("--results", help="Show what a SELECT alone reads: it fills query 1, query 2, …"),
    ] = False,
    strict: Strict = False,
) -> None:
    """Print the lineage of SQL files, without a service.

    Exit status: 0, 1 nobody read it to its end, 2 refused, 3 something was not explained (with --strict).
    """
    from graph.cli import local

    wish = local.Wish(tuple(paths), dialect, form.value, columns, default_schema, strict, results)
    raise typer.Exit(local.show_lineage(wish))


@app.command()
def diff(
    base: Annotated[
        str,
        typer.Argument(help="How it was: a folder or file, or a revision's number.", show_default=False),
    ],
    head: Annotated[
        str,
        typer.Argument(help="How it is: the same, or head for the newest revision.", show_default=False),
    ],
    *,
    dialect: Annotated[
        str | None, typer.Option(help="Whose SQL it is, such as tsql or postgres; folders need it.")
    ] = None,
    default_schema: Annotated[str, typer.Option(help="Schema of names without one, such as dbo.")] = "",
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="From which severity on to exit with 1.")
    ] = FailOn.BREAKING,
    form: Annotated[Report, typer.Option("--format", help="How it is printed.")] = Report.TEXT,
    url: Url = None,
    token: Token = None,
    workspace: Workspace = MAIN,
) -> None:
    """Tell what differs between two folders of SQL, read here, or two revisions of a service: a gate for CI.

    Exit status: 0 passes, 1 something is as bad as --fail-on says, 2 refused, 4 no service.
    """
    from graph.cli import differing, runs

    wish = differing.Wish(base, head, dialect, default_schema, fail_on.value, form.value, workspace)
    raise typer.Exit(differing.show_difference(wish, runs.Target(url, token)))


@run.command()
def lineage(
    paths: Annotated[
        list[Path], typer.Argument(help="SQL files, or folders: all .sql files below.", show_default=False)
    ],
    *,
    dialect: Annotated[
        str, typer.Option(help="Whose SQL it is, such as tsql or postgres.", show_default=False)
    ],
    source: Annotated[
        str, typer.Option(help="Who asserts it; a later run of the same source replaces what it said.")
    ] = "default",
    default_schema: Annotated[str, typer.Option(help="Schema of names without one, such as dbo.")] = "",
    namespace: Annotated[str | None, typer.Option(help="OpenLineage's namespace of the assets.")] = None,
    url: Url = None,
    token: Token = None,
    workspace: Workspace = MAIN,
    run_id: Annotated[str | None, typer.Option(help="An id of your own.")] = None,
    label: Annotated[list[str] | None, typer.Option(help="A word to find the run by; may be repeated.")] = None,
    priority: Annotated[int | None, typer.Option(help="From 1 (first) to 5.")] = None,
    timeout: Annotated[int | None, typer.Option(help="Seconds that one attempt may take.")] = None,
    output: Output = Format.TREE,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Whether to watch the run.")] = True,
    strict: Strict = False,
) -> None:
    """Extract lineage from SQL files.

    Exit status: 0 completed, 1 failed or stopped, 2 refused, 3 gaps (with --strict), 4 no service.
    """
    from graph.cli import runs

    options = {
        "workspace": workspace,
        "runId": run_id,
        "labels": label,
        "priority": priority,
        "timeoutSeconds": timeout,
    }
    about = {
        "dialect": dialect.upper(),
        "source": source,
        "defaultSchema": default_schema,
        "namespace": namespace,
    }
    given = {name: value for name, value in options.items() if value is not None}
    order = runs.Order(tuple(paths), about, given, wait=wait)
    raise typer.Exit(runs.run_lineage(order, runs.Target(url, token, output is Format.JSON, strict)))


@app.command()
def push(
    path: Annotated[
        Path,
        typer.Argument(
            help="A dbt project, a folder of SQL or Parquet, or .zip, .tar, .tar.gz, .json, .sql, .parquet.",
            show_default=False,
        ),
    ],
    *,
    dialect: Annotated[str, typer.Option(help="Whose SQL it is, such as tsql or postgres.")] = "tsql",
    source: Annotated[
        str, typer.Option(help="Who asserts it; a later run of the same source replaces what it said.")
    ] = "default",
    default_schema: Annotated[str, typer.Option(help="Schema of names without one, such as dbo.")] = "",
    namespace: Annotated[str | None, typer.Option(help="OpenLineage's namespace of the assets.")] = None,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Let the source lose nearly all that it said before.")
    ] = False,
    url: Url = None,
    token: Token = None,
    workspace: Workspace = MAIN,
    label: Annotated[list[str] | None, typer.Option(help="A word to find the run by; may be repeated.")] = None,
    output: Output = Format.TREE,
    wait: Annotated[bool, typer.Option("--watch/--no-watch", help="Whether to watch the run.")] = True,
    strict: Strict = False,
) -> None:
    """Send a folder of SQL or Parquet files and extract its lineage: the command for a CI job.

    Exit status: 0 completed, 1 failed or stopped, 2 refused, 3 gaps (with --strict), 4 no service.
    """
    from graph.cli import pushing, runs

    about = {
        "dialect": dialect.upper(),
        "source": source,
        "defaultSchema": default_schema,
        "namespace": namespace,
        "allowShrink": allow_shrink,
    }
    options: dict[str, Any] = {"workspace": workspace} | ({"labels": label} if label else {})
    order = pushing.Push(path, about, options, wait=wait)
    raise typer.Exit(pushing.push(order, runs.Target(url, token, output is Format.JSON, strict)))


@app.command()
def watch(
    run_id: RunId,
    *,
    after: Annotated[int, typer.Option(min=0, help="Leave out events up to this one.")] = 0,
    url: Url = None,
    token: Token = None,
    workspace: Workspace = MAIN,
    output: Output = Format.TREE,
    strict: Strict = False,
) -> None:
    """Watch a run until it ends and print its outcome."""
    from graph.cli import runs
    from graph.client import RunRef

    target = runs.Target(url, token, output is Format.JSON, strict)
    raise typer.Exit(runs.watch_run(RunRef(run_id, workspace), target, after))


@app.command()
def stop(
    run_id: RunId,
    *,
    url: Url = None,
    token: Token = None,
    workspace: Workspace = MAIN,
    output: Output = Format.TREE,
) -> None:
    """Ask a run to stop."""
    from graph.cli import runs
    from graph.client import RunRef

    target = runs.Target(url, token, output is Format.JSON)
    raise typer.Exit(runs.stop_run(RunRef(run_id, workspace), target))


for command in (answers.audit, answers.export, answers.query, answers.load, answers.tables):
    app.command()(command)


def main() -> None:
    """The command `headwater`."""
    app(prog_name="headwater")
