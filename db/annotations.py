"""What people say of assets and columns: who owns them, their tags, and descriptions."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from db.assertions import Change, Row, ensure_source, write_changes
from db.catalog import chunks
from db.filters import folded_value
from db.lineage import Annotation, Source, identity, seen
from db.revisions import hold_workspace, open_revision
from db.session import Session

PEOPLE = "people"  # the source of what is said through the API


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


@dataclass(frozen=True, slots=True)
class Owners:
    """How many of some assets each owner answers for, the most first, and how many have no owner."""

    counts: Mapping[str, int]
    unowned: int


def owners_of(session: Session, pks: Collection[UUID], at: int) -> Owners:
    """Who answers for assets at a revision, counted; spellings that differ in capitals are one owner.

    Cost: one query for each 400 assets.
    """
    names: dict[str, str] = {}
    owned: defaultdict[str, set[UUID]] = defaultdict(set)
    query = (
        select(Annotation.asset_pk, Annotation.folded, Annotation.value)
        .join(Source, col(Source.pk) == col(Annotation.source_pk))
        .where(Annotation.kind == "owner", col(Annotation.column_pk).is_(None), seen(Annotation, at))
        .order_by(col(Annotation.author).is_(None), col(Source.name), col(Annotation.value))
    )
    for some in chunks(pks):
        for pk, folded, value in session.execute(query.where(col(Annotation.asset_pk).in_(some))):
            names.setdefault(folded, value)
            owned[folded].add(pk)
    order = sorted(owned, key=lambda folded: (-len(owned[folded]), folded))
    known = set[UUID]().union(*owned.values())
    return Owners({names[folded]: len(owned[folded]) for folded in order}, len(set(pks) - known))


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says of an asset, or of a column of it: these values and no others of this kind."""

    workspace: str
    asset_pk: UUID
    column_pk: UUID | None
    kind: str
    values: Sequence[str]
    author: str
    reason: str


def say(session: Session, word: Word) -> bool:
    """Let a person's word hold from a new revision on; False, and nothing written, while a run reserves one.

    Values that were said before keep who said them and why. If nothing changes, no revision is made.
    """
    hold_workspace(session, word.workspace)
    source_pk = identity("source", word.workspace, PEOPLE)
    held = select(Annotation).where(
        Annotation.source_pk == source_pk,
        Annotation.asset_pk == word.asset_pk,
        Annotation.column_pk == word.column_pk,
        Annotation.kind == word.kind,
        col(Annotation.until).is_(None),
    )
    before = {row.value: row for row in session.scalars(held)}
    new = [value for value in dict.fromkeys(word.values) if value not in before]
    gone = [row.pk for value, row in before.items() if value not in word.values]
    if not new and not gone:
        return True
    revision = open_revision(session, word.workspace)
    if revision is None:
        return False
    ensure_source(session, word.workspace, PEOPLE)
    changes = [Change(Annotation, closes=pk) for pk in gone]
    changes += [Change(Annotation, _row(word, value, source_pk, revision)) for value in new]
    write_changes(session, changes, revision)
    return True


def _row(word: Word, value: str, source_pk: UUID, revision: int) -> Row:
    of = (word.asset_pk.hex, word.column_pk.hex if word.column_pk else "")
    fact = identity("annotation", source_pk.hex, *of, word.kind, value)
    return {
        "pk": identity("assertion", fact.hex, str(revision)),
        "fact": fact,
        "workspace": word.workspace,
        "source_pk": source_pk,
        "since": revision,
        "asset_pk": word.asset_pk,
        "column_pk": word.column_pk,
        "kind": word.kind,
        "value": value,
        "folded": folded_value(value),
        "author": word.author,
        "reason": word.reason,
    }
