"""Feeds are told to whoever may hear them, over any number of processes and whatever the way is like."""

import asyncio
from pathlib import Path

from redis.asyncio import Redis

from db.hints import CHANNEL
from tests.graph.api import Api, counting_connections, open_api
from tests.graph.test_feeds import LINEAGE, RUNS, SHOP, WATCH, heard, told
from tests.graph.test_lineage import learn
from tests.graph.test_rights import BOSS, SET, Asker, house_of

HIDDEN = "ebb and flow"
WORDS = """subscription Words($after: String) {
  lineageFeed(after: $after) {
    ... on HeadMoved { news { changes { reason before { value } after { value } } } }
  }
}"""


async def test_two_processes(database_url: str, redis_url: str, tmp_path: Path) -> None:
    """What happens at one API is heard from another, once, and can be read on from there at a third."""
    async with (
        open_api(database_url, redis_url, tmp_path / "one") as one,
        open_api(database_url, redis_url, tmp_path / "two") as two,
    ):
        async with two.socket() as wire:
            await wire.start(RUNS)
            await two.until_listeners(1)
            run_id = await one.done("hello")
            events = await heard(wire, 3)
        async with one.socket() as wire:
            await wire.start(RUNS, after=events[0]["cursor"])
            assert events[1:] == await heard(wire, 2)

    assert [(run_id, step) for step in ("ACCEPTED", "STARTED", "FINISHED")] == [
        (each["runId"], each["event"]) for each in events
    ]


async def test_without_hints(database_url: str, redis_url: str, tmp_path: Path) -> None:
    """A hint that is lost costs time and no event."""
    async with (
        open_api(database_url, redis_url, tmp_path / "one") as one,
        open_api(database_url, "unix:///nonexistent/valkey.sock", tmp_path / "two") as deaf,
        deaf.socket() as wire,
    ):
        await wire.start(RUNS)
        await deaf.until_listeners(1)
        run_id = await one.done("hello")
        events = await heard(wire, 3)

    assert {run_id} == {each["runId"] for each in events}


async def test_noise(api: Api, redis_url: str) -> None:
    """Bells that ring for nothing, or for feeds that are none, tell nobody anything."""
    async with api.socket() as wire, Redis.from_url(redis_url) as redis:
        await wire.start(RUNS)
        await api.until_listeners(1)
        for topics in (
            '["feed:runs:main"]',
            '["feed:nothing:main"]',
            '["feed:runs"]',
            '{"feed": 1}',
            "nonsense",
        ):
            await redis.publish(CHANNEL, topics)
        run_id = await api.done("hello")
        events = await heard(wire, 3)

    assert [run_id] * 3 == [each["runId"] for each in events]


async def test_many_who_wait(api: Api) -> None:
    """Who waits for news holds no connection to the database, and who goes leaves no bell behind."""
    with counting_connections() as in_use:
        async with api.socket() as wire:
            for _ in range(30):
                await wire.start(RUNS)
                await wire.start(LINEAGE)
            await api.until_listeners(60)

            async def at_rest() -> bool:
                return not in_use

            await api.house.until(at_rest)
            run_id = await api.echo("hello")
            found = [next(iter((await wire.hear())["payload"]["data"].values())) for _ in range(30)]
        await api.until_listeners(0)

    assert {run_id} == {each["runId"] for each in found}


async def test_who_reads_slowly(sqlite_api: Api) -> None:
    """Who does not read holds nobody up, and finds every event in order afterwards."""
    async with sqlite_api.socket() as slow, sqlite_api.socket() as quick:
        await slow.start(RUNS)
        await quick.start(RUNS)
        await sqlite_api.until_listeners(2)
        run_ids = [await sqlite_api.done(str(at)) for at in range(20)]
        first = await heard(quick, 60)
        assert first == await heard(slow, 60)

    assert [run_id for run_id in run_ids for _ in range(3)] == [each["runId"] for each in first]


