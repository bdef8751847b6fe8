"""Watching runs over sockets: replay, then live, to the end; nothing missed, nothing left behind."""

import asyncio
from pathlib import Path
from typing import Any

from db.runs import delete_run, stop_queued_run
from db.session import Session
from tests.graph.api import DEADLINE_SECONDS, WATCH, Api, counting_connections, open_api
from tests.servers import short_folder, start_valkey

ECHO = [(1, "RunAccepted"), (2, "RunStarted"), (3, "RunFinished")]
DETAILS = """
subscription($runId: String!) { runEvents(runId: $runId) {
  __typename seq at attempt
  ... on RunAccepted { kind }
  ... on RunStarted { worker }
  ... on StageStarted { stage }
  ... on StageProgress { stage done total percent }
  ... on StageCompleted { stage durationMs done total }
  ... on RunNotice { message }
  ... on RunRequeued { reason waitSeconds }
  ... on RunFinished { status error { code message hint } }
} }"""


async def test_every_type_of_event(api: Api) -> None:
    """Each fact about a run arrives as a type of its own, with what belongs to it."""
    seen: dict[str, Any] = {}
    for chore in ("GAPS", "COUNT", "FAIL_RETRYABLY"):
        run_id = await api.chore(chore, size=3)
        await api.execute(run_id)
        if chore == "FAIL_RETRYABLY":
            await api.ask("mutation($id: String!) { stopRun(runId: $id) { __typename } }", id=run_id)
        async with api.socket() as wire:
            payloads = await wire.rest(await wire.start(DETAILS, runId=run_id))
        seen |= {event["__typename"]: event for event in (each["data"]["runEvents"] for each in payloads)}

    async with api.socket() as wire:
        failed = await wire.rest(await wire.start(DETAILS, runId=await api.done("crash")))

    assert {
        "RunAccepted",
        "RunStarted",
        "StageStarted",
        "StageProgress",
        "StageCompleted",
        "RunNotice",
        "RunRequeued",
        "RunFinished",
    } == set(seen)
    assert ("chores", "worker-1") == (seen["RunAccepted"]["kind"], seen["RunStarted"]["worker"])
    assert "WORK" == seen["StageProgress"]["stage"]
    assert 3 == seen["StageProgress"]["total"]
    assert 0 < seen["StageProgress"]["percent"] < 100
    assert seen["StageCompleted"]["durationMs"] >= 0
    assert "Something was left undone." == seen["RunNotice"]["message"]
    assert ("The first attempts fail.", 2) == (
        seen["RunRequeued"]["reason"],
        seen["RunRequeued"]["waitSeconds"],
    )
    assert ("STOPPED", None) == (seen["RunFinished"]["status"], seen["RunFinished"]["error"])
    finished = failed[-1]["data"]["runEvents"]
    assert ("FAILED", "INTERNAL") == (finished["status"], finished["error"]["code"])


async def test_replay_then_live(api: Api) -> None:
    """What happened before comes first, then what happens, and the end of the run ends the feed."""
    run_id = await api.echo()
    async with api.socket() as wire:
        operation = await wire.start(WATCH, runId=run_id)
        accepted = await wire.event()
        await api.execute(run_id)
        rest = await wire.rest(operation)

    assert (1, "RunAccepted") == accepted
    assert [2, 3] == [payload["data"]["runEvents"]["seq"] for payload in rest]
    await api.until_listeners(0)


async def test_resume_from_any_point(api: Api) -> None:
    """From behind any event, the rest follows without gap or repeat; from behind the last, the feed ends."""
    run_id = await api.chore("COUNT", size=3)
    await api.execute(run_id)
    async with api.socket() as wire:
        everything = await wire.events(run_id)
        for after in range(len(everything) + 1):
            assert everything[after:] == await wire.events(run_id, after=after)

    assert list(range(1, len(everything) + 1)) == [seq for seq, _ in everything]


