"""The warehouse: tables whose versions are lists of immutable Parquet artifacts.

A version never changes. What writes a table makes its next version, which readers see once the transaction that
writes it has ended; who began to read before goes on with the files that it has.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint, func, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, select

from db.columns import UtcDateTime, fold_case
from db.lineage import folded
from db.models import Artifact, now
from db.session import Session, clock

PARQUET = "application/vnd.apache.parquet"
DEFAULT_SCHEMA = "main"


class WarehouseTable(SQLModel, table=True):
    """A table; one that was dropped keeps its row for as long as its versions are kept."""

    __tablename__ = "warehouse_tables"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("workspace", "schema_folded", "folded", "dropped", name="warehouse_tables_name_once"),
    )

    pk: UUID = Field(default_factory=uuid4, primary_key=True)
    workspace: str = Field(foreign_key="workspaces.name")
    schema_name: str = DEFAULT_SCHEMA
    schema_folded: str = DEFAULT_SCHEMA
    name: str
    folded: str = Field(sa_column=folded())
    version: int = 0  # the newest; writers compare it, so that none overwrites what it has not read
    dropped: str = ""  # empty while it is there, else its own pk: names may be taken again
    created_by: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class TableVersion(SQLModel, table=True):
    """A state of a table: its columns, and how many rows its files have."""

    __tablename__ = "table_versions"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("table_pk", "number", name="table_versions_number_once"),
        Index("table_versions_by_run", "run_pk"),
        Index("table_versions_by_end", "superseded_at"),
    )

    pk: UUID = Field(default_factory=uuid4, primary_key=True)
    table_pk: UUID = Field(foreign_key="warehouse_tables.pk", ondelete="CASCADE")
    number: int  # from 1, without gaps
    run_pk: UUID | None = Field(default=None, foreign_key="runs.pk", ondelete="SET NULL")
    run_id: str = ""  # of the run that wrote it, also when that is gone
    act: str  # jobs.engines.sql.values.Act
    columns: list[dict[str, str]] = Field(sa_column=Column(JSON, nullable=False))  # name and type, in order
    row_count: int = Field(sa_column=Column(BigInteger, nullable=False))
    size_bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_rows: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    superseded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # by a newer one, or by DROP
    statistics: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class TableFile(SQLModel, table=True):
    """A Parquet artifact of a version, by its place among them."""

    __tablename__ = "table_files"
    __table_args__: ClassVar[Any] = (Index("table_files_by_digest", "digest"),)

    version_pk: UUID = Field(foreign_key="table_versions.pk", primary_key=True, ondelete="CASCADE")
    place: int = Field(primary_key=True)
    digest: str = Field(foreign_key="artifacts.digest")
    row_count: int = Field(sa_column=Column(BigInteger, nullable=False))
    size_bytes: int = Field(sa_column=Column(BigInteger, nullable=False))


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A Parquet file that is kept as an artifact."""

    digest: str
    row_count: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as readers see it, with the files of one of its versions."""

    pk: UUID
    schema: str
    name: str
    version: int
    columns: tuple[tuple[str, str], ...]  # name and type
    files: tuple[StoredFile, ...]
    row_count: int
    size_bytes: int
    created_at: datetime  # of the version
    run_id: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a statement did to a table: its next version. `act` is a value of jobs.engines.sql.values.Act."""

    act: str
    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    files: tuple[StoredFile, ...]
    changed_rows: int
    read_version: int | None  # the version that it was made of; None: there was no such table
    new_name: str = ""


class TableChanged(Exception):
    """Somebody else wrote the table since it was read; nothing was written."""

    def __init__(self, schema: str, name: str) -> None:
        self.schema, self.name = schema, name
        super().__init__(f"{schema}.{name}")


