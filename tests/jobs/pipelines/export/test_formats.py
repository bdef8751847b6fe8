"""A graph is written in the formats that other programs load: whole, the same each time, and harmless."""

import csv
import io
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import orjson
import pytest

from db.history import artifacts_of_runs
from db.models import RunStatus
from jobs.pipelines.export.formats import FORMS
from jobs.pipelines.export.values import ExportFormat
from jobs.submit import RunOptions
from tests.house import House
from tests.jobs.pipelines.lineage.sight import make_workspace, told

TEXTS = {
    "tables.sql": "CREATE TABLE raw.orders (id int, price int, email text); CREATE TABLE raw.days (x int);",
    "views.sql": "CREATE VIEW mart.sales AS SELECT o.id, o.price * 2 AS twice, md5(o.email) AS who "
    "FROM raw.orders o JOIN raw.days d ON d.x = o.id;",
    "gap.sql": "CREATE VIEW mart.odd AS SELECT * FROM nowhere;",
}
HOSTILE = {
    "h.sql": """CREATE TABLE "=HYPERLINK(""x"")" ("+1" int, "<b>&'" int, "a|b%" int, "q\\""];
--" int);
CREATE VIEW "@v" AS SELECT "+1" AS "-c", "<b>&'" AS "]]>", "a|b%" AS "tab	x" FROM "=HYPERLINK(""x"")";"""
}
ALL = tuple(FORMS)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


async def written(house: House, form: ExportFormat, workspace: str = "main", **params: Any) -> bytes:
    """The file of an export."""
    options = RunOptions(workspace=workspace)
    run = await house.submitted("export", options, format=form.value, **params)
    await house.execute(run)
    row = await house.row(run)
    assert RunStatus.COMPLETED == row.status, row.error
    kept = await house.store.read(partial(artifacts_of_runs, pks=[run.pk]))
    ((name, artifact),) = kept[run.pk]
    assert (FORMS[form].name, FORMS[form].media_type) == (name, artifact.media_type)
    return house.artifacts.path(artifact.digest).read_bytes()


