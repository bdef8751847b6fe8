"""Full search: what of a graph fits a question, best first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, null, or_, select
from sqlmodel import col

from db.entries import PARTS, Part, SearchEntry, fits_in_index
from db.filters import EVERYTHING, AssetFilter, conditions
from db.lineage import (
    Annotation,
    Asset,
    AssetColumn,
    AssetFact,
    ColumnFact,
    Edge,
    Evidence,
    StatementFact,
    seen,
)
from db.questions import Beginning, Every, Phrase, Question, is_of_words, leaves
from db.ranking import scores
from db.session import Session
from db.wording import AS_WRITTEN

RANKED = 500  # of each part: of more that fit, those that were first written last
COUNTED = 20_000  # characters of a text's words in which words are counted

KEPT = ("pk", "workspace", "asset_pk", "column_pk", "folded", "said", "length")

Statement: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for, where, and as of which revision."""

    workspace: str
    at: int
    question: Question
    parts: frozenset[Part]
    wanted: AssetFilter = EVERYTHING


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hit stands among all: better ones first; of those as good by part, name and id."""

    score: float
    part: Part
    folded: str  # the name: of a column behind its asset's; empty for a definition
    pk: UUID

    @property
    def key(self) -> tuple[float, int, str, str]:
        return -self.score, PARTS.index(self.part), self.folded, self.pk.hex


@dataclass(frozen=True, slots=True)
class Match:
    """An asset, a column, a description of one of them, or a definition that fits.

    `place.pk` is the id of the asset, column or definition; of a description that of its row in the index.
    `said` is a description's text.
    """

    place: Place
    asset_pk: UUID | None = None
    column_pk: UUID | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, with one more if there are more behind it, and how many fit if that was asked."""

    hits: Sequence[Match]
    total: int | None


def search_texts(session: Session, search: Search, *, after: Place | None, limit: int, counted: bool) -> Found:
    """What readers see and a question fits, from behind `after`.

    Of each part at most 500 are ranked, so many pages there are; all are counted.

    Cost: for each part, one question to the database's index of words and a look at the assertions of what is
    found, newest first, until there are enough; then a pass over their words. Counting looks at all.
    """
    found = [_texts(session, search, part) for part in PARTS if part in search.parts]
    total = None
    if counted:
        total = sum(len(rows) if len(rows) < RANKED else _count(session, search, part) for part, rows in found)
    ranked = _ranked(search, [(part, row) for part, rows in found for row in rows])
    behind = [hit for hit in ranked if after is None or hit.place.key > after.key]
    return Found(behind[:limit], total)


def _ranked(search: Search, rows: Sequence[tuple[Part, Any]]) -> list[Match]:
    texts = [(part, row.length, row.words) for part, row in rows]
    hits = [
        Match(Place(score, part, row.name, row.pk), row.asset_pk, row.column_pk, row.said or "")
        for (part, row), score in zip(rows, scores(texts, leaves(search.question)), strict=True)
    ]
    return sorted(hits, key=lambda hit: hit.place.key)


def _texts(session: Session, search: Search, part: Part) -> tuple[Part, Sequence[Any]]:
    query = _seen(session, search, part)
    found = query.selected_columns
    return part, session.execute(query.order_by(found.key.desc(), found.pk).limit(RANKED)).all()


def _count(session: Session, search: Search, part: Part) -> int:
    every = _seen(session, search, part).with_only_columns(literal(1), maintain_column_froms=True).subquery()
    return int(session.execute(select(func.count()).select_from(every)).scalar_one())


def _seen(session: Session, search: Search, part: Part) -> Statement:
    """What fits of a part, and is seen."""
    return SEEN[part](search, _fitting(session, search, part))


def _fitting(session: Session, search: Search, part: Part) -> Subquery:
    """Rows of the index that fit, newest first.

    PostgreSQL has to be done with this before it looks at assertions: without the fence, it may ask for those
    of all rows at once, of which some hundreds are wanted. SQLite goes from one row to the next.
    """
    query = select(
        col(SearchEntry.id).label("key"),
        *(getattr(SearchEntry, name) for name in KEPT),
        col(SearchEntry.words),
    ).where(fits_in_index(session, search.workspace, part, search.question))
    if not is_of_words(search.question):
        query = query.where(_fits(search.question))
    if session.get_bind().dialect.name == "postgresql":
        query = query.order_by(col(SearchEntry.id).desc()).offset(0)
    return query.subquery()


def _fits(question: Question) -> ColumnElement[bool]:
    """Whether a row's words are what is asked for; they hold no sign that means something to LIKE."""
    words = " " + col(SearchEntry.words) + " "
    if isinstance(question, Phrase):
        return words.like(f"% {' '.join(question.stems)} %")
    if isinstance(question, Beginning):
        begun = question.letters, AS_WRITTEN + question.letters
        return or_(*(words.like(f"% {letters}%") for letters in begun))
    parts = [_fits(part) for part in question.parts]
    if isinstance(question, Every):
        return and_(*parts, *(~_fits(part) for part in question.none))
    return or_(*parts)


