"""Child processes that outlive a test: starting one takes a second, and no test changes what it is."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TypeVar

from jobs.children import ChildLimits, Children

LIMITS = ChildLimits(size=2, idle=2, memory_bytes=1 << 30, timeout_seconds=60)

V = TypeVar("V")


class WarmChildren(Children):
    """Real children on an event loop of their own: that of a test ends with it.

    A child that met a limit, was stopped or died is replaced, as it is in a service.
    """

    def __init__(self, limits: ChildLimits = LIMITS) -> None:
        super().__init__(limits)
        self._loop = asyncio.new_event_loop()
        # Children die with the thread that starts them, so it is one that lives as long as they may.
        self._thread = Thread(target=self._loop.run_forever, name="warm-children", daemon=True)
        self._thread.start()

    async def call(self, work: Callable[..., V], *args: object, timeout_seconds: float | None = None) -> V:
        calling = super().call(work, *args, timeout_seconds=timeout_seconds)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(calling, self._loop))

    async def close(self) -> None:
        """Nothing: whoever opened them ends them, and a test that is over has no call in progress."""

    def end(self) -> None:
        """Kill every child, and wait until all are gone."""
        asyncio.run_coroutine_threadsafe(super().close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def warm_children() -> Iterator[WarmChildren]:
    children = WarmChildren()
    try:
        yield children
    finally:
        children.end()
