"""Counts what is asked for: over all processes in Redis, and while that is away each process by itself."""

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar, cast

from limits.aio.storage import MemoryStorage, RedisStorage, SlidingWindowCounterSupport
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from db.models import now
from db.seats import LIFE_SECONDS, Seats
from graph.quotas import MAX_KEPT, MINUTE, Asker, Limit, LimitName, Use, Window, item_of, refusal
from jobs.errors import LimitReached

KEYS = "headwater:limits"  # what the keys of the counters begin with
ANSWER_SECONDS = 0.5  # how long a request waits for Redis before its process counts alone
ALONE_SECONDS = 5.0  # for how long it then does, before one request tries again
RENEW_SECONDS = LIFE_SECONDS / 3
FULL_SECONDS = 1.0  # for how long a limit that was reached is not looked at again
RENEWED_TOGETHER = 500  # askers whose seats are renewed in one round trip

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(slots=True)
class Seat:
    """A place for one socket among those of its address and, once it is known, its principal."""

    name: str = field(default_factory=lambda: secrets.token_hex(8))
    of: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Full:
    """What is known for a moment of a limit that was reached.

    A flood that is refused then costs no round trips; and it does not count against its address, where it would
    take what is left for others.
    """

    amount: int
    until: float
    back_at: float | None

    def refuses(self, amount: int) -> bool:
        """Whether so much still does not fit."""
        return amount == self.amount and time.monotonic() < self.until

    def wait(self) -> int | None:
        """In how many seconds it does."""
        return None if self.back_at is None else max(math.ceil(self.back_at - time.monotonic()), 1)


