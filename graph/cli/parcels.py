"""What `headwater push` sends: the artifacts of a dbt project, the SQL files of a folder as one archive, its
Parquet files, or a file as it is.
"""

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from graph.cli.paper import counted
from graph.cli.texts import BadPath, Named, find_files, has_files, read_bytes
from jobs.engines.dbt.folders import MANIFEST, NotCompiled, artifacts_in

SENT_AS_IS = (".zip", ".tar", ".tar.gz", ".tgz", ".json", ".sql", ".parquet")
PARQUET = ".parquet"
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can tell: the same files give the same archive
PLAIN_FILE = 0o100644 << 16
MAX_NAME_CHARACTERS = 200
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file to send."""

    name: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Parcels:
    """Files that make one catalog, in words for people too."""

    files: tuple[Parcel, ...]
    what: str

    @property
    def digest(self) -> str:
        """What tells these files from others."""
        return hashlib.sha256(
            "".join(f"{file.name}\0{file.sha256}\n" for file in self.files).encode()
        ).hexdigest()


@contextmanager
def packed(path: Path) -> Iterator[Parcels]:
    """What is sent for a path; an archive that has to be made is there as long as the block lasts.

    Raises:
        BadPath: There is nothing to send.
    """
    if not path.is_dir():
        yield _as_it_is(path)
        return
    artifacts = _artifacts(path)
    if artifacts:
        yield Parcels(tuple(map(parcel_of, artifacts)), f"the dbt project in {path}")
        return
    tables = sorted(each for each in _listed(path) if each.name.lower().endswith(PARQUET) and each.is_file())
    if not has_files(path):
        if not tables:
            hint = "Give a folder with SQL files at any depth, or with the Parquet files of a catalog in it."
            raise BadPath(f"There is no .sql and no .parquet file in {path}.", hint=hint)
        yield Parcels(tuple(map(parcel_of, tables)), counted(len(tables), "Parquet file"))
        return
    with TemporaryDirectory(prefix="headwater-push-") as folder:
        files = find_files([path])
        archive = Path(folder) / f"{_name_of(path)}.zip"
        pack(files, archive)
        yield Parcels((parcel_of(archive),), f"{counted(len(files), 'SQL file')} of {path}")


def _artifacts(folder: Path) -> list[Path]:
    """The manifest and the catalog of a dbt project, if the folder is one.

    Raises:
        BadPath: It is a project that was not compiled.
    """
    try:
        return artifacts_in(folder)
    except NotCompiled as error:
        hint = "Run `dbt compile`, or `dbt docs generate`, which tells the types of columns, too."
        raise BadPath(f"{folder} is a dbt project without target/{MANIFEST}.", hint=hint) from error


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise BadPath(f"{folder} cannot be read: {error.strerror}.") from error


def _as_it_is(path: Path) -> Parcels:
    if not path.is_file():
        raise BadPath(
            f"{path} is neither a file nor a folder." if path.exists() else f"There is no {path}.",
            hint="Give a folder of SQL or Parquet files, or one file to send as it is.",
        )
    if not path.name.lower().endswith(SENT_AS_IS):
        raise BadPath(
            f"{path} is nothing that can be sent.",
            hint=f"Give a folder, or a file that ends in {', '.join(SENT_AS_IS)}.",
        )
    return Parcels((parcel_of(path),), path.name)


def pack(files: Sequence[Named], to: Path) -> None:
    """Write a zip of files under their names: the same bytes for the same files, wherever and whenever.

    Raises:
        BadPath: A file cannot be read.
    """
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for named in sorted(files, key=lambda each: each.name):
            entry = zipfile.ZipInfo(named.name, NO_TIME)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, PLAIN_FILE
            archive.writestr(entry, read_bytes(named.path), compresslevel=6)


def parcel_of(path: Path) -> Parcel:
    """A file as it is sent.

    Raises:
        BadPath: It cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(CHUNK_BYTES):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise BadPath(f"{path} cannot be read: {error.strerror}.") from error
    return Parcel(path.name, path, size, digest.hexdigest())


def _name_of(folder: Path) -> str:
    """What a folder's archive is called: as the folder, as far as that can be shown."""
    shown = "".join(letter for letter in folder.resolve().name if letter.isprintable() and letter not in "/\\")
    return shown[:MAX_NAME_CHARACTERS] or "sql"
