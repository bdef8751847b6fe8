"""The real application behind a real server, beside a house that executes what it accepts."""

import asyncio
import io
import json
import logging
import re
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import orjson
import uvicorn
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from db.runs import find_run
from db.settings import load_settings
from graph.app import create_app
from jobs.children import Children
from jobs.settings import WorkSettings
from tests.graph.twofold import COMPARISON, make_twofold, once
from tests.house import PACKAGES, House, open_house

PROTOCOL = "graphql-transport-ws"
DEADLINE_SECONDS = 20.0
SUBMIT = """
mutation Submit($run: RunInput!, $options: RunOptions) {
  submitRun(run: $run, options: $options) {
    __typename
    ... on Run { id runId status }
    ... on Refusal { code message hint retryable timestamp }
    ... on InvalidParamsRefusal { field }
    ... on DuplicateRunIdRefusal { field }
    ... on TooManyRunsRefusal { unfinished allowed }
  }
}"""
WATCH = """
subscription Watch($runId: String!, $after: Int! = 0, $workspace: String! = "main") {
  runEvents(runId: $runId, after: $after, workspace: $workspace) { __typename seq attempt }
}"""


@dataclass(slots=True)
class Api:
    """One API process, and the house that plays its workers: they share a database and a Redis."""

    address: str
    app: Starlette
    house: House
    client: httpx.AsyncClient
    logs: io.StringIO

    async def post(self, query: str, variables: Mapping[str, Any] | None = None) -> httpx.Response:
        return await self.client.post("/graphql", json={"query": query, "variables": dict(variables or {})})

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        response = await self.post(query, variables)
        answer = response.json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def errors(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """The errors of an answer, which are well coded."""
        answer = (await self.post(query, variables)).json()
        assert answer.get("errors"), answer
        return coded(answer)

    async def code(self, query: str, **variables: Any) -> str:
        """The code of an answer's only error."""
        (error,) = await self.errors(query, **variables)
        return str(error["extensions"]["code"])

    async def submit(self, run: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """What `submitRun` answers: a run or a refusal."""
        payload: dict[str, Any] = (await self.ask(SUBMIT, run=run, options=options))["submitRun"]
        return payload

    async def echo(self, word: str = "hello", **options: Any) -> str:
        """The id of an accepted run that says a word."""
        accepted = await self.submit({"echo": {"word": word}}, **options)
        assert accepted["__typename"] == "Run", accepted
        return str(accepted["runId"])

    async def chore(self, chore: str, *, options: Mapping[str, Any] | None = None, **params: Any) -> str:
        """The id of an accepted run that misbehaves."""
        accepted = await self.submit({"chores": {"chore": chore, **params}}, **(options or {}))
        assert accepted["__typename"] == "Run", accepted
        return str(accepted["runId"])

    async def execute(self, run_id: str, workspace: str = "main") -> None:
        """Do a worker's work for a run that was admitted."""
        row = await self.house.store.read(partial(find_run, workspace=workspace, run_id=run_id))
        assert row is not None
        await self.house.execute(row)

    async def done(self, word: str = "hello", **options: Any) -> str:
        """The id of a run that has said its word."""
        run_id = await self.echo(word, **options)
        await self.execute(run_id)
        return run_id

    @property
    def listeners(self) -> int:
        return int(self.app.state.hints.listeners)

    async def until_listeners(self, count: int) -> None:
        """Return once so many bells are out."""

        async def as_many() -> bool:
            return self.listeners == count

        await self.house.until(as_many)

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The entries of the API's log with these words."""
        lines = [json.loads(line) for line in self.logs.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]

    @asynccontextmanager
    async def socket(
        self, bearer: str | None = None, *, protocol: str = PROTOCOL, greet: bool = True, **more: Any
    ) -> AsyncIterator["Wire"]:
        """A raw socket, after both sides have greeted each other."""
        address = self.address.replace("http:", "ws:") + "/graphql"
        spoken = [Subprotocol(protocol)]
        async with connect(address, subprotocols=spoken, max_size=None, compression=None, **more) as connection:
            wire = Wire(connection)
            if greet:
                await wire.greet({"Authorization": f"Bearer {bearer}"} if bearer else {})
            yield wire


@dataclass(slots=True)
class Wire:
    """A socket on which graphql-transport-ws is spoken word by word."""

    connection: ClientConnection
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000_000)))

    async def greet(self, payload: Mapping[str, Any]) -> None:
        await self.say({"type": "connection_init", "payload": payload})
        assert {"type": "connection_ack"} == await self.hear()

    async def say(self, message: object) -> None:
        await self.connection.send(orjson.dumps(message).decode())

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE_SECONDS):
            message: dict[str, Any] = orjson.loads(await self.connection.recv())
        return message

    async def closed(self) -> int:
        """The code with which the other side ends the conversation."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            await self.connection.wait_closed()
        return int(self.connection.close_code or 0)

    async def start(self, query: str, **variables: Any) -> str:
        """Begin an operation; its id."""
        operation = str(next(self.numbers))
        await self.say(
            {"type": "subscribe", "id": operation, "payload": {"query": query, "variables": variables}}
        )
        return operation

    async def rest(self, operation: str) -> list[dict[str, Any]]:
        """The payloads of the only operation under way, until it is complete."""
        payloads: list[dict[str, Any]] = []
        while True:
            message = await self.hear()
            assert operation == message["id"], message
            if message["type"] == "complete":
                return payloads
            assert "next" == message["type"], message
            payloads.append(message["payload"])

    async def events(self, run_id: str, **variables: Any) -> list[tuple[int, str]]:
        """Number and type of each event of a run, from behind `after` to its end."""
        payloads = await self.rest(await self.start(WATCH, runId=run_id, **variables))
        return [seen(payload) for payload in payloads]

    async def event(self) -> tuple[int, str]:
        """Number and type of the next event."""
        message = await self.hear()
        assert "next" == message["type"], message
        return seen(message["payload"])


def seen(payload: Mapping[str, Any]) -> tuple[int, str]:
    """Number and type of an event."""
    assert "errors" not in payload, payload
    event = payload["data"]["runEvents"]
    return event["seq"], event["__typename"]


def coded(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The errors of an answer, each of which has a code, a hint and a time, and shows nothing of ours."""
    errors: list[dict[str, Any]] = answer["errors"]
    for error in errors:
        assert {"code", "hint", "retryable", "timestamp"} <= set(error["extensions"]), error
    assert not re.search(r"Traceback|sqlalchemy|psycopg|\.py\b", json.dumps(errors)), errors
    return errors


