"""What is going on in the whole service: the queue, what runs, and what lately ended. Nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_
from sqlmodel import col, select

from db.models import Run, RunStatus
from db.session import Session, clock

LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Queued runs of one kind and priority; `since` is when the first of them was submitted."""

    kind: str
    priority: int
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """Runs of one kind that workers have in hand, and the slots that they hold."""

    kind: str
    count: int
    slots: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The service at one moment, over all workspaces.

    `slots_held` are of running runs and of those that were admitted and that no worker has begun yet.
    """

    slots_held: int
    runs_held: int
    queue: Sequence[Waiting]
    running: Sequence[Running]
    ended: Mapping[RunStatus, int]
    ended_since: datetime


def standing(session: Session) -> Standing:
    """Count runs. Cost: three passes over the unfinished ones, and one over those that ended in a day."""
    unfinished = col(Run.finished_at).is_(None)
    running, queued = (col(Run.status) == each for each in (RunStatus.RUNNING, RunStatus.QUEUED))
    slots = func.coalesce(func.sum(Run.slots), 0)
    held = select(slots, func.count()).where(unfinished, or_(running, col(Run.admitted_at).is_not(None)))
    waiting = (
        select(Run.kind, Run.priority, func.count(), func.min(Run.submitted_at))
        .where(unfinished, queued)
        .group_by(col(Run.kind), col(Run.priority))
        .order_by(col(Run.priority), col(Run.kind))
    )
    at_work = (
        select(Run.kind, func.count(), slots)
        .where(unfinished, running)
        .group_by(col(Run.kind))
        .order_by(col(Run.kind))
    )
    since = clock(session) - LATELY
    ended = select(Run.status, func.count()).where(col(Run.finished_at) >= since).group_by(col(Run.status))
    slots_held, runs_held = session.execute(held).one()
    return Standing(
        slots_held=int(slots_held),
        runs_held=int(runs_held),
        queue=[Waiting(*row) for row in session.execute(waiting)],
        running=[Running(kind, count, int(taken)) for kind, count, taken in session.execute(at_work)],
        ended={RunStatus(status): count for status, count in session.execute(ended)},
        ended_since=since,
    )
