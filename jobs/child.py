"""What runs inside a child process: it waits for work, does it, and answers."""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # from linux/prctl.h
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def die_with_parent(expected_parent_pid: int, death_signal: int = signal.SIGKILL) -> None:
    """Ask the kernel to end this process when its parent ends. Linux only; elsewhere nothing happens.

    "Parent" is the thread that started this process: start it from one that lives as long as
    its process does. The wish is forgotten when the process changes its user, and kept over exec.

    Args:
        expected_parent_pid: The parent as it saw itself. If it has already died, the kernel
            would wait for the next parent instead, so this process ends at once.
        death_signal: What the kernel sends.
    """
    if sys.platform != "linux":
        return
    if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise OSError("the kernel refused PR_SET_PDEATHSIG")
    if os.getppid() != expected_parent_pid:
        os._exit(1)


def dying_with_me(command: Sequence[str]) -> list[str]:
    """The command line that starts `command` so that the kernel kills it when this process ends.

    It needs `plain_environment()`. The process id stays what the starter sees.
    """
    if sys.platform != "linux":
        return list(command)
    code = f"from jobs.child import become; become({os.getpid()}, {list(command)!r})"
    return [sys.executable, "-P", "-c", code]


def become(parent_pid: int, command: Sequence[str]) -> None:
    """Replace this process by `command`, which dies with its parent."""
    die_with_parent(parent_pid)
    os.execv(command[0], list(command))  # noqa: S606  # no shell is wanted


def plain_environment() -> dict[str, str]:
    """What a child may see of our environment: where programs and modules are, and no secrets."""
    plain = {name: os.environ[name] for name in INHERITED if name in os.environ}
    # An empty entry is the current folder; the child has another one or will have.
    plain["PYTHONPATH"] = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    return plain