async def test_who_loses_the_right(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A feed ends with its socket soon after its listener is a member no longer; nobody else begins one."""
    async with house_of(sqlite_url, redis_url, tmp_path) as api:
        boss = Asker(api, BOSS)
        await boss.ask(SET, principal="ada", role="VIEWER")
        async with api.socket(additional_headers={"X-Forwarded-User": "ada"}) as wire:
            await wire.start(RUNS)
            await api.until_listeners(1)
            await boss.ask(SET, principal="admin", role="ADMIN")
            await boss.ask('mutation { removeMember(principal: "ada") { __typename } }')
            assert 4403 == await wire.closed()
        await api.until_listeners(0)
        async with api.socket(additional_headers={"X-Forwarded-User": "eve"}) as wire:
            for query in (RUNS, LINEAGE):
                await wire.start(query)
                assert "NOT_FOUND" == (await wire.hear())["payload"][0]["extensions"]["code"]


async def test_definitions_that_are_not_shown(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Who may not see definitions hears what changed, and no word of the SQL that it was found in."""
    async with house_of(sqlite_url, redis_url, tmp_path) as api:
        api.client.headers["X-Forwarded-User"] = BOSS
        boss = Asker(api, BOSS)
        await boss.ask(SET, principal="ada", role="VIEWER", sees=False)
        await learn(api, SHOP)
        await told(api)
        await learn(
            api,
            SHOP
            | {"v.sql": f"CREATE VIEW mart.sales AS SELECT id, price || '{HIDDEN}' AS price FROM raw.orders;"},
        )
        await told(api)
        spoken = {}
        for name in ("ada", BOSS):
            async with api.socket(additional_headers={"X-Forwarded-User": name}) as wire:
                await wire.start(WORDS, after="")
                spoken[name] = (await heard(wire, 2))[1]["news"]["changes"]

    assert HIDDEN in str(spoken[BOSS])
    assert HIDDEN not in str(spoken["ada"])
    assert [each["reason"] for each in spoken[BOSS]] == [each["reason"] for each in spoken["ada"]]


async def test_a_head_that_moves_while_it_is_read(api: Api) -> None:
    """Who reads on while revisions come hears each of them once, in their order."""
    async with api.socket() as wire:
        await wire.start(LINEAGE, after="")
        hearing = asyncio.create_task(heard(wire, 6))
        for at in range(6):
            await learn(api, SHOP | {"w.sql": f"CREATE VIEW mart.last AS SELECT {at} AS x{at} FROM raw.other;"})
            await told(api)
        events = await hearing

    stretches = [(each["news"]["fromRevision"], each["news"]["toRevision"]) for each in events]
    assert [(at, at + 1) for at in range(6)] == stretches


async def test_a_watch_that_others_see(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Two owners may call their watches alike; a filter by owner hears one, and ids tell them apart."""
    async with house_of(sqlite_url, redis_url, tmp_path) as api:
        api.client.headers["X-Forwarded-User"] = BOSS
        boss, ada = Asker(api, BOSS), Asker(api, "ada")
        await boss.ask(SET, principal="ada", role="RUNNER")
        await learn(api, SHOP)
        await told(api)
        made = [
            (await each.ask(WATCH, name="w", asset="mart.sales"))["createWatch"]["id"] for each in (boss, ada)
        ]
        await learn(api, SHOP | {"v.sql": "CREATE VIEW mart.sales AS SELECT id FROM raw.orders;"})
        await told(api)
        async with api.socket(additional_headers={"X-Forwarded-User": "ada"}) as wire:
            await wire.start(LINEAGE, after="", filter={"heads": False})
            every = await heard(wire, 2)
            await wire.say({"type": "complete", "id": "1"})
            await wire.start(LINEAGE, after="", filter={"heads": False, "owner": "ada"})
            (mine,) = await heard(wire, 1)

    assert made == [each["watchId"] for each in every]
    assert (made[1], "ada") == (mine["watchId"], mine["owner"])
