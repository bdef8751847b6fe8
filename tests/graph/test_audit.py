"""What is written into the audit log besides mutations, and how all of it is given out."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from db.audit import AuditEntry, append_all
from graph.extracts import FIELDS, PAGE
from tests.graph.api import Api, recording
from tests.graph.files import SQL, announced, kept
from tests.graph.shell import in_thread
from tests.graph.test_rights import BOSS, SET, Asker, code_in, house_of
from tests.graph.test_sign_in import VIEWER, signed_in

LOG = """query Log($workspace: String, $filter: AuditFilter) {
  auditLog(workspace: $workspace, filter: $filter, first: 100) {
    edges { node { principal action workspace target outcome reason repeats address requestId } }
  }
}"""
EXPORT = """query Export($workspace: String, $filter: AuditFilter, $format: AuditFormat! = NDJSON) {
  auditExport(workspace: $workspace, filter: $filter, format: $format) { url expiresAt }
}"""
RUNS = "{ runs { totalCount } }"


@pytest.fixture
async def proxied(sqlite_url: str, redis_url: str, tmp_path: Path) -> Any:
    """An API behind a proxy, with one operator, who asks where nobody else is named."""
    async with house_of(sqlite_url, redis_url, tmp_path) as api:
        api.client.headers["X-Forwarded-User"] = BOSS
        yield api


async def logged(api: Api, action: str, **more: Any) -> list[dict[str, Any]]:
    """The entries about something, oldest first."""
    found = await api.ask(LOG, filter={"action": action, **more})
    return [edge["node"] for edge in reversed(found["auditLog"]["edges"])]


def told(entries: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(each["principal"], each["outcome"], each["reason"]) for each in entries]


async def test_refused_sign_ins(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A sign-in that is refused is written down once for each reason, and as nobody's: tokens can be forged."""
    async with signed_in(sqlite_url, redis_url, tmp_path) as both:
        for token in (both.token(aud="others"), both.token(aud="others", sub="eve"), both.token(exp=1), None):
            assert 401 == (await both.ask(token, VIEWER)).status_code
        async with both.api.socket(greet=False) as wire:
            await wire.say({"type": "connection_init", "payload": {"authorization": "Bearer nonsense"}})
            assert 4403 == await wire.closed()
        async with both.api.socket(greet=False) as wire:
            await wire.start(VIEWER)
            assert 4401 == await wire.closed()
        both.api.client.headers["Authorization"] = f"Bearer {both.token(roles=['platform'])}"
        entries = await logged(both.api, "signIn", outcome="UNAUTHENTICATED")

        assert [
            ("nobody", "UNAUTHENTICATED", "The token is for another audience."),
            ("nobody", "UNAUTHENTICATED", "The token has expired."),
            ("nobody", "UNAUTHENTICATED", "Nobody may ask without signing in."),
            ("nobody", "UNAUTHENTICATED", "The token is no JWT."),
            ("nobody", "UNAUTHENTICATED", "An operation came before the greeting."),
        ] == told(entries)
        assert all(each["address"] == "127.0.0.1" and each["requestId"] for each in entries)
        assert 401 == (await both.ask(both.token(sub="nobody"), VIEWER)).status_code


