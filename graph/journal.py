"""Writes down what was refused, and who signed in, without a request having to wait for it.

Mutations are written down as they happen: see `graph.audit`. What is here comes by the thousand where somebody
tries things out, so of what is alike one entry stands for many, and entries are written in batches.
"""

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from starlette.requests import HTTPConnection

from db.audit import AuditEntry, append_all
from db.models import now
from db.store import Store, is_passing
from jobs.errors import HeadwaterError

log = logging.getLogger(__name__)

DONE = "done"
NOBODY_KNOWN = "nobody"  # in the place of who it was, where nobody vouches for it
MOST_WAITING = 5_000  # entries, some 1 kB each
BATCH = 500
MAX_CHARACTERS = 300  # of a word in an entry
MOST_REMEMBERED = 10_000  # things of which there may be more alike
SAME_HOST_BITS = 64  # of an address of IPv6: whoever has one of a network has them all
REFUSED_SECONDS, DONE_SECONDS = 60.0, 3_600.0
AWAY_SECONDS = 1.0  # between two tries while the database is away


@dataclass(slots=True)
class Lately:
    """When something was last written down, and how often it came since."""

    at: float
    since: int = 0


class Recent:
    """Lets something be written down once in a while; the longest unseen is forgotten first."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._clock = seconds, clock
        self._seen: OrderedDict[Hashable, Lately] = OrderedDict()

    def admit(self, key: Hashable) -> int | None:
        """How many alike were left out since the last one; None if this one is left out, too."""
        moment, known = self._clock(), self._seen.get(key)
        if known is not None and moment - known.at < self._seconds:
            known.since += 1
            return None
        self._seen[key] = Lately(moment)
        self._seen.move_to_end(key)
        if len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return 0 if known is None else known.since


@dataclass(frozen=True, slots=True)
class Note:
    """What happened, before it is known whether that is written down."""

    action: str
    outcome: str
    principal: str = NOBODY_KNOWN
    workspace: str | None = None
    target: str | None = None
    reason: str = ""  # where the outcome says too little
    address: str | None = None  # where no connection tells it


class Journal:
    """Takes notes, and writes them into the audit log soon. One a process."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._refused, self._done = Recent(REFUSED_SECONDS, clock), Recent(DONE_SECONDS, clock)
        self._waiting: deque[AuditEntry] = deque()
        self._dropped = 0
        self._bell, self._closing = asyncio.Event(), asyncio.Event()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Write what waits, and end."""
        self._closing.set()
        self._bell.set()
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._waiting:
            log.error("audit entries lost", extra={"count": len(self._waiting)})

    def tell(self, note: Note, connection: HTTPConnection | None, alike: Hashable) -> None:
        """Have a note written, unless one of `alike` was within the last minute, or hour if it was done."""
        recent = self._done if note.outcome == DONE else self._refused
        repeats = recent.admit((note.action, note.outcome, alike))
        if repeats is None:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._dropped += 1
            return
        details: dict[str, Any] = {"reason": clean(note.reason)} if note.reason else {}
        self._waiting.append(entry_of(note, connection, details | ({"repeats": repeats} if repeats else {})))
        self._bell.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_on())
            self._task.add_done_callback(tell_of_end)

    async def flush(self) -> bool:
        """Write what waits now; False if the database is away, and it waits on."""
        async with self._turn:
            for _ in range(-(-len(self._waiting) // BATCH)):
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                if not await self._written(batch):
                    return False
            if self._dropped:
                log.error("audit entries lost", extra={"count": self._dropped})
                self._dropped = 0
        return True

    async def _written(self, batch: list[AuditEntry]) -> bool:
        try:
            await self.store.write(partial(append_all, entries=batch))
        except Exception as error:
            if is_passing(error):
                self._waiting.extendleft(reversed(batch))
                return False
            self._dropped += len(batch)
            raise
        return True

    async def _write_on(self) -> None:
        while not self._closing.is_set():
            await self._bell.wait()
            self._bell.clear()
            if not await self.flush():
                self._bell.set()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), AWAY_SECONDS)
        await self.flush()


def tell_of_end(task: asyncio.Task[None]) -> None:
    """Log why writing ended, if it was a bug; the next note begins anew."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("audit entries not written", exc_info=error)


def entry_of(note: Note, connection: HTTPConnection | None, details: dict[str, Any]) -> AuditEntry:
    """A note as it is written."""
    return AuditEntry(
        at=now(),
        principal=clean(note.principal),
        action=note.action,
        workspace=None if note.workspace is None else clean(note.workspace),
        target=None if note.target is None else clean(note.target),
        outcome=note.outcome,
        address=note.address or address_of(connection),
        request_id=request_id_of(connection),
        details=details,
    )


def clean(text: str) -> str:
    """A text as every database can keep it, cut short: what somebody asked for may hold anything."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:MAX_CHARACTERS])


def address_of(connection: HTTPConnection | None) -> str | None:
    """Where a request or socket comes from."""
    peer = connection.client if connection is not None else None
    return None if peer is None else peer.host


def request_id_of(connection: HTTPConnection | None) -> str | None:
    """The id that lines of the logs name a request or socket by."""
    kept = connection.scope.get("headwater", {}) if connection is not None else {}
    found = kept.get("request_id")
    return None if found is None else str(found)


def network_of(connection: HTTPConnection | None) -> str | None:
    """The address, as far as it tells one host from another."""
    address = address_of(connection)
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address) or parsed.ipv4_mapped is not None:
        return address
    return str(ip_network((parsed, SAME_HOST_BITS), strict=False))


def refused_at(
    door: str, error: HeadwaterError, connection: HTTPConnection
) -> tuple[Note, HTTPConnection, Hashable]:
    """What is told where somebody unknown came with an address that is not good, or not any more."""
    return Note(door, error.code, reason=str(error)), connection, network_of(connection)
