"""A folder's lineage can be had without any service: the same bytes that an export of a run over it gives."""

import asyncio
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from graph.cli.parcels import pack
from graph.cli.texts import find_files
from jobs.child import plain_environment
from jobs.pipelines.lineage.__main__ import main
from tests.catalogs import uploaded
from tests.house import House
from tests.jobs.pipelines.export.exports import exported

WAREHOUSE = Path(__file__).parents[4] / "examples" / "warehouse"
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


def test_what_is_odd_is_told(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
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
