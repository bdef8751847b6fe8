"""What arrives by PUT is what was announced, all of it, once, and by a grant; else nothing is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest
from sqlalchemy import update

from db.models import Upload, Workspace, now
from graph.files import pieces
from graph.grants import Purpose
from jobs.errors import BadFile, BadGrant
from jobs.sweep import tidy_artifacts
from jobs.uploads import AS_ANNOUNCED
from tests.graph.api import Api, open_api
from tests.graph.files import (
    SQL,
    announced,
    digest_of,
    drip,
    grant_in,
    hint,
    message,
    raw,
    refusal,
    shown,
    signer,
    stored,
    uploaded,
)

MEBIBYTE = b"\0" * (1 << 20)


async def test_a_file_arrives(api: Api) -> None:
    """The bytes are stored under their digest, and the answer tells what they are, with their ETag."""
    created = await announced(api, sha256=digest_of(SQL))
    response = await api.client.put(created["putUrl"], content=SQL)

    told = {"name": "v.sql", "size": len(SQL), "sha256": digest_of(SQL), "role": "SQL"}
    assert 201 == response.status_code
    assert {"uploadId": created["uploadId"]} | told == response.json()
    assert f'"{digest_of(SQL)}"' == response.headers["etag"]
    assert [digest_of(SQL)] == stored(api)
    assert SQL == api.house.artifacts.path(digest_of(SQL)).read_bytes()


async def test_no_token_is_needed(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """The grant is the permission: a browser sends files without knowing the service's token."""
    async with open_api(sqlite_url, redis_url, tmp_path, bearer="right") as api:
        created = await announced(api)
        async with httpx.AsyncClient() as stranger:
            response = await stranger.put(created["putUrl"], content=SQL)

    assert ("token", 201) == (created["createdBy"], response.status_code)


async def test_a_file_of_unknown_length(sqlite_api: Api) -> None:
    """A body that comes in chunks, without its length, is taken when it has the announced size."""
    created = await announced(sqlite_api)
    response = await sqlite_api.client.put(created["putUrl"], content=drip(SQL[:5], b"", SQL[5:]))

    assert 201 == response.status_code


async def test_the_same_bytes_twice(api: Api) -> None:
    """Two uploads may bring the same bytes, which are kept once."""
    first, second = await uploaded(api, name="a.sql"), await uploaded(api, name="b.sql")

    assert first["sha256"] == second["sha256"]
    assert first["uploadId"] != second["uploadId"]
    assert [digest_of(SQL)] == stored(api)


async def test_a_grant_is_used_once(api: Api) -> None:
    """A second PUT is refused as UPLOAD_RECEIVED, whatever it brings, and changes nothing."""
    created = await announced(api)
    await api.client.put(created["putUrl"], content=SQL)
    before = await shown(api, created)
    again = await api.client.put(created["putUrl"], content=SQL)
    other = await api.client.put(created["putUrl"], content=SQL.upper())

    assert (409, "UPLOAD_RECEIVED") == refusal(again) == refusal(other)
    assert before == await shown(api, created)
    assert [digest_of(SQL)] == stored(api)


async def test_puts_that_race(api: Api) -> None:
    """Of files sent at once to one address, exactly one is taken, whole; nothing is left of the others."""
    created = await announced(api)
    versions = [SQL, SQL.upper(), SQL.lower(), SQL.swapcase()]
    together = asyncio.Barrier(len(versions))

    async def halves(body: bytes) -> AsyncIterator[bytes]:
        yield body[:9]
        await together.wait()
        yield body[9:]

    puts = (api.client.put(created["putUrl"], content=halves(body)) for body in versions)
    responses = await asyncio.gather(*puts)

    (won,) = (response for response in responses if response.status_code == 201)
    lost = [refusal(response) for response in responses if response is not won]
    assert [(409, "UPLOAD_RECEIVED")] * 3 == lost
    assert won.json()["sha256"] == (await shown(api, created))["sha256"]
    assert [won.json()["sha256"]] == stored(api)


