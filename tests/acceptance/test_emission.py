"""A worker is killed while it tells a receiver; the next one goes on, and nothing is lost."""

from pathlib import Path

import pytest

from db.emissions import EmissionTurn
from tests.processes import Process, open_site, until
from tests.receiver import receiving

pytestmark = pytest.mark.kills


async def test_killed_while_it_tells(site_url: str, tmp_path: Path) -> None:
    """Events that a killed worker had sent and not noted come twice, the others once, and all in order."""
    async with receiving() as receiver, open_site(tmp_path / "site", site_url, children=1) as site:
        told = {"openlineage_url": receiver.address, "openlineage_timeout_seconds": 1}
        worker: Process = await site.worker(**told)

        async def begun() -> bool:
            found = await site.house.store.read(lambda session: session.get(EmissionTurn, "openlineage"))
            return found is not None

        await site.house.until(begun)

        async def kill() -> None:
            receiver.before_answer = None
            worker.kill()

        receiver.before_answer = kill
        runs = [await site.house.submitted("echo", word=f"w{number}") for number in range(3)]
        await until(lambda: not worker.alive)
        await site.worker(**told)
        for run in runs:
            await site.house.ended(run, 30)
        await until(lambda: {("COMPLETE", run.run_id) for run in runs} <= set(receiver.said))

        assert 7 == len(receiver.said)
        assert receiver.said[0] == receiver.said[1]
        for run in runs:
            mine = [word for word, name in receiver.said[1:] if name == run.run_id]
            assert ["START", "COMPLETE"] == mine
