"""Files are taken in whole or not at all, whatever becomes of those who bring and examine them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import delete

from db.artifacts import Folder
from db.models import Upload
from jobs.children import ChildLimits, Children
from jobs.errors import BadFile, LimitReached, TooLarge
from jobs.uploads import Announcement, Intake, announce_upload, take_in
from tests.house import House

SQL = b"SELECT 1 AS one"


def intake_of(house: House) -> Intake:
    return Intake(house.store, house.artifacts, house.children, max_bytes=1 << 20)


async def waiting(house: House) -> Upload:
    """An upload that waits for its bytes."""
    return await announce_upload(intake_of(house), "somebody", "main", Announcement("v.sql", len(SQL)))


async def whole() -> AsyncIterator[bytes]:
    yield SQL


async def kept(house: House, upload: Upload) -> tuple[bool, list[str]]:
    """Whether an upload has arrived, and all files in the store."""
    row = await house.store.read(lambda session: session.get_one(Upload, upload.pk))
    files = [path.name for path in house.artifacts.root.rglob("*") if path.is_file()]
    return row.received_at is not None, files


async def test_a_file_that_cannot_be_examined(sqlite_house: House) -> None:
    """Where looking at a file takes too long, it is refused and not kept; the child is replaced."""
    upload = await waiting(sqlite_house)
    async with Children(ChildLimits(size=1, timeout_seconds=0.000_001)) as hasty:
        with pytest.raises(BadFile, match=r"v.sql could not be examined") as refused:
            await take_in(replace(intake_of(sqlite_house), children=hasty), upload, whole())

    assert "took longer" in refused.value.hint
    assert (False, []) == await kept(sqlite_house, upload)


async def test_room_for_one(house: House) -> None:
    """Of uploads that are announced at the same moment as many are taken as there is room for their bytes."""
    one = Announcement("v.sql", len(SQL))
    small = {
        "WAITING_BYTES": replace(intake_of(house), max_waiting_bytes=2 * len(SQL)),
        "STORAGE": replace(intake_of(house), max_storage=2 * len(SQL)),
    }
    for limit, intake in small.items():
        outcomes = await asyncio.gather(
            *(announce_upload(intake, "somebody", "main", one) for _ in range(10)), return_exceptions=True
        )
        found = [outcome.limit if isinstance(outcome, LimitReached) else "taken" for outcome in outcomes]
        assert {limit: 8, "taken": 2} == dict(Counter(found))
        await house.write(lambda session: session.execute(delete(Upload)))


async def test_a_limit_that_was_lowered(sqlite_house: House) -> None:
    """A file that was announced under a higher limit than there is now is refused when it comes."""
    upload = await waiting(sqlite_house)
    small = Folder(sqlite_house.artifacts.root, max_bytes=len(SQL) - 1)

    with pytest.raises(TooLarge, match="more than 14 bytes"):
        await take_in(replace(intake_of(sqlite_house), folder=small), upload, whole())

    assert (False, []) == await kept(sqlite_house, upload)


async def test_a_service_that_ends(sqlite_house: House) -> None:
    """A file whose taking in is cancelled half-way leaves nothing."""
    upload, begun = await waiting(sqlite_house), asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield SQL[:5]
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(take_in(intake_of(sqlite_house), upload, half()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (False, []) == await kept(sqlite_house, upload)


async def test_large_pieces(sqlite_house: House) -> None:
    """Bytes that come in pieces of any size are kept in their order."""
    body = bytes(range(256)) * 10_000
    announced = Announcement("all.bin", len(body))
    upload = await announce_upload(
        replace(intake_of(sqlite_house), max_bytes=len(body)), "somebody", "main", announced
    )

    async def pieces() -> AsyncIterator[bytes]:
        at = 0
        for size in (1, 1_500_000, 0, 1_000_000, len(body)):
            yield body[at : at + size]
            at += size

    received = await take_in(intake_of(sqlite_house), upload, pieces())

    assert sqlite_house.artifacts.path(received.digest or "").read_bytes() == body
