"""Whether the service is well: what it needs, and what is wrong with it."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from db import migrate
from jobs.submit import Desk

CHECK_SECONDS = 2.0
STARTED = time.monotonic()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the service needs; `problem` is empty if it is there."""

    name: str
    problem: str


async def check_all(desk: Desk) -> Sequence[Check]:
    """Look at everything the service needs, all at once, for two seconds at most."""
    of_database, of_redis = await asyncio.gather(_database(desk), _redis(desk))
    return (*of_database, of_redis)


async def _database(desk: Desk) -> Sequence[Check]:
    current = await desk.store.schema_version(CHECK_SECONDS)
    if current is None:
        return Check("database", "does not answer"), Check("migrations", "unknown")
    wanted = migrate.newest_version()
    missing = f"at {current or 'nothing'}, not {wanted}: run `headwater migrate`"
    return Check("database", ""), Check("migrations", missing if current != wanted else "")


async def _redis(desk: Desk) -> Check:
    return Check("redis", "" if await desk.queue.answers() else "does not answer")


def status_of(checks: Sequence[Check]) -> str:
    """`ok`; `degraded` without Redis, when runs wait but nothing is lost; `down` without the database."""
    failing = {check.name for check in checks if check.problem}
    if failing <= {"redis"}:
        return "degraded" if failing else "ok"
    return "down"


def uptime_seconds() -> float:
    return round(time.monotonic() - STARTED, 1)
