"""A receiver of events: a real HTTP server of this event loop, which answers as a test wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

Behave = Callable[[asyncio.StreamWriter], Awaitable[None]]


def says(status: int, *headers: str) -> Behave:
    """Answers with a status."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join((f"HTTP/1.1 {status} So", "Content-Length: 0", *headers))
        writer.write(f"{head}\r\n\r\n".encode())
        await writer.drain()

    return behave


async def hangs(writer: asyncio.StreamWriter) -> None:
    """Never answers."""
    await writer.wait_closed()


async def drips(writer: asyncio.StreamWriter) -> None:
    """Sends the head of an answer for ever, byte by byte: each comes in time, and all of them never do."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.01):
                await writer.wait_closed()


async def pours(writer: asyncio.StreamWriter) -> None:
    """Answers well, with a body that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"400\r\n" + b"x" * 0x400 + b"\r\n")
        await writer.drain()


async def hangs_up(writer: asyncio.StreamWriter) -> None:
    """Closes the connection instead of answering."""
    writer.close()


OK = says(201)


@dataclass(slots=True)
class Receiver:
    """What was received, in order. `plan` are the next answers; behind them all is well."""

    address: str = ""
    plan: list[Behave] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    before_answer: Callable[[], Awaitable[object]] | None = None

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that were taken, in order."""
        return [orjson.loads(body) for body in self.taken]

    @property
    def said(self) -> list[tuple[str, str]]:
        """What was taken: the type of each event and our own id of its run."""
        return [(each["eventType"], each["run"]["facets"]["headwater_run"]["runId"]) for each in self.events]

    def will(self, *plan: Behave) -> None:
        self.plan[:] = plan

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    int(line.partition(":")[2])
                    for line in head.lower().splitlines()
                    if line.startswith("content-length")
                )
                body = await reader.readexactly(length)
                self.heads.append(head)
                self.bodies.append(body)
                behave = self.plan.pop(0) if self.plan else OK
                if behave is OK:
                    self.taken.append(body)
                if self.before_answer is not None:
                    await self.before_answer()
                await behave(writer)
        writer.close()


@asynccontextmanager
async def receiving(plan: Iterable[Behave] = ()) -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver(plan=list(plan))
    open_ones: list[tuple[asyncio.Task[None], asyncio.StreamWriter]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_ones.append((task, writer))
        await receiver.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    receiver.address = f"http://{host}:{port}/api/v1/lineage"
    try:
        yield receiver
    finally:
        server.close()
        for task, writer in open_ones:
            task.cancel()
            writer.transport.abort()  # what it still wanted to send nobody waits for
        await asyncio.gather(*(task for task, _ in open_ones), return_exceptions=True)
        await asyncio.gather(*(writer.wait_closed() for _, writer in open_ones), return_exceptions=True)
