"""What runs inside a child process: it waits for work, does it, and answers."""

import ctypes
import gc
import logging
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from struct import Struct
from threading import Thread

from jobs.errors import HeadwaterError

LENGTH = Struct(">Q")  # goes ahead of every message
VALUE, REFUSAL, FAILURE = "value", "refusal", "failure"
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


def main(arguments: Sequence[str]) -> None:
    """Serve until the parent ends or says so by closing the connection.

    Args:
        arguments: The number of the connection's file descriptor, the parent's process id, and
            the modules to import ahead.
    """
    descriptor, parent_pid, *preload = arguments
    die_with_parent(int(parent_pid))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal: the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold what was worked on
    logging.disable(logging.WARNING)  # parsers warn once a statement and would quote it
    connection = socket.socket(fileno=int(descriptor))
    requests: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=end_with, args=(connection, requests), daemon=True).start()
    send(connection, answer(pickle.dumps((import_all, tuple(preload)))))
    gc.freeze()  # what was imported stays: no collection needs to look at it again
    serve(connection, requests)


def serve(connection: socket.socket, requests: "SimpleQueue[bytes]") -> None:
    """Answer one request after the other, for ever. Work is done in the thread that calls this."""
    while True:
        send(connection, answer(requests.get()))


def end_with(connection: socket.socket, requests: "SimpleQueue[bytes]") -> None:
    """Queue what the parent sends, and end this process at once when the connection ends.

    In a thread, because the main one may be busy for long.
    """
    while (request := receive(connection)) is not None:
        requests.put(request)
    os._exit(0)


def import_all(*names: str) -> None:
    for name in names:
        import_module(name)


def answer(request: bytes) -> bytes:
    """Do what a pickled (function, arguments) asks for and return the pickled outcome.

    An outcome is (VALUE, value), (REFUSAL, (class, args, state)) or (FAILURE, traceback as text).
    """
    try:
        work, arguments = pickle.loads(request)  # noqa: S301  # our parent's
        return outcome_of(work, arguments)
    except BaseException:  # noqa: BLE001  # the boundary of this process: sys.exit() is an outcome too
        return pickle.dumps((FAILURE, traceback.format_exc()))


def outcome_of(work: Callable[..., object], arguments: tuple[object, ...]) -> bytes:
    try:
        return pickle.dumps((VALUE, work(*arguments)), pickle.HIGHEST_PROTOCOL)
    except HeadwaterError as error:
        # Not as itself: its class is made with other arguments than Exception keeps in `args`.
        return pickle.dumps((REFUSAL, (type(error), error.args, error.__dict__)))


def rebuilt(kind: type[HeadwaterError], args: tuple[object, ...], state: dict[str, object]) -> HeadwaterError:
    """The error that was raised in the child, without calling its `__init__`."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


def send(connection: socket.socket, message: bytes) -> None:
    connection.sendall(LENGTH.pack(len(message)))
    connection.sendall(message)


def receive(connection: socket.socket) -> bytes | None:
    """The next message, or None at the end of the connection."""
    head = receive_exactly(connection, LENGTH.size)
    return None if head is None else receive_exactly(connection, LENGTH.unpack(head)[0])


def receive_exactly(connection: socket.socket, size: int) -> bytes | None:
    received = bytearray(size)
    rest = memoryview(received)
    while rest:
        try:
            count = connection.recv_into(rest)
        except OSError:  # the parent was killed with our answer unread
            return None
        if count == 0:
            return None
        rest = rest[count:]
    return bytes(received)


if __name__ == "__main__":
    main(sys.argv[1:])
