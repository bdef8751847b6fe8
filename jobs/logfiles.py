"""Logs as files of JSON lines, one a process and day, and the newest lines of all of them.

A file is opened for each line: nothing is held open, whoever deletes files does no harm, and each line is there
at once, whole, for readers in other processes. It costs 20 µs a line.
"""

import heapq
import logging
import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import orjson

BLOCK_BYTES = 1 << 16
MOST_BYTES = 1 << 26  # read for one question, however little of it fits
MOST_LINE_BYTES = 1 << 20
MOST_CHARACTERS = 10_000  # of a line's text
SHOWN_APART = {"timestamp", "level", "process", "event", "run_id", "request_id", "exception", "logger"}
ODD = re.compile(r"[^\w.-]", re.ASCII)
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
SLACK = timedelta(seconds=1)  # lines of several threads may stand in a slightly other order than they were made


class LogFile(logging.Handler):
    """Appends what this process logs to its file of the day, and removes files that are too old."""

    def __init__(self, folder: Path, service: str, kept_days: int) -> None:
        super().__init__()
        self._folder, self._kept_days = folder, kept_days
        self._name = f"{service}-{ODD.sub('-', socket.gethostname())}-{os.getpid()}"
        self._day: date | None = None
        self._failed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line. A disk that is full or away is told of once, and harms nothing else."""
        try:
            line = self.format(record).encode("utf-8", "replace") + b"\n"
            today = datetime.now(UTC).date()
            if today != self._day:
                self._day = today
                self._folder.mkdir(parents=True, exist_ok=True)
                remove_old(self._folder, self._kept_days)
            place = self._folder / f"{self._name}-{today}.jsonl"
            handle = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)
            self._failed = False
        except OSError as error:
            if not self._failed:
                self._failed = True
                sys.stderr.write(f"headwater: logs cannot be written to {self._folder}: {error.strerror}\n")


def remove_old(folder: Path, kept_days: int) -> None:
    """Remove files of logs in which nothing was written for longer than they are kept."""
    oldest = time.time() - kept_days * 24 * 3600
    for path in folder.glob("*.jsonl"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except OSError:  # another process was faster, or it is not ours to delete
            continue


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: so many of the newest, from a level on, perhaps of one run only."""

    lines: int
    level: str = "debug"
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log; `text` is what else it says, a traceback last."""

    at: datetime
    level: str
    service: str
    event: str
    run_id: str | None
    request_id: str | None
    text: str


@dataclass(slots=True)
class _Newest:
    """The newest lines that were found so far, the oldest of them first to go."""

    most: int
    heap: list[tuple[datetime, int, Line]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(0, -1))

    def add(self, line: Line) -> None:
        push = heapq.heappush if len(self.heap) < self.most else heapq.heappushpop
        push(self.heap, (line.at, next(self.numbers), line))

    def has_no_room_for(self, moment: datetime) -> bool:
        return len(self.heap) == self.most and moment < self.heap[0][0] - SLACK


def newest_lines(folder: Path, wanted: Wanted) -> list[Line]:
    """The newest lines of all files in a folder, oldest first. What is no line of a log is passed over.

    Cost: files are read from their ends, as far back as the oldest line that is shown, and 64 MiB at most.
    """
    newest, left = _Newest(wanted.lines), MOST_BYTES
    for changed, path in _by_change(folder):
        if left <= 0 or newest.has_no_room_for(changed):
            break
        for raw in _backwards(path, left):
            left -= len(raw) + 1
            line = _line(raw, path)
            if line is None:
                continue
            if newest.has_no_room_for(line.at):
                break
            if _fits(line, wanted):
                newest.add(line)
    return [line for _, _, line in sorted(newest.heap, key=lambda kept: kept[:2])]


def _fits(line: Line, wanted: Wanted) -> bool:
    if wanted.run_id is not None and line.run_id != wanted.run_id:
        return False
    return LEVELS.get(line.level, LEVELS["info"]) >= LEVELS[wanted.level]


def _by_change(folder: Path) -> list[tuple[datetime, Path]]:
    """Files of logs, the one that was written to last first."""
    found = []
    for path in folder.glob("*.jsonl"):
        try:
            found.append((datetime.fromtimestamp(path.stat().st_mtime, UTC), path))
        except OSError:
            continue
    return sorted(found, reverse=True)


def _backwards(path: Path, most_bytes: int) -> Iterator[bytes]:
    """The lines of a file from its end, as far as so many bytes go; one that is far too long is empty."""
    try:
        with path.open("rb") as file:
            at = file.seek(0, os.SEEK_END)
            first = max(0, at - most_bytes)
            rest = b""
            while at > first:
                size = min(BLOCK_BYTES, at - first)
                at = file.seek(at - size)
                begin, *lines = (file.read(size) + rest).split(b"\n")
                yield from reversed(lines)
                rest = begin if len(begin) <= MOST_LINE_BYTES else b""
            if at == 0:
                yield rest
    except OSError:
        return


def _line(raw: bytes, path: Path) -> Line | None:
    try:
        read = orjson.loads(raw)
        at = datetime.fromisoformat(read["timestamp"])
        level, event = str(read["level"]), str(read["event"])
        # Lines of other threads do not say whose they are; the file's name does.
        service = str(read.get("process") or path.name.partition("-")[0])
    except (ValueError, KeyError, TypeError):
        return None
    if at.tzinfo is None:
        return None
    return Line(
        at=at,
        level=level,
        service=service,
        event=event,
        run_id=_word(read.get("run_id")),
        request_id=_word(read.get("request_id")),
        text=_text(read)[:MOST_CHARACTERS],
    )


def _word(value: Any) -> str | None:
    return None if value is None else str(value)


def _text(read: dict[str, Any]) -> str:
    words = [f"{name}={value}" for name, value in read.items() if name not in SHOWN_APART]
    traceback = str(read.get("exception") or "")
    return "\n".join(part for part in (" ".join(words), traceback) if part)
