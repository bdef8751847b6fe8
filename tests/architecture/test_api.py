"""The API explains itself: everything in it has words, and nothing promises what it cannot keep."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
)

from tests.architecture.sources import ROOT

COMMITTED = ROOT / "graph" / "schema.graphql"


@pytest.fixture(scope="module")
def api() -> GraphQLSchema:
    """The schema as clients are told it."""
    from graph.schema import schema

    return build_schema(schema.as_str())


def own_types(api: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    for name, made in api.type_map.items():
        if not is_introspection_type(made) and not is_specified_scalar_type(made):
            yield name, made


def elements(api: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Every type, field and argument, by its coordinate; the values of an enum are named well enough."""
    for name, made in own_types(api):
        yield name, made
        match made:
            case GraphQLObjectType() | GraphQLInterfaceType():
                for field_name, field in made.fields.items():
                    yield f"{name}.{field_name}", field
                    for argument_name, argument in field.args.items():
                        yield f"{name}.{field_name}({argument_name}:)", argument
            case GraphQLInputObjectType():
                yield from ((f"{name}.{field_name}", field) for field_name, field in made.fields.items())


def test_everything_is_described(api: GraphQLSchema) -> None:
    """Every type, field and argument has a description."""
    roots = {"Mutation", "Query", "Subscription"}
    assert [] == [name for name, made in elements(api) if not made.description and name not in roots]


def test_scalars_say_where_they_are_specified(api: GraphQLSchema) -> None:
    """Every scalar of our own carries `specifiedBy`."""
    made = [made for _, made in own_types(api) if isinstance(made, GraphQLScalarType)]
    assert [] == [scalar.name for scalar in made if not scalar.specified_by_url]


def test_ids_are_no_numbers(api: GraphQLSchema) -> None:
    """No id is an Int: clients could calculate with it, and it would end at 2 billion."""
    numbers = {"BigInt", "Float", "Int"}
    ids = [
        (name, made)
        for name, made in elements(api)
        if name.lower().endswith((".id", "id:)")) or name.endswith("Id")
    ]
    assert [] == [
        name for name, made in ids if hasattr(made, "type") and get_named_type(made.type).name in numbers
    ]


def test_the_committed_schema_is_current() -> None:
    """graph/schema.graphql is what the code says: `make schema` otherwise."""
    from graph.schema import schema

    assert schema.as_str().strip() == COMMITTED.read_text(encoding="utf-8").strip()
