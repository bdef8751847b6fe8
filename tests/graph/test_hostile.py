"""Hostile text in every place where the API takes text: refused or not found, never a failure of ours."""

from collections.abc import Iterator
from typing import Any

import graphql

from graph.schema import schema
from tests.graph.api import WATCH, Api, coded

CLIENT = graphql.build_schema(schema.as_str())
HOSTILE = [
    "a\0b",
    "",
    "'; DROP TABLE runs; --",
    "\r\nX-Header: \u202e",
    "\ufeff\uffff",
    "🦆" * 100,
    "a" * 10_000,
    "9999-12-31T23:59:59.999999-12:00",
]
NUMBERS = [0, 2**31 - 1, -(2**31)]
EXPECTED = {"VALIDATION_FAILED", "NOT_FOUND", "BAD_INPUT", "RUN_NOT_READY", "DUPLICATE_RUN_ID", "RATE_LIMITED"}


def harmless(made: Any, depth: int = 0) -> Any:
    """A plain value of an input type."""
    if isinstance(made, graphql.GraphQLNonNull):
        return harmless(made.of_type, depth)
    if isinstance(made, graphql.GraphQLList):
        return [harmless(made.of_type, depth)]
    if isinstance(made, graphql.GraphQLEnumType):
        return next(iter(made.values))
    if isinstance(made, graphql.GraphQLInputObjectType):
        if made.is_one_of:
            name, field = next(iter(made.fields.items()))
            return {name: harmless(field.type, depth + 1)}
        required = {
            name: field for name, field in made.fields.items() if graphql.is_required_input_field(field)
        }
        return {name: harmless(field.type, depth + 1) for name, field in required.items()}
    return {"Int": 1, "Boolean": True, "DateTime": "2026-02-09T12:01:00Z"}.get(made.name, "main")


def attacks(made: Any) -> Iterator[Any]:
    """Values of an input type with one hostile thing in one place."""
    if isinstance(made, graphql.GraphQLNonNull):
        yield from attacks(made.of_type)
    elif isinstance(made, graphql.GraphQLList):
        yield from ([attack] for attack in attacks(made.of_type))
        yield []
        yield [harmless(made.of_type)] * 150
    elif isinstance(made, graphql.GraphQLInputObjectType):
        plain = harmless(made)
        for name, field in made.fields.items():
            for attack in attacks(field.type):
                yield {name: attack} if made.is_one_of else plain | {name: attack}
    elif isinstance(made, graphql.GraphQLScalarType):
        yield from NUMBERS if made.name == "Int" else HOSTILE


def attacked_fields(root: graphql.GraphQLObjectType | None) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every operation on a root field, with variables of which one is hostile: document, variables, field."""
    assert root
    keyword = root.name.lower()
    for field_name, field in root.fields.items():
        declared = ", ".join(f"${name}: {argument.type}" for name, argument in field.args.items())
        given = ", ".join(f"{name}: ${name}" for name in field.args)
        selection = "" if graphql.is_leaf_type(graphql.get_named_type(field.type)) else "{ __typename }"
        if not field.args:
            continue
        document = f"{keyword}({declared}) {{ {field_name}({given}) {selection} }}"
        plain = {
            name: harmless(argument.type)
            for name, argument in field.args.items()
            if graphql.is_required_argument(argument)
        }
        for name, argument in field.args.items():
            for attack in attacks(argument.type):
                yield document, plain | {name: attack}, field_name


async def test_every_argument_of_every_query(api: Api) -> None:
    """Whatever stands in any argument of any query, the answer is data or a coded error of the client's."""
    await answers_all(api, CLIENT.query_type)


async def test_every_argument_of_every_mutation(api: Api) -> None:
    """Whatever stands in any argument of any mutation, the answer is a run, a refusal or a coded error."""
    await answers_all(api, CLIENT.mutation_type)


async def answers_all(api: Api, root: graphql.GraphQLObjectType | None) -> None:
    for document, variables, field in attacked_fields(root):
        response = await api.post(document, variables)
        answer = response.json()
        assert 200 == response.status_code, (field, variables)
        if "errors" in answer:
            codes = {error["extensions"]["code"] for error in coded(answer)}
            assert codes <= EXPECTED, (field, str(variables)[:200], answer["errors"])
    assert [] == api.logged("request crashed")


async def test_every_argument_of_every_subscription(api: Api) -> None:
    """Whatever stands in any argument of a subscription, it ends with a coded error, and the socket goes on."""
    run_id = await api.done()
    async with api.socket() as wire:
        for document, variables, _ in attacked_fields(CLIENT.subscription_type):
            operation = await wire.start(document, **variables)
            message = await wire.hear()
            assert operation == message["id"]
            errors = message["payload"] if message["type"] == "error" else message["payload"].get("errors", [])
            codes = {error["extensions"]["code"] for error in coded({"errors": errors})}
            assert codes
            assert codes <= EXPECTED, variables
            if message["type"] == "next":
                assert [] == await wire.rest(operation)
        assert 3 == len(await wire.rest(await wire.start(WATCH, runId=run_id)))
    assert [] == api.logged("request crashed")


async def test_halves_of_characters(sqlite_api: Api) -> None:
    """Half of a character, which no database could keep, is refused wherever it stands."""
    escaped = b'{"query": "query($a: String!) { run(runId: $a) { runId } }", "variables": {"a": "x\\ud83d"}}'
    response = await sqlite_api.client.post(
        "/graphql", content=escaped, headers={"content-type": "application/json"}
    )

    assert 400 == response.status_code
    assert "BAD_INPUT" == coded(response.json())[0]["extensions"]["code"]
    assert "BAD_INPUT" == await sqlite_api.code('{ run(runId: "x\\uD83D") { runId } }')
