"""Runs take uploads with their bytes; what no run takes goes after a while."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import select

from db.artifacts import forget_orphans
from db.models import Artifact, Run, RunArtifact, RunUpload, Upload, Workspace, now
from db.runs import delete_run
from db.session import Session
from db.store import Store
from db.uploads import forget_uploads, receive_upload, take_uploads, uploads_of_run
from jobs.sweep import tidy_artifacts
from tests.house import House, open_house

DAY = timedelta(days=1)


async def waiting(house: House, name: str = "a.sql", workspace: str = "main") -> Upload:
    """An upload that was announced."""
    upload = Upload(
        workspace=workspace,
        name=name,
        size_bytes=1,
        created_by="somebody",
        expires_at=now() + timedelta(minutes=15),
    )
    await house.write(lambda session: session.add(upload))
    return upload


async def received(house: House, content: bytes = b"x", name: str = "a.sql", workspace: str = "main") -> Upload:
    """An upload that arrived."""
    upload = await waiting(house, name, workspace)
    digest, size = house.artifacts.put(content)
    artifact = Artifact(digest=digest, size_bytes=size, media_type="application/sql")
    assert await house.write(partial(receive_upload, pk=upload.pk, artifact=artifact, role="sql"))
    return await house.store.read(lambda session: session.get_one(Upload, upload.pk))


async def taken(house: House, *uploads: Upload) -> Run:
    """A run that takes uploads."""
    run = await house.submitted("echo", word="take")
    ids = [str(upload.pk) for upload in uploads]
    take = partial(take_uploads, workspace="main", run_pk=run.pk, upload_ids=ids)
    found = await house.write(take)
    assert [upload.pk for upload in uploads] == [upload and upload.pk for upload in found]
    return run


def links(session: Session) -> list[tuple[str, str]]:
    query = select(RunArtifact).order_by(RunArtifact.name)
    return [(link.name, link.digest) for link in session.scalars(query)]


async def test_a_run_takes_uploads(house: House) -> None:
    """A run refers to the uploads it takes and, by their names, to their bytes."""
    first, second = await received(house, b"1", "b.sql"), await received(house, b"2", "a.sql")
    run = await taken(house, first, second)
    found = await house.store.read(partial(uploads_of_run, run_pk=run.pk))

    assert [second.pk, first.pk] == [upload.pk for upload in found]
    assert [("input/a.sql", second.digest), ("input/b.sql", first.digest)] == await house.store.read(links)


async def test_uploads_of_one_name(house: House) -> None:
    """Uploads that are called alike stay apart among the run's artifacts."""
    uploads = [await received(house, str(number).encode()) for number in range(3)]
    await taken(house, *uploads)
    names = dict(await house.store.read(links))

    assert ["input/2/a.sql", "input/3/a.sql", "input/a.sql"] == sorted(names)
    assert [upload.digest for upload in uploads] == [
        names["input/a.sql"],
        names["input/2/a.sql"],
        names["input/3/a.sql"],
    ]


async def test_two_runs_take_one_upload(house: House) -> None:
    """An upload may be taken again, as a retry does."""
    upload = await received(house)
    runs = [await taken(house, upload) for _ in range(2)]
    for run in runs:
        found = await house.store.read(partial(uploads_of_run, run_pk=run.pk))
        assert [upload.pk] == [each.pk for each in found]


@pytest.mark.parametrize("missing", ["unknown", "no uuid", "elsewhere", "waiting"])
async def test_uploads_that_cannot_be_taken(house: House, missing: str) -> None:
    """Where one is unknown, another workspace's or has not arrived, none is linked, and it shows which."""
    await house.write(lambda session: session.add(Workspace(name="other")))
    good = await received(house)
    bad = {
        "unknown": str(uuid4()),
        "no uuid": "x",
        "elsewhere": str((await received(house, workspace="other")).pk),
        "waiting": str((await waiting(house)).pk),
    }[missing]
    run = await house.submitted("echo", word="take")
    ids = [str(good.pk), bad]
    found = await house.write(partial(take_uploads, workspace="main", run_pk=run.pk, upload_ids=ids))

    assert good.pk == found[0].pk
    assert (found[1] is None) if missing != "waiting" else found[1].received_at is None
    assert [] == await house.store.read(links)
    assert [] == await house.store.read(lambda session: session.scalars(select(RunUpload)).all())


