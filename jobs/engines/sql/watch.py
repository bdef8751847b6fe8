"""Looking after a statement while it runs: its time, whoever wants it stopped, and how far it is."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Protocol, Self

import duckdb

from jobs.engines.sql.errors import QueryTimedOut
from jobs.engines.sql.values import Progress
from jobs.errors import StopRequested

LOOK_SECONDS = 0.05  # between two looks: a stop takes effect after as long, and what the engine needs to see it
TELL_SECONDS = 0.25  # between two times that progress is told


class Interruptible(Protocol):
    """What can be told to give up, and asked how far it is, while another thread waits for it."""

    def interrupt(self) -> None: ...

    def query_progress(self) -> float: ...


class Watch:
    """A thread that looks at the clock and at `stop` while its `with` block runs a statement.

    It interrupts again and again until the block ends: an interrupt between two statements is lost. Whoever
    waits for this process kills it if even that does not help.
    """

    def __init__(
        self,
        engine: Interruptible,
        seconds: float,
        *,
        stop: Event | None = None,
        report: Callable[[Progress], None] | None = None,
    ) -> None:
        self.engine, self.seconds, self.stop, self.report = engine, seconds, stop, report
        self.timed_out = self.stopped = False
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the watch, and say why the block was interrupted, if it was."""
        self._over.set()
        self._thread.join()
        if kind is None or not issubclass(kind, duckdb.InterruptException | InterruptedError):
            return
        if self.stopped:
            raise StopRequested from error
        if self.timed_out:
            raise QueryTimedOut(
                f"the statement took longer than {self.seconds:g} s", hint="Read less, or give it more time."
            ) from error

    def _look(self) -> None:
        deadline = monotonic() + self.seconds
        told = 0.0
        while not self._over.wait(LOOK_SECONDS):
            self.stopped = self.stop is not None and self.stop.is_set()
            self.timed_out = monotonic() >= deadline
            if self.stopped or self.timed_out:
                self.engine.interrupt()
            elif self.report and monotonic() - told >= TELL_SECONDS:
                told = monotonic()
                done = self.engine.query_progress()
                self.report(None if done < 0 else min(done / 100, 1.0))


def tell_progress(file: Path) -> Callable[[Progress], None]:
    """A function that writes progress where another process can read it at any moment, whole."""
    draft = file.with_suffix(".draft")

    def tell(done: Progress) -> None:
        draft.write_text("" if done is None else f"{done:.4f}", encoding="ascii")
        draft.replace(file)

    return tell


def read_progress(file: Path) -> Progress:
    """How far the statement is that tells it in this file; None before it told, or where it cannot."""
    with suppress(OSError, ValueError):
        return float(file.read_text(encoding="ascii"))
    return None
