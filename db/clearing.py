"""Emptying a workspace: at once for readers, in short transactions for the database.

Revisions are not numbered anew: what knew the graph by workspace and revision can never meet another graph
under an old number. So one row stays of all that a workspace had: its newest revision, abandoned.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, func, or_, tuple_, update
from sqlmodel import SQLModel, col, select

from db.entries import SearchEntry
from db.events import topic_of
from db.facets import DatasetFacet
from db.feeds import forget_workspace
from db.inbox import LineageEvent
from db.lineage import ASSERTIONS, IDENTITIES, Asset, AssetColumn, Definition, Edge, Gap, Revision, Source
from db.models import Run, RunArtifact, RunEvent, Upload, Workspace
from db.revisions import revision_topic
from db.saved_queries import SavedQuery
from db.session import Session, clock
from db.store import hint
from db.warehouse import WarehouseTable
from db.watches import ToldRevision, Watch

CLEAR_ROWS = 250  # rows deleted in one transaction: 20 to 50 ms, most of it for indexes and references
CLEAR_RUNS = 25  # runs have rows of their own that go with them
ABANDONED_AFTER = timedelta(seconds=10)  # a clear that says nothing for so long is taken over
SHOWN_HOLDERS = 5


def hold_workspace(session: Session, workspace: str) -> bool | None:
    """Whether a workspace is being cleared, None if there is none; it stays so until this transaction ends.

    Whoever adds something to a workspace asks this first, in the same transaction.
    """
    query = select(Workspace.name, Workspace.clearing_since).where(
        Workspace.name == workspace, col(Workspace.deleted_at).is_(None)
    )
    # The weakest lock there is: it excludes `begin_clearing`, and neither others of its kind nor a new head.
    held = session.execute(query.with_for_update(read=True, key_share=True)).one_or_none()
    return None if held is None else held.clearing_since is not None


@dataclass(frozen=True, slots=True)
class Beginning:
    """What `begin_clearing` found: no such workspace, runs that have not ended, another clear, or nothing.

    Only in the last case the clear has begun; then `since` is what to show at its next step.
    """

    there: bool = True
    holders: Sequence[str] = ()
    since: datetime | None = None


def begin_clearing(session: Session, workspace: str) -> Beginning:
    """Hide the graph of a workspace and close it to runs and uploads, if nothing is at work in it.

    A clear that another process began and left is taken over.
    """
    moment = clock(session)
    locked = session.execute(
        select(Workspace.name, Workspace.clearing_since)
        .where(Workspace.name == workspace, col(Workspace.deleted_at).is_(None))
        .with_for_update()
    ).one_or_none()
    if locked is None:
        return Beginning(there=False)
    if locked.clearing_since is not None and locked.clearing_since > moment - ABANDONED_AFTER:
        return Beginning()
    unfinished = (Run.workspace == workspace, col(Run.finished_at).is_(None))
    holders = session.scalars(select(Run.run_id).where(*unfinished).order_by(Run.run_id).limit(SHOWN_HOLDERS))
    found = holders.all()
    if found:
        return Beginning(holders=found)
    session.execute(
        update(Workspace).where(col(Workspace.name) == workspace).values(head=0, clearing_since=moment)
    )
    reserved = (col(Revision.workspace) == workspace, col(Revision.state) == "reserved")
    session.execute(update(Revision).where(*reserved).values(state="abandoned"))  # by an attempt that is dead
    hint(session, revision_topic(workspace))
    return Beginning(since=moment)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one meaning: `clear` deletes some of a workspace's and says how many."""

    what: str
    clear: Callable[[Session, str], int]


@dataclass(frozen=True, slots=True)
class Step:
    """How many rows a step of a clear deleted, and what to show at the next one."""

    gone: int
    since: datetime


def clear_some(session: Session, workspace: str, part: Part, *, since: datetime) -> Step | None:
    """Delete some rows of a workspace that is being cleared; None if this clear was taken over by another.

    Each step changes the time at which the clear was last heard of: that is the sign that it lives, the lock
    under which steps take turns, and what fences a clear that was held up from the one that took it over.
    """
    moment = max(clock(session), since + timedelta(microseconds=1))
    mine = (col(Workspace.name) == workspace, col(Workspace.clearing_since) == since)
    renewed = update(Workspace).where(*mine).values(clearing_since=moment).returning(col(Workspace.name))
    if session.execute(renewed).one_or_none() is None:
        return None
    return Step(part.clear(session, workspace), moment)


