"""What a query writes: the next version of a table, and what the cache is to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db.artifacts import link_artifact
from db.models import Artifact, Run, now
from db.query_cache import remember
from db.session import Session
from db.warehouse import StoredFile, TableChanged, TableView, Written, tables_of, write_table
from jobs.engines.sql.errors import TableBusy
from jobs.engines.sql.values import Act
from jobs.pipelines.query.values import PARQUET, RESULT, QueryResult, TableChange


@dataclass(frozen=True, slots=True)
class Answer:
    """A file of rows, and of which run it is to be the result."""

    run_pk: UUID
    sha256: str
    size_bytes: int


def take(session: Session, answers: Sequence[Answer]) -> None:
    """Let runs refer to files that other runs made."""
    for each in answers:
        file = Artifact(digest=each.sha256, size_bytes=each.size_bytes, media_type=PARQUET, created_at=now())
        link_artifact(session, each.run_pk, RESULT, file)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a run is asked, in a workspace."""

    workspace: str
    key: str
    run_pk: UUID


def note(session: Session, answered: Sequence[Answered]) -> None:
    """Have the cache know which run answers a question; it counts once the run is completed."""
    for each in answered:
        remember(session, each.workspace, each.key, each.run_pk)


def save(session: Session, run_pk: UUID, attempt: int, result: QueryResult) -> None:
    """Show readers what the statement made of its table.

    Raises:
        TableBusy: Another run wrote the table meanwhile.
    """
    del attempt
    run, change = session.get(Run, run_pk), result.change
    if run is None or change is None or change.act is Act.NOTHING:
        return
    there = next(iter(tables_of(session, run.workspace, [(change.schema, change.name)])), None)
    written = _written(change, there)
    try:
        write_table(session, run.workspace, written, by=run.created_by, run=(run_pk, run.run_id))
    except TableChanged as error:
        raise TableBusy(f"{change.schema}.{change.name}", there.run_id if there else "") from error


def _written(change: TableChange, there: TableView | None) -> Written:
    new = tuple(StoredFile(file.sha256, file.row_count, file.size_bytes) for file in change.files)
    before = there.files if there else ()
    files = {Act.APPEND: (*before, *new), Act.RENAME: before}.get(change.act, new)
    return Written(
        act=change.act.value,
        schema=change.schema,
        name=change.name,
        columns=tuple((column.name, column.type) for column in change.columns),
        files=tuple(files),
        changed_rows=change.changed_rows,
        read_version=change.made_of,
        new_name=change.new_name or "",
    )
