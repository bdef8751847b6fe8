"""What comes in by HTTP is answered in GraphQL's own form, whatever it is."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from sqlalchemy import update
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.models import Run
from tests.graph.api import Api, coded, open_api

JSON = {"content-type": "application/json"}
DIGITS = "9" * 5_000


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an answer that is one coded error."""
    assert "application/json" == response.headers["content-type"]
    (error,) = coded(response.json())
    return response.status_code, error["extensions"]["code"]


BODIES = [
    b"",
    b"null",
    b"1",
    b'"x"',
    b"true",
    b"[]",
    b"[1]",
    b'[{"query": "{ __typename }"}]',
    b"{",
    b"{}",
    b'{"query": null}',
    b'{"query": 5}',
    b'{"query": ["{ __typename }"]}',
    b'{"query": "{ __typename }", "variables": []}',
    b'{"query": "{ __typename }", "variables": "x"}',
    b'{"query": "{ __typename }", "extensions": 1}',
    b'{"query": "{ __typename }", "operationName": 5}',
    b'{"query": "{ __typename }", "operationName": {"a": 1}}',
    b'{"query": "query A { __typename }", "operationName": "B"}',
    b'{"query": "fragment F on Query { __typename }"}',
    b'{"query": "\xff"}',
    b'{"query": "\\ud800"}',
    b"\xff\xfe{\x00}\x00",
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
]


async def test_bodies_that_are_refused(sqlite_api: Api) -> None:
    """A body that is no GraphQL request is answered 400 with a coded error."""
    for body in BODIES:
        response = await sqlite_api.client.post("/graphql", content=body, headers=JSON)
        assert (400, "BAD_INPUT") == refusal(response), body[:80]


DOCUMENTS = [
    "",
    "{",
    "{ nothing }",
    "{ runs(first: " + DIGITS + ") { totalCount } }",
    '{ run(runId: "\\uD800") { runId } }',
    '{ run(runId: "\\u{110000}") { runId } }',
    "{ runs(first: 1e999) { totalCount } }",
    "query($a: Int = " + DIGITS + ") { runs(first: $a) { totalCount } }",
    "[" * 2_000,
    "query { ...F } fragment F on Query { ...F }",
    "subscription { a: __typename }",
    "{ runs(filter: {status: [NEVER]}) { totalCount } }",
    "{ lineage(of: {}) { revision } }",
    '{ lineage(of: {asset: {name: "a"}, column: {asset: "a", column: "b"}}) { revision } }',
    "mutation { submitRun(run: {}) { __typename } }",
    "query A { __typename } query B { __typename }",
]


TOO_MUCH = [
    ("DOCUMENT_TOO_DEEP", "{a" * 2_000 + "}" * 2_000),
    ("DOCUMENT_TOO_DEEP", "{ service { name " * 1_000),
    ("DOCUMENT_TOO_LONG", "{ __typename " + "a: __typename " * 5_000 + "}"),
]


async def test_documents_that_are_refused(sqlite_api: Api) -> None:
    """A document that cannot be executed is answered with coded errors, never with a failure of ours."""
    for code, query in [*(("BAD_INPUT", each) for each in DOCUMENTS), *TOO_MUCH]:
        response = await sqlite_api.post(query)
        codes = {error["extensions"]["code"] for error in coded(response.json())}

        assert {code} == codes, query[:80]
        assert response.status_code in {200, 400}
    assert [] == sqlite_api.logged("request crashed")


async def test_numbers_that_are_none(sqlite_api: Api) -> None:
    """A variable that is too large for its type, or of another type, is answered with a coded error."""
    query = json.dumps("query($first: Int!) { runs(first: $first) { totalCount } }")
    for number in (DIGITS, "2147483648", "-2147483649", "1.5", "1e400", "true", '"1"'):
        body = f'{{"query": {query}, "variables": {{"first": {number}}}}}'
        response = await sqlite_api.client.post("/graphql", content=body, headers=JSON)

        assert "BAD_INPUT" == coded(response.json())[0]["extensions"]["code"], number[:20]


CONTENT_TYPES = [
    ("application/json", 200),
    ("application/json; charset=utf-8", 200),
    ("APPLICATION/JSON", 200),
    ("application/json-patch+json", 415),
    ("text/plain", 415),
    ("application/x-www-form-urlencoded", 415),
    ("multipart/form-data; boundary=x", 415),
    ("", 415),
]


async def test_content_types(sqlite_api: Api) -> None:
    """Only JSON is taken: what a foreign page can send without asking is refused."""
    for content_type, status in CONTENT_TYPES:
        response = await sqlite_api.client.post(
            "/graphql", content=b'{"query": "{ __typename }"}', headers={"content-type": content_type}
        )

        assert status == response.status_code, content_type
        if status == 415:
            assert (415, "BAD_INPUT") == refusal(response)


async def test_queries_by_get(sqlite_api: Api) -> None:
    """A query may come by GET; a mutation, a subscription, bad variables or no query at all may not."""

    async def get(**params: str) -> httpx.Response:
        asked = {"accept": "application/json", "apollo-require-preflight": "true"}
        return await sqlite_api.client.get("/graphql", params=params, headers=asked)

    submit = 'mutation { submitRun(run: {echo: {word: "a"}}) { __typename } }'
    answered = await get(
        query="query($n: Int!) { runs(first: $n) { totalCount } }", variables='{"n": 1}', operationName=""
    )

    assert {"runs": {"totalCount": 0}} == answered.json()["data"]
    assert (405, "BAD_INPUT") == refusal(await get(query=submit))
    for wrong in (
        {"query": 'subscription { runEvents(runId: "a") { seq } }'},
        {"query": "{ __typename }", "variables": "{"},
        {"query": "{ __typename }", "variables": "[1]"},
        {"query": "{ __typename }", "variables": "1"},
        {"query": "{ __typename }", "extensions": "null}"},
        {},
    ):
        status, code = refusal(await get(**wrong))
        assert (400, "BAD_INPUT") == (status, code)
    assert {"runs": {"totalCount": 0}} == await sqlite_api.ask("{ runs { totalCount } }")


