"""What one document may ask for: refused before it is executed, on every door, and told how to ask instead."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query, parse, validate

from graph.limits import Limits
from graph.schema import schema
from graph.weights import CEILING, MOST, UNSIZED, Scale, Weight
from tests.graph.api import SUBMIT, WATCH, Api, coded, open_api
from tests.graph.documents import braided, calls, chained

CORE = schema._schema  # noqa: SLF001 - what graphql-core made of it, which Strawberry shows no other way
LIMITS = {"max_document_characters": "4000", "max_depth": "6", "max_aliases": "5", "max_cost": "500"}

WALK = """{
  lineage(of: {column: {asset: "a", column: "b"}}, depth: 20, maxNodes: 5000) {
    revision
    nodes {
      id depth
      asset { id name kind definition explained sources { __typename } }
      column { id name ordinal dataType }
    }
    edges {
      source target kind subtype masking confidence
      evidence { origin source expression file line statement note }
    }
    frontier { id depth asset { id name } column { id name } }
    truncated
  }
}"""


@pytest.fixture
async def narrow(sqlite_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """The API with limits that are soon met."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_tokens="200", **LIMITS) as opened:
        yield opened


def weight(query: str, **variables: Any) -> Weight:
    return Scale(CORE, parse(query), variables).weigh(None)


def cost(query: str, **variables: Any) -> int:
    return weight(query, **variables).cost()


REFUSED = [
    ("DOCUMENT_TOO_LONG", "4,001", "4,000", "{ __typename }".ljust(4_001)),
    ("DOCUMENT_TOO_LONG", "4,050", "4,000", "{ __typename } #".ljust(4_050, "x")),
    ("DOCUMENT_TOO_LONG", "more", "200", "{ __typename " + "@include(if: true) " * 40 + "}"),
    ("DOCUMENT_TOO_DEEP", "7", "6", "{ service " + "{ a " * 6 + "}" * 6 + "}"),
    ("DOCUMENT_TOO_DEEP", "7", "6", "{ ...F } fragment F on Query { service " + "{ a " * 6 + "}" * 6 + "}"),
    ("TOO_MANY_ALIASES", "6", "5", "{ " + " ".join(f"a{n}: __typename" for n in range(6)) + " }"),
    (
        "TOO_MANY_ALIASES",
        "6",
        "5",
        "{ ...F ... { ...F } } fragment F on Query { a: service { v: version n: name } }",
    ),
    (
        "DOCUMENT_TOO_COSTLY",
        "1,402",
        "500",
        "{ runs(first: 100) { edges { cursor node { id artifacts { url } } } } }",
    ),
]


@pytest.mark.parametrize(("code", "value", "most", "query"), REFUSED)
async def test_documents_that_ask_too_much(narrow: Api, code: str, value: str, most: str, query: str) -> None:
    """Too much of anything is refused on every door, naming the limit, the value, and what to do."""
    asked = await narrow.post(query)
    by_http = coded(asked.json())
    async with narrow.socket() as wire:
        operation = await wire.start(query)
        message = await wire.hear()
        (answer,) = await wire.rest(await wire.start("{ __typename }"))

    assert ("error", operation) == (message["type"], message["id"])
    for error in (*by_http, *coded({"errors": message["payload"]})):
        assert code == error["extensions"]["code"]
        assert f": {value}, where {most} is the most" in error["message"]
        assert error["extensions"]["hint"]
    assert "data" not in asked.json()
    assert {"__typename": "Query"} == answer["data"]
    assert [] == narrow.logged("request crashed")


async def test_a_document_at_each_limit(narrow: Api) -> None:
    """What stays within the limits by one is answered."""
    run_id = await narrow.done()
    await narrow.ask("{ __typename }".ljust(4_000))
    await narrow.ask("{ runs(first: 1) { edges { node { progress { stage } attempt } } } }")
    await narrow.ask("{ " + " ".join(f"a{n}: __typename" for n in range(5)) + " }")
    await narrow.ask("{ runs(first: 99) { edges { node { id kind status } } } }")
    async with narrow.socket() as wire:
        assert 3 == len(await wire.events(run_id))


