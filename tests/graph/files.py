"""Files on their way in and out, as clients send and fetch them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx

from db.artifacts import link_artifact
from db.models import Artifact, Run
from graph.grants import Grants
from graph.settings import ApiSettings
from jobs.submit import RunOptions
from tests.graph.api import Api, coded

ANNOUNCE = """
mutation Announce($name: String!, $size: BigInt!, $sha256: String, $workspace: String! = "main") {
  createUpload(name: $name, size: $size, sha256: $sha256, workspace: $workspace) {
    __typename
    ... on Upload { id uploadId workspace name size sha256 role putUrl createdBy expiresAt receivedAt }
    ... on Refusal { code message hint }
    ... on BadFileRefusal { field }
    ... on InvalidParamsRefusal { field }
    ... on TooManyUploadsRefusal { waiting allowed }
  }
}"""
SHOW = """
query Show($uploadId: ID!, $workspace: String! = "main") {
  upload(uploadId: $uploadId, workspace: $workspace) { name size sha256 role putUrl receivedAt }
}"""
SQL = b"CREATE VIEW v AS SELECT 1 AS one;\n"
PAGE = b"<script>alert(1)</script>" * 40
ARTIFACTS = """
query Artifacts($runId: String!, $workspace: String! = "main") {
  run(runId: $runId, workspace: $workspace) { artifacts { name mediaType size sizeBytes sha256 url } }
}"""


async def announce(api: Api, name: str, size: int, **more: Any) -> dict[str, Any]:
    """What `createUpload` answers: an upload or a refusal."""
    answer = await api.ask(ANNOUNCE, name=name, size=str(size), **more)
    created: dict[str, Any] = answer["createUpload"]
    return created


async def announced(api: Api, body: bytes = SQL, name: str = "v.sql", **more: Any) -> dict[str, Any]:
    """An upload that waits for its bytes."""
    created = await announce(api, name, len(body), **more)
    assert created["__typename"] == "Upload", created
    return created


async def uploaded(api: Api, body: bytes = SQL, name: str = "v.sql", **more: Any) -> dict[str, Any]:
    """An upload whose bytes have arrived, as the answer to them tells it."""
    created = await announced(api, body, name, **more)
    response = await api.client.put(created["putUrl"], content=body)
    assert response.status_code == 201, response.text
    told: dict[str, Any] = response.json()
    return told


async def shown(api: Api, upload: dict[str, Any]) -> dict[str, Any]:
    """An upload as it is now."""
    found: dict[str, Any] = (await api.ask(SHOW, uploadId=upload["uploadId"]))["upload"]
    return found


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an answer that is one coded error."""
    (error,) = coded(response.json())
    return response.status_code, error["extensions"]["code"]


def message(response: httpx.Response) -> str:
    (error,) = coded(response.json())
    return str(error["message"])


def hint(response: httpx.Response) -> str:
    (error,) = coded(response.json())
    return str(error["extensions"]["hint"])


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def grant_in(address: str) -> str:
    return address.partition("/uploads/")[2] or address.partition("/artifacts/")[2].partition("/")[0]


def signer(api: Api) -> Grants:
    """Signs as another API process over the same database would."""
    return Grants(api.house.store, ApiSettings())


def stored(api: Api) -> list[str]:
    """The names of all files in the artifact store, drafts too."""
    root = api.house.artifacts.root
    return sorted(path.name for path in root.rglob("*") if path.is_file())


async def drip(*chunks: bytes) -> AsyncIterator[bytes]:
    """A body that does not tell its length."""
    for chunk in chunks:
        yield chunk


async def raw(
    api: Api, address: str, *headers: str, body: bytes = b""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which the head of a PUT and the beginning of a body were sent, word by word."""
    host, port = api.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    path = address.removeprefix(api.address)
    head = "\r\n".join((f"PUT {path} HTTP/1.1", "Host: x", *headers, "", ""))
    writer.write(head.encode() + body)
    await writer.drain()
    return reader, writer


async def kept(
    api: Api, content: bytes = PAGE, name: str = "page.html", workspace: str = "main"
) -> tuple[Run, dict[str, str]]:
    """A run with an artifact, and the artifact as it is shown."""
    run = await api.house.submitted("echo", RunOptions(workspace=workspace), word="keep")
    digest, size = api.house.artifacts.put(content)
    row = Artifact(digest=digest, size_bytes=size, media_type="text/html")
    await api.house.write(partial(link_artifact, run_pk=run.pk, name=name, artifact=row))
    found = await api.ask(ARTIFACTS, runId=run.run_id, workspace=workspace)
    (artifact,) = found["run"]["artifacts"]
    return run, artifact
