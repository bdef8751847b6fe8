"""What the builder installs works: a wheel of the files that reach it, on a root that cannot be written."""

import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from db.migrate import current_version, newest_version
from jobs.child import dying_with_me, plain_environment
from tests.containers.recipes import ROOT, context, image_environment
from tests.graph.shell import SQL, address_in, wait_for
from tests.processes import Process
from tests.servers import short_folder

BUILD = (sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", "dist")
WRITABLE = "data"  # below the folder in which everything happens


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content, compiled as an installer does; built as the builder builds it."""
    tree = tmp_path_factory.mktemp("tree")
    for path in context():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tree / path)
    said = subprocess.run(BUILD, cwd=tree, capture_output=True, text=True, timeout=120, check=False)
    assert 0 == said.returncode, said.stderr
    (wheel,) = (tree / "dist").glob("*.whl")
    installed = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    compiled = (sys.executable, "-m", "compileall", "-q", "-j", "2", str(installed))
    assert 0 == subprocess.run(compiled, timeout=120, check=False).returncode
    return installed


def environment(site: Path, folder: Path, **settings: str) -> dict[str, str]:
    """What a process has whose code is the wheel's; packages are those of this Python."""
    plain = plain_environment()
    others = [entry for entry in plain["PYTHONPATH"].split(os.pathsep) if Path(entry) != ROOT]
    named = {f"HEADWATER_{name.upper()}": value for name, value in settings.items()}
    return (
        plain
        | {
            "PYTHONPATH": os.pathsep.join((str(site), *others)),
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
        }
        | {"PYTHONDONTWRITEBYTECODE": image_environment()["PYTHONDONTWRITEBYTECODE"]}
        | {"HEADWATER_DATA_DIR": str(folder / WRITABLE), "HEADWATER_ENVIRONMENT": "production"}
        | {"HEADWATER_ANONYMOUS": "operator"}
        | named
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    """A root of which only the data folder can be written."""
    made = short_folder()
    for name in (WRITABLE, "tmp", "root"):
        (made / name).mkdir()
    (made / "root").chmod(stat.S_IRUSR | stat.S_IXUSR)
    yield made
    (made / "root").chmod(stat.S_IRWXU)
    shutil.rmtree(made)


def state_of(*folders: Path) -> Mapping[Path, int]:
    """Everything below some folders, with the time at which it was changed."""
    return {each: each.lstat().st_mtime_ns for folder in folders for each in (folder, *folder.rglob("*"))}


def test_what_is_in_it(site: Path) -> None:
    """The wheel carries migrations, pages and the schema, and nothing outside the three rooms."""
    there = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    tops = {each.partition("/")[0] for each in there}

    assert {"db", "graph", "jobs"} == {each for each in tops if not each.endswith(".dist-info")}
    for source in (ROOT / "alembic").rglob("*.py"):
        assert f"db/migrations/{source.relative_to(ROOT / 'alembic').as_posix()}" in there
    for source in (ROOT / "graph" / "static").rglob("*"):
        assert source.is_dir() or source.relative_to(ROOT).as_posix() in there
    assert "graph/schema.graphql" in there


def test_migrations_are_found(site: Path, folder: Path) -> None:
    """Where it is installed, `headwater migrate` brings a new database to the newest version."""
    code = "import db.migrate, sys; sys.argv[1:] = ['migrate']; print(db.migrate.__file__)"
    said = subprocess.run(
        [sys.executable, "-P", "-c", f"{code}; from graph.cli import main; main()"],
        cwd=folder / "root",
        env=environment(site, folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert 0 == said.returncode, said.stderr
    assert said.stdout.startswith(str(site / "db"))
    assert newest_version() == current_version(f"sqlite:///{folder / WRITABLE / 'headwater.db'}")


@pytest.mark.kills
def test_the_service_writes_to_its_data_only(site: Path, folder: Path) -> None:
    """The whole service runs, takes SQL and explains it, and writes nowhere but into its data folder."""
    (folder / "root" / "views.sql").write_text(SQL)
    before = state_of(site, folder / "root", folder / "tmp")
    log = folder / WRITABLE / "said.log"
    own = environment(site, folder, port="0", child_memory_mb="1024")
    with log.open("wb") as written:
        popen = subprocess.Popen(
            dying_with_me([sys.executable, "-P", "-m", "graph.cli", "up"]),
            cwd=folder / "root",
            stdout=written,
            stderr=written,
            env=own,
        )
    process = Process("up", log, popen)
    try:
        address = address_in(wait_for(process, "Headwater is at"))
        asked = (sys.executable, "-P", "-m", "graph.cli", "run", "lineage", str(folder / "root"))
        said = subprocess.run(
            [*asked, "--dialect", "postgres", "--url", address],
            cwd=folder / "root",
            env=own,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        popen.terminate()
        popen.wait(60)

    assert 0 == said.returncode, said.stderr
    assert before == state_of(site, folder / "root", folder / "tmp")
    assert {"headwater.db", "logs", "valkey"} & {each.name for each in (folder / WRITABLE).iterdir()}
