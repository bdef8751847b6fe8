"""Artifacts are read by whoever has a signed address: whole, in ranges, never as a page of ours."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from db.models import Workspace, now
from graph.artifacts import about_artifact, file_name_of
from graph.grants import Purpose
from tests.graph.api import Api, open_api
from tests.graph.files import PAGE, digest_of, kept, message, refusal, signer


async def test_an_artifact_is_downloaded(api: Api) -> None:
    """The bytes come as they were kept, at every read, with headers that make nothing of them."""
    _, artifact = await kept(api)
    first, second = [await api.client.get(artifact["url"]) for _ in range(2)]

    assert artifact["url"].startswith(f"{api.address}/artifacts/")
    assert (str(len(PAGE)), str(len(PAGE))) == (artifact["size"], artifact["sizeBytes"])
    assert ("text/html", digest_of(PAGE)) == (artifact["mediaType"], artifact["sha256"])
    assert PAGE == first.content == second.content
    assert {
        "etag": f'"{digest_of(PAGE)}"',
        "accept-ranges": "bytes",
        "cache-control": "private",
        "content-disposition": 'attachment; filename="page.html"',
        "content-length": str(len(PAGE)),
        "content-security-policy": "sandbox; default-src 'none'",
        "content-type": "text/html; charset=utf-8",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }.items() <= first.headers.items()


async def test_only_the_head(sqlite_api: Api) -> None:
    """HEAD tells what GET would, without the bytes."""
    _, artifact = await kept(sqlite_api)
    head, whole = await sqlite_api.client.head(artifact["url"]), await sqlite_api.client.get(artifact["url"])

    assert (200, b"") == (head.status_code, head.content)
    assert whole.headers["content-length"] == head.headers["content-length"]
    assert whole.headers["etag"] == head.headers["etag"]


RANGES = [
    ("bytes=0-9", 206, PAGE[:10]),
    ("bytes=990-", 206, PAGE[990:]),
    ("bytes=-5", 206, PAGE[-5:]),
    ("bytes=0-99999", 206, PAGE),
    ("bytes=1000-", 416, b""),
    ("bytes=5-2", 400, None),
    ("lines=0-9", 400, None),
]


@pytest.mark.parametrize(("wanted", "status", "content"), RANGES)
async def test_a_range(sqlite_api: Api, wanted: str, status: int, content: bytes | None) -> None:
    """A part is given where there is one: a download that broke goes on where it was."""
    _, artifact = await kept(sqlite_api)
    response = await sqlite_api.client.get(artifact["url"], headers={"range": wanted})

    assert status == response.status_code
    assert content in {None, response.content}


async def test_several_ranges(sqlite_api: Api) -> None:
    """Several parts come as one answer of several."""
    _, artifact = await kept(sqlite_api)
    response = await sqlite_api.client.get(artifact["url"], headers={"range": "bytes=0-3,100-103"})

    assert 206 == response.status_code
    assert response.headers["content-type"].startswith("multipart/byteranges")
    assert PAGE[:4] in response.content
    assert PAGE[100:104] in response.content


async def test_what_is_known_already(sqlite_api: Api) -> None:
    """Who has the bytes is told so; a range of other bytes than one has gives the whole."""
    _, artifact = await kept(sqlite_api)
    tag = f'"{artifact["sha256"]}"'

    async def status(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await sqlite_api.client.get(artifact["url"], headers=sent)).status_code

    assert [304, 304, 304, 304] == [
        await status(if_none_match=told) for told in (tag, f"W/{tag}", f'"other", {tag}', "*")
    ]
    assert 200 == await status(if_none_match='"other"')
    assert 206 == await status(range="bytes=0-3", if_range=tag)
    assert 200 == await status(range="bytes=0-3", if_range='"other"')


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("gaps.json", "gaps.json"),
        ("input/v.sql", "v.sql"),
        ("input/2/Ünï 名前.sql", "Ünï 名前.sql"),
        ("a\r\nSet-Cookie: x=1", "a\r\nSet-Cookie: x=1"),
        ('a";b', 'a";b'),
        ("..", "artifact"),
        ("dir/", "artifact"),
    ],
)
async def test_names_of_downloads(sqlite_api: Api, name: str, file_name: str) -> None:
    """A download is called as its artifact is, without folders, whatever stands in its name."""
    _, artifact = await kept(sqlite_api, name=name)
    request = httpx.Request("GET", artifact["url"])
    response = await sqlite_api.client.send(request)

    assert (200, PAGE) == (response.status_code, response.content), response.text
    assert file_name == file_name_of(name)
    disposition = response.headers["content-disposition"]
    assert file_name in unquote(disposition)
    assert disposition.startswith("attachment; filename")
    assert "set-cookie" not in response.headers


async def test_an_artifact_that_is_gone(api: Api) -> None:
    """Where the file is gone from the store, or the run is deleted, the answer says which artifact it was."""
    run, artifact = await kept(api)
    api.house.artifacts.remove(artifact["sha256"])
    no_file = await api.client.get(artifact["url"])
    await api.house.execute(run)
    await api.ask('mutation { deleteRun(runId: "' + run.run_id + '") { __typename } }')
    no_run = await api.client.get(artifact["url"])

    assert (410, "ARTIFACT_MISSING") == refusal(no_file) == refusal(no_run)
    for response in (no_file, no_run):
        assert artifact["sha256"] in message(response)
        assert "page.html" in message(response)


async def test_grants_that_are_none(api: Api) -> None:
    """A grant that is tampered with, expired, for something else or of another workspace opens nothing."""
    await api.house.write(lambda session: session.add(Workspace(name="other")))
    _, artifact = await kept(api)
    about, sign = about_artifact(artifact["sha256"], "page.html"), signer(api).sign
    good = await sign(Purpose.GET_ARTIFACT, about, "main")
    late = now() - timedelta(seconds=1)
    wrong = [
        f"{good[:-4]}AAAA/page.html",
        f"{good}/page.exe",
        f"{await sign(Purpose.PUT_UPLOAD, about, 'main')}/page.html",
        f"{await sign(Purpose.GET_ARTIFACT, about, 'main', until=late)}/page.html",
    ]
    for each in wrong:
        assert (403, "FORBIDDEN") == refusal(await api.client.get(f"/artifacts/{each}")), each
    elsewhere = await sign(Purpose.GET_ARTIFACT, about, "other")
    assert (410, "ARTIFACT_MISSING") == refusal(await api.client.get(f"/artifacts/{elsewhere}/page.html"))
    assert 200 == (await api.client.get(f"/artifacts/{good}/page.html")).status_code
    assert 405 == (await api.client.put(f"/artifacts/{good}/page.html", content=b"x")).status_code


async def test_a_grant_lasts_minutes(sqlite_api: Api) -> None:
    """A grant cannot be signed for longer than 15 minutes."""
    grants = signer(sqlite_api)
    word = await grants.sign("anything", "x", "main", until=now() + timedelta(days=1))

    assert (await grants.check(word, "anything")).expires_at < now() + timedelta(minutes=16)


async def test_no_token_is_needed(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """The address is the permission: a browser follows it as a plain link, which may be the public one."""
    settings = {"public_url": "https://lineage.example"}
    async with open_api(sqlite_url, redis_url, tmp_path, bearer="right", **settings) as api:
        _, artifact = await kept(api)
        address = artifact["url"].replace("https://lineage.example", api.address)
        async with httpx.AsyncClient() as stranger:
            response = await stranger.get(address)

    assert artifact["url"].startswith("https://lineage.example/artifacts/")
    assert PAGE == response.content
