"""What a lineage run takes when it is accepted, and reads of the graph before it changes it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from db.assertions import Row, open_assertions
from db.filters import strength
from db.inbox import kept_events
from db.lineage import (
    ASSERTIONS,
    Assertion,
    Asset,
    AssetColumn,
    AssetFact,
    ColumnFact,
    Revision,
    Source,
    same_source,
    seen,
)
from db.revisions import head_of
from db.search import names_ending_in
from db.session import Session, clock
from db.uploads import take_uploads, uploads_of_run
from jobs.engines.files.roles import Role
from jobs.engines.lineage.dialects import fold_table
from jobs.engines.lineage.values import Column, RelationKind
from jobs.errors import UnknownUpload, UploadNotReady
from jobs.pipelines.lineage.save import Held, Logged, Teller
from jobs.pipelines.lineage.sources.sets import check_set
from jobs.pipelines.lineage.spill import spill, spill_rows
from jobs.pipelines.lineage.values import LineageParams

READ_ROWS = 1_000  # fetched at once
NAMES = 400  # in one list


def accept(session: Session, workspace: str, run_pk: UUID, params: LineageParams) -> None:
    """Let a run take its uploads, or refuse it.

    Raises:
        UnknownUpload, UploadNotReady, BadFile, InvalidParams: An upload is not there, or does not fit.
    """
    files: list[tuple[str, Role]] = []
    taken = take_uploads(session, workspace, run_pk, params.uploads) if params.uploads else []
    for place, upload in enumerate(taken):
        field, given = f"uploads[{place}]", params.uploads[place]
        if upload is None:
            raise UnknownUpload(field, given)
        if upload.role is None:
            raise UploadNotReady(field, given)
        files.append((upload.name, Role(upload.role)))
    check_set(files)


@dataclass(frozen=True, slots=True)
class Given:
    """A file that a run was given, by the digest of its bytes."""

    name: str
    role: Role
    digest: str


def files_of(session: Session, *, run_pk: UUID) -> list[Given]:
    """The files of a run, by name."""
    return [
        Given(upload.name, Role(upload.role), upload.digest)
        for upload in uploads_of_run(session, run_pk)
        if upload.role is not None and upload.digest is not None
    ]


def write_events(session: Session, *, workspace: str, to: Path) -> None:
    """Write the events that clients sent and that are still kept, a line each."""
    with to.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{body}\n" for body in kept_events(session, workspace))


def keep_known(
    session: Session, *, teller: Teller, dialect: str, words: Collection[str] | None, to: Path
) -> None:
    """Write the columns of what other sources define completely, by name: no text here has to repeat them.

    With `words` only those relations are written the last part of whose name is among them.

    Only what a source defines counts, never what it merely uses: two sources that read a table would
    otherwise keep telling each other its columns when nobody defines it any more.
    """
    known: dict[str, list[Column]] = {}
    names = None if words is None else names_ending_in(session, teller.workspace, words)
    for some in [None] if names is None else [names[at : at + NAMES] for at in range(0, len(names), NAMES)]:
        for name, key, *column in session.execute(_known(session, teller, some)):
            known.setdefault(spelled(name, key, dialect), []).append(Column(*column))
    spill(to, {name: tuple(columns) for name, columns in known.items()})


def _known(session: Session, teller: Teller, names: Sequence[str] | None) -> Any:
    """Rows of columns: of all assets of the namespace, or of those with one of these names."""
    at = head_of(session, teller.workspace)
    here = [col(Asset.workspace) == teller.workspace, col(Asset.namespace) == teller.namespace]
    wanted = []
    if names is not None:
        here.append(col(Asset.folded).in_(names))
        wanted.append(col(AssetFact.asset_pk).in_(select(Asset.pk).where(*here)))
    by_name = func.row_number().over(partition_by=col(AssetFact.asset_pk), order_by=col(Source.name))
    definers = (
        select(AssetFact.asset_pk, AssetFact.source_pk, by_name.label("rank"))
        .join(Source, col(Source.pk) == col(AssetFact.source_pk))
        .where(
            AssetFact.workspace == teller.workspace,
            AssetFact.source_pk != teller.source_pk,
            col(AssetFact.columns_complete),
            AssetFact.kind != RelationKind.EXTERNAL.value,
            seen(AssetFact, at),
            *wanted,
        )
        .subquery()
    )
    query: Any = (
        select(Asset.name, Asset.name_key, AssetColumn.name, ColumnFact.data_type, AssetColumn.name_key)  # type: ignore[call-overload]  # SQLModel's select is typed up to four columns
        .join(definers, definers.c.asset_pk == col(Asset.pk))
        .join(AssetColumn, col(AssetColumn.asset_pk) == col(Asset.pk))
        .join(
            ColumnFact,
            (col(ColumnFact.column_pk) == col(AssetColumn.pk))
            & same_source(ColumnFact, definers.c)
            & seen(ColumnFact, at),
        )
        .where(
            *here,
            definers.c.rank == 1,  # where several sources define one asset, the first by name is believed
        )
        .order_by(col(Asset.name_key), col(ColumnFact.ordinal))
    )
    return query.execution_options(yield_per=READ_ROWS)


def spelled(name: str, key: str, dialect: str) -> str:
    """A relation's name so that the dialect folds it to its key: quoted where quotes protect its capitals."""
    plain = ".".join(fold_table(part, dialect, quoted=False) for part in name.split("."))
    return name if plain == key else ".".join(f'"{part}"' for part in key.split("."))


def by_strength(facts: Iterable[Row]) -> list[Row]:
    """What sources say of one asset, the one that readers believe first: the order of `db.catalog`."""
    return sorted(facts, key=lambda fact: (strength(fact["kind"]), not fact["columns_complete"], fact["pk"]))


def keep_asserted(session: Session, *, teller: Teller, to: Path) -> Held:
    """Write what the source asserts at present."""
    return spill_rows(to, open_assertions(session, teller.source_pk))


def keep_logged(session: Session, *, teller: Teller, days: int, to: Path) -> Logged:
    """Write what the source of a query log asserts, and of each row whether it began more than `days` ago."""
    newest_old = (
        select(Revision.number)
        .where(
            Revision.workspace == teller.workspace,
            Revision.state == "committed",
            col(Revision.committed_at) < clock(session) - timedelta(days=days),
        )
        .order_by(col(Revision.number).desc())
        .limit(1)
    )
    old = session.scalars(newest_old).first() or 0
    return spill_rows(to, _logged(session, teller.source_pk, old))


def _logged(session: Session, source_pk: UUID, old: int) -> Iterator[tuple[type[Assertion], UUID, UUID, bool]]:
    for table in ASSERTIONS:
        current = select(table.fact, table.pk, table.since).where(
            table.source_pk == source_pk, col(table.until).is_(None)
        )
        for fact, pk, since in session.execute(current.execution_options(yield_per=READ_ROWS)):
            yield table, fact, pk, since <= old
