"""Files are found and decoded, or refused by name and place."""

import codecs
import io
import os
from pathlib import Path

import pytest

from graph.cli.texts import MAX_FILE_BYTES, BadPath, BadText, find_files, read_all, read_stream
from tests.graph.shell import headwater

SOME = "SELECT 'é€𝄞' AS a;\r\n"


def written(folder: Path, *names: str, content: bytes = b"SELECT 1;") -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def names_of(*paths: Path) -> list[str]:
    return [named.name for named in find_files(paths)]


def test_folders_are_searched_in_order(tmp_path: Path) -> None:
    """All SQL files below a folder are taken, sorted and named relative to it, but no hidden folder's."""
    written(tmp_path, "b/2.sql", "b/10.SQL", "a.sql", "b-c/1.sql", "read.me", ".git/x.sql", "b/deep/er/z.sql")

    assert ["a.sql", "b/10.SQL", "b/2.sql", "b/deep/er/z.sql", "b-c/1.sql"] == names_of(tmp_path)


def test_single_files_are_taken_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single file may be called anything, and is named as it was given."""
    written(tmp_path, "x/views.ddl", "other/y.sql")
    monkeypatch.chdir(tmp_path / "x")

    assert ["views.ddl"] == names_of(Path("views.ddl"))
    assert ["views.ddl"] == names_of(tmp_path / "x" / "views.ddl")
    assert [str(tmp_path / "other" / "y.sql")] == names_of(tmp_path / "other" / "y.sql")


def test_a_file_is_read_once(tmp_path: Path) -> None:
    """A file that is named twice, or beside its folder, is taken once."""
    written(tmp_path, "a.sql", "b.sql")

    assert ["a.sql", "b.sql"] == names_of(tmp_path, tmp_path / "b.sql", tmp_path)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    """Two folders with a file of the same name are refused, naming both."""
    written(tmp_path, "one/a.sql", "two/a.sql")

    with pytest.raises(BadPath, match=r"named a\.sql: .*one/a\.sql and .*two/a\.sql"):
        find_files([tmp_path / "one", tmp_path / "two"])


def test_links(tmp_path: Path) -> None:
    """Links to files are read, links to folders are not followed, so a loop ends."""
    written(tmp_path, "in/a.sql", "out/b.sql")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "b.sql").symlink_to(tmp_path / "out" / "b.sql")

    assert ["a.sql", "b.sql"] == names_of(tmp_path / "in")


def test_links_to_nowhere(tmp_path: Path) -> None:
    """A link that leads nowhere, or to itself, is refused by name."""
    (tmp_path / "gone.sql").symlink_to(tmp_path / "nothing")
    with pytest.raises(BadPath, match=r"gone\.sql cannot be read: No such file"):
        read_all([tmp_path])
    (tmp_path / "gone.sql").unlink()
    (tmp_path / "self.sql").symlink_to(tmp_path / "self.sql")
    with pytest.raises(BadPath, match=r"self\.sql cannot be read: .*symbolic links"):
        read_all([tmp_path])


def test_what_is_not_there(tmp_path: Path) -> None:
    """A missing path, a folder without SQL and something that is neither are refused by name."""
    written(tmp_path, "empty/read.me")
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(BadPath, match=r"There is no .*missing"):
        find_files([tmp_path / "missing"])
    with pytest.raises(BadPath, match=r"no \.sql file in .*empty"):
        find_files([tmp_path / "empty"])
    with pytest.raises(BadPath, match="neither a file nor a folder"):
        find_files([tmp_path / "pipe"])


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_folder_that_is_closed(tmp_path: Path) -> None:
    """A folder that may not be read is refused by name."""
    written(tmp_path, "closed/a.sql")
    (tmp_path / "closed").chmod(0)
    try:
        with pytest.raises(BadPath, match="closed cannot be read"):
            find_files([tmp_path])
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_empty_files_are_left_out(tmp_path: Path) -> None:
    """Empty files are left out by name; if nothing remains, that is refused."""
    written(tmp_path, "a.sql")
    written(tmp_path, "blank.sql", content=codecs.BOM_UTF8 + b" \n\t")

    texts, empty = read_all([tmp_path])
    assert (["a.sql"], ["blank.sql"]) == ([text.name for text in texts], empty)
    (tmp_path / "a.sql").unlink()
    with pytest.raises(BadPath, match="All files are empty"):
        read_all([tmp_path])


def test_a_stream() -> None:
    """What is written to us is decoded like a file, and refused by name if it is too much or no text."""
    text = read_stream(io.BytesIO(SOME.encode("utf-16")))

    assert (SOME, "<stdin>") == (text.sql, text.name)
    with pytest.raises(BadText, match=r"<stdin> holds a NUL"):
        read_stream(io.BytesIO(b"\0\1\2"))
    with pytest.raises(BadPath, match=r"<stdin> is larger than"):
        read_stream(io.BytesIO(b" " * (MAX_FILE_BYTES + 1)))


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    """A file larger than any text may be is refused before it is read."""
    with (tmp_path / "huge.sql").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)

    with pytest.raises(BadPath, match=r"huge\.sql is larger than 40,000,000 bytes"):
        read_all([tmp_path])


def test_what_is_no_text(tmp_path: Path) -> None:
    """What is no text is refused, naming the file and the first byte that is wrong."""
    written(tmp_path, "a.sql", content=codecs.BOM_UTF8 + b"ab\xff")

    with pytest.raises(BadText, match=r"a\.sql is not UTF-8 \(invalid start byte\) at byte 5"):
        read_all([tmp_path])


def test_old_encodings_are_guessed(tmp_path: Path) -> None:
    """A file in an encoding of a single byte is read, and its text names the encoding that was taken."""
    written(tmp_path, "old.sql", content="SELECT 'é'".encode("cp1252"))

    ((text,), _) = read_all([tmp_path])

    assert ("SELECT 'é'", "windows-1252") == (text.sql, text.guessed)


def test_the_command_tells_it_in_one_line(tmp_path: Path) -> None:
    """A binary file is refused with exit status 2 and one line, before any service is asked."""
    written(tmp_path, "old.sql", content=b"SELECT 'a\x00'")

    said = headwater("run", "lineage", str(tmp_path), "--dialect", "tsql", "--url", "http://127.0.0.1:1")

    assert 2 == said.status
    assert 1 == len(said.err.splitlines())
    assert "old.sql holds a NUL at byte 9. Convert it to UTF-8" in said.err


def test_the_command_tells_what_it_guesses(tmp_path: Path) -> None:
    """The encoding that was taken is said on standard error."""
    written(tmp_path, "old.sql", content="SELECT 'é'".encode("cp1252"))

    said = headwater("run", "lineage", str(tmp_path), "--dialect", "tsql", "--url", "http://127.0.0.1:1")

    assert "read as windows-1252, a guess: old.sql" in said.err


def test_no_path_and_no_dialect(tmp_path: Path) -> None:
    """Paths and a dialect must be given."""
    assert 2 == headwater("run", "lineage", "--dialect", "tsql").status
    assert 2 == headwater("run", "lineage", str(tmp_path)).status
