"""`headwater audit`: what was done to a service that is somewhere, for whatever reads lines."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from graph.cli.exits import Status
from graph.cli.runs import Target, interruptible
from graph.client import ANSWER_SECONDS, CONNECT_SECONDS, Address, RefusedRemotely, Unreachable, connected

EXPORT = """
query Export($workspace: String, $filter: AuditFilter!, $format: AuditFormat!) {
  auditExport(workspace: $workspace, filter: $filter, format: $format) { url }
}"""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which entries, and in which form; `filter` is what the API takes."""

    workspace: str | None
    filter: Mapping[str, str]
    form: str


def show_audit(wish: Wish, target: Target) -> int:
    """Print entries as they come; the exit status.

    Raises:
        Unreachable, RefusedRemotely: The service is not there, or does not show them.
    """
    return interruptible(_show(wish, target))


async def _show(wish: Wish, target: Target) -> int:
    address = target.address()
    async with connected(address) as client:
        told = await client.ask(EXPORT, workspace=wish.workspace, filter=dict(wish.filter), format=wish.form)
    await copy(address, str(told["auditExport"]["url"]))
    return Status.OK


async def copy(address: Address, url: str) -> None:
    """Copy what an address answers to standard output.

    Raises:
        Unreachable: The connection broke; what was printed is not all there is.
        RefusedRemotely: It answers something else.
    """
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    try:
        async with (
            httpx.AsyncClient(timeout=timeout, trust_env=not address.is_local) as reader,
            reader.stream("GET", url) as response,
        ):
            if not response.is_success:
                words = f"The audit log was answered with HTTP status {response.status_code}."
                raise RefusedRemotely({"message": words, "hint": "Is a proxy before the service?"})
            async for piece in response.aiter_text():
                sys.stdout.write(piece)
    except httpx.TransportError as error:
        hint = "What was printed is not all there is: ask again."
        raise Unreachable(f"The audit log of {address.url} broke off.", hint=hint) from error
