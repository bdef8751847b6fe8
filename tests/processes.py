"""Real processes: workers and APIs over a database and a Valkey of their own, to be killed at will."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil

from jobs.child import dying_with_me, plain_environment
from jobs.settings import WorkSettings
from jobs.valkey import EmbeddedValkey
from tests.house import House, open_house
from tests.servers import short_folder, start_valkey

START_SECONDS = 30.0  # a worker takes 2 s, on a busy machine several times that
WORKER = (sys.executable, "-P", "-c", "from jobs.worker import main; main()")
API = (sys.executable, "-P", "-m", "uvicorn", "--factory", "graph.app:create_app", "--host", "127.0.0.1")


@dataclass(slots=True)
class Process:
    """A process of the service; what it says goes into a file."""

    name: str
    log: Path
    popen: subprocess.Popen[bytes] = field(repr=False)

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None

    def said(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")

    def children(self) -> list[psutil.Process]:
        """All processes that it started, and those that they started."""
        return psutil.Process(self.pid).children(recursive=True)

    def kill(self) -> None:
        """SIGKILL: it gets to say nothing."""
        self.popen.kill()
        self.popen.wait()

    def tell(self, number: int) -> None:
        self.popen.send_signal(number)

    async def ended(self, seconds: float = START_SECONDS) -> int:
        """Its exit status, once it has ended by itself."""
        await until(lambda: not self.alive, seconds)
        return self.popen.wait()

    async def heard(self, words: str) -> None:
        """Return once it has said these words.

        Raises:
            RuntimeError: It ended instead; what it said is in the message.
        """
        await until(lambda: self.said(words) or not self.alive)
        if not self.said(words):
            raise RuntimeError(f"{self.name} ended:\n{self.log.read_text(errors='replace')[-4_000:]}")


@dataclass(slots=True)
class Site:
    """A data folder, a database, a Valkey, and the processes of a service over them."""

    folder: Path
    database_url: str
    valkey: EmbeddedValkey
    house: House  # what the test itself looks and submits through
    settings: Mapping[str, Any]
    processes: list[Process] = field(default_factory=list)

    def environment(self, **more: object) -> dict[str, str]:
        """What a process of this site is set up from."""
        own = {"environment": "production", "anonymous": "operator", **self.settings, **more}
        named = {f"HEADWATER_{name.upper()}": str(value) for name, value in own.items()}
        return plain_environment() | self.house.environ | named

    def start(self, command: tuple[str, ...], name: str, **settings: object) -> Process:
        """Start a process that dies with this one."""
        name = f"{name}-{len(self.processes) + 1}"
        log = self.folder / f"{name}.log"
        with log.open("wb") as written:
            popen = subprocess.Popen(
                dying_with_me(command),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                env=self.environment(**settings),
                start_new_session=True,
            )
        process = Process(name, log, popen)
        self.processes.append(process)
        return process

    def start_worker(self, **settings: object) -> Process:
        """A worker that is starting."""
        return self.start(WORKER, "worker", **settings)

    async def worker(self, **settings: object) -> Process:
        """A worker that has started."""
        started = self.start_worker(**settings)
        await started.heard("worker started")
        return started

    async def api(self) -> str:
        """The address of an API that answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        process = self.start((*API, "--port", str(port)), "api")
        await process.heard("api started")
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as client:
            await self.house.until(partial(answers, client, url), START_SECONDS)
        return url

    def killed(self) -> None:
        """Kill whatever still runs."""
        for process in self.processes:
            if process.alive:
                process.kill()
        self.valkey.stop()

    def last_words(self) -> str:
        """The end of what each process said, for a test that failed."""
        logs = {process.name: process.log.read_text(errors="replace") for process in self.processes}
        return "\n".join(f"--- {name}\n{log[-3_000:]}" for name, log in logs.items() if log)


async def until(happened: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Return once something has happened in another process; fail if it does not in time."""
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110 - another process sets no event of ours
            await asyncio.sleep(0.01)


async def answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health/live")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@asynccontextmanager
async def open_site(folder: Path, database_url: str, **settings: Any) -> AsyncIterator[Site]:
    """A site without processes. They are ended with it; what they said is shown if the test fails."""
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240 - once, before anything runs
    valkey = start_valkey(short_folder())
    try:
        async with open_house(database_url, valkey.url, folder, WorkSettings(**settings)) as house:
            site = Site(folder, database_url, valkey, house, settings)
            try:
                yield site
            except BaseException as failure:
                failure.add_note(site.last_words())
                raise
            finally:
                site.killed()
    finally:
        valkey.stop()


def is_gone(pid: int) -> bool:
    """Whether a process has ended; a zombie has."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
