"""A lineage run explains its texts or lists what it could not explain, whatever it is given."""

import asyncio
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from db.history import artifacts_of_runs
from db.models import EventName, Run, RunStatus
from jobs.children import ChildLimits, Children
from jobs.engines.lineage.values import SqlText
from jobs.pipelines.lineage.bring import chunked
from jobs.submit import stop_run
from tests.duck import fresh_database
from tests.house import House
from tests.jobs.engines.lineage.northwind import script
from tests.jobs.pipelines.lineage.sight import look, submitted, told

WAREHOUSE = Path(__file__).parents[4] / "examples" / "warehouse"
SCHEMAS = ("raw", "staging", "mart")
STAGES = ("READ", "PARSE", "INFER", "SAVE")
UNKNOWABLE = "staging.feed_sample."  # a star over a table that a variable names
NOT_EXPLAINED = {
    "mart/20_recount_day.sql",
    "staging/17_feed_sample.sql",
}
# Reading this takes seconds, and twice the memory that a child of LITTLE may use.
HEAVY = f"CREATE VIEW heavy AS SELECT {', '.join(f'a.c{n} + b.c{n} AS c{n}' for n in range(30_000))} FROM a, b;"
LITTLE = ChildLimits(size=1, memory_bytes=180 << 20, timeout_seconds=30)


def reasons(result: dict[str, Any]) -> dict[str, int]:
    """How often each reason is among the gaps that a result shows."""
    return dict(Counter(gap["reason"] for gap in result["gaps"]))


async def gaps_file(house: House, run: Run) -> list[dict[str, Any]]:
    """The whole list of gaps that a run kept."""
    kept = await house.store.read(partial(artifacts_of_runs, pks=[run.pk]))
    (named,) = kept[run.pk]
    assert ("gaps.json", "application/json") == (named[0], named[1].media_type)
    listed: list[dict[str, Any]] = orjson.loads(house.artifacts.path(named[1].digest).read_bytes())
    return listed


async def test_stages_in_order(house: House) -> None:
    """A run tells its four stages in order, each begun and completed, and how far it is."""
    run = await submitted(house, {f"{n}.sql": f"CREATE TABLE t{n} (id int);" for n in range(3)})
    await house.execute(run)

    stages = [
        (str(event.name), event.data["stage"])
        for event in await house.events(run)
        if event.name in {EventName.STAGE_STARTED, EventName.STAGE_COMPLETED}
    ]
    assert [(f"STAGE_{what}", stage) for stage in STAGES for what in ("STARTED", "COMPLETED")] == stages
    row = await house.row(run)
    assert (RunStatus.COMPLETED, 100.0) == (row.status, row.progress)


async def test_a_byte_order_mark_is_no_sql(sqlite_house: House) -> None:
    """A mark before the first character is taken off, so that spans count as an editor does."""
    result = await told(sqlite_house, {"marked.sql": "\ufeffCREATE VIEW v AS SELECT * FROM nowhere;"})

    assert {"unknown_columns": 1} == reasons(result)
    assert (1, 25) == (result["gaps"][0]["line"], result["gaps"][0]["column"])
    assert {"v", "nowhere"} == (await look(sqlite_house)).assets


async def test_a_text_that_kills_its_child(sqlite_house: House) -> None:
    """A text too heavy for a child costs itself: it is listed, told of, and its neighbours are explained."""
    texts = {
        "before.sql": "CREATE TABLE orders (id int);",
        "heavy.sql": HEAVY,
        "after.sql": "CREATE VIEW v AS SELECT id FROM orders;",
    }
    run = await submitted(sqlite_house, texts)
    settings = sqlite_house.bench.pipeline_settings
    one_chunk = settings["lineage"].model_copy(update={"chunk_characters": 10_000_000})
    async with Children(LITTLE) as children:
        bench = replace(
            sqlite_house.bench, children=children, pipeline_settings={**settings, "lineage": one_chunk}
        )
        await sqlite_house.execute(run, bench)

    row = await sqlite_house.row(run)
    assert RunStatus.COMPLETED_WITH_GAPS == row.status
    result = row.result or {}
    assert ({"crashed": 1}, 3, 2) == (reasons(result), result["statement_count"], result["explained_count"])
    gap = result["gaps"][0]
    assert ("heavy.sql", 0, len(HEAVY)) == (gap["text"], gap["start"], gap["end"])
    assert "180 MiB" in gap["message"]
    assert {("orders.id", "identity", "v.id")} == (await look(sqlite_house)).edges
    notices = [event.data["message"] for event in await sqlite_house.events(run) if event.name == "NOTICE"]
    assert ["heavy.sql"] == [notice.partition(" ")[0] for notice in notices]


