"""Children do their work, keep their limits and end when they must."""

import asyncio
import ctypes
import math
import operator
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import psutil
import pytest

from jobs import children
from jobs.children import ChildLimits, Children
from jobs.errors import ChildDied, ChildFailed, ChildOutOfMemory, ChildTimedOut, TooManyRuns
from tests.jobs.work import (
    PATIENCE_SECONDS,
    Unreadable,
    allocate,
    allocate_in_a_grandchild,
    busy_after_writing,
    environment,
    fail_with,
    grow_and_shrink,
    hang_up,
    hold_the_gil,
    leave_a_grandchild,
    make_lambda,
    refuse,
    refuse_strangely,
    wait_for,
    when,
)

LIMITS = ChildLimits(size=2, idle=1, memory_bytes=1 << 30, timeout_seconds=30)
FIFTY_MB = 50_000_000


async def until(happened: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110  # another process does not set our events
            await asyncio.sleep(0.01)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
async def pair() -> AsyncIterator[Children]:
    async with Children(LIMITS) as two:
        yield two


async def test_a_result(pair: Children) -> None:
    """A result comes back from another process."""
    assert 120 == await pair.call(math.factorial, 5)
    assert os.getpid() != await pair.call(os.getpid)


async def test_an_error_of_ours(pair: Children) -> None:
    """An error of the tree arrives as itself, with its words and fields, and the child goes on."""
    before = await pair.call(os.getpid)

    with pytest.raises(TooManyRuns) as caught:
        await pair.call(refuse, 7, 5)

    assert (7, 5) == (caught.value.unfinished, caught.value.allowed)
    assert str(TooManyRuns(7, 5)) == str(caught.value)
    assert TooManyRuns(7, 5).hint == caught.value.hint
    assert before == await pair.call(os.getpid)


async def test_any_other_error(pair: Children, caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected exception is logged with its traceback, and shown without its words."""
    with pytest.raises(ChildFailed) as caught:
        await pair.call(fail_with, "secret")

    assert ChildFailed is type(caught.value)
    assert "secret" not in str(caught.value) + caught.value.hint
    (record,) = [record for record in caplog.records if record.name == "jobs.children"]
    assert "fail_with" == record.__dict__["work"]
    assert "KeyError: 'secret'" in record.__dict__["trace"]


async def test_sys_exit_is_an_error(pair: Children) -> None:
    """A library that calls sys.exit() fails its work and does not end the child."""
    before = await pair.call(os.getpid)

    with pytest.raises(ChildFailed):
        await pair.call(sys.exit, 0)

    assert before == await pair.call(os.getpid)


@pytest.mark.parametrize("work", [make_lambda, Unreadable, refuse_strangely])
async def test_what_does_not_travel(pair: Children, work: Callable[[], object]) -> None:
    """A result or an error that cannot be pickled or unpickled fails the work, not the child."""
    before = await pair.call(os.getpid)

    with pytest.raises(ChildFailed):
        await pair.call(work)

    assert before == await pair.call(os.getpid)


@pytest.mark.parametrize("work", [lambda: None, partial(math.factorial, 5), "text".upper, dict.fromkeys])
async def test_work_must_have_a_name(pair: Children, work: Callable[..., object]) -> None:
    """Only a function at the top level of a module can be called."""
    with pytest.raises(TypeError, match="top level"):
        await pair.call(work)


@pytest.mark.kills
async def test_a_timeout_harms_no_neighbour(pair: Children, tmp_path: Path) -> None:
    """A child that holds the GIL is killed in time, and a call beside it ends well."""
    neighbour = asyncio.create_task(pair.call(wait_for, tmp_path / "note"))
    started = time.monotonic()

    with pytest.raises(ChildTimedOut, match=r"longer than 0\.5 s"):
        await pair.call(hold_the_gil, timeout_seconds=0.5)

    assert time.monotonic() - started < 5
    (tmp_path / "note").write_text("well")
    assert "well" == await neighbour


@pytest.mark.kills
async def test_cancelling_kills(pair: Children, tmp_path: Path) -> None:
    """Cancelling a call kills its child within a second, and the place is free again."""
    note = tmp_path / "pid"
    call = asyncio.create_task(pair.call(busy_after_writing, note))
    await until(note.exists)

    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call
    await until(lambda: is_gone(int(note.read_text())), seconds=1)
    assert [24, 24, 24] == await asyncio.gather(*(pair.call(math.factorial, 4) for _ in range(3)))


@pytest.mark.kills
async def test_cancelling_while_waiting_for_a_place(tmp_path: Path) -> None:
    """A call that is cancelled before its turn takes nobody's place."""
    async with Children(replace(LIMITS, size=1)) as one:
        before = set(psutil.Process().children())
        first = asyncio.create_task(one.call(wait_for, tmp_path / "note"))
        second = asyncio.create_task(one.call(math.factorial, 4))
        await until(lambda: before != set(psutil.Process().children()))
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second

        (tmp_path / "note").write_text("done")

        assert "done" == await first
        assert 24 == await one.call(math.factorial, 4)


@pytest.mark.kills
async def test_memory_limit() -> None:
    """A child that grows beyond its memory is killed."""
    async with Children(replace(LIMITS, memory_bytes=200 << 20)) as small:
        with pytest.raises(ChildOutOfMemory, match="200 MiB"):
            await small.call(allocate, 400 << 20)

        assert 24 == await small.call(math.factorial, 4)


@pytest.mark.kills
async def test_grandchildren_count(tmp_path: Path) -> None:
    """What a child starts counts as its memory and ends with it."""
    async with Children(replace(LIMITS, memory_bytes=200 << 20)) as small:
        with pytest.raises(ChildOutOfMemory):
            await small.call(allocate_in_a_grandchild, 400 << 20, tmp_path / "pid")

        await until(lambda: is_gone(int((tmp_path / "pid").read_text())))


async def test_a_swollen_child_is_replaced() -> None:
    """A child that keeps more than half of its limit after a call serves no other."""
    async with Children(replace(LIMITS, memory_bytes=200 << 20)) as small:
        first = await small.call(grow_and_shrink, 130 << 20)

        assert first != await small.call(os.getpid)


@pytest.mark.kills
@pytest.mark.parametrize(
    ("work", "argument", "ending"),
    [
        (os._exit, 3, "status 3"),
        (ctypes.string_at, 0, "SIGSEGV"),
        (signal.raise_signal, signal.SIGTERM, "SIGTERM"),
    ],
    ids=["exit", "crash", "signal"],
)
async def test_a_child_that_dies(
    pair: Children, work: Callable[..., object], argument: int, ending: str
) -> None:
    """The death of a child is an error that says how it died, and the next call has another child."""
    with pytest.raises(ChildDied, match=ending):
        await pair.call(work, argument)

    assert 24 == await pair.call(math.factorial, 4)


@pytest.mark.kills
@pytest.mark.skipif(sys.platform != "linux", reason="real-time signals")
async def test_a_signal_without_a_name(pair: Children) -> None:
    """A signal that has only a number is told by it."""
    with pytest.raises(ChildDied, match="signal 40"):
        await pair.call(signal.raise_signal, 40)


@pytest.mark.kills
async def test_a_grandchild_does_not_hide_a_death(pair: Children) -> None:
    """A death is seen although a forked grandchild keeps the connection open."""
    with pytest.raises(ChildDied, match="status 5"):
        await pair.call(leave_a_grandchild, timeout_seconds=10)


@pytest.mark.kills
async def test_a_child_that_hangs_up(pair: Children) -> None:
    """A child that closed its connection and stays is ended."""
    with pytest.raises(ChildDied):
        await pair.call(hang_up, timeout_seconds=60)


@pytest.mark.kills
async def test_a_child_that_died_while_idle(pair: Children) -> None:
    """A warm child that was killed from outside is replaced before the next call."""
    first = await pair.call(os.getpid)
    os.kill(first, signal.SIGKILL)
    await until(lambda: not psutil.pid_exists(first))
    for _ in range(2):  # its connection ended before it did: the loop looks once, then tells its reader
        await asyncio.sleep(0)

    assert first != await pair.call(os.getpid)


async def test_fifty_megabytes_both_ways(pair: Children) -> None:
    """Large arguments and results pass."""
    argument = os.urandom(1) * FIFTY_MB

    assert argument + b"!" == await pair.call(operator.concat, argument, b"!")


async def test_a_child_stays_warm(pair: Children) -> None:
    """Calls one after the other are done by one process."""
    assert 1 == len({await pair.call(os.getpid) for _ in range(5)})


async def test_a_worn_child_is_replaced() -> None:
    """A child does as many calls as it may."""
    async with Children(replace(LIMITS, calls_per_child=2)) as worn:
        pids = [await worn.call(os.getpid) for _ in range(4)]

    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_never_more_than_allowed() -> None:
    """At most `size` calls are done at the same time, and all are done by `size` children."""
    async with Children(LIMITS) as two:
        done = await asyncio.gather(*(two.call(when) for _ in range(8)))

    at_once = [sum(start <= moment < end for _, start, end in done) for _, moment, _ in done]
    assert max(at_once) <= 2
    assert len({pid for pid, _, _ in done}) <= 2


async def test_first_come_first_served() -> None:
    """Calls that wait get their turn in the order in which they came."""
    order: list[int] = []
    async with Children(replace(LIMITS, size=1)) as one:

        async def note(number: int) -> None:
            order.append(await one.call(operator.pos, number))

        await asyncio.gather(*(note(number) for number in range(10)))

    assert list(range(10)) == order


async def test_warm_starts_what_is_kept() -> None:
    """After `warm` there are as many children as are kept, and calls use them."""
    async with Children(replace(LIMITS, idle=2)) as two:
        await two.warm()
        started = {process.pid for process in psutil.Process().children()}

        assert await two.call(os.getpid) in started


@pytest.mark.kills
async def test_close_leaves_nothing(tmp_path: Path) -> None:
    """Closing ends idle and busy children, fails calls in progress and refuses new ones."""
    before = set(psutil.Process().children())
    two = Children(LIMITS)
    await two.call(os.getpid)
    call = asyncio.create_task(two.call(busy_after_writing, tmp_path / "pid"))
    await until((tmp_path / "pid").exists)
    starting = asyncio.create_task(two.call(os.getpid))
    waiting = asyncio.create_task(two.call(os.getpid))
    await asyncio.sleep(0)

    await two.close()

    assert before == set(psutil.Process().children())
    ends = await asyncio.gather(call, starting, waiting, return_exceptions=True)
    assert [ChildDied, ChildDied, RuntimeError] == [type(end) for end in ends]
    with pytest.raises(RuntimeError, match="closed"):
        await two.call(os.getpid)
    await two.close()


@pytest.mark.kills
async def test_cancelling_a_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelling a call whose child is still starting leaves no process."""
    slow_module(tmp_path, monkeypatch)
    before = set(psutil.Process().children())
    async with Children(replace(LIMITS, preload=("slow_to_import",))) as slow:
        call = asyncio.create_task(slow.call(os.getpid))
        await until(lambda: before != set(psutil.Process().children()))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

        await until(lambda: before == set(psutil.Process().children()), seconds=1)


@pytest.mark.kills
async def test_a_start_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that is not ready in time is killed."""
    slow_module(tmp_path, monkeypatch)
    monkeypatch.setattr(children, "START_SECONDS", 0.2)
    async with Children(replace(LIMITS, preload=("slow_to_import",))) as slow:
        with pytest.raises(ChildTimedOut, match="did not start"):
            await slow.call(os.getpid)


def slow_module(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "slow_to_import.py").write_text("import time; time.sleep(60)")
    monkeypatch.syspath_prepend(str(folder))


async def test_a_start_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that cannot be imported ahead fails each call; one that kills the child does, too."""
    (tmp_path / "deadly_to_import.py").write_text("import os; os._exit(4)")
    monkeypatch.syspath_prepend(str(tmp_path))
    async with Children(replace(LIMITS, preload=("no_such_module",))) as hopeless:
        with pytest.raises(ChildFailed):
            await hopeless.call(os.getpid)
    async with Children(replace(LIMITS, preload=("deadly_to_import",))) as hopeless:
        with pytest.raises(ChildDied, match="status 4"):
            await hopeless.call(os.getpid)


async def test_no_secrets(pair: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child sees no setting of Headwater."""
    monkeypatch.setenv("HEADWATER_DATABASE_URL", "postgresql://user:secret@host/db")

    seen = await pair.call(environment)

    assert [] == [name for name in seen if name.startswith("HEADWATER_")]
    assert os.environ["PATH"] == seen["PATH"]


@pytest.mark.parametrize(
    "wrong", [{"size": 0}, {"memory_bytes": 0}, {"timeout_seconds": 0}, {"calls_per_child": 0}, {"idle": 3}]
)
def test_limits_that_make_no_sense(wrong: dict[str, Any]) -> None:
    """Limits that would allow nothing are refused."""
    with pytest.raises(ValueError, match="must be"):
        replace(LIMITS, **wrong)


async def test_a_start_that_is_impossible(pair: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process or connection can be made, the system's error is raised and nothing is left."""
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/nonexistent/python")
        with pytest.raises(FileNotFoundError):
            await pair.call(os.getpid)
        broken.setattr(asyncio, "open_unix_connection", no_connection)
        with pytest.raises(BlockingIOError):
            await pair.call(os.getpid)

    assert [24, 24, 24] == await asyncio.gather(*(pair.call(math.factorial, 4) for _ in range(3)))


async def no_connection(**_: object) -> NoReturn:
    raise BlockingIOError
