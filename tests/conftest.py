"""Real servers for all tests, each started once a session, and a fresh migrated database for each test."""

import shutil
import signal
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis

from db import migrate
from jobs.valkey import EmbeddedValkey
from tests.graph.shell import served
from tests.house import House, open_house
from tests.servers import Postgres, short_folder, start_postgres, start_valkey
from tests.warm import WarmChildren, warm_children


@pytest.fixture(scope="session")
def valkey() -> Iterator[EmbeddedValkey]:
    """A real Valkey on a socket of its own."""
    folder = short_folder()
    server = start_valkey(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(valkey: EmbeddedValkey) -> str:
    """The Valkey, emptied."""
    with Redis.from_url(valkey.url) as client:
        client.flushall()
    return valkey.url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL with a migrated template."""
    folder = short_folder()
    server = start_postgres(folder)
    server.create_database("template_headwater")
    migrate.upgrade(server.url("template_headwater"))
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    template = tmp_path_factory.mktemp("template") / "headwater.db"
    migrate.upgrade(f"sqlite:///{template}")
    return template


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own."""
    shutil.copy(sqlite_template, tmp_path / "headwater.db")
    return f"sqlite:///{tmp_path / 'headwater.db'}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A migrated PostgreSQL database of this test's own."""
    name = f"test_{uuid.uuid4().hex}"
    postgres.create_database(name, template="template_headwater")
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def children() -> Iterator[WarmChildren]:
    """The child processes of all houses."""
    with warm_children() as warm:
        yield warm


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, once of each kind: the same tests on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def house(
    database_url: str, redis_url: str, tmp_path: Path, children: WarmChildren
) -> AsyncIterator[House]:
    """A whole house on each kind of database."""
    async with open_house(database_url, redis_url, tmp_path, children=children) as opened:
        yield opened


@pytest.fixture
async def sqlite_house(
    sqlite_url: str, redis_url: str, tmp_path: Path, children: WarmChildren
) -> AsyncIterator[House]:
    """A whole house on SQLite, for what does not depend on the database."""
    async with open_house(sqlite_url, redis_url, tmp_path, children=children) as opened:
        yield opened


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of a service that is up; whoever asks for it is in the group `cli`, so that there is one."""
    with served() as (_, address):
        yield address


def pytest_configure() -> None:
    """Heed Ctrl-C, which a shell has background jobs ignore: tests send it, to us and to our children."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes have no place in the name of a test: archives hold the time, and each worker made its own."""
    return "bytes" if isinstance(val, bytes) else None