def tables_of(
    session: Session,
    workspace: str,
    names: Collection[tuple[str, str]] | None = None,
    as_of: datetime | None = None,
    *,
    after: tuple[str, str] | None = None,
    limit: int | None = None,
) -> Sequence[TableView]:
    """Tables of a workspace, by schema and name: all, or those with one of these (schema, name).

    Args:
        session: Where they are.
        workspace: Whose.
        names: Schemas and names in any capitals; None for all.
        as_of: The versions that were the newest at this moment, of tables that are dropped by now, too; None:
            those of now.
        after: Only those behind this schema and name, folded.
        limit: How many at most.

    Cost: two statements, however many tables up to 400.
    """
    query = select(WarehouseTable, TableVersion).join(
        TableVersion, col(TableVersion.table_pk) == col(WarehouseTable.pk)
    )
    query = query.where(WarehouseTable.workspace == workspace)
    if as_of is None:
        newest = col(TableVersion.number) == col(WarehouseTable.version)
        query = query.where(newest, WarehouseTable.dropped == "")
    else:
        ended = col(TableVersion.superseded_at)
        query = query.where(col(TableVersion.created_at) <= as_of, ended.is_(None) | (ended > as_of))
    if names is not None:
        keys = [(fold_case(schema), fold_case(name)) for schema, name in names]
        query = query.where(tuple_(col(WarehouseTable.schema_folded), col(WarehouseTable.folded)).in_(keys))
    by_name = (col(WarehouseTable.schema_folded), col(WarehouseTable.folded))
    if after is not None:
        query = query.where(tuple_(*by_name) > tuple_(*after))
    rows = session.execute(query.order_by(*by_name).limit(limit)).all()
    files = _files_of(session, [version.pk for _, version in rows])
    return [_view(table, version, files.get(version.pk, ())) for table, version in rows]


def _view(table: WarehouseTable, version: TableVersion, files: Sequence[StoredFile]) -> TableView:
    return TableView(
        pk=table.pk,
        schema=table.schema_name,
        name=table.name,
        version=version.number,
        columns=tuple((column["name"], column["type"]) for column in version.columns),
        files=tuple(files),
        row_count=version.row_count,
        size_bytes=version.size_bytes,
        created_at=version.created_at,
        run_id=version.run_id,
    )


def _files_of(session: Session, versions: Collection[UUID]) -> Mapping[UUID, Sequence[StoredFile]]:
    found: dict[UUID, list[StoredFile]] = {}
    every = list(versions)
    for at in range(0, len(every), 400):
        some = col(TableFile.version_pk).in_(every[at : at + 400])
        for file in session.scalars(select(TableFile).where(some).order_by(col(TableFile.place))):
            stored = StoredFile(file.digest, file.row_count, file.size_bytes)
            found.setdefault(file.version_pk, []).append(stored)
    return found


def write_table(session: Session, workspace: str, written: Written, *, by: str, run: tuple[UUID, str]) -> int:
    """Make what a statement wrote the next version of its table; its number, 0 if nothing is left of it.

    Args:
        session: The transaction that finishes the run.
        workspace: Whose table.
        written: What to write. Its files are linked as artifacts already.
        by: Who asked for it.
        run: The run's inner id and its run_id.

    Raises:
        TableChanged: The table is not at the version that was read.
    """
    key = (fold_case(written.schema), fold_case(written.name))
    table = _locked(session, workspace, key)
    if (None if table is None else table.version) != written.read_version:
        raise TableChanged(written.schema, written.name)
    moment = clock(session)
    if table is None:
        table = _created(session, workspace, written, by=by)
    number = table.version + 1
    ended = update(TableVersion).where(
        col(TableVersion.table_pk) == table.pk, col(TableVersion.superseded_at).is_(None)
    )
    session.execute(ended.values(superseded_at=moment))
    table.changed_at = moment
    if written.act == "drop":
        table.dropped = str(table.pk)
        session.flush()
        return 0
    if written.act == "rename":
        if _locked(session, workspace, (key[0], fold_case(written.new_name))) is not None:
            raise TableChanged(written.schema, written.new_name)  # it was made since
        table.name, table.folded = written.new_name, fold_case(written.new_name)
    table.version = number
    _add_version(session, table, written, run=run)
    return number


