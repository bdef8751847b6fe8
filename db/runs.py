"""The SQL about the life of a run. Callers own the transaction; nothing here commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Update, and_, delete, func, insert, or_, update
from sqlmodel import col, select

from db import statements
from db.capacity import Capacity
from db.events import record_event, topic_of
from db.models import TERMINAL, EventName, Run, RunLabel, RunStatus
from db.session import Session, clock
from db.statements import execute
from db.store import hint

PRIORITIES = range(1, 6)  # 1 first
PRIORITY_STEP = timedelta(minutes=5)  # what one priority is worth in waiting time
ADMISSION_LOCK = 0x48454144  # one admission at a time; SQLite's single writer needs no lock


def rank_of(submitted_at: datetime, priority: int) -> datetime:
    """Where a queued run stands; the earliest starts first. It is overtaken for 20 minutes at most."""
    return submitted_at - (PRIORITIES[-1] - priority) * PRIORITY_STEP


def insert_run(session: Session, run: Run, params: dict[str, Any], labels: Collection[str]) -> bool:
    """Write a new run with its first event, or return False if its id or idempotency key is taken.

    One statement decides: of parallel requests with one id, exactly one gets True.
    """
    run.last_seq = 1
    insert_run_once = statements.INSERT_RUN[session.get_bind().dialect.name]
    values = {name: getattr(run, name) for name in statements.RUNS.c.keys()}  # noqa: SIM118 - not a dict
    if execute(session, insert_run_once, values).one_or_none() is None:
        return False
    execute(session, statements.INSERT_INPUT, {"run_pk": run.pk, "params": params})
    if labels:
        session.execute(insert(RunLabel), [{"run_pk": run.pk, "label": label} for label in sorted(set(labels))])
    record_event(session, run.pk, 1, name=EventName.ACCEPTED, attempt=0, data={"kind": run.kind})
    return True


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run would come: whether it is being cleared, and how many runs are unfinished in all."""

    being_cleared: bool
    unfinished: int


def place_for_run(session: Session, workspace: str) -> Place | None:
    """Where a run would come, None if there is no such workspace: one statement, which holds the workspace."""
    found = execute(session, statements.PLACE, {"b_workspace": workspace}).one_or_none()
    return None if found is None else Place(found[0] is not None, int(found[1]))


def unfinished_runs(session: Session, created_by: str) -> int:
    """How many runs of a principal are queued or running."""
    mine = (Run.created_by == created_by, col(Run.finished_at).is_(None))
    return int(session.execute(select(func.count()).select_from(Run).where(*mine)).scalar_one())


def find_run(session: Session, workspace: str, run_id: str) -> Run | None:
    """A run by its id in its workspace."""
    return session.scalars(select(Run).where(Run.workspace == workspace, Run.run_id == run_id)).one_or_none()


def find_run_by_key(session: Session, workspace: str, idempotency_key: str) -> Run | None:
    """A run by the idempotency key it was submitted with."""
    wanted = (Run.workspace == workspace, Run.idempotency_key == idempotency_key)
    return session.scalars(select(Run).where(*wanted)).one_or_none()


def params_of(session: Session, pk: UUID) -> dict[str, Any]:
    """What a run was submitted with, as it is stored."""
    params: dict[str, Any] = execute(session, statements.PARAMS, {"b_pk": pk}).scalar_one()
    return params


def claim_run(session: Session, pk: UUID, worker: str, lease: timedelta) -> Run | None:
    """Take an admitted run for this worker and say STARTED, or return None if there is nothing to take.

    One statement decides, so two workers cannot both win: there is no moment between looking and taking.
    """
    moment = clock(session)
    values = {"b_pk": pk, "b_worker": worker, "b_lease_until": moment + lease, "b_moment": moment}
    claimed = execute(session, statements.CLAIM, values).mappings().one_or_none()
    if claimed is None:
        return None
    run = Run(**claimed)
    data = {"worker": worker}
    record_event(session, pk, run.last_seq, name=EventName.STARTED, attempt=run.attempt, data=data)
    return run


@dataclass(frozen=True, slots=True)
class Held:
    """What a heartbeat found: the runs this worker still owns, and which of them should stop."""

    attempts: Mapping[UUID, int]
    to_stop: frozenset[UUID]


