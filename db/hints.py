"""Hints over Redis: a topic rang. Rows are the truth; a lost hint costs time, never an event."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

CHANNEL = "headwater:hints"
POLL_SECONDS = 5.0  # how late news can be when a hint is lost; one query a process, not one a listener
POLL_SECONDS_ALONE = 0.5  # the same while Redis is away
RECONNECT_SECONDS = 0.2
PUBLISH_BACKLOG = 10_000  # hints kept while Redis is slow; older ones are dropped: polling finds the rows

log = logging.getLogger(__name__)

Look = Callable[[Collection[str]], Awaitable[Mapping[str, int]]]


class Bell:
    """Rings for one listener of one topic."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Let the listener go on."""
        self._rung.set()

    async def wait(self) -> None:
        """Return when somebody rang since the last call."""
        await self._rung.wait()
        self._rung.clear()

    async def wait_for(self, seconds: float) -> None:
        """The same, or return after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.wait()


class Hints:
    """One Redis subscription a process, however many listen."""

    def __init__(self, redis: Redis, look: Look | None = None) -> None:
        """Start nothing yet.

        Args:
            redis: A client whose pool is used; one connection of it is kept for the subscription.
            look: Tells, for watched topics, a number that grows with news: the polling floor.
        """
        self._redis = redis
        self._look = look
        self._bells: defaultdict[str, set[Bell]] = defaultdict(set)
        self._outbox: asyncio.Queue[str] = asyncio.Queue(PUBLISH_BACKLOG)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._connected = False

    @property
    def listeners(self) -> int:
        """How many bells are out: a leak shows here."""
        return sum(map(len, self._bells.values()))

    async def start(self) -> None:
        """Begin to listen and to publish, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._tasks = [asyncio.create_task(self._publish_all()), asyncio.create_task(self._subscribe())]
        if self._look is not None:
            self._tasks.append(asyncio.create_task(self._poll(self._look)))

    async def close(self) -> None:
        """End all that `start` began."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def publish(self, topics: Sequence[str]) -> None:
        """Tell every process that these topics have news. Never waits; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, topics)

    def _put(self, topics: Sequence[str]) -> None:
        self._ring(topics)  # our own listeners need no way round
        for topic in topics:
            if self._outbox.full():
                self._outbox.get_nowait()
            self._outbox.put_nowait(topic)

    @contextlib.asynccontextmanager
    async def listen(self, topic: str) -> AsyncIterator[Bell]:
        """A bell for `topic`, taken down when the block ends."""
        bell = Bell()
        self._bells[topic].add(bell)
        try:
            yield bell
        finally:
            self._bells[topic].discard(bell)
            if not self._bells[topic]:
                del self._bells[topic]

    def _ring(self, topics: Collection[str]) -> None:
        for topic in topics:
            for bell in self._bells.get(topic, ()):
                bell.ring()

    async def _publish_all(self) -> None:
        while True:
            topics = {await self._outbox.get()}
            while not self._outbox.empty():
                topics.add(self._outbox.get_nowait())
            try:
                await self._redis.publish(CHANNEL, orjson.dumps(sorted(topics)))
            except (RedisError, OSError) as error:
                log.warning("hints lost", extra={"count": len(topics), "reason": str(error)})

    async def _subscribe(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    self._connected = True
                    self._ring(tuple(self._bells))  # whatever rang while nobody listened
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._ring(orjson.loads(message["data"]))
            except (
                RedisError,
                OSError,
                ValueError,
                TypeError,
            ) as error:  # the last two: it was no list of topics
                if self._connected:
                    log.warning("hints interrupted", extra={"reason": str(error)})
            self._connected = False
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _poll(self, look: Look) -> None:
        known: Mapping[str, int] = {}
        while True:
            await asyncio.sleep(POLL_SECONDS if self._connected else POLL_SECONDS_ALONE)
            if not self._bells:
                continue
            try:
                latest = await look(tuple(self._bells))
            except SQLAlchemyError:  # the floor outlives a database that is away for a moment
                log.exception("hints could not look")
                continue
            self._ring([topic for topic, news in latest.items() if known.get(topic) != news])
            known = latest
