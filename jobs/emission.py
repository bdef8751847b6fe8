"""Tell an OpenLineage receiver of runs, where an operator says so: when one starts, and when it ends.

Rows are the truth: a run is told when a row says so, which is written after the receiver has it. So nothing is
lost by a kill, and what was under way then is told twice, word for word. While the receiver is away, all waits.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

import orjson

from db.emissions import (
    Facts,
    Note,
    Plan,
    Told,
    Written,
    back_off,
    begin_telling,
    end_round,
    facts_of,
    note_told,
    plan,
    take_turn,
    written_by,
)
from db.models import RunStatus
from db.session import Session
from jobs.bench import Bench
from jobs.engines.openlineage.runs import Account, Ending, end_of, start_of
from jobs.engines.openlineage.write import Dataset
from jobs.posting import LONGEST_WAIT_SECONDS, Answer, Post, Verdict, open_post
from jobs.settings import EmissionSettings

PAGE = 100  # ended runs that are looked for at once
MOST_ASSETS = 100  # that one event tells as outputs
MOST_INFLOWS = 10_000  # that it tells with them
LEASE_SECONDS = 10.0  # beyond the longest time that sending takes: how long a dead worker keeps the turn
MOST_SQL = 100_000  # characters of a statement that it tells
FIRST_WAIT_SECONDS = 1.0  # after a failure; doubled after each in a row
ENDINGS: Mapping[str, Ending] = MappingProxyType(
    {
        RunStatus.COMPLETED: Ending.COMPLETE,
        RunStatus.COMPLETED_WITH_GAPS: Ending.COMPLETE,
        RunStatus.FAILED: Ending.FAIL,
        RunStatus.STOPPED: Ending.ABORT,
    }
)
VERSION = version("headwater")

log = logging.getLogger(__name__)


async def emit(bench: Bench) -> None:
    """Tell what is to be told, one thing after the other, until there is no more or the receiver is away."""
    settings = bench.emission
    if settings.url is None:
        return
    found = await _look(bench)
    if found is None or (not found.notes and not found.whole):
        return
    if not await bench.store.write(partial(take_turn, worker=bench.worker, lease=_lease(settings))):
        return
    found = await _look(bench)  # again: another worker may have told some of it before the turn was ours
    bearer = settings.api_key.get_secret_value() if settings.api_key else None
    async with open_post(settings.url, bearer, settings.timeout_seconds) as post:
        while found is not None and await _tell_all(bench, post, found) and not found.last:
            found = await _look(bench)


async def _look(bench: Bench) -> Plan | None:
    backlog = timedelta(hours=bench.emission.backlog_hours)
    look = partial(plan, worker=bench.worker, backlog=backlog, limit=PAGE)
    found: Plan | None = await bench.store.read(look)
    if found is not None and not found.notes and not found.last:  # there has never been a turn
        await bench.store.write(begin_telling)
    return found


async def _tell_all(bench: Bench, post: Post, found: Plan) -> bool:
    """Tell what a plan holds; False if that ended early."""
    failures = found.failures
    for note in found.notes:
        answer = await tell(bench, post, note)
        if answer.verdict is Verdict.LATER:
            wait = max(answer.wait_seconds, FIRST_WAIT_SECONDS * 2 ** min(failures, 16))
            wait = min(wait, LONGEST_WAIT_SECONDS)
            log.warning("receiver away", extra={"reason": answer.reason, "wait_seconds": wait})
            await bench.store.write(partial(back_off, worker=bench.worker, wait=timedelta(seconds=wait)))
            return False
        if answer.verdict is Verdict.REFUSED:
            log.warning("event given up", extra={"reason": answer.reason, "run": str(note.run_pk)})
        told = partial(note_told, worker=bench.worker, note=note, lease=_lease(bench.emission))
        if not await bench.store.write(told):
            return False
        failures = 0
    if found.last:
        await bench.store.write(partial(end_round, worker=bench.worker, done=found))
    return True


async def tell(bench: Bench, post: Post, note: Note) -> Answer:
    """Send one event."""
    facts: Facts | None = await bench.store.read(partial(facts_of, run_pk=note.run_pk))
    if facts is None or facts.drains:
        # Two services that told each other of having read what the other one sent would never end.
        return Answer(Verdict.TAKEN, "nothing to be told")
    written = Written((), 0)
    if note.what is Told.END:
        written = await bench.store.read(partial(_written, note=note, facts=facts))
    try:
        body = await asyncio.to_thread(event_body, bench.emission, note, facts, written)
    except orjson.JSONEncodeError as error:  # half a character in what a client sent
        return Answer(Verdict.REFUSED, str(error))
    return await post.send(body)


def _written(session: Session, note: Note, facts: Facts) -> Written:
    return written_by(session, note.run_pk, facts.workspace, most_assets=MOST_ASSETS, most_inflows=MOST_INFLOWS)


def event_body(settings: EmissionSettings, note: Note, facts: Facts, written: Written) -> bytes:
    """What is sent, in bytes: the same each time that it is sent."""
    account = Account(
        run_id=str(note.run_pk),
        namespace=settings.namespace,
        workspace=facts.workspace,
        kind=facts.kind,
        name=facts.run_id,
        submitted_at=facts.submitted_at,
        version=VERSION,
        about=facts.source or "",
        retry_of=facts.retry_of,
    )
    if settings.sql and facts.sql is not None and len(facts.sql) <= MOST_SQL:
        account = replace(account, sql=facts.sql)
    event: dict[str, Any]
    if note.what is Told.START:
        event = start_of(account, note.at)
    else:
        event = end_of(
            account,
            note.at,
            ENDINGS[facts.status],
            error=_words(facts.error),
            outputs=[Dataset(*each) for each in written.portraits],
            left_out=written.left_out,
        )
    return orjson.dumps(event)


def _words(error: Mapping[str, Any] | None) -> str | None:
    return None if error is None else f"{error['code']}: {error['message']}"


def _lease(settings: EmissionSettings) -> timedelta:
    return timedelta(seconds=settings.timeout_seconds + LEASE_SECONDS)
