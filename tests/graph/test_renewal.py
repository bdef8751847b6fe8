"""A socket outlives the token that opened it, if a ping brings another one of the same principal in time."""

import asyncio
import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.graph.api import DEADLINE_SECONDS, WATCH, Wire, open_api
from tests.graph.clients import needs_node, told
from tests.graph.gate import relay_before
from tests.graph.issuer import AUDIENCE, OwnIssuer
from tests.graph.test_rights import BOSS, SET, Asker, house_of
from tests.graph.test_sign_in import Signed, signed_in
from tests.servers import Postgres

MEANWHILE_SECONDS = 4.0  # how long the first token is good: enough to open two sockets on a busy machine


def expiring(both: Signed) -> str:
    return both.token(roles=["platform"], exp=time.time() + MEANWHILE_SECONDS)


def lasting(both: Signed, **more: Any) -> str:
    return both.token(**({"roles": ["platform"]} | more))


async def bring(wire: Wire, token: str, name: str = "authorization") -> None:
    await wire.say({"type": "ping", "payload": {name: f"Bearer {token}", "at": 7}})


async def test_a_token_that_is_renewed(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """What was subscribed to goes on behind the end of the first token, if a ping brought a second one."""
    async with signed_in(sqlite_url, redis_url, tmp_path) as both:
        boss = {"Authorization": f"Bearer {lasting(both)}"}
        both.api.client.headers.update(boss)
        run_id = await both.api.echo()
        first = expiring(both)
        async with both.api.socket(first) as wire, both.api.socket(first) as other:
            operation = await wire.start(WATCH, runId=run_id)
            assert (1, "RunAccepted") == await wire.event()
            await bring(wire, lasting(both))
            assert {"type": "pong", "payload": {"at": 7}} == await wire.hear()

            assert 4403 == await other.closed()  # which began to watch later, and brought nothing new
            await both.api.execute(run_id)
            assert 2 == len(await wire.rest(operation))


@pytest.mark.parametrize("name", ["Authorization", "AUTHORIZATION"])
async def test_no_token_comes_back(sqlite_url: str, redis_url: str, tmp_path: Path, name: str) -> None:
    """A pong carries the rest of what its ping carried, and no token, whether anything was renewed or not."""
    async with (
        signed_in(sqlite_url, redis_url, tmp_path) as both,
        both.api.socket(greet=False) as wire,
    ):
        await bring(wire, "of nobody, and before the greeting", name)
        assert {"type": "pong", "payload": {"at": 7}} == await wire.hear()
        await wire.greet({"authorization": f"Bearer {lasting(both)}"})
        await bring(wire, lasting(both, jti="another"), name)
        assert {"type": "pong", "payload": {"at": 7}} == await wire.hear()
        await wire.say({"type": "ping", "payload": {name: ["no text"]}})
        assert {"type": "pong", "payload": {}} == await wire.hear()


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "eve"},  # somebody else, though they may as much
        {"exp": time.time() - 60},
        {"aud": "others"},
        {"roles": []},  # the same person, who may do less than what they began
    ],
)
async def test_what_renews_nothing(
    sqlite_url: str, redis_url: str, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """A token of another principal, one that is not taken, or of less rights ends its socket with 4403."""
    async with signed_in(sqlite_url, redis_url, tmp_path) as both, both.api.socket(lasting(both)) as wire:
        await bring(wire, lasting(both, **changes))
        assert 4403 == await wire.closed()


async def test_nobody_can_tell(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """While the issuer is away a pong says so, and the socket goes on with what it began with."""
    own = OwnIssuer(address="http://127.0.0.1:9")
    settings = {"oidc_issuer": own.address, "oidc_audiences": json.dumps([AUDIENCE]), "anonymous": "nobody"}
    async with (
        open_api(sqlite_url, redis_url, tmp_path, bearer="right", **settings) as api,
        api.socket("right") as wire,
    ):
        await bring(wire, own.token(exp=time.time() + 600))
        assert {"type": "pong", "payload": {"at": 7, "refused": "ISSUER_UNAVAILABLE"}} == await wire.hear()
        await bring(wire, "right")
        assert {"type": "pong", "payload": {"at": 7}} == await wire.hear()


async def test_the_database_is_away(
    postgres: Postgres, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    """While the database is away sockets stay, though nobody can look up what they may do; then that counts."""
    async with relay_before(postgres) as relay:
        url = relay.url(postgres_url.partition("@/")[2].partition("?")[0])
        async with house_of(url, redis_url, tmp_path) as api:
            boss = Asker(api, BOSS)
            await boss.ask(SET, principal="ada", role="RUNNER")
            async with api.socket(additional_headers={"X-Forwarded-User": "ada"}) as wire:
                relay.shut()
                async with asyncio.timeout(DEADLINE_SECONDS):
                    await relay.until_turned_away(3)
                await bring(wire, "whoever is named by the proxy")
                assert {"at": 7, "refused": "DATABASE_AWAY"} == (await wire.hear())["payload"]

                relay.is_shut = False
                await boss.ask(SET, principal="ada", role="EDITOR")
                (payload,) = await wire.rest(await wire.start("{ runs { totalCount } }"))
                assert {"runs": {"totalCount": 0}} == payload["data"]
                await boss.ask(SET, principal="ada", role="VIEWER")
                assert 4403 == await wire.closed()


class TestNode:
    """A client that needs node."""

    pytestmark = needs_node

    async def test_graphql_ws(self, sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
        """Its `connected` gives the socket on which it sends its next token, by whose end it is then known."""
        async with signed_in(sqlite_url, redis_url, tmp_path) as both:
            both.api.client.headers["Authorization"] = f"Bearer {lasting(both)}"
            run_id = await both.api.done()
            ends = [int(time.time()) + seconds for seconds in (600, 900)]
            seen = await told(
                "renewal.mjs", both.api.address, run_id, *(lasting(both, exp=end) for end in ends)
            )

        assert ([1, 2, 3], [{}], [1000]) == (seen["events"], seen["pongs"], seen["closed"])
        assert ends == [datetime.fromisoformat(seen[name]).timestamp() for name in ("before", "after")]
