"""Reading runs: lists by filter, places in the queue, labels. Nothing here writes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, tuple_
from sqlalchemy import select as sa_select
from sqlmodel import SQLModel, col, select

from db.columns import SecondsBetween
from db.models import Artifact, Run, RunArtifact, RunInput, RunLabel, RunStatus
from db.session import Session

RECENT = 50  # finished runs from which the usual duration is taken


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs a list shows; what is None or empty does not narrow it."""

    kinds: tuple[str, ...] = ()
    statuses: tuple[RunStatus, ...] = ()
    label: str | None = None
    created_by: str | None = None
    submitted_after: datetime | None = None
    submitted_before: datetime | None = None
    engine: str | None = None
    text: str | None = None
    longer_than: float | None = None  # seconds
    shorter_than: float | None = None


def _conditions(workspace: str, wanted: RunFilter) -> list[ColumnElement[bool]]:
    conditions = [col(Run.workspace) == workspace]
    if wanted.kinds:
        conditions.append(col(Run.kind).in_(wanted.kinds))
    if wanted.statuses:
        conditions.append(col(Run.status).in_(wanted.statuses))
    if wanted.created_by is not None:
        conditions.append(col(Run.created_by) == wanted.created_by)
    if wanted.submitted_after is not None:
        conditions.append(col(Run.submitted_at) > wanted.submitted_after)
    if wanted.submitted_before is not None:
        conditions.append(col(Run.submitted_at) < wanted.submitted_before)
    if wanted.label is not None:
        labelled = select(RunLabel.run_pk).where(RunLabel.label == wanted.label)
        conditions.append(col(Run.pk).in_(labelled))
    return conditions + _what_was_asked(wanted) + _how_long(wanted)


def _what_was_asked(wanted: RunFilter) -> list[ColumnElement[bool]]:
    """Conditions on the params of a run, which are read for each run that fits the rest."""
    params, conditions = col(RunInput.params), []
    if wanted.engine is not None:
        conditions.append(params["engine"].as_string() == wanted.engine)
    if wanted.text is not None:
        conditions.append(params["sql"].as_string().icontains(wanted.text, autoescape=True))
    asked = select(RunInput.run_pk).where(col(RunInput.run_pk) == col(Run.pk), *conditions)
    return [asked.exists()] if conditions else []


def _how_long(wanted: RunFilter) -> list[ColumnElement[bool]]:
    took = SecondsBetween(col(Run.started_at), col(Run.finished_at))
    conditions = []
    if wanted.longer_than is not None:
        conditions.append(took > wanted.longer_than)
    if wanted.shorter_than is not None:
        conditions.append(took < wanted.shorter_than)
    return conditions


class ListedRun(NamedTuple):
    """A run as lists show it: what `db.models.Run` says, without what only workers look at."""

    pk: UUID
    workspace: str
    run_id: str
    kind: str
    status: RunStatus
    created_by: str
    idempotency_key: str | None
    retry_of: str | None
    priority: int
    slots: int
    timeout_seconds: int
    attempt: int
    last_seq: int
    stage: str | None
    progress: float
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    submitted_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    stop_requested_at: datetime | None


def list_runs(
    session: Session,
    workspace: str,
    wanted: RunFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[ListedRun]:
    """Runs by filter, newest first, from behind the run whose (submitted_at, pk) is `after`.

    The key does not change while runs are added, so pages neither repeat nor miss a run. They are plain values,
    not objects that are watched for changes: a list is only read, and each moment that it does not show is one
    less to be made of text.
    """
    key = tuple_(col(Run.submitted_at), col(Run.pk))
    columns = SQLModel.metadata.tables["runs"].columns
    query = sa_select(*(columns[name] for name in ListedRun._fields)).where(*_conditions(workspace, wanted))
    if after is not None:
        query = query.where(key < after)
    newest_first = (col(Run.submitted_at).desc(), col(Run.pk).desc())
    rows = session.connection().execute(query.order_by(*newest_first).limit(limit)).all()
    return [ListedRun._make(row) for row in rows]


def count_runs(session: Session, workspace: str, wanted: RunFilter) -> int:
    """How many runs fit a filter. Cost: reads them all, so ask only when somebody wants to know."""
    query = select(func.count()).select_from(Run).where(*_conditions(workspace, wanted))
    return int(session.execute(query).scalar_one())


def runs_by_pk(session: Session, pks: Collection[UUID]) -> Mapping[UUID, Run]:
    """Runs by their inner ids."""
    return {run.pk: run for run in session.scalars(select(Run).where(col(Run.pk).in_(pks)))}


def runs_by_id(session: Session, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Run]:
    """Runs by (workspace, run_id)."""
    wanted = tuple_(col(Run.workspace), col(Run.run_id)).in_(keys)
    return {(run.workspace, run.run_id): run for run in session.scalars(select(Run).where(wanted))}


def labels_of(session: Session, pks: Collection[UUID]) -> Mapping[UUID, Sequence[str]]:
    """The labels of runs, in order, for each run."""
    found: dict[UUID, list[str]] = {pk: [] for pk in pks}
    query = select(RunLabel.run_pk, RunLabel.label).where(col(RunLabel.run_pk).in_(pks))
    for pk, label in session.execute(query.order_by(col(RunLabel.label))):
        found[pk].append(label)
    return found


def inputs_of(session: Session, pks: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """What runs were asked, as it is stored, for each run."""
    asked = select(RunInput).where(col(RunInput.run_pk).in_(pks))
    return {row.run_pk: row.params for row in session.scalars(asked)}


def artifacts_of_runs(session: Session, pks: Collection[UUID]) -> Mapping[UUID, Sequence[tuple[str, Artifact]]]:
    """What runs refer to: (name, artifact) by name, for each run."""
    found: dict[UUID, list[tuple[str, Artifact]]] = {pk: [] for pk in pks}
    query = (
        select(RunArtifact.run_pk, RunArtifact.name, Artifact)
        .join(Artifact, col(Artifact.digest) == col(RunArtifact.digest))
        .where(col(RunArtifact.run_pk).in_(pks))
        .order_by(col(RunArtifact.name))
    )
    for pk, name, artifact in session.execute(query):
        found[pk].append((name, artifact))
    return found


def queue_positions(session: Session, pks: Collection[UUID]) -> Mapping[UUID, int]:
    """Places in the queue, from 1, of those of `pks` that are queued. Cost: one pass over the queue."""
    place = func.row_number().over(order_by=(col(Run.rank), col(Run.pk))).label("place")
    queue = (
        select(col(Run.pk).label("pk"), place)
        .where(col(Run.finished_at).is_(None), col(Run.status) == RunStatus.QUEUED)
        .subquery()
    )
    rows = session.execute(select(queue.c.pk, queue.c.place).where(queue.c.pk.in_(pks)))
    return {pk: int(place) for pk, place in rows}


def usual_duration(session: Session) -> timedelta | None:
    """How long runs took lately, on average; None before the first has ended."""
    recent = (
        select(Run.started_at, Run.finished_at)
        .where(col(Run.started_at).is_not(None), col(Run.finished_at).is_not(None))
        .order_by(col(Run.submitted_at).desc())
        .limit(RECENT)
    )
    took = [finished - started for started, finished in session.execute(recent) if started and finished]
    return sum(took, timedelta()) / len(took) if took else None
