"""Talks to a service as any client would: GraphQL over HTTP, and over a socket for what is live."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import gql
from gql.client import AsyncClientSession
from gql.transport.exceptions import (
    TransportError,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from jobs.errors import HeadwaterError, Rejected

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 120.0  # a submission may carry 32 MB of SQL
PATIENCE_SECONDS = 60.0  # how long a service that was there may be away before watching ends
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.1, 3.0  # between two attempts to reach it again
POLL_SECONDS = 0.5
SOCKET_FAILURES = 2  # while HTTP answers: then sockets cannot be had, and events are polled

EVENT_FIELDS = """
__typename
seq
... on RunStarted { worker }
... on StageStarted { stage }
... on StageProgress { stage done total percent }
... on StageCompleted { stage durationMs }
... on RunNotice { message }
... on RunRequeued { reason waitSeconds }
... on RunFinished { status error { code message hint } }
"""
WATCH = f"""
subscription Watch($runId: String!, $after: Int!, $workspace: String!) {{
  runEvents(runId: $runId, after: $after, workspace: $workspace) {{ {EVENT_FIELDS} }}
}}"""
POLL = f"""
query Poll($runId: String!, $after: Int!, $workspace: String!) {{
  run(runId: $runId, workspace: $workspace) {{
    finishedAt lastSeq events(after: $after) {{ {EVENT_FIELDS} }}
  }}
}}"""
FINISHED = "RunFinished"
ADDRESS = re.compile(r"https?://[^/\s:]+(:\d{1,5})?(/\S*)?|https?://\[[0-9a-fA-F:]+\](:\d{1,5})?(/\S*)?")
TEXT_PLACE = re.compile(r"\btexts\[(\d+)\]")


class Unreachable(HeadwaterError):
    """No service can be reached."""

    code = "UNREACHABLE"
    retryable = True


class RefusedRemotely(Rejected):
    """The service refused the request."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        about = said.get("extensions") or said
        self.said_code = str(about.get("code", ""))
        super().__init__(str(said.get("message", "")), hint=str(about.get("hint", "")))


class BadAddress(Rejected):
    """The address or the token cannot be used."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is, and the token it wants."""

    url: str
    token: str | None = None

    def __post_init__(self) -> None:
        if not ADDRESS.fullmatch(self.url):
            hint = "It looks like http://127.0.0.1:8000."
            raise BadAddress(f"{self.url!r} is no address of a service.", hint=hint)
        if self.token and not (self.token.isascii() and self.token.isprintable()):
            raise BadAddress("The token holds characters that cannot be sent.")

    @property
    def endpoint(self) -> str:
        """Where GraphQL is answered over HTTP."""
        base = self.url.rstrip("/")
        return base if base.endswith("/graphql") else f"{base}/graphql"

    @property
    def socket(self) -> str:
        """Where it is answered over a websocket."""
        parts = urlsplit(self.endpoint)
        return urlunsplit(parts._replace(scheme="wss" if parts.scheme == "https" else "ws"))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, where no proxy of the environment leads to it."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


@dataclass(frozen=True, slots=True)
class RunRef:
    """Which run."""

    run_id: str
    workspace: str


@dataclass(frozen=True, slots=True)
class Event:
    """A fact about a run, as the API tells it; `data` are the fields of its own."""

    seq: int
    name: str
    data: Mapping[str, Any]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Event":
        own = {key: value for key, value in told.items() if key not in {"seq", "__typename"}}
        return cls(seq=told["seq"], name=told["__typename"], data=own)


