"""A folder's lineage can be had without any service: the same bytes that an export of a run over it gives."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

from graph.cli.parcels import pack
from graph.cli.texts import find_files
from jobs.child import plain_environment
from jobs.pipelines.lineage.__main__ import main
from tests.catalogs import CATALOG, COLUMNS, OBJECTS, text, uploaded, write
from tests.house import House
from tests.jobs.pipelines.export.exports import exported

WAREHOUSE = Path(__file__).parents[4] / "examples" / "warehouse"
DUMP = WAREHOUSE.with_name("warehouse-parquet")
Captured = pytest.CaptureFixture[bytes]
COMMAND = (sys.executable, "-P", "-m", "jobs.pipelines.lineage")
BATCHES = """CREATE TABLE Orders (id int, price money)
GO
CREATE VIEW vOrders AS SELECT id, price * 2 AS total FROM Orders
GO
EXEC sp_executesql @sql
"""


def ran(*words: str) -> subprocess.CompletedProcess[bytes]:
    """The command, once it has ended well."""
    return subprocess.run([*COMMAND, *words], capture_output=True, check=True, env=plain_environment())


def test_files_are_told_apart(tmp_path: Path) -> None:
    """Folders and hidden files are told apart as in archives."""
    for name in ("a/x.sql", "a-b/x.sql", ".git/x.sql", "a/y.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(f"CREATE TABLE {name[0]}{len(name)} (id int);")

    said = ran(str(tmp_path))

    assert ["a7", "a9"] == [each["id"] for each in orjson.loads(said.stdout)]
    assert b"" == said.stderr


@pytest.mark.parametrize(("dialect", "schema"), [("tsql", "dbo"), ("duckdb", "")])
async def test_the_same_as_a_run_and_its_export(
    house: House, tmp_path: Path, dialect: str, schema: str
) -> None:
    """What the command prints is what an export of an uploaded archive of the folder gives, gaps or not."""
    folder = WAREHOUSE
    if dialect == "tsql":
        folder = tmp_path / "batches"
        folder.mkdir()
        (folder / "batches.sql").write_bytes(BATCHES.replace("\n", "\r\n").encode("utf-16"))
    pack(find_files([folder]), tmp_path / "sql.zip")
    upload = await uploaded(house, tmp_path / "sql.zip", "sql.zip")
    run = await house.submitted("lineage", uploads=[upload], dialect=dialect, default_schema=schema)
    await house.execute(run)
    assert "completed_with_gaps" == await house.status(run), await house.error(run)

    words = [str(folder), "--dialect", dialect, "--default-schema", schema]
    said = await asyncio.to_thread(ran, *words)

    assert await exported(house) == said.stdout
    assert said.stderr
    if dialect == "tsql":
        assert ["dbo.Orders", "dbo.vOrders"] == [each["id"] for each in orjson.loads(said.stdout)]


LOGGED = """CREATE TABLE dbo.Fresh (id int);
INSERT INTO dbo.Archive (id) SELECT f.id FROM dbo.Fresh AS f JOIN Orders AS o ON o.id = f.id"""
DEFINED_TWICE = "CREATE VIEW dbo.vOrders AS SELECT id FROM Orders"
SMALL: Mapping[str, str] = {
    **CATALOG,
    "table_columns": COLUMNS,
    "query_logs": " UNION ALL ".join(
        f"SELECT {text(words)} AS command_text" for words in (LOGGED, DEFINED_TWICE, "SELECT 1")
    ),
}


@pytest.mark.parametrize("dialect", ["duckdb", "tsql"])
async def test_a_catalog_is_the_same_too(house: House, tmp_path: Path, dialect: str) -> None:
    """Of Parquet files, with their log, the command prints what an export of a run over them gives."""
    folder = DUMP
    if dialect == "tsql":
        folder = tmp_path / "dump"
        for name, query in SMALL.items():
            write(folder, f"{name}.parquet", query)
    uploads = [await uploaded(house, path, path.name) for path in sorted(folder.iterdir())]
    run = await house.submitted("lineage", uploads=uploads, dialect=dialect)
    await house.execute(run)
    assert {} == await house.error(run)

    said = await asyncio.to_thread(ran, str(folder), "--dialect", dialect)

    assert await exported(house) == said.stdout
    nodes = {each["id"]: each for each in orjson.loads(said.stdout)}
    if dialect == "tsql":
        assert ["dbo.Archive", "dbo.Fresh", "dbo.Orders", "dbo.vOrders"] == list(nodes)
        assert {"dbo.Fresh", "dbo.Orders"} <= set(nodes["dbo.Archive"]["inputs"])


def test_files_that_make_no_catalog(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Parquet files that do not belong together, or break their contract, are refused with their rows."""
    for name, query in CATALOG.items():
        write(tmp_path / "bad", f"{name}.parquet", query)
    write(tmp_path / "bad", "objects.parquet", f"{OBJECTS} UNION ALL {OBJECTS}")
    write(tmp_path / "alone", "o.parquet", OBJECTS)
    write(tmp_path / "other", "o.parquet", "SELECT 1 AS one")
    for folder in ("bad", "alone", "other"):
        assert 2 == main([str(tmp_path / folder)])

    err = capsys.readouterr().err
    assert "objects.parquet 6 rows with an object_id that another row has too\n  row 1: object_id 1, " in err
    assert (
        "files hold no file of definitions, which has the columns object_id, definition. A catalog needs" in err
    )
    assert "files[0] is o.parquet, which is no file that lineage runs take. A Parquet file is told by" in err


