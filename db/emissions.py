"""What the outside was told of runs. Runs themselves are the outbox: what is not noted here has not been told.

One worker at a time tells, by a turn that it holds for a while. Callers own the transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, and_, false, func, or_, update
from sqlmodel import Field, SQLModel, col, select

from db.columns import UtcDateTime
from db.models import Run, RunInput, now
from db.portraits import Portrait, moved_assets, portraits_of, revision_of_run
from db.revisions import insert_rows
from db.session import Session, clock

TURN = "openlineage"  # the only one there is
OVERLAP = timedelta(minutes=2)  # looked at again each time: a commit may come later than the clock was read
WHOLE_LOOK = timedelta(minutes=10)  # between two looks at all that may still be told, whatever was seen before


class Told(IntEnum):
    """How much of a run was told."""

    START = 1
    END = 2


class Emission(SQLModel, table=True):
    """How much of a run was told. It goes with its run."""

    __tablename__ = "emissions"
    __table_args__: ClassVar[Any] = (CheckConstraint("told IN (1, 2)", name="emissions_told_known"),)

    run_pk: UUID = Field(foreign_key="runs.pk", primary_key=True, ondelete="CASCADE")
    told: int
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class EmissionTurn(SQLModel, table=True):
    """Whose turn it is to tell, and how far all was told."""

    __tablename__ = "emission_turns"

    name: str = Field(primary_key=True)
    worker: str | None = None
    held_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    begun_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)  # runs that ended before are not told
    done_until: datetime = Field(default_factory=now, sa_type=UtcDateTime)  # the end of runs that were all told
    looked_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)  # when all was looked at last
    failures: int = 0  # in a row
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)  # backing off until then


class Note(NamedTuple):
    """Something to be told: that a run started, or that it ended."""

    at: datetime
    run_pk: UUID
    what: Told


class Plan(NamedTuple):
    """What is to be told next, in the order in which it happened, and whether that is all there is."""

    notes: Sequence[Note]
    looked_at: datetime
    whole: bool  # whether all was looked at that may still be told
    last: bool
    failures: int


def begin_telling(session: Session) -> None:
    """Have a turn from now on: what ended before the first time is not told."""
    moment = clock(session)
    row = {"name": TURN, "begun_at": moment, "done_until": moment, "looked_at": moment, "failures": 0}
    insert_rows(session, EmissionTurn, [row])


def plan(session: Session, worker: str, backlog: timedelta, limit: int) -> Plan | None:
    """What is to be told next; None while another worker has its turn, or the outside is left alone.

    Args:
        session: Of the caller's transaction.
        worker: Who asks.
        backlog: Runs that ended longer ago are not told any more.
        limit: How many ended runs are looked for, and how many others.
    """
    turn, moment = session.get(EmissionTurn, TURN), clock(session)
    if turn is None:
        return Plan((), moment, whole=False, last=False, failures=0)
    if turn.worker != worker and turn.held_until is not None and turn.held_until > moment:
        return None
    if turn.not_before is not None and turn.not_before > moment:
        return None
    whole = turn.looked_at < moment - WHOLE_LOOK
    floor = max(turn.begun_at, moment - backlog)
    since = floor if whole else max(floor, turn.done_until - OVERLAP)
    ended, alive = _ended(session, since, limit), _alive(session, limit)
    notes = sorted((*ended, *alive))
    if len(ended) >= limit:  # what is alive may be told later than ends that are not looked at yet
        notes = [each for each in notes if each.at <= ended[-1].at]
    return Plan(notes, moment, whole, last=max(len(ended), len(alive)) < limit, failures=turn.failures)


def _ended(session: Session, since: datetime, limit: int) -> list[Note]:
    """Ends of runs that were not told, each behind its start if that was not told either."""
    query = (
        select(Run.pk, Run.started_at, Run.finished_at, Emission.told)
        .outerjoin(Emission, col(Emission.run_pk) == col(Run.pk))
        .where(
            col(Run.finished_at) >= since,
            col(Run.started_at).is_not(None),  # what was stopped in the queue never was anything to the outside
            or_(col(Emission.told).is_(None), col(Emission.told) < Told.END),
        )
        .order_by(col(Run.finished_at), col(Run.pk))
        .limit(limit)
    )
    found: list[Note] = []
    for pk, started_at, finished_at, told in session.execute(query):
        if told is None:
            found.append(Note(started_at, pk, Told.START))
        found.append(Note(max(finished_at, started_at), pk, Told.END))
    return found


def _alive(session: Session, limit: int) -> list[Note]:
    """Starts of runs that have not ended."""
    query = (
        select(Run.pk, Run.started_at)
        .outerjoin(Emission, col(Emission.run_pk) == col(Run.pk))
        .where(col(Run.finished_at).is_(None), col(Run.started_at).is_not(None), col(Emission.run_pk).is_(None))
        .order_by(col(Run.started_at), col(Run.pk))
        .limit(limit)
    )
    return [Note(started_at, pk, Told.START) for pk, started_at in session.execute(query)]


def take_turn(session: Session, worker: str, lease: timedelta) -> bool:
    """Take the turn, or hold it for longer; False if another worker has it.

    One statement decides, so of two workers one gets it.
    """
    moment = clock(session)
    free = or_(
        col(EmissionTurn.held_until).is_(None),
        col(EmissionTurn.held_until) <= moment,
        col(EmissionTurn.worker) == worker,
    )
    taken = session.execute(
        update(EmissionTurn)
        .where(col(EmissionTurn.name) == TURN, free)
        .values(worker=worker, held_until=moment + lease)
        .returning(col(EmissionTurn.name))
        .execution_options(synchronize_session=False)
    )
    return taken.one_or_none() is not None


def note_told(session: Session, worker: str, note: Note, lease: timedelta) -> bool:
    """Note that something was told, or will never be; False if another worker has the turn by now."""
    mine = _mine(worker)
    held = update(EmissionTurn).where(mine).values(held_until=clock(session) + lease, failures=0)
    if session.execute(held.returning(col(EmissionTurn.name))).one_or_none() is None:
        return False
    there = select(Run.pk).where(Run.pk == note.run_pk).with_for_update(read=True, key_share=True)
    if session.scalars(there).first() is None:  # deleted meanwhile
        return True
    insert_rows(session, Emission, [{"run_pk": note.run_pk, "told": note.what, "at": now()}])
    session.execute(
        update(Emission)
        .where(col(Emission.run_pk) == note.run_pk, col(Emission.told) < note.what)
        .values(told=note.what)
        .execution_options(synchronize_session=False)
    )
    return True


def end_round(session: Session, worker: str, done: Plan) -> None:
    """Note that all was told that a plan saw, and give the turn back."""
    values: dict[str, Any] = {"done_until": done.looked_at, "held_until": None, "worker": None}
    if done.whole:
        values["looked_at"] = done.looked_at
    session.execute(update(EmissionTurn).where(_mine(worker)).values(**values))


def back_off(session: Session, worker: str, wait: timedelta) -> None:
    """Leave the outside alone for a while, and give the turn back."""
    moment = clock(session)
    session.execute(
        update(EmissionTurn)
        .where(_mine(worker))
        .values(not_before=moment + wait, failures=EmissionTurn.failures + 1, held_until=None, worker=None)
        .execution_options(synchronize_session=False)
    )


def _mine(worker: str) -> Any:
    return and_(col(EmissionTurn.name) == TURN, col(EmissionTurn.worker) == worker)


class Facts(NamedTuple):
    """What is told of a run."""

    workspace: str
    run_id: str
    kind: str
    status: str
    source: str | None
    sql: str | None
    retry_of: str | None
    submitted_at: datetime
    error: dict[str, Any] | None
    drains: bool  # it reads what others sent to us


def facts_of(session: Session, run_pk: UUID) -> Facts | None:
    """What is told of a run; None if it was deleted. Of its params only two texts are read."""
    params: Any = RunInput.params
    source, sql = (params[name].as_string() for name in ("source", "sql"))
    drains = func.coalesce(params["inbox"].as_boolean(), false())
    query = (
        select(  # type: ignore[call-overload]  # SQLModel's select is typed up to four columns
            Run.workspace,
            Run.run_id,
            Run.kind,
            Run.status,
            source,
            sql,
            Run.retry_of,
            Run.submitted_at,
            Run.error,
            drains,
        )
        .join(RunInput, col(RunInput.run_pk) == col(Run.pk))
        .where(Run.pk == run_pk)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else Facts(*found)


class Written(NamedTuple):
    """What a run wrote into the graph: some of the assets, and how many more there are."""

    portraits: Sequence[Portrait]
    left_out: int


def written_by(
    session: Session, run_pk: UUID, workspace: str, *, most_assets: int, most_inflows: int
) -> Written:
    """Assets of which a run said something new, as its revision shows them, with what flows into each."""
    revision = revision_of_run(session, workspace, run_pk)
    if revision is None:
        return Written((), 0)
    pks, count = moved_assets(session, workspace, revision, most_assets)
    kept: list[Portrait] = []
    inflows = 0
    for portrait in portraits_of(session, workspace, pks=pks, at=revision):
        inflows += len(portrait.inflows)
        if inflows > most_inflows:
            break
        kept.append(portrait)
    return Written(kept, count - len(kept))
