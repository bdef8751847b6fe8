"""Children: processes for work that must not run in this one.

Compiled parsers hold the GIL for seconds and hostile input can crash an interpreter, so such
work runs one piece at a time in a process that can be killed without harm to its neighbours.
This process keeps the limits: a busy child cannot be trusted to look at its own clock.
"""

import asyncio
import logging
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import psutil

from jobs.child import FAILURE, LENGTH, REFUSAL, die_with_parent, plain_environment, rebuilt
from jobs.errors import ChildDied, ChildFailed, ChildOutOfMemory, ChildTimedOut

__all__ = ["ChildLimits", "Children", "die_with_parent"]

V = TypeVar("V")

START_SECONDS = 60.0  # to start an interpreter and import `preload`: 0.3 s, more on a busy machine
LOOK_SECONDS = 0.1  # between two looks at a child's memory
DEATH_SECONDS = 1.0  # how long a child that closed its connection may take to end
BUFFER_BYTES = 1 << 20  # of a connection; a larger reply is drained as it comes
INLINE_BYTES = 1 << 18  # a larger reply is unpickled in a thread
LOOK_IN_THE_LOG = "The log has the details."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """How many children there may be, and what one may use."""

    size: int = 2
    """Processes at most."""
    idle: int = 1
    """Processes kept warm while there is nothing to do; what a burst needed beyond them ends with it."""
    memory_bytes: int = 1 << 30
    """Resident memory of a child and its own children."""
    timeout_seconds: float = 60.0
    """For one call, if the call does not say otherwise."""
    calls_per_child: int = 500
    """A child is replaced after as many calls: libraries leak."""
    preload: tuple[str, ...] = ()
    """Modules a child imports before its first call."""

    def __post_init__(self) -> None:
        if min(self.size, self.memory_bytes, self.timeout_seconds, self.calls_per_child) <= 0:
            raise ValueError("a limit must be more than zero")
        if not 0 <= self.idle <= self.size:
            raise ValueError("idle must be between 0 and size")


class Child:
    """One process and the connection to it."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.calls = 0
        self.process, self.reader, self.writer = process, reader, writer
        self.ended = asyncio.create_task(self._see_to_its_end())

    @property
    def alive(self) -> bool:
        return self.process.returncode is None and not self.reader.at_eof()

    async def ask(self, request: bytes) -> bytes | None:
        """The answer to a request, or None if the child ended before it had answered."""
        try:
            self.writer.write(LENGTH.pack(len(request)))
            for start in range(0, len(request), BUFFER_BYTES):
                self.writer.write(request[start : start + BUFFER_BYTES])
                await self.writer.drain()
            return await self.hear()
        except (OSError, asyncio.IncompleteReadError):
            return None

    async def hear(self) -> bytes:
        (size,) = LENGTH.unpack(await self.reader.readexactly(LENGTH.size))
        return await self.reader.readexactly(size)

    def kill(self) -> None:
        """Kill it and what it started, now. `ended` says when it is gone."""
        if self.process.returncode is None:
            kill_group(self.process.pid)

    async def _see_to_its_end(self) -> int:
        """Wait for the process and return its status. What it started ends with it, and it with us."""
        try:
            return await self.process.wait()
        finally:
            kill_group(self.process.pid)
            self.writer.transport.abort()


class Children:
    """Warm child processes. One instance belongs to one event loop.

    A child sees no environment variable of ours but a few harmless ones.
    """

    def __init__(self, limits: ChildLimits) -> None:
        self.limits = limits
        self._places = asyncio.Semaphore(limits.size)  # first come, first served
        self._waiting = 0
        self._idle: list[Child] = []
        self._living: set[Child] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def warm(self) -> None:
        """Start the children that are kept warm, so that the first calls need not wait for them."""
        await asyncio.gather(*(self.call(os.getpid) for _ in range(self.limits.idle)))

    async def call(self, work: Callable[..., V], *args: object, timeout_seconds: float | None = None) -> V:
        """Return `work(*args)`, computed in a child.

        Cancelling this kills the child. Arguments and result are pickled; arguments are
        pickled here and now, so a large one is better handed over as the path of a file.

        Args:
            work: A function at the top level of a module that a child can import.
            args: What to call it with.
            timeout_seconds: For the work alone; waiting for a child and starting one do not count.

        Raises:
            HeadwaterError: As `work` raised it, with its attributes.
            ChildTimedOut: The work took too long.
            ChildOutOfMemory: The child grew too large.
            ChildDied: The child crashed, or was killed from outside.
            ChildFailed: `work` raised anything else, or its result cannot be pickled; the
                traceback is in the log only.
            TypeError: `work` is no such function.
        """
        request = pickle.dumps((importable(work), args), pickle.HIGHEST_PROTOCOL)
        seconds = self.limits.timeout_seconds if timeout_seconds is None else timeout_seconds
        child = await self._take()
        try:
            reply = await self._answer(child, request, seconds)
        except BaseException:  # cancelled, or a limit was passed: nobody knows what it is doing now
            child.kill()
            self._give_up(child)
            raise
        self._put_back(child)
        value: V = await result_of(work.__qualname__, reply)
        return value

    async def close(self) -> None:
        """Kill every child and wait until all are gone. Calls in progress raise ChildDied."""
        self._closed = True
        for child in self._living:
            child.kill()
        # Whoever has a place is starting a child, using one or waiting for its end.
        for _ in range(self.limits.size):
            await self._places.acquire()
        await asyncio.gather(*(child.ended for child in self._living))
        for _ in range(self.limits.size):
            self._places.release()

    async def _take(self) -> Child:
        """A child for one call, warm if there is one. It holds a place until `_put_back` or `_give_up`."""
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        if self._closed:
            self._places.release()
            raise RuntimeError("these children are closed")
        try:
            while self._idle:
                child = self._idle.pop()
                if child.alive:
                    return child
                child.kill()
            return await self._start()
        except BaseException:
            self._places.release()
            raise

    def _put_back(self, child: Child) -> None:
        child.calls += 1
        worn = child.calls >= self.limits.calls_per_child
        # What stays allocated would count against the next call, which is innocent.
        swollen = resident_bytes([child.process.pid]) > self.limits.memory_bytes / 2
        unwanted = len(self._idle) >= self.limits.idle + self._waiting
        if worn or swollen or unwanted or not child.alive:
            child.kill()
            self._give_up(child)
        else:
            self._idle.append(child)
            self._places.release()

    def _give_up(self, child: Child) -> None:
        """Free the place of a killed child when it is gone: a large one takes a while."""
        child.ended.add_done_callback(lambda _: self._places.release())

    async def _start(self) -> Child:
        child = await launch(self.limits.preload)
        self._living.add(child)
        child.ended.add_done_callback(lambda _: self._living.discard(child))
        if self._closed:  # meanwhile
            child.kill()
        try:
            async with asyncio.timeout(START_SECONDS):
                await result_of("start", await child.hear())
        except TimeoutError as error:
            child.kill()
            raise ChildTimedOut(f"a child process did not start in {START_SECONDS:g} s") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            raise ChildDied(await last_words(child)) from error
        except BaseException:
            child.kill()
            raise
        return child

    async def _answer(self, child: Child, request: bytes, seconds: float) -> bytes:
        """The child's reply, while time and memory last."""
        now = asyncio.get_running_loop().time
        deadline = now() + seconds
        asking = asyncio.create_task(child.ask(request))
        try:
            while True:
                patience = max(0.0, min(LOOK_SECONDS, deadline - now()))
                done, _ = await asyncio.wait({asking}, timeout=patience)
                if done:
                    break
                if now() >= deadline:
                    raise ChildTimedOut(f"a child process took longer than {seconds:g} s and was killed")
                if resident_bytes(family(child.process.pid)) > self.limits.memory_bytes:
                    allowed = self.limits.memory_bytes >> 20
                    raise ChildOutOfMemory(f"a child process took more than {allowed} MiB and was killed")
        finally:
            asking.cancel()
        reply = asking.result()
        if reply is None:
            raise ChildDied(await last_words(child))
        return reply


