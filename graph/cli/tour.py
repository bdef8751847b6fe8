"""`headwater demo`: a service of its own, the sample warehouse, and what lineage says about it."""

import asyncio
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from graph import up as supervision
from graph.cli import loading, querying
from graph.cli.outcomes import read_outcome, show_counts, show_gaps
from graph.cli.paper import paper
from graph.cli.runs import Order, submit
from graph.cli.texts import read_all
from graph.cli.trees import DOWNSTREAM, UPSTREAM, read_walk, show_influences, value_tree
from graph.cli.watching import watch
from graph.client import Address, Client, Pursuit, connected
from jobs.errors import HeadwaterError

SAMPLE = Path(__file__).parents[2] / "examples" / "warehouse"
FOLDERS = 9  # demos that may run beside one another
HOST = "127.0.0.1"
FIGURE = ("mart.revenue_by_month", "revenue")
ASKED = "Ways to pay"
RATE = ("raw.exchange_rates", "euro_per_unit")
KEPT = ("HEADWATER_LOG_LEVEL",)  # the demo has settings of its own: it must never touch what is configured

QUERIES = (
    (
        "Where does a figure come from?",
        """{
  lineage(of: {column: {asset: "mart.revenue_by_month", column: "revenue"}}) {
    nodes { id depth asset { name } column { name } }
    edges { source target kind subtype evidence { expression file line } }
  }
}""",
    ),
    (
        "What changes if this column does, table by table?",
        """{
  lineage(of: {asset: {name: "raw.exchange_rates"}}, direction: DOWNSTREAM, level: ASSET) {
    nodes { depth asset { name kind } }
    truncated
  }
}""",
    ),
    (
        "What did the runs find, and what not?",
        """{
  runs(first: 5, filter: {kind: "lineage"}) {
    edges { node { runId status result { ... on LineageResult {
      explainedCount unresolvedCount gaps { text line reason remedy }
    } } } }
  }
}""",
    ),
)


class NoSample(HeadwaterError):
    """The sample is not here."""

    code = "NO_SAMPLE"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a demo takes place."""

    folder: Path
    listener: socket.socket

    def environ(self) -> Mapping[str, str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        own = {"HEADWATER_ENVIRONMENT": "demo", "HEADWATER_DATA_DIR": str(self.folder), "NO_COLOR": "1"}
        return others | kept | own

    def plan(self, out: Console) -> supervision.Plan:
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True)
        return supervision.Plan(
            self.environ(), self.listener, logs, lambda words: out.print(words, style="yellow", markup=False)
        )


def demo(port: int, *, once: bool) -> None:
    """Show everything; then go on until Ctrl-C, unless it is to be shown once.

    Raises:
        NoSample, NotStarted: It cannot be shown.
    """
    if not SAMPLE.is_dir():
        raise NoSample(hint="Run the demo from a checkout of the repository: make demo.")
    out = paper()
    with set_up(port, out) as stage:
        asyncio.run(play(stage, out, once=once))


@contextmanager
def set_up(port: int, out: Console) -> Iterator[Stage]:
    """An empty data folder that nobody uses, and a port that nobody listens on."""
    with ExitStack() as stack:
        folder = stack.enter_context(free_folder(Path("var").resolve()))
        supervision.empty(folder)
        try:
            listener = supervision.listen(HOST, port)
        except supervision.InUse:
            listener = supervision.listen(HOST, 0)
            out.print(f"Port {port} is taken: taking {listener.getsockname()[1]}.", style="yellow")
        yield Stage(folder, stack.enter_context(listener))


@contextmanager
def free_folder(parent: Path) -> Iterator[Path]:
    """A folder for this demo alone: `demo`, or `demo-2` while another one runs, and so on.

    Raises:
        InUse: All are in use.
    """
    with ExitStack() as stack:
        for number in range(1, FOLDERS + 1):
            folder = parent / ("demo" if number == 1 else f"demo-{number}")
            try:
                stack.enter_context(supervision.held(folder))
            except supervision.InUse:
                if number == FOLDERS:
                    raise
                continue
            yield folder
            return


async def play(stage: Stage, out: Console, *, once: bool) -> None:
    """The whole demo; it leaves no process behind, however it ends."""
    plan = stage.plan(out)
    with supervision.until_signal():
        heading("A service of its own", out)
        out.print(f"  state and logs in {shown_path(stage.folder)}", soft_wrap=True, markup=False)
        async with supervision.running(plan):
            out.print(f"  API and worker at {plan.address}", soft_wrap=True, markup=False)
            async with connected(Address(plan.address)) as client:
                await show(client, out)
                await show_trips(client, plan.address, stage.folder, out)
            if once:
                return
            invite(plan.address, out)
            await asyncio.Event().wait()


async def show(client: Client, out: Console) -> None:
    """Submit the sample, watch the run, and draw what it found."""
    texts, _ = read_all([SAMPLE])
    heading(f"Submitting {len(texts)} SQL files of {shown_path(SAMPLE)}", out)
    order = Order((SAMPLE,), {"dialect": "DUCKDB", "source": "warehouse"}, {"labels": ["demo"]})
    run = await submit(client, order, texts)
    await watch(Pursuit(client, run), out)
    outcome = await read_outcome(client, run)
    if outcome.result is None:
        raise supervision.NotStarted(f"The run ended {outcome.status}.", hint="Look into the logs.")
    show_counts(outcome.result, out)
    await draw(client, FIGURE, UPSTREAM, out)
    await draw(client, RATE, DOWNSTREAM, out)
    if outcome.gaps:
        heading("What could not be explained", out)
        show_gaps(outcome, out)


async def show_trips(client: Client, address: str, folder: Path, out: Console) -> None:
    """Make a table of a sample file, and ask it something."""
    from jobs.engines.sql.sample import EXAMPLES, TABLE, TRIPS, write_trips  # noqa: PLC0415 - opens DuckDB

    heading(f"A table of {TRIPS:,} taxi trips that nobody made", out)
    path = folder / "trips.parquet"
    await asyncio.to_thread(write_trips, path)
    run = await loading.submit(client, Address(address), loading.Load(path, {"name": TABLE}))
    await watch(Pursuit(client, run), out)
    example = next(each for each in EXAMPLES if each.name == ASKED)
    heading(f"{example.description}", out)
    run = await querying.submit(client, {"sql": example.sql}, "main")
    await watch(Pursuit(client, run), out)
    found = await querying.page_of(client, run, None)
    names = [column["name"] for column in found["columns"]]
    await querying.print_table(names, querying.rows_from(client, run, found), out)


async def draw(client: Client, column: tuple[str, str], direction: str, out: Console) -> None:
    walked = await read_walk(client, *column, direction)
    name = ".".join(column)
    question = f"Where does {name} come from?" if walked.upstream else f"What depends on {name}?"
    heading(f"{question} {walked.size}", out)
    out.print(value_tree(walked))
    out.print()
    show_influences(walked, out)


def invite(address: str, out: Console) -> None:
    heading("Your turn", out)
    out.print(f"Open {address}/graphql and paste:", soft_wrap=True, markup=False)
    for title, query in QUERIES:
        out.print()
        out.print(Text(f"# {title}", style="dim"))
        out.print(Text(query), soft_wrap=True)
    out.print()
    out.print(
        "Your own SQL:  headwater run lineage FOLDER --dialect postgres --url " + address,
        soft_wrap=True,
        markup=False,
    )
    out.print("Ctrl-C ends the demo.", style="dim")


def heading(words: str, out: Console) -> None:
    out.print()
    out.print(Text(words, style="bold blue"))


def shown_path(path: Path) -> str:
    """A path as short as it can be said here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
