"""A run kind is one folder: its inputs and types come from its dataclasses."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

import graphql
import pytest
import strawberry
from typing_extensions import Doc

from graph.derive import Shape, chosen, enum_of, first_line, member_docs, result_types, run_input, to_value
from graph.schema import schema
from graph.tabular import TabularResult
from jobs.errors import InvalidParams
from jobs.pipeline import load_pipelines
from tests.house import PACKAGES


class Colour(StrEnum):
    """What it looks like.

    More about colours.
    """

    RED = "red"
    """Like a tomato."""
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Part:
    """One of many."""

    name: Annotated[str, Doc("What it is called.")]
    colour: Annotated[Colour, Doc("What it looks like.")] = Colour.RED


@dataclass(frozen=True, slots=True)
class ThingParams:
    """Make a thing."""

    parts: Annotated[tuple[Part, ...], Doc("What it is made of.")]
    words: Annotated[tuple[Annotated[str, Doc("A word.")], ...], Doc("What is said of it.")] = ("a", "b")
    spare: Annotated[Part | None, Doc("One more.")] = None
    counts: Annotated[tuple[int, ...], Doc("How many.")] = field(default_factory=lambda: (1, 2))
    size: Annotated[int, Doc("How large.")] = 1


@dataclass(frozen=True, slots=True)
class Undocumented:
    """A value with a field that nobody explains."""

    name: str


def test_inputs_have_the_fields_and_defaults_of_dataclasses() -> None:
    """An input has the names, types, defaults and words of its dataclass, nested ones too."""
    made = Shape(inputs=True).of(ThingParams)

    def echo(thing: Any) -> str:
        return repr(to_value(ThingParams, thing))

    echo.__annotations__ = {"thing": made, "return": str}
    query = strawberry.type(type("Query", (), {"echo": strawberry.field(resolver=echo)}))
    made_schema = strawberry.Schema(query)
    given = '{ echo(thing: {parts: [{name: "x"}], spare: {name: "y", colour: BLUE}}) }'
    result = made_schema.execute_sync(given)
    expected = ThingParams(parts=(Part("x"),), spare=Part("y", Colour.BLUE))
    sdl = made_schema.as_str()

    assert {"echo": repr(expected)} == result.data
    assert "input ThingInput" in sdl
    assert '"""What it is made of."""\n  parts: [PartInput!]!' in sdl
    assert 'words: [String!]! = ["a", "b"]' in sdl
    assert "counts: [Int!]! = [1, 2]" in sdl
    assert "spare: PartInput = null" in sdl
    assert "colour: Colour! = RED" in sdl
    assert '"""Like a tomato."""\n  RED' in sdl


def test_words_of_enums() -> None:
    """What stands below a member of an enum is its description, and its docstring's first line the enum's."""
    assert {"RED": "Like a tomato."} == member_docs(Colour)
    assert "What it looks like." == first_line(Colour)
    assert Colour is enum_of(Colour) is enum_of(Colour)


def test_every_value_of_every_enum_has_words() -> None:
    """Every value of every enum of the API says what it means."""
    api = graphql.build_schema(schema.as_str())
    enums = [made for made in api.type_map.values() if isinstance(made, graphql.GraphQLEnumType)]
    ours = [made for made in enums if not graphql.is_introspection_type(made)]

    assert {"Dialect", "Direction", "EdgeKind", "Level", "Origin", "RunStatus", "Subtype"} <= {
        made.name for made in ours
    }
    assert [] == [
        f"{made.name}.{name}" for made in ours for name, value in made.values.items() if not value.description
    ]


def test_fields_without_words() -> None:
    """A field that nobody explains is refused when the schema is built, by name."""
    with pytest.raises(TypeError, match=r"Undocumented\.name has no description"):
        Shape(inputs=True).of(Undocumented)


def test_every_kind_is_a_member() -> None:
    """The input has one member a kind, each result is a type, and naming none is refused."""
    pipelines = load_pipelines(PACKAGES)
    made = run_input(pipelines)

    assert set(pipelines) == {each.python_name for each in made.__strawberry_definition__.fields}
    assert len(pipelines) == len(result_types(pipelines, TabularResult))
    with pytest.raises(InvalidParams, match="names no kind"):
        chosen(pipelines, made())