def end_clearing(session: Session, workspace: str, since: datetime) -> None:
    """Open a workspace that this clear has emptied."""
    mine = (col(Workspace.name) == workspace, col(Workspace.clearing_since) == since)
    session.execute(update(Workspace).where(*mine).values(clearing_since=None))
    hint(session, revision_topic(workspace))


def left_clearings(session: Session) -> Sequence[str]:
    """Workspaces whose clearing was begun by a process that no longer goes on with it."""
    left = col(Workspace.clearing_since) < clock(session) - ABANDONED_AFTER
    return session.scalars(select(Workspace.name).where(left)).all()


def _rows_of(table: type[SQLModel]) -> Callable[[Session, str], int]:
    """Deletes from a table that has `pk` and `workspace`."""
    columns: Any = table

    def clear(session: Session, workspace: str) -> int:
        some = select(columns.pk).where(columns.workspace == workspace).limit(CLEAR_ROWS)
        return _count(session, delete(table).where(col(columns.pk).in_(some)))

    return clear


def _events(session: Session, workspace: str) -> int:
    key = (col(RunEvent.run_pk), col(RunEvent.seq))
    some = select(*key).join(Run, col(Run.pk) == col(RunEvent.run_pk)).where(Run.workspace == workspace)
    return _count(session, delete(RunEvent).where(tuple_(*key).in_(some.limit(CLEAR_ROWS))))


def _artifacts(session: Session, workspace: str) -> int:
    """What runs refer to; the bytes themselves go by the sweep, unless others refer to them too."""
    key = (col(RunArtifact.run_pk), col(RunArtifact.name))
    some = select(*key).join(Run, col(Run.pk) == col(RunArtifact.run_pk)).where(Run.workspace == workspace)
    return _count(session, delete(RunArtifact).where(tuple_(*key).in_(some.limit(CLEAR_ROWS))))


def _runs(session: Session, workspace: str) -> int:
    some = session.scalars(select(Run.pk).where(Run.workspace == workspace).limit(CLEAR_RUNS)).all()
    for pk in some:
        hint(session, topic_of(pk))
    return _count(session, delete(Run).where(col(Run.pk).in_(some)))


def _told(session: Session, workspace: str) -> int:
    """Up to where the feed has told: what is told next is told from the beginning."""
    return _count(session, delete(ToldRevision).where(col(ToldRevision.workspace) == workspace))


def _revisions(session: Session, workspace: str) -> int:
    """All but the newest, which is kept for its number and shown to nobody."""
    own = col(Revision.workspace) == workspace
    newest = select(func.max(Revision.number)).where(own).scalar_subquery()
    older = select(Revision.number).where(own, col(Revision.number) < newest).limit(CLEAR_ROWS)
    gone = _count(session, delete(Revision).where(own, col(Revision.number).in_(older)))
    if gone:
        return gone
    shown = or_(col(Revision.state) != "abandoned", col(Revision.committed_at).is_not(None))
    hide = update(Revision).where(own, shown).values(state="abandoned", committed_at=None, run_pk=None)
    return _count(session, hide)


def _count(session: Session, statement: Any) -> int:
    """How many rows a statement changed."""
    changed: Any = session.execute(statement.execution_options(synchronize_session=False))
    return int(changed.rowcount)


_WORDS: dict[Any, str] = {
    Gap: "gaps",
    Edge: "edges",
    AssetColumn: "columns",
    Asset: "assets",
    Definition: "definitions",
    SearchEntry: "search entries",
}
_GRAPH: Sequence[Any] = (*ASSERTIONS, *IDENTITIES)
PARTS = (  # in the order in which rows may go: what refers before what is referred to
    Part("told", _told),  # first: whoever is about to tell then has nothing to tell
    Part("watches", _rows_of(Watch)),
    Part("news", partial(forget_workspace, limit=CLEAR_ROWS)),
    Part("revisions", _revisions),
    *(Part(_WORDS.get(table, "assertions"), _rows_of(table)) for table in _GRAPH),
    Part("sources", _rows_of(Source)),
    Part("events", _events),
    Part("artifacts", _artifacts),
    Part("tables", _rows_of(WarehouseTable)),
    Part("saved queries", _rows_of(SavedQuery)),
    Part("runs", _runs),
    Part("uploads", _rows_of(Upload)),
    Part("events", _rows_of(LineageEvent)),
    Part("events", _rows_of(DatasetFacet)),
)