async def test_a_text_that_kills_its_child_alone(sqlite_house: House) -> None:
    """A heavy text that has a chunk for itself is given up after one call."""
    run = await submitted(sqlite_house, {"heavy.sql": HEAVY})
    async with Children(LITTLE) as children:
        await sqlite_house.execute(run, replace(sqlite_house.bench, children=children))

    row = await sqlite_house.row(run)
    assert {"crashed": 1} == reasons(row.result or {})
    progress = [event.data for event in await sqlite_house.events(run) if event.data.get("stage") == "PARSE"]
    assert 1 == progress[-1]["total"]


async def test_stopping_while_parsing(sqlite_house: House) -> None:
    """A run that is stopped while a child parses ends at once, with nothing written."""
    run = await submitted(sqlite_house, {f"{n}.sql": HEAVY.replace("heavy", f"heavy{n}") for n in range(4)})
    task = asyncio.create_task(sqlite_house.execute(run))

    async def is_parsing() -> bool:
        return any(event.data.get("stage") == "PARSE" for event in await sqlite_house.events(run))

    await sqlite_house.until(is_parsing)
    await stop_run(sqlite_house.desk, "main", run.run_id)
    await task

    row = await sqlite_house.row(run)
    assert (RunStatus.STOPPED, "PARSE") == (row.status, row.stage)
    assert 0 == await sqlite_house.head()
    assert set() == (await look(sqlite_house, at=1)).assets


async def test_hostile_texts(sqlite_house: House) -> None:
    """A statement too long or too deep is listed with the reason; what stands beside it is explained."""
    deep = f"CREATE VIEW deep AS SELECT {'(' * 5_000}1{')' * 5_000} AS one;"
    long = f"INSERT INTO t VALUES {', '.join(['(1234567)'] * 500_000)};"
    assert len(long) > 5_000_000
    beside = "CREATE TABLE t (id int);"

    result = await told(sqlite_house, {"long.sql": f"{beside}\n{long}", "deep.sql": f"{deep}\nSELECT 1;"})

    assert {"too_long": 1, "too_deep": 1} == reasons(result)
    assert (4, 2) == (result["statement_count"], result["explained_count"])
    assert {"long.sql": 2, "deep.sql": 1} == {gap["text"]: gap["line"] for gap in result["gaps"]}


async def test_views_in_a_circle(sqlite_house: House) -> None:
    """Views that define one another are listed, and the edges between them are there all the same."""
    circle = {f"{n}.sql": f"CREATE VIEW v{n} AS SELECT a FROM v{(n + 1) % 3};" for n in range(3)}

    result = await told(sqlite_house, circle)

    assert 3 == reasons(result)["cycle"]
    flows = {(f"v{(n + 1) % 3}.a", "identity", f"v{n}.a") for n in range(3)}
    assert flows == (await look(sqlite_house)).edges


async def test_2000_columns(house: House) -> None:
    """A table of 2,000 columns and a star over it give 4,000 columns and 2,000 edges."""
    names = [f"c{n}" for n in range(2_000)]
    table = f"CREATE TABLE wide ({', '.join(f'{name} int' for name in names)});"

    result = await told(house, {"wide.sql": table, "star.sql": "CREATE VIEW star AS SELECT * FROM wide;"})

    assert (4_000, 2_000, 0) == (
        result["column_count"],
        result["direct_edge_count"],
        result["indirect_edge_count"],
    )
    assert {(f"wide.{name}", "identity", f"star.{name}") for name in names} == (await look(house)).edges