async def test_after_beyond_the_end(api: Api) -> None:
    """A cursor beyond the newest event waits with the run, and ends with it."""
    ended, run_id = await api.done(), await api.echo()
    async with api.socket() as wire:
        assert [] == await wire.events(ended, after=1_000)
        operation = await wire.start(WATCH, runId=run_id, after=1_000)
        await api.until_listeners(1)
        await api.execute(run_id)
        assert [] == await wire.rest(operation)


async def test_what_cannot_be_watched(api: Api) -> None:
    """An unknown run and a negative cursor end their operation with a coded error; the socket goes on."""
    run_id = await api.done()
    async with api.socket() as wire:
        codes = []
        for variables in (
            {"runId": "nobody"},
            {"runId": run_id, "workspace": "other"},
            {"runId": run_id, "after": -1},
            {"runId": "a\0"},
            {"runId": run_id, "workspace": "\0"},
        ):
            operation = await wire.start(WATCH, **variables)
            message = await wire.hear()
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            codes.append(errors[0]["extensions"]["code"])
            if message["type"] == "next":
                assert [] == await wire.rest(operation)

        assert ["NOT_FOUND", "NOT_FOUND", *["VALIDATION_FAILED"] * 3] == codes
        assert ECHO == await wire.events(run_id)


async def test_a_run_that_was_unknown_a_moment_ago(sqlite_api: Api) -> None:
    """A socket that asked too early may ask again: nothing it was told is kept."""
    async with sqlite_api.socket() as wire:
        await wire.start(WATCH, runId="soon")
        early = await wire.hear()
        assert {"type": "complete", "id": early["id"]} == await wire.hear() or early["type"] == "error"
        await sqlite_api.done(runId="soon")
        assert ECHO == await wire.events("soon")


async def test_a_query_on_a_socket_is_always_fresh(sqlite_api: Api) -> None:
    """The same question on one socket is answered by what is true now, not by what was."""
    query = "query($id: String!) { run(runId: $id) { status labels queuePosition } }"
    run_id = await sqlite_api.echo()
    async with sqlite_api.socket() as wire:
        (queued,) = await wire.rest(await wire.start(query, id=run_id))
        await sqlite_api.execute(run_id)
        (ended,) = await wire.rest(await wire.start(query, id=run_id))

    assert ("QUEUED", 1) == (queued["data"]["run"]["status"], queued["data"]["run"]["queuePosition"])
    assert ("COMPLETED", None) == (ended["data"]["run"]["status"], ended["data"]["run"]["queuePosition"])


async def test_a_run_that_is_deleted_while_watched(api: Api) -> None:
    """Whoever watches a run that ends and is deleted at once sees its feed end."""
    run_id = await api.echo()
    async with api.socket() as wire:
        operation = await wire.start(WATCH, runId=run_id, after=1_000)
        await api.until_listeners(1)
        await api.execute(run_id)
        await api.ask("mutation($id: String!) { deleteRun(runId: $id) { __typename } }", id=run_id)
        assert [] == await wire.rest(operation)


async def test_twenty_clients_see_the_same(api: Api) -> None:
    """Twenty clients on one run, some from its middle, all get the same events in the same order."""
    run_id = await api.chore("COUNT", size=20)
    row = await api.house.by_id(run_id)
    assert row

    async def watch(after: int) -> list[tuple[int, str]]:
        async with api.socket() as wire:
            return await wire.events(run_id, after=after)

    watching = [asyncio.create_task(watch(number % 4)) for number in range(20)]
    await api.until_listeners(20)
    await api.house.execute(row)
    seen = await asyncio.gather(*watching)

    assert list(range(1, len(seen[0]) + 1)) == [seq for seq, _ in seen[0]]
    assert [seen[0][number % 4 :] for number in range(20)] == seen