async def test_everything_wrong_is_told_at_once(narrow: Api) -> None:
    """A document over several limits is told of each."""
    costly = "{ runs(first: 90) { edges { node { id kind status queuePosition attempt labels } } } }"
    named = " ".join(f"a{n}: __typename" for n in range(6))
    errors = await narrow.errors(costly.replace("{ runs", "{ " + named + " runs"))

    assert ["TOO_MANY_ALIASES", "DOCUMENT_TOO_COSTLY"] == [error["extensions"]["code"] for error in errors]


async def test_what_an_answer_costs(narrow: Api) -> None:
    """Every answer says what it costs and what it may; of an operation on a socket, the first does."""
    query = "query($n: Int!) { runs(first: $n) { edges { node { id } } } }"
    answered = (await narrow.post(query, {"n": 9})).json()
    again = (await narrow.post(query, {"n": 19})).json()
    refused = (await narrow.post(query, {"n": 250})).json()
    run_id = await narrow.done()
    async with narrow.socket() as wire:
        events = await wire.rest(await wire.start(WATCH, runId=run_id))

    assert {"requested": 20, "maximum": 500} == answered["extensions"]["cost"]
    assert {"requested": 40, "maximum": 500} == again["extensions"]["cost"]
    assert {"requested": 502, "maximum": 500} == refused["extensions"]["cost"]
    assert "DOCUMENT_TOO_COSTLY" == coded(refused)[0]["extensions"]["code"]
    assert [{"cost": {"requested": 3, "maximum": 500}}] == [
        payload["extensions"] for payload in events if "extensions" in payload
    ]


async def test_usual_questions(sqlite_api: Api) -> None:
    """Asking for the schema, submitting and watching are far below the limits, the largest walk below."""
    limits = Limits()
    for query in (get_introspection_query(), SUBMIT, WATCH):
        found = weight(query)
        assert found.depth <= limits.depth
        assert found.cost() < limits.cost / 10
    assert [] == validate(CORE, parse(WALK))
    assert limits.cost / 5 < weight(WALK).cost() < limits.cost
    assert (await sqlite_api.ask(get_introspection_query()))["__schema"]


COSTS: list[tuple[str, dict[str, Any], int]] = [
    ("{ __typename }", {}, 0),
    ("{ service { name version } }", {}, 3),
    ("{ runs { totalCount } }", {}, 2),
    ("{ runs { edges { cursor } } }", {}, 2 + 50),
    ("{ runs(first: 7) { edges { cursor } } }", {}, 2 + 7),
    ("{ runs(first: 7) { edges { node { id artifacts { url } } } } }", {}, 2 + 7 * (1 + 2 + UNSIZED)),
    ("{ runs(first: -7) { edges { cursor } } }", {}, 2),
    ("{ runs(first: 99999999999999999999) { edges { cursor } } }", {}, 2 + MOST),
    ("query($n: Int) { runs(first: $n) { edges { cursor } } }", {"n": 7}, 2 + 7),
    ("query($n: Int) { runs(first: $n) { edges { cursor } } }", {}, 2 + 50),
    ("query($n: Int = 7) { runs(first: $n) { edges { cursor } } }", {}, 2 + 7),
    ("query($n: Int = 7) { runs(first: $n) { edges { cursor } } }", {"n": 8}, 2 + 8),
    ("{ lineage(of: {}, maxNodes: 20) { nodes { id } } }", {}, 2 + 20),
    ("{ runs(first: 7) { ...F } } fragment F on RunConnection { edges { cursor } }", {}, 2 + 7),
    ("{ runs(first: 7) { ... { edges { cursor } } } }", {}, 2 + 7),
    ("{ ...F ...F ...F } fragment F on Query { service { name } }", {}, 2),
    ("{ ...F ... { ...F } } fragment F on Query { service { name } }", {}, 4),
    ("{ nothing { of(first: 100) { this { kind } } } }", {}, 4),
    ("{ ...F } fragment F on Query { service { name } ...F }", {}, 0),
    ("{ ...F ...Unknown } fragment F on Nothing { service { name } }", {}, 2),
]


