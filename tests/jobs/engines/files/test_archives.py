"""Archives give their SQL files, or are refused for what is wrong with them: nothing is unpacked anywhere."""

import gzip
import io
import os
import stat
import struct
import tarfile
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.engines.files.archives import Fault, Limits, Unpacked, read_archive
from jobs.errors import BadCatalog
from tests.jobs.engines.files.packs import SQL, member, tar_of, tarred, written, zip_of_one, zipped

FILES = {
    "b/2.sql": b"two",
    "b/10.SQL": b"ten",
    "a.sql": b"one",
    "b-c/1.sql": b"three",
    "ü/ä.sql": b"umlaut",
    "read.me": b"no",
    ".git/x.sql": b"no",
    "__MACOSX/._a.sql": b"no",
    "b/.hidden.sql": b"no",
    "inner.zip": b"no",
}
WANTED = ["a.sql", "b/10.SQL", "b/2.sql", "b-c/1.sql", "ü/ä.sql"]
SMALL = Limits(entries=10, total_bytes=1 << 20, entry_bytes=100_000, directory_bytes=1)
ESCAPING = (
    "/etc/x.sql",
    "../x.sql",
    "a/../../x.sql",
    "C:/x.sql",
    "c:x.sql",
    "\\x.sql",
    "a\\..\\..\\x.sql",
    "..\\x.sql",
)


def read(folder: Path, content: bytes, limits: Limits | None = None) -> Unpacked:
    return read_archive(written(folder, content), "pack", limits)


def faults(folder: Path, content: bytes, limits: Limits | None = None) -> dict[str, int]:
    """How often each fault was found in an archive that is refused."""
    with pytest.raises(BadCatalog) as refused:
        read(folder, content, limits)
    assert all(problem.file == "pack" and problem.message for problem in refused.value.problems)
    return {problem.code: problem.row_count for problem in refused.value.problems}


@pytest.mark.parametrize(
    "pack", [zipped, tarred, lambda files: tarred(files, "w")], ids=["zip", "tar.gz", "tar"]
)
def test_sql_files_in_order(tmp_path: Path, pack: object) -> None:
    """The SQL files are read in order of their names, and hidden and other files are only counted."""
    assert callable(pack)
    unpacked = read(tmp_path, pack(FILES))

    assert WANTED == [entry.name for entry in unpacked.entries]
    assert [FILES[name] for name in WANTED] == [entry.content for entry in unpacked.entries]
    assert len(FILES) - len(WANTED) == unpacked.left_out


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_folder_as_tar_packs_it(tmp_path: Path, mode: str) -> None:
    """`tar -C folder .` lists `./` and folders beside files: names are without the dot."""
    (tmp_path / "sql" / "deep").mkdir(parents=True)
    (tmp_path / "sql" / "deep" / "a.sql").write_bytes(SQL)
    with tarfile.open(tmp_path / "pack", mode) as archive:  # type: ignore[call-overload]  # modes are literals
        archive.add(tmp_path / "sql", "./")

    assert ["deep/a.sql"] == [entry.name for entry in read_archive(tmp_path / "pack", "pack").entries]


def test_windows_separators(tmp_path: Path) -> None:
    """Names with backslashes, as some tools of Windows write them, are names in folders."""
    assert ["a/b.sql"] == [entry.name for entry in read(tmp_path, zipped({"a\\b.sql": SQL})).entries]


@pytest.mark.parametrize("name", ESCAPING)
def test_names_that_escape(tmp_path: Path, name: str) -> None:
    """Absolute names, drives and `..` are refused in zip and tar, whatever the separators, SQL or not."""
    for each in (name, name.replace(".sql", ".txt")):
        assert {Fault.ESCAPES: 1} == faults(tmp_path, zipped({"a.sql": SQL, each: SQL}))
        assert {Fault.ESCAPES: 1} == faults(tmp_path, tarred({"a.sql": SQL, each: SQL}))


@pytest.mark.parametrize("name", ["a\nb.sql", "\x07.sql", f"{'x' * 500}.sql", "\u202e.sql"])
def test_names_that_cannot_be_shown(tmp_path: Path, name: str) -> None:
    """Names with control characters, or of more than 500 characters, are refused."""
    assert {Fault.NAME: 1} == faults(tmp_path, zipped({name: SQL}))
    assert {Fault.NAME: 1} == faults(tmp_path, tarred({name: SQL}))


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    """Names in another encoding than UTF-8 are refused, and shown with their bytes escaped."""
    placeholder, bad = b"name-ab.sql", b"name-\xe4\xff.sql"
    for content in (zipped({"name-ab.sql": SQL}), tarred({"name-ab.sql": SQL}, "w")):
        hurt = content.replace(placeholder, bad)
        if hurt[:2] != b"PK":
            hurt = resealed(hurt)
        assert {Fault.NAME: 1} == faults(tmp_path, hurt)
    marked = bytearray(zipped({"name-üb.sql": SQL}).replace("name-üb".encode(), b"name-\xff\xffb"))
    assert {Fault.CORRUPT: 1} == faults(tmp_path, bytes(marked))


