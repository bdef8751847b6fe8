"""Clients that others wrote for node, started beside the API that they talk to."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[1] / "node"
NODE = shutil.which("node")
DEADLINE_SECONDS = 120.0

needs_node = [
    pytest.mark.skipif(NODE is None, reason="no node on this machine"),
    pytest.mark.skipif(
        not (SCRIPTS / "node_modules").is_dir(),
        reason="tests/node is not installed: npm ci --prefix tests/node",
    ),
]


async def told(script: str, *words: str) -> Any:
    """What a script prints, which is JSON and all it says."""
    process = await asyncio.create_subprocess_exec(
        str(NODE), script, *words, cwd=SCRIPTS, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(DEADLINE_SECONDS):
        said, complaint = await process.communicate()
    assert (0, "") == (process.returncode, complaint.decode())
    return json.loads(said)
