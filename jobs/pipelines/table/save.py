"""What a file makes of a table: its next version."""

from uuid import UUID

from db.models import Run
from db.session import Session
from db.warehouse import StoredFile, TableChanged, Written, tables_of, write_table
from jobs.engines.sql.errors import TableBusy
from jobs.engines.sql.values import Act
from jobs.pipelines.table.values import TableMode, TableResult


def save(session: Session, run_pk: UUID, attempt: int, result: TableResult) -> None:
    """Show readers the table with the rows of the file.

    Raises:
        TableBusy: Another run wrote the table meanwhile.
    """
    del attempt
    run = session.get(Run, run_pk)
    if run is None:
        return
    there = next(iter(tables_of(session, run.workspace, [(result.schema, result.name)])), None)
    new = [StoredFile(result.artifact, result.row_count, result.size_bytes)] if result.artifact else []
    appends = result.mode is TableMode.APPEND
    before = there.files if there and appends else ()
    written = Written(
        act=(Act.APPEND if appends else Act.CREATE).value,
        schema=result.schema,
        name=result.name,
        columns=tuple((column.name, column.type) for column in result.columns),
        files=(*before, *new),
        changed_rows=result.row_count,
        read_version=result.made_of,
    )
    try:
        write_table(session, run.workspace, written, by=run.created_by, run=(run_pk, run.run_id))
    except TableChanged as error:
        raise TableBusy(f"{result.schema}.{result.name}", there.run_id if there else "") from error
