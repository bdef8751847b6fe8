"""The bounds of a conversation on a socket: how long, how large, and how much at once."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.typing import Subprotocol

from tests.graph.api import PROTOCOL, WATCH, Api, coded, open_api
from tests.graph.shell import served

LARGE = 2_048


async def test_pings(sqlite_api: Api) -> None:
    """A pong carries what its ping carried, before the greeting and behind it; an unasked pong does no harm."""
    async with sqlite_api.socket(greet=False) as wire:
        await wire.say({"type": "ping", "payload": {"at": [1, {"b": None}]}})
        assert {"type": "pong", "payload": {"at": [1, {"b": None}]}} == await wire.hear()
        await wire.greet({})
        await wire.say({"type": "pong", "payload": {"any": 1}})
        await wire.say({"type": "ping", "payload": {}})
        assert {"type": "pong", "payload": {}} == await wire.hear()
        await wire.say({"type": "ping"})
        assert {"type": "pong"} == await wire.hear()


async def test_deep_pings(sqlite_api: Api) -> None:
    """A ping whose payload is nested too deep to be sent back closes its socket with 4400, not with a crash."""
    async with sqlite_api.socket() as wire:
        await wire.connection.send('{"type": "ping", "payload": ' + '{"a": ' * 900 + "1" + "}" * 901)
        assert 4400 == await wire.closed()
    assert [] == sqlite_api.logged("Exception in ASGI application")


async def test_silence(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Whoever does not greet in time is sent away with 4408; whoever did may stay as long as they like."""
    async with open_api(sqlite_url, redis_url, tmp_path, socket_init_seconds="0.2") as api:
        async with api.socket() as greeted, api.socket(greet=False) as silent:
            await silent.say({"type": "ping"})
            assert {"type": "pong"} == await silent.hear()
            assert 4408 == await silent.closed()
            (answer,) = await greeted.rest(await greeted.start("{ __typename }"))
            assert {"__typename": "Query"} == answer["data"]
        assert [] == api.logged("Exception in worker task")


async def test_large_messages(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A message over the limit, counted in bytes, closes its socket with 1009; one at the limit is answered."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_message_bytes=str(LARGE)) as api:

        def message(padding: str) -> str:
            payload = {"query": "{ __typename }", "variables": {"padding": padding}}
            return orjson.dumps({"type": "subscribe", "id": "1", "payload": payload}).decode()

        room = LARGE - len(message(""))
        async with api.socket() as wire:
            await wire.connection.send(message("x" * room))
            assert "next" == (await wire.hear())["type"]
        for padding in ("x" * (room + 1), "ü" * (room // 2 + 1), "x" * 3_000_000):
            async with api.socket() as wire:
                await wire.connection.send(message(padding))
                assert 1009 == await wire.closed()
        assert {"__typename": "Query"} == await api.ask("{ __typename }")


async def test_as_many_operations_as_allowed(sqlite_api: Api) -> None:
    """Of 2,000 subscriptions on one socket 100 go on; the others are refused one by one, and told so."""
    run_id = await sqlite_api.echo()
    async with sqlite_api.socket() as wire:
        asked = [await wire.start(WATCH, runId=run_id, after=1) for _ in range(2_000)]
        refused = [await wire.hear() for _ in range(1_900)]
        await sqlite_api.until_listeners(100)
        await wire.say({"type": "complete", "id": asked[0]})
        await sqlite_api.until_listeners(99)
        late = await wire.start("{ __typename }")
        assert ("next", late) == ((message := await wire.hear())["type"], message["id"])
        assert {"type": "complete", "id": late} == await wire.hear()
        await sqlite_api.execute(run_id)
        ended = [message for _ in range(297) if (message := await wire.hear())["type"] == "complete"]

    assert set(asked[100:]) == {message["id"] for message in refused}
    for message in refused:
        (error,) = coded({"errors": message["payload"]})
        assert ("error", "TOO_MANY_OPERATIONS") == (message["type"], error["extensions"]["code"])
    assert set(asked[1:100]) == {message["id"] for message in ended}


async def test_an_id_that_is_taken_where_all_are(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """An id in use closes the socket with 4409, also where there is no room for another operation."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_socket_operations="1") as api:
        run_id = await api.echo()
        async with api.socket() as wire:
            payload = {"query": WATCH, "variables": {"runId": run_id}}
            for _ in range(2):
                await wire.say({"type": "subscribe", "id": "1", "payload": payload})
            assert 4409 == await wire.closed()


async def test_many_messages_behind_a_bad_one(sqlite_api: Api) -> None:
    """What comes behind a message that ends a conversation is not answered, and nothing crashes of it."""
    run_id = await sqlite_api.done()
    async with sqlite_api.socket() as wire:
        for _ in range(20):
            await wire.start(WATCH, runId=run_id)
        for message in (None, {"type": "connection_init"}, {"type": "subscribe"}, {"type": "ping"}):
            await wire.say(message)
        assert 4400 == await wire.closed()
    await sqlite_api.until_listeners(0)
    assert [] == sqlite_api.logged("Exception in worker task")
    assert [] == sqlite_api.logged("Exception in ASGI application")


async def test_frames_of_text(sqlite_api: Api) -> None:
    """Whatever we say on a socket comes in frames of text."""
    run_id = await sqlite_api.done()
    async with sqlite_api.socket() as wire:
        await wire.start(WATCH, runId=run_id)
        await wire.start("{")
        await wire.say({"type": "ping"})
        said = [await wire.connection.recv() for _ in range(6)]

    assert {str} == {type(frame) for frame in said}


async def test_values_that_do_not_fit(sqlite_api: Api) -> None:
    """Variables of another type are an `error` of their operation, as bad documents are."""
    async with sqlite_api.socket() as wire:
        await wire.start("query($n: Int!) { runs(first: $n) { totalCount } }", n="many")
        message = await wire.hear()
        assert "error" == message["type"]
        assert "BAD_INPUT" == coded({"errors": message["payload"]})[0]["extensions"]["code"]


@pytest.mark.xdist_group("cli")
async def test_how_the_service_listens() -> None:
    """`headwater up` packs no messages, though a client offers it, and reads none that are too large."""
    with served(max_message_bytes=str(LARGE)) as (_, address):
        offered: dict[str, Any] = {"extensions": [ClientPerMessageDeflateFactory()], "compression": None}
        uri = address.replace("http:", "ws:") + "/graphql"
        async with connect(uri, subprotocols=[Subprotocol(PROTOCOL)], **offered) as connection:
            assert [] == connection.protocol.extensions
            await connection.send('{"type": "connection_init"}')
            assert '{"type":"connection_ack"}' == await connection.recv()
            await connection.send('{"type": "ping", "payload": {"a": "' + "x" * LARGE + '"}}')
            async with asyncio.timeout(20):
                await connection.wait_closed()
            assert 1009 == connection.close_code
        async with httpx.AsyncClient() as client:
            assert 200 == (await client.get(f"{address}/health")).status_code
