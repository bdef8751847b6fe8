"""Forgetting runs that ended long ago. What they wrote into the graph is their sources', and stays."""

from datetime import timedelta

from sqlalchemy import delete, tuple_
from sqlmodel import col, select

from db.events import topic_of
from db.models import Run, RunEvent
from db.session import Session, clock
from db.store import hint

RUNS, EVENTS = 20, 500  # that go in one transaction: some 20 ms


def forget_runs(session: Session, kept_for: timedelta) -> bool:
    """Delete some runs that ended longer ago than they are kept; True if there may be more.

    Their artifacts go by the sweep, unless others refer to them.
    """
    old = select(Run.pk).where(col(Run.finished_at) < clock(session) - kept_for)
    some = session.scalars(old.order_by(col(Run.finished_at)).limit(RUNS)).all()
    if not some:
        return False
    key = (col(RunEvent.run_pk), col(RunEvent.seq))
    events = select(*key).where(col(RunEvent.run_pk).in_(some)).limit(EVENTS)
    gone = session.execute(
        delete(RunEvent)
        .where(tuple_(*key).in_(events))
        .returning(col(RunEvent.seq))
        .execution_options(synchronize_session=False)
    )
    if len(gone.all()) == EVENTS:  # a run may have thousands: they go first, a few at a time
        return True
    session.execute(delete(Run).where(col(Run.pk).in_(some)).execution_options(synchronize_session=False))
    for pk in some:
        hint(session, topic_of(pk))
    return len(some) == RUNS