def renew_leases(session: Session, worker: str, pks: Collection[UUID], lease: timedelta) -> Held:
    """Renew the leases of those runs that a worker still has, in one statement."""
    renewed = session.execute(
        update(Run)
        .where(col(Run.pk).in_(pks), col(Run.worker) == worker, col(Run.status) == RunStatus.RUNNING)
        .values(lease_until=clock(session) + lease)
        .returning(col(Run.pk), col(Run.attempt), col(Run.stop_requested_at))
        .execution_options(synchronize_session=False)
    ).all()
    return Held({pk: attempt for pk, attempt, _ in renewed}, frozenset(pk for pk, _, stop in renewed if stop))


@dataclass(frozen=True, slots=True)
class Said:
    """The number of an event that was written, and whether somebody asked its run to stop."""

    seq: int
    stop_requested: bool


def say_of_attempt(
    session: Session,
    *,
    pk: UUID,
    attempt: int,
    name: EventName,
    data: dict[str, Any],
    percent: float | None,
    lease: timedelta,
) -> Said | None:
    """Write an event of a running attempt and renew its lease; None if it no longer owns the run."""
    values = {
        "b_pk": pk,
        "b_attempt": attempt,
        "b_lease_until": clock(session) + lease,
        "b_percent": 0.0 if percent is None else percent,
        "b_stage": data["stage"] if name == EventName.STAGE_STARTED else None,
    }
    said = execute(session, statements.SAY, values).one_or_none()
    if said is None:
        return None
    if "percent" in data:
        data = {**data, "percent": said.progress}  # an earlier attempt may have been further
    record_event(session, pk, said.last_seq, name=name, attempt=attempt, data=data)
    return Said(said.last_seq, said.stop_requested_at is not None)


def owns_run(session: Session, pk: UUID, attempt: int) -> bool:
    """Whether this attempt still owns the run; holds the row against others until the transaction ends."""
    mine = select(Run.pk).where(Run.pk == pk, Run.attempt == attempt, Run.status == RunStatus.RUNNING)
    return session.execute(mine.with_for_update()).one_or_none() is not None


def finish_run(
    session: Session,
    pk: UUID,
    attempt: int,
    status: RunStatus,
    *,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
) -> bool:
    """Give a running run its terminal status and say FINISHED; False if this attempt no longer owns it."""
    if status not in TERMINAL:
        raise ValueError(f"{status} does not end a run")
    values = {"b_pk": pk, "b_attempt": attempt, "b_result": result, "b_error": error}
    return _finish(session, statements.FINISH_MINE, status, values)


def stop_queued_run(session: Session, pk: UUID) -> bool:
    """Stop a run that no worker has; False if it is not queued."""
    values = {"b_pk": pk, "b_result": None, "b_error": None}
    return _finish(session, statements.FINISH_QUEUED, RunStatus.STOPPED, values)


def _finish(session: Session, statement: Update, status: RunStatus, values: dict[str, Any]) -> bool:
    whole = status in {RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_GAPS}
    values |= {"b_status": status.value, "b_moment": clock(session), "b_whole": whole}
    finished = execute(session, statement, values).one_or_none()
    if finished is None:
        return False
    data: dict[str, Any] = {"status": status.value}
    if values["b_error"]:
        data["error"] = values["b_error"]
    record_event(
        session,
        values["b_pk"],
        finished.last_seq,
        name=EventName.FINISHED,
        attempt=finished.attempt,
        data=data,
    )
    return True


