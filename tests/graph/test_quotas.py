"""Whoever asks too much is RATE_LIMITED, on every door, and told when to come back; others are answered."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from graph.auth import address_of
from graph.settings import ApiSettings
from tests.graph.api import WATCH, Api, coded, open_api
from tests.graph.files import ANNOUNCE, SQL, announce, announced, refusal, shown, stored
from tests.graph.test_proxies import HERE, connection
from tests.graph.test_proxies import settings as api_settings
from tests.servers import short_folder, start_valkey

ADA, BOB = {"X-Forwarded-User": "ada"}, {"X-Forwarded-User": "bob"}
NAMED = {"trusted_proxies": HERE, "operators": '["ada", "bob"]'}
NOTHING = {"query": "{ __typename }"}
LIMITS = """
query Limits($workspace: String! = "main") {
  viewer { limits(workspace: $workspace) { name scope allowed used windowSeconds renewsAt } }
}"""
ECHO = 'mutation { submitRun(run: {echo: {word: "a"}}) { __typename ... on Refusal { code retryAfter } } }'


@asynccontextmanager
async def limited(url: str, redis_url: str, folder: Path, **limits: Any) -> AsyncIterator[Api]:
    """An API with these limits beside those that there are by default."""
    settings = {name: str(value) for name, value in limits.items()}
    async with open_api(url, redis_url, folder, **settings) as api:
        yield api


async def post(api: Api, headers: Mapping[str, str], body: Mapping[str, Any] = NOTHING) -> httpx.Response:
    return await api.client.post("/graphql", json=body, headers=headers)


def limit_of(response: httpx.Response) -> tuple[int, str, bool]:
    """Status and code of a refusal, and whether header and extensions name one time to come back."""
    (error,) = coded(response.json())
    extensions = error["extensions"]
    after = response.headers.get("Retry-After")
    return response.status_code, extensions["code"], after == str(extensions["retryAfter"]) and int(after) >= 1


LIMITED = (429, "RATE_LIMITED", True)


async def test_requests(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """As many requests of an address are answered as allowed, bad ones and those of nobody counted."""
    async with limited(sqlite_url, redis_url, tmp_path, max_requests_per_address=3, bearer="right") as api:
        answers = [await post(api, headers) for headers in ({}, {"Authorization": "Bearer wrong"})]
        bad = await post(api, {}, {"query": "{"})
        after = [await post(api, headers) for headers in ({}, {"Authorization": "Bearer wrong"})]
        health = await api.client.get("/health")

    assert [200, 401, 200] == [response.status_code for response in (*answers, bad)]
    assert [LIMITED, LIMITED] == [limit_of(response) for response in after]
    assert "data" not in after[0].json()
    assert "HEADWATER_MAX_REQUESTS_PER_ADDRESS" in after[0].json()["errors"][0]["extensions"]["hint"]
    assert 200 == health.status_code


async def test_principals(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Behind a proxy each counts for themselves, and each address that the proxy names."""
    limits = {"max_requests_per_principal": 2, "max_requests_per_address": 3}
    async with limited(sqlite_url, redis_url, tmp_path, **NAMED, **limits) as api:
        first = [await post(api, ADA) for _ in range(3)]
        second = [await post(api, BOB) for _ in range(3)]
        far = {"X-Forwarded-For": "192.0.2.1"}
        several = [await post(api, {"X-Forwarded-User": f"user {nth}"} | far) for nth in range(4)]
        other = await post(api, {"X-Forwarded-User": "user 4", "X-Forwarded-For": "192.0.2.1, 192.0.2.2"})

    assert [200, 200, 429] == [each.status_code for each in first] == [each.status_code for each in second]
    assert [200, 200, 200, 429] == [each.status_code for each in several]
    assert 200 == other.status_code


