"""The whole service under one process: kept running, and gone without a trace when it is told to end."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest

from db.settings import BadSettings
from graph import up
from graph.cli import parts
from graph.client import Address, connected
from graph.settings import ApiSettings
from jobs.valkey import EmbeddedValkey
from tests.graph.api import logging_as_before
from tests.graph.shell import SQL, address_in, all_gone, family, headwater, served, started, wait_for
from tests.processes import START_SECONDS, Process, is_gone, until
from tests.servers import short_folder

pytestmark = pytest.mark.xdist_group("up")

VERSION = "{ service { name } }"
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


def plan_in(folder: Path, said: list[str], **settings: str) -> up.Plan:
    """A service on a free port, which says what it has to say into a list."""
    named = {f"HEADWATER_{name.upper()}": value for name, value in settings.items()}
    environ = {"PATH": os.environ["PATH"], "HEADWATER_DATA_DIR": str(folder), "HEADWATER_DRAIN_SECONDS": "1"}
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    return up.Plan(environ | named, up.listen("127.0.0.1", 0), folder / "logs", said.append)


@asynccontextmanager
async def house_of_parts(
    said: list[str], **settings: str
) -> AsyncIterator[tuple[up.Plan, tuple[up.Part, ...]]]:
    """A service that runs as children of this process."""
    plan = plan_in(short_folder(), said, **settings)
    with plan.listener:
        async with up.running(plan) as running:
            yield plan, running


async def answers(address: str) -> bool:
    async with connected(Address(address)) as client:
        return bool((await client.ask(VERSION))["service"]["name"] == "Headwater")


async def test_nothing_is_left() -> None:
    """The parts answer while they run, and afterwards there is no process and no socket."""
    said: list[str] = []
    async with house_of_parts(said) as (plan, running):
        assert await answers(plan.address)
        assert ["api", "worker"] == [part.name for part in running]
        ours = psutil.Process().children(recursive=True)
        valkey = EmbeddedValkey(Path(plan.environ["HEADWATER_DATA_DIR"]) / "valkey")
        assert valkey.answers()

    assert all_gone([child for child in ours if child.pid in {part.pid for part in running}])
    assert not valkey.socket.exists()
    assert not valkey.pid_file.exists()
    assert [] == said


async def test_parts_are_started_again() -> None:
    """A part that ends is started again on the same address, and so is the embedded Valkey."""
    said: list[str] = []
    async with house_of_parts(said) as (plan, (api, worker)):
        before = (api.pid, worker.pid)
        api.tell(signal.SIGKILL)
        worker.tell(signal.SIGKILL)
        folder = Path(plan.environ["HEADWATER_DATA_DIR"]) / "valkey"
        psutil.Process(int((folder / "valkey.pid").read_text())).kill()
        await until(lambda: len(said) >= 3 and api.pid != before[0] and worker.pid != before[1])

        assert await answers(plan.address)
        async with httpx.AsyncClient(base_url=plan.address) as client, asyncio.timeout(START_SECONDS):
            while (await client.get("/health")).json()["status"] != "ok":  # noqa: ASYNC110 - it is elsewhere
                await asyncio.sleep(0.05)

    assert {"api", "valkey", "worker"} == {words.split()[0] for words in said}


async def test_a_start_that_fails(tmp_path: Path) -> None:
    """A part that ends before the service is ready is told with the end of its log; nothing stays."""
    plan = plan_in(tmp_path, [], redis_url="redis://127.0.0.1:1/0")
    broken = up.Part("api", plan, ("serve", "--prot", "1"))
    with plan.listener:
        await broken.start()
        with pytest.raises(up.NotStarted, match=r"(?s)The api did not start.*--prot"):
            await up.until_ready(plan.address, (broken,))

    assert is_gone(broken.pid or 0)
    assert "" == up.Part("other", plan, ()).last_words()


async def test_a_start_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that does not get ready in time is given up."""
    monkeypatch.setattr(up, "READY_SECONDS", 0.1)
    plan = plan_in(tmp_path, [])
    with plan.listener, pytest.raises(up.NotStarted, match="not ready in"):
        await up.until_ready(plan.address, ())


