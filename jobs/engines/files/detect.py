"""Tells what a file brings by its content: meant for a child process, because the file is hostile."""

import codecs
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from jobs.engines.files.roles import Role, role_of
from jobs.errors import BadFile

PARQUET_MAGIC = b"PAR1"
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")  # with files in it, and without any
LOOK_BYTES = 1 << 16  # of a text: enough to tell it from other things
TAR_BLOCK = 512
MARKS = (  # longest first: UTF-32's begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # that no text has
WIDE_SHARE = 0.3  # of the other bytes being zero: text in UTF-16, where the zeros are all on one side
JSON_START = re.compile(r'[\[{"tfn0-9-]')
DBT_ARTIFACT = re.compile(r"schemas\.getdbt\.com/dbt/([a-z-]+)/v\d+\.json")
ARTIFACT_FILES = {"manifest.json": "manifest", "catalog.json": "catalog"}
ROWS = (".csv", ".tsv", ".jsonl", ".ndjson")
GRAPH_BEGINS = '{"headwaterGraph":'
OF_EVENTS = re.compile(r"(\[\s*)?\{")
EVENT_FIELDS = ("eventTime", "producer")  # that every OpenLineage event has
ARRAY_OF_OBJECTS = re.compile(r"\[\s*(\{|\])")


def detect(path: Path, name: str) -> Role:
    """What a file of at least one byte brings.

    Args:
        path: Where it is.
        name: What its sender calls it: only its suffix counts, and only as a claim to hold against the content.

    Raises:
        BadFile: It is not what its name claims, or not whole.

    Cost: reads the first 64 KiB, and of Parquet the footer, which is the sender's and may be large.
    """
    with path.open("rb") as file:
        head = file.read(LOOK_BYTES)
    claimed = name.lower()
    for suffixes, kind, is_one in CLAIMS:
        if claimed.endswith(suffixes) and not is_one(path, head):
            problem = f"is named {claimed[claimed.rindex('.') :]} and is no {kind}"
            raise BadFile(
                name, problem, hint="Name it as what it is, or make it anew: it may be cut or damaged."
            )
    if is_parquet(path, head):
        return role_of(columns_of(path, name))
    if is_zip(path, head) or is_tar_gz(path, head) or is_tar(path, head):
        return Role.ARCHIVE
    text = text_of(head)
    if text is None:
        return Role.OTHER
    if text.startswith(GRAPH_BEGINS):
        return Role.GRAPH
    if OF_EVENTS.match(text.lstrip()) and all(f'"{name}"' in text for name in EVENT_FIELDS):
        return Role.OPENLINEAGE
    if ARRAY_OF_OBJECTS.match(text.lstrip()):
        return Role.FRONTEND_JSON
    if text.lstrip().startswith("{"):
        return dbt_role(text, claimed)
    return if_no_json(claimed)


def dbt_role(text: str, claimed: str) -> Role:
    """Which artifact of dbt the beginning of a JSON object is: they say so first; else their name has to do."""
    artifact = DBT_ARTIFACT.search(text)
    named = artifact[1] if artifact is not None else ARTIFACT_FILES.get(claimed, "")
    return {"manifest": Role.DBT_MANIFEST, "catalog": Role.DBT_CATALOG}.get(named) or if_no_json(claimed)


def if_no_json(claimed: str) -> Role:
    """What a text is that is none of the JSON that is known."""
    if claimed.endswith(ROWS):
        return Role.ROWS
    return Role.OTHER if claimed.endswith(".json") else Role.SQL


def columns_of(path: Path, name: str) -> list[str]:
    """The names of a Parquet file's columns.

    Raises:
        BadFile: It cannot be read as one.
    """
    import duckdb  # noqa: PLC0415 - 0.1 s and 30 MB, which only the child needs

    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "threads": 1,
    }
    with duckdb.connect(config=settings) as connection:
        # The order matters: nothing more can be allowed once access is off.
        connection.execute("SET memory_limit = '256MB'; SET temp_directory = ''")
        connection.execute("SET allowed_paths = " + quoted_list(str(path)))
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        try:
            described = connection.execute("FROM read_parquet(?) LIMIT 0", [str(path)]).description
            return [str(column[0]) for column in described or ()]
        except duckdb.Error as error:
            problem = "begins and ends as a Parquet file and cannot be read as one"
            raise BadFile(name, problem, hint="Write it anew: it may be cut or damaged.") from error