class Client:
    """An open connection to a service."""

    def __init__(self, address: Address, session: AsyncClientSession) -> None:
        self._address, self._session = address, session

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data that answers a query or mutation.

        Raises:
            Unreachable, RefusedRemotely: There is none.
        """
        with translated(self._address):
            return await self._session.execute(gql.GraphQLRequest(document, variable_values=variables))

    async def events(self, run: RunRef, after: int) -> AsyncGenerator[Event, None]:
        """Events as they are written, over a socket, until the run or the socket ends.

        Raises:
            Unreachable, RefusedRemotely: There is no socket, or no such run.
        """
        transport = WebsocketsTransport(
            url=self._address.socket,
            headers=self._address.headers,
            init_payload=self._address.headers,
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
            connect_timeout=CONNECT_SECONDS,
            close_timeout=1,
            connect_args={"proxy": None} if self._address.is_local else {},
        )
        wanted = {"runId": run.run_id, "after": after, "workspace": run.workspace}
        with translated(self._address):
            async with gql.Client(transport=transport) as session:
                request = gql.GraphQLRequest(WATCH, variable_values=wanted)
                async with aclosing(session.subscribe(request)) as feed:
                    async for told in feed:
                        yield Event.of(told["runEvents"])

    async def page(self, run: RunRef, after: int) -> tuple[Sequence[Event], bool]:
        """Some events over HTTP, and whether there may be more.

        Raises:
            Unreachable, RefusedRemotely: There is no service, or no such run.
        """
        told = await self.ask(POLL, runId=run.run_id, after=after, workspace=run.workspace)
        events = [Event.of(each) for each in told["run"]["events"]]
        newest = events[-1].seq if events else after
        return events, told["run"]["finishedAt"] is None or newest < told["run"]["lastSeq"]

    async def polled(self, run: RunRef, after: int) -> AsyncGenerator[Event, None]:
        """What `events` gives, where sockets cannot be had."""
        more = True
        while more:
            events, more = await self.page(run, after)
            for event in events:
                yield event
                after = event.seq
            if more and not events:
                await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def connected(address: Address) -> AsyncIterator[Client]:
    """A client of the service at this address. Nothing is sent yet."""
    transport = HTTPXAsyncTransport(
        url=address.endpoint,
        headers=address.headers,
        timeout=(CONNECT_SECONDS, *(ANSWER_SECONDS,) * 3),  # plain numbers: gql takes httpx2 where it is there
        trust_env=not address.is_local,
    )
    async with gql.Client(transport=transport, execute_timeout=None) as session:
        yield Client(address, session)


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Turn what the GraphQL library raises into errors that say what to do."""
    try:
        yield
    except TransportQueryError as error:
        raise RefusedRemotely((error.errors or [{"message": str(error)}])[0]) from error
    except (TransportServerError, TransportProtocolError) as error:
        hint = "Is it the address of a Headwater service, without a proxy that asks for a login?"
        raise Unreachable(f"What answers at {address.url} is not Headwater.", hint=hint) from error
    except (TransportError, OSError, TimeoutError) as error:
        hint = "Start one with `headwater up`, or name another with --url or HEADWATER_URL."
        raise Unreachable(f"No Headwater answers at {address.url}.", hint=hint) from error


@dataclass(slots=True)
class Pursuit:
    """Follows a run to its end, whatever happens to the connection on the way."""

    client: Client
    run: RunRef
    after: int = 0
    patience_seconds: float = PATIENCE_SECONDS
    told: Callable[[str], None] = lambda _words: None
    _wait: float = FIRST_WAIT_SECONDS
    _lost_at: float | None = None
    _socket_failures: int = 0

    async def events(self) -> AsyncGenerator[Event, None]:
        """Every event behind `after`, in order and once, until the run has ended.

        Raises:
            Unreachable: The service stayed away for longer than `patience_seconds`.
            RefusedRemotely: There is no such run, or it was deleted meanwhile.
        """
        more = True
        while more:
            try:
                async with aclosing(self._feed()) as feed:
                    async for event in feed:
                        self._came(event)
                        yield event
                        if event.name == FINISHED:
                            return
                _, more = await self.client.page(self.run, self.after)
            except Unreachable as error:
                await self._lost(error)
            if more:
                await self._pause()

    def _feed(self) -> AsyncGenerator[Event, None]:
        if self._socket_failures >= SOCKET_FAILURES:
            return self.client.polled(self.run, self.after)
        return self.client.events(self.run, self.after)

    def _came(self, event: Event) -> None:
        if self._lost_at is not None:
            self.told("The service is back.")
        self.after = event.seq
        self._lost_at, self._wait = None, FIRST_WAIT_SECONDS
        if self._socket_failures < SOCKET_FAILURES:
            self._socket_failures = 0

    async def _lost(self, error: Unreachable) -> None:
        """Find out whether only sockets are lost; give up when the service was away for too long."""
        try:
            await self.client.page(self.run, self.after)
        except Unreachable:
            self._socket_failures = 0
            if self._lost_at is None:
                self._lost_at = time.monotonic()
                self.told("The service is away; waiting for it.")
            if time.monotonic() - self._lost_at > self.patience_seconds:
                raise error from None
        else:
            self._socket_failures += 1
            if self._socket_failures == SOCKET_FAILURES:
                self.told("No websocket can be had here; asking again and again instead.")

    async def _pause(self) -> None:
        await asyncio.sleep(self._wait)
        self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)


def with_names(message: str, names: Sequence[str]) -> str:
    """A refusal's words with names of texts where it only counts them."""

    def name(found: re.Match[str]) -> str:
        place = int(found[1])
        return names[place] if place < len(names) else found[0]

    return TEXT_PLACE.sub(name, message)
