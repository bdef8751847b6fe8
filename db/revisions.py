"""Revisions of a workspace's graph: reserve one, write ahead under it unseen, then move the head."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, update
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel, col, select

from db.lineage import ASSERTIONS, IDENTITIES, Assertion, Revision
from db.models import Run, RunStatus, Workspace
from db.session import Session, clock
from db.store import Store, hint

CLEAR_ROWS = 2_000  # rows of an abandoned revision removed in one transaction: some 20 ms


def revision_topic(workspace: str) -> str:
    """What rings when a workspace's graph changes, or a reservation ends."""
    return f"revision:{workspace}"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A revision that is reserved, by whom, and whether that attempt is still alive."""

    workspace: str
    number: int
    holder: str  # run_id, or "" when that run was deleted
    mine: bool
    alive: bool


def reserve_revision(session: Session, workspace: str, run_pk: UUID, attempt: int) -> Reservation:
    """Reserve the next revision of a workspace for an attempt, or tell who holds it.

    One is reserved at a time. A reservation that is not `mine` and not `alive` must be cleared first.
    """
    held = find_reservation(session, workspace, run_pk, attempt)
    if held is not None:
        return held
    newest = select(func.coalesce(func.max(Revision.number), 0)).where(Revision.workspace == workspace)
    number = session.execute(newest).scalar_one() + 1
    row = {
        "workspace": workspace,
        "number": number,
        "run_pk": run_pk,
        "attempt": attempt,
        "state": "reserved",
        "reserved_at": clock(session),
    }
    insert_rows(session, Revision, [row])
    # Another process may have been faster between the two statements; whoever is in the row now holds it.
    winner = find_reservation(session, workspace, run_pk, attempt)
    return winner or Reservation(workspace, number, "", mine=False, alive=True)


def hold_workspace(session: Session, workspace: str) -> bool | None:
    """Let nobody else open a revision of a workspace before this transaction ends: for who looks before.

    Returns:
        Whether it is being cleared; None if there is none.
    """
    query = select(Workspace.name, Workspace.clearing_since).where(
        Workspace.name == workspace, col(Workspace.deleted_at).is_(None)
    )
    held = session.execute(query.with_for_update()).one_or_none()
    return None if held is None else held.clearing_since is not None


def open_revision(session: Session, workspace: str) -> int | None:
    """Begin the next revision of a workspace and show it to readers, with what this transaction writes.

    Returns:
        Its number, or None while a run has reserved one.
    """
    hold_workspace(session, workspace)
    own = Revision.workspace == workspace
    if session.scalars(select(Revision.number).where(own, Revision.state == "reserved")).first() is not None:
        return None
    number = (
        int(session.execute(select(func.coalesce(func.max(Revision.number), 0)).where(own)).scalar_one()) + 1
    )
    moment = clock(session)
    row = {
        "workspace": workspace,
        "number": number,
        "run_pk": None,
        "attempt": 0,
        "state": "committed",
        "reserved_at": moment,
        "committed_at": moment,
    }
    session.execute(insert(Revision), [row])
    session.execute(update(Workspace).where(col(Workspace.name) == workspace).values(head=number))
    hint(session, revision_topic(workspace))
    return number


def find_reservation(session: Session, workspace: str, run_pk: UUID, attempt: int) -> Reservation | None:
    """Who has reserved a revision of a workspace; None if nobody has."""
    reserved = (Revision.workspace == workspace, Revision.state == "reserved")
    row = session.execute(
        select(Revision, Run).outerjoin(Run, col(Run.pk) == col(Revision.run_pk)).where(*reserved)
    ).one_or_none()
    if row is None:
        return None
    revision, run = row
    return Reservation(
        workspace=workspace,
        number=revision.number,
        holder=run.run_id if run else "",
        mine=revision.run_pk == run_pk and revision.attempt == attempt,
        alive=run is not None and run.status == RunStatus.RUNNING and run.attempt == revision.attempt,
    )


def stale_reservations(session: Session) -> list[tuple[str, int]]:
    """Reserved revisions (workspace, number) whose attempt is dead."""
    dead = (col(Run.status) != RunStatus.RUNNING) | (col(Run.attempt) != col(Revision.attempt))
    rows = session.execute(
        select(Revision.workspace, Revision.number)
        .outerjoin(Run, col(Run.pk) == col(Revision.run_pk))
        .where(Revision.state == "reserved", col(Run.pk).is_(None) | dead)
    )
    return [(workspace, number) for workspace, number in rows]


def clear_revision(session: Session, workspace: str, number: int) -> bool:
    """Remove a batch of what was written under a dead reservation; True once nothing is left of it.

    Deletes what it asserted, reopens what it closed, then deletes the identities that it was first to name.
    """
    reserved = and_(
        col(Revision.workspace) == workspace,
        col(Revision.number) == number,
        col(Revision.state) == "reserved",
    )
    locked = session.execute(select(Revision.number).where(reserved).with_for_update()).one_or_none()
    if locked is None:
        return True
    for table in ASSERTIONS:
        of_workspace = col(table.workspace) == workspace
        if _reopen_some(session, table, of_workspace, col(table.until) == number):
            return False
        if _delete_some(session, table, of_workspace, col(table.since) == number):
            return False
    for identity in IDENTITIES:
        if _delete_some(session, identity, col(identity.workspace) == workspace, col(identity.born) == number):
            return False
    session.execute(update(Revision).where(reserved).values(state="abandoned"))
    hint(session, revision_topic(workspace))
    return True


async def clear_dead_revision(store: Store, workspace: str, number: int) -> None:
    """Remove all that was written under a dead reservation, in short transactions."""
    while not await store.write(partial(clear_revision, workspace=workspace, number=number)):
        pass


def _delete_some(session: Session, table: type[Any], *condition: Any) -> bool:
    """Delete up to CLEAR_ROWS rows; True if there may be more."""
    some = select(table.pk).where(*condition).limit(CLEAR_ROWS)
    gone = session.execute(delete(table).where(col(table.pk).in_(some)).returning(col(table.pk)))
    return len(gone.all()) == CLEAR_ROWS


def _reopen_some(session: Session, table: type[Assertion], *condition: Any) -> bool:
    """Take back the end of up to CLEAR_ROWS rows; True if there may be more."""
    some = select(table.pk).where(*condition).limit(CLEAR_ROWS)
    reopened = session.execute(
        update(table).where(col(table.pk).in_(some)).values(until=None).returning(col(table.pk))
    )
    return len(reopened.all()) == CLEAR_ROWS


def commit_revision(session: Session, run_pk: UUID, attempt: int) -> int | None:
    """Show readers what this attempt wrote ahead; the new head, or None if it had reserved nothing."""
    mine = and_(
        col(Revision.run_pk) == run_pk,
        col(Revision.attempt) == attempt,
        col(Revision.state) == "reserved",
    )
    committed = session.execute(
        update(Revision)
        .where(mine)
        .values(state="committed", committed_at=clock(session))
        .returning(col(Revision.workspace), col(Revision.number))
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if committed is None:
        return None
    session.execute(
        update(Workspace).where(col(Workspace.name) == committed.workspace).values(head=committed.number)
    )
    hint(session, revision_topic(committed.workspace))
    return int(committed.number)


def release_revision(session: Session, run_pk: UUID, attempt: int) -> None:
    """Give back a reservation under which nothing was written: readers stay where they are."""
    mine = and_(
        col(Revision.run_pk) == run_pk,
        col(Revision.attempt) == attempt,
        col(Revision.state) == "reserved",
    )
    for revision in session.scalars(select(Revision).where(mine)):
        hint(session, revision_topic(revision.workspace))
        session.delete(revision)


def head_of(session: Session, workspace: str) -> int:
    """The revision that readers of a workspace see; 0 before the first."""
    head = session.scalars(select(Workspace.head).where(Workspace.name == workspace)).one_or_none()
    return head or 0


def insert_rows(session: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Insert rows in bulk, leaving those alone that are there already: ids are digests of content."""
    if not rows:
        return
    # The plain table: that of the class would look at each row once more, a fifth of the time of a large save.
    plain = SQLModel.metadata.tables[str(table.__tablename__)]
    if session.get_bind().dialect.name == "sqlite":
        statement = insert(plain).prefix_with("OR IGNORE")
    else:
        statement = postgresql.insert(plain).on_conflict_do_nothing()
    session.flush()
    session.connection().execute(statement, rows)
