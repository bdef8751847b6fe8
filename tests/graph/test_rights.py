"""Who may do what where: every field of the API, by every role, over HTTP and sockets."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.roles import EVERYWHERE, Role
from graph.rights import NEEDS, Need
from graph.schema import schema
from tests.graph.api import Api, open_api
from tests.graph.questions import ASKED

PROXIES = '["127.0.0.1"]'
BOSS = "boss@example.org"
SET = """
mutation Set($principal: String!, $role: WorkspaceRole!, $sees: Boolean! = true, $workspace: String! = "main") {
  setMember(principal: $principal, role: $role, seesDefinitions: $sees, workspace: $workspace) {
    __typename
    ... on Member { principal role seesDefinitions addedBy }
    ... on Refusal { code message }
  }
}"""
KEY = """
mutation Key($name: String! = "ci", $scopes: [KeyScopeInput!]!, $until: DateTime) {
  createApiKey(name: $name, scopes: $scopes, expiresAt: $until) {
    __typename
    ... on ApiKeyCreated { secret key { keyId principal createdBy scopes { workspace role } } }
    ... on Refusal { code message }
  }
}"""
OWN_NEEDS: Mapping[str, Role | None] = {
    "auditExport": Role.ADMIN,
    "auditLog": Role.ADMIN,
    "createApiKey": Role.ADMIN,
    "deleteWatch": None,
    "revokeApiKey": None,
    "submitRun": Role.RUNNER,
    "submitRuns": Role.RUNNER,
    "watch": None,
}
STREAMED = {"lineageFeed", "runEvents", "runFeed"}


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody whom the proxy names, or nobody."""

    api: Api
    name: str

    async def post(self, query: str, **variables: Any) -> httpx.Response:
        headers = {"X-Forwarded-User": self.name}
        body = {"query": query, "variables": variables}
        return await self.api.client.post("/graphql", json=body, headers=headers)

    async def ask(self, query: str, **variables: Any) -> Any:
        answer = (await self.post(query, **variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def code(self, query: str, **variables: Any) -> str | None:
        return code_in((await self.post(query, **variables)).json())


def code_in(answer: Mapping[str, Any]) -> str | None:
    """The code of an answer's error or refusal; None if it has neither."""
    for error in answer.get("errors", ()):
        return str(error["extensions"]["code"])
    (payload,) = (answer.get("data") or {"": None}).values()
    if isinstance(payload, list) and payload and "result" in payload[0]:
        payload = payload[0]["result"]
    return payload.get("code") if isinstance(payload, dict) else None


@asynccontextmanager
async def house_of(url: str, redis_url: str, folder: Path, **more: str) -> AsyncIterator[Api]:
    """An API behind a proxy, with one operator."""
    settings = {"trusted_proxies": PROXIES, "operators": json.dumps([BOSS])} | more
    async with open_api(url, redis_url, folder, **settings) as api:
        yield api


@pytest.fixture
async def proxied(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """An API behind a proxy, on each kind of database."""
    async with house_of(database_url, redis_url, tmp_path) as api:
        yield api


def question(field: str, workspace: str) -> str:
    return ASKED[field].replace('"W"', f'"{workspace}"').replace("...r", "__typename ... on Refusal { code }")


def test_every_field_needs_something() -> None:
    """Each field of the roots says what it needs, and nothing says so that is no field."""
    roots = schema._schema  # noqa: SLF001 - Strawberry shows the roots nowhere else
    fields = [
        name
        for root in (roots.query_type, roots.mutation_type, roots.subscription_type)
        if root is not None
        for name in root.fields
    ]

    assert sorted(fields) == sorted(NEEDS)
    assert {"node", "nodes"} == NEEDS.keys() - ASKED.keys()
    assert OWN_NEEDS.keys() | {"node", "nodes"} == {name for name, need in NEEDS.items() if need is Need.OWN}


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_the_matrix(proxied: Api, transport: str) -> None:
    """Each role may ask for just what needs that role or less; who is no member is told of no workspace."""
    boss = Asker(proxied, BOSS)
    people: dict[str, Role | None] = {role.value: role for role in Role} | {"stranger": None}
    for name, role in people.items():
        if role is not None:
            await boss.ask(SET, principal=name, role=role.name)

    for name, role in people.items():
        for field, need in NEEDS.items():
            if field not in ASKED or (field in STREAMED and transport == "http"):
                continue
            wanted = OWN_NEEDS.get(field) if need is Need.OWN else need
            code = await asked(proxied, name, question(field, "main"), transport)
            if need is Need.OPERATOR:
                assert "FORBIDDEN" == code, (name, field)
            elif not isinstance(wanted, Role):
                assert code in {None, "NOT_FOUND"}, (name, field)
            elif role is None:
                assert "NOT_FOUND" == code, (name, field)
            elif role.rank < wanted.rank:
                assert "FORBIDDEN" == code, (name, field)
            else:
                assert "FORBIDDEN" != code, (name, field)


async def asked(api: Api, name: str, query: str, transport: str) -> str | None:
    """The code of what somebody is answered."""
    if transport == "http":
        return await Asker(api, name).code(query)
    async with api.socket(additional_headers={"X-Forwarded-User": name}) as wire:
        await wire.start(query)
        message = await wire.hear()
        payload = message["payload"]
        return code_in({"errors": payload} if message["type"] == "error" else payload)


async def test_walls(proxied: Api) -> None:
    """What belongs to another workspace is as if it were not there: by name, by id, in lists and in counts."""
    boss, ada = Asker(proxied, BOSS), Asker(proxied, "ada")
    await boss.ask('mutation { createWorkspace(name: "secret") { __typename } }')
    await boss.ask(SET, principal="ada", role="ADMIN")
    made = await boss.ask(
        'mutation { submitRun(run: {echo: {word: "a"}}, options: {workspace: "secret"}) { ... on Run { id } } }'
    )
    run = made["submitRun"]
    node = "query Node($id: ID!) { node(id: $id) { __typename } nodes(ids: [$id]) { __typename } }"

    assert {"node": {"__typename": "Run"}, "nodes": [{"__typename": "Run"}]} == await boss.ask(
        node, id=run["id"]
    )
    assert {"node": None, "nodes": [None]} == await ada.ask(node, id=run["id"])
    for name, field in (("secret", "runs"), ("nowhere", "runs"), ("secret", "stopRun"), ("nowhere", "stopRun")):
        assert "NOT_FOUND" == await ada.code(question(field, name)), (name, field)
    there = (await ada.post(question("runs", "secret"))).json()["errors"][0]
    nowhere = (await ada.post(question("runs", "nowhere"))).json()["errors"][0]
    assert (there["message"], there["extensions"]["hint"]) == (
        nowhere["message"],
        nowhere["extensions"]["hint"],
    )
    names = "{ workspaces { edges { node { name role } } } }"
    assert ["main", "secret"] == [
        edge["node"]["name"] for edge in (await boss.ask(names))["workspaces"]["edges"]
    ]
    assert [{"node": {"name": "main", "role": "ADMIN"}}] == (await ada.ask(names))["workspaces"]["edges"]


async def test_groups_and_everybody(proxied: Api) -> None:
    """What everybody may do adds to what one may; of several roles the highest counts."""
    boss, ada = Asker(proxied, BOSS), Asker(proxied, "ada")
    await boss.ask(SET, principal="*", role="VIEWER", sees=False)
    mine = "{ viewer { principal isOperator grants { workspace role seesDefinitions } } }"
    assert {
        "principal": "ada",
        "isOperator": False,
        "grants": [{"workspace": "main", "role": "VIEWER", "seesDefinitions": False}],
    } == (await ada.ask(mine))["viewer"]

    await boss.ask(SET, principal="eve", role="EDITOR")
    (grant,) = (await Asker(proxied, "eve").ask(mine))["viewer"]["grants"]
    assert {"workspace": "main", "role": "EDITOR", "seesDefinitions": True} == grant


async def test_the_last_admin_stays(proxied: Api) -> None:
    """A workspace never loses its last admin, and a member of it can be removed again."""
    boss = Asker(proxied, BOSS)
    remove = 'mutation { removeMember(principal: "ada") { __typename ... on Refusal { code message } } }'
    await boss.ask(SET, principal="ada", role="ADMIN")

    assert "VALIDATION_FAILED" == await boss.code(remove)
    assert "VALIDATION_FAILED" == await boss.code(SET, principal="ada", role="VIEWER")
    await boss.ask(SET, principal="eve", role="ADMIN")
    assert "MemberRemoved" == (await boss.ask(remove))["removeMember"]["__typename"]
    assert "NOT_FOUND" == await boss.code(remove)
    for bad in ("", " ", "key:x", "a" * 201, "a\nb"):
        assert "VALIDATION_FAILED" == await boss.code(SET, principal=bad, role="VIEWER"), bad


async def test_a_workspace_comes_and_goes(proxied: Api) -> None:
    """A workspace is made once, is gone with its members when it is deleted, and may be made again."""
    boss, ada = Asker(proxied, BOSS), Asker(proxied, "ada")
    tail = "{ __typename ... on Refusal { code } } }"
    create = 'mutation { createWorkspace(name: "lab") ' + tail
    delete = 'mutation { deleteWorkspace(workspace: "lab", confirm: "lab") ' + tail
    submit = 'mutation { submitRun(run: {echo: {word: "a"}}, options: {workspace: "lab"}) ' + tail
    assert "Workspace" == (await boss.ask(create))["createWorkspace"]["__typename"]
    assert "VALIDATION_FAILED" == await boss.code(create)
    await boss.ask(SET, principal="ada", role="ADMIN", workspace="lab")
    await ada.ask(submit)
    assert "BUSY" == await ada.code(delete)
    stop = '{ runs(workspace: "lab") { edges { node { runId } } } }'
    (run,) = (await ada.ask(stop))["runs"]["edges"]
    await ada.ask(
        'mutation Stop($id: String!) { stopRun(runId: $id, workspace: "lab") { __typename } }',
        id=run["node"]["runId"],
    )

    scopes = [{"workspace": "lab", "role": "RUNNER"}]
    key = (await ada.ask(KEY, scopes=scopes))["createApiKey"]["secret"]

    async def by_key() -> str | None:
        headers = {"Authorization": f"Bearer {key}"}
        body = {"query": question("runs", "lab")}
        return code_in((await proxied.client.post("/graphql", json=body, headers=headers)).json())

    assert None is await by_key()
    assert "WorkspaceDeleted" == (await ada.ask(delete))["deleteWorkspace"]["__typename"]
    upload = 'mutation { createUpload(name: "a.sql", size: "1", workspace: "lab") ' + tail
    assert ["NOT_FOUND"] * 4 == [await boss.code(each) for each in (submit, upload, delete, delete)]
    assert "NOT_FOUND" == await by_key()
    assert "NOT_FOUND" == await ada.code(question("runs", "lab"))
    assert "Workspace" == (await boss.ask(create))["createWorkspace"]["__typename"]
    assert ["NOT_FOUND"] * 2 == [await ada.code(question("runs", "lab")), await by_key()]
    main = 'mutation { deleteWorkspace(workspace: "main", confirm: "main") ' + tail
    assert "VALIDATION_FAILED" == await boss.code(main)


async def test_keys(proxied: Api) -> None:
    """A key is shown once, permits what its scopes say, and ends when it is revoked."""
    boss, ada = Asker(proxied, BOSS), Asker(proxied, "ada")
    await boss.ask(SET, principal="ada", role="ADMIN")
    scopes = [{"workspace": "main", "role": "RUNNER"}]
    made = (await ada.ask(KEY, scopes=scopes))["createApiKey"]
    bearer = {"Authorization": f"Bearer {made['secret']}"}

    async def code(query: str) -> str | None:
        return code_in((await proxied.client.post("/graphql", json={"query": query}, headers=bearer)).json())

    assert "ada" == made["key"]["createdBy"]
    assert None is await code("{ runs { totalCount } }")
    assert "FORBIDDEN" == await code(question("members", "main"))
    assert made["secret"] not in json.dumps(await boss.ask("{ apiKeys { edges { node { keyId name } } } }"))
    assert "NOT_FOUND" == await ada.code(KEY, scopes=[{"workspace": "nowhere", "role": "VIEWER"}])
    assert "FORBIDDEN" == await ada.code(KEY, scopes=[{"workspace": EVERYWHERE, "role": "VIEWER"}])
    assert "VALIDATION_FAILED" == await ada.code(KEY, scopes=[])
    assert "VALIDATION_FAILED" == await ada.code(KEY, scopes=scopes, until="2020-01-01T00:00:00Z")
    forged = made["secret"][:-1] + ("A" if made["secret"][-1] != "A" else "B")
    answer = await proxied.client.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"Authorization": f"Bearer {forged}"}
    )
    assert 401 == answer.status_code

    revoke = "mutation Revoke($id: ID!) { revokeApiKey(keyId: $id) { __typename ... on Refusal { code } } }"
    assert "NOT_FOUND" == await Asker(proxied, "eve").code(revoke, id=made["key"]["keyId"])
    async with proxied.socket(made["secret"]) as wire:
        await ada.ask(revoke, id=made["key"]["keyId"])
        assert 4403 == await wire.closed()
    assert "UNAUTHENTICATED" == await code("{ runs { totalCount } }")


async def test_a_socket_of_somebody_who_lost_a_role(proxied: Api) -> None:
    """A socket ends soon after its principal may do less, and stays when they may do more."""
    boss = Asker(proxied, BOSS)
    await boss.ask(SET, principal="ada", role="RUNNER")
    async with proxied.socket(additional_headers={"X-Forwarded-User": "ada"}) as wire:
        await boss.ask(SET, principal="ada", role="EDITOR")
        (payload,) = await wire.rest(await wire.start("{ runs { totalCount } }"))
        assert {"runs": {"totalCount": 0}} == payload["data"]
        await boss.ask(SET, principal="ada", role="VIEWER")
        assert 4403 == await wire.closed()


async def test_the_audit_log(proxied: Api) -> None:
    """Each mutation is written down with its outcome; admins read that of their workspace, operators all."""
    boss, ada = Asker(proxied, BOSS), Asker(proxied, "ada")
    await boss.ask(SET, principal="ada", role="ADMIN")
    await ada.ask('mutation { submitRun(run: {echo: {word: "a"}}, options: {runId: "r1"}) { __typename } }')
    assert "FORBIDDEN" == await ada.code(question("createWorkspace", "main"))
    log = """query Log($workspace: String, $filter: AuditFilter, $first: Int! = 50, $after: String) {
      auditLog(workspace: $workspace, filter: $filter, first: $first, after: $after) {
        edges { cursor node { principal action workspace target outcome address requestId } }
      }
    }"""
    entries = [edge["node"] for edge in (await boss.ask(log))["auditLog"]["edges"]]
    entries = [each for each in entries if each["action"] != "signIn"]

    assert [
        ("ada", "createWorkspace", "NO", "FORBIDDEN"),
        ("ada", "submitRun", "r1", "done"),
        (BOSS, "setMember", "ada", "done"),
    ] == [(each["principal"], each["action"], each["target"], each["outcome"]) for each in entries]
    assert [None, "main", "main"] == [each["workspace"] for each in entries]
    assert all(each["address"] == "127.0.0.1" and each["requestId"] for each in entries)
    assert "FORBIDDEN" == await ada.code(log)
    mine = (await ada.ask(log, workspace="main", filter={"principal": "ada", "outcome": "done"}))["auditLog"]
    assert ["submitRun"] == [edge["node"]["action"] for edge in mine["edges"]]
    done = {"outcome": "done"}
    whole = (await boss.ask(log, filter=done))["auditLog"]["edges"]
    rest = (await boss.ask(log, filter=done, after=whole[0]["cursor"]))["auditLog"]["edges"]
    assert whole[1:] == rest
    assert whole[:2] == (await boss.ask(log, filter=done, first=2))["auditLog"]["edges"]
