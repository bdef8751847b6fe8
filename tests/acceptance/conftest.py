"""Databases for whole modules: starting processes is slow, so several tests look at what one killing left."""

import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.processes import Site, open_site
from tests.servers import Postgres


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def site_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database for the tests of a module, once of each kind."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("site") / "headwater.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = f"site_{uuid.uuid4().hex}"
    postgres.create_database(name, template="template_headwater")
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site on SQLite without processes, for what does not depend on the database."""
    async with open_site(tmp_path / "site", sqlite_url, children=1, drain_seconds=1) as opened:
        yield opened