class Meter:
    """Counts what is asked for and refuses what is too much. One a process."""

    def __init__(
        self,
        limits: Sequence[Limit],
        redis: Any,
        *,
        note: Callable[[LimitReached, Asker], None] | None = None,
        alone_seconds: float = ALONE_SECONDS,
    ) -> None:
        """Ask nothing yet.

        Args:
            limits: What is kept to.
            redis: A client of its own: what counts must not wait for what queues.
            note: Told of a limit that was reached, once a window of each.
            alone_seconds: For how long this process counts by itself before it looks for Redis again.
        """
        pool = redis.connection_pool
        self.limits, self._note = limits, note
        self._named: dict[LimitName, list[Limit]] = {}
        for limit in limits:
            self._named.setdefault(limit.name, []).append(limit)
        shared = RedisStorage(
            "async+redis://",  # only its form matters: connections are those of the pool
            implementation="redispy",
            wrap_exceptions=True,
            key_prefix=KEYS,
            connection_pool=pool,
        )
        self._memory = MemoryStorage()
        self._shared, self._alone = map(SlidingWindowCounterRateLimiter, (shared, self._memory))
        self._seats = Seats(redis)
        self._seated: dict[str, set[str]] = {}
        self._alone_until, self._alone_seconds = 0.0, alone_seconds
        self._owed: dict[tuple[LimitName, Asker], int] = {}
        self._full: dict[tuple[Limit, str], Full] = {}
        self._told: dict[str, float] = {}
        self._renewal: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to renew the seats of this process, in the running event loop."""
        self._renewal = asyncio.create_task(self._renew())

    async def close(self) -> None:
        """End what `start` began."""
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    async def take(self, name: LimitName, asker: Asker, amount: int = 1) -> None:
        """Count so much more of something.

        Raises:
            LimitReached: It is too much.
        """
        counted = list(self._counted(name, asker))
        if not counted:
            return
        owed, grain = self._owed.pop((name, asker), 0), min(limit.grain for limit, _ in counted)
        if owed + amount < grain:
            self._owe(name, asker, owed + amount)
            return
        try:
            await self._settle(counted, asker, owed + amount)
        except LimitReached:
            self._owe(name, asker, owed)
            raise

    def _owe(self, name: LimitName, asker: Asker, amount: int) -> None:
        """Keep a little for later: what is asked for then is counted with it, in one round trip."""
        if len(self._owed) >= MAX_KEPT:
            self._owed.clear()
        self._owed[name, asker] = self._owed.get((name, asker), 0) + amount

    async def _settle(self, counted: Sequence[tuple[Limit, str]], asker: Asker, amount: int) -> None:
        for limit, key in counted:
            full = self._full.get((limit, key))
            if full is not None and full.refuses(amount):
                raise refusal(limit, full.wait())
        fits = await self._ask(partial(_hit, counted=counted, amount=amount))
        for (limit, key), fitted in zip(counted, fits, strict=True):
            if not fitted:
                window = await self._ask(partial(_window, limit=limit, key=key))
                raise self._refusal(limit, key, asker, self._filled(limit, key, amount, window))

    async def sit(self, seat: Seat, asker: Asker) -> None:
        """Take the places of a socket that it has not yet.

        Raises:
            LimitReached: There are too many sockets.
        """
        for limit, key in self._counted(LimitName.SOCKETS, asker):
            if key in seat.of:
                continue
            ours = self._seated.setdefault(key, set())
            if len(ours) >= limit.most:
                raise self._refusal(limit, key, asker, None)
            ours.add(seat.name)  # before anything is awaited, so that those of this process are counted right
            seat.of.append(key)
            if not await self._ask_seats(partial(self._seats.take, key, seat.name, limit.most), alone=True):
                self._stand_up(seat, key)
                raise self._refusal(limit, key, asker, None)

    async def leave(self, seat: Seat) -> None:
        """Give the places of a socket back."""
        for key in tuple(seat.of):
            self._stand_up(seat, key)
            await self._ask_seats(partial(self._seats.give_back, key, seat.name), alone=None)

    async def uses(self, asker: Asker) -> list[Use]:
        """How much of each limit somebody has used."""
        found = []
        for limit in self.limits:
            key = asker.key(limit.scope)
            if key is None:
                continue
            if limit.seconds is None:
                ours = len(self._seated.get(key, ()))
                found.append(Use(limit, await self._ask_seats(partial(self._seats.count, key), alone=ours)))
                continue
            window = await self._ask(partial(_window, limit=limit, key=key))
            used = window.used(limit.seconds) + self._owed.get((limit.name, asker), 0)
            left = (window.now_left if window.now else window.before_left) or limit.seconds
            found.append(Use(limit, used, now() + timedelta(seconds=left) if used else None))
        return found

    def _counted(self, name: LimitName, asker: Asker) -> Iterator[tuple[Limit, str]]:
        for limit in self._named.get(name, ()):
            key = asker.key(limit.scope)
            if key is not None:
                yield limit, key

    def _filled(self, limit: Limit, key: str, amount: int, window: Window) -> int | None:
        """In how many seconds so much fits; notes that for a moment it does not."""
        wait, moment = window.wait(limit, amount), time.monotonic()
        if len(self._full) >= MAX_KEPT:
            self._full.clear()
        back_at = None if wait is None else moment + wait
        self._full[limit, key] = Full(amount, moment + FULL_SECONDS, back_at)
        return wait

    def _stand_up(self, seat: Seat, key: str) -> None:
        seat.of.remove(key)
        ours = self._seated.get(key, set())
        ours.discard(seat.name)
        if not ours:
            self._seated.pop(key, None)

    def _refusal(self, limit: Limit, key: str, asker: Asker, wait: int | None) -> LimitReached:
        """The refusal, of which the log tells once a window: a flood must not become one of lines."""
        moment, told, refused = time.monotonic(), f"{limit.name}:{key}", refusal(limit, wait)
        if moment >= self._told.get(told, 0.0):
            if len(self._told) >= MAX_KEPT:
                self._told.clear()
            self._told[told] = moment + (limit.seconds or MINUTE)
            about = {"limit": limit.name.value, "scope": limit.scope.value, "most": limit.most}
            log.warning(
                "limit reached", extra={**about, "principal": asker.principal, "address": asker.address}
            )
            if self._note is not None:
                self._note(refused, asker)
        return refused

    async def _ask(self, work: Callable[[SlidingWindowCounterRateLimiter], Awaitable[T]]) -> T:
        """What the counters say: the shared ones, or our own while those are away."""
        if self._may_ask():
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    found = await work(self._shared)
            except (StorageError, OSError) as error:
                self._go_alone(error)
            else:
                self._come_back()
                return found
        if len(self._memory.expirations) >= MAX_KEPT:
            await self._memory.reset()
        return await work(self._alone)

    async def _ask_seats(self, work: Callable[[], Awaitable[T]], *, alone: T) -> T:
        """The same for seats, which we know our own of."""
        if self._may_ask():
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    found = await work()
            except OSError as error:
                self._go_alone(error)
            else:
                self._come_back()
                return found
        return alone

    def _may_ask(self) -> bool:
        """Whether Redis is to be asked; while it is away, one request in a while finds out."""
        if not self._alone_until:
            return True
        if time.monotonic() < self._alone_until:
            return False
        self._alone_until = time.monotonic() + self._alone_seconds
        return True

    def _go_alone(self, error: Exception) -> None:
        if not self._alone_until:
            log.warning("limits counted alone", extra={"reason": str(error) or type(error).__name__})
        self._alone_until = time.monotonic() + self._alone_seconds

    def _come_back(self) -> None:
        if self._alone_until:
            self._alone_until = 0.0
            log.info("limits counted together again")

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self.renew()

    async def renew(self) -> None:
        """Keep the seats that sockets of this process have."""
        keys = list(self._seated)
        for at in range(0, len(keys), RENEWED_TOGETHER):
            some = keys[at : at + RENEWED_TOGETHER]
            taken = {key: tuple(self._seated.get(key, ())) for key in some}
            await self._ask_seats(partial(self._seats.renew, taken), alone=None)


async def _hit(
    limiter: SlidingWindowCounterRateLimiter, *, counted: Sequence[tuple[Limit, str]], amount: int
) -> list[bool]:
    """Count for each limit, together: that takes one round trip, and no more of one process."""
    return await asyncio.gather(*(limiter.hit(item_of(limit), key, cost=amount) for limit, key in counted))


async def _window(limiter: SlidingWindowCounterRateLimiter, *, limit: Limit, key: str) -> Window:
    item = item_of(limit)
    storage = cast("SlidingWindowCounterSupport", limiter.storage)
    return Window(*await storage.get_sliding_window(item.key_for(key), item.get_expiry()))
