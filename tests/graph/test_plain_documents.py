"""Documents that nobody wrote, at random and of every type: our executor answers as graphql-core's does."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.schema import schema
from tests.graph.api import Api, open_api
from tests.graph.twofold import COMPARISON
from tests.graph.world import worlds
from tests.warm import WarmChildren

API = schema._schema  # noqa: SLF001 - Strawberry shows graphql-core's schema nowhere else
DOCUMENTS = 100
ROWS = 6
DEPTH = 6  # of fields; what lies deeper is more of the same
WIDTH = 4
MOST = 95  # aliases: of 101 a document is refused
LEFT_OUT = {
    "analyzeSql",
    "dryRun",
    "health",
    "logs",
    "systemStatus",
}  # they start processes, or tell of moments
FOUND_ELSEWHERE = {
    "node",
    "nodes",
    "savedQuery",
    "table",
    "upload",
    "watch",
}  # given on other ways too
VALUES = {
    "depth": ("3", "1"),
    "direction": ("UPSTREAM", "DOWNSTREAM"),
    "filter": ("null", "{}"),
    "first": ("100", "1", "3"),
    "id": ('"$Run"', '"$Asset"', '"$Column"', '"$Upload"', '"$Watch"', '"bm90aGluZw=="'),
    "ids": ('["$Run", "$Asset"]', '["$Column", "$Upload", "$Run"]'),
    "level": ("COLUMN", "ASSET"),
    "maxNodes": ("50", "1"),
    "name": ('"s.v1"', '"s.whole"', '"nothing"'),
    "in": ("[ASSET, COLUMN]", "[DEFINITION]", "[]"),
    "q": ('"s"', '"c1 OR \\"a b\\""', '"sel* NOT whole"'),
    "runId": ('"ended-1"', '"failed-1"', '"queued-1"', '"nothing"'),
    "tag": ('"pii"', '"nothing"'),
    "uploadId": ('"nothing"',),
    "words": ('"s."', '"c1"'),
    "workspace": ('"main"', '"main"', '"main"', '"nowhere"'),
}
OF_TYPES = {
    "AsOf": ("{revision: 1}", "{revision: 3}"),
    "ChangeInput": ('[{dropAsset: {name: "s.t1"}}]', '[{retypeColumn: {asset: "s.v1", column: "c"}}]'),
}
ROOTS = ('{asset: {name: "s.whole"}}', '{column: {asset: "s.whole", column: "c1"}}')
COLUMNS = ('{asset: "s.whole", column: "c1"}', '{asset: "s.v1", column: "nothing"}')


@dataclass(slots=True)
class Writer:
    """Writes a valid document, at random."""

    random: Random
    aliases: int = 0
    fragments: list[str] = field(default_factory=list)

    def document(self) -> str:
        assert API.query_type is not None
        asked = " ".join(self.fields(API.query_type, 0, self.random.randint(1, 2)))
        return f"{{ {asked} }} {' '.join(self.fragments)}"

    def selection(self, of: Any, depth: int) -> str:
        """What is selected of a type: fields, and what its kinds have."""
        parts = ["__typename"] if self.random.random() < 0.4 or depth >= DEPTH else []
        if isinstance(of, GraphQLObjectType | GraphQLInterfaceType):
            parts += self.fields(of, depth, self.random.randint(1, WIDTH))
        if isinstance(of, GraphQLInterfaceType | GraphQLUnionType):
            kinds = API.get_possible_types(of)
            for made in self.random.sample(list(kinds), min(len(kinds), 2)):
                parts.append(
                    f"... on {made.name} {{ {' '.join(self.fields(made, depth, 2)) or '__typename'} }}"
                )
        self.random.shuffle(parts)
        inner = " ".join(parts) or "__typename"
        if self.random.random() < 0.2:
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {of.name} {{ {inner} }}")
            return f"{{ ...{name} }}"
        return f"{{ {inner} }}"

    def fields(self, of: Any, depth: int, most: int) -> Iterator[str]:
        """Some fields of a type, each under a name of its own: at times all its leaves, and what lies below."""
        known = [name for name in of.fields if name not in LEFT_OUT]
        below = [name for name in known if is_composite_type(get_named_type(of.fields[name].type))]
        leaves = [name for name in known if name not in below]
        whole = self.random.random() < 0.6
        chosen = leaves if whole else self.random.sample(leaves, min(len(leaves), most))
        chosen = chosen + self.random.sample(below, min(len(below), most if depth < 2 else 2))
        self.random.shuffle(chosen)
        for name in chosen:
            yield from self.field(name, of.fields[name], depth)

    def field(self, name: str, made: GraphQLField, depth: int) -> Iterator[str]:
        under = get_named_type(made.type)
        if is_composite_type(under) and depth >= DEPTH:
            return
        asked = name + self.arguments(made)
        # The same name may mean another type beside it, or in another fragment: those are told apart.
        if self.aliases < MOST:
            self.aliases += 1
            asked = f"a{self.aliases}: {asked}"
        chance = self.random.random()
        asked += " @include(if: true)" if chance < 0.05 else " @skip(if: true)" if chance < 0.1 else ""
        if self.aliases < MOST:
            yield asked if is_leaf_type(under) else f"{asked} {self.selection(under, depth + 1)}"

    def arguments(self, made: GraphQLField) -> str:
        given = [
            f"{name}: {self.value(name, argument)}"
            for name, argument in made.args.items()
            if is_required_argument(argument) or (name in VALUES and self.random.random() < 0.4)
        ]
        return f"({', '.join(given)})" if given else ""

    def value(self, name: str, argument: GraphQLArgument) -> str:
        under = get_named_type(argument.type)
        if under.name in {"LineageRoot", "ColumnRef"}:
            return self.random.choice(ROOTS if under.name == "LineageRoot" else COLUMNS)
        if name == "after":
            return "0"
        if under.name in OF_TYPES:
            return self.random.choice(OF_TYPES[under.name])
        chosen = (
            VALUES[name]
            if name in VALUES
            else tuple(under.values)
            if isinstance(under, GraphQLEnumType)
            else ()
        )
        return self.random.choice(chosen)


async def ids_of(api: Api) -> dict[str, str]:
    """An id of each type that has ids."""
    found = await api.ask("""{
      Run: runs(first: 1, filter: {status: [COMPLETED_WITH_GAPS]}) { edges { node { id } } }
      Asset: assets(first: 1) { edges { node { id columns { id } } } }
      Upload: uploads(first: 1) { edges { node { id } } }
      Watch: watches(first: 1) { edges { node { id } } }
    }""")
    nodes = {name: found[name]["edges"][0]["node"] for name in ("Run", "Asset", "Upload", "Watch")}
    column = nodes["Asset"]["columns"][0]["id"]
    return {name: node["id"] for name, node in nodes.items()} | {"Column": column}


@pytest.fixture
async def peopled(
    sqlite_url: str, redis_url: str, tmp_path: Path, children: WarmChildren
) -> AsyncIterator[tuple[Api, dict[str, str]]]:
    """An API with something of everything, and an id of each type that has ids. No document costs too much."""
    async with open_api(sqlite_url, redis_url, tmp_path, children, max_cost=str(10**9)) as api:
        await worlds(api, main=ROWS)
        yield api, await ids_of(api)


@settings(
    max_examples=DOCUMENTS,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(random=st.randoms(use_true_random=False))
async def test_documents_that_nobody_wrote(peopled: tuple[Api, dict[str, str]], random: Random) -> None:
    """Whatever is asked of the schema, in whatever shape, the answer is the same, to the byte."""
    (api, ids), document = peopled, Writer(random).document()
    for name, made in ids.items():
        document = document.replace(f"${name}", made)
    before = COMPARISON.compared
    answer = (await api.post(document)).json()

    assert [] == COMPARISON.taken(), document
    assert before + 1 == COMPARISON.compared, (document, answer)


class First(Random):
    """Chooses what stands first, for documents that are to find something."""

    def choice(self, seq: Any) -> Any:
        return seq[0]

    def random(self) -> float:
        return 1.0


def below(of: Any) -> Iterator[tuple[str, Any]]:
    """What can be asked below a type, and the types of that; of an interface or union, what it can be."""
    if isinstance(of, GraphQLInterfaceType | GraphQLUnionType):
        for made in API.get_possible_types(of):
            yield f"... on {made.name}", made
        return
    writer = Writer(First())
    for name, made in of.fields.items():
        under = get_named_type(made.type)
        if is_composite_type(under) and name not in LEFT_OUT | (
            FOUND_ELSEWHERE if of is API.query_type else set()
        ):
            yield name + writer.arguments(made), under


def everything() -> dict[str, str]:
    """For each object type that a query can reach, a document that asks all of its leaves, the shortest way."""
    assert API.query_type is not None
    ways: dict[str, tuple[str, ...]] = {API.query_type.name: ()}
    waiting: list[Any] = [API.query_type]
    found: dict[str, str] = {}
    while waiting:
        of = waiting.pop(0)
        way = ways[of.name]
        if isinstance(of, GraphQLObjectType) and way:
            leaves = [name for name, made in of.fields.items() if is_leaf_type(get_named_type(made.type))]
            found[of.name] = (
                f"{{ {' { '.join((*way, ' '.join(['__typename', *leaves])))} {'}' * (len(way) + 1)}"
            )
        for asked, under in below(of):
            if under.name not in ways:
                ways[under.name] = (*way, asked)
                waiting.append(under)
    return found


async def test_every_field(peopled: tuple[Api, dict[str, str]]) -> None:
    """Each leaf of each type that a query can reach is asked, of what there is, and answered the same."""
    api, documents = peopled[0], everything()
    before = COMPARISON.compared
    for name, document in documents.items():
        answer = (await api.post(document)).json()
        assert answer.get("data") is not None, (name, document, answer)
        assert [] == COMPARISON.taken(), document

    assert before + len(documents) == COMPARISON.compared
    assert {"Asset", "Column", "LineageEdge", "LineageGap", "Run", "RunFinished", "Upload", "Watch"} <= set(
        documents
    )