async def test_a_subscription_by_post(sqlite_api: Api) -> None:
    """A subscription sent as an ordinary request is refused: it needs a socket."""
    response = await sqlite_api.post('subscription { runEvents(runId: "a") { seq } }')

    assert "BAD_INPUT" == coded(response.json())[0]["extensions"]["code"]


async def test_other_methods(sqlite_api: Api) -> None:
    """Only GET and POST are taken."""
    for method in ("PUT", "DELETE", "PATCH"):
        assert 405 == (await sqlite_api.client.request(method, "/graphql")).status_code


async def test_large_bodies(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A body over the limit is answered 413, whether it says its length or not; one at the limit is read."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_body_bytes="2048") as api:

        async def in_pieces() -> AsyncIterator[bytes]:
            for _ in range(30):
                yield b" " * 100

        fitting = b'{"query": "{ __typename }"}'.ljust(2048)
        announced = await api.client.post("/graphql", content=fitting + b" ", headers=JSON)
        unannounced = await api.client.post("/graphql", content=in_pieces(), headers=JSON)

        assert (413, "TOO_LARGE") == refusal(announced) == refusal(unannounced)
        assert "2,048" in announced.json()["errors"][0]["message"]
        read = await api.client.post("/graphql", content=fitting, headers=JSON)
        assert {"__typename": "Query"} == read.json()["data"]


async def test_a_client_that_hangs_up(sqlite_api: Api) -> None:
    """A client that leaves in the middle of its body does no harm and leaves no trace of a crash."""
    host, port = sqlite_api.address.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    writer.write(head.encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    assert {"__typename": "Query"} == await sqlite_api.ask("{ __typename }")
    assert [] == sqlite_api.logged("request crashed")


async def test_ids_of_requests(sqlite_api: Api) -> None:
    """A request keeps the plain id it came with, in its answer and in the log; any other gets a new one."""

    async def id_for(given: str) -> str:
        answer = await sqlite_api.client.get("/health/live", headers={"x-request-id": given})
        return str(answer.headers["x-request-id"])

    assert "mine-1.a_b" == await id_for("mine-1.a_b")
    for odd in ("", "a b", "x" * 65, "a\tb", "<script>"):
        assert re.fullmatch(r"[0-9a-f]{16}", await id_for(odd))
    assert await id_for("") != await id_for("")


async def test_bugs_are_masked(sqlite_api: Api) -> None:
    """A failure of ours shows an incident, under which the log has the details beside the request's id."""
    run_id = await sqlite_api.done()
    corrupt = update(Run).values(result={"word": {"a": "secret"}})
    await sqlite_api.house.write(lambda session: session.execute(corrupt))
    answer = await sqlite_api.client.post(
        "/graphql",
        json={
            "query": "query($id: String!) { run(runId: $id) { runId result { kind } } }",
            "variables": {"id": run_id},
        },
        headers={"x-request-id": "this-one"},
    )
    (error,) = coded(answer.json())
    (entry,) = sqlite_api.logged("request crashed")

    assert {"runId": run_id, "result": None} == answer.json()["data"]["run"]
    assert ("Internal error.", "INTERNAL") == (error["message"], error["extensions"]["code"])
    assert "secret" not in answer.text
    assert entry["incident"] in error["extensions"]["hint"]
    assert ("this-one", "error") == (entry["request_id"], entry["level"])
    assert "ValidationError" in entry["exception"]


async def test_bugs_of_the_doors_are_masked(sqlite_api: Api) -> None:
    """A failure outside GraphQL is answered in the same form, with an incident and the request's id."""

    async def fall(_request: Request) -> Response:
        raise RuntimeError("a secret of ours")

    sqlite_api.app.router.routes.append(Route("/trap", fall))
    answer = await sqlite_api.client.get("/trap", headers={"x-request-id": "this-one"})
    (entry,) = sqlite_api.logged("request crashed")

    assert (500, "INTERNAL") == refusal(answer)
    assert "secret" not in answer.text
    assert entry["incident"] in answer.text
    assert "this-one" == entry["request_id"] == answer.headers["x-request-id"]


async def test_a_token(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """With a token set, a request without it is refused as UNAUTHENTICATED; with it, it is the token's."""
    async with open_api(sqlite_url, redis_url, tmp_path, bearer="right") as api:
        run_id = await api.echo()
        shown = await api.ask("query($id: String!) { run(runId: $id) { createdBy } }", id=run_id)
        for header in ("", "Bearer wrong", "Bearer", "Basic right", "right", "Bearer rightright"):
            answer = await api.client.post(
                "/graphql", json={"query": "{ __typename }"}, headers={"authorization": header}
            )
            assert (401, "UNAUTHENTICATED") == refusal(answer)
            assert "Bearer" == answer.headers["www-authenticate"]
        async with httpx.AsyncClient(base_url=api.address) as stranger:
            page = await stranger.get("/graphql", headers={"accept": "text/html"})
            by_get = {"apollo-require-preflight": "true"}
            asked = await stranger.get("/graphql", params={"query": "{ __typename }"}, headers=by_get)
            health = await stranger.get("/health")

        assert {"createdBy": "token"} == shown["run"]
        assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
        assert (401, "UNAUTHENTICATED") == refusal(asked)
        assert 200 == health.status_code
        lower = await api.client.post(
            "/graphql", json={"query": "{ __typename }"}, headers={"authorization": "bearer right"}
        )
        assert 200 == lower.status_code