async def test_a_part_that_keeps_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that ends as soon as it is started waits longer each time."""
    monkeypatch.setattr(up, "LONGEST_WAIT_SECONDS", 0.3)
    said: list[str] = []
    plan = plan_in(tmp_path, said)
    part = up.Part("worker", plan, ("--version",))
    with plan.listener:
        await part.start()
        keeping = asyncio.create_task(part.keep())
        await until(lambda: len(said) >= 3)
        keeping.cancel()
        await up.end_all((part,), 5)

    waits = [words.rpartition(" in ")[2] for words in said[:3]]
    assert ["0.2 s", "0.3 s", "0.3 s"] == waits
    assert "Headwater 0." in part.last_words()


async def test_a_part_that_cannot_be_started(tmp_path: Path) -> None:
    """While a part cannot be started, that is said, and it is tried again."""
    said: list[str] = []
    plan = plan_in(tmp_path, said)
    part = up.Part("worker", plan, ("--version",))
    with plan.listener:
        await part.start()
        shutil.rmtree(tmp_path / "logs")
        keeping = asyncio.create_task(part.keep())
        await until(lambda: any("cannot be started" in words for words in said))
        (tmp_path / "logs").mkdir()
        await until(lambda: "Headwater 0." in part.last_words())
        keeping.cancel()
        await up.end_all((part,), 5)


async def test_what_does_not_end_is_killed(tmp_path: Path) -> None:
    """A part that ignores being told to end is killed after its grace."""
    plan = plan_in(tmp_path, [])
    part = up.Part("stubborn", plan, ())
    part.process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DEAF, stdout=asyncio.subprocess.PIPE
    )
    assert part.process.stdout is not None
    await part.process.stdout.readline()

    await up.end_all((part, up.Part("never started", plan, ())), 0.1)

    plan.listener.close()
    assert -signal.SIGKILL == part.process.returncode
    part.tell(signal.SIGTERM)  # nobody is there any more


async def test_a_database_that_does_not_answer() -> None:
    """Without its database the service does not start, and says why."""
    with pytest.raises(up.NotStarted, match="cannot be migrated"):
        async with house_of_parts([], database_url="postgresql+psycopg://127.0.0.1:1/x"):
            pass


def test_up_in_this_process(capsys: pytest.CaptureFixture[str]) -> None:
    """`up` tells its address and ends quietly when it is told to."""
    folder = short_folder()
    environ = dict(os.environ) | {"HEADWATER_DATA_DIR": str(folder), "HEADWATER_ENVIRONMENT": "production"}
    plan, held = up.planned(environ, None, 0)

    def ready() -> None:
        signal.raise_signal(signal.SIGTERM)

    with plan.listener:
        asyncio.run(up.up(plan, held, ready))
        with up.held(held):
            pass

    assert folder == held
    capsys.readouterr()


async def test_who_cancels_is_told() -> None:
    """Being cancelled by anybody but a signal is passed on."""
    with pytest.raises(asyncio.CancelledError), up.until_signal():
        raise asyncio.CancelledError


def test_a_folder_is_held_once(tmp_path: Path) -> None:
    """A data folder that another process holds is refused, naming it."""
    with up.held(tmp_path):
        said = headwater("up", "--port", "0", data_dir=str(tmp_path))

    assert 1 == said.status
    assert f"{tmp_path} is in use by process {os.getpid()}." in said.err


def test_a_port_is_taken(tmp_path: Path) -> None:
    """A port that is taken is refused in one line, by `up` and by `serve`."""
    with up.listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        for command in ("up", "serve"):
            said = headwater(command, "--port", port, data_dir=str(tmp_path))
            assert 1 == said.status
            assert f"Port {port} of 127.0.0.1 is taken." in said.err
            assert 1 == len(said.err.splitlines())


@pytest.mark.parametrize("host", ["203.0.113.7", "no host"])
def test_an_address_of_another_machine(tmp_path: Path, host: str) -> None:
    """An address that this machine does not have is refused in one line."""
    said = headwater("serve", "--host", host, "--port", "0", data_dir=str(tmp_path))

    assert 1 == said.status
    assert f"{host} port 0 cannot be listened on: " in said.err
    assert "HEADWATER_HOST" in said.err


def test_a_port_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that only the system may take is refused with a way out."""

    def refuse(*_address: object, **_more: object) -> None:
        raise PermissionError

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(up.NotStarted, match="Port 80 may not"):
        up.listen("127.0.0.1", 80)


def test_addresses_to_open() -> None:
    """A service that listens everywhere is opened at home."""
    for host, shown in (("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]")):  # noqa: S104 - to see what is shown
        with up.listen(host, 0) as listener:
            assert f"http://{shown}:{listener.getsockname()[1]}" == up.address_of(listener)