def unpacked(content: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def plain(form: ExportFormat, content: bytes) -> bytes | dict[str, bytes]:
    """A file, or the parts of a spreadsheet without the one that says when it was made."""
    if form is not ExportFormat.XLSX:
        return content
    return {name: part for name, part in unpacked(content).items() if name != "docProps/core.xml"}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


async def test_the_whole_graph(house: House) -> None:
    """Every asset, column, edge with its evidence, statement and gap is a line that says all of it."""
    await told(house, TEXTS, source="shop")

    header, *lines = (orjson.loads(line) for line in (await written(house, ExportFormat.JSON)).splitlines())
    assets = {line["asset"]["name"]: line["asset"] for line in lines if "asset" in line}
    statements = [line["statement"] for line in lines if "statement" in line]
    gaps = [line["gap"] for line in lines if "gap" in line]

    assert {"headwaterGraph": 1} == header
    assert ["mart.odd", "mart.sales", "nowhere", "raw.days", "raw.orders"] == sorted(assets)
    sales = assets["mart.sales"]
    assert ("view", True, True, ["shop"]) == (
        *(sales[name] for name in ("kind", "complete", "explained")),
        sales["sources"],
    )
    assert ["id", "twice", "who"] == [column["name"] for column in sales["columns"]]
    (twice,) = [edge for edge in sales["edges"] if edge["to"] == "twice"]
    assert (["headwater://main", "raw.orders", "price"], "direct", "transformation") == (
        twice["from"],
        twice["kind"],
        twice["subtype"],
    )
    assert {"o.price * 2 AS twice"} == {proof["expression"] for proof in twice["evidence"]}
    (text,) = [each for each in statements if each["text"] == "views.sql"]
    assert TEXTS["views.sql"].rstrip(";") == text["sql"].rstrip(";")
    assert [("gap.sql", "unknown_columns")] == [(gap["text"], gap["reason"]) for gap in gaps]


async def test_csv(sqlite_house: House) -> None:
    """Four CSV files hold what the graph holds, with types as words."""
    await told(sqlite_house, TEXTS, source="shop")
    files = unpacked(await written(sqlite_house, ExportFormat.CSV))

    assert ["assets.csv", "columns.csv", "edges.csv", "unresolved.csv"] == list(files)
    edges = {(row["source_column"], row["target_column"]): row for row in rows_of(files["edges.csv"])}
    assert ("transformation", "o.price * 2 AS twice", "shop", "1") == tuple(
        edges["price", "twice"][name] for name in ("subtype", "expression", "sources", "line")
    )
    assert "True" == edges["email", "who"]["masking"]
    columns = [row["name"] for row in rows_of(files["columns.csv"]) if row["asset"] == "raw.orders"]
    assert ["id", "price", "email"] == columns
    assert ["unknown_columns"] == [row["reason"] for row in rows_of(files["unresolved.csv"])]


async def test_nothing_is_a_formula(sqlite_house: House) -> None:
    """No cell of a CSV file begins as a formula does, whatever names there are."""
    await told(sqlite_house, HOSTILE)
    files = unpacked(await written(sqlite_house, ExportFormat.CSV))
    cells = [cell for content in files.values() for row in rows_of(content) for cell in row.values()]

    assert '\'=HYPERLINK("x")' in cells
    assert [] == [cell for cell in cells if cell.startswith(FORMULAS)]


async def test_parquet(sqlite_house: House, tmp_path: Path) -> None:
    """Four Parquet files hold the same rows, typed."""
    await told(sqlite_house, TEXTS)
    for name, content in unpacked(await written(sqlite_house, ExportFormat.PARQUET)).items():
        (tmp_path / name).write_bytes(content)
    edges = f"read_parquet('{tmp_path}/edges.parquet')"
    connection = duckdb.connect()

    asked = f"SELECT target_column, masking, confidence FROM {edges} WHERE source_column = 'email'"
    found = connection.execute(asked)
    assert [("who", True, 0.85)] == found.fetchall()
    unresolved = connection.execute(f"SELECT reason, line FROM read_parquet('{tmp_path}/unresolved.parquet')")
    assert [("unknown_columns", 1)] == unresolved.fetchall()


async def test_a_spreadsheet(sqlite_house: House) -> None:
    """A spreadsheet has a sheet for each table, and its cells are text, not formulas."""
    await told(sqlite_house, HOSTILE)
    sheets = unpacked(await written(sqlite_house, ExportFormat.XLSX))
    book = sheets["xl/workbook.xml"].decode()

    assert all(f'name="{name}"' in book for name in ("assets", "columns", "edges", "unresolved"))
    assert not any(b"<f>" in content for content in sheets.values())
    assert any(b"=HYPERLINK" in content for content in sheets.values())


@pytest.mark.parametrize("level", ["asset", "column"])
async def test_graphml(sqlite_house: House, level: str) -> None:
    """GraphML is XML whose edges lead from nodes to nodes, with hostile names too."""
    await told(sqlite_house, TEXTS | HOSTILE)
    content = await written(sqlite_house, ExportFormat.GRAPHML, level=level)
    root = ET.fromstring(content)  # noqa: S314 - our own file
    space = "{http://graphml.graphdrawing.org/xmlns}"
    nodes = [node.get("id") for node in root.iter(f"{space}node")]
    edges = [(edge.get("source"), edge.get("target")) for edge in root.iter(f"{space}edge")]

    assert len(set(nodes)) == len(nodes)
    assert edges
    assert {end for edge in edges for end in edge} <= set(nodes)
    last = {"asset": "mart.sales", "column": "mart.sales|twice"}[level]
    assert any((target or "").endswith(last) for _, target in edges)


@pytest.mark.parametrize("level", ["asset", "column"])
async def test_dot(sqlite_house: House, level: str) -> None:
    """DOT has a line for each node and edge, and no name ends its quotes."""
    await told(sqlite_house, TEXTS | HOSTILE)
    lines = (await written(sqlite_house, ExportFormat.DOT, level=level)).decode().splitlines()

    assert ("digraph lineage {", "}") == (lines[0], lines[-1])
    assert any(" -> " in line for line in lines)
    for line in lines[2:-1]:
        bare = line.replace("\\\\", "").replace('\\"', "")
        assert bare.count('"') % 2 == 0
        assert line.endswith(";")


async def test_mermaid(sqlite_house: House) -> None:
    """A Mermaid flowchart has an arrow for each pair of assets, dotted where one only influences the other."""
    await told(sqlite_house, TEXTS)
    lines = (await written(sqlite_house, ExportFormat.MERMAID)).decode().splitlines()

    assert "flowchart LR" == lines[0]
    assert 5 == sum('["' in line for line in lines)
    assert (2, 2) == (sum(" --> " in line for line in lines), sum(" -.-> " in line for line in lines))


async def test_too_much_for_mermaid(sqlite_house: House) -> None:
    """A graph with more arrows than Mermaid draws is refused, with what to do instead."""
    views = "".join(f"CREATE VIEW v{n} AS SELECT a FROM t;" for n in range(501))
    await told(sqlite_house, {"v.sql": f"CREATE TABLE t (a int);{views}"})
    run = await sqlite_house.submitted("export", format="mermaid")
    await sqlite_house.execute(run)

    assert RunStatus.FAILED == await sqlite_house.status(run)
    error = await sqlite_house.error(run)
    assert ("TOO_LARGE_TO_EXPORT", True) == (error["code"], "DOT" in error["hint"])


@pytest.mark.parametrize("form", ALL)
async def test_the_same_bytes(sqlite_house: House, form: ExportFormat) -> None:
    """The same revision gives the same bytes, whatever came after it: but for a sheet's date."""
    await told(sqlite_house, TEXTS)
    first = plain(form, await written(sqlite_house, form))
    await told(sqlite_house, {"more.sql": "CREATE TABLE t (a int)"}, source="more")

    assert first == plain(form, await written(sqlite_house, form, as_of_revision=1))
    assert first != plain(form, await written(sqlite_house, form))


@pytest.mark.parametrize("form", ALL)
async def test_nothing_to_export(sqlite_house: House, form: ExportFormat) -> None:
    """A workspace without a graph gives a file that is valid and empty."""
    await sqlite_house.write(lambda session: make_workspace(session, "empty"))
    content = await written(sqlite_house, form, workspace="empty")

    assert content
    if form is ExportFormat.JSON:
        assert b'{"headwaterGraph":1}\n' == content