def resealed(content: bytes) -> bytes:
    """A tar whose first header's checksum is right again."""
    block = bytearray(content[:512])
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + content[512:]


def test_utf8_without_the_mark(tmp_path: Path) -> None:
    """Names in UTF-8 are read as such where the zip forgets to say so, as that of macOS does."""
    content = zipped({"name-ab.sql": SQL}).replace(b"name-ab", "name-ü".encode())

    assert ["name-ü.sql"] == [entry.name for entry in read(tmp_path, content).entries]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_of_tar(tmp_path: Path, kind: bytes) -> None:
    """A tar with links, devices or pipes is refused."""
    assert {Fault.NO_FILE: 1} == faults(tmp_path, tar_of((member("a.sql", kind, "/etc/passwd"), b"")))


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_of_zip(tmp_path: Path, mode: int) -> None:
    """A zip with links, devices or pipes is refused."""
    info = zipfile.ZipInfo("a.sql")
    info.external_attr = (mode | 0o644) << 16

    assert {Fault.NO_FILE: 1} == faults(tmp_path, zip_of_one(info, b"/etc/passwd"))


def test_files_with_holes(tmp_path: Path) -> None:
    """A sparse file of tar, which could claim terabytes of nothing, is refused."""
    hollow = member("a.sql")
    hollow.pax_headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 40), "GNU.sparse.major": "0"}
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(hollow)

    assert {Fault.NO_FILE: 1} == faults(tmp_path, content.getvalue())


def test_encrypted(tmp_path: Path) -> None:
    """A zip with a password is refused as such."""
    content = bytearray(zipped({"a.sql": SQL}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1

    assert {Fault.ENCRYPTED: 1} == faults(tmp_path, bytes(content))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions(tmp_path: Path, compression: int) -> None:
    """Compressions whose growth cannot be bounded while unpacking are refused."""
    assert {Fault.COMPRESSION: 1} == faults(tmp_path, zipped({"a.sql": SQL}, compression))


def test_two_of_one_name(tmp_path: Path) -> None:
    """Two SQL files of one name are refused, also where only the separators differ."""
    assert {Fault.DUPLICATE: 1} == faults(tmp_path, zipped({"a/b.sql": SQL, "a\\b.sql": SQL}))
    twice = [(tarfile.TarInfo("a.sql"), b"")] * 2
    assert {Fault.DUPLICATE: 1} == faults(tmp_path, tar_of(*twice))


def test_several_faults_at_once(tmp_path: Path) -> None:
    """All that is wrong with the names of a zip is told at once, with counts and the first five entries."""
    names = [f"../{n}.sql" for n in range(7)] + ["\x01.sql"]
    with pytest.raises(BadCatalog) as refused:
        read(tmp_path, zipped(dict.fromkeys(names, SQL)))

    escaping, unprintable = refused.value.problems
    assert (Fault.ESCAPES, 7, tuple(names[:5])) == (escaping.code, escaping.row_count, escaping.rows)
    assert (Fault.NAME, 1) == (unprintable.code, unprintable.row_count)


def test_a_bomb(tmp_path: Path) -> None:
    """What grows more than text does is refused long before it is unpacked, in constant memory."""
    flat = zipped({"a.sql": b" " * 30_000_000})
    packed = tarred({"a.sql": b" " * 30_000_000})
    tracemalloc.start()
    try:
        for content in (flat, packed):
            assert {Fault.RATIO: 1} == faults(tmp_path, content)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_too_much(tmp_path: Path) -> None:
    """Entries, bytes in all and bytes of an entry are limited, counted while reading."""
    many = {f"{n}.txt": b"" for n in range(11)}
    large = {f"{n}.sql": os.urandom(90_000) for n in range(9)}
    larger = {**large, "last.sql": os.urandom(90_000), "and.sql": os.urandom(90_000)}
    for pack in (zipped, tarred):
        assert {Fault.MANY: 1} == faults(tmp_path, pack(many), SMALL)
        assert {Fault.LARGE_ENTRY: 1} == faults(tmp_path, pack({"a.sql": os.urandom(100_001)}), SMALL)
        assert 9 == len(read(tmp_path, pack(large), SMALL).entries)
        assert {Fault.LARGE: 1} == faults(tmp_path, pack(larger), Limits(total_bytes=900_000))


def test_a_list_of_millions(tmp_path: Path) -> None:
    """The list of entries of a zip is not read if it is too long, whatever it holds."""
    names = {f"{n}{'x' * 240}.sql": b"" for n in range(500)}

    assert {Fault.MANY: 1} == faults(tmp_path, zipped(names), Limits(directory_bytes=1))


def test_lies_about_sizes(tmp_path: Path) -> None:
    """Claimed sizes are not believed: neither a small one of a large entry nor the reverse."""
    content = bytearray(zipped({"a.sql": os.urandom(200_000)}, zipfile.ZIP_STORED))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 10)
    assert {Fault.CORRUPT} >= set(faults(tmp_path, bytes(content), SMALL)) - {Fault.LARGE_ENTRY}
    struct.pack_into("<II", content, directory + 20, 0xFFFFFFF0, 0xFFFFFFF0)
    assert Fault.OVERLAP in faults(tmp_path, bytes(content), SMALL)


def test_entries_that_share_bytes(tmp_path: Path) -> None:
    """Entries of a zip that overlap, as in bombs that unpack one stretch again and again, are refused."""
    content = bytearray(zipped({"a.sql": SQL, "b.sql": SQL}))
    second = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, second + 42, 0)

    assert {Fault.OVERLAP: 1} == faults(tmp_path, bytes(content))


