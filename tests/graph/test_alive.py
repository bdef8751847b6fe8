"""A container's question whether its part is well is answered by what the part does, not by its being there."""

import asyncio
from pathlib import Path

import pytest

from graph.alive import api_is_ready, main, worker_is_at_work
from tests.graph.api import Api
from tests.house import House, working


async def test_a_worker(sqlite_house: House) -> None:
    """A worker of this host is known while it is at work, and no longer."""
    assert not await worker_is_at_work(sqlite_house.environ)
    async with working(sqlite_house.environ):

        async def is_known() -> bool:
            return await worker_is_at_work(sqlite_house.environ)

        await sqlite_house.until(is_known)
    assert not await worker_is_at_work(sqlite_house.environ)


async def test_no_redis(sqlite_house: House) -> None:
    """Without Redis nobody knows of a worker."""
    away = sqlite_house.environ | {"HEADWATER_REDIS_URL": "unix:///nonexistent/valkey.sock"}
    assert not await worker_is_at_work(away)


async def test_the_api(sqlite_api: Api) -> None:
    """The API is well when it says that it is ready; what does not answer is not."""
    port = sqlite_api.address.rpartition(":")[2]

    everywhere = {"HEADWATER_PORT": port, "HEADWATER_HOST": "0.0.0.0"}  # noqa: S104 - where containers listen
    assert await asyncio.to_thread(api_is_ready, everywhere)
    assert not await asyncio.to_thread(api_is_ready, {"HEADWATER_PORT": "1"})


def test_as_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command ends with 1 where nothing is, neither an API nor a worker."""
    monkeypatch.setenv("HEADWATER_PORT", "1")
    monkeypatch.setenv("HEADWATER_DATA_DIR", str(tmp_path))

    assert [1, 1] == [main(["api"]), main(["worker"])]
