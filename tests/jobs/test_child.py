"""One child: what runs inside it does the same here, and it is seen from outside."""

import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import psutil
import pytest

from jobs import child
from jobs.children import ChildLimits, Children, family, resident_bytes
from jobs.errors import InvalidParams
from tests.jobs.work import fail_with, make_lambda, refuse, refuse_strangely


def outcome(work: object, *arguments: object) -> tuple[str, object]:
    """What a child answers when it is asked for this."""
    kind, value = pickle.loads(child.answer(pickle.dumps((work, arguments))))  # noqa: S301  # our own child's words
    return kind, value


def test_outcomes() -> None:
    """A value, an error of ours and any other error have their own forms."""
    assert (child.VALUE, 3) == outcome(len, "abc")
    assert child.REFUSAL == outcome(refuse, 2, 1)[0]
    assert "KeyError" in str(outcome(fail_with, "key"))
    assert child.FAILURE == outcome(make_lambda)[0]
    assert child.FAILURE == outcome(refuse_strangely)[0]
    assert child.FAILURE == outcome(child.import_all, "no_such_module")[0]
    assert (child.VALUE, None) == outcome(child.import_all, "math")


def test_an_error_is_rebuilt() -> None:
    """An error whose class wants other arguments comes back with its words and fields."""
    error = InvalidParams("sql", "is empty", hint="Write one.")

    again = child.rebuilt(type(error), error.args, error.__dict__)

    assert InvalidParams is type(again)
    assert ("sql is empty", "Write one.", "sql") == (str(again), again.hint, again.__dict__["field"])


def test_messages_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages of any size are queued in order; the end of the connection ends the process."""
    exits: list[int] = []
    monkeypatch.setattr(os, "_exit", exits.append)
    ours, theirs = socket.socketpair()
    requests: SimpleQueue[bytes] = SimpleQueue()
    reading = Thread(target=child.end_with, args=(theirs, requests))
    with ours, theirs:
        reading.start()
        for message in (b"", b"small", b"large" * 1_000_000):
            child.send(ours, message)
        ours.close()
        reading.join(timeout=20)

    assert [b"", b"small", b"large" * 1_000_000] == [requests.get() for _ in range(3)]
    assert [0] == exits


def test_half_a_message() -> None:
    """A connection that ends or breaks within a message has no more messages."""
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            ours.sendall(child.LENGTH.pack(10) + b"half")
        assert child.receive(theirs) is None
    assert child.receive(theirs) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_the_parent_has_died_already() -> None:
    """A process whose parent is not the expected one ends at once; with the right one it goes on."""
    code = "import sys; from jobs.child import die_with_parent; die_with_parent(int(sys.argv[1])); print('on')"
    environment = child.plain_environment()
    command = [sys.executable, "-P", "-c", code]

    orphan = subprocess.run([*command, "1"], env=environment, capture_output=True, check=False)
    ward = subprocess.run([*command, str(os.getpid())], env=environment, capture_output=True, check=False)

    assert (1, b"") == (orphan.returncode, orphan.stdout)
    assert (0, b"on\n") == (ward.returncode, ward.stdout)


def test_a_program_that_dies_with_us() -> None:
    """The command line for another program keeps its arguments and its process id."""
    command = child.dying_with_me(["/bin/sh", "-c", 'echo $$ "$1"', "sh", "it's quoted"])

    with subprocess.Popen(command, env=child.plain_environment(), stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert f"{program.pid} it's quoted\n" == program.stdout.read()


def test_becoming_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process becomes the program it was started for."""
    became: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(os, "execv", lambda program, command: became.append((program, command)))
    monkeypatch.setattr(sys, "platform", "darwin")

    child.become(1, ("/bin/echo", "hello"))

    assert [("/bin/echo", ["/bin/echo", "hello"])] == became


def test_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel ends nobody with its parent, programs are started as they are."""
    monkeypatch.setattr(sys, "platform", "darwin")

    child.die_with_parent(1)

    assert ["/bin/true"] == child.dying_with_me(["/bin/true"])


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child finds modules where we do, and sees no secret."""
    monkeypatch.setenv("HEADWATER_TOKEN", "secret")
    monkeypatch.setattr(sys, "path", ["", "/modules"])

    plain = child.plain_environment()

    assert f"{Path.cwd()}{os.pathsep}/modules" == plain["PYTHONPATH"]
    assert set(child.INHERITED) | {"PYTHONPATH"} >= set(plain)


@pytest.mark.kills
def test_children_die_with_their_parent() -> None:
    """Children of a process that is killed do not outlive it, busy or idle."""
    script = (
        "import asyncio, os; from jobs.children import *; from tests.jobs.work import hold_the_gil\n"
        "async def main():\n"
        "    two = Children(ChildLimits(size=2, idle=2)); await two.warm()\n"
        "    busy = asyncio.create_task(two.call(hold_the_gil)); await asyncio.sleep(0.1)\n"
        "    print(*(child.process.pid for child in two._living), flush=True); await busy\n"
        "asyncio.run(main())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    ) as parent:
        assert parent.stdout is not None
        started = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()

    assert 2 == len(started)
    assert [] == psutil.wait_procs(started, timeout=10)[1]


async def test_family() -> None:
    """A process, its children and theirs are one family, and a process that is gone has no memory."""
    async with Children(ChildLimits()) as two:
        pid = await two.call(os.getpid)

        assert {os.getpid(), pid} <= set(family(os.getpid()))
        assert resident_bytes([pid]) > 1 << 20
    assert [pid] == family(pid)
    assert 0 == resident_bytes([pid])


async def test_family_without_the_lists_of_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel does not list children, they are searched for."""
    monkeypatch.setattr(Path, "glob", lambda *_: [])
    async with Children(ChildLimits()) as two:
        pid = await two.call(os.getpid)

        assert pid in family(os.getpid())


def test_family_while_a_thread_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that vanishes between looking and reading costs one look."""
    monkeypatch.setattr(Path, "glob", lambda *_: [Path("/nonexistent/children")])

    assert [os.getpid()] == family(os.getpid())
