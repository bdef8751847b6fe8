"""The tables of runs: what was asked, what was brought, what happened, what came out."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from db.columns import UtcDateTime

MAIN_WORKSPACE = "main"


class RunStatus(StrEnum):
    """Where a run is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    COMPLETED_WITH_GAPS = "completed_with_gaps"
    FAILED = "failed"
    STOPPED = "stopped"


TERMINAL = frozenset({RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_GAPS, RunStatus.FAILED, RunStatus.STOPPED})


class EventName(StrEnum):
    """What an event tells about a run."""

    ACCEPTED = "ACCEPTED"
    STARTED = "STARTED"
    STAGE_STARTED = "STAGE_STARTED"
    STAGE_PROGRESS = "STAGE_PROGRESS"
    STAGE_COMPLETED = "STAGE_COMPLETED"
    NOTICE = "NOTICE"
    REQUEUED = "REQUEUED"
    FINISHED = "FINISHED"


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


class Workspace(SQLModel, table=True):
    """The wall between tenants. `head` is the revision that readers see; 0 before the first."""

    __tablename__ = "workspaces"

    name: str = Field(primary_key=True)
    head: int = 0
    clearing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)  # being emptied: takes no runs
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the row stays: see db.clearing
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Run(SQLModel, table=True):
    """One accepted request, from submission to a terminal status."""

    __tablename__ = "runs"
    __table_args__: ClassVar[Any] = (
        CheckConstraint(
            "(finished_at IS NOT NULL) = (status IN ('completed', 'completed_with_gaps', 'failed', 'stopped'))",
            name="runs_terminal_iff_finished",
        ),
        CheckConstraint(
            "status IN ('queued', 'running', 'completed', 'completed_with_gaps', 'failed', 'stopped')",
            name="runs_status_known",
        ),
        CheckConstraint("(status = 'running') = (lease_until IS NOT NULL)", name="runs_lease_iff_running"),
        CheckConstraint("priority BETWEEN 1 AND 5", name="runs_priority_from_1_to_5"),
        CheckConstraint("slots >= 1", name="runs_take_a_slot"),
        UniqueConstraint("workspace", "run_id", name="runs_run_id_once_a_workspace"),
        UniqueConstraint("workspace", "idempotency_key", name="runs_idempotency_key_once_a_workspace"),
        Index("runs_by_time", "workspace", "submitted_at", "pk"),
        Index("runs_by_end", "finished_at"),
        # Small: only unfinished runs are in it, so admission and the sweep never scan history.
        Index(
            "runs_unfinished",
            "status",
            "rank",
            "pk",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    pk: UUID = Field(default_factory=uuid4, primary_key=True)  # inside; clients see run_id
    workspace: str = Field(foreign_key="workspaces.name")
    run_id: str  # chosen by the client or made by us: [A-Za-z0-9._-]{1,64}
    idempotency_key: str | None = None
    created_by: str
    kind: str
    input_digest: str  # SHA-256 of kind and params: tells a repeat from another request
    retry_of: str | None = None  # the run_id this one tries again
    priority: int = 5  # 1 first
    slots: int = 1
    timeout_seconds: int
    status: RunStatus = Field(default=RunStatus.QUEUED, sa_type=String)
    rank: datetime = Field(sa_type=UtcDateTime)  # submitted_at less what priority is worth
    admitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # holds its slots from here on
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)  # backing off until then
    attempt: int = 0  # how often a worker has claimed it; fences every write of a worker
    faults: int = 0  # attempts that died or failed in a way worth trying again
    worker: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stop_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_seq: int = 0  # number of the newest event
    stage: str | None = None
    progress: float = 0.0  # percent, the maximum over attempts
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    error: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    submitted_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RunInput(SQLModel, table=True):
    """The params of a run: apart, so that lists of runs never read texts of megabytes."""

    __tablename__ = "run_inputs"

    run_pk: UUID = Field(foreign_key="runs.pk", primary_key=True, ondelete="CASCADE")
    params: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class RunLabel(SQLModel, table=True):
    """A word that a client put on a run, to find it again."""

    __tablename__ = "run_labels"
    __table_args__: ClassVar[Any] = (Index("run_labels_by_label", "label", "run_pk"),)

    run_pk: UUID = Field(foreign_key="runs.pk", primary_key=True, ondelete="CASCADE")
    label: str = Field(primary_key=True)


class RunEvent(SQLModel, table=True):
    """A fact about a run, never changed once written."""

    __tablename__ = "run_events"

    run_pk: UUID = Field(foreign_key="runs.pk", primary_key=True, ondelete="CASCADE")
    seq: int = Field(primary_key=True)
    name: EventName = Field(sa_type=String)
    attempt: int
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Artifact(SQLModel, table=True):
    """Bytes a run took or made, named by their SHA-256 in hexadecimal."""

    __tablename__ = "artifacts"

    digest: str = Field(primary_key=True)
    size_bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    media_type: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class RunArtifact(SQLModel, table=True):
    """An artifact that a run refers to, under a name of its own."""

    __tablename__ = "run_artifacts"
    __table_args__: ClassVar[Any] = (Index("run_artifacts_by_digest", "digest"),)

    run_pk: UUID = Field(
        sa_column=Column(ForeignKey("runs.pk", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    name: str = Field(primary_key=True)
    digest: str = Field(foreign_key="artifacts.digest")


class Upload(SQLModel, table=True):
    """A file that somebody announced and then sent, to be named in the input of runs.

    It is kept as long as runs refer to its bytes, and for a while before the first does.
    """

    __tablename__ = "uploads"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("(received_at IS NOT NULL) = (digest IS NOT NULL)", name="uploads_digest_iff_received"),
        CheckConstraint("(received_at IS NOT NULL) = (role IS NOT NULL)", name="uploads_role_iff_received"),
        Index("uploads_by_time", "workspace", "created_at", "pk"),
        Index("uploads_by_digest", "digest"),
    )

    pk: UUID = Field(default_factory=uuid4, primary_key=True)
    workspace: str = Field(foreign_key="workspaces.name")
    name: str  # the file's name, without folders
    size_bytes: int = Field(sa_column=Column(BigInteger, nullable=False))  # as announced, and so as received
    announced_digest: str | None = None  # SHA-256 in hexadecimal that the bytes must have
    created_by: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)  # until then its bytes may be sent
    received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    digest: str | None = Field(default=None, foreign_key="artifacts.digest")
    role: str | None = None  # jobs.engines.files.roles.Role: what its content shows it to be


class RunUpload(SQLModel, table=True):
    """An upload that a run takes as input; its bytes are the run's artifact too."""

    __tablename__ = "run_uploads"
    __table_args__: ClassVar[Any] = (Index("run_uploads_by_upload", "upload_pk"),)

    run_pk: UUID = Field(foreign_key="runs.pk", primary_key=True, ondelete="CASCADE")
    upload_pk: UUID = Field(foreign_key="uploads.pk", primary_key=True)


class SigningKey(SQLModel, table=True):
    """What grants in URLs are signed with, where the settings give no key: made once, for all processes."""

    __tablename__ = "signing_keys"

    name: str = Field(primary_key=True)
    secret: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
