"""Archives as people, and those who mean harm, pack them."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

SQL = b"SELECT 1 AS a;\n"


def zipped(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.filename = name  # as it is, where the library would change it
            info.compress_type = compression
            archive.writestr(info, content)
    return buffer.getvalue()


def zip_of_one(info: zipfile.ZipInfo, content: bytes = SQL) -> bytes:
    """A zip of one entry with a header of one's own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, content)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes], mode: str = "w:gz") -> bytes:
    """A tar of these files."""
    members = []
    for name, content in files.items():
        member = tarfile.TarInfo(name)
        member.size = len(content)
        members.append((member, content))
    return tar_of(*members, mode=mode)


def tar_of(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> bytes:
    """A tar of entries with headers of one's own."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]  # modes are literals
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """A header of tar without contents."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def written(folder: Path, content: bytes, name: str = "pack") -> Path:
    """A file with these bytes."""
    path = folder / name
    path.write_bytes(content)
    return path
