"""Queries that people of a workspace keep by name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint, delete, func
from sqlmodel import Field, SQLModel, col, select

from db.columns import UtcDateTime, fold_case
from db.lineage import folded
from db.models import now
from db.session import Session, clock


class SavedQuery(SQLModel, table=True):
    """A statement of SQL under a name, which is taken in whatever capitals."""

    __tablename__ = "saved_queries"
    __table_args__: ClassVar[Any] = (UniqueConstraint("workspace", "folded", name="saved_queries_name_once"),)

    pk: UUID = Field(default_factory=uuid4, primary_key=True)
    workspace: str = Field(foreign_key="workspaces.name")
    name: str
    folded: str = Field(sa_column=folded())
    sql: str
    engine: str  # jobs.engines.sql.values.Engine
    description: str = ""
    saved_by: str
    saved_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def save_query(session: Session, query: SavedQuery, *, most: int) -> SavedQuery | None:
    """Keep a query, in place of the one that has its name in the workspace; None if that would be one too many.

    Whoever writes holds the workspace (`db.revisions.hold_workspace`): so nobody else adds one meanwhile.
    """
    kept = saved_query(session, query.workspace, query.name)
    if kept is None:
        count = select(func.count()).where(col(SavedQuery.workspace) == query.workspace)
        if session.execute(count).scalar_one() >= most:
            return None
        session.add(query)
        session.flush()
        return query
    kept.name, kept.sql, kept.engine = query.name, query.sql, query.engine
    kept.description, kept.saved_by = query.description, query.saved_by
    kept.saved_at = clock(session)
    session.flush()
    return kept


def saved_queries(session: Session, *, workspace: str, after: str | None, limit: int) -> Sequence[SavedQuery]:
    """Queries of a workspace by their folded names, those behind `after`.

    Cost: as much as it gives, by the index over names.
    """
    listed = select(SavedQuery).where(SavedQuery.workspace == workspace)
    if after is not None:
        listed = listed.where(col(SavedQuery.folded) > after)
    return session.scalars(listed.order_by(col(SavedQuery.folded)).limit(limit)).all()


def saved_query(session: Session, workspace: str, name: str) -> SavedQuery | None:
    """The query of this name, in whatever capitals; None if there is none."""
    named = select(SavedQuery).where(
        SavedQuery.workspace == workspace, col(SavedQuery.folded) == fold_case(name)
    )
    return session.scalars(named).one_or_none()


def delete_saved_query(session: Session, workspace: str, name: str) -> bool:
    """Forget the query of this name; whether there was one."""
    named = (col(SavedQuery.workspace) == workspace, col(SavedQuery.folded) == fold_case(name))
    gone = session.execute(delete(SavedQuery).where(*named).returning(col(SavedQuery.pk)))
    return gone.first() is not None
