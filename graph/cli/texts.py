"""Finds SQL files and decodes them, or says which one cannot be read and where."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graph.cli.exits import complain
from jobs.engines.files.encodings import NoText, decode
from jobs.errors import Rejected

SUFFIX = ".sql"
STREAM = "<stdin>"  # what is told as the name of standard input
MAX_FILE_BYTES = 40_000_000  # a text of 8 million characters has fewer


class BadPath(Rejected):
    """A path that was given holds nothing that can be read."""


class BadText(Rejected):
    """A file holds something that is no text."""

    def __init__(self, path: Path, error: NoText) -> None:
        super().__init__(f"{path} {error}", hint="Convert it to UTF-8 first, for example with iconv.")


@dataclass(frozen=True, slots=True)
class Named:
    """A file and the name its text is submitted under."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Text:
    """What a file says; `guessed` names the encoding that was taken where nothing tells it."""

    name: str
    sql: str
    guessed: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.sql.strip("\ufeff \t\r\n")


def find_files(paths: Sequence[Path]) -> list[Named]:
    """The SQL files of folders, by name, and single files as they are, each file once.

    Files of a folder are named relative to it, so the same folder gives the same names wherever it is.

    Raises:
        BadPath: A path is absent, a folder holds no SQL file, or two files would have one name.
    """
    found: dict[str, Named] = {}
    seen: set[str] = set()
    for path in paths:
        for named in _files_of(path):
            real = os.path.realpath(named.path)  # unlike resolve(), it takes a link to itself as it is
            if real in seen:
                continue
            seen.add(real)
            other = found.setdefault(named.name, named)
            if other is not named:
                raise BadPath(
                    f"Two files would be named {named.name}: {other.path} and {named.path}.",
                    hint="Give the folder above both instead.",
                )
    return list(found.values())


def _files_of(path: Path) -> Iterator[Named]:
    if path.is_dir():
        files = sorted(_walk(path), key=lambda file: file.relative_to(path).parts)
        if not files:
            raise BadPath(f"There is no {SUFFIX} file in {path}.", hint="Name single files to read others.")
        yield from (Named(file.relative_to(path).as_posix(), file) for file in files)
    elif path.is_file():
        yield Named(_short(path), path)
    else:
        raise BadPath(
            f"{path} is neither a file nor a folder." if path.exists() else f"There is no {path}.",
            hint="Give SQL files, or folders that hold some.",
        )


def _walk(folder: Path) -> Iterator[Path]:
    """SQL files at any depth. Links to folders are not followed, and hidden folders not looked into."""

    def refuse(error: OSError) -> None:
        raise BadPath(f"{error.filename} cannot be read: {error.strerror}.") from error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in files if name.lower().endswith(SUFFIX))


def has_files(folder: Path) -> bool:
    """Whether a folder holds SQL files, at any depth."""
    return next(_walk(folder), None) is not None


def _short(path: Path) -> str:
    """A single file's name: as given, or relative to the present folder if it lies below."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def read_text(named: Named) -> Text:
    """A file's text, in whatever encoding it is: see `jobs.engines.files.encodings`.

    Raises:
        BadPath: The file cannot be read.
        BadText: It is something else; the error says what and where.
    """
    return _decoded(named.name, named.path, read_bytes(named.path))


def _decoded(name: str, path: Path, content: bytes) -> Text:
    try:
        decoded = decode(content)
    except NoText as error:
        raise BadText(path, error) from error
    return Text(name, decoded.text, decoded.encoding if decoded.guessed else "")


def read_bytes(path: Path) -> bytes:
    """A SQL file's bytes.

    Raises:
        BadPath: It cannot be read, or is too large.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadPath(f"{path} is larger than {MAX_FILE_BYTES:,} bytes.", hint="Split it into several.")
        return path.read_bytes()
    except OSError as error:
        raise BadPath(f"{path} cannot be read: {error.strerror}.") from error


def read_all(paths: Sequence[Path]) -> tuple[list[Text], list[str]]:
    """The texts of all files, and the names of those that hold nothing and are left out.

    Raises:
        BadPath, BadText: One cannot be read, or nothing is left.
    """
    return without_empty([read_text(named) for named in find_files(paths)])


def without_empty(texts: Sequence[Text]) -> tuple[list[Text], list[str]]:
    """The texts that say something, and the names of the others.

    Raises:
        BadPath: Nothing is left.
    """
    full = [text for text in texts if not text.is_empty]
    if not full:
        raise BadPath("All files are empty.", hint="Give files that hold SQL.")
    return full, [text.name for text in texts if text.is_empty]


def read_stream(stream: BinaryIO) -> Text:
    """What is written to us: the text of standard input.

    Raises:
        BadPath: It is too much, or cannot be read.
        BadText: It is no text.
    """
    path = Path(STREAM)
    try:
        content = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadPath(f"{STREAM} cannot be read: {error.strerror}.") from error
    if len(content) > MAX_FILE_BYTES:
        raise BadPath(f"{STREAM} is larger than {MAX_FILE_BYTES:,} bytes.", hint="Split it into several.")
    return _decoded(STREAM, path, content)


def tell_of(texts: Sequence[Text], empty: Sequence[str]) -> None:
    """Say which files are left out, and whose encoding is a guess."""
    for name in empty:
        complain(f"left out, because it is empty: {name}")
    for text in texts:
        if text.guessed:
            complain(f"read as {text.guessed}, a guess: {text.name}")