async def test_more_than_was_announced(sqlite_api: Api) -> None:
    """A body that is longer is refused, told or not, and the announced one may still be sent."""
    created = await announced(sqlite_api)
    untold = await sqlite_api.client.put(created["putUrl"], content=drip(SQL, b"!", SQL))
    told = await sqlite_api.client.put(created["putUrl"], content=SQL + b"!")

    assert (413, "TOO_LARGE") == refusal(untold) == refusal(told)
    assert AS_ANNOUNCED == hint(untold) == hint(told)
    assert "close" == untold.headers["connection"] == told.headers["connection"]
    assert [] == stored(sqlite_api)
    assert 201 == (await sqlite_api.client.put(created["putUrl"], content=SQL)).status_code


async def test_far_more_than_was_announced(sqlite_api: Api) -> None:
    """Of 200 MB that nobody announced the first bytes are read: the answer comes at once, then the end."""
    created = await announced(sqlite_api)
    before = psutil.Process().memory_info().rss
    reader, writer = await raw(sqlite_api, created["putUrl"], "Transfer-Encoding: chunked")
    answering, sent = asyncio.create_task(reader.readuntil(b"\r\n")), 0
    with suppress(OSError):
        for _ in range(200):
            writer.write(b"100000\r\n" + MEBIBYTE + b"\r\n")
            await writer.drain()
            sent += len(MEBIBYTE)
    answer = await answering
    writer.close()

    assert b"HTTP/1.1 413 " == answer[:13]
    assert sent < 50 << 20
    assert psutil.Process().memory_info().rss - before < 40 << 20
    assert [] == stored(sqlite_api)


async def test_announced_as_too_long(sqlite_api: Api) -> None:
    """A sender that asks first, with Expect, is refused before it sends anything of a body that is too long."""
    created = await announced(sqlite_api)
    asking = ("Expect: 100-continue", "Content-Length: 200000000")
    reader, writer = await raw(sqlite_api, created["putUrl"], *asking)
    answer = await reader.read()
    writer.close()

    assert b"HTTP/1.1 413 " == answer[:13]
    assert b"100 Continue" not in answer


async def test_memory_stays_flat(sqlite_api: Api) -> None:
    """A large file passes through in pieces: the service grows by a few of them, not by the file."""
    created = await announced(sqlite_api, b"x" * (96 << 20), "large.bin")
    process = psutil.Process()
    before, most = process.memory_info().rss, 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal most
        for _ in range(96):
            yield MEBIBYTE
            most = max(most, process.memory_info().rss - before)

    response = await sqlite_api.client.put(created["putUrl"], content=body())

    assert (201, "OTHER") == (response.status_code, response.json()["role"])
    assert most < 40 << 20


async def test_less_than_was_announced(sqlite_api: Api) -> None:
    """A body that is shorter is refused, told or not, and may be sent again whole."""
    created = await announced(sqlite_api)
    told = await sqlite_api.client.put(created["putUrl"], content=SQL[:-1])
    untold = await sqlite_api.client.put(created["putUrl"], content=drip(SQL[:-1]))
    empty = await sqlite_api.client.put(created["putUrl"], content=b"")

    assert (422, "BAD_INPUT") == refusal(told) == refusal(untold) == refusal(empty)
    assert "ended after 33 of the 34 bytes" in message(untold)
    assert AS_ANNOUNCED == hint(told) == hint(untold)
    assert [] == stored(sqlite_api)
    assert 201 == (await sqlite_api.client.put(created["putUrl"], content=SQL)).status_code


async def test_a_sender_that_stops(sqlite_api: Api) -> None:
    """A connection that breaks half-way leaves nothing, and the file may be sent again."""
    created = await announced(sqlite_api)
    length = f"Content-Length: {len(SQL)}"
    _, writer = await raw(sqlite_api, created["putUrl"], length, body=SQL[:10])

    async def is_arriving() -> bool:
        return bool(stored(sqlite_api))

    async def is_gone() -> bool:
        return not stored(sqlite_api)

    await sqlite_api.house.until(is_arriving)
    writer.close()
    await writer.wait_closed()
    await sqlite_api.house.until(is_gone)

    assert (await shown(sqlite_api, created))["receivedAt"] is None
    assert [] == sqlite_api.logged("request crashed")
    assert 201 == (await sqlite_api.client.put(created["putUrl"], content=SQL)).status_code


