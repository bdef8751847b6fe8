"""Feeds tell what runs do and what revisions change, in order, from wherever somebody had read to."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from db.feeds import forget_rows
from graph.paging import encode_cursor
from jobs.news import tell_workspace
from tests.graph.api import Api, Wire
from tests.graph.test_lineage import learn

RUNS = """subscription Runs($after: String, $filter: RunFeedFilter, $workspace: String! = "main") {
  runFeed(after: $after, filter: $filter, workspace: $workspace) {
    __typename
    ... on FeedEvent { cursor }
    ... on RunHappened { event at runId kind status createdBy attempt labels }
  }
}"""
LINEAGE = """subscription Lineage($after: String, $filter: LineageFeedFilter) {
  lineageFeed(after: $after, filter: $filter) {
    __typename
    ... on FeedEvent { cursor }
    ... on HeadMoved { at news { ...News } }
    ... on WatchTouched { watchId watchName owner lost news { ...News } }
  }
}
fragment News on RevisionNews {
  fromRevision toRevision truncated
  counts { severity change of count }
  changes { change of reason before { value place { asset column } } after { place { asset column } } }
}"""
WATCH = """mutation Watch(
  $name: String!, $asset: String!, $direction: Direction! = UPSTREAM, $kinds: [EdgeKind!]
) {
  createWatch(name: $name, of: {asset: {name: $asset}}, direction: $direction, kinds: $kinds) {
    __typename
    ... on Watch { id name }
    ... on Refusal { code message }
  }
}"""
SHOP = {
    "t.sql": "CREATE TABLE raw.orders (id int, price int); CREATE TABLE raw.other (x int);",
    "v.sql": "CREATE VIEW mart.sales AS SELECT id, price FROM raw.orders;",
}


async def heard(wire: Wire, count: int) -> list[dict[str, Any]]:
    """The next events of the only feed under way."""
    events = []
    for _ in range(count):
        message = await wire.hear()
        assert "next" == message["type"], message
        assert "errors" not in message["payload"], message
        (event,) = message["payload"]["data"].values()
        events.append(event)
    return events


async def told(api: Api) -> bool:
    """Let a worker tell what is untold."""
    return await tell_workspace(api.house.bench, "main")


async def test_runs_as_they_go(api: Api) -> None:
    """Runs are told as they are accepted, started and ended, with what they are; a filter narrows that."""
    async with api.socket() as all_of_it, api.socket() as failed:
        await all_of_it.start(RUNS)
        await failed.start(RUNS, filter={"statuses": ["FAILED"], "kinds": ["echo"]})
        await api.until_listeners(2)
        first = await api.done("hello", labels=["b", "a"])
        second = await api.done("crash")
        events = await heard(all_of_it, 6)
        (last,) = await heard(failed, 1)

    steps = [(first, step, status) for step, status in (("ACCEPTED", "QUEUED"), ("STARTED", "RUNNING"))]
    assert [*steps, (first, "FINISHED", "COMPLETED")] == [
        (each["runId"], each["event"], each["status"]) for each in events[:3]
    ]
    assert ("echo", "anybody", ["a", "b"]) == tuple(events[0][name] for name in ("kind", "createdBy", "labels"))
    assert (second, "FINISHED", "FAILED") == (last["runId"], last["event"], last["status"])


async def test_going_on(api: Api) -> None:
    """From any cursor the rest comes, none twice and none left out; an empty one begins with all there is."""
    for word in "abc":
        await api.done(word)
    async with api.socket() as wire:
        await wire.start(RUNS, after="")
        every = await heard(wire, 9)
    for place in (0, 4, 7):
        async with api.socket() as wire:
            await wire.start(RUNS, after=every[place]["cursor"])
            assert every[place + 1 :] == await heard(wire, 8 - place)


async def test_what_was_forgotten(api: Api) -> None:
    """Who comes back after that was forgotten which they had not read is told so, and reads on."""
    await api.done("old")
    async with api.socket() as wire:
        await wire.start(RUNS, after="")
        cursor = (await heard(wire, 1))[0]["cursor"]
    await api.house.store.write(partial(forget_rows, kept_for=timedelta(0)))
    run_id = await api.done("new")
    async with api.socket() as wire:
        await wire.start(RUNS, after=cursor)
        gap, accepted = await heard(wire, 2)

    assert ("FeedGap", run_id) == (gap["__typename"], accepted["runId"])


@pytest.mark.parametrize(
    "after", ["x", encode_cursor("1"), encode_cursor("a", "b"), encode_cursor("9" * 18, "1")]
)
async def test_cursors_that_are_none(api: Api, after: str) -> None:
    """A cursor that no feed gave is refused, whoever made it up."""
    async with api.socket() as wire:
        for query in (RUNS, LINEAGE):
            operation = await wire.start(query, after=after)
            message = await wire.hear()
            (error,) = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
            assert (operation, "VALIDATION_FAILED") == (message["id"], error["extensions"]["code"])
            if message["type"] == "next":
                assert "complete" == (await wire.hear())["type"]


async def test_a_new_head(api: Api) -> None:
    """What a revision changed is told once, with how bad it is; what was there before the feed is no news."""
    await learn(api, SHOP)
    async with api.socket() as wire:
        await wire.start(LINEAGE)
        await api.until_listeners(1)
        assert await told(api)
        assert not await told(api)
        await learn(api, SHOP | {"v.sql": "CREATE VIEW mart.sales AS SELECT id FROM raw.orders;"})
        assert await told(api)
        first, second = await heard(wire, 2)

    assert ("HeadMoved", 0, 1) == (
        first["__typename"],
        first["news"]["fromRevision"],
        first["news"]["toRevision"],
    )
    assert {"severity": "BREAKING", "change": "REMOVED", "of": "COLUMN", "count": 1} in second["news"]["counts"]
    (gone,) = [
        each for each in second["news"]["changes"] if (each["of"], each["change"]) == ("COLUMN", "REMOVED")
    ]
    assert {"asset": "mart.sales", "column": "price"} == gone["before"]["place"]


async def test_watches(api: Api) -> None:
    """A watch is told what of a revision it sees and nothing else; one that sees nothing is told nothing."""
    await learn(api, SHOP)
    await told(api)
    for name, asset, more in (
        ("sales", "mart.sales", {}),
        ("other", "raw.other", {}),
        ("below", "raw.orders", {"direction": "DOWNSTREAM"}),
        ("influence", "mart.sales", {"kinds": ["INDIRECT"]}),
    ):
        assert "Watch" == (await api.ask(WATCH, name=name, asset=asset, **more))["createWatch"]["__typename"]
    async with api.socket() as wire:
        await wire.start(LINEAGE, filter={"heads": False})
        await api.until_listeners(1)
        changed = SHOP | {
            "t.sql": "CREATE TABLE raw.orders (id int, price decimal); CREATE TABLE raw.other (x int);"
        }
        await learn(api, changed)
        await told(api)
        await learn(api, changed | {"w.sql": "CREATE VIEW mart.last AS SELECT x FROM raw.other;"})
        await told(api)
        await learn(api, SHOP)
        await told(api)
        events = await heard(wire, 2)
        later = await heard(wire, 2)

    assert {"sales", "below"} == {each["watchName"] for each in events}
    assert all(("anybody", False) == (each["owner"], each["lost"]) for each in events)
    assert {"raw.orders"} == {
        change["before"]["place"]["asset"] for each in events for change in each["news"]["changes"]
    }
    assert {"sales", "below"} == {each["watchName"] for each in later}


async def test_a_watch_of_what_vanished(api: Api) -> None:
    """Where what a watch begins at goes, that is told, and nothing afterwards until it comes back."""
    await learn(api, SHOP)
    await told(api)
    await api.ask(WATCH, name="sales", asset="mart.sales")
    async with api.socket() as wire:
        await wire.start(LINEAGE, filter={"watches": ["sales"], "heads": False})
        await api.until_listeners(1)
        await learn(api, {"t.sql": SHOP["t.sql"]})
        await told(api)
        await learn(api, {"t.sql": "CREATE TABLE raw.orders (id int);"})
        await told(api)
        await learn(api, SHOP)
        await told(api)
        gone, back = await heard(wire, 2)

    assert (True, False) == (gone["lost"], back["lost"])
    assert (2, 4) == (gone["news"]["toRevision"], back["news"]["toRevision"])


async def test_feeds_are_their_workspaces(api: Api) -> None:
    """A feed tells nothing of other workspaces."""
    await api.ask('mutation { createWorkspace(name: "other") { __typename } }')
    await api.submit({"echo": {"word": "there"}}, workspace="other")
    run_id = await api.done("here")
    async with api.socket() as wire:
        await wire.start(RUNS, after="")
        events = await heard(wire, 3)

    assert {run_id} == {each["runId"] for each in events}
