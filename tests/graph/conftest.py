"""A served API for each test, on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.graph.api import Api, open_api
from tests.warm import WarmChildren


@pytest.fixture
async def api(database_url: str, redis_url: str, tmp_path: Path, children: WarmChildren) -> AsyncIterator[Api]:
    """The API on each kind of database."""
    async with open_api(database_url, redis_url, tmp_path, children) as opened:
        yield opened


@pytest.fixture
async def sqlite_api(
    sqlite_url: str, redis_url: str, tmp_path: Path, children: WarmChildren
) -> AsyncIterator[Api]:
    """The API on SQLite, for what does not depend on the database."""
    async with open_api(sqlite_url, redis_url, tmp_path, children) as opened:
        yield opened


@pytest.fixture
async def near_api(sqlite_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """An API as somebody has it who works on a front end, with nothing set about origins."""
    async with open_api(sqlite_url, redis_url, tmp_path, environment="development") as api:
        yield api
