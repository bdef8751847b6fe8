"""Artifacts are written whole or not at all, once, and go when no run refers to them."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import select

from db.artifacts import (
    CHUNK_BYTES,
    DRAFT_AGE,
    ORPHAN_AGE,
    STRAY_AGE,
    Folder,
    TooManyBytes,
    forget_orphans,
    link_artifact,
    touch_artifact,
)
from db.models import Artifact, Run, RunArtifact, now
from db.runs import delete_run
from db.session import Session
from jobs.sweep import ORPHAN_BATCH, tidy_artifacts, tidy_shard
from tests.house import House

BYTES = b"id,total\r\n1,\x00\xff\r\n"


def everything(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_too_many_bytes(tmp_path: Path) -> None:
    """Bytes up to the limit are kept; of more, nothing stays."""
    folder = Folder(tmp_path / "artifacts", max_bytes=len(BYTES))
    _, size = folder.put(BYTES)

    with pytest.raises(TooManyBytes, match="more than 16 bytes"):
        folder.put(BYTES + b"!")

    assert (16, 1) == (size, len(everything(folder.root)))


@pytest.mark.parametrize("content", [b"", BYTES, BYTES * CHUNK_BYTES], ids=["empty", "small", "chunks"])
def test_an_artifact_is_named_by_its_bytes(tmp_path: Path, content: bytes) -> None:
    """Bytes and a file of them are kept under their SHA-256, as they were, and once."""
    folder = Folder(tmp_path / "artifacts")
    original = tmp_path / "original"
    original.write_bytes(content)

    told = [folder.put(content), folder.put(original)]

    assert [(hashlib.sha256(content).hexdigest(), len(content))] * 2 == told
    assert content == folder.path(told[0][0]).read_bytes()
    assert [folder.path(told[0][0])] == everything(folder.root)


def test_a_broken_write_leaves_nothing(tmp_path: Path) -> None:
    """Where the source cannot be read to its end, nothing is kept and nothing lies about."""
    folder = Folder(tmp_path / "artifacts")

    with pytest.raises(IsADirectoryError):
        folder.put(tmp_path)

    assert [] == everything(folder.root)


def test_nobody_sees_half_of_it(tmp_path: Path) -> None:
    """While its bytes are still coming, an artifact is under no name by which it could be found."""
    folder, pipe = Folder(tmp_path / "artifacts"), tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(folder.put, pipe)
        with pipe.open("wb", buffering=0) as source:  # returns when `put` reads
            source.write(BYTES)
            begun = [path.name.startswith(".writing-") for path in everything(folder.root)]
            source.write(BYTES)
        digest, size = writing.result(timeout=20)

    assert [True] == begun
    assert 2 * len(BYTES) == size
    assert [folder.path(digest)] == everything(folder.root)


def test_removing_twice(tmp_path: Path) -> None:
    """What was removed already is removed without complaint."""
    folder = Folder(tmp_path / "artifacts")
    digest, _ = folder.put(BYTES)

    folder.remove(digest)
    folder.remove(digest)

    assert [] == everything(folder.root)


async def kept(house: House, run: Run, name: str, content: bytes) -> str:
    """An artifact that a run refers to."""
    digest, size = house.artifacts.put(content)
    row = Artifact(digest=digest, size_bytes=size, media_type="text/csv")
    await house.write(partial(link_artifact, run_pk=run.pk, name=name, artifact=row))
    return digest


def age(session: Session, by: timedelta) -> None:
    session.execute(update(Artifact).values(created_at=now() - by))


async def test_a_name_refers_to_the_newer_artifact(house: House) -> None:
    """A run that keeps something else under a name refers to that from then on."""
    run = await house.submitted("echo", word="keep")
    await kept(house, run, "rows.csv", b"old")
    newer = await kept(house, run, "rows.csv", b"new")

    links = select(RunArtifact).where(RunArtifact.run_pk == run.pk)
    found = await house.store.read(lambda session: session.scalars(links).all())

    assert [("rows.csv", newer)] == [(link.name, link.digest) for link in found]


async def test_orphans_are_forgotten(house: House) -> None:
    """An artifact goes, row and file, once no run refers to it; one that another run refers to stays."""
    first, second = [await house.submitted("echo", word="keep") for _ in range(2)]
    alone, shared = await kept(house, first, "alone", b"alone"), await kept(house, first, "shared", b"shared")
    await kept(house, second, "shared", b"shared")
    await house.execute(first)
    await house.write(partial(age, by=2 * ORPHAN_AGE))

    await tidy_artifacts(house.bench)
    assert {alone, shared} == {path.name for path in everything(house.artifacts.root)}

    assert await house.write(partial(delete_run, pk=first.pk))
    await tidy_artifacts(house.bench)

    assert {shared} == {path.name for path in everything(house.artifacts.root)}
    assert [shared] == await house.store.read(digests)


def digests(session: Session) -> list[str]:
    return list(session.scalars(select(Artifact.digest)))


async def test_a_young_orphan_stays(house: House) -> None:
    """What nobody refers to yet is kept for an hour: the transaction that refers to it may be on its way."""
    run = await house.submitted("echo", word="keep")
    digest = await kept(house, run, "rows.csv", BYTES)
    await house.write(lambda session: session.delete(session.get(RunArtifact, (run.pk, "rows.csv"))))

    assert [] == await house.write(forget_orphans)

    await house.write(partial(age, by=ORPHAN_AGE + timedelta(minutes=1)))
    assert [digest] == await house.write(forget_orphans)


async def test_orphans_are_forgotten_in_batches(house: House) -> None:
    """No more rows than asked for are deleted in one transaction."""
    rows = [Artifact(digest=f"{number:064x}", size_bytes=0, media_type="") for number in range(5)]
    await house.write(lambda session: session.add_all(rows))
    await house.write(partial(age, by=2 * ORPHAN_AGE))

    sizes = [len(await house.write(partial(forget_orphans, limit=2))) for _ in range(4)]

    assert [2, 2, 1, 0] == sizes


def test_a_draft_is_nobodys_artifact(tmp_path: Path) -> None:
    """What is written bit by bit appears whole, or not at all; to place or drop it again does no harm."""
    folder = Folder(tmp_path / "artifacts")
    kept_draft, dropped = folder.draft(), folder.draft()
    for draft in (kept_draft, dropped):
        draft.write(BYTES[:5])
        draft.write(bytearray(BYTES[5:]))
        draft.finish()
    assert not folder.path(kept_draft.digest).exists()

    for _ in range(2):
        kept_draft.place()
        kept_draft.drop()
        dropped.drop()

    assert (hashlib.sha256(BYTES).hexdigest(), len(BYTES)) == (kept_draft.digest, kept_draft.size)
    assert [folder.path(kept_draft.digest)] == everything(folder.root)
    assert BYTES == folder.path(kept_draft.digest).read_bytes()


def test_a_dropped_draft_has_no_place(tmp_path: Path) -> None:
    """What was dropped is not placed: whoever wanted it hears so."""
    draft = Folder(tmp_path / "artifacts").draft()
    draft.write(BYTES)
    draft.finish()
    draft.drop()

    with pytest.raises(FileNotFoundError):
        draft.place()


def back_dated(path: Path, by: timedelta) -> None:
    moment = (now() - by).timestamp()
    os.utime(path, (moment, moment))


def test_leftovers_of_killed_processes(tmp_path: Path) -> None:
    """Drafts that nobody wrote to for an hour go; those that are being written, and artifacts, stay."""
    folder = Folder(tmp_path / "artifacts")
    assert 0 == folder.drop_leftovers()
    digest, _ = folder.put(BYTES)
    old, young = folder.draft(), folder.draft()
    back_dated(old.path, 2 * DRAFT_AGE)
    back_dated(folder.path(digest), 2 * DRAFT_AGE)

    assert 1 == folder.drop_leftovers()
    assert sorted([young.path, folder.path(digest)]) == everything(folder.root)
    young.drop()
    old.drop()


async def test_strays_go(house: House) -> None:
    """Files that no row knows go after a day; those that a row knows, and young ones, stay."""
    run = await house.submitted("echo", word="keep")
    known = await kept(house, run, "known", b"known")
    stray, young = house.artifacts.put(b"stray")[0], house.artifacts.put(b"young")[0]
    (house.artifacts.root / stray[:2] / "README").write_text("not ours")
    for digest in (known, stray):
        back_dated(house.artifacts.path(digest), 2 * STRAY_AGE)

    for digest in (known, stray, young):
        await tidy_shard(house.bench, int(digest[:2], 16))
    await tidy_artifacts(house.bench)

    assert {known, young, "README"} == {path.name for path in everything(house.artifacts.root)}
    assert [known] == await house.store.read(digests)


async def test_many_orphans_go_in_one_round(house: House) -> None:
    """A round removes as many batches as there are."""
    contents = [str(number).encode() for number in range(ORPHAN_BATCH + 5)]
    rows = [Artifact(digest=house.artifacts.put(each)[0], size_bytes=1, media_type="") for each in contents]
    await house.write(lambda session: session.add_all(rows))
    await house.write(partial(age, by=2 * ORPHAN_AGE))

    await tidy_artifacts(house.bench)

    assert [] == await house.store.read(digests)
    assert [] == everything(house.artifacts.root)


async def test_what_is_wanted_again_stays(house: House) -> None:
    """An orphan that a run refers to again is young again, and its first media type stays."""
    run = await house.submitted("echo", word="keep")
    digest = await kept(house, run, "rows.csv", BYTES)
    await house.write(lambda session: session.delete(session.get(RunArtifact, (run.pk, "rows.csv"))))
    await house.write(partial(age, by=2 * ORPHAN_AGE))
    again = Artifact(digest=digest, size_bytes=len(BYTES), media_type="other")
    await house.write(partial(touch_artifact, artifact=again))

    assert [] == await house.write(forget_orphans)
    found = await house.store.read(lambda session: session.get_one(Artifact, digest))
    assert "text/csv" == found.media_type
