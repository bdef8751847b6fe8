"""What children do with exports, done here: the same bytes in every format, and the same reading again."""

from pathlib import Path

import pytest

from jobs.engines.files.roles import Role
from jobs.errors import BadCatalog
from jobs.pipelines.export.formats import FORMS, convert
from jobs.pipelines.export.values import ExportFormat, ExportLevel, TooLargeToExport
from jobs.pipelines.lineage.sources.graph import read
from jobs.pipelines.lineage.sources.material import File
from tests.house import House
from tests.jobs.pipelines.export.test_again import BAD, MORE
from tests.jobs.pipelines.export.test_formats import HOSTILE, TEXTS, plain, written
from tests.jobs.pipelines.lineage.sight import told

CONVERTED = [form for form in FORMS if form is not ExportFormat.JSON]


async def kept(house: House, folder: Path) -> Path:
    """A full export as a file."""
    await told(house, TEXTS | MORE | HOSTILE, source="shop")
    path = folder / "graph.jsonl"
    path.write_bytes(await written(house, ExportFormat.JSON))
    return path


@pytest.mark.parametrize("level", ExportLevel)
async def test_converted(sqlite_house: House, tmp_path: Path, level: ExportLevel) -> None:
    """Each format is made of the full export alone: the bytes that a run keeps, but for a sheet's date."""
    graph = await kept(sqlite_house, tmp_path)
    for form in CONVERTED:
        path = tmp_path / FORMS[form].name
        convert(form, graph, path, level)

        kept_one = await written(sqlite_house, form, level=level.value)
        assert plain(form, path.read_bytes()) == plain(form, kept_one), form


async def test_a_drawing_has_an_end(sqlite_house: House, tmp_path: Path) -> None:
    """A flowchart of more arrows than anybody can look at is refused."""
    views = {f"{at}.sql": f"CREATE VIEW wide.v{at} AS SELECT id FROM raw.orders" for at in range(501)}
    await told(sqlite_house, TEXTS | views, source="shop")
    graph = tmp_path / "graph.jsonl"
    graph.write_bytes(await written(sqlite_house, ExportFormat.JSON))

    with pytest.raises(TooLargeToExport):
        convert(ExportFormat.MERMAID, graph, tmp_path / "out.mmd", ExportLevel.ASSET)


def test_the_export_itself_is_not_converted(tmp_path: Path) -> None:
    """Nobody converts a full export into itself."""
    with pytest.raises(ValueError, match="as it is"):
        convert(ExportFormat.JSON, tmp_path / "a", tmp_path / "b", ExportLevel.ASSET)


async def test_read_again(sqlite_house: House, tmp_path: Path) -> None:
    """All assets, statements and gaps of an export are read from its lines."""
    graph = await kept(sqlite_house, tmp_path)
    text = graph.read_text(encoding="utf-8")
    imported = read([File("graph.jsonl", Role.GRAPH, graph)]).imported

    assert imported is not None
    lineage = imported.lineage
    assert text.count('\n{"asset"') == len(lineage.relations)
    assert text.count('\n{"statement"') == len(lineage.statements)
    assert text.count('\n{"gap"') == len(lineage.unresolved)
    assert lineage.edges


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_export(tmp_path: Path, name: str) -> None:
    """A file that is not one is refused by its line and a code."""
    content, code, _ = BAD[name]
    path = tmp_path / "graph.jsonl"
    path.write_bytes(content)

    with pytest.raises(BadCatalog) as caught:
        read([File("graph.jsonl", Role.GRAPH, path)])
    assert [code] == [problem.code for problem in caught.value.problems]
