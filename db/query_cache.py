"""Which run has answered a question before: its result then answers it again, for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, select

from db.columns import UtcDateTime
from db.models import Artifact, Run, RunArtifact, RunStatus, now
from db.session import Session, clock

RESULT = "result.parquet"  # what a run calls the file with its rows


class KeptAnswer(SQLModel, table=True):
    """A question, and the run whose result answers it; it goes with the run."""

    __tablename__ = "kept_answers"
    __table_args__: ClassVar[Any] = (Index("kept_answers_by_run", "run_pk"),)

    workspace: str = Field(foreign_key="workspaces.name", primary_key=True)
    key: str = Field(
        primary_key=True
    )  # of the question, the versions of its tables, and how many rows are wanted
    run_pk: UUID = Field(foreign_key="runs.pk", ondelete="CASCADE")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a run as it is stored, and how large its file is."""

    result: dict[str, Any]
    size_bytes: int


def find_kept(session: Session, workspace: str, key: str, *, younger_than: timedelta) -> Found | None:
    """What answers a question, if its run is completed and answered it so lately."""
    query = (
        select(Run.result, Artifact.size_bytes)
        .join(KeptAnswer, col(KeptAnswer.run_pk) == col(Run.pk))
        .join(RunArtifact, (col(RunArtifact.run_pk) == col(Run.pk)) & (col(RunArtifact.name) == RESULT))
        .join(Artifact, col(Artifact.digest) == col(RunArtifact.digest))
        .where(
            KeptAnswer.workspace == workspace,
            KeptAnswer.key == key,
            col(KeptAnswer.created_at) > clock(session) - younger_than,
            Run.status == RunStatus.COMPLETED,
        )
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Found(row[0], row[1])


def remember(session: Session, workspace: str, key: str, run_pk: UUID) -> None:
    """Let a run answer a question from now on, in the place of the one that did."""
    made = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"workspace": workspace, "key": key, "run_pk": run_pk, "created_at": clock(session)}
    again: Any = made(KeptAnswer).values(values)
    newest = {"run_pk": run_pk, "created_at": values["created_at"]}
    session.execute(again.on_conflict_do_update(index_elements=["workspace", "key"], set_=newest))
