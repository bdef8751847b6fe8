"""`headwater run`, `watch` and `stop` against a real service."""

import asyncio
import http.server
import signal
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from graph.cli.runs import Target, follow, interruptible
from graph.client import Address, RunRef, connected
from tests.graph.api import SUBMIT
from tests.graph.shell import (
    COMMAND,
    GAP,
    SQL,
    Said,
    environment,
    family,
    headwater,
    in_thread,
    served,
    started,
)
from tests.processes import until

pytestmark = pytest.mark.xdist_group("cli")

NOBODY = "http://127.0.0.1:9"
STATUS = "query Status($id: String!) { run(runId: $id) { status } }"


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """A folder with a table and a view."""
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "river.sql").write_text(SQL)
    return tmp_path / "sql"


def lineage(folder: Path, url: str, *more: str, dialect: str = "duckdb") -> Said:
    """Run lineage over a folder as a source of its own."""
    own = ("--source", uuid.uuid4().hex, "--dialect", dialect)
    return headwater("run", "lineage", str(folder), "--url", url, *own, *more)


async def outside(*words: str, **settings: str) -> int:
    """The exit status of the command in a process of its own."""
    command = await asyncio.create_subprocess_exec(*COMMAND, *words, env=environment(**settings))
    return await command.wait()


async def submitted(url: str, **run: Any) -> str:
    """The id of an accepted run of a kind that only tests have."""
    async with connected(Address(url)) as client:
        told = await client.ask(SUBMIT, run=run, options={})
    return str(told["submitRun"]["runId"])


async def status_of(url: str, run_id: str) -> str:
    async with connected(Address(url)) as client:
        return str((await client.ask(STATUS, id=run_id))["run"]["status"])


async def until_status(url: str, run_id: str, status: str) -> None:
    async with asyncio.timeout(30):
        while await status_of(url, run_id) != status:  # noqa: ASYNC110 - it is in another process
            await asyncio.sleep(0.05)


def test_lineage_of_a_folder(url: str, sql: Path) -> None:
    """A folder is submitted and watched, and what came of it is told; the exit status is 0."""
    said = lineage(sql, url)

    assert 0 == said.status
    assert "COMPLETED" in said.out
    assert "1 text, 2 statements: 2 explained, nothing not" in said.out
    assert ["READ", "PARSE", "INFER", "SAVE", "COMPLETED"] == said.err.split("\n")[1:6]


def test_gaps_are_told(url: str, sql: Path) -> None:
    """What could not be explained is told with its place, and is a failure only if asked for."""
    (sql / "odd.sql").write_text(GAP)

    said = lineage(sql, url)
    strict = lineage(sql, url, "--strict")

    assert (0, 3) == (said.status, strict.status)
    assert "COMPLETED_WITH_GAPS" in said.out
    assert "odd.sql:2  " in said.out


def test_json(url: str, sql: Path) -> None:
    """As JSON, run, result and gaps stand on standard output and nothing else does."""
    (sql / "odd.sql").write_text(GAP)
    run_id = f"json-{uuid.uuid4().hex[:8]}"
    options = ("--run-id", run_id, "--label", "one", "--label", "two", "--priority", "1", "--timeout", "60")

    told = lineage(sql, url, "--format", "json", *options).told

    assert {"run", "result", "gaps"} == set(told)
    assert (run_id, "COMPLETED_WITH_GAPS") == (told["run"]["runId"], told["run"]["status"])
    assert (["one", "two"], 1) == (told["run"]["labels"], told["run"]["priority"])
    assert 2 == told["result"]["textCount"]
    assert [("odd.sql", 2)] == [(gap["text"], gap["line"]) for gap in told["gaps"]]


def test_submitted_and_watched_later(url: str, sql: Path) -> None:
    """With `--no-wait` the run is only submitted; `watch` then shows it to its end, as often as asked."""
    run_id = f"later-{uuid.uuid4().hex[:8]}"

    said = lineage(sql, url, "--no-wait", "--run-id", run_id)
    watched = headwater("watch", run_id, url=url)
    again = headwater("watch", run_id, "--after", "9999", "--format", "json", "--url", url)

    assert (0, 0, 0) == (said.status, watched.status, again.status)
    assert f"Submitted: {run_id}\n" == said.out
    assert f"headwater watch {run_id} --url {url}" in said.err
    assert "2 explained" in watched.out
    assert "COMPLETED" == again.told["run"]["status"]
    assert "" == again.err.strip()