def requeue_run(
    session: Session, pk: UUID, attempt: int, reason: str, *, faulty: bool, wait: timedelta = timedelta()
) -> bool:
    """Put a running run back into the queue, giving up its slots; False if this attempt no longer owns it.

    A run that was asked to stop is stopped instead: nobody would ever take it from the queue.

    Args:
        session: Of the caller's transaction.
        pk: The run.
        attempt: The attempt that gives it up or was lost.
        reason: Told in the REQUEUED event.
        faulty: Whether this counts against the number of tries; a worker's shut-down does not.
        wait: How long the run backs off before it may be admitted again.
    """
    moment = clock(session)
    mine = (col(Run.attempt) == attempt, col(Run.status) == RunStatus.RUNNING)
    requeued = session.execute(
        update(Run)
        .where(col(Run.pk) == pk, *mine, col(Run.stop_requested_at).is_(None))
        .values(
            status=RunStatus.QUEUED,
            lease_until=None,
            worker=None,
            admitted_at=None,
            not_before=moment + wait if wait else None,
            faults=Run.faults + int(faulty),
            last_seq=Run.last_seq + 1,
        )
        .returning(col(Run.last_seq))
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if requeued is None:
        values = {"b_pk": pk, "b_attempt": attempt, "b_result": None, "b_error": None}
        return _finish(session, statements.FINISH_ASKED, RunStatus.STOPPED, values)
    data = {"reason": reason, "wait_seconds": wait.total_seconds()}
    record_event(session, pk, requeued.last_seq, name=EventName.REQUEUED, attempt=attempt, data=data)
    return True


def hold_run(session: Session, pk: UUID) -> None:
    """Keep others from changing a run until this transaction ends."""
    session.execute(select(Run.pk).where(Run.pk == pk).with_for_update(key_share=True))


def is_stop_requested(session: Session, pk: UUID) -> bool:
    """Whether somebody asked the run to stop."""
    asked = select(Run.pk).where(Run.pk == pk, col(Run.stop_requested_at).is_not(None))
    return session.execute(asked).one_or_none() is not None


def request_stop(session: Session, pk: UUID) -> None:
    """Note that a running run should stop; its worker hears of it by hint, or at its next heartbeat."""
    session.execute(
        update(Run)
        .where(col(Run.pk) == pk, col(Run.status) == RunStatus.RUNNING, col(Run.stop_requested_at).is_(None))
        .values(stop_requested_at=clock(session))
        .execution_options(synchronize_session=False)
    )
    hint(session, stop_topic(pk))


def stop_topic(pk: UUID) -> str:
    """What rings when somebody asks a run to stop."""
    return f"stop:{pk.hex}"


def lost_runs(session: Session) -> Sequence[Run]:
    """Runs whose worker has not renewed its lease."""
    expired = and_(col(Run.status) == RunStatus.RUNNING, col(Run.lease_until) < clock(session))
    return session.scalars(select(Run).where(col(Run.finished_at).is_(None), expired)).all()


def is_work_waiting(session: Session) -> bool:
    """Whether the sweep has to write: a lease has run out, or a queued run is not admitted."""
    moment = clock(session)
    lost = and_(col(Run.status) == RunStatus.RUNNING, col(Run.lease_until) < moment)
    backing_off = and_(col(Run.not_before).is_not(None), col(Run.not_before) > moment)
    waiting = and_(col(Run.status) == RunStatus.QUEUED, col(Run.admitted_at).is_(None), ~backing_off)
    look = select(Run.pk).where(col(Run.finished_at).is_(None), or_(lost, waiting)).limit(1)
    return session.execute(look).one_or_none() is not None


def claimed_runs(session: Session) -> Sequence[tuple[UUID, int]]:
    """Running runs as the entries under which they were admitted."""
    running = select(Run.pk, Run.attempt).where(
        col(Run.finished_at).is_(None), col(Run.status) == RunStatus.RUNNING
    )
    return [(pk, attempt - 1) for pk, attempt in session.execute(running)]


def admitted_runs(session: Session) -> Sequence[tuple[UUID, int]]:
    """Admitted runs that no worker has claimed yet, with the number of attempts so far: the outbox."""
    waiting = (
        col(Run.finished_at).is_(None),
        col(Run.status) == RunStatus.QUEUED,
        col(Run.admitted_at).is_not(None),
    )
    return [(pk, attempt) for pk, attempt in session.execute(select(Run.pk, Run.attempt).where(*waiting))]


def admit_runs(session: Session, capacity: Capacity) -> list[tuple[UUID, int]]:
    """Admit queued runs in the order of their rank while slots and limits allow; the outbox entries made.

    A run that is wider than the free slots is not stepped over: the next slots to come free are its own.
    Cost: two reads of the partial index over unfinished runs, one update.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(ADMISSION_LOCK)))
    slots_held, runs_held = cast("tuple[int, int]", execute(session, statements.HELD).one())
    free_slots, free_runs = capacity.slots - slots_held, capacity.runs - runs_held
    if free_slots <= 0 or free_runs <= 0:
        return []
    moment = clock(session)
    chosen: list[tuple[UUID, int]] = []
    queue = execute(session, statements.WAITING, {"b_moment": moment, "b_limit": free_runs}).all()
    for pk, attempt, slots in cast("Sequence[tuple[UUID, int, int]]", queue):
        if slots > free_slots:
            break
        free_slots -= slots
        chosen.append((pk, attempt))
    if chosen:
        execute(session, statements.ADMIT, [{"b_pk": pk, "b_moment": moment} for pk, _ in chosen])
    return chosen


def delete_run(session: Session, pk: UUID) -> bool:
    """Delete an ended run with its events and labels; artifacts nothing else refers to go with the sweep."""
    gone = session.execute(
        delete(Run).where(col(Run.pk) == pk, col(Run.finished_at).is_not(None)).returning(col(Run.pk))
    )
    hint(session, topic_of(pk))
    return gone.one_or_none() is not None
