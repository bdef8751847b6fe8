"""Who may do what where: workspaces and their members, and keys for programs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, Column, Index, String, delete, or_, update
from sqlmodel import Field, SQLModel, col, select

from db.columns import UtcDateTime
from db.models import Run, Upload, Workspace, now
from db.revisions import insert_rows
from db.roles import EVERYWHERE, ROLES, Role
from db.session import Session, clock


class Member(SQLModel, table=True):
    """Somebody who may do something in a workspace."""

    __tablename__ = "members"
    __table_args__: ClassVar[Any] = (
        CheckConstraint(f"role IN ({ROLES})", name="members_role_known"),
        Index("members_by_principal", "principal"),
    )

    workspace: str = Field(foreign_key="workspaces.name", primary_key=True, ondelete="CASCADE")
    principal: str = Field(primary_key=True)  # a name, `group:…`, `key:…`, or `*`
    role: Role = Field(sa_type=String)
    sees_definitions: bool = True
    added_by: str
    added_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ApiKey(SQLModel, table=True):
    """A key with which a program signs in. Its secret is not kept, only what tells the right one."""

    __tablename__ = "api_keys"

    pk: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    secret_digest: str  # SHA-256 of 256 random bits, in hexadecimal: there is nothing to guess
    scopes: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    created_by: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def is_workspace(session: Session, name: str) -> bool:
    """Whether there is a workspace of this name."""
    query = select(Workspace.name).where(Workspace.name == name, col(Workspace.deleted_at).is_(None))
    return session.scalars(query).one_or_none() is not None


def workspaces_after(
    session: Session, names: Collection[str] | None, after: str, limit: int
) -> list[Workspace]:
    """Workspaces by name, behind one: all, or those of `names`."""
    query = select(Workspace).where(Workspace.name > after, col(Workspace.deleted_at).is_(None))
    if names is not None:
        query = query.where(col(Workspace.name).in_(names))
    return list(session.scalars(query.order_by(Workspace.name).limit(limit)))


def add_workspace(session: Session, name: str, by: str) -> bool:
    """Make a workspace whose first admin is who makes it; False if there is one of this name."""
    row = {"name": name, "head": 0, "created_at": now(), "deleted_at": clock(session)}
    insert_rows(
        session, Workspace, [row]
    )  # deleted, if there was none: of those who make it at once, one revives it
    # The numbers of its revisions go on where they ended: see db.clearing.
    revived = (
        update(Workspace)
        .where(col(Workspace.name) == name, col(Workspace.deleted_at).is_not(None))
        .values(deleted_at=None, created_at=now())
    )
    if not session.connection().execute(revived).rowcount:
        return False
    put_member(session, Member(workspace=name, principal=by, role=Role.ADMIN, added_by=by))
    return True


def hide_workspace(session: Session, name: str) -> bool:
    """Let a workspace be gone, and its members with it; False if it is not empty any more."""
    session.execute(select(Workspace.name).where(Workspace.name == name).with_for_update())
    if any(
        session.scalars(select(kind.pk).where(kind.workspace == name).limit(1)).all() for kind in (Run, Upload)
    ):
        return False
    session.connection().execute(delete(Member).where(col(Member.workspace) == name))
    session.connection().execute(update(Workspace).where(col(Workspace.name) == name).values(deleted_at=now()))
    return True


def memberships(session: Session, principals: Collection[str]) -> Sequence[Member]:
    """What these principals are members of."""
    query = (
        select(Member)
        .join(Workspace, col(Workspace.name) == col(Member.workspace))
        .where(col(Member.principal).in_(principals), col(Workspace.deleted_at).is_(None))
    )
    return session.scalars(query).all()


def members_after(session: Session, workspace: str, after: str, limit: int) -> Sequence[Member]:
    """The members of a workspace by name, behind one."""
    query = select(Member).where(Member.workspace == workspace, Member.principal > after)
    return session.scalars(query.order_by(Member.principal).limit(limit)).all()


def put_member(session: Session, member: Member) -> None:
    """Add a member, or change what one may do."""
    session.merge(member)
    session.flush()


def shows_definitions(session: Session, workspace: str, principal: str) -> bool:
    """Whether definitions are shown to a member, by what was said of this principal alone."""
    member = session.get(Member, (workspace, principal), with_for_update=True)
    return member is not None and member.sees_definitions


def drop_member(session: Session, workspace: str, principal: str) -> bool:
    """Remove a member; whether there was one."""
    gone = delete(Member).where(col(Member.workspace) == workspace, col(Member.principal) == principal)
    return bool(session.connection().execute(gone).rowcount)


def admins_of(session: Session, workspace: str) -> Sequence[str]:
    """Who may change the members of a workspace."""
    query = select(Member.principal).where(Member.workspace == workspace, Member.role == Role.ADMIN)
    return session.scalars(query.with_for_update()).all()


def add_key(session: Session, key: ApiKey) -> ApiKey:
    """Keep a new key."""
    session.add(key)
    session.flush()
    return key


def key_by_pk(session: Session, pk: UUID) -> ApiKey | None:
    """A key, revoked and expired ones too."""
    return session.get(ApiKey, pk)


def living_scopes(session: Session, key: ApiKey) -> list[dict[str, Any]]:
    """The scopes of a key, without those in workspaces that were deleted since, even if they were made anew."""
    names = [each["workspace"] for each in key.scopes]
    query = select(Workspace.name).where(
        col(Workspace.name).in_(names),
        col(Workspace.deleted_at).is_(None),
        col(Workspace.created_at) <= key.created_at,
    )
    there = {EVERYWHERE, *session.scalars(query)}
    return [each for each in key.scopes if each["workspace"] in there]


def keys_after(session: Session, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[ApiKey]:
    """Keys, newest first, behind one."""
    query = select(ApiKey)
    if before is not None:
        moment, pk = before
        query = query.where(
            or_(
                col(ApiKey.created_at) < moment,
                (col(ApiKey.created_at) == moment) & (col(ApiKey.pk) < pk),
            )
        )
    newest = (col(ApiKey.created_at).desc(), col(ApiKey.pk).desc())
    return session.scalars(query.order_by(*newest).limit(limit)).all()


def revoke_key(session: Session, pk: UUID) -> ApiKey | None:
    """End a key now; one that had ended stays as it was. None if there is none."""
    key = session.get(ApiKey, pk)
    if key is not None and key.revoked_at is None:
        key.revoked_at = now()
        session.add(key)
        session.flush()
    return key


def touch_key(session: Session, pk: UUID) -> None:
    """Note that a key was used."""
    session.connection().execute(update(ApiKey).where(col(ApiKey.pk) == pk).values(last_used_at=now()))