def test_no_wait_as_json(url: str, sql: Path) -> None:
    """`--no-wait` tells the accepted run as JSON, too."""
    told = lineage(sql, url, "--no-wait", "--format", "json").told
    assert (None, []) == (told["result"], told["gaps"])
    assert "lineage" == told["run"]["kind"]


def test_an_empty_file_is_named(url: str, sql: Path) -> None:
    """An empty file is left out, and that is said."""
    (sql / "empty.sql").touch()

    said = lineage(sql, url)

    assert 0 == said.status
    assert "headwater: left out, because it is empty: empty.sql" in said.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--run-id", "no spaces, please"), "runId must be 1 to 64 letters"),
        (("--priority", "9"), "priority must be between 1 (first) and 5"),
        (("--timeout", "0"), "timeoutSeconds must be between"),
        (("--workspace", "elsewhere"), "There is no such workspace"),
        (("--default-schema", "\n"), "defaultSchema must be"),
    ],
)
def test_refusals(url: str, sql: Path, more: tuple[str, ...], words: str) -> None:
    """What the service refuses is told in one line, with exit status 2."""
    said = lineage(sql, url, *more)

    assert 2 == said.status
    assert 1 == len(said.err.splitlines())
    assert words in said.err


def test_unknown_dialect(url: str, sql: Path) -> None:
    """An unknown dialect is refused, naming those that there are."""
    said = lineage(sql, url, dialect="klingon")

    assert 2 == said.status
    assert "There is no dialect 'klingon'. There are: ansi, bigquery," in said.err


def test_a_text_is_refused_by_its_name(url: str, sql: Path) -> None:
    """Where the service counts texts, the command line names the file."""
    deep = sql / ("a" * 200) / ("b" * 200) / ("c" * 200)
    deep.mkdir(parents=True)
    (deep / "long.sql").write_text(SQL)

    said = lineage(sql, url)

    assert 2 == said.status
    assert "long.sql.name must be 1 to 500 printable characters" in said.err


def test_an_id_is_taken(url: str, sql: Path) -> None:
    """The same id with another input is refused."""
    run_id = f"twice-{uuid.uuid4().hex[:8]}"
    lineage(sql, url, "--run-id", run_id)
    (sql / "more.sql").write_text(SQL)

    said = lineage(sql, url, "--run-id", run_id)

    assert 2 == said.status
    assert "already belongs to a run with another input" in said.err


async def test_stopped(url: str, tmp_path: Path) -> None:
    """`stop` asks a running run to stop; who watches it then sees it STOPPED and exits with 1."""
    run_id = await submitted(url, chores={"chore": "WAIT", "path": str(tmp_path / "never")})
    await until_status(url, run_id, "RUNNING")
    watching = asyncio.create_task(in_thread("watch", run_id, url=url))

    asked = await outside("stop", run_id, url=url)
    watched = await watching
    again = await in_thread("stop", run_id, "--format", "json", url=url)

    assert (0, 1) == (asked, watched.status)
    assert "STOPPED" in watched.out
    assert "STOPPED" == again.told["run"]["status"]
    assert f"Run {run_id} has ended: STOPPED\n" == (await in_thread("stop", run_id, url=url)).out


async def test_failed(url: str) -> None:
    """A run that fails is told with its error, and exits with 1."""
    run_id = await submitted(url, echo={"word": "crash"})

    said = await in_thread("watch", run_id, url=url)

    assert 1 == said.status
    assert "FAILED" in said.out
    assert "Internal error." in said.out


@pytest.mark.parametrize("command", ["watch", "stop"])
def test_unknown_runs(url: str, command: str) -> None:
    """A run that does not exist is refused with exit status 2 by every command."""
    said = headwater(command, "nobody", "--url", url)

    assert 2 == said.status
    assert "here is no " in said.err
    assert 1 == len(said.err.splitlines())