@dataclass(slots=True)
class Statements:
    """The SQL that was sent to databases, by whomever of this process."""

    texts: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.texts)

    def naming(self, words: str) -> int:
        return sum(words in text for text in self.texts)


@contextmanager
def recording() -> Iterator[Statements]:
    """What is sent to databases within the block."""
    sent = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            sent.texts.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with once():
            yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def counting_connections() -> Iterator[set[int]]:
    """The database connections that are in use, among those taken within the block."""
    taken: set[int] = set()

    def take(_connection: Any, record: Any, _proxy: Any) -> None:
        taken.add(id(record))

    def give_back(_connection: Any, record: Any) -> None:
        taken.discard(id(record))

    event.listen(Pool, "checkout", take)
    event.listen(Pool, "checkin", give_back)
    try:
        yield taken
    finally:
        event.remove(Pool, "checkout", take)
        event.remove(Pool, "checkin", give_back)


@contextmanager
def logging_as_before() -> Iterator[None]:
    """Give back the way in which this process logs, once an application has had its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def settings_of(url: str, redis_url: str, folder: Path, **more: str) -> dict[str, str]:
    """The environment of a service over this database and this Redis."""
    return {
        "HEADWATER_DATABASE_URL": url,
        "HEADWATER_REDIS_URL": redis_url,
        "HEADWATER_DATA_DIR": str(folder),
        "HEADWATER_PIPELINE_PACKAGES": json.dumps(PACKAGES),
        "HEADWATER_ENVIRONMENT": "production",
        "HEADWATER_ANONYMOUS": "nobody" if {"api_token", "trusted_proxies"} & more.keys() else "operator",
    } | {f"HEADWATER_{name.upper()}": value for name, value in more.items()}


@asynccontextmanager
async def open_api(
    url: str,
    redis_url: str,
    folder: Path,
    children: Children | None = None,
    /,
    bearer: str | None = None,
    **settings: str,
) -> AsyncIterator[Api]:
    """Serve the application on a free port of this machine. `children`: of the house, if they outlive it."""
    environ = settings_of(url, redis_url, folder, **settings, **({"api_token": bearer} if bearer else {}))
    work: WorkSettings = load_settings((WorkSettings,), environ)[WorkSettings]
    logs = io.StringIO()
    with logging_as_before():
        app = create_app(environ)
        make_twofold(app)
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(logs)
        opened = open_house(url, redis_url, folder, work, children=children)
        async with opened as house, serving(app) as address:
            headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
            async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
                yield Api(address, app, house, client, logs)
    assert [] == COMPARISON.taken()


@asynccontextmanager
async def serving(app: Starlette, port: int = 0, *, certificate: Path | None = None) -> AsyncIterator[str]:
    """Serve an application in this event loop, on a free port or this one, with TLS or without; its address."""
    listening = socket.create_server(("127.0.0.1", port), backlog=2048)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio sets it on its own only
    config = uvicorn.Config(
        app,
        ws="websockets-sansio",
        proxy_headers=False,  # as `headwater serve` has it
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