async def test_two_processes(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Two API processes over one Redis share each count."""
    limits = {"max_requests_per_address": 5, "max_sockets_per_address": 1}
    async with (
        limited(sqlite_url, redis_url, tmp_path, **limits) as one,
        limited(sqlite_url, redis_url, tmp_path, **limits) as two,
    ):
        async with one.socket(), two.socket(greet=False) as second:
            assert 1013 == await second.closed()
        answers = [await post(api, {}) for api in (one, two, one, two)]

    assert [200, 200, 200, 429] == [each.status_code for each in answers]


async def test_cost(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A document that costs more than is left is not executed; a cheaper one is, and each tells its cost."""
    query = {"query": "{ service { name version } }"}
    async with limited(sqlite_url, redis_url, tmp_path, max_cost_per_address=7) as api:
        answered = [await post(api, {}, query) for _ in range(2)]
        refused = await post(api, {}, query)
        mutation = await post(api, {}, {"query": ECHO})
        cheap = await post(api, {})
        again = await post(api, {})
        rows = await api.house.by_id("none"), api.logged("run accepted")

    assert [200, 200] == [each.status_code for each in answered]
    assert [LIMITED] * 3 == [limit_of(response) for response in (refused, mutation, again)]
    assert 3 == refused.json()["extensions"]["cost"]["requested"]
    assert {"data": {"__typename": "Query"}} == {"data": cheap.json()["data"]}
    assert (None, []) == rows


async def test_older_media_type(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """The status is 429 for clients of the older media type and of GraphQL's own."""
    async with limited(sqlite_url, redis_url, tmp_path, max_cost_per_address=1) as api:
        await post(api, {})
        for media in ("application/json", "application/graphql-response+json"):
            response = await post(api, {"Accept": media})
            assert LIMITED == limit_of(response)
            assert media == response.headers["Content-Type"].partition(";")[0]


async def test_operations_on_a_socket(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """An operation too many is an `error` of its own, before its document is read; its neighbours live on."""
    async with limited(sqlite_url, redis_url, tmp_path, max_requests_per_address=4) as api:
        run_id = await api.echo()  # the first; the socket is the second
        async with api.socket() as wire:
            watched = await wire.start(WATCH, runId=run_id)
            assert watched == (await wire.hear())["id"]
            assert {"__typename": "Query"} == (await answer_on(wire))["payload"]["data"]
            refused = await wire.start("{")
            message = await wire.hear()
            await api.execute(run_id)
            events = await wire.rest(watched)

    assert ("error", refused) == (message["type"], message["id"])
    (error,) = coded({"errors": message["payload"]})
    assert "RATE_LIMITED" == error["extensions"]["code"]
    assert error["extensions"]["retryAfter"] >= 1
    assert "RunFinished" in str(events[-1])


async def answer_on(wire: Any) -> dict[str, Any]:
    """The message with the answer of a trivial query, which then is complete."""
    operation = await wire.start("{ __typename }")
    answer: dict[str, Any] = await wire.hear()
    assert {"type": "complete", "id": operation} == await wire.hear()
    return answer


async def test_costs_on_a_socket(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """What a document on a socket costs counts, too, and is refused alone."""
    async with (
        limited(sqlite_url, redis_url, tmp_path, max_cost_per_address=4) as api,
        api.socket() as wire,
    ):
        await answer_on(wire)
        await wire.start("{ service { name version } }")
        assert "next" == (await wire.hear())["type"]
        assert "complete" == (await wire.hear())["type"]
        await wire.start("{ __typename }")
        message = await wire.hear()

    assert ("error", "RATE_LIMITED") == (message["type"], message["payload"][0]["extensions"]["code"])


async def test_sockets_of_a_principal(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A socket too many of one principal is closed with 1013 and a reason once it is greeted; others talk."""
    async with limited(sqlite_url, redis_url, tmp_path, **NAMED, max_sockets_per_principal=1) as api:
        async with api.socket(additional_headers=ADA) as first:
            async with api.socket(additional_headers=ADA, greet=False) as second:
                await second.say({"type": "connection_init"})
                assert 1013 == await second.closed()
                reason = second.connection.close_reason
            async with api.socket(additional_headers=BOB) as third:
                await answer_on(third)
            await answer_on(first)
        await until_free(api, ADA)

    assert reason is not None
    assert reason.startswith("1 sockets may be open at once by one principal")


async def until_free(api: Api, headers: Mapping[str, str]) -> None:
    """Return once somebody may open a socket."""

    async def free() -> bool:
        async with api.socket(additional_headers=headers, greet=False) as wire:
            try:
                await wire.greet({})
            except ConnectionClosed:
                return False
            return True

    await api.house.until(free)


async def test_idle_sockets(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Of 600 sockets that an address leaves idle 500 are kept; each other is told so, and all else works."""
    async with (
        limited(sqlite_url, redis_url, tmp_path, socket_init_seconds=600) as api,
        AsyncExitStack() as stack,
    ):
        wires = [await stack.enter_async_context(api.socket(greet=False)) for _ in range(600)]

        async def refused() -> bool:
            return 100 == sum(wire.connection.close_code is not None for wire in wires)

        await api.house.until(refused)
        told = [wire.connection for wire in wires if wire.connection.close_code is not None]
        kept = [wire for wire in wires if wire.connection.close_code is None]
        whys = {(each.close_code, each.close_reason) for each in told}
        await kept[0].greet({})
        await answer_on(kept[0])
        answer = await post(api, {})
        await kept[1].connection.close()
        await until_free(api, {})

    assert {(1013, "500 sockets may be open at once from one address, and no more.")} == whys
    assert (500, 100) == (len(kept), len(told))
    assert 200 == answer.status_code


@pytest.mark.kills
async def test_without_redis(sqlite_url: str, tmp_path: Path) -> None:
    """An API whose Redis dies goes on answering, and limiting; it counts with others once Redis is back."""
    valkey = start_valkey(short_folder())
    async with limited(sqlite_url, valkey.url, tmp_path, max_requests_per_address=4) as api:
        before = [(await post(api, {})).status_code for _ in range(3)]
        valkey.kill()
        alone = [(await post(api, {})).status_code for _ in range(6)]
        valkey.start()

        async def together() -> bool:
            await post(api, {"Accept": "text/html"})
            await post(api, {})
            return bool(api.logged("limits counted together again"))

        await api.house.until(together)
        told = api.logged("limits counted alone")
    valkey.stop()

    assert [200] * 3 == before
    assert [200] * 4 + [429] * 2 == alone
    assert 1 == len(told)


async def test_the_viewer(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Whoever asks is told each limit of theirs: how much there is, how much is used, and when it is back."""
    limits = {
        "max_requests_per_principal": 10,
        "max_uploads_per_principal": 0,
        "max_storage_per_workspace": 1000,
    }
    async with limited(sqlite_url, redis_url, tmp_path, **NAMED, **limits) as api:
        await post(api, ADA, {"query": ECHO})
        await post(api, ADA, {"query": ANNOUNCE, "variables": {"name": "a.sql", "size": "7"}})
        async with api.socket(additional_headers=ADA) as wire:
            await wire.start(LIMITS)
            payload = (await wire.hear())["payload"]
        elsewhere = (await post(api, {"X-Forwarded-User": "eve"}, {"query": LIMITS})).json()["data"]

    told = {limit["name"]: limit for limit in payload["data"]["viewer"]["limits"]}
    assert {"REQUESTS", "COST", "SOCKETS", "RUNS", "WAITING_BYTES", "STORAGE"} == told.keys()
    assert ("3", "10", 60) == tuple(told["REQUESTS"][each] for each in ("used", "allowed", "windowSeconds"))
    assert told["REQUESTS"]["renewsAt"] is not None
    assert ("1", "1", "7", "7") == tuple(
        told[name]["used"] for name in ("SOCKETS", "RUNS", "WAITING_BYTES", "STORAGE")
    )
    assert ("WORKSPACE", None, None) == tuple(
        told["STORAGE"][each] for each in ("scope", "windowSeconds", "renewsAt")
    )
    assert "STORAGE" not in {limit["name"] for limit in elsewhere["viewer"]["limits"]}


async def test_what_is_switched_off(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A limit that is 0 is none: nothing is counted for it, and nobody is told of it."""
    names = ("requests", "cost", "sockets", "uploads")
    off = {f"max_{name}_per_{scope}": 0 for name in names for scope in ("principal", "address")}
    off |= {"max_waiting_bytes_per_principal": 0, "max_unfinished_runs_per_principal": 0}
    async with limited(sqlite_url, redis_url, tmp_path, **off) as api:
        await announced(api)
        assert {"viewer": {"limits": []}} == await api.ask(LIMITS)


async def test_uploads(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """An upload too many in an hour is a typed refusal, with the limit and when to come back."""
    refused = "... on RateLimitedRefusal { code limit maximum retryAfter retryable hint }"
    query = ANNOUNCE.replace("... on TooMany", f"{refused} ... on TooMany")
    async with limited(sqlite_url, redis_url, tmp_path, max_uploads_per_address=2) as api:
        for _ in range(2):
            await announced(api)
        found = (await api.ask(query, name="a.sql", size="1"))["createUpload"]

    assert ("RateLimitedRefusal", "RATE_LIMITED", "UPLOADS", "2", True) == tuple(
        found[each] for each in ("__typename", "code", "limit", "maximum", "retryable")
    )
    assert 1 <= found["retryAfter"] <= 3600


async def test_bytes_that_have_not_arrived(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Bytes that were announced and have not arrived are bounded; those that arrive make room."""
    most = 2 * len(SQL)
    async with limited(sqlite_url, redis_url, tmp_path, max_waiting_bytes_per_principal=most) as api:
        first = await announced(api)
        await announced(api)
        refused = await announce(api, "v.sql", 1)
        await api.client.put(first["putUrl"], content=SQL)
        await announced(api)

    assert ("RateLimitedRefusal", "RATE_LIMITED") == (refused["__typename"], refused["code"])
    assert f"yours have {most}" in refused["message"]


async def test_storage(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A workspace that is full takes no more uploads, and says what to delete; the same bytes count once."""
    most = 2 * len(SQL)
    async with limited(sqlite_url, redis_url, tmp_path, max_storage_per_workspace=most) as api:
        for _ in range(2):
            created = await announced(api)
            await api.client.put(created["putUrl"], content=SQL)
        third = await announced(api)
        refused = await announce(api, "v.sql", 1)
        late = await late_to_a_full_one(api, third, sqlite_url, redis_url, tmp_path)

    assert ("RateLimitedRefusal", "RATE_LIMITED") == (refused["__typename"], refused["code"])
    assert "deleteRun" in refused["hint"]
    assert f"{most} bytes, and have {most} without this one" in refused["message"]
    assert (429, "RATE_LIMITED") == late


async def late_to_a_full_one(
    api: Api, upload: dict[str, Any], url: str, redis_url: str, folder: Path
) -> tuple[int, str]:
    """What bytes are answered that come to a workspace which is full by now; nothing is kept of them."""
    async with limited(url, redis_url, folder, max_storage_per_workspace=len(SQL)) as other:
        before = stored(api)
        path = upload["putUrl"].removeprefix(api.address)
        answer = await other.client.put(path, content=SQL.replace(b"one", b"two"))
        assert before == stored(api)
        assert (await shown(api, upload))["receivedAt"] is None
    return refusal(answer)


async def test_runs_of_a_principal(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A run too many of one principal is refused, whatever others have; it is no matter of time alone."""
    query = {"query": ECHO}
    async with limited(sqlite_url, redis_url, tmp_path, **NAMED, max_unfinished_runs_per_principal=1) as api:
        first, second = [(await post(api, ADA, query)).json()["data"]["submitRun"] for _ in range(2)]
        other = (await post(api, BOB, query)).json()["data"]["submitRun"]

    assert ("Run", "Run") == (first["__typename"], other["__typename"])
    assert {"__typename": "TooManyRunsRefusal", "code": "RATE_LIMITED", "retryAfter": None} == second


@pytest.mark.parametrize(
    ("peer", "passed", "address"),
    [
        ("192.0.2.9", (b"192.0.2.1",), "192.0.2.9"),
        ("10.0.0.7", (b"192.0.2.1",), "192.0.2.1"),
        ("10.0.0.7", (b"203.0.113.5, 192.0.2.1",), "192.0.2.1"),
        ("10.0.0.7", (b"203.0.113.5", b"192.0.2.1, 10.0.0.8"), "192.0.2.1"),
        ("10.0.0.7", (b"192.0.2.1:4711",), "192.0.2.1"),
        ("10.0.0.7", (b"[2001:db8::1]:4711",), "2001:db8::1"),
        ("10.0.0.7", (b"2001:db8::1",), "2001:db8::1"),
        ("10.0.0.7", (b"unknown",), None),
        ("10.0.0.7", (b"10.0.0.8",), None),
        ("10.0.0.7", (), None),
        (None, (b"192.0.2.1",), None),
    ],
)
def test_addresses(peer: str | None, passed: tuple[bytes, ...], address: str | None) -> None:
    """It is the last address that a trusted proxy names and that is no proxy's; of others it is their own."""
    proxies: ApiSettings = api_settings(trusted_proxies='["10.0.0.7", "10.0.0.8"]')
    asked = connection(peer, *(("X-Forwarded-For", each) for each in passed))

    assert address == address_of(proxies, asked)


async def test_many_at_once(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Of many requests at the same moment no more are answered than allowed."""
    async with limited(sqlite_url, redis_url, tmp_path, max_requests_per_address=10) as api:
        answers = await asyncio.gather(*(post(api, {}) for _ in range(40)))

    assert 10 == sum(each.status_code == 200 for each in answers)
    assert 30 == sum(each.status_code == 429 for each in answers)
