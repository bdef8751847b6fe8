"""Reading logs through the API."""

from pathlib import Path

from tests.graph.api import Api, open_api

LOGS = """
query Logs($lines: Int! = 100, $level: LogLevel! = DEBUG, $runId: String) {
  logs(lines: $lines, level: $level, runId: $runId) { at level service event runId requestId text }
}"""


async def test_reading(sqlite_api: Api) -> None:
    """The newest lines of the API come last, and may be narrowed by level and by run."""
    await sqlite_api.ask("{ __typename }")

    lines = (await sqlite_api.ask(LOGS))["logs"]

    assert [("api", "INFO", "api started")] == [
        (line["service"], line["level"], line["event"]) for line in lines if line["event"] == "api started"
    ]
    assert [] == (await sqlite_api.ask(LOGS, level="ERROR"))["logs"]
    assert [] == (await sqlite_api.ask(LOGS, runId="nobody's"))["logs"]
    assert 1 == len((await sqlite_api.ask(LOGS, lines=1))["logs"])


async def test_bounds(sqlite_api: Api) -> None:
    """Fewer than one line and more than 10,000 are refused by name."""
    for lines in (0, -1, 10_001):
        (error,) = await sqlite_api.errors(LOGS, lines=lines)
        assert ("VALIDATION_FAILED", "lines") == (error["extensions"]["code"], error["extensions"]["field"])
    assert (await sqlite_api.ask(LOGS, lines=10_000))["logs"]


async def test_what_requests_bring_is_not_logged(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Neither the token nor a grant that somebody asks with is in any line, even where a request crashes."""
    token, grant = "the token of this test", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
    async with open_api(sqlite_url, redis_url, tmp_path, bearer=token, log_level="DEBUG") as api:
        await api.client.put(f"/uploads/{grant}", content=b"x")
        await api.client.get(f"/artifacts/{grant}/a")
        run_id = await api.done("hello")
        lines = (await api.ask(LOGS, lines=10_000))["logs"]

    said = str(lines) + api.logs.getvalue() + "".join(f.read_text() for f in (tmp_path / "logs").iterdir())
    assert run_id
    assert "api started" in said
    for secret in (token, grant, "eyJzdWIi"):
        assert secret not in said
