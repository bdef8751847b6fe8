"""What the files are that tables are made of, as far as it is told without an engine."""

import csv
import gzip
import io
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from jobs.engines.sql.errors import BadRows
from jobs.engines.sql.texts import literal

GZIP = b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
HEAD_BYTES = 1 << 20  # that the first line of a CSV file may have
PIECE_BYTES = 1 << 18
DELIMITERS = ",;\t|"
SPACE = b" \t\r\n"


class FileFormat(StrEnum):
    """What the rows of a file are written in."""

    PARQUET = "parquet"
    """Parquet, of any writer."""
    CSV = "csv"
    """Comma-separated values or the like: separator, quotes and whether there is a head are found out."""
    JSON = "json"
    """An array of objects, or one object a line."""


class TextEncoding(StrEnum):
    """How the characters of a CSV file are written."""

    UTF_8 = "utf-8"
    """As nearly all are now."""
    UTF_16 = "utf-16"
    """As some spreadsheets save text."""
    LATIN_1 = "latin-1"
    """One byte a character, as old systems of Western Europe write."""


SUFFIXES = {
    ".parquet": FileFormat.PARQUET,
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
    ".json": FileFormat.JSON,
    ".jsonl": FileFormat.JSON,
    ".ndjson": FileFormat.JSON,
}


def format_of(file_name: str) -> FileFormat | None:
    """What a name claims a file to be; None if it claims nothing that is known.

    >>> format_of("Trips.CSV.gz")
    <FileFormat.CSV: 'csv'>
    >>> format_of("notes.txt")
    """
    claimed = file_name.lower().removesuffix(".gz")
    return next((form for suffix, form in SUFFIXES.items() if claimed.endswith(suffix)), None)


class CsvFile(Protocol):
    """A CSV file, and what was said about it."""

    @property
    def file(self) -> Path: ...

    @property
    def file_name(self) -> str: ...

    @property
    def encoding(self) -> TextEncoding | None: ...

    @property
    def delimiter(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the lines of a CSV file are read; `width` is how many values the first one has."""

    delimiter: str
    width: int
    encoding: TextEncoding
    packing: str

    def options(self) -> str:
        """The same, as the engine is told it: nothing is skipped, filled up or taken for a comment."""
        return ", ".join(
            (
                f"delim = {literal(self.delimiter)}",
                "quote = '\"', escape = '\"', comment = '', skip = 0, null_padding = false, strict_mode = true",
                f"encoding = '{self.encoding.value}', compression = '{self.packing}'",
            )
        )


def dialect_of(given: CsvFile) -> Dialect:
    """How a CSV file is read: its first line decides, by the separator that makes the most of it.

    Raises:
        BadRows: It has no line at all.
    """
    head = next(pieces_of(given.file, HEAD_BYTES), b"")
    encoding = given.encoding or (TextEncoding.UTF_16 if head.startswith(UTF_16) else TextEncoding.UTF_8)
    text = head.decode(encoding.value, errors="replace").removeprefix("\ufeff").lstrip("\r\n")
    if not text.strip():
        raise BadRows(f"{given.file_name} is empty", hint="Give a file with a head and rows.")
    choices = [given.delimiter] if given.delimiter else DELIMITERS
    widths = {each: _width(text, each) for each in choices}
    best = max(widths, key=lambda each: widths[each])
    return Dialect(best, widths[best], encoding, packing_of(given.file))


def _width(text: str, delimiter: str) -> int:
    """How many values the first line has."""
    try:
        return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error:  # a value of more than 128 KiB
        return 1


def packing_of(file: Path) -> str:
    """How a file is packed, as the engine calls it."""
    with file.open("rb") as opened:
        return "gzip" if opened.read(len(GZIP)) == GZIP else "none"


def pieces_of(file: Path, size: int = PIECE_BYTES) -> Iterator[bytes]:
    """The bytes of a file, unpacked, in pieces of `size` at most.

    Raises:
        EOFError, OSError, zlib.error: It is packed by gzip, and damaged.
    """
    with gzip.open(file) if packing_of(file) == "gzip" else file.open("rb") as opened:
        while piece := opened.read(size):
            yield piece


def check_packing(file: Path, file_name: str) -> None:
    """Refuse a gzip stream that is damaged or cut: the engine would read from it what is there, or worse.

    Raises:
        BadRows: It is. Cost: unpacks it, some 300 MB a second.
    """
    if packing_of(file) == "none":
        return
    try:
        for _ in pieces_of(file):
            pass
    except (EOFError, OSError, zlib.error) as error:
        raise BadRows(f"{file_name} is a damaged gzip stream", hint="Pack it anew: it may be cut.") from error


def check_array(file: Path, file_name: str) -> None:
    """Refuse an array of JSON that is cut: the engine takes `[{"a": 1},` for a whole one.

    Raises:
        BadRows: It does not end with its bracket, or has a mark that JSON has not.
    """
    first, last = b"", b""
    for piece in pieces_of(file):
        kept = piece.strip(SPACE)
        if not first and kept.startswith(BOM_UTF8):
            raise BadRows(f"{file_name} begins with a byte order mark", hint="Save it as UTF-8 without a mark.")
        first = first or kept[:1]
        last = kept[-1:] or last
    if first == b"[" and last != b"]":
        raise BadRows(
            f"{file_name} is cut: it begins with [ and does not end with ]", hint="Upload it anew, whole."
        )
