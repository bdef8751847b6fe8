"""The way to send a file that the guide shows does send one."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.docs.snippets import ROOT, snippets_of
from tests.graph.api import Api, open_api
from tests.graph.files import SQL, shown


@pytest.fixture
def upload() -> Callable[[httpx.Client, Path], str]:
    """The function of that page."""
    page: dict[str, Any] = {}
    for snippet in snippets_of(ROOT / "docs" / "guide" / "front-end.md"):
        if snippet.mark == "run":
            exec(snippet.body, page)  # noqa: S102 - our own page
    made: Callable[[httpx.Client, Path], str] = page["upload"]
    return made


async def send(api: Api, upload: Callable[[httpx.Client, Path], str], path: Path) -> str:
    with httpx.Client(base_url=api.address) as service:
        return await asyncio.to_thread(upload, service, path)


async def test_the_guides_upload(
    sqlite_url: str, redis_url: str, tmp_path: Path, upload: Callable[[httpx.Client, Path], str]
) -> None:
    """A file arrives under its name; one that is refused raises with the words of the refusal."""
    (tmp_path / "v.sql").write_bytes(SQL)
    (tmp_path / "empty.sql").write_bytes(b"")
    async with open_api(sqlite_url, redis_url, tmp_path) as api:
        sent = await send(api, upload, tmp_path / "v.sql")
        with pytest.raises(ValueError, match="size must be at least 1"):
            await send(api, upload, tmp_path / "empty.sql")
        arrived = await shown(api, {"uploadId": sent})

    assert ("v.sql", "SQL") == (arrived["name"], arrived["role"])
