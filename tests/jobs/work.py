"""What the children of the tests are asked to do. It imports little: every child imports it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from jobs.errors import RunFailed, TooManyRuns

PATIENCE_SECONDS = 20.0


class TooStrange(RunFailed):
    """An error whose state does not travel."""

    def __init__(self) -> None:
        self.callback = lambda: None
        super().__init__()


class Unreadable:
    """A value that leaves a process and enters none."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return fail_with, ("unreadable",)


def fail_with(words: str) -> NoReturn:
    raise KeyError(words)


def refuse(unfinished: int, allowed: int) -> NoReturn:
    raise TooManyRuns(unfinished, allowed)


def refuse_strangely() -> NoReturn:
    raise TooStrange


def hold_the_gil() -> int:
    return sum(range(10**12))


def busy_after_writing(note: Path) -> int:
    note.with_suffix(".part").write_text(str(os.getpid()))
    note.with_suffix(".part").rename(note)
    return hold_the_gil()


def wait_for(note: Path) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not note.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return note.read_text()


def allocate(size_bytes: int) -> int:
    kept = bytearray(size_bytes)
    return hold_the_gil() + len(kept)


def allocate_in_a_grandchild(size_bytes: int, note: Path) -> int:
    code = f"import time; kept = bytearray({size_bytes}); time.sleep(60)  # sleeps: hanging is what it is for"
    with subprocess.Popen([sys.executable, "-c", code]) as grandchild:
        note.write_text(str(grandchild.pid))
    return 0


def leave_a_grandchild() -> NoReturn:
    """Die while a process that holds the connection lives on."""
    if os.fork() == 0:
        time.sleep(60)  # sleeps: a process that stays is what is tested
    os._exit(5)


def grow_and_shrink(size_bytes: int) -> int:
    """Allocate in pieces that the allocator keeps, and free all but the last."""
    pieces = [bytes(500) for _ in range(size_bytes // 500)]
    globals()["_kept"] = pieces[::8]
    return os.getpid()


def hang_up() -> int:
    """End the connection and stay, without leaving the thread that would notice a moment."""
    for descriptor in range(3, 30):
        with suppress(OSError):
            socket.socket(fileno=os.dup(descriptor)).shutdown(socket.SHUT_RDWR)
    return hold_the_gil()


def environment() -> dict[str, str]:
    return dict(os.environ)


def when() -> tuple[int, float, float]:
    started = time.monotonic()
    time.sleep(0.05)  # sleeps: work that takes a moment
    return os.getpid(), started, time.monotonic()


def make_lambda() -> Callable[[], None]:
    return lambda: None