def _created(session: Session, workspace: str, written: Written, *, by: str) -> WarehouseTable:
    """The row of a new table. Of two who make one at the same moment, one statement decides."""
    row = WarehouseTable(
        workspace=workspace,
        schema_name=written.schema,
        schema_folded=fold_case(written.schema),
        name=written.name,
        folded=fold_case(written.name),
        created_by=by,
        created_at=clock(session),
    )
    made = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    once = made(WarehouseTable).values(row.model_dump()).on_conflict_do_nothing()
    if session.execute(once.returning(col(WarehouseTable.pk))).one_or_none() is None:
        raise TableChanged(written.schema, written.name)
    return session.get_one(WarehouseTable, row.pk)


def _locked(session: Session, workspace: str, key: tuple[str, str]) -> WarehouseTable | None:
    named = (WarehouseTable.schema_folded == key[0], WarehouseTable.folded == key[1])
    query = select(WarehouseTable).where(
        WarehouseTable.workspace == workspace, *named, WarehouseTable.dropped == ""
    )
    return session.scalars(query.with_for_update()).one_or_none()


def _add_version(session: Session, table: WarehouseTable, written: Written, *, run: tuple[UUID, str]) -> None:
    version = TableVersion(
        table_pk=table.pk,
        number=table.version,
        run_pk=run[0],
        run_id=run[1],
        act=written.act,
        columns=[{"name": name, "type": kind} for name, kind in written.columns],
        row_count=sum(file.row_count for file in written.files),
        size_bytes=sum(file.size_bytes for file in written.files),
        changed_rows=written.changed_rows,
        created_at=table.changed_at,
    )
    session.add(version)
    session.flush()
    for place, file in enumerate(written.files):
        session.add(
            TableFile(
                version_pk=version.pk,
                place=place,
                digest=file.digest,
                row_count=file.row_count,
                size_bytes=file.size_bytes,
            )
        )
    session.flush()


def versions_of(session: Session, table_pk: UUID, *, after: int | None, limit: int) -> Sequence[TableVersion]:
    """Versions of a table, newest first, from behind the one with the number `after`."""
    query = select(TableVersion).where(TableVersion.table_pk == table_pk)
    if after is not None:
        query = query.where(col(TableVersion.number) < after)
    return session.scalars(query.order_by(col(TableVersion.number).desc()).limit(limit)).all()


def statistics_of(session: Session, table_pk: UUID, number: int) -> list[dict[str, Any]] | None:
    """Figures of a version's columns, as they were kept; None before somebody asked for them."""
    mine = (TableVersion.table_pk == table_pk, TableVersion.number == number)
    return session.execute(select(TableVersion.statistics).where(*mine)).scalar_one_or_none()


def keep_statistics(
    session: Session, table_pk: UUID, number: int, statistics: Sequence[Mapping[str, Any]]
) -> None:
    """Keep figures of a version, which never change; of one that is gone nothing is kept."""
    mine = (col(TableVersion.table_pk) == table_pk, col(TableVersion.number) == number)
    session.execute(update(TableVersion).where(*mine).values(statistics=list(statistics)))


def is_table_file(session: Session, workspace: str, digest: str) -> bool:
    """Whether an artifact is a file of a table of this workspace."""
    mine = (
        select(func.count())
        .select_from(TableFile)
        .join(TableVersion, col(TableVersion.pk) == col(TableFile.version_pk))
        .join(WarehouseTable, col(WarehouseTable.pk) == col(TableVersion.table_pk))
        .where(TableFile.digest == digest, WarehouseTable.workspace == workspace)
    )
    return bool(session.execute(mine).scalar_one())


def of_tables() -> Any:
    """A condition in SQL: that a table has this artifact among its files."""
    return select(TableFile.digest).where(TableFile.digest == Artifact.digest).exists()
