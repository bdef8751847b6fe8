"""The whole service as children of one process: a queue, an API and a worker, started again when they die.

What is started here ends with this process: told to, or killed by the kernel where it offers that (Linux).
"""

import asyncio
import errno
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from db import migrate
from db.settings import StateSettings
from graph.settings import ApiSettings, load_all
from jobs.child import dying_with_me, plain_environment
from jobs.errors import HeadwaterError
from jobs.settings import WorkSettings, valkey_folder
from jobs.valkey import EmbeddedValkey, ValkeyNotStarted

READY_SECONDS = 60.0  # a start takes some 2 s; a cold and busy machine much longer
LOOK_SECONDS = 0.05
VALKEY_LOOK_SECONDS = 1.0
SHORTEST_LIFE_SECONDS = 10.0  # a part that lives shorter waits before it is started again, longer each time
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.1, 10.0
GRACE_SECONDS = 10.0  # beyond the worker's own drain time, before what was told to end is killed
LOCK = "up.lock"
TAIL_LINES = 15
BACKLOG = 512
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class NotStarted(HeadwaterError):
    """The service did not start."""

    code = "NOT_STARTED"


class InUse(NotStarted):
    """Another process has what this one needs."""

    code = "IN_USE"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Children take it over, so connections wait while one is started again.

    Raises:
        InUse: The port is taken.
        NotStarted: The address is not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except PermissionError as error:
        raise NotStarted(f"Port {port} may not be listened on.", hint="Choose one above 1023.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            hint = "Choose another with --port or HEADWATER_PORT, or end what listens there."
            raise InUse(f"Port {port} of {host} is taken.", hint=hint) from error
        reason = str(error.strerror).partition(" (while")[0]
        hint = "Give an address of this machine with --host or HEADWATER_HOST."
        raise NotStarted(f"{host} port {port} cannot be listened on: {reason}.", hint=hint) from error


def address_of(listener: socket.socket) -> str:
    """The address to open: one that any listener on all addresses answers on, too."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what was asked for
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a data folder for this process alone.

    Raises:
        InUse: Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            hint = "Stop it, or choose another folder with HEADWATER_DATA_DIR."
            raise InUse(f"{folder} is in use by process {lock.read().strip()}.", hint=hint) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def empty(folder: Path) -> None:
    """Remove everything from a folder that is `held`."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != LOCK:
            entry.unlink()


def say(words: str) -> None:
    sys.stderr.write(f"headwater: {words}\n")
    sys.stderr.flush()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run, and how: all settings in `environ`; `logs` is a folder, or None for our own output."""

    environ: Mapping[str, str]
    listener: socket.socket
    logs: Path | None = None
    say: Callable[[str], None] = say

    @property
    def address(self) -> str:
        return address_of(self.listener)


@dataclass(slots=True)
class Part:
    """One child process that is to be there as long as we are."""

    name: str
    plan: Plan
    arguments: tuple[str, ...]
    process: asyncio.subprocess.Process | None = None
    started_at: float = field(default=0.0)

    @property
    def log(self) -> Path | None:
        return self.plan.logs / f"{self.name}.log" if self.plan.logs else None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def has_ended(self) -> bool:
        return self.process is not None and self.process.returncode is not None

    async def start(self) -> None:
        """Start it. Call this from the main thread: what is started dies with the thread that did it."""
        self.started_at = time.monotonic()
        command = dying_with_me([sys.executable, "-P", "-m", "graph.cli", *self.arguments])
        output = self.log.open("ab") if self.log else None
        try:
            self.process = await asyncio.create_subprocess_exec(
                *command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**self.plan.environ, "PYTHONPATH": plain_environment()["PYTHONPATH"]},
                pass_fds=(self.plan.listener.fileno(),),
                start_new_session=True,  # Ctrl-C in a terminal is for us: we say when it ends
            )
        finally:
            if output is not None:
                output.close()

    async def keep(self) -> None:
        """Start it again whenever it ends, for ever."""
        wait = FIRST_WAIT_SECONDS
        while self.process is not None:
            status = await self.process.wait()
            lived = time.monotonic() - self.started_at
            wait = min(wait * 2, LONGEST_WAIT_SECONDS) if lived < SHORTEST_LIFE_SECONDS else FIRST_WAIT_SECONDS
            self.plan.say(f"{self.name} ended with status {status}; it is started again in {wait:g} s")
            await asyncio.sleep(wait)
            try:
                await self.start()
            except OSError as error:  # no memory for a process, no folder for its log: it may pass
                self.plan.say(f"{self.name} cannot be started: {error}")

    def tell(self, number: signal.Signals) -> None:
        """Send a signal, if it is there."""
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def last_words(self) -> str:
        """The end of its log."""
        if self.log is None or not self.log.is_file():
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])


@asynccontextmanager
async def running(plan: Plan) -> AsyncIterator[tuple[Part, ...]]:
    """The service, ready; it is kept running meanwhile, and nothing of it is left afterwards.

    Raises:
        BadSettings: The environment holds settings that cannot be used.
        NotStarted, ValkeyNotStarted: It did not get ready.
    """
    loaded = load_all(plan.environ)
    state, work = loaded[StateSettings], loaded[WorkSettings]
    valkey = EmbeddedValkey(valkey_folder(state)) if work.redis_url is None else None
    serve = ("serve", "--fd", str(plan.listener.fileno()))
    parts = (Part("api", plan, serve), Part("worker", plan, ("worker",)))
    tasks: list[asyncio.Task[None]] = []
    try:
        if valkey is not None:
            valkey.start()
        await asyncio.to_thread(migrated, state.url)
        for part in parts:
            await part.start()
        await until_ready(plan.address, parts)
        tasks = [asyncio.create_task(part.keep()) for part in parts]
        if valkey is not None:
            tasks.append(asyncio.create_task(keep_valkey(valkey, plan)))
        yield parts
    finally:
        for task in tasks:
            task.cancel()
        try:
            await asyncio.gather(*tasks, return_exceptions=True)
            await end_all(parts, work.drain_seconds + GRACE_SECONDS)
        finally:
            if valkey is not None:
                valkey.stop()


def migrated(url: str) -> None:
    """Bring the database to the schema that is needed.

    Raises:
        NotStarted: It does not answer, or refuses.
    """
    try:
        migrate.upgrade(url)
    except migrate.NotMigrated as error:
        hint = "Check HEADWATER_DATABASE_URL, and that the database runs."
        raise NotStarted(str(error), hint=hint) from error


async def until_ready(address: str, parts: tuple[Part, ...]) -> None:
    """Return when the API says that it has all it needs.

    Raises:
        NotStarted: A part ended before, or it took too long.
    """
    asked = asyncio.create_task(_ready(address))
    deadline = time.monotonic() + READY_SECONDS
    try:
        while not asked.done():
            dead = next((part for part in parts if part.has_ended), None)
            if dead is not None:
                raise NotStarted(f"The {dead.name} did not start. {dead.last_words()}".strip())
            if time.monotonic() > deadline:
                raise NotStarted(f"The API was not ready in {READY_SECONDS:g} s.")
            await asyncio.wait((asked,), timeout=LOOK_SECONDS)
    finally:
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)


async def _ready(address: str) -> None:
    import httpx  # noqa: PLC0415 - slow to import; the API needs this file for its socket only

    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=READY_SECONDS) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get("/health/ready")).is_success:
                    return
            await asyncio.sleep(LOOK_SECONDS)


async def keep_valkey(valkey: EmbeddedValkey, plan: Plan) -> None:
    """Start the embedded Valkey again whenever it no longer answers, for ever."""
    while True:
        await asyncio.sleep(VALKEY_LOOK_SECONDS)
        if not await asyncio.to_thread(valkey.answers):
            plan.say("valkey ended; it is started again")
            try:
                valkey.start()  # blocks us for 0.1 s: it must be started from the main thread
            except ValkeyNotStarted as error:
                plan.say(f"valkey: {error}")


async def end_all(parts: tuple[Part, ...], grace_seconds: float) -> None:
    """Tell all parts to end, and kill those that do not."""
    for part in parts:
        part.tell(signal.SIGTERM)
    ending = [asyncio.create_task(part.process.wait()) for part in parts if part.process is not None]
    if ending:
        try:
            await asyncio.wait(ending, timeout=grace_seconds)
        finally:  # also when somebody does not want to wait any longer
            for part in parts:
                part.tell(signal.SIGKILL)
        await asyncio.gather(*ending)


@contextmanager
def until_signal() -> Iterator[None]:
    """Leave this block early, and quietly, on Ctrl-C, SIGTERM or the end of the terminal.

    What the block has begun is ended in order; a second signal hurries that.
    """
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    numbers: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        numbers.append(number)
        if task is not None:
            task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop, number)
    try:
        yield
    except asyncio.CancelledError:
        if not numbers:  # it was somebody else who cancelled us
            raise
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


async def up(plan: Plan, folder: Path, ready: Callable[[], None]) -> None:
    """Run the service on a data folder until a signal comes; `ready` is called when it answers."""
    with until_signal(), held(folder):
        async with running(plan):
            ready()
            await asyncio.Event().wait()


def planned(environ: Mapping[str, str], host: str | None, port: int | None) -> tuple[Plan, Path]:
    """What `headwater up` runs, and on which data folder.

    Raises:
        BadSettings, NotStarted: It cannot be run.
    """
    loaded = load_all(environ)
    api, state = loaded[ApiSettings], loaded[StateSettings]
    listener = listen(api.host if host is None else host, api.port if port is None else port)
    return Plan(dict(environ), listener), state.data_dir.resolve()
