"""Read the SQL files of an archive without unpacking it anywhere: meant for a child process, it is hostile."""

import gzip
import io
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, cast

from typing_extensions import override

from jobs.errors import BadCatalog, Problem

SUFFIX = ".sql"
CHUNK_BYTES = 1 << 16
HEADER_BYTES = 1 << 16  # one long name, or one set of extended headers, of tar
LOCAL_HEADER_BYTES = 30
SHOWN = 5  # names in a problem
MAX_NAME_CHARACTERS = 500
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")  # with entries, and without any
DRIVE = re.compile(r"[A-Za-z]:")
TAR_END = b"\0" * 1024
EXTENDED = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)
BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,  # a UnicodeDecodeError is one
)
"""What the standard library raises where an archive is not what its headers say."""


class Fault(StrEnum):
    """What may be wrong with an archive."""

    CORRUPT = "CORRUPT_ARCHIVE"
    """It is damaged, cut off, or no archive."""
    ENCRYPTED = "ENCRYPTED_ARCHIVE"
    """Entries are encrypted."""
    COMPRESSION = "UNKNOWN_COMPRESSION"
    """Entries of a zip are compressed in another way than deflate."""
    ESCAPES = "ESCAPING_NAME"
    """Names are absolute, begin with a drive, or lead out of the archive."""
    NAME = "BAD_NAME"
    """Names are empty, longer than 500 characters, not UTF-8, or cannot be shown."""
    NO_FILE = "NOT_A_PLAIN_FILE"
    """Entries are links, devices or files with holes."""
    DUPLICATE = "DUPLICATE_NAME"
    """Entries have one name."""
    OVERLAP = "OVERLAPPING_ENTRIES"
    """Entries of a zip share bytes."""
    MANY = "TOO_MANY_ENTRIES"
    """It has more entries than are read."""
    LARGE = "TOO_LARGE"
    """Its entries are larger together than is read."""
    LARGE_ENTRY = "ENTRY_TOO_LARGE"
    """An entry is larger than is read."""
    RATIO = "COMPRESSED_TOO_WELL"
    """It grows more than any text does when it is unpacked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an archive is read: counted while it is, whatever its headers say."""

    entries: int = 100_000  # of any kind
    total_bytes: int = 256 << 20  # unpacked; of a tar all entries count, because all pass by
    entry_bytes: int = 40_000_000  # one SQL file
    directory_bytes: int = 16 << 20  # the list of entries of a zip
    ratio: int = 200  # unpacked to packed, once MiB were unpacked


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive: its name relative to the archive, with `/` between folders."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The SQL files of an archive by name, and how many other files and hidden ones it has."""

    entries: tuple[Entry, ...]
    left_out: int


class Refused(Exception):
    """Nothing more of this archive is read; the ledger says why."""


@dataclass(slots=True)
class Ledger:
    """What is wrong with an archive, and how much of it was read."""

    limits: Limits
    packed_bytes: int
    faults: dict[Fault, list[str]] = field(default_factory=dict)
    unpacked_bytes: int = 0

    def note(self, fault: Fault, entry: str) -> None:
        """Remember that something is wrong with an entry, or with the archive as a whole."""
        self.faults.setdefault(fault, []).append(entry)

    def refuse(self, fault: Fault, entry: str = "") -> Refused:
        """Note what makes reading on pointless, to be raised."""
        self.note(fault, entry)
        return Refused()

    def count(self, size: int, entry: str) -> None:
        """Count what was unpacked.

        Raises:
            Refused: It is too much.
        """
        self.unpacked_bytes += size
        if self.unpacked_bytes > self.limits.total_bytes:
            raise self.refuse(Fault.LARGE, entry)
        if self.unpacked_bytes > max(1 << 20, self.limits.ratio * self.packed_bytes):
            raise self.refuse(Fault.RATIO, entry)

    def problems(self, archive: str) -> tuple[Problem, ...]:
        """Return what is wrong, one problem for each fault, in the order in which they were met."""
        return tuple(
            Problem(
                code=fault.value,
                file=archive,
                message=message_of(fault, self.limits),
                row_count=len(entries),
                rows=tuple(shown(entry) for entry in entries[:SHOWN] if entry),
            )
            for fault, entries in self.faults.items()
        )