async def test_a_lying_length(sqlite_api: Api) -> None:
    """A Content-Length that is smaller than the body, or is none, changes nothing of what is asked."""
    created = await announced(sqlite_api)
    for lie in ("Content-Length: 5", "Content-Length: -1", "Content-Length: 99999999999999999999"):
        _, writer = await raw(sqlite_api, created["putUrl"], lie, body=SQL)
        writer.close()
        await writer.wait_closed()

    assert 201 == (await sqlite_api.client.put(created["putUrl"], content=SQL)).status_code
    assert [digest_of(SQL)] == stored(sqlite_api)
    assert [] == sqlite_api.logged("request crashed")


async def test_another_digest(sqlite_api: Api) -> None:
    """Bytes with another digest than announced are refused naming both; the right ones are taken then."""
    created = await announced(sqlite_api, sha256=digest_of(SQL))
    response = await sqlite_api.client.put(created["putUrl"], content=SQL.upper())

    assert (422, "BAD_INPUT") == refusal(response)
    assert digest_of(SQL) in message(response)
    assert digest_of(SQL.upper()) in message(response)
    assert AS_ANNOUNCED == hint(response)
    assert [] == stored(sqlite_api)
    assert 201 == (await sqlite_api.client.put(created["putUrl"], content=SQL)).status_code


@pytest.mark.parametrize("name", ["objects.parquet", "all.zip", "all.tar.gz", "x.json"])
async def test_a_file_that_is_not_what_it_says(sqlite_api: Api, name: str) -> None:
    """Content that contradicts the file's name is BAD_INPUT naming the file, and is not kept."""
    created = await announced(sqlite_api, SQL, name)
    response = await sqlite_api.client.put(created["putUrl"], content=SQL)

    assert (422, "BAD_INPUT") == refusal(response)
    assert name in message(response)
    assert [] == stored(sqlite_api)


async def test_compressed_on_the_way(sqlite_api: Api) -> None:
    """A body with a Content-Encoding is refused; `identity` is none."""
    created = await announced(sqlite_api)

    async def put(encoding: str) -> httpx.Response:
        headers = {"content-encoding": encoding}
        return await sqlite_api.client.put(created["putUrl"], content=SQL, headers=headers)

    assert (415, "BAD_INPUT") == refusal(await put("gzip")) == refusal(await put("identity, br"))
    assert 201 == (await put("Identity")).status_code


async def test_grants_that_are_none(sqlite_api: Api) -> None:
    """A grant that is tampered with, made up, expired or for something else is FORBIDDEN."""
    created = await announced(sqlite_api)
    grant, about, sign = grant_in(created["putUrl"]), created["uploadId"], signer(sqlite_api).sign
    head, claims, signature = grant.split(".")
    words = [
        "x",
        "a.b.c",
        f"{head}.{claims}.",
        f"{head}.{claims}.{signature[::-1]}",
        f"{head}.{claims[::-1]}.{signature}",
        f"eyJhbGciOiJub25lIn0.{claims}.",
        "x" * 3_000,
        await sign(Purpose.PUT_UPLOAD, about, "main", until=now() - timedelta(seconds=1)),
        await sign(Purpose.GET_ARTIFACT, about, "main"),
        await sign(Purpose.PUT_UPLOAD, about, "other"),
        await sign(Purpose.PUT_UPLOAD, str(uuid4()), "main"),
    ]
    for word in words:
        response = await sqlite_api.client.put(f"/uploads/{word}", content=SQL)
        assert (403, "FORBIDDEN") == refusal(response), word
    assert [] == stored(sqlite_api)
    assert 201 == (await sqlite_api.client.put(f"/uploads/{grant}", content=SQL)).status_code


async def test_another_workspace(api: Api) -> None:
    """A grant for an upload of one workspace does not open that of another."""
    await api.house.write(lambda session: session.add(Workspace(name="other")))
    created = await announced(api, workspace="other")
    wrong = await signer(api).sign(Purpose.PUT_UPLOAD, created["uploadId"], "main")

    assert (403, "FORBIDDEN") == refusal(await api.client.put(f"/uploads/{wrong}", content=SQL))
    assert 201 == (await api.client.put(created["putUrl"], content=SQL)).status_code


