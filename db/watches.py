"""Watches: what somebody wants to be told of, and up to which revision everybody was told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Index,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    tuple_,
    update,
)
from sqlmodel import Field, SQLModel, col, select

from db.columns import UtcDateTime
from db.models import Workspace, now
from db.revisions import insert_rows
from db.session import Session, clock, hold_count


class Watch(SQLModel, table=True):
    """A part of the graph whose changes somebody wants to hear of: a walk from an asset or a column.

    It refers to no row of the graph: ids there are digests of names, so that what vanishes and comes back is
    watched again. The names are those that it had when the watch was made.
    """

    __tablename__ = "watches"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("direction IN ('upstream', 'downstream')", name="watches_direction_known"),
        CheckConstraint("depth >= 1", name="watches_depth_at_least_1"),
        UniqueConstraint("workspace", "owner", "name", name="watches_name_once_an_owner"),
        Index("watches_by_time", "workspace", "created_at", "pk"),
    )

    pk: UUID = Field(default_factory=uuid4, primary_key=True)
    workspace: str = Field(foreign_key="workspaces.name")
    owner: str
    name: str
    asset_pk: UUID
    column_pk: UUID | None = None
    namespace: str
    asset_name: str
    column_name: str | None = None
    direction: str
    depth: int | None = None  # None: as far as it goes
    kinds: list[str] = Field(sa_column=Column(JSON, nullable=False))  # of edges that are followed; none: all
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ToldRevision(SQLModel, table=True):
    """The revision of a workspace up to which the feed of lineage has told, and who is about to tell more."""

    __tablename__ = "told_revisions"

    workspace: str = Field(foreign_key="workspaces.name", primary_key=True)
    number: int
    worker: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


def add_watch(session: Session, watch: Watch, most: int) -> int | None:
    """Keep a new watch, if there is room in its workspace; else return how many there are.

    Raises:
        ValueError: Its owner has one of this name.
    """
    hold_count(session, f"watches:{watch.workspace}")
    count = select(func.count()).select_from(Watch).where(Watch.workspace == watch.workspace)
    there = int(session.execute(count).scalar_one())
    named = select(Watch.pk).where(
        Watch.workspace == watch.workspace, Watch.owner == watch.owner, Watch.name == watch.name
    )
    if session.scalars(named).first() is not None:
        raise ValueError(watch.name)
    if there >= most:
        return there
    session.add(watch)
    session.flush()
    return None


def watch_by_pk(session: Session, pk: UUID) -> Watch | None:
    """A watch by its id."""
    return session.get(Watch, pk)


def watches_by_pk(session: Session, pks: Collection[UUID]) -> Mapping[UUID, Watch]:
    """Watches by their ids."""
    return {row.pk: row for row in session.scalars(select(Watch).where(col(Watch.pk).in_(pks)))}


def list_watches(
    session: Session, workspace: str, *, owner: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Watch]:
    """Watches of a workspace, of everybody or one owner, newest first, from behind one."""
    query = select(Watch).where(Watch.workspace == workspace)
    if owner is not None:
        query = query.where(Watch.owner == owner)
    if after is not None:
        query = query.where(tuple_(col(Watch.created_at), col(Watch.pk)) < after)
    newest = (col(Watch.created_at).desc(), col(Watch.pk).desc())
    return session.scalars(query.order_by(*newest).limit(limit)).all()


def watches_of(session: Session, workspace: str) -> Sequence[Watch]:
    """All watches of a workspace, in the order in which they were made."""
    query = select(Watch).where(Watch.workspace == workspace)
    return session.scalars(query.order_by(col(Watch.created_at), col(Watch.pk))).all()


def drop_watch(session: Session, pk: UUID) -> bool:
    """Remove a watch; whether there was one."""
    return bool(session.connection().execute(delete(Watch).where(col(Watch.pk) == pk)).rowcount)


def watches_left(session: Session, pks: Collection[UUID]) -> frozenset[UUID]:
    """Those of some watches that are there still, and stay until this transaction ends."""
    held = select(Watch.pk).where(col(Watch.pk).in_(pks)).with_for_update(read=True, key_share=True)
    return frozenset(session.scalars(held))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Revisions of which the feed has not told: those behind one, up to the head."""

    workspace: str
    before: int
    after: int


def untold(session: Session) -> Sequence[str]:
    """Workspaces whose head the feed has not told, and which nobody is about to tell of."""
    free = or_(col(ToldRevision.lease_until).is_(None), col(ToldRevision.lease_until) < clock(session))
    query = (
        select(Workspace.name)
        .outerjoin(ToldRevision, col(ToldRevision.workspace) == col(Workspace.name))
        .where(
            col(Workspace.clearing_since).is_(None),
            col(Workspace.head) > func.coalesce(col(ToldRevision.number), 0),
            or_(col(ToldRevision.workspace).is_(None), free),
        )
    )
    return session.scalars(query.order_by(Workspace.name)).all()


def take_stretch(session: Session, workspace: str, worker: str, lease: timedelta) -> Stretch | None:
    """Take what is untold of a workspace for a worker; None if another has it, or there is nothing.

    The lease spares work that another does already; `told` decides who tells.
    """
    insert_rows(session, ToldRevision, [{"workspace": workspace, "number": 0}])
    moment = clock(session)
    free = or_(col(ToldRevision.lease_until).is_(None), col(ToldRevision.lease_until) < moment)
    head = select(Workspace.head).where(Workspace.name == workspace).scalar_subquery()
    taken = session.execute(
        update(ToldRevision)
        .where(col(ToldRevision.workspace) == workspace, free, col(ToldRevision.number) < head)
        .values(worker=worker, lease_until=moment + lease)
        .returning(col(ToldRevision.number), head)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if taken is None else Stretch(workspace, *taken)


def keep_stretch(session: Session, stretch: Stretch, worker: str, lease: timedelta) -> bool:
    """Renew the lease of a stretch; False if it is this worker's no longer."""
    renewed = update(ToldRevision).where(_mine(stretch, worker)).values(lease_until=clock(session) + lease)
    return bool(session.connection().execute(renewed).rowcount)


def told(session: Session, stretch: Stretch, worker: str) -> bool:
    """Note that a stretch is told, by what this transaction writes; False if it is this worker's no longer.

    A workspace that was emptied meanwhile has no such row: what was told of it would be of nothing.
    """
    done = (
        update(ToldRevision)
        .where(_mine(stretch, worker))
        .values(number=stretch.after, worker=None, lease_until=None)
    )
    return bool(session.connection().execute(done).rowcount)


def _mine(stretch: Stretch, worker: str) -> Any:
    return and_(
        col(ToldRevision.workspace) == stretch.workspace,
        col(ToldRevision.number) == stretch.before,
        col(ToldRevision.worker) == worker,
    )
