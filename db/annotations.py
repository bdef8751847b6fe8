"""What people say of assets and columns: who owns them, their tags, and descriptions."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from db.catalog import chunks
from db.lineage import Annotation, Source, seen
from db.session import Session


@dataclass(frozen=True, slots=True)
class Remark:
    """What a source says. `author` and `reason` are of a person who said it through the API."""

    kind: str  # owner, tag or description
    value: str
    source: str
    author: str | None
    reason: str


def of_assets(session: Session, pks: Collection[UUID], at: int) -> Mapping[UUID, Sequence[Remark]]:
    """What is said of assets as wholes at a revision: by people first, then by source and value."""
    alone = col(Annotation.column_pk).is_(None)
    return _remarks(session, pks, at, lambda some: (alone, col(Annotation.asset_pk).in_(some)))


def of_columns(session: Session, pks: Collection[UUID], at: int) -> Mapping[UUID, Sequence[Remark]]:
    """The same of columns."""
    return _remarks(session, pks, at, lambda some: (col(Annotation.column_pk).in_(some),))


def _remarks(
    session: Session,
    pks: Collection[UUID],
    at: int,
    about: Callable[[list[UUID]], Iterable[ColumnElement[bool]]],
) -> Mapping[UUID, Sequence[Remark]]:
    found: defaultdict[UUID, list[Remark]] = defaultdict(list)
    query = (
        select(Annotation, Source.name)
        .join(Source, col(Source.pk) == col(Annotation.source_pk))
        .where(seen(Annotation, at))
        .order_by(col(Annotation.author).is_(None), col(Source.name), col(Annotation.value))
    )
    for some in chunks(pks):
        for row, source in session.execute(query.where(*about(some))):
            remark = Remark(row.kind, row.value, source, row.author, row.reason)
            found[row.column_pk or row.asset_pk].append(remark)
    return {pk: found.get(pk, []) for pk in pks}
