"""A run over the Parquet files of a catalog: what it asserts, whom it believes, and what it refuses."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text as sql
from sqlalchemy import update

from db.history import artifacts_of_runs
from db.lineage import Revision
from db.models import EventName, Run, RunStatus, now
from db.session import Session
from jobs.errors import BadFile, InvalidParams, UnknownUpload, UploadNotReady
from jobs.submit import RunOptions, retry_run
from tests.catalogs import CATALOG, COLUMNS, LOADED, OBJECTS, submitted, text, told, uploaded, values, write
from tests.house import House
from tests.jobs.pipelines.lineage.sight import look, make_workspace, rows

DEPENDENCY = ("dbo.Orders", "dependency", "dbo.vOrders")
LOG_EDGE = ("dbo.Orders.id", "identity", "dbo.Archive.id")
STAR = "CREATE VIEW dbo.vOrders AS SELECT * FROM Orders"


def defined(*definitions: str, key: int = 2) -> str:
    return values("object_id, definition", *(f"({key}::BIGINT, {text(each)})" for each in definitions))


def logged(*statements: str) -> str:
    return values("command_text, submit_time", *(f"({text(each)}, now())" for each in statements))


async def seen(house: House, query: str) -> list[tuple[Any, ...]]:
    def work(session: Session) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in session.execute(sql(query))]

    return await house.store.read(work)


async def origins(house: House) -> set[str]:
    """The origins of all evidence that is asserted at present."""
    return {
        origin for (origin,) in await seen(house, "SELECT DISTINCT origin FROM evidence WHERE until IS NULL")
    }


async def failed(house: House, folder: Path, files: Mapping[str, str], **params: Any) -> dict[str, Any]:
    """The error of a run over such files."""
    run = await submitted(house, folder, files, **params)
    await house.execute(run)
    assert RunStatus.FAILED == await house.status(run)
    return await house.error(run)


async def listed(house: House, run: Run, name: str) -> Any:
    """An artifact of a run, as JSON."""
    kept = await house.store.read(lambda session: artifacts_of_runs(session, [run.pk]))
    artifact = next(artifact for called, artifact in kept[run.pk] if called == name)
    return orjson.loads(house.artifacts.path(artifact.digest).read_bytes())


async def test_three_files_make_a_catalog(house: House, tmp_path: Path) -> None:
    """Objects, definitions and dependencies, whatever their names, become assets and edges."""
    files = {"a": CATALOG["objects"], "b": CATALOG["definitions"], "c": CATALOG["dependencies"]}
    result = await told(house, tmp_path, files)

    graph = await look(house)
    assert {"dbo.Orders", "dbo.vOrders", "dbo.Archive"} == graph.assets
    assert DEPENDENCY in graph.edges
    assert ("dbo.Orders.id", "identity", "dbo.vOrders.id") in graph.edges
    assert {"declared", "parsed"} == await origins(house)
    kinds = await seen(house, "SELECT a.name, f.kind FROM asset_facts f JOIN assets a ON a.pk = f.asset_pk")
    assert {("dbo.Orders", "table"), ("dbo.vOrders", "view"), ("dbo.Archive", "table")} == set(kinds)
    assert (0, 1, 1) == (result["disagreement_count"], result["text_count"], result["statement_count"])
    (fact,) = await seen(house, "SELECT text_name, line FROM statements WHERE verb = 'DEPENDS'")
    assert ("c.parquet", 1) == fact


async def test_the_same_catalog_again_changes_nothing(house: House, tmp_path: Path) -> None:
    """A catalog that is submitted again writes no row, with all five files too."""
    files = {**CATALOG, "query_logs": logged(LOADED), "table_columns": COLUMNS}
    await told(house, tmp_path, files)
    before = await rows(house)

    assert None is (await told(house, tmp_path, files))["revision"]
    assert before == await rows(house)


@pytest.mark.parametrize("missing", ["objects", "definitions", "dependencies"])
async def test_a_needed_file_is_missing(sqlite_house: House, tmp_path: Path, missing: str) -> None:
    """Without a needed file nothing is accepted, and its role and columns are named."""
    files = {name: query for name, query in CATALOG.items() if name != missing}

    with pytest.raises(
        InvalidParams, match=f"uploads hold no file of {missing}, which has the columns .*object_id"
    ):
        await submitted(sqlite_house, tmp_path, files)
    assert [(0,)] == await seen(sqlite_house, "SELECT count(*) FROM runs")
    assert [(0,)] == await seen(sqlite_house, "SELECT count(*) FROM run_uploads")


async def test_two_files_of_one_role(sqlite_house: House, tmp_path: Path) -> None:
    """Two files of one role are refused, and both are named."""
    with pytest.raises(BadFile, match=r"uploads\[3\] is more.parquet, .* of objects, as objects.parquet is"):
        await submitted(sqlite_house, tmp_path, {**CATALOG, "more": OBJECTS})


async def test_files_that_do_not_go_together(sqlite_house: House, tmp_path: Path) -> None:
    """SQL beside Parquet, two exports, two scripts of one name, and what is none of these are refused."""
    (tmp_path / "a.sql").write_text("SELECT 1", encoding="utf-8")
    (tmp_path / "x.json").write_text('[{"id": "1"}]', encoding="utf-8")
    (tmp_path / "b.bin").write_bytes(bytes(range(256)))
    script = [await uploaded(sqlite_house, tmp_path / "a.sql", "a.sql") for _ in range(2)]
    export = [await uploaded(sqlite_house, tmp_path / "x.json", f"{n}.json") for n in "xy"]
    other = await uploaded(sqlite_house, tmp_path / "b.bin", "b.bin")
    parquet = await uploaded(sqlite_house, write(tmp_path, "o", OBJECTS), "o.parquet")
    for uploads, words in (
        ([parquet, script[0]], r"uploads\[1\] is a.sql, which does not go with o.parquet"),
        ([script[0], export[0]], r"uploads\[1\] is x.json, which does not go with a.sql"),
        (export, r"uploads\[1\] is y.json, which is an export as JSON, as x.json is"),
        (script, r"uploads\[1\] is called a.sql, as another file is"),
        ([other], r"uploads\[0\] is b.bin, which is no file that lineage runs take"),
    ):
        with pytest.raises(BadFile, match=words):
            await sqlite_house.submitted("lineage", uploads=uploads)


async def test_uploads_that_are_not_there(house: House, tmp_path: Path) -> None:
    """An upload that is unknown, of another workspace or has not arrived is refused by its place."""
    await house.write(lambda session: make_workspace(session, "other"))
    path = write(tmp_path, "o", OBJECTS)
    foreign = await uploaded(house, path, "o.parquet", workspace="other")
    waiting = await uploaded(house, path, "o.parquet")
    unsent = "UPDATE uploads SET received_at = NULL, digest = NULL, role = NULL WHERE workspace = 'main'"
    await house.write(lambda session: session.execute(sql(unsent)))

    for upload in (foreign, "0" * 32):
        with pytest.raises(UnknownUpload, match=r"uploads\[0\]"):
            await house.submitted("lineage", uploads=[upload])
    with pytest.raises(UploadNotReady, match=r"uploads\[0\]"):
        await house.submitted("lineage", uploads=[waiting])


async def test_a_broken_contract_lists_all(house: House, tmp_path: Path) -> None:
    """Files that break the contract end the run as BAD_CATALOG with every problem; the graph stays."""
    files = {
        **CATALOG,
        "objects": values(
            "object_id, schema_name, object_name, object_type",
            "(1::BIGINT, 'dbo', 'A', 'Table')",
            "(1, 'dbo', NULL, 'View')",
            "(3, 'dbo', 'C', 'Index')",
        ),
        "definitions": "SELECT '2' AS object_id, 'SELECT 1' AS definition",
    }
    error = await failed(house, tmp_path, files)

    assert "BAD_CATALOG" == error["code"]
    found = {(each["code"], each["file"], each["field"], each["row_count"]) for each in error["problems"]}
    assert {
        ("NULL_VALUE", "objects.parquet", "object_name", 1),
        ("DUPLICATE_OBJECT", "objects.parquet", "object_id", 2),
        ("UNKNOWN_OBJECT_TYPE", "objects.parquet", "object_type", 1),
        ("WRONG_TYPE", "definitions.parquet", "object_id", 1),
    } == found
    assert any("row 2: object_id 1" in row for each in error["problems"] for row in each["rows"])
    assert 0 == await house.head()


async def test_texts_as_dumps_make_them(house: House, tmp_path: Path) -> None:
    """CRLF, byte order marks, UTF-16 and GO survive: the statement is explained, and kept as it came."""
    body = "/* ä */\r\nCREATE VIEW dbo.vOrders AS\r\nSELECT o.id AS id FROM dbo.Orders AS o\r\nGO\r\n"
    wide = body.encode("utf-16")
    interleaved = " || ".join(
        "chr(0)" if letter == 0 else f"chr({letter})" for letter in body.encode("utf-16-le")
    )
    blob = "'" + "".join(f"\\x{byte:02X}" for byte in wide) + "'::BLOB"
    kept = "SELECT d.body FROM asset_facts f JOIN definitions d ON d.pk = f.definition_pk WHERE f.until IS NULL"
    for given in (text(body), f"chr(65279) || {text(body)}", blob, interleaved):
        files = {**CATALOG, "definitions": f"SELECT 2::BIGINT AS object_id, {given} AS definition"}
        result = await told(house, tmp_path, files)
        assert 0 == result["unresolved_count"], given[:40]
        assert ("dbo.Orders.id", "identity", "dbo.vOrders.id") in (await look(house)).edges
        assert [(body,)] == await seen(house, kept)
    assert any("1 definition held NULs: " in words for words in result["warnings"])


async def test_unreadable_definitions(house: House, tmp_path: Path) -> None:
    """An object whose definition cannot be read is still an asset, with its text, and is not explained."""
    result = await told(
        house, tmp_path, {**CATALOG, "definitions": defined("CREATE VIEW dbo.vOrders AS SELEC")}
    )

    assert 1 == result["unresolved_count"]
    assert any("1 dependency is only declared" in words for words in result["warnings"])
    query = """SELECT a.name, f.kind, f.explained, d.body FROM asset_facts f JOIN assets a ON a.pk = f.asset_pk
        LEFT JOIN definitions d ON d.pk = f.definition_pk ORDER BY a.name"""
    found = [(name, kind, bool(explained), body) for name, kind, explained, body in await seen(house, query)]
    assert ("dbo.vOrders", "view", False, "CREATE VIEW dbo.vOrders AS SELEC") in found
    assert ("dbo.Orders", "table", True, None) in found
    assert DEPENDENCY in (await look(house)).edges


async def test_what_has_no_definition(sqlite_house: House, tmp_path: Path) -> None:
    """A view without a definition is an asset that nothing explains, and a warning says so."""
    none = "SELECT 2::BIGINT AS object_id, NULL::VARCHAR AS definition"
    result = await told(sqlite_house, tmp_path, {**CATALOG, "definitions": none})

    assert any("1 row without a definition" in words for words in result["warnings"])
    query = (
        "SELECT f.explained FROM asset_facts f JOIN assets a ON a.pk = f.asset_pk WHERE a.name = 'dbo.vOrders'"
    )
    assert [(False,)] == [(bool(explained),) for (explained,) in await seen(sqlite_house, query)]


async def test_columns_expand_stars(house: House, tmp_path: Path) -> None:
    """With the columns of tables a star is expanded, in their order; dbo is the schema of bare names."""
    result = await told(house, tmp_path, {**CATALOG, "definitions": defined(STAR), "table_columns": COLUMNS})

    assert 0 == result["unresolved_count"]
    graph = await look(house)
    assert {"dbo.vOrders.id", "dbo.vOrders.price", "dbo.Orders.id", "dbo.Orders.price"} == graph.columns
    query = """SELECT c.name, f.ordinal, f.data_type FROM column_facts f JOIN columns c ON c.pk = f.column_pk
        JOIN assets a ON a.pk = c.asset_pk WHERE a.name = 'dbo.Orders' ORDER BY f.ordinal"""
    assert [("id", 0, "int"), ("price", 1, "money")] == await seen(house, query)


async def test_disagreements_are_listed(house: House, tmp_path: Path) -> None:
    """A dependency that is only declared and one that is only parsed are both kept, and both listed."""
    declares = values(
        "referencing_object_id, referenced_object_id", "(2::BIGINT, 3::BIGINT)", "(2, 2)", "(2, 3)", "(3, 1)"
    )
    run = await submitted(house, tmp_path, {**CATALOG, "dependencies": declares})
    await house.execute(run)

    wanted = [  # the first of an object without a definition
        {"dependent": "dbo.Archive", "needed": "dbo.Orders", "said_by": "declared"},
        {"dependent": "dbo.vOrders", "needed": "dbo.Archive", "said_by": "declared"},
        {"dependent": "dbo.vOrders", "needed": "dbo.Orders", "said_by": "parsed"},
    ]
    result = (await house.row(run)).result or {}
    assert (3, wanted) == (result["disagreement_count"], result["disagreements"])
    assert wanted == await listed(house, run, "disagreements.json")
    edges = (await look(house)).edges
    assert ("dbo.Archive", "dependency", "dbo.vOrders") in edges
    assert ("dbo.Orders.id", "identity", "dbo.vOrders.id") in edges
    assert not any(source == target for source, _, target in edges)


async def test_orphans_are_reported(sqlite_house: House, tmp_path: Path) -> None:
    """Rows of unknown objects and columns that nobody knows are warnings: in the result and as notices."""
    files = {
        "objects": OBJECTS,
        "definitions": "SELECT 99::BIGINT AS object_id, 'SELECT 1' AS definition, 1 AS extra",
        "dependencies": values("referencing_object_id, referenced_object_id", "(2::BIGINT, 77::BIGINT)"),
    }
    run = await submitted(sqlite_house, tmp_path, files)
    await sqlite_house.execute(run)

    warnings = ((await sqlite_house.row(run)).result or {})["warnings"]
    assert any("definitions.parquet: columns that are passed over: 'extra'" in words for words in warnings)
    assert any("definitions.parquet: 1 row with ids" in words and "object_id 99" in words for words in warnings)
    assert any("dependencies.parquet: 1 row with ids" in words for words in warnings)
    events = await sqlite_house.events(run)
    notices = [event.data["message"] for event in events if event.name == EventName.NOTICE]
    assert set(warnings) == set(notices)


@pytest.mark.parametrize(("dialect", "count"), [("tsql", 1), ("snowflake", 0)])
async def test_names_that_are_one(sqlite_house: House, tmp_path: Path, dialect: str, count: int) -> None:
    """Objects whose names are one in the dialect are taken for one with a warning; quotes tell others apart."""
    objects = f"{OBJECTS} UNION ALL SELECT 4, 'dbo', 'ORDERS', 'Table'"
    result = await told(sqlite_house, tmp_path, {**CATALOG, "objects": objects}, dialect=dialect)

    assert count == sum("one object: dbo.ORDERS and dbo.Orders" in words for words in result["warnings"])
    assert 1 - count == len((await look(sqlite_house)).assets & {"dbo.ORDERS"})


async def test_query_logs_only_add(house: House, tmp_path: Path) -> None:
    """What only a log shows has that origin, stays when a later run brings no log, and ends by age."""
    await told(house, tmp_path, {**CATALOG, "query_logs": logged(LOADED, LOADED, "SELEC nothing")})
    assert LOG_EDGE in (await look(house)).edges
    assert {"declared", "parsed", "query_log"} == await origins(house)
    (gap,) = await seen(house, "SELECT message FROM gaps WHERE until IS NULL")
    assert "«SELEC nothing»" in gap[0]

    await told(house, tmp_path, CATALOG)
    assert LOG_EDGE in (await look(house)).edges

    long_ago = update(Revision).values(committed_at=now() - timedelta(days=91))
    await house.write(lambda session: session.execute(long_ago))
    kept = await told(house, tmp_path, {**CATALOG, "query_logs": logged(LOADED)})
    assert LOG_EDGE in (await look(house)).edges
    assert 0 < kept["ended_count"]  # the gap

    result = await told(house, tmp_path, CATALOG)
    assert LOG_EDGE not in (await look(house)).edges
    assert DEPENDENCY in (await look(house)).edges
    assert 0 < result["ended_count"]


async def test_excluded_schemas(house: House, tmp_path: Path) -> None:
    """Schemas that are excluded, by setting or by the run, leave no asset and no edge but a warning."""
    files = {
        "objects": values(
            "object_id, schema_name, object_name, object_type",
            "(1::BIGINT, 'sys', 'objects', 'View')",
            "(2, 'dbo', 'vOrders', 'View')",
            "(3, 'Staging', 'raw', 'Table')",
        ),
        "definitions": defined(
            "CREATE VIEW dbo.vOrders AS SELECT o.name FROM sys.objects o JOIN STAGING.raw r ON r.id = o.id"
        ),
        "dependencies": values("referencing_object_id, referenced_object_id", "(2::BIGINT, 1::BIGINT)"),
    }
    result = await told(house, tmp_path, files, excluded_schemas=["staging"])

    graph = await look(house)
    assert ({"dbo.vOrders"}, set()) == (set(graph.assets), set(graph.edges))
    assert any("staging: 1, sys: 1" in words for words in result["warnings"])
    result = await told(house, tmp_path, files)
    assert {"dbo.vOrders", "Staging.raw"} == (await look(house)).assets


async def test_a_source_that_shrinks_to_nothing(house: House, tmp_path: Path) -> None:
    """A source that would lose all or nearly all of its assets fails and keeps them, unless that is allowed."""
    many = (
        "SELECT i::BIGINT AS object_id, 'dbo' AS schema_name, 'T' || i AS object_name, 'Table' AS object_type "
    )
    none = {
        "definitions": "SELECT 1::BIGINT AS object_id, '' AS definition LIMIT 0",
        "dependencies": "SELECT 1::BIGINT AS referencing_object_id, 1::BIGINT AS referenced_object_id LIMIT 0",
    }
    await told(house, tmp_path, {**none, "objects": f"{many} FROM range(30) t(i)"})
    error = await failed(house, tmp_path, {**none, "objects": f"{many} FROM range(2) t(i)"})

    assert "SOURCE_SHRANK" == error["code"]
    assert "30" in error["message"]
    assert " 2;" in error["message"]
    assert 30 == len((await look(house)).assets)
    await told(house, tmp_path, {**none, "objects": f"{many} FROM range(3) t(i)"})
    assert 3 == len((await look(house)).assets)
    await told(house, tmp_path, {**none, "objects": f"{many} FROM range(1) t(i)"})
    await failed(house, tmp_path, {**none, "objects": f"{many} FROM range(1) t(i)"}, excluded_schemas=["dbo"])
    allowed = {"excluded_schemas": ["dbo"], "allow_shrink": True}
    await told(house, tmp_path, {**none, "objects": f"{many} FROM range(1) t(i)"}, **allowed)
    assert not (await look(house)).assets


async def test_retried_with_its_files(house: House, tmp_path: Path) -> None:
    """A run over uploads can be retried as long as it exists, and its inputs are artifacts of both."""
    run = await submitted(house, tmp_path, CATALOG)
    await house.execute(run)
    again = await retry_run(house.desk, "somebody", "main", run.run_id)
    await house.execute(again)

    assert RunStatus.COMPLETED == await house.status(again)
    query = "SELECT count(*) FROM run_artifacts WHERE name LIKE 'input/%'"
    assert [(6,)] == await seen(house, query)


async def test_two_runs_of_one_workspace_take_turns(house: House, tmp_path: Path) -> None:
    """Of two runs of one workspace at once one waits and names the other; both finish."""
    runs = [await submitted(house, tmp_path, CATALOG, source=source) for source in ("one", "two")]
    holder = replace(RunOptions(), run_id="holder")
    first = await submitted(house, tmp_path, CATALOG, holder, source="three")
    claimed = await house.claimed(first)
    await house.context(claimed).reserve()
    waiting = asyncio.create_task(house.execute(runs[0]))

    async def says_so() -> bool:
        return any("run holder" in event.data.get("message", "") for event in await house.events(runs[0]))

    await house.until(says_so)
    await house.orphaned(claimed)
    await house.change(claimed, status="failed", finished_at=now(), lease_until=None)
    await asyncio.gather(waiting, house.execute(runs[1]))
    assert {RunStatus.COMPLETED} == {RunStatus(await house.status(run)) for run in runs}


async def test_two_workspaces_in_parallel(house: House, tmp_path: Path) -> None:
    """Runs of two workspaces do not wait for one another."""
    await house.write(lambda session: make_workspace(session, "other"))
    runs = [
        await submitted(house, tmp_path, CATALOG, RunOptions(workspace=workspace))
        for workspace in ("main", "other")
    ]
    await asyncio.gather(*map(house.execute, runs))

    assert [RunStatus.COMPLETED] * 2 == [await house.status(run) for run in runs]
    assert (await look(house)).edges == (await look(house, workspace="other")).edges
