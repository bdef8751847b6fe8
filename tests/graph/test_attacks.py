"""Known attacks on GraphQL, each on every door it can come by: refused or answered, cheaply, and nothing dies.

What else is sent to hurt stands where it belongs: bodies and frames that are no JSON in `test_doors` and
`test_sockets`, forged requests in `test_conformance`, too much at once in `test_conversations`, hostile values
in `test_hostile`.
"""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.graph.api import PROTOCOL, Api, coded
from tests.graph.documents import braided, chained, counted

CHEAP = 1_000_000  # calls of functions, which the loop does in some tenths of a second
ANSWERED = "an answer"
ATTACKS = {
    "aliases": ("TOO_MANY_ALIASES", "{ " + " ".join(f"a{n}: __typename" for n in range(1_000)) + " }"),
    "recursion": (
        "DOCUMENT_TOO_DEEP",
        "{ assets { edges { node { " + "columns { asset { " * 25 + "id" + " }" * 54,
    ),
    "recursion of lists": (
        "DOCUMENT_TOO_COSTLY",
        "{ assets(first: 100) { edges { node { " + "columns { asset { " * 7 + "id" + " }" * 18,
    ),
    "a circle of fragments": (
        "BAD_INPUT",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    ),
    "a large circle of fragments": (
        "DOCUMENT_TOO_DEEP",
        "{ ...f0 } " + " ".join(f"fragment f{n} on Query {{ ...f{(n + 1) % 500} }}" for n in range(500)),
    ),
    "a chain of fragments": ("DOCUMENT_TOO_DEEP", chained(400)),
    "a chain of fragments that is short": (ANSWERED, chained(100, times=20)),
    "a braid of fragments": ("TOO_MANY_ALIASES", braided(40)),
    "the same field": ("DOCUMENT_TOO_LONG", "{ service { " + "name " * 10_000 + "} }"),
    "the same field, less often": ("DOCUMENT_TOO_COSTLY", "{ service { " + "name " * 4_990 + "} }"),
    "the same object": ("DOCUMENT_TOO_COSTLY", "{ " + "service { name } " * 1_200 + "}"),
    "the same object, less often": (ANSWERED, "{ " + "service { name } " * 60 + "}"),
    "the same object in fragments": (
        "DOCUMENT_TOO_COSTLY",
        "{ "
        + " ".join(f"...f{n}" for n in range(300))
        + " } "
        + " ".join(f"fragment f{n} on Query {{ service {{ name }} }}" for n in range(300)),
    ),
    "the same list": ("DOCUMENT_TOO_COSTLY", "{ " + "runs { edges { node { id } } } " * 450 + "}"),
    "directives": ("DOCUMENT_TOO_LONG", "{ __typename " + "@include(if: true) " * 1_000 + "}"),
    "directives that are none": ("BAD_INPUT", "{ __typename " + "@nothing " * 2_400 + "}"),
    "the schema of the schema": (
        "BAD_INPUT",
        "{ __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }",
    ),
    "the schema of the schema, deeper": (
        "DOCUMENT_TOO_DEEP",
        "{ __schema { types { " + "fields { type { " * 20 + "name" + " } }" * 20 + " } } }",
    ),
    "95,000 tokens": ("DOCUMENT_TOO_LONG", "{ " + "a " * 95_000 + "}"),
    "many operations": ("DOCUMENT_TOO_LONG", " ".join(f"query A{n} {{ __typename }}" for n in range(2_000))),
    "blanks": ("DOCUMENT_TOO_LONG", "{ __typename" + " " * 200_000 + "}"),
    "a comment": ("DOCUMENT_TOO_LONG", "{ __typename } #" + "x" * 200_000),
    "comments": ("DOCUMENT_TOO_LONG", "#\n" * 200_000 + "{ __typename }"),
    "unknown names": ("BAD_INPUT", "{ " + " ".join(f"servic{n}" for n in range(2_400)) + " }"),
    "lists in lists": (
        "DOCUMENT_TOO_DEEP",
        "{ runs(filter: " + "[" * 2_000 + "]" * 2_000 + ") }",
    ),
    "objects in objects": ("DOCUMENT_TOO_DEEP", "{ runs(filter: " + "{a: " * 1_200 + "1" + "}" * 1_200 + ") }"),
    "types in types": (
        "DOCUMENT_TOO_DEEP",
        "query($a: " + "[" * 2_000 + "Int" + "]" * 2_000 + ") { a }",
    ),
    "variables": ("BAD_INPUT", "query(" + "$a: Int " * 1_200 + ") { __typename }"),
    "a text in blocks": ("BAD_INPUT", '{ run(runId: """' + '\\""" ' * 15_000 + '"""'),
    "bytes of another kind": ("BAD_INPUT", "{ \ufeff\u202e\u0000 }"),
}


