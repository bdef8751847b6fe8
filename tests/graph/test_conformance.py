"""GraphQL over HTTP as its specification has it: what graphql-http audits, and what it does not."""

import gzip
import json
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.graph.api import Api, coded, open_api
from tests.graph.clients import needs_node, told

JSON, GRAPHQL = "application/json", "application/graphql-response+json"
QUESTION = {"query": "{ __typename }"}
ASKED = {"apollo-require-preflight": "true"}
PAGE = {"Origin": "http://localhost:3000"}


class TestAudits:
    """By a client that others wrote."""

    pytestmark = needs_node

    async def test_every_audit(self, sqlite_api: Api) -> None:
        """All audits that graphql-http has are passed: none warns, none fails."""
        found = await told("audit.mjs", sqlite_api.address + "/graphql")

        assert 61 == len(found)
        assert [] == [audit for audit in found if audit["status"] != "ok"]


ACCEPTS = [
    (None, JSON),
    ("", JSON),
    ("*/*", JSON),
    ("application/*", JSON),
    (JSON, JSON),
    (GRAPHQL, GRAPHQL),
    (f"{GRAPHQL};charset=utf-8", GRAPHQL),
    (f"{GRAPHQL},{JSON};q=0.9", GRAPHQL),
    (f"{GRAPHQL};q=0.5, {JSON}", JSON),
    (f"{GRAPHQL}, {JSON}", GRAPHQL),
    (f"{JSON}, {GRAPHQL}", JSON),
    (f"{JSON};q=0, */*", None),
    (f"{GRAPHQL};q=0, */*;q=0.1", JSON),
    ("text/html, */*;q=0.1", JSON),
    (f"{GRAPHQL.upper()}", GRAPHQL),
    (f"{JSON};q=much", None),
    ("text/html", None),
    ("text/event-stream", None),
    ("*/*;q=0", None),
    (",;q=,", None),
]


@pytest.mark.parametrize(("accept", "media"), ACCEPTS)
async def test_media_types(sqlite_api: Api, accept: str | None, media: str | None) -> None:
    """The answer has the type that is liked best of the two there are; if neither is taken, it is 406."""
    request = sqlite_api.client.build_request("POST", "/graphql", json=QUESTION)
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    answer = await sqlite_api.client.send(request)

    assert (200 if media else 406) == answer.status_code
    assert (media or JSON) == answer.headers["content-type"]
    if media is None:
        assert "BAD_INPUT" == coded(answer.json())[0]["extensions"]["code"]


FAILING = [
    "{",
    "{ nothing }",
    "query($n: Int!) { runs(first: $n) { totalCount } }",
    "query A { a } query B { b }",
]


@pytest.mark.parametrize(("media", "status"), [(JSON, 200), (GRAPHQL, 400)])
async def test_failures_before_execution(sqlite_api: Api, media: str, status: int) -> None:
    """What is not executed has no data; only clients that know the newer type are told so by the status."""
    for query in FAILING:
        answer = await sqlite_api.client.post("/graphql", json={"query": query}, headers={"accept": media})

        assert (status, media) == (answer.status_code, answer.headers["content-type"]), query
        assert {"errors"} == set(answer.json()) - {"extensions"}
        assert "BAD_INPUT" == coded(answer.json())[0]["extensions"]["code"]


async def test_failures_of_fields(sqlite_api: Api) -> None:
    """What fails while it is executed has data, if only null, and is answered 200 in both types."""
    for media in (JSON, GRAPHQL):
        query = {"query": "{ runs(first: 0) { totalCount } }"}
        answer = await sqlite_api.client.post("/graphql", json=query, headers={"accept": media})

        assert (200, media) == (answer.status_code, answer.headers["content-type"])
        assert answer.json()["data"] is None
        assert "VALIDATION_FAILED" == coded(answer.json())[0]["extensions"]["code"]


METHODS = [("PUT", "GET, POST"), ("DELETE", "GET, POST"), ("PATCH", "GET, POST"), ("OPTIONS", "GET, POST")]


@pytest.mark.parametrize(("method", "allowed"), METHODS)
async def test_methods(sqlite_api: Api, method: str, allowed: str) -> None:
    """A method that is not ours is told which are, in GraphQL's form."""
    answer = await sqlite_api.client.request(method, "/graphql")

    assert (405, allowed, JSON) == (
        answer.status_code,
        answer.headers["allow"],
        answer.headers["content-type"],
    )
    assert coded(answer.json())


@pytest.mark.parametrize(("query", "status", "allowed"), [("mutation { __typename }", 405, "POST")])
async def test_mutations_by_get(sqlite_api: Api, query: str, status: int, allowed: str) -> None:
    """A mutation by GET is not executed: it is 405, and told that it may come by POST."""
    answer = await sqlite_api.client.get("/graphql", params={"query": query}, headers=ASKED)

    assert (status, allowed) == (answer.status_code, answer.headers["allow"])


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/graphql"},
        {"content-type": JSON, "content-encoding": "gzip"},
        {"content-type": JSON, "content-encoding": "br"},
    ],
)
async def test_bodies_of_other_kinds(sqlite_api: Api, headers: dict[str, str]) -> None:
    """A body in another encoding, or packed, is 415: it is not guessed at, nor unpacked."""
    answer = await sqlite_api.client.post("/graphql", content=json.dumps(QUESTION), headers=headers)

    assert 415 == answer.status_code
    assert "BAD_INPUT" == coded(answer.json())[0]["extensions"]["code"]