def _told(found: Subquery, **more: Any) -> Iterator[ColumnElement[Any]]:
    """What is read of a hit; `more` tells what of it is not in the index."""
    for name in ("key", "pk", "asset_pk", "column_pk", "said", "length"):
        yield more.get(name, found.c[name]).label(name)
    yield more.get("name", literal("")).label("name")
    yield func.substr(found.c.words, 1, COUNTED).label("words")


def _any(query: Statement) -> ColumnElement[bool]:
    """Whether a query finds anything, asked row by row: EXISTS may be turned into a join with all there is."""
    one = query.with_only_columns(literal(1), maintain_column_froms=True).limit(1)
    return one.scalar_subquery().is_not(None)


def _assets(search: Search, found: Subquery) -> Statement:
    told = _told(found, asset_pk=col(Asset.pk), column_pk=null(), name=col(Asset.folded))
    query = select(*told).join(Asset, col(Asset.pk) == found.c.pk)
    return query.where(*conditions(search.wanted, search.at))


def _columns(search: Search, found: Subquery) -> Statement:
    own = AssetColumn
    told = _told(
        found,
        pk=col(own.pk),
        asset_pk=col(own.asset_pk),
        column_pk=col(own.pk),
        said=null(),
        name=col(Asset.folded) + "." + col(own.folded),
    )
    named = (
        (col(own.workspace) == found.c.workspace)
        & (col(own.folded) == found.c.folded)
        & (col(own.name) == found.c.said)
    )
    asserted = select(col(ColumnFact.pk)).where(
        col(ColumnFact.column_pk) == col(own.pk), seen(ColumnFact, search.at)
    )
    query = select(*told).join(own, named).join(Asset, col(Asset.pk) == col(own.asset_pk))
    return query.where(_any(asserted.correlate(own)), *conditions(search.wanted, search.at))


def _descriptions(search: Search, found: Subquery) -> Statement:
    at, about = search.at, found.c.asset_pk
    by_source = select(col(AssetFact.pk)).where(
        col(AssetFact.asset_pk) == about,
        col(AssetFact.description) == found.c.said,
        found.c.column_pk.is_(None),
        seen(AssetFact, at),
    )
    by_remark = select(col(Annotation.pk)).where(
        col(Annotation.asset_pk) == about,
        col(Annotation.column_pk).is_not_distinct_from(found.c.column_pk),
        col(Annotation.kind) == Part.DESCRIPTION.value,
        col(Annotation.value) == found.c.said,
        seen(Annotation, at),
    )
    given = or_(*(_any(query.correlate(found)) for query in (by_source, by_remark)))
    query = select(*_told(found, name=col(Asset.folded))).join(Asset, col(Asset.pk) == about)
    return query.where(given, *conditions(search.wanted, at))


def _definitions(search: Search, found: Subquery) -> Statement:
    at, own = search.at, found.c.pk
    standing = select(col(StatementFact.pk)).where(
        col(StatementFact.definition_pk) == own, seen(StatementFact, at)
    )
    defining = select(col(AssetFact.pk)).where(col(AssetFact.definition_pk) == own, seen(AssetFact, at))
    asserted = or_(*(_any(query.correlate(found)) for query in (standing, defining)))
    query = select(*_told(found, asset_pk=null(), column_pk=null())).where(asserted)
    if search.wanted == EVERYTHING:
        return query
    about = [each.where(each.selected_columns.definition_pk == own) for each in told_assets(search)]
    return query.where(or_(*(_any(each.correlate(found)) for each in about)))


def told_assets(search: Search) -> tuple[Statement, Statement]:
    """The wanted assets that definitions define, and those that their statements write to."""
    told: tuple[Any, ...] = col(Asset.pk).label("asset_pk"), col(Asset.folded).label("name")
    defined = (
        select(*told, col(AssetFact.definition_pk).label("definition_pk"))
        .join(AssetFact, col(AssetFact.asset_pk) == col(Asset.pk))
        .where(seen(AssetFact, search.at), *conditions(search.wanted, search.at))
    )
    written = (
        select(*told, col(Evidence.definition_pk).label("definition_pk"))
        .join(Edge, col(Edge.target_asset_pk) == col(Asset.pk))
        .join(Evidence, col(Evidence.edge_pk) == col(Edge.pk))
        .where(seen(Evidence, search.at), *conditions(search.wanted, search.at))
    )
    return defined, written


SEEN = {
    Part.ASSET: _assets,
    Part.COLUMN: _columns,
    Part.DESCRIPTION: _descriptions,
    Part.DEFINITION: _definitions,
}