def codes_of(errors: list[dict[str, Any]]) -> set[str]:
    return {error["extensions"]["code"] for error in coded({"errors": errors})}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_documents(sqlite_api: Api, attack: str) -> None:
    """A document that is made to hurt is refused or answered, with little work, and both doors stay open."""
    expected, query = ATTACKS[attack]
    with counted() as by_http:
        response = await sqlite_api.post(query)
    async with sqlite_api.socket() as wire:
        with counted() as by_socket:
            operation = await wire.start(query)
            message = await wire.hear()
        if message["type"] == "next":
            assert {"type": "complete", "id": operation} == await wire.hear()
        (other,) = await wire.rest(await wire.start("{ __typename }"))
    answer = response.json()

    assert 200 == response.status_code
    if expected == ANSWERED:
        assert "errors" not in answer
        assert answer["data"] == message["payload"]["data"]
    else:
        assert codes_of(answer["errors"]) == codes_of(message["payload"])
        assert expected in codes_of(answer["errors"])
        assert len(response.content) < 100_000
    assert {"__typename": "Query"} == other["data"]
    assert max(by_http.calls, by_socket.calls) < CHEAP
    assert [] == sqlite_api.logged("request crashed")


async def test_batches(sqlite_api: Api) -> None:
    """Many operations in one request, as a list, are not looked into on either door."""
    question = {"query": "{ __typename }"}
    response = await sqlite_api.client.post("/graphql", json=[question] * 1_000)
    async with sqlite_api.socket() as wire:
        await wire.say([{"type": "subscribe", "id": "1", "payload": question}] * 1_000)
        assert 4400 == await wire.closed()

    assert (400, {"BAD_INPUT"}) == (response.status_code, codes_of(response.json()["errors"]))


async def test_many_values(sqlite_api: Api) -> None:
    """A list of 50,000 values that are all wrong is told of the first ones."""
    query = "query($status: [RunStatus!]) { runs(filter: {status: $status}) { totalCount } }"
    variables = {"status": ["NEVER"] * 50_000}
    with counted() as work:
        errors = (await sqlite_api.post(query, variables)).json()["errors"]
    async with sqlite_api.socket() as wire:
        await wire.start(query, **variables)
        told = (await wire.hear())["payload"]

    assert len(errors) == len(told) < 100
    assert {"BAD_INPUT"} == codes_of(errors) == codes_of(told)
    assert work.calls < CHEAP


async def test_a_body_that_is_only_announced(sqlite_api: Api) -> None:
    """A body of more than 64 MiB is refused by what it says of itself: none of it is read, or waited for."""
    host, port = sqlite_api.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = ("POST /graphql HTTP/1.1", "Host: x", f"Content-Length: {(64 << 20) + 1}", "", "")
    writer.write("\r\n".join(lines).encode())
    async with asyncio.timeout(20):
        told = await reader.readuntil(b"\r\n\r\n")
    writer.close()

    assert told.startswith(b"HTTP/1.1 413")


async def test_a_body_of_nothing_but_text(sqlite_api: Api) -> None:
    """A body that is allowed, but is all document, is refused without reading the document."""
    body = json.dumps({"query": "{ __typename " + "# \n" * (8 << 20) + "}"})
    with counted() as work:
        response = await sqlite_api.client.post(
            "/graphql", content=body, headers={"content-type": "application/json"}
        )

    assert {"DOCUMENT_TOO_LONG"} == codes_of(response.json()["errors"])
    assert work.calls < CHEAP


ORIGINS = [
    "http://localhost:3000@elsewhere.example",
    "http://elsewhere.example#http://localhost:3000",
    "http://localhost:3000.elsewhere.example",
    "http://LOCALHOST:3000.",
    "null",
]


@pytest.mark.parametrize("origin", ORIGINS)
async def test_sockets_of_other_sites(near_api: Api, origin: str) -> None:
    """A page whose origin only looks like one of ours gets no socket."""
    address = near_api.address.replace("http:", "ws:") + "/graphql"
    with pytest.raises(InvalidStatus, match="403"):
        await connect(address, subprotocols=[Subprotocol(PROTOCOL)], origin=Origin(origin))


@pytest.mark.parametrize("inner", ['{"status": %s}', '{"workspace": %s}', "[%s]", '{"a": %s}'])
async def test_deep_values(sqlite_api: Api, inner: str) -> None:
    """Values of variables that are nested as deep as JSON is read are refused on both doors, as any other."""
    value = "1"
    for _ in range(900):
        value = inner % value
    query = "query($filter: RunFilter) { runs(filter: $filter) { totalCount } }"
    payload = f'{{"query": "{query}", "variables": {{"filter": {value}}}}}'
    response = await sqlite_api.client.post(
        "/graphql", content=payload, headers={"content-type": "application/json"}
    )
    async with sqlite_api.socket() as wire:
        await wire.connection.send(f'{{"type": "subscribe", "id": "1", "payload": {payload}}}')
        message = await wire.hear()

    assert "error" == message["type"]
    assert {"BAD_INPUT"} == codes_of(response.json()["errors"]) == codes_of(message["payload"])
    assert [] == sqlite_api.logged("request crashed")