def test_nothing_to_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there, or holds no SQL, is refused in a line."""
    assert 2 == main([str(tmp_path / "missing")])
    assert 2 == main([str(tmp_path)])
    (tmp_path / "blank.sql").touch()
    assert 2 == main([str(tmp_path)])

    missing, none, blank = capsys.readouterr().err.splitlines()
    assert missing.endswith("missing cannot be read: No such file or directory")
    assert none.startswith(f"{tmp_path} holds no SQL")
    assert "hold no SQL" in blank


def test_what_names_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Captured) -> None:
    """The patterns of the settings tell what part an asset plays, as they do in an export."""
    monkeypatch.setenv("HEADWATER_DATA_MODEL_PATTERNS", '{"FACT": ["f_*"]}')
    (tmp_path / "a.sql").write_text("CREATE TABLE f_sales (id int); CREATE TABLE DimDate (id int)")

    assert 0 == main([str(tmp_path)])

    nodes = orjson.loads(capfdbinary.readouterr().out)
    assert {"f_sales": "Fact", "DimDate": "Other"} == {each["id"]: each["data_model_type"] for each in nodes}


def test_what_is_odd_is_told(tmp_path: Path, capfdbinary: Captured) -> None:
    """Warnings and gaps go to standard error, with their places."""
    (tmp_path / "a.sql").write_bytes("-- ä\nCREATE VIEW v AS SELECT * FROM nowhere;".encode("cp1252"))

    assert 0 == main([str(tmp_path), "--dialect", "postgres"])

    out, err = capfdbinary.readouterr()
    assert ["nowhere", "v"] == [each["id"] for each in orjson.loads(out)]
    assert b"Read as windows-1252, a guess: a.sql" in err
    assert b"a.sql:2: " in err


def test_nobody_reads_to_the_end(tmp_path: Path) -> None:
    """A pipe that is closed early ends the command without a traceback."""
    views = "".join(f"CREATE VIEW v{n} AS SELECT {n} AS x -- {'x' * 200};\n;" for n in range(2_000))
    (tmp_path / "many.sql").write_text(views)

    with subprocess.Popen(
        [*COMMAND, str(tmp_path), "--dialect", "duckdb"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=plain_environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
    assert 1 == process.returncode
