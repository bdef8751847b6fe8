"""A run is executed once, however often it is asked for."""

import asyncio

from db.models import RunStatus
from tests.house import House


async def test_two_workers_one_run(house: House) -> None:
    """When two workers take the same run at the same moment, its effects land once."""
    run = await house.submitted("echo", word="hello")

    await asyncio.gather(house.execute(run), house.execute(run, house.another_bench("worker-2")))

    assert ["ACCEPTED", "STARTED", "FINISHED"] == await house.event_names(run)
    assert 1 == await house.said("hello")


async def test_a_bug_in_a_pipeline_is_not_shown(house: House) -> None:
    """An unexpected exception ends the run as INTERNAL, without its words."""
    run = await house.submitted("echo", word="crash")

    await house.execute(run)

    row = await house.row(run)
    assert RunStatus.FAILED == row.status
    assert row.error is not None
    assert "INTERNAL" == row.error["code"]
    assert "secret" not in str(row.error)