FORGEABLE: list[dict[str, str]] = [
    {},
    {"origin": "http://elsewhere.example"},
    {"accept": GRAPHQL},
    {"content-type": "text/plain"},
    {"content-type": "TEXT/PLAIN; charset=x"},
    {"content-type": "multipart/form-data; boundary=x"},
    {"content-type": "application/x-www-form-urlencoded"},
    {"content-type": ""},
    {"apollo-require-preflight": ""},
]
ASKED_FOR: list[dict[str, str]] = [
    {"content-type": JSON},
    {"apollo-require-preflight": "true"},
    {"x-apollo-operation-name": "Any"},
]


async def test_what_pages_could_forge(sqlite_api: Api) -> None:
    """A GET that any page may have a browser send is refused before it is looked at; others are answered."""
    for headers in FORGEABLE:
        answer = await sqlite_api.client.get("/graphql", params=QUESTION, headers=headers)
        (error,) = coded(answer.json())
        assert (400, "CSRF_PREVENTED") == (answer.status_code, error["extensions"]["code"]), headers
        assert "apollo-require-preflight" in error["extensions"]["hint"]
    for headers in ASKED_FOR:
        answer = await sqlite_api.client.get("/graphql", params=QUESTION, headers=headers)
        assert {"__typename": "Query"} == answer.json()["data"], headers


async def test_headers_that_prevent_forging(near_api: Api) -> None:
    """A page that we let in may send the headers that show its browser asked first."""
    wanted = {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "apollo-require-preflight",
    }
    told_in = await near_api.client.options("/graphql", headers=PAGE | wanted)
    foreign = {"Origin": "http://elsewhere.example"}
    told_out = await near_api.client.options("/graphql", headers=foreign | wanted)

    assert (200, 400) == (told_in.status_code, told_out.status_code)


async def unpacked(api: Api, query: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """An answer as it came, and its bytes unpacked."""
    asked = api.client.stream("POST", "/graphql", json={"query": query}, headers=headers)
    async with asked as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    packed = answer.headers.get("content-encoding") == "gzip"
    return answer, gzip.decompress(raw) if packed else raw


async def test_packed_answers(sqlite_api: Api) -> None:
    """A large answer comes packed to whoever takes that; a small one, or to others, as it is."""
    large = "{ __schema { types { name description } } }"
    packed, text = await unpacked(sqlite_api, large, **{"accept-encoding": "br, gzip;q=0.5"})
    plain, same = await unpacked(sqlite_api, large, **{"accept-encoding": "gzip;q=0, br"})
    small, _ = await unpacked(sqlite_api, "{ __typename }", **{"accept-encoding": "gzip"})

    assert ["gzip", None, None] == [one.headers.get("content-encoding") for one in (packed, plain, small)]
    assert json.loads(text) == json.loads(same)
    assert int(packed.headers["content-length"]) < len(same) / 3
    assert "Accept-Encoding" in packed.headers["vary"]
    assert {"no-store"} == {one.headers["cache-control"] for one in (packed, plain, small)}


async def test_nowhere(sqlite_api: Api) -> None:
    """An address that is none, and a door that does not open this way, answer in GraphQL's form too."""
    nowhere = await sqlite_api.client.get("/nowhere")
    asset = await sqlite_api.client.get("/static/graphiql/nothing.js")
    wrong = await sqlite_api.client.delete("/health")

    assert [404, 404, 405] == [answer.status_code for answer in (nowhere, asset, wrong)]
    assert "GET" in wrong.headers["allow"]
    assert all(coded(answer.json()) for answer in (nowhere, asset, wrong))


async def test_failures_shown_to_pages(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A page that we let in can read that we failed, and the incident by which an operator finds why."""

    async def fall(_request: Request) -> Response:
        raise RuntimeError("a secret of ours")

    async with open_api(sqlite_url, redis_url, tmp_path, cors_origins=json.dumps([PAGE["Origin"]])) as api:
        api.app.router.routes.append(Route("/trap", fall))
        answer = await api.client.get("/trap", headers=PAGE)
        foreign = await api.client.get("/trap", headers={"Origin": "http://elsewhere.example"})

        assert 500 == answer.status_code == foreign.status_code
        assert PAGE["Origin"] == answer.headers["access-control-allow-origin"]
        assert "x-request-id" in answer.headers["access-control-expose-headers"].lower()
        assert "access-control-allow-origin" not in foreign.headers
        assert "INTERNAL" == coded(answer.json())[0]["extensions"]["code"]