def read_archive(path: Path, name: str, limits: Limits | None = None) -> Unpacked:
    """The `.sql` files of a zip, tar.gz or tar.

    Args:
        path: Where the archive is.
        name: What it is called, for the words of an error.
        limits: How much is read.

    Raises:
        BadCatalog: It is refused; the problems say why, with the first entries of each kind.

    Cost: memory for the SQL files and one list of entries; time linear in what is unpacked.
    """
    ledger = Ledger(limits or Limits(), path.stat().st_size)
    with path.open("rb") as file:
        unpack = _unzip if file.read(len(ZIP_MAGICS[0])) in ZIP_MAGICS else _untar
    entries, others = dict[str, bytes](), 0
    try:
        for entry, content in unpack(path, ledger):
            if content is None:
                others += 1
            elif entry in entries:
                ledger.note(Fault.DUPLICATE, entry)
            else:
                entries[entry] = content
    except Refused:
        pass
    except BROKEN:
        ledger.note(Fault.CORRUPT, "")
    if ledger.faults:
        raise BadCatalog(ledger.problems(name))
    ordered = sorted(entries, key=lambda entry: entry.split("/"))
    return Unpacked(tuple(Entry(entry, entries[entry]) for entry in ordered), others)


def _unzip(path: Path, ledger: Ledger) -> Iterator[tuple[str, bytes | None]]:
    """Names and contents of SQL files; for other files no content."""
    with Careful(path, ledger) as file, zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > ledger.limits.entries:
            raise ledger.refuse(Fault.MANY)
        names = {id(entry): _checked_zip(entry, ledger) for entry in entries}
        _check_overlaps(entries, archive.start_dir, ledger)
        if ledger.faults:
            raise Refused
        for entry in entries:
            if entry.is_dir():
                continue
            name = names[id(entry)]
            if not is_wanted(name):
                yield name, None
                continue
            # Each entry for itself: one that grows too much does not hide among others.
            own = Ledger(ledger.limits, entry.compress_size, ledger.faults)
            with archive.open(entry) as packed:
                content = _contents(packed, name, own)
            ledger.count(len(content), name)
            yield name, content


def _checked_zip(entry: zipfile.ZipInfo, ledger: Ledger) -> str:
    """The name of a zip's entry, which need not be right where a fault was noted."""
    told = entry.orig_filename
    if not entry.flag_bits & 0x800:  # not marked as UTF-8, though most tools mean that
        try:
            told = told.encode("cp437").decode()
        except UnicodeError:
            ledger.note(Fault.NAME, told)
            return told
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        ledger.note(Fault.NO_FILE, told)
    if entry.flag_bits & 0x41:
        ledger.note(Fault.ENCRYPTED, told)
    elif entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        ledger.note(Fault.COMPRESSION, told)
    return checked_name(told, ledger)


def _check_overlaps(entries: Iterable[zipfile.ZipInfo], end: int, ledger: Ledger) -> None:
    """Note entries that reach into the next one, or into the list of them."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [*(entry.header_offset for entry in ordered[1:]), end]
    for entry, limit in zip(ordered, ends, strict=False):  # an empty zip has no entry before its end
        least = LOCAL_HEADER_BYTES + len(entry.orig_filename) + entry.compress_size
        if entry.header_offset + least > limit:
            ledger.note(Fault.OVERLAP, entry.orig_filename)


class Careful(io.FileIO):
    """A zip that gives no more at once than a list of entries may have: it is read as a whole."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self._ledger = ledger
        super().__init__(path)

    @override
    def read(self, size: int | None = -1) -> bytes:
        wanted = self._ledger.packed_bytes - self.tell() if size is None or size < 0 else size
        if wanted > max(self._ledger.limits.directory_bytes, 2 * CHUNK_BYTES):  # entries are read by the chunk
            raise self._ledger.refuse(Fault.MANY)
        return super().read(wanted) or b""


def _untar(path: Path, ledger: Ledger) -> Iterator[tuple[str, bytes | None]]:
    with path.open("rb") as file:
        packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        file.seek(0)
        metered = Metered(cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if packed else file, ledger)
        with tarfile.open(
            fileobj=metered, mode="r|", tarinfo=BoundedInfo, encoding="utf-8", errors="surrogateescape"
        ) as archive:
            yield from _members(archive, ledger)
        while metered.read(CHUNK_BYTES):
            pass  # to the end, where the checksum is
        if metered.tail != TAR_END:
            raise ledger.refuse(Fault.CORRUPT)


