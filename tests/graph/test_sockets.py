"""What comes in by a socket: graphql-transport-ws and nothing else, and no message ends more than it must."""

import asyncio
import json
from pathlib import Path
from typing import Any

import gql
import pytest
from gql.transport.websockets import WebsocketsTransport
from sqlalchemy import update
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from db.models import RunEvent
from tests.graph.api import SUBMIT, WATCH, Api, coded, open_api

CLOSING: list[tuple[object, int]] = [
    (None, 4400),
    ([], 4400),
    ("x", 4400),
    (1, 4400),
    ({}, 4400),
    ({"type": None}, 4400),
    ({"type": ["ping"]}, 4400),
    ({"type": "start", "id": "1", "payload": {"query": "{ __typename }"}}, 4400),
    ({"type": "x" * 10_000}, 4400),
    ({"type": "subscribe"}, 4400),
    ({"type": "subscribe", "id": "1"}, 4400),
    ({"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}}, 4400),
    ({"type": "subscribe", "id": {}, "payload": {"query": "{ __typename }"}}, 4400),
    ({"type": "subscribe", "id": "1", "payload": "{ __typename }"}, 4400),
    ({"type": "subscribe", "id": "1", "payload": {"query": 5}}, 4400),
    ({"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}}, 4400),
    ({"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "operationName": 5}}, 4400),
    ({"type": "complete"}, 4400),
    ({"type": "complete", "id": {}}, 4400),
    ({"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}, 4400),
    ({"type": "subscribe", "id": "1", "payload": {"query": None}}, 4400),
    ({"type": "subscribe", "id": "1", "payload": {"variables": {}}}, 4400),
    ({"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "extensions": []}}, 4400),
    ({"type": "subscribe", "id": "1", "payload": {"extensions": {"persisted": "x"}}}, 4400),
    ({"type": "complete", "id": ""}, 4400),
    ({"type": "ping", "payload": "x"}, 4400),
    ({"type": "ping", "payload": None}, 4400),
    ({"type": "pong", "payload": []}, 4400),
    ({"type": "connection_init"}, 4429),
]
OPERATIONS = [
    "{",
    "",
    "{ nothing }",
    "query A { __typename } query B { __typename }",
    "{ runs(first: " + "9" * 5_000 + ") { totalCount } }",
    "{a" * 2_000 + "}" * 2_000,
    "fragment F on Query { __typename }",
    'subscription { runEvents(runId: "a", after: 99999999999) { seq } }',
]


async def test_messages_that_end_a_conversation(sqlite_api: Api) -> None:
    """A message of a wrong shape closes its socket with 4400, a second greeting with 4429; nothing crashes."""
    for message, code in CLOSING:
        async with sqlite_api.socket() as wire:
            await wire.say(message)
            assert code == await wire.closed(), message
    assert [] == sqlite_api.logged("Exception in ASGI application")
    assert [] == sqlite_api.logged("Exception in worker task")


@pytest.mark.parametrize("raw", ["{", "", "\0", "[" * 50_000, '{"a": "\\ud800"}', b"\x00", b'{"type":"ping"}'])
async def test_frames_that_are_no_json(sqlite_api: Api, raw: str | bytes) -> None:
    """A frame that is no JSON, or is binary, closes its socket with 4400."""
    async with sqlite_api.socket() as wire:
        await wire.connection.send(raw)
        assert 4400 == await wire.closed()


async def test_the_order_of_a_conversation(sqlite_api: Api) -> None:
    """Nobody may ask before the greeting, or give two operations one id; a ping is answered at any time."""
    subscribe = {"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}
    run_id = await sqlite_api.echo()
    async with sqlite_api.socket(greet=False) as wire:
        await wire.say({"type": "ping"})
        assert {"type": "pong"} == await wire.hear()
        await wire.say({"type": "pong"})
        await wire.say(subscribe)
        assert 4401 == await wire.closed()
    async with sqlite_api.socket(greet=False) as wire:
        await wire.say({"type": "connection_init", "payload": "x"})
        assert 4400 == await wire.closed()
    async with sqlite_api.socket() as wire:
        long = "1" * 1_000
        for _ in range(2):
            payload = {"query": WATCH, "variables": {"runId": run_id}}
            await wire.say({"type": "subscribe", "id": long, "payload": payload})
        assert 4409 == await wire.closed()


async def test_a_bad_operation_ends_alone(sqlite_api: Api) -> None:
    """A document that cannot be executed is a coded error for its operation; the others on the socket go on."""
    run_id = await sqlite_api.echo()
    async with sqlite_api.socket() as wire:
        watching = await wire.start(WATCH, runId=run_id)
        await wire.hear()
        for query in OPERATIONS:
            operation = await wire.start(query)
            message = await wire.hear()
            assert ("error", operation) == (message["type"], message["id"]), query[:50]
            assert {"DOCUMENT_TOO_DEEP" if query.startswith("{a{a") else "BAD_INPUT"} == {
                error["extensions"]["code"] for error in coded({"errors": message["payload"]})
            }
        await sqlite_api.execute(run_id)
        assert 2 == len(await wire.rest(watching))
    assert [] == sqlite_api.logged("Exception in worker task")
    assert [] == sqlite_api.logged("request crashed")


async def test_queries_and_mutations_on_a_socket(sqlite_api: Api) -> None:
    """A socket takes every operation, with the same refusals and codes as HTTP."""
    async with sqlite_api.socket() as wire:
        (accepted,) = await wire.rest(await wire.start(SUBMIT, run={"echo": {"word": "a"}}))
        (refused,) = await wire.rest(await wire.start(SUBMIT, run={"echo": {"word": ""}}))
        (unknown,) = await wire.rest(await wire.start('{ run(runId: "nobody") { runId } }'))

    assert "Run" == accepted["data"]["submitRun"]["__typename"]
    assert "word" == refused["data"]["submitRun"]["field"]
    assert "NOT_FOUND" == coded(unknown)[0]["extensions"]["code"]


async def test_other_protocols(sqlite_api: Api) -> None:
    """Only graphql-transport-ws is spoken: the older protocol, another, and none are turned away."""
    address = sqlite_api.address.replace("http:", "ws:") + "/graphql"
    for protocols in ([Subprotocol("graphql-ws")], [Subprotocol("chat")], None):
        async with connect(address, subprotocols=protocols) as connection:
            with pytest.raises(ConnectionClosed):
                await connection.recv()
            assert 4406 == connection.close_code


async def test_foreign_pages(sqlite_api: Api) -> None:
    """A page of another origin cannot open a socket; our own can."""
    address = sqlite_api.address.replace("http:", "ws:") + "/graphql"
    spoken = [Subprotocol("graphql-transport-ws")]
    for origin in ("http://elsewhere.example", "null", sqlite_api.address + ".example"):
        with pytest.raises(InvalidStatus, match="403"):
            await connect(address, subprotocols=spoken, origin=Origin(origin))
    async with connect(address, subprotocols=spoken, origin=Origin(sqlite_api.address)) as connection:
        assert "graphql-transport-ws" == connection.subprotocol


async def test_a_token(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """With a token set, a socket brings it in its greeting or its request, or is closed with 4403."""
    async with open_api(sqlite_url, redis_url, tmp_path, bearer="right") as api:
        for payload in (
            {},
            {"Authorization": "Bearer wrong"},
            {"authorization": 5},
            {"Authorization": "right"},
        ):
            async with api.socket(greet=False) as wire:
                await wire.say({"type": "connection_init", "payload": payload})
                assert 4403 == await wire.closed()
        async with api.socket(greet=False, additional_headers={"Authorization": "Bearer wrong"}) as wire:
            await wire.say({"type": "connection_init"})
            assert 4403 == await wire.closed()
        async with api.socket(additional_headers={"Authorization": "Bearer right"}) as wire:
            (answer,) = await wire.rest(await wire.start("{ __typename }"))
            assert {"__typename": "Query"} == answer["data"]
        async with api.socket("right") as wire:
            (accepted,) = await wire.rest(await wire.start(SUBMIT, run={"echo": {"word": "a"}}))
        run_id = accepted["data"]["submitRun"]["runId"]
        shown = await api.ask("query($id: String!) { run(runId: $id) { createdBy } }", id=run_id)
        async with api.socket(greet=False) as wire:
            await wire.say({"type": "connection_init", "payload": {"AUTHORIZATION": "bearer right"}})
            assert {"type": "connection_ack"} == await wire.hear()

    assert {"createdBy": "token"} == shown["run"]


async def test_a_known_client(sqlite_api: Api) -> None:
    """The client library gql watches a run to its end."""
    run_id = await sqlite_api.echo()
    transport = WebsocketsTransport(
        url=sqlite_api.address.replace("http:", "ws:") + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
    )
    async with gql.Client(transport=transport, fetch_schema_from_transport=True) as session:
        query = gql.gql(WATCH)
        query.variable_values = {"runId": run_id}
        seen: list[Any] = []
        async for payload in session.subscribe(query):
            seen.append(payload["runEvents"]["__typename"])
            if len(seen) == 1:
                await sqlite_api.execute(run_id)

    assert ["RunAccepted", "RunStarted", "RunFinished"] == seen


async def test_a_bug_in_a_feed_is_masked(sqlite_api: Api) -> None:
    """A failure of ours in the middle of a feed ends it with an incident, logged beside the socket's id."""
    run_id = await sqlite_api.done()
    spoil = update(RunEvent).where(RunEvent.seq == 2).values(name="SECRET")  # type: ignore[arg-type]  # a condition
    await sqlite_api.house.write(lambda session: session.execute(spoil))
    async with sqlite_api.socket(additional_headers={"X-Request-Id": "this-one"}) as wire:
        await wire.start(WATCH, runId=run_id)
        assert (1, "RunAccepted") == await wire.event()
        said: list[dict[str, Any]] = []
        async with asyncio.timeout(20):
            while not said or said[-1]["type"] == "next":
                said.append(await wire.hear())
        (answer,) = await wire.rest(await wire.start("{ __typename }"))
        assert {"__typename": "Query"} == answer["data"]
    (entry,) = sqlite_api.logged("request crashed")

    assert "SECRET" not in json.dumps(said)
    assert entry["incident"] in json.dumps(said)
    assert "this-one" == entry["request_id"]
