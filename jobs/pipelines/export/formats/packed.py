"""Several files as one: a zip whose bytes depend on theirs and on nothing else."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from shutil import copyfileobj

BEGINNING = (1980, 1, 1, 0, 0, 0)  # of time, for zip: no file tells when it was written
COPIED_BYTES = 1 << 20


def pack(files: Sequence[Path], to: Path, compression: int) -> None:
    """Put files into a zip, and remove them."""
    with zipfile.ZipFile(to, "w", compression, compresslevel=6) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.name, BEGINNING)
            entry.compress_type = compression
            entry.external_attr = 0o644 << 16
            with path.open("rb") as file, archive.open(entry, "w", force_zip64=True) as packed:
                copyfileobj(file, packed, COPIED_BYTES)
            path.unlink()