async def test_many_runs_on_one_socket(sqlite_api: Api) -> None:
    """Feeds of several runs share a socket, and ending one leaves the others alone."""
    first, second = await sqlite_api.echo(), await sqlite_api.echo()
    async with sqlite_api.socket() as wire:
        given_up = await wire.start(WATCH, runId=first)
        await wire.hear()
        kept = await wire.start(WATCH, runId=second)
        await wire.hear()
        await wire.say({"type": "complete", "id": given_up})
        await sqlite_api.until_listeners(1)
        await sqlite_api.execute(first)
        await sqlite_api.execute(second)
        rest = await wire.rest(kept)

    assert [2, 3] == [payload["data"]["runEvents"]["seq"] for payload in rest]


async def test_redis_dies_mid_run(database_url: str, tmp_path: Path) -> None:
    """When Redis is killed and comes back empty in the middle of a run, its watchers miss no event."""
    valkey = start_valkey(short_folder())
    release = tmp_path / "release"
    try:
        async with open_api(database_url, valkey.url, tmp_path) as api:
            run_id = await api.chore("WAIT", path=str(release))
            row = await api.house.by_id(run_id)
            assert row

            async def watch() -> list[tuple[int, str]]:
                async with api.socket() as wire:
                    return await wire.events(run_id)

            watching = [asyncio.create_task(watch()) for _ in range(5)]
            await api.until_listeners(5)
            task = await api.house.running(row)
            valkey.kill()
            release.touch()
            async with asyncio.timeout(DEADLINE_SECONDS):
                await task
                seen = await asyncio.gather(*watching)
            valkey.start()
            after = await api.done()
            async with api.socket() as wire:
                assert ECHO == await wire.events(after)
    finally:
        valkey.stop()

    assert 1 == len({tuple(each) for each in seen})
    assert list(range(1, len(seen[0]) + 1)) == [seq for seq, _ in seen[0]]
    assert "RunFinished" == seen[0][-1][1]


async def test_a_deleted_run_whose_hint_was_lost(sqlite_url: str, tmp_path: Path) -> None:
    """A watched run that ends and is deleted while Redis is away ends its feed all the same."""
    valkey = start_valkey(short_folder())
    try:
        async with open_api(sqlite_url, valkey.url, tmp_path) as api, api.socket() as wire:
            run_id = await api.echo()
            operation = await wire.start(WATCH, runId=run_id, after=1_000)
            await api.until_listeners(1)
            row = await api.house.by_id(run_id)
            assert row
            valkey.kill()

            def end_and_forget(session: Session) -> None:
                stop_queued_run(session, row.pk)
                delete_run(session, row.pk)

            await api.house.write(end_and_forget)
            assert [] == await wire.rest(operation)
    finally:
        valkey.stop()


async def test_a_thousand_dropped_sockets(sqlite_api: Api) -> None:
    """A thousand watchers who vanish without a word leave no listener; none held a database connection."""
    run_id = await sqlite_api.echo()
    with counting_connections() as taken:
        for _ in range(4):
            await watch_and_vanish(sqlite_api, run_id, 250, taken)
    await sqlite_api.execute(run_id)
    async with sqlite_api.socket() as wire:
        assert ECHO == await wire.events(run_id)


async def watch_and_vanish(api: Api, run_id: str, count: int, taken: set[int]) -> None:
    """Open sockets that watch a run, look at what they cost while they wait, and cut them all."""
    gone = asyncio.Event()
    waiting = asyncio.Barrier(count + 1)

    async def watch() -> None:
        async with api.socket() as wire:
            await wire.start(WATCH, runId=run_id)
            await wire.event()
            await waiting.wait()
            await gone.wait()
            wire.connection.transport.abort()

    watching = [asyncio.create_task(watch()) for _ in range(count)]
    async with asyncio.timeout(60):
        await waiting.wait()
    assert count == api.listeners

    async def none_taken() -> bool:
        return not taken

    await api.house.until(none_taken)
    gone.set()
    await asyncio.gather(*watching, return_exceptions=True)
    await api.until_listeners(0)