async def test_many_gaps(house: House) -> None:
    """The result shows the first 500 gaps and counts all; the artifact and the graph hold all of them."""
    broken = "\n".join(f"CREATE VIEW v{n} AS SELECT * FROM nowhere{n};" for n in range(700))
    run = await submitted(house, {"broken.sql": broken})

    await house.execute(run)

    row = await house.row(run)
    result = row.result or {}
    assert (700, 500) == (result["unresolved_count"], len(result["gaps"]))
    assert RunStatus.COMPLETED_WITH_GAPS == row.status
    kept = await gaps_file(house, run)
    assert list(range(1, 701)) == [gap["line"] for gap in kept]
    assert result["gaps"] == kept[:500]
    assert {("broken.sql", "unknown_columns")} == (await look(house)).gaps


async def test_the_example_warehouse(sqlite_house: House) -> None:
    """Of the bundled warehouse every object and column that DuckDB makes is found, and nothing is invented."""
    texts = {
        f"{schema}/{file.name}": file.read_text()
        for schema in SCHEMAS
        for file in sorted((WAREHOUSE / schema).glob("*.sql"))
    }

    result = await told(sqlite_house, texts)

    seen = await look(sqlite_house)
    made = columns_in_duckdb(texts)
    assert 53 == result["text_count"]
    assert made == {*seen.columns, *(name for name in made if name.startswith(UNKNOWABLE))}
    assert tables_of(made) <= seen.assets
    assert {text for text, _ in seen.gaps} <= NOT_EXPLAINED
    assert result["statement_count"] - result["explained_count"] == len(result["gaps"])


def columns_in_duckdb(texts: dict[str, str]) -> set[str]:
    """Every column that there is once DuckDB has run the texts."""
    with fresh_database() as connection:
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA {schema}")
        for sql in texts.values():
            connection.execute(sql)
        named = "SELECT table_schema || '.' || table_name || '.' || column_name FROM information_schema.columns"
        return {name for (name,) in connection.execute(named).fetchall()}


def tables_of(columns: set[str]) -> set[str]:
    return {column.rpartition(".")[0] for column in columns}


async def test_northwind(house: House) -> None:
    """Northwind's script goes through the whole pipeline: 16 views with their edges, nothing passed over."""
    text = script()

    result = await told(house, {text.name: text.sql}, dialect="tsql", default_schema="dbo")

    seen = await look(house)
    views = {line for line in text.sql.lower().splitlines() if line.startswith("create view")}
    with_edges = {edge[2].rpartition(".")[0] for edge in seen.edges if edge[1] in {"identity", "aggregation"}}
    assert 16 == len(views)
    named = {view.removeprefix("create view").removesuffix(" as").strip(' "[]') for view in views}
    assert set() == named - {name.removeprefix("dbo.").lower() for name in with_edges}
    listed = {(gap["text"], gap["start"]) for gap in result["gaps"]}
    assert result["statement_count"] - result["explained_count"] <= len(listed)


def test_chunks() -> None:
    """Texts are grouped in order, about so many characters together, and a longer one is alone."""
    texts = [SqlText(str(n), "x" * size) for n, size in enumerate((4, 5, 2, 30, 1, 9, 1))]

    assert ["01", "2", "3", "45", "6"] == [
        "".join(text.name for text in group) for group in chunked(texts, characters=10)
    ]


async def test_many_chunks(sqlite_house: House) -> None:
    """However texts are spread over children, the lineage is the same."""
    texts = {f"v{n}.sql": f"CREATE VIEW v{n} AS SELECT a, b FROM v{n + 1};" for n in range(40)}
    small = sqlite_house.bench.pipeline_settings["lineage"].model_copy(update={"chunk_characters": 100})
    bench = replace(sqlite_house.bench, pipeline_settings={"lineage": small})
    whole = await submitted(sqlite_house, texts, source="whole")
    spread = await submitted(sqlite_house, texts, source="spread")

    await asyncio.gather(sqlite_house.execute(whole), sqlite_house.execute(spread, bench))

    results = [(await sqlite_house.row(run)).result or {} for run in (whole, spread)]
    counts = [{k: v for k, v in each.items() if k.endswith("_count")} for each in results]
    assert counts[0] == counts[1]
    assert 80 == counts[0]["direct_edge_count"]