async def test_sign_ins_that_are_taken(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Who signs in is written down once for each token, however often it is sent."""
    async with signed_in(sqlite_url, redis_url, tmp_path) as both:
        boss, again, ada = (
            both.token(roles=["platform"]),
            both.token(roles=["platform"], jti=2),
            both.token(sub="eve"),
        )
        for token in (boss, boss, again, ada, ada, boss):
            await both.ask(token, VIEWER)
        both.api.client.headers["Authorization"] = f"Bearer {boss}"

        assert [("ada", "done", None), ("ada", "done", None), ("eve", "done", None)] == told(
            await logged(both.api, "signIn")
        )


async def test_sockets_that_are_ended(proxied: Api) -> None:
    """A socket whose principal lost a right is written down with who it was."""
    boss = Asker(proxied, BOSS)
    await boss.ask(SET, principal="ada", role="RUNNER")
    async with proxied.socket(additional_headers={"X-Forwarded-User": "ada"}) as wire:
        await boss.ask(SET, principal="ada", role="VIEWER")
        assert 4403 == await wire.closed()

    assert [("ada", "FORBIDDEN", "You may not do what you did before.")] == told(
        await logged(proxied, "signIn", outcome="FORBIDDEN")
    )


async def test_refused_questions(proxied: Api) -> None:
    """A question that is refused is written down once for who asks it and for its field, by its true name."""
    boss, ada = Asker(proxied, BOSS), Asker(proxied, "ada")
    for query in (RUNS, RUNS, "{ mine: runs { totalCount } }", '{ runs(workspace: "x\\ty") { totalCount } }'):
        assert "NOT_FOUND" == await ada.code(query)
    await boss.ask(SET, principal="ada", role="VIEWER", sees=False)
    assert "FORBIDDEN" == await ada.code("{ members { edges { cursor } } }")
    assert "FORBIDDEN" == await ada.code(EXPORT)
    assert "FORBIDDEN" == await ada.code("{ logs(lines: 1) { event } }")
    async with proxied.socket(additional_headers={"X-Forwarded-User": "eve"}) as wire:
        await wire.start('subscription { runEvents(runId: "x", workspace: "main") { seq } }')
        assert "error" == (await wire.hear())["type"]

    for field, who, outcome, workspace in (
        ("runs", "ada", "NOT_FOUND", "main"),
        ("members", "ada", "FORBIDDEN", "main"),
        ("auditExport", "ada", "FORBIDDEN", None),
        ("logs", "ada", "FORBIDDEN", None),
        ("runEvents", "eve", "NOT_FOUND", "main"),
    ):
        (entry,) = await logged(proxied, field)
        found = (entry["principal"], entry["outcome"], entry["workspace"])
        assert (who, outcome, workspace) == found, field
        assert entry["reason"]
    mine = (await boss.ask(LOG, workspace="main", filter={"principal": "eve"}))["auditLog"]["edges"]
    assert ["runEvents"] == [edge["node"]["action"] for edge in mine]


async def test_files_that_hold_definitions(proxied: Api) -> None:
    """Who asks for the address of a file without the right to definitions is written down."""
    await Asker(proxied, BOSS).ask(SET, principal="ada", role="VIEWER", sees=False)
    await kept(proxied)
    asked = "{ runs { edges { node { artifacts { url } } } } }"
    assert "FORBIDDEN" == await Asker(proxied, "ada").code(asked)

    (entry,) = await logged(proxied, "Artifact.url")
    assert ("ada", "FORBIDDEN", "main") == (entry["principal"], entry["outcome"], entry["workspace"])


async def test_uploads_and_addresses(proxied: Api) -> None:
    """What came of an upload is written down with who announced it; bad addresses are nobody's."""
    upload = await announced(proxied)
    url = upload["putUrl"]
    statuses = [
        (await proxied.client.put(url, content=content)).status_code for content in (SQL + b"x", SQL, SQL)
    ]
    for path in ("/uploads/bad", "/artifacts/bad/a.sql", "/pictures/bad", "/audit/bad/a.csv"):
        method = "PUT" if path.startswith("/uploads") else "GET"
        refused = [await proxied.client.request(method, path, content=b"") for _ in range(3)]
        statuses += [each.status_code for each in refused]

    assert [413, 201, 409, *[403] * 12] == statuses
    entries = await logged(proxied, "upload")
    assert [
        (BOSS, upload["uploadId"], "TOO_LARGE"),
        (BOSS, upload["uploadId"], "done"),
        ("nobody", None, "UPLOAD_RECEIVED"),
        ("nobody", None, "FORBIDDEN"),
    ] == [(each["principal"], each["target"], each["outcome"]) for each in entries]
    for action in ("download", "picture", "auditExport"):
        assert [("nobody", "FORBIDDEN")] == [each[:2] for each in told(await logged(proxied, action))]


async def test_ndjson(proxied: Api) -> None:
    """An export holds all that fits its filter, one object a line, newest first, over many pages."""
    store = proxied.house.store
    made = [
        AuditEntry(principal="ada", action=f"a{n}", workspace="main", outcome="done") for n in range(2 * PAGE)
    ]
    await store.write(lambda session: append_all(session, made))
    asked = await Asker(proxied, BOSS).ask(EXPORT, workspace="main", filter={"principal": "ada"})
    with recording() as sent:
        answer = await proxied.client.get(asked["auditExport"]["url"])

    rows = [orjson.loads(line) for line in answer.text.splitlines()]
    assert ("application/x-ndjson", "no-store") == (
        answer.headers["content-type"],
        answer.headers["cache-control"],
    )
    assert [f"a{n}" for n in reversed(range(2 * PAGE))] == [row["action"] for row in rows]
    assert list(FIELDS) == list(rows[0])
    assert 3 == sum("FROM audit_log" in text and "LIMIT" in text for text in sent.texts)
    (entry,) = await logged(proxied, "auditExport")
    assert (BOSS, "done", "main") == (entry["principal"], entry["outcome"], entry["workspace"])


async def test_csv(proxied: Api) -> None:
    """A table opens in a spreadsheet without anything in it being executed, whatever people call themselves."""
    evil = ('=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(1)", '"quoted", and\nbroken', "plain")
    made = [AuditEntry(principal=name, action="a", target="\t=1", outcome="done") for name in evil]
    await proxied.house.store.write(lambda session: append_all(session, made))
    asked = await Asker(proxied, BOSS).ask(EXPORT, format="CSV", filter={"action": "a"})
    answer = await proxied.client.get(asked["auditExport"]["url"])
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))

    assert 'attachment; filename="audit.csv"' == answer.headers["content-disposition"]
    assert [f"'{name}" for name in evil[:4]] + list(evil[4:]) == [row["principal"] for row in reversed(rows)]
    assert {"'\t=1"} == {row["target"] for row in rows}
    assert FIELDS == tuple(rows[0])


