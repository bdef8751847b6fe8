"""A run is followed to its end, whatever happens to the connection on the way."""

import asyncio
import io
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from graph.cli.watching import teller, watch
from graph.client import Address, Event, Pursuit, RefusedRemotely, RunRef, Unreachable, connected, with_names
from tests.graph.api import Api, open_api
from tests.graph.gate import gate_before
from tests.graph.shell import in_thread
from tests.processes import until

STARTED = ["RunAccepted", "RunStarted", "StageStarted"]


class Follower:
    """Follows a run in a task of its own and keeps what it saw."""

    def __init__(self, address: Address, run_id: str, patience_seconds: float = 20.0) -> None:
        self.seen: list[Event] = []
        self.told: list[str] = []
        self._address, self._run, self._patience = address, RunRef(run_id, "main"), patience_seconds
        self.task = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        async with connected(self._address) as client:
            pursuit = Pursuit(client, self._run, patience_seconds=self._patience, told=self.told.append)
            async with aclosing(pursuit.events()) as events:
                async for event in events:
                    self.seen.append(event)

    async def saw(self, count: int) -> None:
        """Return once so many events have come."""
        await until(lambda: len(self.seen) >= count or self.task.done())

    async def heard(self, words: str) -> None:
        """Return once it was told something."""
        await until(lambda: any(words in told for told in self.told))

    @property
    def numbers(self) -> list[int]:
        return [event.seq for event in self.seen]


@asynccontextmanager
async def waiting(api: Api, folder: Path) -> AsyncIterator[tuple[str, Path]]:
    """A run that is under way until a file is there, and that file."""
    go = folder / "go"
    run_id = await api.chore("WAIT", path=str(go))
    working = asyncio.create_task(api.execute(run_id))
    try:
        yield run_id, go
    finally:
        go.touch()
        await working


async def test_a_run_is_followed(sqlite_api: Api, tmp_path: Path) -> None:
    """Every event comes once and in order, and the last one ends it."""
    async with waiting(sqlite_api, tmp_path) as (run_id, go):
        follower = Follower(Address(sqlite_api.address), run_id)
        await follower.saw(3)
        go.touch()
        await follower.task

    assert list(range(1, len(follower.seen) + 1)) == follower.numbers
    assert STARTED == [event.name for event in follower.seen[:3]]
    assert "COMPLETED" == follower.seen[-1].data["status"]
    assert [] == follower.told


async def test_a_cut_socket_is_no_gap(sqlite_api: Api, tmp_path: Path) -> None:
    """After its socket was cut, following goes on behind the last event, without a gap or a repeat."""
    async with gate_before(sqlite_api.address) as gate, waiting(sqlite_api, tmp_path) as (run_id, go):
        follower = Follower(Address(gate.url), run_id)
        await follower.saw(3)
        gate.cut()
        await until(lambda: gate.passed_sockets > 1)
        go.touch()
        await follower.task

    assert list(range(1, len(follower.seen) + 1)) == follower.numbers
    assert "RunFinished" == follower.seen[-1].name


async def test_a_service_that_comes_back(sqlite_api: Api, tmp_path: Path) -> None:
    """While the service is away, following waits and says so; then it goes on where it was."""
    async with gate_before(sqlite_api.address) as gate, waiting(sqlite_api, tmp_path) as (run_id, go):
        follower = Follower(Address(gate.url), run_id)
        await follower.saw(3)
        await gate.close()
        await follower.heard("away")
        await gate.open()
        go.touch()
        await follower.task

    assert list(range(1, len(follower.seen) + 1)) == follower.numbers
    assert ["The service is away; waiting for it.", "The service is back."] == follower.told


async def test_a_service_that_stays_away(sqlite_api: Api, tmp_path: Path) -> None:
    """Patience with a service that is away ends."""
    async with gate_before(sqlite_api.address) as gate, waiting(sqlite_api, tmp_path) as (run_id, _):
        follower = Follower(Address(gate.url), run_id, patience_seconds=0.3)
        await follower.saw(3)
        await gate.close()
        with pytest.raises(Unreachable):
            await follower.task


async def test_without_sockets(sqlite_api: Api, tmp_path: Path) -> None:
    """Where no socket can be had, events are polled: the same ones."""
    async with gate_before(sqlite_api.address) as gate, waiting(sqlite_api, tmp_path) as (run_id, go):
        gate.takes_sockets = False
        follower = Follower(Address(gate.url), run_id)
        await follower.saw(3)
        go.touch()
        await follower.task

    assert list(range(1, len(follower.seen) + 1)) == follower.numbers
    assert ["No websocket can be had here; asking again and again instead."] == follower.told


