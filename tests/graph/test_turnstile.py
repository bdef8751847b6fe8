"""Doors that do not speak GraphQL count, too, and what they refuse is written down."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.graph.api import Api, open_api
from tests.graph.files import SQL, announced
from tests.graph.test_audit import logged, told
from tests.graph.test_inbox import COMPLETE, sent

GRANTED = (
    ("PUT", "/uploads/bad"),
    ("GET", "/artifacts/bad/a.sql"),
    ("GET", "/pictures/bad"),
    ("GET", "/audit/bad/a.csv"),
)


def refusal_of(response: httpx.Response) -> tuple[int, str, bool]:
    """Status and code, and whether header and extensions name one time to come back."""
    (error,) = response.json()["errors"]
    after = response.headers.get("Retry-After")
    return response.status_code, error["extensions"]["code"], after == str(error["extensions"]["retryAfter"])


LIMITED = (429, "RATE_LIMITED", True)


@pytest.mark.parametrize(("method", "path"), GRANTED)
async def test_grants(sqlite_url: str, redis_url: str, tmp_path: Path, method: str, path: str) -> None:
    """Whoever tries addresses is told to wait once they made as many requests as their address may."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_requests_per_address="2") as api:
        answers = [await api.client.request(method, path, content=b"") for _ in range(3)]

    assert [403, 403, 429] == [each.status_code for each in answers]
    assert LIMITED == refusal_of(answers[2])


async def test_an_upload_that_comes_too_soon(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A body that is not read gets its refusal all the same, and its upload waits on."""
    body = SQL * 20_000
    async with open_api(sqlite_url, redis_url, tmp_path, max_requests_per_address="2") as api:
        upload = await announced(api, body)
        health = [await api.client.get("/pictures/bad") for _ in range(2)]
        response = await api.client.put(upload["putUrl"], content=body)

    assert [403, 429] == [each.status_code for each in health]
    assert LIMITED == refusal_of(response)


async def test_events(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """OpenLineage clients count like everybody, and keep what was refused: it was not taken."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_requests_per_address="1") as api:
        answers = [await sent(api, COMPLETE) for _ in range(2)]

    assert 201 == answers[0].status_code
    assert LIMITED == refusal_of(answers[1])


async def test_events_are_written_down(api: Api) -> None:
    """The audit log tells who sent events where, once for many, and what was refused."""
    statuses = [(await sent(api, body)).status_code for body in (COMPLETE, COMPLETE, b"{}", b"[]")]
    elsewhere = await sent(api, COMPLETE, "/api/v1/lineage?workspace=none")
    entries = await logged(api, "postLineage")

    assert [201, 201, 422, 422, 404] == [*statuses, elsewhere.status_code]
    outcomes = [(each["workspace"], each["outcome"]) for each in entries]
    assert [("main", "done"), ("main", "VALIDATION_FAILED"), ("none", "NOT_FOUND")] == outcomes
    assert "is no OpenLineage event" in entries[1]["reason"]


async def test_limits_are_written_down(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A limit that was reached stands in the audit log once, with the address that reached it."""
    more: dict[str, Any] = {"trusted_proxies": '["127.0.0.1"]', "operators": '["boss"]'}
    async with open_api(sqlite_url, redis_url, tmp_path, max_requests_per_address="3", **more) as api:
        for _ in range(6):
            far = {"X-Forwarded-User": "ada", "X-Forwarded-For": "192.0.2.7"}
            await api.client.post("/graphql", json={"query": "{ __typename }"}, headers=far)
        api.client.headers["X-Forwarded-User"] = "boss"
        entries = await logged(api, "limit")

    assert [("ada", "RATE_LIMITED")] == [each[:2] for each in told(entries)]
    assert "192.0.2.7" == entries[0]["address"]
