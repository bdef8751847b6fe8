"""How busy the service says that it is."""

import asyncio
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.graph.api import Api

STATUS = """{ systemStatus {
  slots { total held free maxConcurrentRuns heldRuns }
  queued queue { kind priority count oldestAt }
  running runningByKind { kind count slots }
  ended { status count } endedSince
  engines { name version memoryBytes } memoryBytes uptimeSeconds
} }"""


async def status_of(api: Api) -> dict[str, Any]:
    return dict((await api.ask(STATUS))["systemStatus"])


async def test_idle(api: Api) -> None:
    """A service with nothing to do has all its slots free, nothing queued, and says what it works with."""
    status = await status_of(api)

    assert {"total": 10, "held": 0, "free": 10, "maxConcurrentRuns": 10, "heldRuns": 0} == status["slots"]
    assert (0, [], 0, []) == (status["queued"], status["queue"], status["running"], status["runningByKind"])
    assert ["COMPLETED", "COMPLETED_WITH_GAPS", "FAILED", "STOPPED"] == [
        each["status"] for each in status["ended"]
    ]
    assert not any(each["count"] for each in status["ended"])
    assert [version("duckdb"), version("sqlglot")] == [each["version"] for each in status["engines"]]
    assert [1 << 30, 2 << 30] == [int(each["memoryBytes"]) for each in status["engines"]]
    assert int(status["memoryBytes"]) > 1 << 20
    assert status["uptimeSeconds"] >= 0


async def test_the_queue(api: Api) -> None:
    """Queued runs are counted by kind and priority, and hold slots once they are admitted."""
    await api.echo(priority=2, slots=3)
    await api.echo(priority=2)
    await api.echo(priority=5, slots=8)
    status = await status_of(api)

    assert [("echo", 2, 2), ("echo", 5, 1)] == [
        (each["kind"], each["priority"], each["count"]) for each in status["queue"]
    ]
    assert all(each["oldestAt"] > status["endedSince"] for each in status["queue"])
    assert (3, 4, 6, 2) == (
        status["queued"],
        status["slots"]["held"],
        status["slots"]["free"],
        status["slots"]["heldRuns"],
    )


async def test_at_work(api: Api, tmp_path: Path) -> None:
    """A run that a worker has in hand is counted as running, and as ended once it has."""
    go = tmp_path / "go"
    run_id = await api.chore("WAIT", options={"slots": 2}, path=str(go))
    work = asyncio.create_task(api.execute(run_id))

    async def runs() -> bool:
        return bool((await status_of(api))["running"])

    await api.house.until(runs)
    status = await status_of(api)
    assert [{"kind": "chores", "count": 1, "slots": 2}] == status["runningByKind"]
    assert (0, 2) == (status["queued"], status["slots"]["held"])

    await api.ask("mutation($id: String!) { stopRun(runId: $id) { __typename } }", id=run_id)
    await work
    status = await status_of(api)
    assert (0, 0) == (status["running"], status["slots"]["held"])
    assert {"COMPLETED": 0, "COMPLETED_WITH_GAPS": 0, "FAILED": 0, "STOPPED": 1} == {
        each["status"]: each["count"] for each in status["ended"]
    }


async def test_a_named_clickhouse(sqlite_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ClickHouse that an operator named is among the engines, if its driver is installed."""
    pytest.importorskip("clickhouse_connect", reason="the driver is not installed")
    monkeypatch.setenv("HEADWATER_QUERY_CLICKHOUSE_URL", "http://127.0.0.1:1")

    assert version("clickhouse-connect") == (await status_of(sqlite_api))["engines"][-1]["version"]
