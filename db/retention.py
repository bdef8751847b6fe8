"""Forgetting runs that ended long ago, and versions of tables that newer ones replaced long ago.

What runs wrote into the graph is their sources', and stays.
"""

from datetime import timedelta

from sqlalchemy import delete, tuple_
from sqlmodel import col, select

from db.events import topic_of
from db.models import Run, RunArtifact, RunEvent
from db.session import Session, clock
from db.store import hint
from db.warehouse import TableFile, TableVersion, WarehouseTable

RUNS, EVENTS = 20, 500  # that go in one transaction: some 20 ms
VERSIONS, NAMES = 20, 400
TABLE_FILES = "table/"  # what the names of a run's artifacts begin with that are files of a table


def forget_runs(session: Session, kept_for: timedelta) -> bool:
    """Delete some runs that ended longer ago than they are kept; True if there may be more.

    Their artifacts go by the sweep, unless others refer to them.
    """
    old = select(Run.pk).where(col(Run.finished_at) < clock(session) - kept_for)
    some = session.scalars(old.order_by(col(Run.finished_at)).limit(RUNS)).all()
    if not some:
        return False
    key = (col(RunEvent.run_pk), col(RunEvent.seq))
    events = select(*key).where(col(RunEvent.run_pk).in_(some)).limit(EVENTS)
    gone = session.execute(
        delete(RunEvent)
        .where(tuple_(*key).in_(events))
        .returning(col(RunEvent.seq))
        .execution_options(synchronize_session=False)
    )
    if len(gone.all()) == EVENTS:  # a run may have thousands: they go first, a few at a time
        return True
    session.execute(delete(Run).where(col(Run.pk).in_(some)).execution_options(synchronize_session=False))
    for pk in some:
        hint(session, topic_of(pk))
    return len(some) == RUNS


def forget_versions(session: Session, kept_for: timedelta) -> bool:
    """Delete some versions that were replaced, or dropped, longer ago than they are kept.

    Files that no other version has are let go by the runs that wrote them, and go by the sweep; rows that are
    the result of a run stay with it. A run may read a version that is replaced meanwhile: none takes more than
    a day, so `kept_for` must not be less.

    Returns:
        Whether there may be more.
    """
    ended = col(TableVersion.superseded_at)
    old = select(TableVersion.pk).where(ended < clock(session) - kept_for).order_by(ended).limit(VERSIONS)
    some = session.scalars(old).all()
    if not some:
        return False
    theirs = col(TableFile.version_pk).in_(some)
    digests = list(session.scalars(select(TableFile.digest).where(theirs).distinct()))
    session.execute(delete(TableFile).where(theirs).execution_options(synchronize_session=False))
    gone = delete(TableVersion).where(col(TableVersion.pk).in_(some))
    session.execute(gone.execution_options(synchronize_session=False))
    for at in range(0, len(digests), NAMES):
        _let_go(session, digests[at : at + NAMES])
    versions = select(TableVersion.pk).where(col(TableVersion.table_pk) == col(WarehouseTable.pk)).exists()
    empty = delete(WarehouseTable).where(col(WarehouseTable.dropped) != "", ~versions)
    session.execute(empty.execution_options(synchronize_session=False))
    return len(some) == VERSIONS


def _let_go(session: Session, digests: list[str]) -> None:
    """Have runs no longer refer to files that they wrote for tables, and that no version has any more."""
    used = select(TableFile.digest).where(col(TableFile.digest) == col(RunArtifact.digest)).exists()
    links = delete(RunArtifact).where(
        col(RunArtifact.digest).in_(digests), col(RunArtifact.name).startswith(TABLE_FILES), ~used
    )
    session.execute(links.execution_options(synchronize_session=False))
