"""Copying plain attributes gives what graphql-core gives: the same data in the same order, the same errors."""

import json
from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar, cast

import pytest
import strawberry
from strawberry import relay
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graph.plain import PlainExecutor


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Leaf:
    colour: Colour
    weight: int | None = None
    parts: list[str] = strawberry.field(default_factory=list)


Kept = TypeVar("Kept")


@strawberry.type
class Held(Generic[Kept]):
    at: int
    what: Kept


@strawberry.type
class Bundle:
    leaves: list[Leaf]
    maybe: list[Leaf | None] | None = None
    held: list[Held[Leaf]] = strawberry.field(default_factory=list)
    counts: list[int] = strawberry.field(default_factory=list)


@strawberry.type
class Branch(Named):
    leaf: Leaf | None = None
    twin: "Branch | None" = None
    count: int = 0

    @strawberry.field
    def shouted(self) -> str:
        return self.name.upper()

    @strawberry.field
    async def awaited(self, times: int = 1) -> str:
        return self.name * times


@strawberry.type
class Rooted(relay.Node):
    key: relay.NodeID[int]
    label: str


@dataclass
class Stranger:
    """What no type of the schema made, though it has the attributes of a Leaf."""

    colour: Colour
    weight: int


class Later:
    """A name that has to be awaited."""

    def __await__(self) -> Generator[None, None, str]:
        yield from ()
        return "later"


RED = Leaf(colour=Colour.RED, weight=3, parts=["a", "b"])


@strawberry.type
class Query:
    @strawberry.field
    def branches(self) -> list[Branch]:
        twin = Branch(name="twin", leaf=Leaf(colour=Colour.RED))
        return [Branch(name="one", leaf=RED, twin=twin, count=1), Branch(name="two")]

    @strawberry.field
    def named(self) -> list[Named]:
        return [Branch(name="only")]

    @strawberry.field
    def rooted(self) -> list[Rooted]:
        return [Rooted(key=7, label="seven")]

    @strawberry.field
    def bundles(self) -> list[Bundle]:
        held = [Held(at=1, what=RED), Held(at=2, what=Leaf(colour=Colour.RED))]
        return [Bundle(leaves=[RED, RED], maybe=[None, RED], held=held, counts=[1, 2]), Bundle(leaves=[])]

    @strawberry.field
    def odd(self) -> list[Bundle | None]:
        """Bundles whose lists are not what the schema says, each in another way."""
        wrong, none = cast("Any", Bundle), cast("Any", None)
        return [
            wrong(leaves=(RED, RED)),
            wrong(leaves=[RED, none]),
            wrong(leaves=none),
            wrong(leaves="no list of leaves"),
            wrong(leaves=[RED], counts=[1, "many", none]),
            wrong(leaves=[Stranger(Colour.RED, 5)], maybe=[ValueError("an error among leaves")]),
            wrong(leaves=[cast("Any", Leaf)(colour="green"), RED], maybe=[none]),
            wrong(leaves=[RED], counts=(each for each in (1, 2))),
        ]

    @strawberry.field
    def broken(self) -> list[Branch | None]:
        """Branches that are not what the schema says, each in another way."""
        wrong = cast("Any", Branch)
        stranger = Stranger(Colour.RED, 5)
        return [
            wrong(name=None),
            wrong(name="text for a number", count="many"),
            wrong(name="too large", count=1 << 40),
            wrong(name="no colour", leaf=cast("Any", Leaf)(colour="green")),
            wrong(name=Later()),
            wrong(name="stranger", leaf=stranger),
            wrong(name="error", leaf=ValueError("a value that is an error")),
            wrong(name="fine"),
        ]


QUERIES = (
    "{ branches { name count } }",
    "{ branches { count name leaf { colour weight } twin { name leaf { colour } } } }",
    "{ branches { last: name __typename first: name leaf { kind: __typename colour } } }",
    "{ branches { leaf { parts colour } shouted count awaited(times: 2) name } }",
    "{ branches { ...B ... on Named { name } twin { ...B } } } fragment B on Branch { count leaf { weight } }",
    "{ branches { name @skip(if: true) count @include(if: true) leaf @include(if: false) { weight } } }",
    "{ branches { leaf { weight } leaf { colour } } again: branches { name } }",
    "{ named { __typename name ... on Branch { count awaited } } }",
    "{ rooted { label id __typename } }",
    "{ bundles { leaves { colour weight } maybe { colour } counts } }",
    "{ bundles { held { at what { colour parts } } first: leaves { __typename colour } leaves { weight } } }",
    "{ bundles { leaves { __typename } held { __typename at } } }",
    "{ odd { leaves { colour weight } } }",
    "{ odd { maybe { colour } leaves { colour } counts } }",
    "{ odd { counts } }",
    "{ broken { name } }",
    "{ broken { name count leaf { colour weight } awaited } }",
    "{ broken { twin { name } leaf { colour } } }",
)


async def told(executor: type[Any], query: str, *extensions: type[SchemaExtension]) -> str:
    """Data and errors as they are sent: order counts."""
    made = strawberry.Schema(
        Query, types=[Branch], execution_context_class=executor, extensions=list(extensions)
    )
    result = await made.execute(query)
    errors = [(error.message, error.path) for error in result.errors or ()]
    return json.dumps([result.data, sorted(errors, key=str)])


@pytest.mark.parametrize("query", QUERIES)
async def test_the_same_answer(query: str) -> None:
    """Whatever is selected, of whatever values, the answer is that of graphql-core."""
    assert await told(StrawberryGraphQLCoreExecutionContext, query) == await told(PlainExecutor, query)


async def test_attributes_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain attributes see no resolver, also beside fields that have one; what is odd is left alone."""
    resolved: list[str] = []
    theirs = StrawberryGraphQLCoreExecutionContext.execute_field

    def noted(self: Any, parent: Any, source: Any, details: Any, *more: Any) -> Any:
        resolved.append(details[0].node.name.value)
        return theirs(self, parent, source, details, *more)

    monkeypatch.setattr(StrawberryGraphQLCoreExecutionContext, "execute_field", noted)
    await told(PlainExecutor, "{ branches { name leaf { colour } shouted __typename } }")

    assert ["branches", "shouted", "shouted"] == resolved


async def test_lists_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of plain objects see no resolver either, nor do objects of a generic type, such as edges."""
    resolved: list[str] = []
    theirs = StrawberryGraphQLCoreExecutionContext.execute_field

    def noted(self: Any, parent: Any, source: Any, details: Any, *more: Any) -> Any:
        resolved.append(details[0].node.name.value)
        return theirs(self, parent, source, details, *more)

    monkeypatch.setattr(StrawberryGraphQLCoreExecutionContext, "execute_field", noted)
    await told(PlainExecutor, "{ bundles { leaves { colour } held { at what { colour } } maybe { weight } } }")

    assert ["bundles"] == resolved


async def test_who_watches_sees_everything() -> None:
    """An extension that wants to see each field being resolved is asked for each."""
    seen: list[str] = []

    class Watch(SchemaExtension):
        def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
            seen.append(info.field_name)
            return _next(root, info, *args, **kwargs)

    await told(PlainExecutor, "{ rooted { label } }", Watch)

    assert ["rooted", "label"] == seen
