"""Clearing a workspace, as clients see it."""

from functools import partial
from typing import Any

from db.clearing import begin_clearing
from db.models import Workspace
from tests.graph.api import Api

CLEAR = """
mutation Clear($workspace: String!, $confirm: String!) {
  clearWorkspace(workspace: $workspace, confirm: $confirm) {
    __typename
    ... on WorkspaceCleared { workspace cleared { what count } }
    ... on Refusal { code message hint retryable }
    ... on InvalidParamsRefusal { field }
    ... on WorkspaceBusyRefusal { holder }
  }
}"""
RETRY = """
mutation Retry($id: String!) {
  retryRun(runId: $id) { __typename ... on WorkspaceBusyRefusal { code holder } }
}"""


UPLOAD = """
mutation Upload {
  createUpload(name: "a.sql", size: "8") { __typename ... on WorkspaceBusyRefusal { code holder } }
}"""


async def clear(api: Api, workspace: str = "main", confirm: str = "main") -> dict[str, Any]:
    told: dict[str, Any] = (await api.ask(CLEAR, workspace=workspace, confirm=confirm))["clearWorkspace"]
    return told


def counts(told: dict[str, Any]) -> dict[str, int]:
    return {each["what"]: int(each["count"]) for each in told["cleared"]}


async def test_clearing(api: Api) -> None:
    """Clearing a workspace tells what went; its runs are gone, and the second time there is nothing."""
    await api.house.write(lambda session: session.add(Workspace(name="theirs")))
    run_id, theirs = await api.done(), await api.echo(workspace="theirs")

    told = await clear(api)

    assert ("WorkspaceCleared", "main") == (told["__typename"], told["workspace"])
    assert (1, 3) == (counts(told)["runs"], counts(told)["events"])
    query = "query($id: String!, $in: String!) { run(runId: $id, workspace: $in) { runId } }"
    asked = {"id": run_id, "in": "main"}
    assert "NOT_FOUND" == await api.code(query, **asked)
    assert theirs == (await api.ask(query, **{"id": theirs, "in": "theirs"}))["run"]["runId"]
    assert {0} == set(counts(await clear(api)).values())
    assert await api.echo()


async def test_clearing_that_is_refused(sqlite_api: Api) -> None:
    """Without its name, without a workspace, and while runs are unfinished, nothing is cleared."""
    run_id = await sqlite_api.echo()

    unsure = await clear(sqlite_api, confirm="yes")
    nowhere = await clear(sqlite_api, "nowhere", "nowhere")
    busy = await clear(sqlite_api)

    assert ("InvalidParamsRefusal", "confirm") == (unsure["__typename"], unsure["field"])
    assert ("NotFoundRefusal", "NOT_FOUND") == (nowhere["__typename"], nowhere["code"])
    assert ("WorkspaceBusyRefusal", "BUSY", True, run_id) == tuple(
        busy[name] for name in ("__typename", "code", "retryable", "holder")
    )
    assert run_id in busy["message"]


async def test_runs_while_it_is_cleared(sqlite_api: Api) -> None:
    """A workspace that is being cleared refuses runs, uploads, retries and clears as BUSY."""
    run_id = await sqlite_api.done()
    await sqlite_api.house.write(partial(begin_clearing, workspace="main"))

    submitted = await sqlite_api.submit({"echo": {"word": "hello"}})
    announced = (await sqlite_api.ask(UPLOAD))["createUpload"]
    retried = (await sqlite_api.ask(RETRY, id=run_id))["retryRun"]
    cleared = await clear(sqlite_api)

    for told in (submitted, announced, retried, cleared):
        assert ("WorkspaceBusyRefusal", "BUSY") == (told["__typename"], told["code"])
    assert None is cleared["holder"]
