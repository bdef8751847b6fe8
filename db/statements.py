"""The statements that every run passes through, built once.

Building a statement costs SQLAlchemy several times what running it costs SQLite; a run needs a dozen of them.
They are over tables, not classes, and run by `execute`, beside the session's own bookkeeping.
"""

from typing import Any

from sqlalchemy import (
    CursorResult,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable
from sqlmodel import SQLModel

from db.models import RunStatus
from db.session import Session

RUNS = SQLModel.metadata.tables["runs"]
RUN_INPUTS = SQLModel.metadata.tables["run_inputs"]
RUN_EVENTS = SQLModel.metadata.tables["run_events"]
WORKSPACES = SQLModel.metadata.tables["workspaces"]

THIS_RUN = RUNS.c.pk == bindparam("b_pk")
UNFINISHED = RUNS.c.finished_at.is_(None)
IS_QUEUED = RUNS.c.status == RunStatus.QUEUED.value
IS_RUNNING = RUNS.c.status == RunStatus.RUNNING.value
MINE = and_(RUNS.c.attempt == bindparam("b_attempt"), IS_RUNNING)


def execute(session: Session, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
    """Run one of these in the session's transaction."""
    return session.connection().execute(statement, values)


# Holds the workspace as db.clearing.hold_workspace does: it must not begin to be cleared meanwhile.
PLACE = (
    select(WORKSPACES.c.clearing_since, select(func.count()).where(UNFINISHED).scalar_subquery())
    .where(WORKSPACES.c.name == bindparam("b_workspace"), WORKSPACES.c.deleted_at.is_(None))
    .with_for_update(read=True, key_share=True, of=WORKSPACES)
)

INSERT_RUN = {
    "sqlite": sqlite.insert(RUNS).on_conflict_do_nothing().returning(RUNS.c.pk),
    "postgresql": postgresql.insert(RUNS).on_conflict_do_nothing().returning(RUNS.c.pk),
}
INSERT_INPUT = insert(RUN_INPUTS)
INSERT_EVENT = insert(RUN_EVENTS)

PARAMS = select(RUN_INPUTS.c.params).where(RUN_INPUTS.c.run_pk == bindparam("b_pk"))

CLAIM = (
    update(RUNS)
    .where(THIS_RUN, IS_QUEUED, RUNS.c.admitted_at.is_not(None), RUNS.c.stop_requested_at.is_(None))
    .values(
        status=RunStatus.RUNNING.value,
        attempt=RUNS.c.attempt + 1,
        last_seq=RUNS.c.last_seq + 1,
        worker=bindparam("b_worker"),
        lease_until=bindparam("b_lease_until"),
        started_at=func.coalesce(RUNS.c.started_at, bindparam("b_moment", type_=RUNS.c.started_at.type)),
    )
    .returning(*RUNS.c)
)

_ENDED = {
    "status": bindparam("b_status"),
    "finished_at": bindparam("b_moment"),
    "lease_until": None,
    "worker": None,
    "admitted_at": None,
    "last_seq": RUNS.c.last_seq + 1,
    "progress": case((bindparam("b_whole"), 100.0), else_=RUNS.c.progress),
    "result": bindparam("b_result"),
    "error": bindparam("b_error"),
}
_FINISH = update(RUNS).values(**_ENDED).returning(RUNS.c.last_seq, RUNS.c.attempt)
FINISH_MINE = _FINISH.where(THIS_RUN, MINE)
FINISH_ASKED = FINISH_MINE.where(RUNS.c.stop_requested_at.is_not(None))
FINISH_QUEUED = _FINISH.where(THIS_RUN, IS_QUEUED)

SAY = (
    update(RUNS)
    .where(THIS_RUN, MINE)
    .values(
        last_seq=RUNS.c.last_seq + 1,
        lease_until=bindparam("b_lease_until"),
        progress=case(
            (RUNS.c.progress < bindparam("b_percent"), bindparam("b_percent")), else_=RUNS.c.progress
        ),
        stage=func.coalesce(bindparam("b_stage", type_=RUNS.c.stage.type), RUNS.c.stage),
    )
    .returning(RUNS.c.last_seq, RUNS.c.stop_requested_at, RUNS.c.progress)
)

HELD = select(func.coalesce(func.sum(RUNS.c.slots), 0), func.count()).where(
    UNFINISHED, or_(IS_RUNNING, RUNS.c.admitted_at.is_not(None))
)
WAITING = (
    select(RUNS.c.pk, RUNS.c.attempt, RUNS.c.slots)
    .where(
        UNFINISHED,
        IS_QUEUED,
        RUNS.c.admitted_at.is_(None),
        or_(RUNS.c.not_before.is_(None), RUNS.c.not_before <= bindparam("b_moment")),
    )
    .order_by(RUNS.c.rank, RUNS.c.pk)
    .limit(bindparam("b_limit"))
    # A run that somebody is just stopping is left out: to wait for its row could be to wait for each other.
    .with_for_update(skip_locked=True, key_share=True)
)
ADMIT = update(RUNS).where(THIS_RUN).values(admitted_at=bindparam("b_moment"))
"""Executed with a list of values: one for each run."""
