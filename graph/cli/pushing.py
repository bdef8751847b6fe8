"""`headwater push`: send a folder of SQL or Parquet files, run lineage over it, and watch."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from graph.cli.exits import complain
from graph.cli.paper import paper
from graph.cli.parcels import CHUNK_BYTES, Parcel, Parcels, packed
from graph.cli.runs import Target, checked, conclude, interruptible, send_run
from graph.client import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    FIRST_WAIT_SECONDS,
    LONGEST_WAIT_SECONDS,
    PATIENCE_SECONDS,
    Address,
    Client,
    RefusedRemotely,
    Unreachable,
    connected,
)

CREATE = """
mutation Create($name: String!, $size: BigInt!, $sha256: String!, $workspace: String!) {
  createUpload(name: $name, size: $size, sha256: $sha256, workspace: $workspace) {
    ... on Upload { uploadId putUrl }
    ... on Refusal { code message hint }
  }
}"""
RECEIVED = 409  # it is there already: an earlier try arrived, only its answer did not

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Push:
    """What is sent, and what is to be made of it: `lineage` and `options` are what the API takes."""

    path: Path
    lineage: Mapping[str, Any]
    options: Mapping[str, Any]
    wait: bool = True
    patience_seconds: float = PATIENCE_SECONDS
    invocation: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def workspace(self) -> str:
        return str(self.options.get("workspace", "main"))


def push(order: Push, target: Target) -> int:
    """Send files, submit a run over them and watch it; the exit status.

    Raises:
        BadPath: There is nothing to send.
        Unreachable, RefusedRemotely: The service is not there, or does not take it.
    """
    with packed(order.path) as parcels:
        return interruptible(_push(order, target, parcels))


async def _push(order: Push, target: Target, parcels: Parcels) -> int:
    address = target.address()
    async with connected(address) as client:
        size = sum(parcel.size for parcel in parcels.files)
        if not target.as_json:
            paper(errors=True).print(f"Sending {parcels.what}: {size:,} bytes", markup=False)
        uploads = [await send(client, address, parcel, order) for parcel in parcels.files]
        # The key makes a second try the same run: the first may have arrived, and only its answer did not.
        options = {**order.options, "idempotencyKey": f"push-{parcels.digest[:32]}-{order.invocation}"}
        lineage = {**order.lineage, "uploads": uploads}
        names = [parcel.name for parcel in parcels.files]
        run = await persistently(lambda: send_run(client, lineage, options, names), order.patience_seconds)
        return await conclude(client, run, target, wait=order.wait)


async def send(client: Client, address: Address, parcel: Parcel, order: Push) -> str:
    """Announce a file and send it; the id of its upload.

    Raises:
        Unreachable: No service answers; once one did, for as long as patience lasts.
        RefusedRemotely: The file is not taken.
    """
    about = {"name": parcel.name, "size": parcel.size, "sha256": parcel.sha256}
    told = checked((await client.ask(CREATE, workspace=order.workspace, **about))["createUpload"])
    await persistently(lambda: put(address, str(told["putUrl"]), parcel), order.patience_seconds)
    return str(told["uploadId"])


async def put(address: Address, url: str, parcel: Parcel) -> None:
    """Send a file's bytes to where they are awaited.

    Raises:
        Unreachable: The connection broke; nothing of the file was kept.
        RefusedRemotely: The file is not taken.
    """
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    headers = {"Content-Length": str(parcel.size)}
    try:
        async with httpx.AsyncClient(timeout=timeout, trust_env=not address.is_local) as sender:
            response = await sender.put(url, content=pieces(parcel.path), headers=headers)
    except (httpx.TransportError, OSError) as error:
        raise Unreachable(f"{parcel.name} could not be sent to {address.url}.") from error
    if response.is_success or response.status_code == RECEIVED:
        return
    raise refusal(response, parcel)


def refusal(response: httpx.Response, parcel: Parcel) -> Unreachable | RefusedRemotely:
    """What an answer other than success means."""
    try:
        (said, *_) = response.json()["errors"]
        return RefusedRemotely(said)
    except (ValueError, KeyError, TypeError):  # not ours: a proxy's
        words = f"{parcel.name} was answered with HTTP status {response.status_code}."
        hint = "If a proxy is before the service, see what it takes by PUT and how large."
        if response.is_server_error:
            return Unreachable(words, hint=hint)
        return RefusedRemotely({"message": words, "hint": hint})


async def pieces(path: Path) -> AsyncIterator[bytes]:
    """A file's bytes, read as they are sent."""
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield piece


async def persistently(work: Callable[[], Awaitable[T]], patience_seconds: float) -> T:
    """Do something that may be done twice, again and again while the service is away.

    Raises:
        Unreachable: It stayed away for too long.
    """
    until, wait = time.monotonic() + patience_seconds, FIRST_WAIT_SECONDS
    while True:
        try:
            return await work()
        except Unreachable as error:
            if time.monotonic() + wait > until:
                raise
            if wait == FIRST_WAIT_SECONDS:
                complain(f"{error} Trying again.")
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT_SECONDS)