async def test_an_upload_that_expired(api: Api) -> None:
    """What is sent too late is FORBIDDEN, before it is read or, if it ended too late, after."""
    created, slow = await announced(api), await announced(api)
    late = update(Upload).values(expires_at=now() - timedelta(seconds=1))
    expire = partial(api.house.write, lambda session: session.execute(late))

    async def expiring() -> AsyncIterator[bytes]:
        yield SQL[:9]
        await expire()
        yield SQL[9:]

    ended_late = await api.client.put(slow["putUrl"], content=expiring())
    begun_late = await api.client.put(created["putUrl"], content=SQL)

    assert (403, "FORBIDDEN") == refusal(ended_late) == refusal(begun_late)
    assert [] == stored(api)


async def test_an_upload_that_is_gone(api: Api) -> None:
    """An upload that was deleted while its file came is FORBIDDEN, and the file goes too."""
    created = await announced(api)

    async def going() -> AsyncIterator[bytes]:
        yield SQL[:9]
        await api.house.write(lambda session: session.execute(Upload.__table__.delete()))  # type: ignore[attr-defined]  # SQLModel's types do not tell of it
        yield SQL[9:]

    assert (403, "FORBIDDEN") == refusal(await api.client.put(created["putUrl"], content=going()))
    assert [] == stored(api)


async def test_a_body_that_stalls() -> None:
    """A sender that says nothing for a while, or not enough before the grant ends, is not waited for."""

    async def stalling() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.Event().wait()

    async def read(seconds_left: float, idle_seconds: float) -> None:
        ends = now() + timedelta(seconds=seconds_left)
        ended = asyncio.Event()
        with pytest.raises((BadFile, BadGrant)) as refused:
            async for _ in pieces(stalling(), ends, ended=ended, idle_seconds=idle_seconds):
                pass
        assert not ended.is_set()
        raise refused.value

    with pytest.raises(BadFile, match="did not go on"):
        await read(60, 0.01)
    with pytest.raises(BadGrant, match="expired"):
        await read(0.01, 60)


async def test_a_given_key(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """With a key in the settings, that signs: what another key signed is FORBIDDEN, and none is kept."""
    async with open_api(sqlite_url, redis_url, tmp_path, signing_key="k" * 32) as api:
        created = await announced(api)
        other = await signer(api).sign(Purpose.PUT_UPLOAD, created["uploadId"], "main")

        assert (403, "FORBIDDEN") == refusal(await api.client.put(f"/uploads/{other}", content=SQL))
        assert 201 == (await api.client.put(created["putUrl"], content=SQL)).status_code


async def test_other_processes_sign_alike(sqlite_api: Api) -> None:
    """Without a key in the settings, all processes over a database share one: a grant opens at any of them."""
    created = await announced(sqlite_api)
    theirs = await signer(sqlite_api).sign(Purpose.PUT_UPLOAD, created["uploadId"], "main")

    assert 201 == (await sqlite_api.client.put(f"/uploads/{theirs}", content=SQL)).status_code


async def test_grants_stay_out_of_logs(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Whatever happens to a request, and however much is logged, its grant is not in the log."""
    async with open_api(sqlite_url, redis_url, tmp_path, log_level="DEBUG") as api:
        created = await announced(api)
        root = api.house.artifacts.root
        root.write_text("in the way")
        crashed = await api.client.put(created["putUrl"], content=SQL)
        root.unlink()
        await api.client.put(created["putUrl"], content=SQL.upper() + b"!")
        await api.client.get(created["putUrl"])
        await api.client.put(created["putUrl"] + "/", content=SQL)
        await api.client.put(created["putUrl"], content=SQL)
        await api.client.put(created["putUrl"], content=SQL)
        logs = api.logs.getvalue()

    assert (500, "INTERNAL") == refusal(crashed)
    assert "FileExistsError" in logs
    assert grant_in(created["putUrl"]).split(".")[2] not in logs


async def test_a_full_round(api: Api) -> None:
    """The sweep leaves a file alone that arrived, however the draft was, until nothing wants it any more."""
    told = await uploaded(api)
    await tidy_artifacts(api.house.bench)

    assert [told["sha256"]] == stored(api)
