"""Sources: how much each asserts, what no other does, and how what one says comes to an end.

A source that is deleted ends in a revision of its own, written ahead as runs do it, but by nobody's attempt:
who ends it shows with each step that it lives. If it dies over it, the sweep takes back what it wrote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, func, update
from sqlalchemy import select as sa_select
from sqlmodel import col, select

from db.lineage import (
    ASSERTIONS,
    Annotation,
    AssetFact,
    ColumnFact,
    Evidence,
    Revision,
    Source,
    identity,
    seen,
)
from db.models import Run, RunInput, Workspace
from db.revisions import ABANDONED_AFTER, NOBODYS, hold_workspace, insert_rows, revision_topic
from db.session import Session, clock
from db.store import hint

END_ROWS = 1_000  # assertions ended in one transaction
SHOWN_HOLDERS = 5
PARTS: Mapping[str, Any] = {
    "assets": (AssetFact, AssetFact.asset_pk),
    "columns": (ColumnFact, ColumnFact.column_pk),
    "edges": (Evidence, Evidence.edge_pk),
    "annotations": (Annotation, Annotation.pk),
}


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much a source asserts; `alone` is what no other source does. Both by the words of `PARTS`."""

    name: str
    every: Mapping[str, int]
    alone: Mapping[str, int]


def holdings(session: Session, workspace: str, at: int) -> Sequence[Holdings]:
    """What the sources that say anything at a revision assert, by name.

    Cost: two passes over what is asserted in the workspace.
    """
    named = session.execute(select(Source.pk, Source.name).where(Source.workspace == workspace))
    names = {row.pk: row.name for row in named}
    every: dict[UUID, dict[str, int]] = {}
    alone: dict[UUID, dict[str, int]] = {}
    for part, (table, what) in PARTS.items():
        here = (col(table.workspace) == workspace, seen(table, at))
        own = col(table.source_pk)
        counted = sa_select(own, func.count(what.distinct())).where(*here).group_by(own)
        for pk, count in session.execute(counted):
            every.setdefault(pk, {})[part] = int(count)
        # PostgreSQL knows no smallest id, but a smallest text.
        teller = func.min(cast(own, String)).label("teller")
        single = (
            sa_select(teller).where(*here).group_by(what).having(func.count(own.distinct()) == 1).subquery()
        )
        for text, count in session.execute(sa_select(single.c.teller, func.count()).group_by(single.c.teller)):
            alone.setdefault(UUID(text), {})[part] = int(count)
    found = [
        Holdings(names[pk], dict.fromkeys(PARTS, 0) | counts, dict.fromkeys(PARTS, 0) | alone.get(pk, {}))
        for pk, counts in every.items()
    ]
    return sorted(found, key=lambda each: each.name)


@dataclass(frozen=True, slots=True)
class Departure:
    """The revision in which a source ends: its number, and when its end was last heard of."""

    workspace: str
    source_pk: UUID
    number: int
    since: datetime


def runs_of(session: Session, workspace: str, source: str) -> Sequence[str]:
    """Some runs of a source that have not ended."""
    query = (
        select(Run.run_id)
        .join(RunInput, col(RunInput.run_pk) == col(Run.pk))
        .where(
            Run.workspace == workspace,
            col(Run.finished_at).is_(None),
            col(RunInput.params)["source"].as_string() == source,
        )
    )
    return session.scalars(query.order_by(Run.run_id).limit(SHOWN_HOLDERS)).all()


def begin_departure(session: Session, workspace: str, source: str) -> Departure | None:
    """Reserve the revision in which a source ends; None while another is reserved."""
    hold_workspace(session, workspace)
    own = Revision.workspace == workspace
    if session.scalars(select(Revision.number).where(own, Revision.state == "reserved")).first() is not None:
        return None
    newest = select(func.coalesce(func.max(Revision.number), 0)).where(own)
    number, moment = int(session.execute(newest).scalar_one()) + 1, clock(session)
    row = {
        "workspace": workspace,
        "number": number,
        "run_pk": None,
        "attempt": NOBODYS,
        "state": "reserved",
        "reserved_at": moment,
    }
    insert_rows(session, Revision, [row])
    # A run may have been faster between the two statements: it does not lock the workspace.
    mine = (own, Revision.number == number, Revision.attempt == NOBODYS, Revision.reserved_at == moment)
    if session.scalars(select(Revision.number).where(*mine, Revision.state == "reserved")).first() is None:
        return None
    return Departure(workspace, identity("source", workspace, source), number, moment)


def _renewed(session: Session, departure: Departure, **values: object) -> datetime | None:
    """Show that a departure lives, and nobody else took its revision: then None."""
    moment = max(clock(session), departure.since + timedelta(microseconds=1))
    mine = (
        col(Revision.workspace) == departure.workspace,
        col(Revision.number) == departure.number,
        col(Revision.state) == "reserved",
        col(Revision.reserved_at) == departure.since,
        col(Revision.reserved_at) > clock(session) - ABANDONED_AFTER,  # else it may be being taken back
    )
    renewed = update(Revision).where(*mine).values(reserved_at=moment, **values).returning(col(Revision.number))
    return None if session.execute(renewed).one_or_none() is None else moment


def end_some(session: Session, departure: Departure) -> tuple[int, datetime] | None:
    """End some of what a source asserts: how many, and the moment to show next; None if this was taken over."""
    moment = _renewed(session, departure)
    if moment is None:
        return None
    for table in ASSERTIONS:
        pk: Any = col(table.pk)
        open_ones = (col(table.source_pk) == departure.source_pk, col(table.until).is_(None))
        some = session.scalars(sa_select(pk).where(*open_ones).limit(END_ROWS)).all()
        if some:
            session.execute(update(table).where(pk.in_(some)).values(until=departure.number))
            return len(some), moment
    return 0, moment


def end_departure(session: Session, departure: Departure) -> bool:
    """Show readers the graph without the source; False if the revision was taken over."""
    if _renewed(session, departure, state="committed", committed_at=clock(session)) is None:
        return False
    own = col(Workspace.name) == departure.workspace
    session.execute(update(Workspace).where(own).values(head=departure.number))
    hint(session, revision_topic(departure.workspace))
    return True
