"""Reading runs: one by its id, lists by filter and page, results, places in the queue."""

import asyncio
import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import update

from db.models import Run, Workspace
from tests.graph.api import Api, recording

PAGE = """
query Page($filter: RunFilter, $first: Int! = 2, $after: String) {
  runs(filter: $filter, first: $first, after: $after) {
    edges { cursor node { runId } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
PLACE = "query($id: String!) { run(runId: $id) { queuePosition estimatedStart status } }"
RESULT = "query($id: String!) { run(runId: $id) { result { __typename kind ... on EchoResult { word } } } }"


async def page(api: Api, **variables: Any) -> tuple[list[str], dict[str, Any]]:
    """The ids on a page of runs, and what the page says of itself."""
    runs = (await api.ask(PAGE, **variables))["runs"]
    return [edge["node"]["runId"] for edge in runs["edges"]], runs["pageInfo"]


async def every_page(api: Api, **variables: Any) -> list[str]:
    ids, info = await page(api, **variables)
    while info["hasNextPage"]:
        more, info = await page(api, after=info["endCursor"], **variables)
        ids += more
    return ids


def forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode()


async def test_newest_first_in_pages(api: Api) -> None:
    """Pages hold every run once, newest first, and say truly whether there are more."""
    submitted = [await api.echo() for _ in range(5)]

    first, info = await page(api)
    assert (submitted[:2:-1], True, False) == (first, info["hasNextPage"], info["hasPreviousPage"])
    assert submitted[::-1] == await every_page(api)
    whole, info = await page(api, first=5)
    assert (submitted[::-1], False) == (whole, info["hasNextPage"])
    _, info = await page(api, filter={"kind": "chores"})
    assert {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None} == info


async def test_pages_stay_put(api: Api) -> None:
    """Runs that are added while somebody turns pages are neither repeated nor push others off."""
    submitted = [await api.echo() for _ in range(6)]

    ids, info = await page(api)
    while info["hasNextPage"]:
        await api.echo()
        more, info = await page(api, after=info["endCursor"])
        ids += more

    assert submitted[::-1] == ids


async def test_runs_of_one_moment(api: Api) -> None:
    """Runs that were accepted at the same instant still have an order, and pages over them lose none."""
    submitted = await asyncio.gather(*(api.echo() for _ in range(7)))
    moment = datetime(2026, 2, 9, 12, 1, tzinfo=UTC)

    def at_once(session: Any) -> None:
        session.execute(update(Run).values(submitted_at=moment))

    await api.house.write(at_once)
    ids = await every_page(api)

    assert sorted(submitted) == sorted(ids)


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
async def test_page_sizes_that_are_refused(sqlite_api: Api, first: int) -> None:
    """A page has 1 to 100 runs."""
    (error,) = await sqlite_api.errors(PAGE, first=first)

    assert ("VALIDATION_FAILED", "first") == (error["extensions"]["code"], error["extensions"]["field"])


async def test_forged_cursors(api: Api) -> None:
    """A cursor that we did not make is refused, whatever is in it; no part of it reaches the database."""
    pk = "0" * 32
    moment = "2026-02-09T12:01:00+00:00"
    cursors = [
        *("", "x", "ü", "AAAA", "=", "a" * 10_000, "\u2028", base64.urlsafe_b64encode(b"[" * 5_000).decode()),
        *(forged(), forged(1), forged(2, moment, pk), forged(1, moment), forged(1, moment, pk, pk)),
        *(forged(1, "never", pk), forged(1, moment, "no uuid"), forged(1, moment, None), forged(1, 5, pk)),
        *(forged(1, "0001-01-01T00:00:00+23:00", pk), forged(1, moment, "\0"), forged({"version": 1})),
    ]
    codes = {(await api.errors(PAGE, after=cursor))[0]["extensions"]["code"] for cursor in cursors}
    harmless, _ = await page(api, after=forged(1, "2026-02-09T12:01:00", pk))  # no zone: ours say one

    assert {"VALIDATION_FAILED"} == codes
    assert [] == harmless


async def test_filters(api: Api) -> None:
    """Each filter narrows the list, all of them together narrow it to what fits all, and counts agree."""
    done = await api.done(labels=["a", "b"])
    failed = await api.done("crash", labels=["b"])
    queued = await api.chore("WAIT", options={"labels": ["a"]})
    moment = datetime.now(UTC)
    after, before = (moment - timedelta(hours=1)).isoformat(), (moment + timedelta(hours=1)).isoformat()
    expected: list[tuple[dict[str, Any], set[str]]] = [
        ({}, {done, failed, queued}),
        ({"kind": "echo"}, {done, failed}),
        ({"kind": "nothing"}, set()),
        ({"status": ["COMPLETED", "QUEUED", "QUEUED"]}, {done, queued}),
        ({"status": []}, {done, failed, queued}),
        ({"label": "b"}, {done, failed}),
        ({"label": "c"}, set()),
        ({"createdBy": "anybody"}, {done, failed, queued}),
        ({"createdBy": "somebody"}, set()),
        ({"submittedAfter": after}, {done, failed, queued}),
        ({"submittedAfter": before}, set()),
        ({"submittedBefore": before}, {done, failed, queued}),
        ({"submittedBefore": after}, set()),
        (
            {
                "kind": "echo",
                "status": ["COMPLETED", "FAILED"],
                "label": "a",
                "createdBy": "anybody",
                "submittedAfter": after,
                "submittedBefore": before,
            },
            {done},
        ),
    ]
    for wanted, fitting in expected:
        ids = await every_page(api, filter=wanted, first=1)
        assert fitting == set(ids), wanted
        counted = await api.ask(
            "query($filter: RunFilter) { runs(filter: $filter) { totalCount } }", filter=wanted
        )
        assert len(fitting) == counted["runs"]["totalCount"], wanted


@pytest.mark.parametrize(
    "moment",
    ["2026-02-09T12:01:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "yesterday", ""],
)
async def test_moments_that_are_refused(sqlite_api: Api, moment: str) -> None:
    """A moment without a zone, outside the calendar, or that is none at all is refused."""
    for field in ("submittedAfter", "submittedBefore"):
        code = await sqlite_api.code(PAGE, filter={field: moment})
        assert code in {"VALIDATION_FAILED", "BAD_INPUT"}


async def test_total_is_counted_only_when_asked_for(sqlite_api: Api) -> None:
    """A page without `totalCount` costs one statement, and with it one more, which counts."""
    await sqlite_api.echo()
    with recording() as plain:
        await page(sqlite_api)
    with recording() as counted:
        await sqlite_api.ask("{ runs { totalCount edges { node { runId } } } }")

    assert (1, 0) == (plain.count, plain.naming("count("))
    assert (2, 1) == (counted.count, counted.naming("count("))


async def test_statements_do_not_grow_with_runs(api: Api) -> None:
    """A list with labels, artifacts and places in the queue costs as many statements for 100 runs as for 1."""
    query = """query($first: Int!) { runs(first: $first) { totalCount edges { node {
      id runId progress { percent } labels artifacts { name } queuePosition estimatedStart error { code }
    } } } }"""
    await api.done()
    for at in range(5):
        await asyncio.gather(*(api.echo(labels=[f"{at}", f"{at}-{each}"]) for each in range(20)))
    counts = []
    for first in (1, 10, 100):
        with recording() as sent:
            assert first == len((await api.ask(query, first=first))["runs"]["edges"])
        counts.append(sent.count)

    assert [6, 6, 6] == counts


async def test_other_workspaces_are_not_seen(api: Api) -> None:
    """Runs of another workspace are neither listed nor found by id; an unknown one is an empty one."""

    def open_workspace(session: Any) -> None:
        session.add(Workspace(name="other"))

    await api.house.write(open_workspace)
    theirs = await api.echo(workspace="other")
    listed = "query($w: String!) { runs(workspace: $w) { totalCount edges { node { runId } } } }"

    assert "NOT_FOUND" == await api.code("query($id: String!) { run(runId: $id) { runId } }", id=theirs)
    assert {"runs": {"totalCount": 0, "edges": []}} == await api.ask(listed, w="main")
    assert {"runs": {"totalCount": 1, "edges": [{"node": {"runId": theirs}}]}} == await api.ask(
        listed, w="other"
    )
    assert {"runs": {"totalCount": 0, "edges": []}} == await api.ask(listed, w="nowhere")


async def test_an_unknown_run(sqlite_api: Api) -> None:
    """A run that does not exist is null, with an error that is coded NOT_FOUND."""
    answer = (await sqlite_api.post('{ run(runId: "nobody") { runId } }')).json()

    assert {"run": None} == answer["data"]
    assert ("NOT_FOUND", ["run"]) == (answer["errors"][0]["extensions"]["code"], answer["errors"][0]["path"])


async def test_the_queue_drains(api: Api) -> None:
    """The place in the queue falls as runs ahead end, and says when the run may start once that is known."""
    first, second, third = [await api.echo() for _ in range(3)]
    places = [(await api.ask(PLACE, id=each))["run"]["queuePosition"] for each in (first, second, third)]
    unknown = (await api.ask(PLACE, id=third))["run"]["estimatedStart"]
    await api.execute(first)
    after_one = (await api.ask(PLACE, id=third))["run"]
    await api.execute(second)
    after_two = (await api.ask(PLACE, id=third))["run"]
    await api.execute(third)
    ended = (await api.ask(PLACE, id=third))["run"]

    assert [1, 2, 3] == places
    assert unknown is None
    assert (2, 1) == (after_one["queuePosition"], after_two["queuePosition"])
    assert after_one["estimatedStart"] > datetime.now(UTC).isoformat()[:10]
    assert {"queuePosition": None, "estimatedStart": None, "status": "COMPLETED"} == ended


async def test_priorities_decide_about_places(sqlite_api: Api) -> None:
    """A run that matters more stands before those that were there first."""
    late = await sqlite_api.echo(priority=5)
    soon = await sqlite_api.echo(priority=1)

    assert 1 == (await sqlite_api.ask(PLACE, id=soon))["run"]["queuePosition"]
    assert 2 == (await sqlite_api.ask(PLACE, id=late))["run"]["queuePosition"]


async def test_progress(api: Api) -> None:
    """Progress is nothing before the start, known while it runs, and whole at the end."""
    query = """query($id: String!) { run(runId: $id) {
      progress { percent stage elapsedSeconds estimatedRemainingSeconds }
    } }"""
    run_id = await api.chore("WAIT", path="nowhere")
    queued = (await api.ask(query, id=run_id))["run"]["progress"]
    row = await api.house.by_id(run_id)
    assert row
    task = await api.house.running(row)

    async def is_working() -> bool:
        return bool((await api.ask(query, id=run_id))["run"]["progress"]["stage"] == "WORK")

    await api.house.until(is_working)
    running = (await api.ask(query, id=run_id))["run"]["progress"]
    await api.ask("mutation($id: String!) { stopRun(runId: $id) { __typename } }", id=run_id)
    await task
    done = (await api.ask(query, id=await api.done()))["run"]["progress"]

    assert {"percent": 0, "stage": None, "elapsedSeconds": None, "estimatedRemainingSeconds": None} == queued
    assert 0 < running["percent"] < 100
    assert running["elapsedSeconds"] > 0
    assert running["estimatedRemainingSeconds"] is not None
    assert (100, None) == (done["percent"], done["estimatedRemainingSeconds"])


async def test_results(api: Api) -> None:
    """A result is of the type of its kind; early it is RUN_NOT_READY, after a failure it is null."""
    run_id = await api.echo()
    (early,) = await api.errors(RESULT, id=run_id)
    await api.execute(run_id)
    failed = await api.done("crash")

    assert ("RUN_NOT_READY", True) == (early["extensions"]["code"], early["extensions"]["retryable"])
    assert {"__typename": "EchoResult", "kind": "echo", "word": "hello"} == (await api.ask(RESULT, id=run_id))[
        "run"
    ]["result"]
    assert (await api.ask(RESULT, id=failed))["run"]["result"] is None
    gaps = await api.chore("GAPS")
    await api.execute(gaps)
    shown = await api.ask(
        "query($id: String!) { run(runId: $id) { status result { ... on ChoreResult { gaps } } } }",
        id=gaps,
    )
    assert {
        "status": "COMPLETED_WITH_GAPS",
        "result": {"gaps": ["something"]},
    } == shown["run"]


async def test_why_it_ended(sqlite_api: Api) -> None:
    """The reason of an end is null before it, then what the run ended as, or the code of its error."""
    query = "query($id: String!) { run(runId: $id) { finishReason } }"
    queued = await sqlite_api.echo()
    before = await sqlite_api.ask(query, id=queued)
    await sqlite_api.ask("mutation($id: String!) { stopRun(runId: $id) { __typename } }", id=queued)
    ended = (queued, await sqlite_api.done(), await sqlite_api.done("crash"))
    after = [(await sqlite_api.ask(query, id=run_id))["run"]["finishReason"] for run_id in ended]

    assert {"run": {"finishReason": None}} == before
    assert ["STOPPED", "COMPLETED", "INTERNAL"] == after


async def test_artifacts(api: Api) -> None:
    """What a run keeps is told by name, digest, size as text and media type."""
    texts = [{"name": "a.sql", "sql": "SELECT FROM WHERE"}]
    accepted = await api.submit({"lineage": {"texts": texts, "dialect": "DUCKDB"}})
    await api.execute(accepted["runId"])
    query = """query($id: String!) { run(runId: $id) {
      status artifacts { name sha256 sizeBytes mediaType } result { ... on LineageResult { gaps { line } } }
    } }"""
    run = (await api.ask(query, id=accepted["runId"]))["run"]
    (artifact,) = run["artifacts"]

    assert ("COMPLETED_WITH_GAPS", [{"line": 1}]) == (run["status"], run["result"]["gaps"])
    assert ("gaps.json", "application/json") == (artifact["name"], artifact["mediaType"])
    assert re.fullmatch(r"[0-9a-f]{64}", artifact["sha256"])
    assert re.fullmatch(r"[1-9][0-9]*", artifact["sizeBytes"])


async def test_results_of_a_kind_that_is_gone(sqlite_api: Api) -> None:
    """The result of a run whose kind this service no longer has is null, and cannot be had again."""
    run_id = await sqlite_api.done()

    def rename(session: Any) -> None:
        session.execute(update(Run).values(kind="gone"))

    await sqlite_api.house.write(rename)
    retried = await sqlite_api.ask(
        "mutation($id: String!) { retryRun(runId: $id) { ... on InvalidParamsRefusal { field message } } }",
        id=run_id,
    )

    assert (await sqlite_api.ask(RESULT, id=run_id))["run"]["result"] is None
    assert "runId" == retried["retryRun"]["field"]


async def test_events_for_those_who_poll(api: Api) -> None:
    """The events of a run can be read in pages by number, as the subscription delivers them."""
    query = """query($id: String!, $after: Int! = 0, $first: Int! = 100) { run(runId: $id) {
      events(after: $after, first: $first) { __typename seq at attempt }
    } }"""
    run_id = await api.done()
    everything = (await api.ask(query, id=run_id))["run"]["events"]
    rest = (await api.ask(query, id=run_id, after=1, first=1))["run"]["events"]

    assert ["RunAccepted", "RunStarted", "RunFinished"] == [event["__typename"] for event in everything]
    assert [(1, 0), (2, 1), (3, 1)] == [(event["seq"], event["attempt"]) for event in everything]
    assert everything[1:2] == rest
    assert [] == (await api.ask(query, id=run_id, after=99))["run"]["events"]
    for wrong in ({"after": -1}, {"first": 0}, {"first": 101}):
        assert "VALIDATION_FAILED" == await api.code(query, id=run_id, **wrong)
