"""A graph is exported as JSON that comes back unchanged, and the same graph gives the same bytes."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from db.models import Run, RunStatus
from jobs.errors import InvalidParams
from jobs.pipelines.export.values import ExportParams
from jobs.submit import RunOptions
from tests.house import House
from tests.jobs.engines.lineage.test_imported import node
from tests.jobs.pipelines.export.exports import exported, imported, pairs_of, some_nodes
from tests.jobs.pipelines.lineage.sight import make_workspace, told

TEXTS = {
    "tables.sql": "CREATE TABLE raw.orders (id int, price int); CREATE TABLE mart.DimDay (x int);",
    "views.sql": "CREATE VIEW mart.fct_sales AS SELECT o.id FROM raw.orders o JOIN mart.DimDay d ON x = o.id;",
    "gap.sql": "CREATE VIEW mart.odd AS SELECT * FROM nowhere;",
}


async def another(house: House, name: str) -> str:
    """A workspace beside the first."""
    await house.write(lambda session: make_workspace(session, name))
    return name


async def failure(house: House, **params: Any) -> dict[str, Any]:
    run = await house.submitted("export", **params)
    await house.execute(run)
    assert RunStatus.FAILED == await house.status(run)
    return await house.error(run)


async def test_what_is_exported(house: House) -> None:
    """Assets are nodes by name, with their kinds, parts in a model, definitions, and what is beside each."""
    await told(house, TEXTS)

    nodes = {each["id"]: each for each in orjson.loads(await exported(house))}

    assert ["mart.DimDay", "mart.fct_sales", "mart.odd", "nowhere", "raw.orders"] == list(nodes)
    sales = nodes["mart.fct_sales"]
    assert ["mart.DimDay", "raw.orders"] == sales["inputs"]
    assert ("View", "square", "Fact", True) == (
        sales["object_type"],
        sales["node_symbol"],
        sales["data_model_type"],
        sales["parse_success"],
    )
    assert TEXTS["views.sql"].rstrip(";") == sales["ddl_text"]
    assert ["mart.fct_sales"] == nodes["raw.orders"]["outputs"]
    assert (False, "Dimension", "") == (
        nodes["mart.odd"]["parse_success"],
        nodes["mart.DimDay"]["data_model_type"],
        nodes["nowhere"]["schema"],
    )
    assert ("Table", True) == (nodes["nowhere"]["object_type"], "ddl_text" not in nodes["nowhere"])


async def test_what_the_run_tells(house: House) -> None:
    """The result counts nodes and edges, and says which revision the file shows."""
    made = await told(house, TEXTS)
    run = await house.submitted("export")
    await house.execute(run)

    result = (await house.row(run)).result
    assert result is not None
    assert {"name": "lineage.json", "node_count": 5, "edge_count": 3, "revision": made["revision"]} == {
        key: value for key, value in result.items() if key != "artifact"
    }


@pytest.mark.parametrize("seed", range(3))
async def test_what_comes_back(house: House, tmp_path: Path, seed: int) -> None:
    """A file that was exported, imported elsewhere and exported again is the same to the byte."""
    nodes = some_nodes(seed)
    first = await imported(house, tmp_path, orjson.dumps(nodes))
    assert RunStatus.COMPLETED == first.status, first.error
    out = await exported(house)

    second = await imported(house, tmp_path, out, await another(house, "other"))
    assert RunStatus.COMPLETED == second.status, second.error
    assert out == await exported(house, "other")
    assert len(nodes) == len(orjson.loads(out))


async def test_what_was_told_is_there(house: House, tmp_path: Path) -> None:
    """Words, definitions, kinds and references of an import are in the graph and come out again."""
    nodes = [
        node("1", name="T", schema="dbo", outputs=["2"], description="Ω"),
        node("2", name="V", schema="dbo", object_type="View", ddl_text="CREATE\r\nVIEW V", parse_success=False),
        node(
            "3", name="P", schema="dbo", object_type="Stored Procedure", bidirectional_with=["1"], inputs=["3"]
        ),
    ]
    run = await imported(house, tmp_path, orjson.dumps(nodes))
    assert run.result is not None, run.error
    out = await exported(house)

    assert {("dbo.T", "dbo.V"), ("dbo.T", "dbo.P"), ("dbo.P", "dbo.T")} == pairs_of(out)
    procedure, table, view = orjson.loads(out)
    assert (["dbo.T"], ["dbo.P"]) == (procedure["bidirectional_with"], table["bidirectional_with"])
    assert ("Ω", "CREATE\r\nVIEW V", False) == (table["description"], view["ddl_text"], view["parse_success"])
    assert ([], 0) == (run.result["disagreements"], run.result["unresolved_count"])


async def test_texts_come_back_too(house: House, tmp_path: Path) -> None:
    """What SQL told is exported, imported and exported again without a change."""
    await told(house, TEXTS)
    out = await exported(house)

    await imported(house, tmp_path, out, await another(house, "other"), dialect="duckdb")
    assert out == await exported(house, "other")


async def test_names_that_differ_in_capitals_only(house: House, tmp_path: Path) -> None:
    """Two relations that quotes tell apart stay two."""
    await told(
        house, {"a.sql": 'CREATE TABLE Orders (a int); CREATE TABLE "Orders" (a int);'}, dialect="postgres"
    )
    out = await exported(house)

    assert ["Orders", "orders"] == [each["id"] for each in orjson.loads(out)]
    await imported(house, tmp_path, out, await another(house, "other"), dialect="postgres")
    assert out == await exported(house, "other")


async def test_revisions(house: House) -> None:
    """An export shows the graph as it was at a revision; twice the same revision is twice the same file."""
    one = await told(house, TEXTS)
    before = await exported(house)
    two = await told(house, {"more.sql": "CREATE TABLE later (a int);"}, source="more")

    assert before == await exported(house, as_of_revision=one["revision"])
    after = await exported(house, as_of_revision=two["revision"])
    assert after == await exported(house)
    assert len(orjson.loads(before)) + 1 == len(orjson.loads(after))


async def test_revisions_that_are_not_there(house: House) -> None:
    """A revision that readers cannot see is refused before there is a run, saying which is the newest."""
    with pytest.raises(InvalidParams, match=r"asOfRevision is 1, .*: the workspace has none yet"):
        await house.submitted("export", as_of_revision=1)
    await told(house, TEXTS)
    with pytest.raises(
        InvalidParams, match="asOfRevision is 99, and there is no such revision: the newest is 1"
    ):
        await house.submitted("export", as_of_revision=99)


async def test_an_empty_graph(house: House) -> None:
    """A workspace without a graph gives an array without nodes."""
    assert b"[]\n" == await exported(house)
    run: Run = await house.submitted("export")
    await house.execute(run)
    result = (await house.row(run)).result
    assert result is not None
    assert (None, 0, 0) == (result["revision"], result["node_count"], result["edge_count"])


async def test_namespaces(house: House) -> None:
    """A file holds one namespace: of several one must be chosen, and one that there is."""
    await told(house, {"a.sql": "CREATE TABLE a (x int);"}, source="a", namespace="mssql://one")
    await told(house, {"b.sql": "CREATE TABLE b (x int);"}, source="b", namespace="mssql://two")

    assert ["b"] == [each["id"] for each in orjson.loads(await exported(house, namespace="mssql://two"))]
    for params in ({}, {"namespace": "mssql://three"}):
        error = await failure(house, **params)
        assert "NAMESPACE_NEEDED" == error["code"]
        assert "There are: mssql://one, mssql://two." == error["hint"]


async def test_workspaces_are_apart(house: House) -> None:
    """An export shows nothing of another workspace."""
    await told(house, TEXTS)
    await another(house, "other")

    assert b"[]\n" == await exported(house, "other")


async def test_more_than_a_page(house: House, tmp_path: Path) -> None:
    """Graphs of more assets than one transaction reads are whole."""
    count = 900
    nodes = [node(f"n{place:04}", inputs=[f"n{place - 1:04}"] if place else []) for place in range(count)]
    await imported(house, tmp_path, orjson.dumps(nodes))

    out = await exported(house)

    assert [each["id"] for each in nodes] == [each["id"] for each in orjson.loads(out)]
    assert count - 1 == len(pairs_of(out))


async def test_a_bad_file_is_refused_by_its_run(house: House, tmp_path: Path) -> None:
    """An import that breaks the contract ends with all problems by path, and changes nothing."""
    run = await imported(house, tmp_path, orjson.dumps([node(id=1), node("b", inputs=["c"])]))

    assert RunStatus.FAILED == run.status
    assert run.error is not None
    assert "BAD_CATALOG" == run.error["code"]
    assert [("ID_NOT_A_STRING", "[0].id"), ("UNKNOWN_REFERENCE", "[1].inputs[0]")] == [
        (problem["code"], problem["field"]) for problem in run.error["problems"]
    ]
    assert 0 == await house.head()


@pytest.mark.parametrize("params", [{"namespace": " "}, {"namespace": "x" * 501}, {"as_of_revision": 0}])
def test_params_that_cannot_be(params: dict[str, Any]) -> None:
    """Params that no graph could fit are refused at once."""
    with pytest.raises(InvalidParams):
        ExportParams(**params)


async def test_a_run_of_another_workspace(house: House) -> None:
    """The revision that is asked for is looked for in the run's own workspace."""
    await told(house, TEXTS)
    await another(house, "other")

    with pytest.raises(InvalidParams):
        await house.submitted("export", RunOptions(workspace="other"), as_of_revision=1)