async def test_polling_waits(sqlite_api: Api, tmp_path: Path) -> None:
    """Polling goes on while a run lasts, and ends with it."""
    async with waiting(sqlite_api, tmp_path) as (run_id, go), connected(Address(sqlite_api.address)) as client:
        seen = []
        async with aclosing(client.polled(RunRef(run_id, "main"), 0)) as events:
            async for event in events:
                seen.append(event.name)
                if seen[-2:] == ["StageCompleted", "StageStarted"]:  # what follows has to be waited for
                    asyncio.get_running_loop().call_later(0.2, go.touch)
    assert "RunFinished" == seen[-1]


async def test_behind_the_end(sqlite_api: Api) -> None:
    """Following a run that ended from behind its last event ends at once, with nothing."""
    run_id = await sqlite_api.done()
    async with connected(Address(sqlite_api.address)) as client:
        async with aclosing(Pursuit(client, RunRef(run_id, "main"), after=999).events()) as events:
            assert [] == [event async for event in events]
        with pytest.raises(RefusedRemotely, match="no such run"):
            await client.page(RunRef("nobody", "main"), 0)
        with pytest.raises(RefusedRemotely, match="no such run"):
            await anext(client.events(RunRef("nobody", "main"), 0))


async def test_a_token_opens_both_doors(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """The token, from the command line or the environment, is brought over HTTP and over the socket."""
    token = uuid.uuid4().hex
    async with open_api(sqlite_url, redis_url, tmp_path, bearer=token) as api:
        run_id = await api.done()

        assert 0 == (await in_thread("watch", run_id, "--token", token, url=api.address)).status
        assert 0 == (await in_thread("watch", run_id, url=api.address, api_token=token)).status
        wrong = await in_thread("watch", run_id, "--token", "wrong", url=api.address)
        assert 2 == wrong.status
        assert "HEADWATER_API_TOKEN" in wrong.err


async def test_a_bar_on_a_terminal(sqlite_api: Api) -> None:
    """On a terminal a bar shows the stages and fills up."""
    run_id = await sqlite_api.chore("COUNT", options={}, size=3)
    await sqlite_api.execute(run_id)
    screen = io.StringIO()
    async with connected(Address(sqlite_api.address)) as client:
        console = Console(file=screen, force_terminal=True, width=100, color_system=None)
        await watch(Pursuit(client, RunRef(run_id, "main")), console)

    assert "100 %" in screen.getvalue()
    assert "PREPARE › WORK › SAVE" in screen.getvalue()  # noqa: RUF001 - an arrow between stages


def test_words_beside_the_bar() -> None:
    """Notices and returns to the queue are said; stages begin anew with another attempt."""
    screen = io.StringIO()
    told: list[tuple[str, dict[str, Any]]] = [
        ("RunNotice", {"message": "mind the [gap]"}),
        ("StageStarted", {"stage": "READ"}),
        ("StageProgress", {"percent": 40.0}),
        ("RunRequeued", {"reason": "the worker died", "waitSeconds": 1}),
        ("StageStarted", {"stage": "READ"}),
        ("StageCompleted", {"stage": "READ"}),
        ("RunFinished", {"status": "FAILED"}),
    ]
    for terminal in (False, True):
        with teller(Console(file=screen, force_terminal=terminal, width=100, color_system=None)) as shown:
            for seq, (name, data) in enumerate(told, start=1):
                shown.tell(Event(seq, name, data))

    assert 2 == screen.getvalue().count("mind the [gap]")
    assert 2 == screen.getvalue().count("Back in the queue: the worker died.")
    assert "100 %" not in screen.getvalue()


@pytest.mark.parametrize(
    ("url", "endpoint", "socket", "local"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/graphql", "ws://127.0.0.1:8000/graphql", True),
        ("https://a.example/hw/", "https://a.example/hw/graphql", "wss://a.example/hw/graphql", False),
        ("http://localhost/graphql", "http://localhost/graphql", "ws://localhost/graphql", True),
        ("http://[::1]:8", "http://[::1]:8/graphql", "ws://[::1]:8/graphql", True),
    ],
)
def test_addresses(url: str, endpoint: str, socket: str, local: bool) -> None:  # noqa: FBT001 - a table's column
    """The socket's address is derived from the one that is given, and local ones need no proxy."""
    address = Address(url)
    assert (endpoint, socket, local) == (address.endpoint, address.socket, address.is_local)


def test_names_for_places() -> None:
    """Texts that a refusal counts are named, if there are so many."""
    assert "b.sql.sql is empty, texts[7]" == with_names("texts[1].sql is empty, texts[7]", ["a.sql", "b.sql"])