async def test_an_upload_is_received_once(house: House) -> None:
    """Of two who bring an upload the first counts; an expired one is not received."""
    upload, late = await received(house, b"1"), await waiting(house)
    artifact = Artifact(digest=upload.digest or "", size_bytes=1, media_type="")
    receive = partial(receive_upload, artifact=artifact, role="other")
    expire = update(Upload).where(Upload.pk == late.pk).values(expires_at=now() - timedelta(seconds=1))  # type: ignore[arg-type]  # SQLModel's types say bool
    await house.write(lambda session: session.execute(expire))

    assert not await house.write(partial(receive, pk=upload.pk))
    assert not await house.write(partial(receive, pk=late.pk))
    again = await house.store.read(lambda session: session.get_one(Upload, upload.pk))
    assert "sql" == again.role


async def aged(house: House, by: timedelta) -> None:
    """Make everything older."""
    moment = now() - by

    def work(session: Session) -> None:
        session.execute(update(Upload).values(expires_at=moment))
        session.execute(update(Upload).where(Upload.received_at != None).values(received_at=moment))  # type: ignore[arg-type]  # noqa: E711 - SQL's own null
        session.execute(update(Artifact).values(created_at=moment))

    await house.write(work)


async def there(house: House) -> set[str]:
    """The names of the uploads that there are."""
    return set(await house.store.read(lambda session: session.scalars(select(Upload.name)).all()))


def files(house: House) -> set[str]:
    return {path.name for path in house.artifacts.root.rglob("*") if path.is_file()}


async def test_uploads_nobody_takes_go(house: House) -> None:
    """Uploads that never arrived go when they expire, unused ones after their time, others with their runs."""
    await waiting(house, "missed.sql")
    await received(house, b"unused", "unused.sql")
    used = await received(house, b"used", "used.sql")
    run = await taken(house, used)
    await tidy_artifacts(house.bench)
    assert {"missed.sql", "unused.sql", "used.sql"} == await there(house)

    await aged(house, timedelta(hours=2))
    await tidy_artifacts(house.bench)
    assert {"unused.sql", "used.sql"} == await there(house)

    await aged(house, 2 * DAY)
    await tidy_artifacts(house.bench)
    assert {"used.sql"} == await there(house)
    assert {used.digest} == files(house)

    await house.execute(run)
    assert await house.write(partial(delete_run, pk=run.pk))
    await tidy_artifacts(house.bench)
    assert set() == await there(house) == files(house)


async def test_an_upload_being_taken_stays(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    """While a run takes an upload, the sweep passes it over: on PostgreSQL, where the two may meet."""
    async with open_house(postgres_url, redis_url, tmp_path) as house:
        upload = await received(house)
        await aged(house, 2 * DAY)
        run = await house.submitted("echo", word="take")

        def meet(session: Session) -> int:
            take_uploads(session, "main", run.pk, [str(upload.pk)])
            return other.write_now(partial(forget_uploads, retention=DAY))

        other = Store(postgres_url)
        forgotten = await house.write(meet)
        later = other.write_now(partial(forget_uploads, retention=DAY))
        other.close()

        assert (0, 0, {"a.sql"}) == (forgotten, later, await there(house))


async def test_uploads_go_in_batches(house: House) -> None:
    """No more uploads than asked for are deleted in one transaction."""
    for number in range(3):
        await waiting(house, f"{number}.sql")
    await aged(house, DAY)

    assert [2, 1, 0] == [await house.write(partial(forget_uploads, retention=DAY, limit=2)) for _ in range(3)]


async def test_bytes_of_an_upload_stay(house: House) -> None:
    """What an upload refers to is no orphan, though no run refers to it yet."""
    upload = await received(house)
    old = update(Artifact).values(created_at=now() - 2 * DAY)
    await house.write(lambda session: session.execute(old))

    assert [] == await house.write(forget_orphans)
    assert {upload.digest} == files(house)
