"""What stands before a service or a database, and can be closed, cut, or shut to some."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import SUPERUSER, Postgres, short_folder

SOCKET = ".s.PGSQL.5432"  # what PostgreSQL calls its own
UPGRADE = b"upgrade: websocket"
NO = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@dataclass(slots=True)
class Gate:
    """Passes bytes on, unless it was told not to."""

    port_behind: int
    takes_sockets: bool = True
    port: int = 0
    passed_sockets: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Listen, always on the same port."""
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no longer, and cut whoever is connected."""
        if self._server is not None:
            self._server.close()
        self.cut()
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def cut(self) -> None:
        """End all connections, rudely."""
        for writer in self._writers:
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            is_socket = UPGRADE in head.lower()
            if is_socket and not self.takes_sockets:
                writer.write(NO)
                await writer.drain()
                writer.close()
                return
            self.passed_sockets += is_socket
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.port_behind)
            inner_writer.write(head)
            self._writers |= {writer, inner_writer}
            await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))
            self._writers -= {writer, inner_writer}


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def gate_before(address: str) -> AsyncIterator[Gate]:
    """An open gate in front of a service."""
    gate = Gate(int(address.rpartition(":")[2]))
    await gate.open()
    try:
        yield gate
    finally:
        await gate.close()


@dataclass(slots=True)
class Relay:
    """Stands before a PostgreSQL on its Unix socket, and may turn away whoever comes."""

    behind: Path
    folder: Path = field(default_factory=short_folder)
    is_shut: bool = False
    turned_away: int = 0
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def url(self, database: str) -> str:
        """The database as SQLAlchemy wants to be told, by way of this relay."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    def shut(self) -> None:
        """Cut all connections, and take no other until `is_shut` is taken back."""
        self.is_shut = True
        for writer in self._writers:
            writer.transport.abort()

    async def until_turned_away(self, count: int) -> None:
        """Return once so many came in vain."""
        while self.turned_away < count:
            self._came.clear()
            await self._came.wait()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let somebody through, or not."""
        if self.is_shut:
            self.turned_away += 1
            self._came.set()
            writer.transport.abort()
            return
        inner_reader, inner_writer = await asyncio.open_unix_connection(self.behind / SOCKET)
        self._writers |= {writer, inner_writer}
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))
        self._writers -= {writer, inner_writer}


@asynccontextmanager
async def relay_before(postgres: Postgres) -> AsyncIterator[Relay]:
    """An open relay before a database server."""
    relay = Relay(postgres.sockets)
    server = await asyncio.start_unix_server(relay.take, relay.folder / SOCKET)
    try:
        yield relay
    finally:
        server.close()
        relay.shut()
