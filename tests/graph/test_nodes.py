"""Global ids: everything that has one can be had again by it, and nothing else can."""

import base64
from typing import Any
from uuid import uuid4

from tests.graph.api import Api

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
SQL = "CREATE TABLE river.levels (station INT, cm INT)"


def global_id(kind: str, inner: object) -> str:
    return base64.b64encode(f"{kind}:{inner}".encode()).decode()


async def some_ids(api: Api) -> list[dict[str, Any]]:
    """A run, an asset and a column, by type and id."""
    texts = [{"name": "levels.sql", "sql": SQL}]
    accepted = await api.submit({"lineage": {"texts": texts, "dialect": "DUCKDB"}})
    await api.execute(accepted["runId"])
    asset = (await api.ask('{ asset(name: "river.levels") { id columns { id } } }'))["asset"]
    return [
        {"__typename": "Run", "id": accepted["id"]},
        {"__typename": "Asset", "id": asset["id"]},
        *({"__typename": "Column", "id": column["id"]} for column in asset["columns"]),
    ]


async def test_everything_by_its_id(api: Api) -> None:
    """Runs, assets and columns are found by their ids, one or many, in the order asked for, repeats too."""
    every = await some_ids(api)
    ids = [each["id"] for each in every]
    unknown = global_id("Run", uuid4())

    assert every == [(await api.ask(NODE, id=each))["node"] for each in ids]
    assert every[::-1] == (await api.ask(NODES, ids=ids[::-1]))["nodes"]
    assert [every[0], None, every[0]] == (await api.ask(NODES, ids=[ids[0], unknown, ids[0]]))["nodes"]
    assert [] == (await api.ask(NODES, ids=[]))["nodes"]
    for kind in ("Run", "Asset", "Column"):
        assert (await api.ask(NODE, id=global_id(kind, uuid4())))["node"] is None


async def test_ids_that_are_none(api: Api) -> None:
    """An id that is malformed, of a type that has none, or of a wrong inside is refused as what it is."""
    wrong = [
        *("", "x", "ü", "Run", "a" * 10_000, "\0", base64.b64encode(b"Run").decode()),
        *(global_id("Nothing", uuid4()), global_id("Query", uuid4()), global_id("Progress", uuid4())),
        *(global_id("Run", ""), global_id("Run", "1"), global_id("Asset", "\0"), global_id("Column", "x:y")),
        base64.b64encode(b"Run:\xff\xfe").decode(),
    ]
    for each in wrong:
        assert await api.code(NODE, id=each) in {"BAD_INPUT", "VALIDATION_FAILED"}, each
        assert await api.code(NODES, ids=[each]) in {"BAD_INPUT", "VALIDATION_FAILED"}, each
    assert "VALIDATION_FAILED" == await api.code(NODES, ids=[global_id("Run", uuid4())] * 101)
    assert [None] * 100 == (await api.ask(NODES, ids=[global_id("Run", uuid4()) for _ in range(100)]))["nodes"]
