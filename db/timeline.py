"""The revisions of a workspace's graph as readers tell them apart: by number, by instant, by size."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, LargeBinary, Select, and_, cast, func
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from db.lineage import (
    Assertion,
    AssetFact,
    ColumnFact,
    Definition,
    Evidence,
    Revision,
    StatementFact,
    seen,
)
from db.revisions import head_of
from db.session import Session


@dataclass(frozen=True, slots=True)
class RevisionSize:
    """How much readers see at a revision; `definition_bytes` counts each text once, in UTF-8."""

    assets: int
    columns: int
    edges: int
    definition_bytes: int


def first_revision(session: Session, workspace: str) -> int | None:
    """The oldest revision that readers can still look at; None before the first."""
    oldest = select(func.min(Revision.number)).where(*_shown(workspace, head_of(session, workspace)))
    number: int | None = session.execute(oldest).scalar_one()
    return number


def revision_before(session: Session, workspace: str, moment: datetime) -> int | None:
    """The revision that readers saw at a moment; None if there was none yet."""
    newest = select(func.max(Revision.number)).where(
        *_shown(workspace, head_of(session, workspace)), col(Revision.committed_at) <= moment
    )
    number: int | None = session.execute(newest).scalar_one()
    return number


def list_revisions(session: Session, workspace: str, *, before: int | None, limit: int) -> Sequence[Revision]:
    """Revisions that readers have seen, newest first, from behind number `before`."""
    query = select(Revision).where(*_shown(workspace, head_of(session, workspace)))
    if before is not None:
        query = query.where(Revision.number < before)
    return session.scalars(query.order_by(col(Revision.number).desc()).limit(limit)).all()


def revision_sizes(
    session: Session, keys: Collection[tuple[str, int]]
) -> Mapping[tuple[str, int], RevisionSize]:
    """How much readers see at each (workspace, number).

    Cost: looks at every assertion of the workspace for each revision, some 0.3 s for 200,000 of them; four
    statements a workspace.
    """
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for workspace, number in keys:
        numbers[workspace].append(number)
    return {
        (workspace, number): size
        for workspace, some in numbers.items()
        for number, size in _sizes(session, workspace, some).items()
    }


def _shown(workspace: str, head: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Revision.workspace) == workspace,
        col(Revision.state) == "committed",
        col(Revision.number) <= head,
    )


def _sizes(session: Session, workspace: str, numbers: Collection[int]) -> Mapping[int, RevisionSize]:
    """How much readers see at each of a workspace's revisions."""
    wanted = and_(col(Revision.workspace) == workspace, col(Revision.number).in_(numbers))
    assets = _count(session, _at_each(AssetFact, col(AssetFact.asset_pk), wanted))
    columns = _count(session, _at_each(ColumnFact, col(ColumnFact.column_pk), wanted))
    edges = _count(session, _at_each(Evidence, col(Evidence.edge_pk), wanted))
    octets = _measure(session, _at_each(StatementFact, col(StatementFact.definition_pk), wanted))
    return {
        number: RevisionSize(
            assets=assets.get(number, 0),
            columns=columns.get(number, 0),
            edges=edges.get(number, 0),
            definition_bytes=octets.get(number, 0),
        )
        for number in numbers
    }


def _at_each(table: type[Assertion], what: Mapped[Any], wanted: ColumnElement[bool]) -> Select[Any]:
    """What of a table is seen at which revision, each once."""
    there = and_(col(table.workspace) == Revision.workspace, seen(table, col(Revision.number)))
    columns: list[ColumnElement[Any]] = [col(Revision.number).label("number"), what.label("what")]
    pairs = sqlalchemy.select(*columns)
    return pairs.join_from(Revision, table, there).where(wanted, what.is_not(None)).distinct()


def _count(session: Session, pairs: Select[Any]) -> Mapping[int, int]:
    found = pairs.subquery()
    rows = session.execute(select(found.c.number, func.count()).group_by(found.c.number))
    return {number: int(counted) for number, counted in rows}


def _measure(session: Session, pairs: Select[Any]) -> Mapping[int, int]:
    """How many bytes the definitions have, in UTF-8, at each revision."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    octets = func.length(cast(Definition.body, LargeBinary)) if sqlite else func.octet_length(Definition.body)
    found = pairs.subquery()
    sizes = select(found.c.number, func.sum(octets)).join_from(
        found, Definition, col(Definition.pk) == found.c.what
    )
    return {number: int(size) for number, size in session.execute(sizes.group_by(found.c.number))}
