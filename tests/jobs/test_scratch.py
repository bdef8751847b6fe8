"""What runs keep on disk meanwhile goes with them, with their worker, or with whoever finds it."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.settings import StateSettings
from jobs.child import dying_with_me, plain_environment
from jobs.scratch import LOCK, Scratch
from jobs.settings import WorkSettings, scratch_folder
from jobs.sweep import tidy_scratch
from tests.house import House, working
from tests.pipelines.chores.values import Chore

HOLD = """
import sys
from pathlib import Path
from jobs.scratch import Scratch
scratch = Scratch(Path(sys.argv[1]))
(scratch.folder() / "rows").write_text("half")
print("there", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_worker(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has a scratch folder with something in it."""
    process = subprocess.Popen(
        dying_with_me([sys.executable, "-P", "-c", HOLD, str(root)]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=plain_environment(),
    )
    with process:
        assert process.stdout is not None
        assert b"there\n" == process.stdout.readline()
        yield process
        process.kill()


def folders(root: Path) -> list[Path]:
    return sorted(each for each in root.iterdir() if each.is_dir())


def test_folders(tmp_path: Path) -> None:
    """Each run has an empty folder of its own, which nobody else may read; a worker that ends leaves none."""
    scratch = Scratch(tmp_path / "scratch")

    first, second = scratch.folder(), scratch.folder()

    assert first != second
    assert [] == list(first.iterdir())
    assert 0o700 == first.stat().st_mode & 0o777 == first.parent.stat().st_mode & 0o777
    scratch.close()
    scratch.close()
    assert [] == folders(tmp_path / "scratch")
    assert scratch.folder().is_dir()
    scratch.close()


def test_a_killed_worker(tmp_path: Path) -> None:
    """What a killed worker left is removed by another; what belongs to living ones stays."""
    mine, unused = Scratch(tmp_path), Scratch(tmp_path / "absent")
    own = mine.folder()
    with another_worker(tmp_path) as theirs:
        assert [] == mine.remove_dead()
        assert 2 == len(folders(tmp_path))
        theirs.kill()
        theirs.wait()

        assert [[], 1] == [unused.remove_dead(), len(mine.remove_dead())]

    assert [own.parent] == folders(tmp_path)
    assert own.is_dir()
    mine.close()


def test_strange_things(tmp_path: Path) -> None:
    """A link is not followed, a file is left alone, and a folder that cannot be locked stays."""
    precious, scratch = tmp_path / "precious", Scratch(tmp_path / "scratch")
    (precious / "data").mkdir(parents=True)
    scratch.root.mkdir()
    (scratch.root / "file").write_text("a")
    (scratch.root / "odd" / LOCK).mkdir(parents=True)
    dead = scratch.root / "dead"
    dead.mkdir()
    (dead / "link").symlink_to(precious)

    assert ["dead"] == scratch.remove_dead()

    assert (precious / "data").is_dir()
    assert ["file", "odd"] == sorted(each.name for each in scratch.root.iterdir() if each.name != LOCK)


async def test_found_by_the_sweep(sqlite_house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A worker's sweep removes what dead ones left, and says so."""
    dead = sqlite_house.scratch.root / "1-dead"
    (dead / "run-1").mkdir(parents=True)

    with caplog.at_level("INFO", "jobs.sweep"):
        await tidy_scratch(sqlite_house.bench)

    assert not dead.exists()
    assert ["scratch removed"] == [record.message for record in caplog.records if record.name == "jobs.sweep"]


async def test_of_a_run(sqlite_house: House) -> None:
    """A run's folder is in its worker's, and is gone when the run is over."""
    run = await sqlite_house.claimed(await sqlite_house.submitted("chores", chore=Chore.WAIT))
    context = sqlite_house.context(run)
    folder = context.scratch
    (folder / "rows").write_text("a")

    assert sqlite_house.scratch.root == folder.parent.parent
    assert folder == context.scratch
    await context.close()
    assert not folder.exists()


async def test_of_a_worker(sqlite_house: House) -> None:
    """A worker has its folder from its start, where settings say, and takes it along when it ends."""
    root = sqlite_house.scratch.root
    async with working(sqlite_house.environ):
        assert 1 == len(await asyncio.to_thread(folders, root))
    assert [] == await asyncio.to_thread(folders, root)


def test_where(tmp_path: Path) -> None:
    """Scratch is in the data folder unless a setting names another place."""
    state = StateSettings(data_dir=tmp_path)

    assert tmp_path / "scratch" == scratch_folder(WorkSettings(), state)
    assert Path("/elsewhere") == scratch_folder(WorkSettings(scratch_dir=Path("/elsewhere")), state)