def _members(archive: tarfile.TarFile, ledger: Ledger) -> Iterator[tuple[str, bytes | None]]:
    for place, member in enumerate(archive):
        if place >= ledger.limits.entries:
            raise ledger.refuse(Fault.MANY)
        name = checked_name(member.name, ledger)
        if member.size < 0:  # told by an extended header
            raise ledger.refuse(Fault.CORRUPT, name)
        if member.isdir():
            continue
        # `sparse` is set where a file has holes: it would be larger than what is read.
        if not member.isreg() or member.sparse is not None:
            ledger.note(Fault.NO_FILE, name)
            continue
        file = archive.extractfile(member) if is_wanted(name) else None
        if file is None:
            yield name, None
        else:
            yield name, _contents(file, name, Ledger(ledger.limits, 1 << 40, ledger.faults))


class BoundedInfo(tarfile.TarInfo):
    """A header of tar that claims neither less than nothing nor names of megabytes."""

    @override
    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "BoundedInfo":
        info = super().frombuf(buf, encoding, errors)
        if info.size < 0 or (info.type in EXTENDED and info.size > HEADER_BYTES):
            raise tarfile.ReadError("a header is out of bounds")
        return info


class Metered(io.RawIOBase):
    """A stream that counts what is read of it, and remembers its end."""

    def __init__(self, stream: IO[bytes], ledger: Ledger) -> None:
        self._stream, self._ledger = stream, ledger
        self.tail = b""

    @override
    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(CHUNK_BYTES if size < 0 else size)
        self._ledger.count(len(data), "")
        self.tail = (self.tail + data)[-len(TAR_END) :]
        return data


def _contents(file: IO[bytes], name: str, ledger: Ledger) -> bytes:
    """All of an entry.

    Raises:
        Refused: It is larger than one may be, or grows too much.
    """
    parts, size = list[bytes](), 0
    while part := file.read(CHUNK_BYTES):
        size += len(part)
        if size > ledger.limits.entry_bytes:
            raise ledger.refuse(Fault.LARGE_ENTRY, name)
        ledger.count(len(part), name)
        parts.append(part)
    return b"".join(parts)


def checked_name(told: str, ledger: Ledger) -> str:
    """An entry's name with `/` between folders, which need not be right where a fault was noted."""
    parts = told.replace("\\", "/").split("/")
    if not parts[0] or DRIVE.match(told) or ".." in parts:
        ledger.note(Fault.ESCAPES if told else Fault.NAME, told)
        return told
    name = "/".join(part for part in parts if part not in {"", "."})
    is_root = told.strip("./") == ""  # the folder itself, which tar lists as `./`
    if not is_root and not (len(name) <= MAX_NAME_CHARACTERS and name.isprintable()):
        ledger.note(Fault.NAME, told)
    return name


def is_wanted(name: str) -> bool:
    """Whether an entry is a SQL file, neither hidden nor what macOS adds."""
    parts = name.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return name.lower().endswith(SUFFIX) and not hidden


def shown(entry: str) -> str:
    """A name of any kind as text for people."""
    return entry.encode("utf-8", "surrogateescape").decode(errors="backslashreplace")[:MAX_NAME_CHARACTERS]


def message_of(fault: Fault, limits: Limits) -> str:
    """What is wrong, and what to do."""
    mib = 1 << 20
    return {
        Fault.CORRUPT: "is damaged, cut off, or no zip, tar.gz or tar; pack it anew",
        Fault.ENCRYPTED: "has encrypted entries; pack it without a password",
        Fault.COMPRESSION: "has entries that are not compressed by deflate; pack it anew",
        Fault.ESCAPES: "has names that lead out of it; pack a folder by relative names",
        Fault.NAME: f"has names that are empty, over {MAX_NAME_CHARACTERS} characters, or no printable UTF-8",
        Fault.NO_FILE: "has links, devices or files with holes; pack the files themselves",
        Fault.DUPLICATE: "has several entries of one name; leave one of them",
        Fault.OVERLAP: "has entries that share bytes; pack it anew",
        Fault.MANY: f"has more than {limits.entries:,} entries, or a list of them over"
        f" {limits.directory_bytes // mib} MiB; pack the SQL files alone",
        Fault.LARGE: f"holds more than {limits.total_bytes // mib} MiB; make several runs, a source each",
        Fault.LARGE_ENTRY: f"has a SQL file of more than {limits.entry_bytes:,} bytes; split it",
        Fault.RATIO: f"grows to more than {limits.ratio} times its size, as no text does; pack it anew",
    }[fault]
