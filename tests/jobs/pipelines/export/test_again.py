"""A full export is read again: the graph is the same, and a file that is not one is refused by line."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from db.models import RunStatus
from jobs.pipelines.export.values import ExportFormat
from tests.house import House
from tests.jobs.pipelines.export.exports import imported
from tests.jobs.pipelines.export.test_formats import HOSTILE, TEXTS, written
from tests.jobs.pipelines.lineage.sight import look, make_workspace, told

MORE = {
    "procedure.sql": "CREATE TABLE mart.copied AS SELECT twice, who FROM mart.sales;\n\n"
    "INSERT INTO mart.copied SELECT twice + 1, who FROM mart.sales WHERE id > 3;",
    "away.sql": "CREATE VIEW mart.away AS SELECT far.z, far.a FROM elsewhere.far AS far;",
}


async def again(house: House, folder: Path, content: bytes, workspace: str = "other") -> dict[str, Any]:
    """The row of a run that read an export in another workspace."""
    await house.write(lambda session: make_workspace(session, workspace))
    path = folder / "graph.jsonl"
    path.write_bytes(content)
    run = await imported(house, folder, content, workspace, name="graph.jsonl", source="shop")
    return {"status": run.status, "error": run.error, "result": run.result}


@pytest.mark.parametrize("texts", [TEXTS, TEXTS | MORE, HOSTILE, TEXTS | MORE | HOSTILE])
async def test_the_same_graph(house: House, tmp_path: Path, texts: dict[str, str]) -> None:
    """What was exported, read into an empty workspace and exported again is the same, byte by byte."""
    await told(house, texts, source="shop")
    first = await written(house, ExportFormat.JSON)
    row = await again(house, tmp_path, first)

    assert row["error"] is None
    assert first == await written(house, ExportFormat.JSON, "other")
    assert await look(house) == await look(house, workspace="other")


async def test_again_changes_nothing(sqlite_house: House, tmp_path: Path) -> None:
    """The same file once more writes no row."""
    await told(sqlite_house, TEXTS, source="shop")
    content = await written(sqlite_house, ExportFormat.JSON)
    await again(sqlite_house, tmp_path, content)
    run = await imported(sqlite_house, tmp_path, content, "other", name="graph.jsonl", source="shop")

    assert run.result is not None
    assert (None, 0, 0) == tuple(run.result[name] for name in ("revision", "added_count", "ended_count"))


HEAD = {"headwaterGraph": 1}
ASSET: dict[str, Any] = {
    "namespace": "n",
    "key": "a",
    "name": "a",
    "kind": "table",
    "description": "",
    "complete": True,
    "explained": True,
    "definition": None,
    "owners": [],
    "tags": [],
    "descriptions": [],
    "sources": [],
    "columns": [],
    "edges": [],
}
COLUMN: dict[str, Any] = {"key": "c", "name": "c", "type": None, "owners": [], "tags": [], "descriptions": []}
STATEMENT = {"text": "t", "start": 0, "line": 1, "verb": "SELECT", "sql": "SELECT 1", "source": "s"}
PROOF = {
    "text": "t",
    "statement": 0,
    "start": 0,
    "end": 1,
    "line": 1,
    "origin": "parsed",
    "note": "",
    "source": "s",
}
EDGE: dict[str, Any] = {
    "from": ["n", "a", None],
    "to": None,
    "kind": "direct",
    "subtype": "identity",
    "masking": False,
    "evidence": [PROOF],
}


def lines(*said: Any, end: str = "\n") -> bytes:
    return b"\n".join(each if isinstance(each, bytes) else orjson.dumps(each) for each in said) + end.encode()


def asset(**more: Any) -> dict[str, Any]:
    return {"asset": ASSET | more}


BAD = {
    "another version": (lines({"headwaterGraph": 2}), "UNKNOWN_VERSION", "line 1"),
    "cut": (lines(HEAD, asset(), end=""), "CUT", "line 2"),
    "no JSON": (lines(HEAD, b"{"), "NOT_JSON", "line 2"),
    "not UTF-8": (lines(HEAD, b'{"asset": "\xff"}'), "NOT_JSON", "line 2"),
    "no object": (lines(HEAD, [1]), "NOT_AN_OBJECT", "line 2"),
    "nested deep": (lines(HEAD, b'{"asset":' + b"[" * 5_000), "NOT_JSON", "line 2"),
    "something else": (lines(HEAD, {"view": {}}), "UNKNOWN_LINE", "line 2"),
    "a missing field": (lines(HEAD, {"asset": {"namespace": "n"}}), "WRONG_TYPE", "key"),
    "a number for a name": (lines(HEAD, asset(name=1)), "WRONG_TYPE", "name"),
    "true for a number": (lines(HEAD, {"statement": STATEMENT | {"start": True}}), "WRONG_TYPE", "start"),
    "a negative place": (lines(HEAD, {"statement": STATEMENT | {"start": -1}}), "WRONG_VALUE", "start"),
    "a place far away": (lines(HEAD, {"statement": STATEMENT | {"start": 1 << 40}}), "TOO_LARGE", "start"),
    "a kind that is none": (lines(HEAD, asset(kind="thing")), "UNKNOWN_VALUE", "kind"),
    "NUL": (lines(HEAD, asset(name="a\0b")), "HOLDS_NUL", "name"),
    "an asset twice": (lines(HEAD, asset(), asset()), "DUPLICATE_ASSET", "line 3"),
    "a column twice": (lines(HEAD, asset(columns=[COLUMN, COLUMN])), "DUPLICATE_COLUMN", "line 2"),
    "no such statement": (lines(HEAD, asset(definition=["t", 0, "s"])), "UNKNOWN_STATEMENT", "line 2"),
    "an edge from nowhere": (
        lines(HEAD, {"statement": STATEMENT}, asset(edges=[EDGE | {"from": ["n", "b", None]}])),
        "UNKNOWN_ASSET",
        "line 3",
    ),
    "an edge from no name": (
        lines(HEAD, {"statement": STATEMENT}, asset(edges=[EDGE | {"from": [["n"], "b", None]}])),
        "UNKNOWN_ASSET",
        "line 3",
    ),
    "an edge to no column": (
        lines(HEAD, {"statement": STATEMENT}, asset(edges=[EDGE | {"to": "z"}])),
        "UNKNOWN_COLUMN",
        "line 3",
    ),
    "an edge without evidence": (
        lines(HEAD, {"statement": STATEMENT}, asset(edges=[EDGE | {"evidence": []}])),
        "NO_EVIDENCE",
        "line 3",
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_no_export(sqlite_house: House, tmp_path: Path, name: str) -> None:
    """A file that is not one is refused by a code, with the line and the field, and changes nothing."""
    content, code, where = BAD[name]
    row = await again(sqlite_house, tmp_path, content)

    assert (RunStatus.FAILED, "BAD_CATALOG") == (row["status"], row["error"]["code"])
    (problem,) = row["error"]["problems"]
    assert code == problem["code"]
    assert where in f"{problem['message']} {problem['field']}"
    assert not (await look(sqlite_house, workspace="other")).assets
