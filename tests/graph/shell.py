"""The command `headwater`: called in this process, or started as a process of its own."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from typer.testing import CliRunner

from graph.cli import app
from jobs.child import dying_with_me, plain_environment
from tests.house import PACKAGES
from tests.processes import START_SECONDS, Process, is_gone
from tests.servers import short_folder

COMMAND = (sys.executable, "-P", "-m", "graph.cli")
WIDE = {"COLUMNS": "140"}
SQL = "CREATE TABLE river.levels (cm INT);\nCREATE VIEW river.peaks AS SELECT max(cm) AS p FROM river.levels;\n"
GAP = "CREATE VIEW river.odd AS SELECT * FROM river.levels;\nEXECUTE mystery(1);\n"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """What it said as JSON."""
        told: dict[str, Any] = json.loads(self.out)
        return told


def headwater(*words: str, **settings: str) -> Said:
    """Call the command in this process, with these settings and no others."""
    named = {f"HEADWATER_{name.upper()}": value for name, value in settings.items()}
    left_out = {name: None for name in os.environ if name.startswith("HEADWATER_") and name not in named}
    result = CliRunner().invoke(app, words, env=WIDE | left_out | named, prog_name="headwater")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(int(result.exit_code), result.stdout, result.stderr)


async def in_thread(*words: str, **settings: str) -> Said:
    """Call the command beside the event loop that serves it."""
    return await asyncio.to_thread(headwater, *words, **settings)


def environment(**settings: str) -> dict[str, str]:
    """What a process of the command is set up from."""
    named = {f"HEADWATER_{name.upper()}": value for name, value in settings.items()}
    return plain_environment() | {"HEADWATER_PIPELINE_PACKAGES": json.dumps(PACKAGES)} | named


def start(folder: Path, *words: str, **settings: str) -> Process:
    """Start the command in a folder, as a process that dies with this one."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "said.log"
    with log.open("wb") as written:
        popen = subprocess.Popen(
            dying_with_me([*COMMAND, *words]),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            cwd=folder,
            env=environment(**settings),
            start_new_session=True,
        )
    return Process(words[0], log, popen)


@contextmanager
def started(folder: Path, *words: str, **settings: str) -> Iterator[Process]:
    """A process of the command, killed at the end if it is still there."""
    process = start(folder, *words, **settings)
    try:
        yield process
    except BaseException as failure:
        failure.add_note(process.log.read_text(errors="replace")[-3_000:])
        raise
    finally:
        if process.alive:
            process.kill()


def wait_for(process: Process, words: str) -> str:
    """The line with these words, once the process has said them."""
    deadline = time.monotonic() + START_SECONDS
    while not process.said(words):
        if not process.alive or time.monotonic() > deadline:
            pytest.fail(f"{process.name} did not say {words!r}:\n{process.log.read_text(errors='replace')}")
        time.sleep(0.02)
    lines = process.log.read_text(errors="replace").splitlines()
    return next(line for line in lines if words in line)


def address_in(line: str) -> str:
    """The address of the service in what a process said."""
    return "http://" + line.partition("http://")[2].partition("/")[0].partition(" ")[0]


@contextmanager
def served(folder: Path | None = None, **settings: str) -> Iterator[tuple[Process, str]]:
    """`headwater up` on a free port, and its address."""
    folder = folder or short_folder()
    own: Mapping[str, str] = {
        "data_dir": str(folder / "data"),
        "environment": "production",
        "anonymous": "operator",
    } | settings
    with started(folder, "up", "--port", "0", **own) as process:
        yield process, address_in(wait_for(process, "Headwater is at"))


def family(process: Process) -> dict[str, psutil.Process]:
    """The parts that `up` or `demo` runs, by name."""
    found = {}
    for child in psutil.Process(process.pid).children():
        words = ""
        with suppress(psutil.Error):  # it may end while we look
            words = " ".join(child.cmdline())
        for name, mark in (("serve", " serve "), ("worker", " worker"), ("valkey", "valkey-server")):
            if mark in words:
                found[name] = child
    return found


def all_gone(processes: list[psutil.Process]) -> bool:
    return all(is_gone(each.pid) for each in processes)
