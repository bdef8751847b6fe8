"""The example's catalog, with its query log, run after run: however rows fall into batches."""

from functools import partial
from pathlib import Path

import pytest

from db.models import RunStatus
from jobs import context
from jobs.submit import RunOptions
from tests.catalogs import text, uploaded, write
from tests.house import House
from tests.jobs.pipelines.lineage.sight import look, make_workspace

DUMP = Path(__file__).parents[4] / "examples" / "warehouse-parquet"
MORE = "INSERT INTO mart.daily_figures SELECT sold_on, channel, 0, 0 FROM staging.sales"


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def run_over(house: House, folder: Path, workspace: str = "main") -> int:
    """Run over the Parquet files of a folder; how many assertions it wrote and ended."""
    uploads = [await uploaded(house, path, path.name, workspace) for path in files_in(folder)]
    run = await house.submitted("lineage", RunOptions(workspace=workspace), uploads=uploads, dialect="duckdb")
    await house.execute(run)
    assert RunStatus.COMPLETED_WITH_GAPS == await house.status(run), await house.error(run)
    result = (await house.row(run)).result or {}
    return int(result["added_count"]) + int(result["ended_count"])


def dump(folder: Path, **queries: str) -> Path:
    """The example's files, with some of them made by queries over the originals."""
    for path in DUMP.iterdir():
        given = f"SELECT * FROM '{path}'"
        write(folder, path.name, queries.get(path.stem, "{}").format(given))
    return folder


@pytest.mark.parametrize("first_batch", [1, 64, 100_000])
async def test_run_after_run(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_batch: int
) -> None:
    """Changed and changed back, the catalog says what it says in a workspace of its own; its logs add up."""
    monkeypatch.setattr(context, "FIRST_BATCH", first_batch)
    await house.write(partial(make_workspace, name="fresh"))
    more = f"{{}} UNION ALL SELECT {text(MORE)}, now()::TIMESTAMP"
    changed = dump(
        tmp_path / "changed",
        definitions="SELECT * FROM ({}) WHERE definition NOT LIKE '%mart.customers%'",
        query_logs=f"SELECT {text(MORE)} AS command_text, now()::TIMESTAMP AS submit_time",
    )
    await run_over(house, DUMP)
    before = await look(house)

    assert 0 < await run_over(house, changed)
    assert before.edges != (await look(house)).edges
    assert 0 < await run_over(house, dump(tmp_path / "both", query_logs=more))
    await run_over(house, tmp_path / "both", "fresh")

    graph, fresh = await look(house), await look(house, workspace="fresh")
    assert (fresh.assets, fresh.columns, fresh.edges) == (graph.assets, graph.columns, graph.edges)
    assert before.edges < graph.edges
    assert 0 == await run_over(house, tmp_path / "both")
