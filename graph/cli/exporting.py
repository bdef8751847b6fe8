"""`headwater export`: the graph of a workspace as a file, written whole or not at all."""

import asyncio
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx

from graph.cli.exits import Status
from graph.cli.outcomes import HEAD_FIELDS, read_outcome, show_outcome
from graph.cli.paper import paper
from graph.cli.runs import Target, checked, interruptible
from graph.cli.texts import BadPath
from graph.cli.watching import watch
from graph.client import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    Address,
    Client,
    Pursuit,
    RefusedRemotely,
    RunRef,
    Unreachable,
    connected,
)

SUBMIT = f"""
mutation Export($run: RunInput!, $options: RunOptions!) {{
  submitRun(run: $run, options: $options) {{
    ... on Run {{ {HEAD_FIELDS} }}
    ... on Refusal {{ code message hint }}
  }}
}}"""
FILE = """query File($runId: String!, $workspace: String!) {
  run(runId: $runId, workspace: $workspace) { artifacts { name sizeBytes url } }
}"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is exported, and where to: `export` is what the API takes."""

    export: Mapping[str, Any]
    workspace: str
    output: Path | None


def export_graph(wish: Wish, target: Target) -> int:
    """Have a graph written, and fetch the file; the exit status.

    Raises:
        BadPath: There is no folder to write it to.
        Unreachable, RefusedRemotely: The service is not there, or does not do it.
    """
    if wish.output is not None and not wish.output.parent.is_dir():
        raise BadPath(f"There is no folder {wish.output.parent}.", hint="Make it, or write elsewhere.")
    return interruptible(_export(wish, target))


async def _export(wish: Wish, target: Target) -> int:
    address = target.address()
    async with connected(address) as client:
        options = {"workspace": wish.workspace, "idempotencyKey": f"export-{secrets.token_hex(8)}"}
        told = checked((await client.ask(SUBMIT, run={"export": wish.export}, options=options))["submitRun"])
        run = RunRef(told["runId"], told["workspace"])
        await watch(Pursuit(client, run, 0), paper(errors=True))
        outcome = await read_outcome(client, run)
        if outcome.status != "COMPLETED":
            show_outcome(outcome, paper())
            return Status.FAILED
        name, size, url = await file_of(client, run)
    to = wish.output or Path(name)
    await fetch(address, url, to)
    paper(errors=True).print(f"{to}: {size:,} bytes", markup=False)
    return Status.OK


async def file_of(client: Client, run: RunRef) -> tuple[str, int, str]:
    """The name of the file that an export kept, its size, and where it is.

    Raises:
        RefusedRemotely: It is not shown: it holds SQL, which not everybody may see.
    """
    told = (await client.ask(FILE, runId=run.run_id, workspace=run.workspace))["run"]["artifacts"]
    (kept,) = told
    return str(kept["name"]), int(kept["sizeBytes"]), str(kept["url"])


async def fetch(address: Address, url: str, to: Path) -> None:
    """Fetch a file: written beside its place, and moved there when it is whole.

    Raises:
        Unreachable: The connection broke.
        RefusedRemotely: Something else is answered.
        BadPath: It cannot be written.
    """
    draft = to.with_name(f".{to.name}.{secrets.token_hex(4)}")
    try:
        with await asyncio.to_thread(draft.open, "wb") as file:
            await pour(address, url, file)
        await asyncio.to_thread(os.replace, draft, to)
    except OSError as error:
        raise BadPath(f"{to} cannot be written: {error.strerror}.", hint="Write elsewhere.") from error
    finally:
        await asyncio.to_thread(draft.unlink, missing_ok=True)


async def pour(address: Address, url: str, file: IO[bytes]) -> None:
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    try:
        async with (
            httpx.AsyncClient(timeout=timeout, trust_env=not address.is_local) as reader,
            reader.stream("GET", url) as response,
        ):
            if not response.is_success:
                words = f"The file was answered with HTTP status {response.status_code}."
                raise RefusedRemotely({"message": words, "hint": "Export it anew."})
            async for piece in response.aiter_bytes():
                await asyncio.to_thread(file.write, piece)
    except httpx.TransportError as error:
        raise Unreachable(f"The file of {address.url} broke off.", hint="Export it anew.") from error
