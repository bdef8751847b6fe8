"""The demo shows the main job on the sample, and leaves nothing behind."""

import asyncio
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest
from graphql import parse, validate
from graphql.type import GraphQLSchema
from rich.console import Console

from graph import up
from graph.cli import tour
from graph.cli.trees import Edge, Place, Spot, Walked, folded, influences, show_influences, value_tree
from graph.schema import schema
from tests.graph.shell import all_gone, family, headwater, start, wait_for
from tests.processes import START_SECONDS, until

pytestmark = pytest.mark.xdist_group("demo")

ROOT = Path(__file__).parents[2]
TREE = """\
mart.revenue_by_month.revenue
= sum(net_eur)  mart/04_revenue_by_month.sql:6
└── mart.net_sales.net_eur
    = s.amount_eur - coalesce(f.refund_eur, 0)  mart/03_net_sales.sql:12
    ├── staging.refunds.refund_eur
"""


def without_padding(text: str) -> str:
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def port_that_is_free() -> str:
    with up.listen("127.0.0.1", 0) as listener:
        return str(listener.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty present folder, as short as a socket needs it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_once(folder: Path) -> None:
    """`demo --once` shows run, trees and gaps, ends with 0 and leaves files but no process."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}

    said = headwater("demo", "--once", "--port", port_that_is_free())

    assert 0 == said.status
    assert "" == said.err
    out = without_padding(said.out)
    assert "Submitting 53 SQL files of " in out
    assert re.search(r"^READ\nPARSE\nINFER\nSAVE\nCOMPLETED", out, re.MULTILINE)
    assert TREE in out
    assert "What depends on raw.exchange_rates.euro_per_unit?" in out
    assert "    │   │   ├── mart.revenue_by_month.revenue\n" in out
    assert "┄ GROUP_BY in mart.revenue_by_month by mart.net_sales.department, month" in out
    assert re.search(r"^mart/20_recount_day.sql:2  \w+$", out, re.MULTILINE)
    assert "A table of 50,000 taxi trips that nobody made" in out
    assert re.search(r"card +│ +\d{5} +│", out)
    assert "\x1b" not in out
    assert "Your turn" not in out
    assert before == {child.pid for child in psutil.Process().children(recursive=True)}
    logs = {file.name for file in (folder / "var" / "demo" / "logs").iterdir()}
    assert {"api.log", "worker.log"} == {name for name in logs if name.endswith(".log")}
    assert ["api", "worker"] == sorted(name.split("-")[0] for name in logs if name.endswith(".jsonl"))


def test_configured_settings_are_left_alone(folder: Path) -> None:
    """The demo never touches the database that is configured, nor asks for its token."""
    settings = {
        "database_url": f"sqlite:///{folder}/precious.db",
        "api_token": "swordfish",
        "log_level": "DEBUG",
    }

    assert 0 == headwater("demo", "--once", "--port", port_that_is_free(), **settings).status
    assert not (folder / "precious.db").exists()


async def test_queries_to_paste_work(folder: Path) -> None:
    """Until Ctrl-C the demo serves on, and each of the queries it offers is answered with something."""
    screen = io.StringIO()
    out = Console(file=screen, width=100, highlight=False)
    with tour.set_up(int(port_that_is_free()), out) as stage:
        address = up.address_of(stage.listener)
        playing = asyncio.create_task(tour.play(stage, out, once=False))
        await until(lambda: "Ctrl-C ends the demo." in screen.getvalue() or playing.done())
        offered = [query.strip() for query in re.split(r"^# .*$", screen.getvalue(), flags=re.MULTILINE)[1:]]
        offered[-1] = offered[-1].partition("\n\n")[0]
        async with httpx.AsyncClient(base_url=address) as client:
            answers = [(await client.post("/graphql", json={"query": query})).json() for query in offered]
        signal.raise_signal(signal.SIGINT)
        await playing

    assert 3 == len(answers)
    assert [] == [answer["errors"] for answer in answers if "errors" in answer]
    figure, table, runs = (answer["data"] for answer in answers)
    assert len(figure["lineage"]["edges"]) > 10
    assert len(table["lineage"]["nodes"]) > 10
    assert runs["runs"]["edges"][0]["node"]["result"]["gaps"]
    assert f"Open {address}/graphql and paste:" in screen.getvalue()
    assert folder.joinpath("var/demo/headwater.db").exists()


@pytest.mark.parametrize(("title", "query"), tour.QUERIES)
def test_queries_fit_the_schema(title: str, query: str) -> None:
    """Every query to paste is one that the schema knows."""
    known = schema._schema  # noqa: SLF001 - strawberry gives no other way
    assert isinstance(known, GraphQLSchema)
    assert [] == validate(known, parse(query)), title


def test_a_port_is_taken(folder: Path) -> None:
    """If the port is taken, the demo says so and takes another."""
    screen = io.StringIO()
    with up.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with tour.set_up(port, Console(file=screen, width=100)) as stage:
            other = stage.listener.getsockname()[1]

    assert other != port
    assert f"Port {port} is taken: taking {other}.\n" == screen.getvalue()
    assert folder.resolve() in stage.folder.parents


def test_two_demos(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second demo takes another folder, and what an earlier one left is thrown away."""
    (folder / "var" / "demo").mkdir(parents=True)
    (folder / "var" / "demo" / "old.db").touch()
    with tour.free_folder(folder / "var") as first, tour.free_folder(folder / "var") as second:
        assert ("demo", "demo-2") == (first.name, second.name)
        monkeypatch.setattr(tour, "FOLDERS", 2)
        with pytest.raises(up.InUse), tour.free_folder(folder / "var"):
            pass
    with tour.set_up(0, Console(file=io.StringIO())) as stage:
        assert [up.LOCK] == [entry.name for entry in stage.folder.iterdir()]


def test_no_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the sample, the demo says where it is to be run."""
    monkeypatch.setattr(tour, "SAMPLE", tmp_path / "nowhere")

    said = headwater("demo")

    assert 1 == said.status
    assert "make demo" in said.err


def test_a_run_that_ends_badly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the run on the sample fails, the demo says so, and still leaves no process."""
    (folder / "bad").mkdir()
    (folder / "bad" / "a.sql").write_text("SELECT 1;")
    monkeypatch.setattr(tour, "SAMPLE", folder / "bad")
    before = {child.pid for child in psutil.Process().children(recursive=True)}

    said = headwater("demo", "--once", "--port", port_that_is_free())

    assert 2 == said.status  # there is no such column in this sample
    assert "mart.revenue_by_month" in said.err
    assert before == {child.pid for child in psutil.Process().children(recursive=True)}


def test_a_tree_of_a_circle() -> None:
    """What was drawn before is referred to instead of drawn again, so a circle ends."""
    a, b = Spot("t", "a"), Spot("t", "b")
    place = Place("x.sql", 2, f"{'a' * 90} AS b")
    edges = (Edge(a, b, "IDENTITY", (place,)), Edge(b, a, "IDENTITY", (place,)))
    for upstream in (True, False):
        screen = io.StringIO()
        out = Console(file=screen, width=120)
        walked = Walked(a, upstream, edges, ())
        out.print(value_tree(walked))
        show_influences(walked, out)
        assert 1 == screen.getvalue().count("t.a  see above")
        assert 1 == screen.getvalue().count("t.b\n")
        assert f"= {'a' * 69}…" in screen.getvalue()
        assert [] == list(influences(walked))


def test_names_are_folded() -> None:
    """Names with one head are said once, numbers in their own order."""
    assert "a.x, y; b.z" == folded({("a", "y"), ("b", "z"), ("a", "x")}, ".")
    assert "f.sql:2, 10" == folded({("f.sql", "10"), ("f.sql", "2")}, ":")


def test_make_demo() -> None:
    """`make demo ARGS=--once` is `headwater demo --once`."""
    told = subprocess.run(
        ["make", "-n", "--no-print-directory", "demo", "ARGS=--once"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout.strip().endswith("headwater demo --once")


@pytest.mark.kills
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.skipif(sys.platform != "linux", reason="after SIGKILL, only Linux ends children")
async def test_nothing_is_left(tmp_path: Path, number: signal.Signals) -> None:
    """Whether the demo is ended or killed, no process of it stays; ended, its exit status is 0."""
    process = await asyncio.to_thread(start, tmp_path, "demo", "--port", port_that_is_free())
    await asyncio.to_thread(wait_for, process, "Ctrl-C ends the demo.")
    everybody = process.children()
    assert {"serve", "worker", "valkey"} == set(family(process))

    process.tell(number)
    status = await process.ended()
    await until(lambda: all_gone(everybody), START_SECONDS)

    assert {signal.SIGINT: 0, signal.SIGKILL: -signal.SIGKILL}[number] == status
    assert not process.said("Traceback")


@pytest.mark.kills
async def test_an_early_ctrl_c(tmp_path: Path) -> None:
    """Ctrl-C while the service is starting ends it, too, quietly."""
    process = await asyncio.to_thread(start, tmp_path, "demo", "--port", port_that_is_free())
    await asyncio.to_thread(wait_for, process, "state and logs in")
    everybody = process.children()
    os.kill(process.pid, signal.SIGINT)

    assert 0 == await process.ended()
    await until(lambda: all_gone(everybody), START_SECONDS)
    assert not process.said("Traceback")
