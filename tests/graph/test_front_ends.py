"""Clients that others wrote find what they look for: Apollo Client, graphql-ws, and gql."""

from typing import Any

import gql
import pytest
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from websockets.typing import Subprotocol

from tests.graph.api import Api
from tests.graph.clients import needs_node, told

GRAPHQL = "application/graphql-response+json"


class TestNode:
    """Clients that need node."""

    pytestmark = needs_node

    @pytest.mark.parametrize(("ways", "method"), [((), "POST"), (("get",), "GET")])
    async def test_apollo_client(self, sqlite_api: Api, ways: tuple[str, ...], method: str) -> None:
        """It sends a text once and then its hash, by GET too; errors and live events arrive as such."""
        run_id = await sqlite_api.done()
        seen = await told("apollo.mjs", sqlite_api.address, run_id, *ways)
        asked = [(one["method"], one["text"], one["status"], one["code"]) for one in seen["requests"]]

        assert [run_id, run_id] == seen["runs"]
        assert (run_id, "BAD_INPUT", [1, 2, 3]) == (seen["stopped"], seen["wrong"], seen["events"])
        assert {GRAPHQL} == {one["type"] for one in seen["requests"]}
        assert (method, False, 200, "PERSISTED_QUERY_NOT_FOUND") == asked[0]
        assert [True, False] == [text for _, text, _, _ in asked[1:3]]
        assert (method, False, 200, None) == asked[2]
        assert ("POST", True, 200, None) in asked[3:5]
        assert 400 == asked[-1][2]

    async def test_graphql_ws(self, sqlite_api: Api) -> None:
        """Each operation on its socket ends alone, one goes by its hash, and pings are answered."""
        run_id = await sqlite_api.done()
        seen = await told("sockets.mjs", sqlite_api.address, run_id)
        events = [{"runEvents": {"seq": seq}} for seq in (1, 2, 3)]

        assert (["PERSISTED_QUERY_NOT_FOUND"], events, events) == (
            seen["unknown"],
            seen["events"],
            seen["known"],
        )
        assert [["BAD_INPUT"], ["TOO_MANY_ALIASES"]] == [seen["bad"], seen["named"]]
        assert [{"service": {"name": "Headwater"}}] == seen["query"]
        assert [1000] == seen["closed"]


async def test_gql(sqlite_api: Api) -> None:
    """The client library gql is told what its questions cost, and why one is refused, on both doors."""
    uri = sqlite_api.address.replace("http:", "ws:") + "/graphql"
    transports: list[Any] = [
        HTTPXAsyncTransport(url=f"{sqlite_api.address}/graphql"),
        WebsocketsTransport(url=uri, subprotocols=[Subprotocol("graphql-transport-ws")]),
    ]
    for transport in transports:
        async with gql.Client(transport=transport) as session:
            answer = await session.execute(gql.gql("{ service { name } }"), get_execution_result=True)
            assert {"service": {"name": "Headwater"}} == answer.data
            assert {"requested": 2, "maximum": 2_000_000} == (answer.extensions or {})["cost"]
            with pytest.raises(TransportQueryError) as refused:
                await session.execute(gql.gql("{ " + "a: service { name } " * 101 + "}"))
            (error,) = refused.value.errors or []
            assert "TOO_MANY_ALIASES" == error["extensions"]["code"]
