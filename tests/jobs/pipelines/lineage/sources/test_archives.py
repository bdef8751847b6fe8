"""SQL files and archives become texts by name, with a warning for each thing that was left out or guessed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from jobs.engines.files.archives import Limits
from jobs.engines.files.roles import Role
from jobs.engines.lineage.values import SqlText
from jobs.errors import BadCatalog, Problem
from jobs.pipelines.lineage.sources import archives
from jobs.pipelines.lineage.sources.archives import read
from jobs.pipelines.lineage.sources.material import File
from tests.jobs.engines.files.packs import SQL, tarred, written, zipped

BINARY = b"\x00\x01\xff"


def archive(folder: Path, files: Mapping[str, bytes], name: str = "pack.zip") -> File:
    pack = zipped if name.endswith("zip") else tarred
    return File(name, Role.ARCHIVE, written(folder, pack(files), name))


def single(folder: Path, content: bytes, name: str = "a.sql") -> File:
    return File(name, Role.SQL, written(folder, content, name))


def problems(*files: File) -> list[Problem]:
    """Why these files are refused."""
    with pytest.raises(BadCatalog) as refused:
        read(files)
    return list(refused.value.problems)


def test_one_archive(tmp_path: Path) -> None:
    """Texts are named by their place in the archive, in order, and what was left out is counted."""
    files = {"b/x.sql": SQL, "a.sql": "SELECT 'ü'".encode("utf-16"), "readme.md": b"x", ".y.sql": b"x"}

    material = read([archive(tmp_path, files)])

    assert (SqlText("a.sql", "SELECT 'ü'"), SqlText("b/x.sql", SQL.decode())) == material.texts
    assert ("pack.zip: left out 2 files that are hidden or not named .sql.",) == material.warnings


def test_several_files(tmp_path: Path) -> None:
    """The order of uploads does not matter, and texts of several archives are told apart."""
    one, two = archive(tmp_path, {"x.sql": SQL}), archive(tmp_path, {"x.sql": SQL}, "q.tgz")
    lone = single(tmp_path, SQL)

    named = [text.name for text in read([two, one, lone]).texts]

    assert ["a.sql", "pack.zip/x.sql", "q.tgz/x.sql"] == named
    assert read([two, one, lone]) == read([lone, one, two])


def test_what_is_odd_is_told(tmp_path: Path) -> None:
    """Guessed encodings, files that are no text and empty ones are named."""
    files = {
        **{f"{n}.sql": "-- Größe\nSELECT 1".encode("cp1252") for n in range(7)},
        "bin.sql": BINARY,
        "empty.sql": b" \n",
        "mark.sql": b"\xef\xbb\xbf",
    }

    material = read([archive(tmp_path, files)])

    assert "-- Größe\nSELECT 1" == material.texts[0].sql
    unreadable, empty, guessed = material.warnings
    assert unreadable.startswith("bin.sql is binary")
    assert unreadable.endswith("at byte 0: left out, because it is no text.")
    assert "Left out empty.sql, mark.sql: empty." == empty
    assert guessed.startswith("Read as windows-1252, a guess: 0.sql, 1.sql, 2.sql, 3.sql, 4.sql and 2 more.")


def test_many_that_are_no_text(tmp_path: Path) -> None:
    """Of many files that are no text the first are named and the others counted."""
    files = {f"{n:03}.sql": BINARY for n in range(archives.LISTED + 2)} | {"good.sql": SQL}

    warnings = read([archive(tmp_path, files)]).warnings

    assert archives.LISTED + 1 == len(warnings)
    assert "2 files more left out, because they are no text." == warnings[-1]


@pytest.mark.parametrize("files", [{}, {"a.txt": SQL}, {".a.sql": SQL}, {"a.sql": b""}, {"a.sql": BINARY}])
def test_no_sql(tmp_path: Path, files: dict[str, bytes]) -> None:
    """Archives without anything to read are refused, saying what would be read."""
    (problem,) = problems(archive(tmp_path, files))

    assert ("NO_SQL", "pack.zip") == (problem.code, problem.file)
    assert "hold no SQL" in problem.message
    assert ("a.sql is" in problem.message) == (BINARY in files.values())


def test_all_archives_are_checked(tmp_path: Path) -> None:
    """The problems of all files are told at once."""
    bad = archive(tmp_path, {"../x.sql": SQL}, "bad.zip")
    cut = File("cut.zip", Role.ARCHIVE, written(tmp_path, b"PK\x03\x04", "cut.zip"))

    assert [("ESCAPING_NAME", "bad.zip"), ("CORRUPT_ARCHIVE", "cut.zip")] == [
        (problem.code, problem.file) for problem in problems(cut, bad, single(tmp_path, SQL))
    ]


def test_two_of_one_name(tmp_path: Path) -> None:
    """A single file and one in an archive must not have one name."""
    (problem,) = problems(archive(tmp_path, {"a.sql": SQL}), single(tmp_path, SQL))

    assert ("DUPLICATE_NAME", "a.sql") == (problem.code, problem.file)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text, all texts together, their number and a single file's bytes are limited."""
    monkeypatch.setattr(archives, "MAX_TEXT_CHARACTERS", 20)
    monkeypatch.setattr(archives, "MAX_TOTAL_CHARACTERS", 40)
    monkeypatch.setattr(archives, "MAX_TEXTS", 2)
    monkeypatch.setattr(archives, "LIMITS", Limits(entry_bytes=100))
    assert ["TEXT_TOO_LONG"] == [
        each.code for each in problems(single(tmp_path, b"SELECT 12345678901234567890"))
    ]
    assert ["TOO_LARGE"] == [each.code for each in problems(single(tmp_path, b" " * 101))]
    many = archive(tmp_path, {f"{n}.sql": SQL for n in range(3)})
    assert ["TOO_MANY_CHARACTERS", "TOO_MANY_TEXTS"] == [each.code for each in problems(many)]
