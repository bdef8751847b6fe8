"""A contestant: a process that waits for tasks on standard input, does each, and says what it took.

Whoever is measured is alone in a process of its own: nobody pays for what another one imports or keeps. Runs of
contestants take turns, so that whatever else the machine does meets all of them. This module and those of the
contestants know nothing but the standard library and what they measure, for they run in two environments.
"""

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Task: TypeAlias = Callable[..., object]
STATUS = Path("/proc/self/status")
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Took:
    """What a task took: seconds of CPU and of the clock, the process's peak memory in MB, and its answer."""

    cpu: float
    wall: float
    peak_mb: float
    answer: Any


@dataclass(frozen=True, slots=True)
class Contestant:
    """The near end of a contestant."""

    process: subprocess.Popen[str]

    def do(self, task: str, *given: object) -> Took:
        """Have a task done. The contestant does one at a time, and waits in between."""
        to, back = self.process.stdin, self.process.stdout
        assert to is not None  # noqa: S101 - both are pipes
        assert back is not None  # noqa: S101 - both are pipes
        with suppress(BrokenPipeError):  # it has ended: said below
            print(json.dumps([task, *given]), file=to, flush=True)
        line = back.readline()
        if not line:
            raise RuntimeError(f"{self.process.args!r} ended in {task}, with {self.process.wait()}")
        return Took(**json.loads(line))


@contextmanager
def contestant(python: Path | str, module: str) -> Iterator[Contestant]:
    """Start a module as a contestant, and end it."""
    command = [str(python), "-m", module]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        yield Contestant(process)
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()  # it reads to the end, and ends


def serve(tasks: Mapping[str, Task]) -> None:
    """Do what is asked for until nothing more is."""
    for line in sys.stdin:
        name, *given = json.loads(line)
        settle()
        wall, cpu = time.perf_counter(), time.process_time()
        answer = tasks[name](*given)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({"cpu": cpu, "wall": wall, "peak_mb": peak_mb(), "answer": answer}), flush=True)


def settle() -> None:
    """Get ready to be timed: what is there already is not looked at again for garbage, whoever it is."""
    gc.collect()
    gc.freeze()


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    if STATUS.exists():  # on Linux, what the kernel gives to all begins with what the parent held
        line = next(line for line in STATUS.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
