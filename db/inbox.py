"""What OpenLineage clients sent, as they sent it, until it is too old. Callers own the transaction."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, Text, delete
from sqlmodel import Field, SQLModel, col, select

from db.columns import UtcDateTime
from db.lineage import identity
from db.models import Run, RunStatus, Workspace, now
from db.revisions import insert_rows
from db.session import Session, clock

READ_ROWS = 500  # fetched at once
FORGOTTEN = 500  # that go in one transaction


class LineageEvent(SQLModel, table=True):
    """An event, named by a digest of what it is: sent twice, it is kept once."""

    __tablename__ = "lineage_events"
    __table_args__: ClassVar[Any] = (
        Index("lineage_events_by_time", "workspace", "received_at"),
        Index("lineage_events_by_age", "received_at"),
    )

    pk: UUID = Field(primary_key=True)  # identity(workspace, body)
    workspace: str = Field(foreign_key="workspaces.name")
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    sent_by: str
    body: str = Field(sa_type=Text)  # JSON


def keep_events(session: Session, workspace: str, bodies: Sequence[str], *, sent_by: str) -> bool:
    """Keep events; False if there is no such workspace."""
    found = session.get(Workspace, workspace)
    if found is None or found.deleted_at is not None:
        return False
    moment = now()
    rows = [
        {
            "pk": identity("event", workspace, body),
            "workspace": workspace,
            "received_at": moment,
            "sent_by": sent_by,
            "body": body,
        }
        for body in bodies
    ]
    insert_rows(session, LineageEvent, rows)
    return True


def waits(session: Session, workspace: str, input_digest: str) -> bool:
    """Whether a run with this input has not begun: it will read what was kept by now."""
    queued = select(Run.pk).where(
        Run.workspace == workspace, Run.status == RunStatus.QUEUED, Run.input_digest == input_digest
    )
    return session.scalars(queued.limit(1)).first() is not None


def kept_events(session: Session, workspace: str) -> Iterator[str]:
    """The events of a workspace in the order in which they came. Read as it is consumed."""
    query = (
        select(LineageEvent.body)
        .where(LineageEvent.workspace == workspace)
        .order_by(col(LineageEvent.received_at), col(LineageEvent.pk))
    )
    yield from session.scalars(query.execution_options(yield_per=READ_ROWS))


def forget_events(session: Session, kept_for: timedelta) -> bool:
    """Delete some events that came longer ago than they are kept; True if there may be more."""
    old = select(LineageEvent.pk).where(col(LineageEvent.received_at) < clock(session) - kept_for)
    some = session.scalars(old.limit(FORGOTTEN)).all()
    session.execute(
        delete(LineageEvent).where(col(LineageEvent.pk).in_(some)).execution_options(synchronize_session=False)
    )
    return len(some) == FORGOTTEN