async def test_who_may_export(proxied: Api) -> None:
    """Admins export the log of their workspace, operators all; an address serves what it was given for."""
    boss, ada = Asker(proxied, BOSS), Asker(proxied, "ada")
    await boss.ask(SET, principal="ada", role="ADMIN")
    await boss.ask('mutation { createWorkspace(name: "other") { __typename } }')

    assert "FORBIDDEN" == await ada.code(EXPORT)
    assert "NOT_FOUND" == await ada.code(EXPORT, workspace="other")
    url = (await ada.ask(EXPORT, workspace="main"))["auditExport"]["url"]
    exported = (await proxied.client.get(url)).text
    assert {"main"} == {json.loads(line)["workspace"] for line in exported.splitlines()}
    (_, artifact), grant = await kept(proxied), url.split("/")[-2]
    for wrong in (artifact["url"].replace("/artifacts/", "/audit/"), f"{proxied.address}/pictures/{grant}"):
        refused = await proxied.client.get(wrong)
        assert (403, "FORBIDDEN") == (refused.status_code, code_in(refused.json()))
    long = {"principal": "ß" * 2_000}
    assert "VALIDATION_FAILED" == await boss.code(EXPORT, filter=long)


async def test_since_and_until(proxied: Api) -> None:
    """A time in the filter narrows an export as it narrows the log."""
    boss = Asker(proxied, BOSS)
    await boss.ask(SET, principal="ada", role="ADMIN")

    async def count(**bounds: str) -> int:
        answer = await boss.ask(EXPORT, filter={"action": "setMember"} | bounds)
        return len((await proxied.client.get(answer["auditExport"]["url"])).text.splitlines())

    assert (1, 0) == (await count(since="2020-01-01T00:00:00Z"), await count(until="2020-01-01T00:00:00Z"))


@pytest.mark.xdist_group("cli")
class TestCommand:
    """`headwater audit`."""

    async def test_it_prints_entries(self, sqlite_api: Api) -> None:
        """It prints what the API would show, in either form."""
        run_id = await sqlite_api.echo()
        said = await in_thread("audit", "--url", sqlite_api.address, "--action", "submitRun")
        table = await in_thread(
            "audit", "--url", sqlite_api.address, "--format", "csv", "--workspace", "main", "--outcome", "done"
        )

        assert (0, "") == (said.status, said.err)
        assert [("submitRun", run_id)] == [
            (row["action"], row["target"]) for row in map(json.loads, said.out.splitlines())
        ]
        assert ",".join(FIELDS) == table.out.splitlines()[0]

    async def test_refusals(self, sqlite_api: Api) -> None:
        """What is refused, or nobody answers, is a line and an exit status."""
        said = await in_thread("audit", "--url", sqlite_api.address, "--since", "yesterday")
        nobody = await in_thread("audit", "--url", "http://127.0.0.1:9")

        assert (2, "") == (said.status, said.out)
        assert (4, "") == (nobody.status, nobody.out)
