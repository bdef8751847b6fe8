"""Queries that a workspace keeps by name: saved, listed, run again and forgotten."""

from typing import Any

import pytest

from db.clearing import begin_clearing
from jobs.pipelines.query.values import MAX_SQL_BYTES
from tests.graph.api import Api
from tests.graph.test_rights import code_in

SAVE = """mutation Save($name: String!, $sql: String!, $description: String! = "") {
  saveQuery(name: $name, sql: $sql, description: $description) {
    __typename
    ... on SavedQuery { name sql engine description savedBy }
    ... on InvalidParamsRefusal { field }
    ... on Refusal { code }
  }
}"""
LIST = """query List($first: Int! = 50, $after: String) {
  savedQueries(first: $first, after: $after) {
    edges { node { name sql } } pageInfo { hasNextPage endCursor }
  }
}"""
RUN = """mutation Again($name: String!, $params: JSON, $rowLimit: Int! = 10000) {
  runSavedQuery(name: $name, params: $params, rowLimit: $rowLimit) {
    __typename ... on Run { runId labels kind } ... on Refusal { code } ... on InvalidParamsRefusal { field }
  }
}"""
DELETE = """mutation Forget($name: String!) {
  deleteSavedQuery(name: $name) { __typename ... on SavedQueryDeleted { name } ... on Refusal { code } }
}"""
ONE = "query One($name: String!) { savedQuery(name: $name) { name sql } }"


async def saved(api: Api, name: str, sql: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.ask(SAVE, name=name, sql=sql, **more))["saveQuery"]
    return answer


async def names(api: Api, **more: Any) -> list[str]:
    return [edge["node"]["name"] for edge in (await api.ask(LIST, **more))["savedQueries"]["edges"]]


async def test_keep_and_forget(api: Api) -> None:
    """A query is kept as it was given, found in whatever capitals, replaced by its name, and forgotten."""
    first = await saved(api, " Daily sales ", "SELECT 1", description="for Monday")
    await saved(api, "DAILY SALES", "SELECT 2")
    await saved(api, "all", "SELECT 3")

    assert ("Daily sales", "SELECT 1", "DUCKDB", "for Monday", "anybody") == tuple(
        first[name] for name in ("name", "sql", "engine", "description", "savedBy")
    )
    page = (await api.ask(LIST, first=1))["savedQueries"]
    assert (["all"], True) == ([page["edges"][0]["node"]["name"]], page["pageInfo"]["hasNextPage"])
    assert ["DAILY SALES"] == await names(api, after=page["pageInfo"]["endCursor"])
    one = await api.ask(ONE, name="daily sales")
    assert {"name": "DAILY SALES", "sql": "SELECT 2"} == one["savedQuery"]
    assert "SavedQueryDeleted" == (await api.ask(DELETE, name="ALL"))["deleteSavedQuery"]["__typename"]
    assert "NOT_FOUND" == (await api.ask(DELETE, name="all"))["deleteSavedQuery"]["code"]
    assert "NOT_FOUND" == await api.code(ONE, name="all")


async def test_run_again(api: Api) -> None:
    """A run of a saved query holds its statement with the values given, and is labelled with its name."""
    await saved(api, "Above", "SELECT n FROM range(10) AS r(n) WHERE n > $least")
    run = (await api.ask(RUN, name="above", params={"least": 7}))["runSavedQuery"]
    await saved(api, "Above", "SELECT 1")

    assert ("query", ["saved: Above"]) == (run["kind"], run["labels"])
    told = await api.ask(
        """query Run($runId: String!) {
          run(runId: $runId) { input }
          runs(filter: {label: "saved: Above"}) { edges { node { runId } } }
        }""",
        runId=run["runId"],
    )
    assert {"least": 7} == told["run"]["input"]["params"]
    assert told["run"]["input"]["sql"].endswith("n > $least")
    assert [run["runId"]] == [edge["node"]["runId"] for edge in told["runs"]["edges"]]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"sql": " "}, "sql"),
        ({"sql": "x" * (MAX_SQL_BYTES + 1)}, "sql"),
        ({"description": "x" * 1_001}, "description"),
    ],
)
async def test_what_is_refused(sqlite_api: Api, more: dict[str, str], field: str) -> None:
    """A name that is none, no statement, and too much of anything are refused by field; nothing is kept."""
    refused = await saved(sqlite_api, **({"name": "n", "sql": "SELECT 1"} | more))

    assert ("VALIDATION_FAILED", field) == (refused["code"], refused["field"])
    assert [] == await names(sqlite_api)


async def test_what_cannot_run(sqlite_api: Api) -> None:
    """A name that nobody kept, and params that are none, make no run."""
    await saved(sqlite_api, "kept", "SELECT 1")
    unknown = await sqlite_api.ask(RUN, name="unknown")
    wrong = await sqlite_api.ask(RUN, name="kept", params="text")
    many = await sqlite_api.ask(RUN, name="kept", rowLimit=0)

    assert "NOT_FOUND" == unknown["runSavedQuery"]["code"]
    assert ["params", "rowLimit"] == [each["runSavedQuery"]["field"] for each in (wrong, many)]
    assert [] == (await sqlite_api.ask("{ runs { edges { cursor } } }"))["runs"]["edges"]


async def test_a_workspace_that_is_cleared(sqlite_api: Api) -> None:
    """While a workspace is cleared nothing is kept in it."""
    await sqlite_api.house.write(lambda session: begin_clearing(session, "main"))
    answer = (await sqlite_api.post(SAVE, {"name": "n", "sql": "SELECT 1"})).json()

    assert "BUSY" == code_in(answer)