@pytest.mark.parametrize(("query", "variables", "expected"), COSTS)
def test_costs(query: str, variables: dict[str, Any], expected: int) -> None:
    """Each field that may be answered costs 1, and a list has as many items as the nearest size says."""
    assert expected == cost(query, **variables)


def test_the_operation_that_is_asked_for() -> None:
    """Of several operations, only the one that is asked for is weighed."""
    document = parse(
        "query A { service { name } } query B($n: Int = 3) { runs(first: $n) { edges { cursor } } }"
    )
    found = [Scale(CORE, document, {}).weigh(name).cost() for name in ("A", "B", "C")]

    assert [2, 5, 0] == found


@pytest.mark.parametrize("made", [chained, braided])
def test_fragments_are_looked_at_once(made: Callable[[int], str]) -> None:
    """Twice as many fragments are twice the work, though the ways through them are squared."""
    few, many = (parse(made(count)) for count in (300, 600))
    work, twice_the_work = (calls(partial(Scale(CORE, document, {}).weigh, None)) for document in (few, many))

    assert twice_the_work < 2.1 * work


def test_numbers_stay_numbers_of_json() -> None:
    """However much is asked for, what it costs is a number that every client can read."""
    assert CEILING == cost(braided(600))
    assert CEILING == cost("{ assets { edges { node { " + "columns { asset { " * 40 + "id" + "}" * 84)


@pytest.mark.parametrize("query", [chained(600), braided(400), chained(100, times=30)])
async def test_fragments_that_blow_up(sqlite_url: str, redis_url: str, tmp_path: Path, query: str) -> None:
    """Fragments that would be spread beyond counting are refused on every door, and nothing crashes."""
    settings = {"max_tokens": "50000", "max_document_characters": "1000000"}
    async with open_api(sqlite_url, redis_url, tmp_path, **settings) as api, api.socket() as wire:
        by_http = (await api.post(query)).json()
        await wire.start(query)
        message = await wire.hear()

        if query == chained(100, times=30):
            assert {"__typename": "Query"} == by_http["data"] == message["payload"]["data"]
        else:
            wanted = "DOCUMENT_TOO_DEEP"
            assert wanted == coded(by_http)[0]["extensions"]["code"]
            assert wanted == coded({"errors": message["payload"]})[0]["extensions"]["code"]
        assert [] == api.logged("request crashed")


SUGGESTING = "query($a: [RunStatus!]) { servise runs(filter: {stats: $a, status: [QUEUE]}) { totalCont } }"


async def test_suggestions(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Names that are nearly right are suggested, unless a setting says that nobody is to learn names so."""

    async def words(api: Api) -> str:
        by_http = await api.errors(SUGGESTING)
        by_http += await api.errors(
            "query($a: [RunStatus!]) { runs(filter: {status: $a}) { totalCount } }", a=["QUEUE"]
        )
        async with api.socket() as wire:
            await wire.start(SUGGESTING)
            by_socket = (await wire.hear())["payload"]
        return " ".join(error["message"] for error in (*by_http, *by_socket))

    async with open_api(sqlite_url, redis_url, tmp_path) as api:
        assert (await words(api)).count("Did you mean") > 5
    async with open_api(sqlite_url, redis_url, tmp_path, suggestions="false") as api:
        told = await words(api)
        assert "Cannot query field 'servise'" in told
        assert "Did you mean" not in told
        assert "QUEUED" not in told


async def test_introspection(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """The schema is told to everybody who may ask, or by a setting to nobody, on every door and as a file."""
    asked = ("{ __schema { types { name } } }", '{ __type(name: "Run") { name } }')
    async with open_api(sqlite_url, redis_url, tmp_path) as api:
        assert all([await api.ask(query) for query in asked])
        assert 200 == (await api.client.get("/schema.graphql")).status_code
    async with open_api(sqlite_url, redis_url, tmp_path, introspection="false") as api, api.socket() as wire:
        for query in asked:
            assert {"BAD_INPUT"} == {error["extensions"]["code"] for error in await api.errors(query)}
            await wire.start(query)
            assert "error" == (await wire.hear())["type"]
        assert 404 == (await api.client.get("/schema.graphql")).status_code
        assert {"__typename": "Query"} == await api.ask("{ __typename }")