def test_a_folder_is_emptied(tmp_path: Path) -> None:
    """Emptying a held folder keeps nothing but the lock, and follows no links."""
    with up.held(tmp_path / "held"):
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "kept").touch()
        (tmp_path / "held" / "deep" / "er").mkdir(parents=True)
        (tmp_path / "held" / "file").touch()
        (tmp_path / "held" / "link").symlink_to(tmp_path / "other")
        up.empty(tmp_path / "held")
        assert [up.LOCK] == [entry.name for entry in (tmp_path / "held").iterdir()]
    assert (tmp_path / "other" / "kept").exists()


def test_settings_are_checked_first(tmp_path: Path) -> None:
    """A wrong setting is told before anything is started."""
    with pytest.raises(BadSettings):
        up.planned({"HEADWATER_DATA_DIR": str(tmp_path), "HEADWATER_SLOTS": "x"}, None, 0)


def test_serve_in_this_process(tmp_path: Path) -> None:
    """`serve` answers on its port until it is told to end, and says where it is."""
    with up.listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    asking = threading.Thread(target=end_when_it_answers, args=(f"http://127.0.0.1:{port}",))
    asking.start()
    try:
        with logging_as_before():
            said = headwater("serve", "--port", str(port), data_dir=str(tmp_path))
    finally:
        signal.signal(signal.SIGTERM, before)
        asking.join()

    assert 0 == said.status
    assert [signal.SIGTERM] == told  # uvicorn ends in order, then passes on what it was told
    assert f"headwater: the API is at http://127.0.0.1:{port}/graphql" in said.err


def end_when_it_answers(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            httpx.get(f"{address}/health/live")
            break
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGTERM)


def test_serving_a_given_socket() -> None:
    """An API takes over a socket that it is given."""
    with (
        up.listen("127.0.0.1", 0) as listener,
        parts.Listening(fd=os.dup(listener.fileno())).open(ApiSettings()) as taken,
    ):
        assert listener.getsockname() == taken.getsockname()


@pytest.mark.kills
async def test_killed_parts_come_back(tmp_path: Path) -> None:
    """A killed worker and a killed API come back, and runs go on."""
    (tmp_path / "river.sql").write_text(SQL)
    with served() as (process, url):
        for name in ("worker", "serve", "valkey"):
            victim = family(process)[name]
            victim.kill()
            await until(partial(has_come_back, process, name, victim.pid))
            run = (
                "run",
                "lineage",
                str(tmp_path / "river.sql"),
                "--dialect",
                "duckdb",
                "--source",
                uuid.uuid4().hex,
            )
            said = await asyncio.to_thread(headwater, *run, "--url", url)
            assert (0, True) == (said.status, "COMPLETED" in said.out), said.err


def has_come_back(process: Process, name: str, pid: int) -> bool:
    part = family(process).get(name)
    return part is not None and part.pid != pid


@pytest.mark.kills
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_told_to_end(number: signal.Signals) -> None:
    """On Ctrl-C, SIGTERM or the end of the terminal all processes end, and the exit status is 0."""
    folder = short_folder()
    with served(folder) as (process, _):
        everybody = process.children()
        process.tell(number)
        assert 0 == await process.ended()

    assert len(everybody) >= 3
    assert all_gone(everybody)
    assert not (folder / "data" / "valkey" / "valkey.pid").exists()
    assert not process.said("Traceback")


@pytest.mark.kills
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers it")
async def test_killed_itself() -> None:
    """When `up` itself is killed, its children die too, and another one can start on the same folder."""
    folder = short_folder()
    with served(folder) as (process, _):
        everybody = process.children()
        process.kill()
        await until(lambda: all_gone(everybody))
    with served(folder) as (again, _):
        assert again.alive


@pytest.mark.kills
async def test_parts_alone(tmp_path: Path) -> None:
    """An API and a worker that are started alone work together, and end when they are told to."""
    folder = short_folder()
    (tmp_path / "river.sql").write_text(SQL)
    with (
        served(folder) as (_, _),
        started(tmp_path / "api", "serve", "--port", "0", data_dir=str(folder / "data")) as api,
    ):
        url = address_in(wait_for(api, "the API is at"))
        with started(tmp_path / "worker", "worker", data_dir=str(folder / "data")) as worker:
            wait_for(worker, "worker started")
            run = ("run", "lineage", str(tmp_path / "river.sql"), "--dialect", "duckdb", "--url", url)
            assert 0 == (await asyncio.to_thread(headwater, *run)).status
            assert 0 == await told_to_end(worker)
        assert -signal.SIGTERM == await told_to_end(api)  # uvicorn ends in order, then as it was told to


async def told_to_end(process: Process) -> int:
    process.tell(signal.SIGTERM)
    status = await process.ended()
    assert not process.said("Traceback")
    return status
