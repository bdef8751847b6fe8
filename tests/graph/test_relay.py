"""Every connection keeps Relay's contract: its types, its pages, and its pages while rows are added."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    is_object_type,
)

from graph.schema import schema
from tests.graph.api import Api
from tests.graph.world import fill, worlds

API = schema._schema  # noqa: SLF001 - Strawberry shows graphql-core's schema nowhere else
ROWS, PAGE = 25, 7
SELECTIONS = {
    "apiKeys": ("", "keyId"),
    "assets": ("", "id"),
    "auditLog": ("", "target action at principal"),
    "members": ("", "principal"),
    "rejectedEdges": ("", "reason"),
    "revisions": ("", "number"),
    "runs": ("", "id"),
    "savedQueries": ("", "name"),
    "search": ('q: "v OR whole"', "matched asset { id } column { id } textName snippet { text }"),
    "searchAssets": ('words: "s."', "asset { id } column { id }"),
    "uploads": ("", "id"),
    "watches": ("", "id"),
    "workspaces": ("", "name"),
}
"""What each connection has to be asked with, and by what its nodes can be told apart."""
PAGED_ABOVE = {"LineageDiff.changes": "lineageDiff", "TagReach.nodes": "tagReach"}
"""Connections whose pages are asked for a field above, beside what is told of all, with tests of their own."""

ELSEWHERE = {
    "Query.tables": "tables are written by runs: see test_tables",
    "QueryResult.rows": "rows of a file: see test_queries",
    "WarehouseTable.versions": "of one table: see test_tables",
}


def connections() -> Iterator[tuple[str, GraphQLField]]:
    """The fields of the schema that give a connection."""
    for name, made in API.type_map.items():
        if isinstance(made, GraphQLObjectType) and not name.startswith("__"):
            for field_name, field in made.fields.items():
                if str(field.type).rstrip("!").endswith("Connection"):
                    yield f"{name}.{field_name}", field


CONNECTIONS = list(connections())


def connection_of(field: GraphQLField) -> GraphQLObjectType:
    found = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    assert isinstance(found, GraphQLObjectType)
    return found


def fields_of(name: str) -> Mapping[str, GraphQLField]:
    made = API.type_map[name]
    assert isinstance(made, GraphQLObjectType | GraphQLInterfaceType)
    fields: Mapping[str, GraphQLField] = made.fields
    return fields


def test_page_info() -> None:
    """PageInfo has the four fields of the specification, as it wants them."""
    fields = {name: str(field.type) for name, field in fields_of("PageInfo").items()}

    assert {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    } == fields


@pytest.mark.parametrize(("place", "field"), CONNECTIONS, ids=[place for place, _ in CONNECTIONS])
def test_types(place: str, field: GraphQLField) -> None:
    """A connection has pageInfo and edges, an edge a node and a cursor; pages are asked forward."""
    made = connection_of(field)
    edges = made.fields["edges"].type
    assert isinstance(edges, GraphQLNonNull)
    assert isinstance(edges.of_type, GraphQLList)
    edge = edges.of_type.of_type.of_type
    node = edge.fields["node"].type

    assert "PageInfo!" == str(made.fields["pageInfo"].type), place
    assert edge.name.endswith("Edge")
    assert "String!" == str(edge.fields["cursor"].type)
    assert made.name.removesuffix("Connection") == edge.name.removesuffix("Edge") == str(node).rstrip("!")
    assert is_object_type(node.of_type)
    arguments = fields_of("Query")[PAGED_ABOVE[place]].args if place in PAGED_ABOVE else field.args
    assert ("Int!", "String") == (str(arguments["first"].type), str(arguments["after"].type))
    assert isinstance(arguments["first"].default_value, int)
    assert {"last", "before"}.isdisjoint(arguments), "is checked nowhere below"


def test_nodes_of_the_schema() -> None:
    """`node` takes an ID and gives a Node, which has an id; `nodes` gives as many as it takes."""
    query = API.query_type
    assert query is not None
    node, nodes = query.fields["node"], query.fields["nodes"]

    assert ("ID!", "Node") == (str(node.args["id"].type), str(node.type))
    assert ("[ID!]!", "[Node]!") == (str(nodes.args["ids"].type), str(nodes.type))
    assert "ID!" == str(fields_of("Node")["id"].type)


def test_all_are_looked_at() -> None:
    """There is no connection that is not asked below."""
    assert {f"Query.{name}" for name in SELECTIONS} | set(PAGED_ABOVE) | set(ELSEWHERE) == {
        place for place, _ in CONNECTIONS
    }


class Reader:
    """Somebody who reads a connection page by page."""

    def __init__(self, api: Api, name: str) -> None:
        self.api, self.name = api, name
        arguments, self.selection = SELECTIONS[name]
        self.query = f"""query($first: Int!, $after: String) {{
          {name}({arguments} first: $first, after: $after) {{
            edges {{ cursor node {{ {self.selection} }} }}
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
          }}
        }}"""

    async def page(self, first: int, after: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = (await self.api.ask(self.query, first=first, after=after))[self.name]
        return found

    async def rest(self, after: str | None) -> list[dict[str, Any]]:
        """The pages from behind a cursor to the end."""
        pages = [await self.page(PAGE, after)]
        while pages[-1]["pageInfo"]["hasNextPage"]:
            pages.append(await self.page(PAGE, pages[-1]["pageInfo"]["endCursor"]))
        return pages


def edges_of(pages: list[dict[str, Any]]) -> list[Any]:
    return [edge for page in pages for edge in page["edges"]]


async def test_pages(api: Api) -> None:
    """Pages make up the whole, in its order; each says truly what is behind it, and which cursors it has."""
    await worlds(api, main=ROWS)
    for name in SELECTIONS:
        reader = Reader(api, name)
        whole = await reader.page(100)
        pages = await reader.rest(None)
        behind = await reader.page(PAGE, whole["edges"][-1]["cursor"])

        assert len(whole["edges"]) >= ROWS, name
        assert whole["edges"] == edges_of(pages), name
        for number, page in enumerate(pages, 1):
            cursors, info = [edge["cursor"] for edge in page["edges"]], page["pageInfo"]
            assert (number < len(pages), number > 1) == (info["hasNextPage"], info["hasPreviousPage"]), name
            assert (cursors[0], cursors[-1]) == (info["startCursor"], info["endCursor"]), name
            assert not info["hasNextPage"] or PAGE == len(cursors), name
        nothing = {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}
        assert {"edges": [], "pageInfo": nothing} == behind, name


async def test_pages_while_rows_are_added(api: Api) -> None:
    """Whoever reads on while rows are added finds all that was there, in its order, and nothing twice."""
    await worlds(api, main=ROWS)
    readers = [Reader(api, name) for name in SELECTIONS]
    before = {reader.name: await reader.page(100) for reader in readers}
    first = {reader.name: await reader.page(PAGE) for reader in readers}
    await api.house.write(partial(fill, workspace="main", size=ROWS, start=ROWS))
    for reader in readers:
        read = [first[reader.name], *await reader.rest(first[reader.name]["pageInfo"]["endCursor"])]
        cursors = [edge["cursor"] for edge in edges_of(read)]
        known = [edge["cursor"] for edge in before[reader.name]["edges"]]

        assert len(cursors) == len(set(cursors)), reader.name
        assert known == [cursor for cursor in cursors if cursor in set(known)], reader.name