def test_no_service(sql: Path) -> None:
    """Where no service answers, the exit status is 4 and the line says how to start one."""
    for said in (
        lineage(sql, NOBODY),
        headwater("watch", "x", "--url", NOBODY),
        headwater("stop", "x", url=NOBODY),
    ):
        assert 4 == said.status
        assert f"No Headwater answers at {NOBODY}. Start one with `headwater up`" in said.err
        assert 1 == len(said.err.splitlines())


def test_another_service() -> None:
    """Where something else answers, the exit status is 4 and the line says so."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        said = headwater("watch", "x", "--url", f"http://127.0.0.1:{server.server_port}/else/")
        server.shutdown()

    assert 4 == said.status
    assert "is not Headwater" in said.err


class Other(http.server.BaseHTTPRequestHandler):
    """Answers everything with a page."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *_words: object) -> None:
        pass


@pytest.mark.parametrize("url", ["ftp://somewhere", "127.0.0.1:8000", "http://"])
def test_no_address(sql: Path, url: str) -> None:
    """What is no address is refused, from the command line and from the environment."""
    assert 2 == lineage(sql, url).status
    assert 2 == headwater("watch", "x", url=url).status


def test_no_token(sql: Path) -> None:
    """A token that cannot be sent is refused."""
    assert 2 == lineage(sql, NOBODY, "--token", "schön").status


async def test_who_leaves_is_told_how_to_return(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Leaving does not stop the run, and says how to watch it again."""
    run_id = await submitted(url, chores={"chore": "WAIT", "path": str(tmp_path / "go")})
    await until_status(url, run_id, "RUNNING")

    async with connected(Address(url)) as client:
        task = asyncio.create_task(follow(client, RunRef(run_id, "main"), Target(url)))
        await until_heard(capsys, "WORK")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert f"headwater watch {run_id} --url {url}" in capsys.readouterr().err
    assert "RUNNING" == await status_of(url, run_id)
    (tmp_path / "go").touch()
    await until_status(url, run_id, "COMPLETED")


async def until_heard(capsys: pytest.CaptureFixture[str], words: str) -> None:
    heard = ""
    async with asyncio.timeout(30):
        while words not in heard:
            await asyncio.sleep(0.02)
            heard += capsys.readouterr().err


def test_an_interrupt_is_no_accident() -> None:
    """Ctrl-C ends a command with 130."""

    async def interrupted() -> int:
        signal.raise_signal(signal.SIGINT)
        await asyncio.Event().wait()
        return 0

    assert 130 == interruptible(interrupted())


@pytest.mark.kills
async def test_watching_outlives_the_api(tmp_path: Path) -> None:
    """When the API is killed, `watch` goes on with the one that takes its place, to the end of the run."""
    with served() as (service, address):
        run_id = await submitted(address, chores={"chore": "WAIT", "path": str(tmp_path / "go")})
        with started(tmp_path, "watch", run_id, url=address) as process:
            await process.heard("WORK")
            family(service)["serve"].kill()
            await until(lambda: service.log.read_text().count("api started") > 1)
            (tmp_path / "go").touch()
            assert 0 == await process.ended()
            assert 1 == process.log.read_text().count("PREPARE")
            assert process.said(f"Run {run_id}: COMPLETED")


async def test_ctrl_c(url: str, tmp_path: Path) -> None:
    """Ctrl-C in a terminal leaves the run going, and ends with 130 and no traceback."""
    run_id = await submitted(url, chores={"chore": "WAIT", "path": str(tmp_path / "go")})

    with started(tmp_path, "watch", run_id, url=url) as process:
        await process.heard("WORK")
        process.tell(signal.SIGINT)
        assert 130 == await process.ended()
        assert process.said("The run goes on without you.")
        assert not process.said("Traceback")
    assert "RUNNING" == await status_of(url, run_id)
    (tmp_path / "go").touch()
    await until_status(url, run_id, "COMPLETED")
