"""The audit log: who did what, and what came of it. Rows are added and read, and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DDL, JSON, BigInteger, Column, Index, Integer, event, insert
from sqlmodel import Field, SQLModel, col, select

from db.columns import UtcDateTime
from db.models import now
from db.session import Session


class AuditEntry(SQLModel, table=True):
    """Something that somebody did, or was refused."""

    __tablename__ = "audit_log"
    __table_args__: ClassVar[Any] = (
        Index("audit_log_by_workspace", "workspace", "id"),
        Index("audit_log_by_principal", "principal", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    principal: str
    action: str  # the field's name, `signIn`, or what was done at another door
    workspace: str | None = None
    target: str | None = None  # the run, upload, member or key that it is about
    outcome: str  # `done`, or the code of a refusal
    address: str | None = None
    request_id: str | None = None
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


UNCHANGED = "entries of the audit log are not changed"
REFUSE: Mapping[str, Sequence[str]] = {
    "sqlite": tuple(
        f"""CREATE TRIGGER audit_log_no_{what} BEFORE {what} ON audit_log
        BEGIN SELECT RAISE(ABORT, '{UNCHANGED}'); END"""
        for what in ("update", "delete")
    ),
    "postgresql": (
        f"""CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{UNCHANGED}'; END $$""",
        """CREATE TRIGGER audit_log_unchanged BEFORE UPDATE OR DELETE ON audit_log
        FOR EACH ROW EXECUTE FUNCTION audit_log_refuse()""",
    ),
}
"""What makes the database itself refuse: a bug of ours, or a stolen connection, must not rewrite the past."""

for _dialect, _statements in REFUSE.items():
    for _statement in _statements:
        event.listen(
            SQLModel.metadata.tables["audit_log"],
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]  # SQLAlchemy lacks it
        )


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted: those that fit all that is given."""

    workspace: str | None = None
    principal: str | None = None
    action: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def append(session: Session, entry: AuditEntry) -> None:
    """Add an entry."""
    session.add(entry)
    session.flush()


def append_all(session: Session, entries: Sequence[AuditEntry]) -> None:
    """Add entries in their order, in one statement; they stay as they were, to be added again if need be."""
    rows = [entry.model_dump(exclude={"id"}) for entry in entries]
    session.execute(insert(AuditEntry), rows)


def entries_before(
    session: Session, wanted: AuditFilter, before: int | None, limit: int
) -> Sequence[AuditEntry]:
    """Entries, newest first, older than one."""
    query = select(AuditEntry)
    for field in ("workspace", "principal", "action", "outcome"):
        value = getattr(wanted, field)
        if value is not None:
            query = query.where(getattr(AuditEntry, field) == value)
    if wanted.since is not None:
        query = query.where(col(AuditEntry.at) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(AuditEntry.at) < wanted.until)
    if before is not None:
        query = query.where(col(AuditEntry.id) < before)
    return session.scalars(query.order_by(col(AuditEntry.id).desc()).limit(limit)).all()
