"""The change feed of a run. Rows are the truth; a hint only says that there are new ones."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from db.feeds import TOLD_OF_RUNS, newest_rows, tell_of_run
from db.hints import Hints
from db.models import EventName, Run, RunEvent, now
from db.session import Session
from db.statements import INSERT_EVENT, execute
from db.store import Store, hint

PAGE = 500  # events read at once while replaying
GONE = -1  # in place of the number of the newest event
MAX_SEQ = (1 << 31) - 1  # what the column holds


def topic_of(run_pk: UUID) -> str:
    """What rings when a run has an event."""
    return f"run:{run_pk.hex}"


def record_event(
    session: Session,
    run_pk: UUID,
    seq: int,
    *,
    name: EventName,
    attempt: int,
    data: dict[str, Any] | None,
) -> None:
    """Write an event whose number was already counted up on the run's row in this transaction.

    The counter lives on that row, so its lock orders writers and numbers have no gaps. What matters to those
    who follow all runs of a workspace is told in their feed too.
    """
    moment = now()
    row = {"run_pk": run_pk, "seq": seq, "name": name, "attempt": attempt, "data": data or {}, "at": moment}
    execute(session, INSERT_EVENT, row)
    hint(session, topic_of(run_pk))
    if name in TOLD_OF_RUNS:
        tell_of_run(session, run_pk, name, moment)


def events_after(session: Session, run_pk: UUID, seq: int, limit: int = PAGE) -> Sequence[RunEvent]:
    """The next events of a run, in order."""
    newer = select(RunEvent).where(RunEvent.run_pk == run_pk, RunEvent.seq > seq)
    return session.scalars(newer.order_by(col(RunEvent.seq)).limit(limit)).all()


def events_of_runs(
    session: Session, pages: Collection[tuple[UUID, int, int]]
) -> Mapping[tuple[UUID, int, int], Sequence[RunEvent]]:
    """What `events_after` gives for each (run, number, limit): a statement for all that ask for the same part.

    Numbers have no gaps, so the next events of a run are those of the next numbers.
    """
    found: dict[tuple[UUID, int, int], list[RunEvent]] = {page: [] for page in pages}
    runs: defaultdict[tuple[int, int], list[UUID]] = defaultdict(list)
    for run_pk, seq, limit in found:
        runs[seq, limit].append(run_pk)
    for (seq, limit), pks in runs.items():
        last = min(seq + limit, MAX_SEQ)
        part = select(RunEvent).where(col(RunEvent.run_pk).in_(pks), RunEvent.seq > seq, RunEvent.seq <= last)
        for event in session.scalars(part.order_by(col(RunEvent.run_pk), col(RunEvent.seq))):
            found[event.run_pk, seq, limit].append(event)
    return found


def newest_events(session: Session, topics: Collection[str]) -> dict[str, int]:
    """The number of the newest event for each topic that names a run or a feed: what polling compares.

    For a run that is gone it is `GONE`, so that the news of its end arrives too.
    """
    pks = [UUID(topic.removeprefix("run:")) for topic in topics if topic.startswith("run:")]
    rows = session.execute(select(Run.pk, Run.last_seq).where(col(Run.pk).in_(pks)))
    of_runs = {topic_of(pk): GONE for pk in pks} | {topic_of(pk): seq for pk, seq in rows}
    return of_runs | newest_rows(session, topics)


async def follow_run(store: Store, hints: Hints, run_pk: UUID, after: int) -> AsyncIterator[RunEvent]:
    """Yield every event numbered above `after`, in order, until the run ends.

    Listens before the first read: an event written between the two is then either already in the rows or
    about to be hinted, never neither. Holds no database connection while it waits. A run that is deleted
    while it is watched ends the feed.
    """
    async with hints.listen(topic_of(run_pk)) as bell:
        while True:
            events, alive = await store.read(partial(_page, run_pk=run_pk, after=after))
            for event in events:
                yield event
                after = event.seq
            if not alive and len(events) < PAGE:
                return
            if not events:
                await bell.wait()


def _page(session: Session, run_pk: UUID, after: int) -> tuple[Sequence[RunEvent], bool]:
    """The next events, and whether more may come: both seen in one state of the database."""
    finished_at = session.execute(select(Run.finished_at).where(Run.pk == run_pk)).one_or_none()
    alive = finished_at is not None and finished_at[0] is None
    return events_after(session, run_pk, after), alive
