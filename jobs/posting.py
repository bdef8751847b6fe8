"""Send something to an address that the operator set: the only place of this room that speaks HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

    import httpx

PASSING = frozenset({408, 425, 429})  # refusals that say nothing about what was sent
LONGEST_WAIT_SECONDS = 300.0


class Verdict(Enum):
    """What became of what was sent."""

    TAKEN = "the receiver has it"
    REFUSED = "the receiver will never have it"
    LATER = "it is to be sent again"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said, and for how long it wants to be left alone if it said so."""

    verdict: Verdict
    reason: str = ""
    wait_seconds: float = 0.0


class Post:
    """A way to one address. Redirects are not followed, proxies of the environment not asked."""

    def __init__(self, client: "httpx.AsyncClient", address: str, timeout_seconds: float) -> None:
        self._client, self._address, self._timeout = client, address, timeout_seconds

    async def send(self, body: bytes) -> Answer:
        """Send JSON and look at the status alone: an answer may be as long as it likes.

        All together takes no longer than the timeout, whatever the receiver does.
        """
        import httpx  # noqa: PLC0415 - not needed where nothing is sent

        try:
            async with asyncio.timeout(self._timeout):
                async with self._client.stream("POST", self._address, content=body) as response:
                    return answer_of(response.status_code, response.headers.get("retry-after", ""))
        except TimeoutError:
            return Answer(Verdict.LATER, f"no answer within {self._timeout:g} s")
        except httpx.HTTPError as error:
            return Answer(Verdict.LATER, type(error).__name__)


def answer_of(status: int, retry_after: str) -> Answer:
    """What a status says. Redirects and refusals would be the same the next time."""
    reason = f"status {status}"
    if status in range(200, 300):
        return Answer(Verdict.TAKEN, reason)
    if status >= 500 or status in PASSING:
        wait = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
        return Answer(Verdict.LATER, reason, min(wait, LONGEST_WAIT_SECONDS))
    return Answer(Verdict.REFUSED, reason)


@asynccontextmanager
async def open_post(address: str, bearer: str | None, timeout_seconds: float) -> AsyncIterator[Post]:
    """A way to an address, with one connection that is kept open meanwhile."""
    tls = await asyncio.to_thread(_ready)
    import httpx  # noqa: PLC0415 - see `_ready`

    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    async with httpx.AsyncClient(
        headers=headers, verify=tls, trust_env=False, follow_redirects=False, timeout=timeout_seconds
    ) as client:
        yield Post(client, address, timeout_seconds)


def _ready() -> "ssl.SSLContext":
    """What takes long the first time: an import, and 50 ms of certificates. Not for the event loop."""
    import httpx  # noqa: PLC0415 - not needed where nothing is sent

    return httpx.create_ssl_context()