async def launch(preload: Sequence[str]) -> Child:
    """A child that has begun to start. Nothing is left behind if this is cancelled."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            reader, writer = await asyncio.open_unix_connection(sock=ours, limit=BUFFER_BYTES)
        except BaseException:
            ours.close()
            raise
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-P", "-m", "jobs.child", str(theirs.fileno()), str(os.getpid()), *preload),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,  # libraries print; a crash speaks on stderr, which is ours
                pass_fds=[theirs.fileno()],
                env=plain_environment(),
                start_new_session=True,
            )
        except BaseException:
            writer.transport.abort()
            raise
    return Child(process, reader, writer)


async def last_words(child: Child) -> str:
    """What happened to a child that closed its connection."""
    await asyncio.wait({child.ended}, timeout=DEATH_SECONDS)
    child.kill()
    status = await asyncio.shield(child.ended)
    if status >= 0:
        return f"a child process ended with status {status} while working"
    with suppress(ValueError):  # a signal without a name
        return f"a child process was killed by {signal.Signals(-status).name} while working"
    return f"a child process was killed by signal {-status} while working"


async def result_of(work: str, reply: bytes) -> Any:
    """The value in the reply of the work of that name, or the error in it, raised.

    To unpickle is to trust: a child runs our code only, and what is hostile is its input. A
    child that was taken over by its input could take us over here.
    """
    try:
        # A thread lets the event loop breathe where unpickling runs Python code.
        if len(reply) > INLINE_BYTES:
            kind, outcome = await asyncio.to_thread(pickle.loads, reply)
        else:
            kind, outcome = pickle.loads(reply)  # noqa: S301  # see above
    except Exception as error:
        log.exception("child reply unreadable", extra={"work": work})
        raise ChildFailed(hint=LOOK_IN_THE_LOG) from error
    if kind == REFUSAL:
        raise rebuilt(*outcome)
    if kind == FAILURE:
        log.error("child work failed", extra={"work": work, "trace": outcome})
        raise ChildFailed(hint=LOOK_IN_THE_LOG)
    return outcome


def importable(work: Callable[..., V]) -> Callable[..., V]:
    """The function itself, if another process can find it by its name.

    Raises:
        TypeError: It cannot.
    """
    module, name = getattr(work, "__module__", None), getattr(work, "__qualname__", "")
    if module in {None, "__main__"} or not name.isidentifier():
        raise TypeError(f"{work!r} is not a function at the top level of a module")
    return work


def resident_bytes(pids: Iterable[int]) -> int:
    """Memory of those processes that are still there; shared pages count for each of them."""
    total = 0
    for pid in pids:
        with suppress(psutil.Error):
            total += psutil.Process(pid).memory_info().rss
    return total


def family(pid: int) -> list[int]:
    """A process and its descendants, as far as they can be seen."""
    try:
        # 0.1 ms, where psutil reads every process of the machine: this runs on the event loop.
        lists = [task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return [pid]
    if lists:
        return [pid, *(kin for own in lists for child in own.split() for kin in family(int(child)))]
    with suppress(psutil.Error):
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return [pid]


def kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS refuses when only a zombie is left
        os.killpg(leader, signal.SIGKILL)
