"""Compare what a source says now with what it said before, and write only the difference."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import SQLModel, col, select

from db.indexing import index_rows
from db.lineage import ASSERTIONS, IDENTITIES, Assertion, Source, identity
from db.models import now
from db.revisions import insert_rows
from db.session import Session

Row = dict[str, Any]

READ_ROWS = 1_000  # fetched at once
CLOSED_ROWS = 10_000  # named in one statement: SQLite takes 32,766 values, PostgreSQL 65,535


@dataclass(frozen=True, slots=True)
class Change:
    """One row to insert, or (`row` None) the assertion `closes` to end."""

    table: type[SQLModel]
    row: Row | None = None
    closes: UUID | None = None


def ensure_source(session: Session, workspace: str, name: str) -> UUID:
    """The id of a source, which is made if it is new."""
    pk = identity("source", workspace, name)
    row = {"pk": pk, "workspace": workspace, "name": name, "created_at": now()}
    insert_rows(session, Source, [row])
    return pk


def open_assertions(session: Session, source_pk: UUID) -> Iterator[tuple[type[Assertion], UUID, UUID]]:
    """What a source asserts at present: table, fact, and id of the row that asserts it.

    Read as it is consumed: a source of a large catalog holds hundreds of thousands.
    """
    for table in ASSERTIONS:
        current = select(table.fact, table.pk).where(table.source_pk == source_pk, col(table.until).is_(None))
        for fact, pk in session.execute(current.execution_options(yield_per=READ_ROWS)):
            yield table, fact, pk


def difference(
    before: Mapping[type[Assertion], Mapping[UUID, UUID]],
    after: Mapping[type[Assertion], Mapping[UUID, Row]],
    revision: int,
) -> Iterator[Change]:
    """The rows to write so that a source asserts `after` from `revision` on, and nothing else.

    Args:
        before: For each table, fact → id of its row, from `open_assertions`.
        after: For each table, fact → row without `pk`, `fact` and `since`.
        revision: The reserved one.
    """
    for table in ASSERTIONS:
        old, new = before.get(table, {}), after.get(table, {})
        for fact, row in new.items():
            if fact not in old:
                pk = identity("assertion", fact.hex, str(revision))
                yield Change(table, {**row, "pk": pk, "fact": fact, "since": revision})
        for fact, pk in old.items():
            if fact not in new:
                yield Change(table, closes=pk)


def write_changes(session: Session, changes: Sequence[Change], revision: int) -> None:
    """Write a batch of changes ahead; readers see none of it before the head moves.

    Rows may come in any order: a batch may end one list and begin another, so rows are inserted table by table,
    each behind those that it refers to. What full search finds of them is written with them.
    """
    inserts: dict[type[SQLModel], list[Row]] = {}
    closes: dict[type[SQLModel], list[UUID]] = {}
    for change in changes:
        if change.row is not None:
            inserts.setdefault(change.table, []).append(change.row)
        elif change.closes is not None:
            closes.setdefault(change.table, []).append(change.closes)
    for table in (*reversed(IDENTITIES), *ASSERTIONS):
        insert_rows(session, table, inserts.get(table, []))
    index_rows(session, inserts)
    for closed, pks in closes.items():
        if issubclass(closed, Assertion):
            for at in range(0, len(pks), CLOSED_ROWS):
                some = col(closed.pk).in_(pks[at : at + CLOSED_ROWS])
                session.execute(update(closed).where(some).values(until=revision))