def is_parquet(path: Path, head: bytes) -> bool:
    """Whether this begins and ends as a Parquet file."""
    if not head.startswith(PARQUET_MAGIC) or path.stat().st_size <= 2 * len(PARQUET_MAGIC):
        return False
    with path.open("rb") as file:
        file.seek(-len(PARQUET_MAGIC), 2)
        return file.read() == PARQUET_MAGIC


def is_zip(path: Path, head: bytes) -> bool:
    """Whether this begins as a zip archive and has a directory at its end."""
    return head.startswith(ZIP_MAGICS) and zipfile.is_zipfile(path)


def is_tar_gz(_path: Path, head: bytes) -> bool:
    """Whether this is the beginning of a gzip stream whose first block is a header of tar."""
    if not head.startswith(GZIP_MAGIC):
        return False
    try:
        return is_tar(_path, zlib.decompressobj(wbits=31).decompress(head, TAR_BLOCK))
    except zlib.error:
        return False


def is_tar(_path: Path, head: bytes) -> bool:
    """Whether this begins with a header of tar, which holds a checksum of itself."""
    try:
        tarfile.TarInfo.frombuf(head[:TAR_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def is_gzip(_path: Path, head: bytes) -> bool:
    """Whether this begins as a gzip stream."""
    return head.startswith(GZIP_MAGIC)


def is_text(_path: Path, head: bytes) -> bool:
    """Whether this begins as a text, in whatever encoding."""
    return text_of(head) is not None


def is_json(_path: Path, head: bytes) -> bool:
    """Whether this begins as JSON may; the rest is for who reads it."""
    text = text_of(head)
    return text is not None and JSON_START.match(text.lstrip()) is not None


CLAIMS: tuple[tuple[tuple[str, ...], str, Callable[[Path, bytes], bool]], ...] = (
    ((".parquet",), "Parquet file", is_parquet),
    ((".zip",), "zip archive", is_zip),
    ((".tar.gz", ".tgz"), "tar.gz archive", is_tar_gz),
    ((".tar",), "tar archive", is_tar),
    ((".gz",), "gzip file", is_gzip),
    ((".sql",), "text", is_text),
    ((".json",), "JSON", is_json),
)
"""What a name may claim, in words, and whether the content bears it out."""


def text_of(head: bytes) -> str | None:
    """The beginning of a text, or None if these bytes are none.

    A text is marked as Unicode, or is UTF-8, or looks like UTF-16, or is in some encoding that holds ASCII: of
    those only the ASCII is right here.
    """
    encoding = next((encoding for mark, encoding in MARKS if head.startswith(mark)), None)
    if encoding is None and looks_wide(head):
        encoding = "utf-16-be" if head[0] == 0 else "utf-16-le"
    text = decoded(head, encoding or "utf-8")
    if text is None and encoding is None:
        text = head.decode("latin-1")
    return None if text is None or CONTROLS.search(text) else text


def decoded(head: bytes, encoding: str) -> str | None:
    """Text of bytes that may end within a character."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None


def looks_wide(head: bytes) -> bool:
    """Whether these bytes are UTF-16 without a mark: every other one is often zero, the rest never."""
    even, odd = head[::2], head[1::2]
    zeros = sorted((even.count(0), odd.count(0)))
    return len(head) > 1 and zeros[0] == 0 and zeros[1] > WIDE_SHARE * len(even)


def quoted_list(path: str) -> str:
    """A list of this one path, as SQL."""
    return "['" + path.replace("'", "''") + "']"