@pytest.mark.parametrize(
    "pack", [zipped, tarred, lambda files: tarred(files, "w")], ids=["zip", "tar.gz", "tar"]
)
def test_cut_off(tmp_path: Path, pack: object) -> None:
    """An archive that was cut off, anywhere, is refused as damaged."""
    assert callable(pack)
    whole = pack({"a.sql": os.urandom(2_000), "b.txt": os.urandom(2_000)})
    end = whole.rstrip(b"\0")
    for at in range(1, len(end), 97):
        assert {Fault.CORRUPT} == set(faults(tmp_path, whole[:at])), at


def test_a_wrong_checksum(tmp_path: Path) -> None:
    """Contents that do not have the checksum that the archive tells are refused."""
    stored = zipped({"a.sql": SQL}, zipfile.ZIP_STORED)
    assert {Fault.CORRUPT: 1} == faults(tmp_path, stored.replace(SQL, SQL.replace(b"1", b"2")))
    packed = bytearray(tarred({"a.sql": SQL}))
    packed[-6] ^= 1
    assert {Fault.CORRUPT: 1} == faults(tmp_path, bytes(packed))


@pytest.mark.parametrize("size", [-512, -1, -(1 << 40)])
def test_negative_sizes(tmp_path: Path, size: int) -> None:
    """A header that claims less than nothing ends the reading, wherever it stands."""
    plain = member("a.sql")
    plain.size = size
    crooked = member("b.sql")
    crooked.pax_headers = {"size": str(size)}
    header = plain.tobuf(tarfile.GNU_FORMAT)
    extended = crooked.tobuf(tarfile.PAX_FORMAT)

    for blocks in (header, extended):
        assert {Fault.CORRUPT} == set(faults(tmp_path, blocks + bytes(1024)))


def test_names_of_megabytes(tmp_path: Path) -> None:
    """A tar whose headers hold megabytes is refused before they are read."""
    long = member("a" * 1_000_000 + ".sql")

    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert {Fault.CORRUPT: 1} == faults(tmp_path, long.tobuf(form) + bytes(1024))


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", gzip.compress(b"text"), b"text"]
)
def test_no_archive(tmp_path: Path, content: bytes) -> None:
    """What is no archive is refused as damaged."""
    assert {Fault.CORRUPT: 1} == faults(tmp_path, content)


def test_an_empty_zip(tmp_path: Path) -> None:
    """An archive without entries is read, and gives none: that it is useless is for others to say."""
    assert Unpacked((), 0) == read(tmp_path, zipped({}))


@given(at=st.integers(0, 400), bits=st.integers(1, 255), what=st.sampled_from([zipped, tarred]))
def test_any_byte_may_be_wrong(
    at: int, bits: int, what: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever byte is changed, the archive is read or refused: nothing else comes out."""
    assert callable(what)
    content = bytearray(what({"a/b.sql": SQL, "c.sql": SQL * 3, "d.txt": SQL}))
    content[at % len(content)] ^= bits
    with suppress(BadCatalog):
        entries = read(tmp_path_factory.mktemp("any"), bytes(content)).entries
        assert all(entry.name.lower().endswith(".sql") for entry in entries)
