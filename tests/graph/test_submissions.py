"""Submitting, stopping, retrying and deleting runs, as clients do it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from db.models import Workspace
from tests.graph.api import SUBMIT, Api, open_api

SHOWN = """
query Shown($runId: String!) {
  run(runId: $runId) {
    runId kind status workspace createdBy idempotencyKey retryOf priority slots timeoutSeconds attempt labels
    lastSeq submittedAt startedAt finishedAt error { code } result { kind }
  }
}"""
REFUSAL = "... on Refusal { code message hint retryable timestamp }"
STOP = f"mutation($id: String!) {{ stopRun(runId: $id) {{ __typename ... on Run {{ status }} {REFUSAL} }} }}"
RETRY = f"""mutation($id: String!) {{
  retryRun(runId: $id) {{ __typename ... on Run {{ runId retryOf status labels }} {REFUSAL} }}
}}"""
DELETE = f"""mutation($id: String!) {{
  deleteRun(runId: $id) {{ __typename ... on RunDeleted {{ runId }} {REFUSAL} }}
}}"""


async def test_all_options(api: Api) -> None:
    """A run keeps all that it was submitted with, and is queued at once."""
    accepted = await api.submit(
        {"echo": {"word": "hello"}},
        runId="mine.1",
        idempotencyKey="key 1",
        workspace="main",
        labels=["b", "a", "b"],
        priority=2,
        slots=3,
        timeoutSeconds=60,
    )
    run = (await api.ask(SHOWN.replace("result { kind }", ""), runId="mine.1"))["run"]

    assert ("mine.1", "QUEUED") == (accepted["runId"], accepted["status"])
    assert ["a", "b"] == run["labels"]
    assert ("echo", "main", "anybody", "key 1") == (
        run["kind"],
        run["workspace"],
        run["createdBy"],
        run["idempotencyKey"],
    )
    assert (2, 3, 60, 0, 1) == (
        run["priority"],
        run["slots"],
        run["timeoutSeconds"],
        run["attempt"],
        run["lastSeq"],
    )
    assert (None, None, None, None) == (run["retryOf"], run["startedAt"], run["finishedAt"], run["error"])


async def test_made_up_ids_are_all_different(sqlite_api: Api) -> None:
    """Fifty runs submitted within a second get fifty ids."""
    ids = await asyncio.gather(*(sqlite_api.echo() for _ in range(50)))

    assert 50 == len(set(ids))


def lineage(sql: str, name: str = "a", **more: str) -> dict[str, Any]:
    return {"lineage": {"texts": [{"name": name, "sql": sql}], "dialect": "DUCKDB", **more}}


UNACCEPTABLE: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"echo": {"word": ""}}, {}, "word"),
    ({"echo": {"word": "a\0b"}}, {}, "word"),
    ({"lineage": {"texts": [], "dialect": "DUCKDB"}}, {}, "texts"),
    (lineage(" "), {}, "texts[0].sql"),
    (lineage("x\0"), {}, "texts[0].sql"),
    (lineage("x", name=""), {}, "texts[0].name"),
    (lineage("x", defaultSchema="\n"), {}, "defaultSchema"),
    (lineage("x", namespace="\0"), {}, "namespace"),
    *(
        ({"echo": {"word": "hello"}}, {name: value}, field)
        for name, value, field in (
            ("runId", "a/b", "runId"),
            ("runId", "../etc", "runId"),
            ("runId", "", "runId"),
            ("runId", "x" * 65, "runId"),
            ("runId", "a\0", "runId"),
            ("runId", "ü", "runId"),
            ("idempotencyKey", "", "idempotencyKey"),
            ("idempotencyKey", "\x1b[2J", "idempotencyKey"),
            ("idempotencyKey", "k" * 201, "idempotencyKey"),
            ("labels", [str(number) for number in range(21)], "labels"),
            ("labels", [""], "labels"),
            ("labels", ["a", "b\0"], "labels[1]"),
            ("labels", ["x" * 101], "labels"),
            ("priority", 0, "priority"),
            ("priority", 9, "priority"),
            ("slots", 0, "slots"),
            ("slots", 11, "slots"),
            ("timeoutSeconds", 0, "timeoutSeconds"),
            ("timeoutSeconds", 86_401, "timeoutSeconds"),
            ("workspace", "\0", "workspace"),
        )
    ),
]


async def test_what_is_refused(sqlite_api: Api) -> None:
    """A value that is not acceptable is refused with its field, and nothing is written."""
    refused = [await sqlite_api.submit(run, **options) for run, options, _ in UNACCEPTABLE]

    assert {("InvalidParamsRefusal", "VALIDATION_FAILED", False)} == {
        (each["__typename"], each["code"], each["retryable"]) for each in refused
    }
    assert [field for *_, field in UNACCEPTABLE] == [each["field"] for each in refused]
    assert all(each["message"].startswith(f"{each['field']} ") and each["timestamp"] for each in refused)
    assert {"runs": {"totalCount": 0}} == await sqlite_api.ask("{ runs { totalCount } }")


async def test_what_is_no_input_at_all(sqlite_api: Api) -> None:
    """No kind, two kinds, an unknown kind, field or dialect: an error that says so, and nothing is written."""
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "exactly one"),
        ({"nothing": {}}, "nothing"),
        ({"echo": None}, "null"),
        ({"echo": {"word": "a"}, "lineage": {"texts": [], "dialect": "DUCKDB"}}, "exactly one"),
        ({"echo": {"word": 5}}, ".echo.word"),
        ({"echo": {"word": "a", "volume": 11}}, "volume"),
        ({"lineage": {"texts": [], "dialect": "COBOL"}}, "COBOL"),
    ]
    for run, words in wrong:
        (error,) = await sqlite_api.errors(SUBMIT, run=run)

        assert "BAD_INPUT" == error["extensions"]["code"]
        assert words in error["message"]
    assert {"runs": {"totalCount": 0}} == await sqlite_api.ask("{ runs { totalCount } }")


async def test_an_unknown_workspace(api: Api) -> None:
    """A run for a workspace that does not exist is refused."""
    refused = await api.submit({"echo": {"word": "hello"}}, workspace="elsewhere")

    assert ("NotFoundRefusal", "NOT_FOUND") == (refused["__typename"], refused["code"])
    assert refused["hint"]


async def test_too_many_runs(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Above the limit of unfinished runs a submission is refused, with the numbers; it may succeed later."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_unfinished_runs="1") as api:
        first = await api.echo()
        refused = await api.submit({"echo": {"word": "hello"}})
        await api.execute(first)

        assert ("TooManyRunsRefusal", "RATE_LIMITED", 1, 1) == (
            refused["__typename"],
            refused["code"],
            refused["unfinished"],
            refused["allowed"],
        )
        assert refused["hint"]
        assert await api.echo()


async def test_twenty_parallel_submissions_of_one_id(api: Api) -> None:
    """The same id with the same input, sent twenty times at once, is one run."""
    every = await asyncio.gather(*(api.submit({"echo": {"word": "a"}}, runId="one") for _ in range(20)))

    assert 1 == len({run["id"] for run in every})
    assert {"runs": {"totalCount": 1}} == await api.ask("{ runs { totalCount } }")
    await api.execute("one")
    assert 1 == await api.house.said("a")


async def test_twenty_parallel_submissions_of_one_key(api: Api) -> None:
    """The same idempotency key with the same input, sent twenty times at once, is one run."""
    every = await asyncio.gather(
        *(api.submit({"echo": {"word": "a"}}, idempotencyKey="one") for _ in range(20))
    )

    assert 1 == len({run["runId"] for run in every})


@pytest.mark.parametrize("field", ["runId", "idempotencyKey"])
async def test_the_same_id_with_another_input(api: Api, field: str) -> None:
    """An id or a key that belongs to another input is refused, however many come at once."""
    every = await asyncio.gather(
        *(api.submit({"echo": {"word": word}}, **{field: "one"}) for word in ("a", "b") * 5)
    )
    accepted = [each for each in every if each["__typename"] == "Run"]
    refused = [each for each in every if each["__typename"] != "Run"]

    assert (5, 5) == (len(accepted), len(refused))
    assert 1 == len({run["runId"] for run in accepted})
    assert {("DuplicateRunIdRefusal", "DUPLICATE_RUN_ID", field)} == {
        (each["__typename"], each["code"], each["field"]) for each in refused
    }


async def test_the_same_id_in_another_workspace(api: Api) -> None:
    """Run ids are unique within their workspace only."""

    def open_workspace(session: Any) -> None:
        session.add(Workspace(name="other"))

    await api.house.write(open_workspace)
    here = await api.submit({"echo": {"word": "a"}}, runId="one")
    there = await api.submit({"echo": {"word": "b"}}, runId="one", workspace="other")

    assert here["id"] != there["id"]


async def test_stop_a_queued_run(api: Api) -> None:
    """A queued run stops at once; stopping it again changes nothing."""
    run_id = await api.echo()

    once = (await api.ask(STOP, id=run_id))["stopRun"]
    again = (await api.ask(STOP, id=run_id))["stopRun"]
    run = (await api.ask(SHOWN, runId=run_id))["run"]

    assert {"__typename": "Run", "status": "STOPPED"} == once == again
    assert (2, None, None) == (run["lastSeq"], run["error"], run["result"])
    assert run["finishedAt"]


async def test_stop_a_running_run(api: Api) -> None:
    """A running run is asked to stop, and soon has; its end is not changed by asking again."""
    run_id = await api.chore("WAIT")
    row = await api.house.by_id(run_id)
    assert row
    task = await api.house.running(row)

    assert "RUNNING" == (await api.ask(STOP, id=run_id))["stopRun"]["status"]
    await task

    assert "STOPPED" == (await api.ask(STOP, id=run_id))["stopRun"]["status"]


async def test_stopping_an_ended_run_changes_nothing(sqlite_api: Api) -> None:
    """A completed run stays completed when somebody asks it to stop."""
    run_id = await sqlite_api.done()

    assert "COMPLETED" == (await sqlite_api.ask(STOP, id=run_id))["stopRun"]["status"]


async def test_retry(api: Api) -> None:
    """An ended run can be tried again as a new run with the same input; a queued one cannot."""
    run_id = await api.echo("crash")
    early = (await api.ask(RETRY, id=run_id))["retryRun"]
    await api.execute(run_id)
    retried = (await api.ask(RETRY, id=run_id))["retryRun"]
    await api.execute(retried["runId"])

    assert ("RunNotReadyRefusal", "RUN_NOT_READY", True) == (
        early["__typename"],
        early["code"],
        early["retryable"],
    )
    assert (run_id, "QUEUED") == (retried["retryOf"], retried["status"])
    assert run_id != retried["runId"]
    assert "INTERNAL" == (await api.ask(SHOWN, runId=retried["runId"]))["run"]["error"]["code"]


async def test_delete(api: Api) -> None:
    """An ended run can be deleted and is then unknown; an unfinished one cannot."""
    run_id = await api.echo()
    early = (await api.ask(DELETE, id=run_id))["deleteRun"]
    await api.execute(run_id)

    assert "RunNotReadyRefusal" == early["__typename"]
    assert {"__typename": "RunDeleted", "runId": run_id} == (await api.ask(DELETE, id=run_id))["deleteRun"]
    assert "NotFoundRefusal" == (await api.ask(DELETE, id=run_id))["deleteRun"]["__typename"]
    assert "NOT_FOUND" == await api.code(SHOWN, runId=run_id)


@pytest.mark.parametrize(("mutation", "field"), [(STOP, "stopRun"), (RETRY, "retryRun"), (DELETE, "deleteRun")])
async def test_unknown_runs(sqlite_api: Api, mutation: str, field: str) -> None:
    """Stopping, retrying or deleting a run that does not exist is refused as NOT_FOUND."""
    refused = (await sqlite_api.ask(mutation, id="nobody"))[field]

    assert ("NotFoundRefusal", "NOT_FOUND", False) == (
        refused["__typename"],
        refused["code"],
        refused["retryable"],
    )


TOGETHER = """
mutation Together($runs: [RunSubmissionInput!]!) {
  submitRuns(runs: $runs) {
    result { __typename ... on Run { runId } ... on Refusal { code } ... on InvalidParamsRefusal { field } }
  }
}"""


async def test_several_together(api: Api) -> None:
    """Of several runs each is accepted or refused for itself; the outcomes come in the order of the runs."""
    asked = [
        {"run": {"echo": {"word": "a"}}, "options": {"runId": "a"}},
        {"run": {"echo": {"word": "b"}}, "options": {"priority": 9}},
        {"run": {"echo": {"word": "c"}}, "options": {"workspace": "nowhere"}},
        {"run": {"echo": {"word": "d"}}, "options": {"runId": "a"}},
        {"run": {"echo": {"word": "e"}}},
    ]
    outcomes = [each["result"] for each in (await api.ask(TOGETHER, runs=asked))["submitRuns"]]

    assert ["Run", "InvalidParamsRefusal", "NotFoundRefusal", "DuplicateRunIdRefusal", "Run"] == [
        each["__typename"] for each in outcomes
    ]
    assert ("a", "priority") == (outcomes[0]["runId"], outcomes[1]["field"])
    assert "VALIDATION_FAILED" == await api.code(TOGETHER, runs=[])
    assert "VALIDATION_FAILED" == await api.code(TOGETHER, runs=asked[-1:] * 51)
