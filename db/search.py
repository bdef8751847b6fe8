"""Finding assets and columns by parts of their names."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Subquery,
    Uuid,
    case,
    cast,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlmodel import col

from db.columns import fold_case
from db.filters import ESCAPE, AssetFilter, conditions, like_words
from db.lineage import Asset, AssetColumn, ColumnFact, seen
from db.session import Session

READ_ROWS = 1_000  # fetched at once


class Fit(IntEnum):
    """How well a name fits the words that are searched for; less is better."""

    WHOLE = 0
    BEGINNING = 1
    PART = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands among all that fits: better ones first, of these assets first, then by name."""

    rank: int  # 2 x Fit, and 1 more for a column
    folded: str  # the whole name: of a column behind its asset's
    pk: UUID


@dataclass(frozen=True, slots=True)
class Hit:
    """An asset or a column whose name fits."""

    place: Place
    asset_pk: UUID
    column_pk: UUID | None

    @property
    def fit(self) -> Fit:
        return Fit(self.place.rank // 2)


def search_names(
    session: Session,
    workspace: str,
    at: int,
    sought: tuple[str, AssetFilter],
    *,
    after: Place | None,
    limit: int,
) -> Sequence[Hit]:
    """Assets and columns that readers see and whose names hold some words, from behind `after`.

    Args:
        session: Where they are.
        workspace: Whose.
        at: The revision that readers look at.
        sought: The words, as they are (no sign in them means another), in any capitals; and which assets are
            wanted, by themselves or for their columns.
        after: The place of the last hit of the page before.
        limit: How many at most.

    Returns:
        Best first. A name fits as a whole or by its beginning as well as by a part; for an asset what stands
        behind a dot counts as a beginning, too. Words with a dot in them also find a column behind its asset:
        `orders.total`.

    Cost: a pass over the names of the workspace in their index, and a look at the assertions of each that fits.
    """
    words, wanted = sought
    found = union_all(_assets(workspace, at, words, wanted), _columns(workspace, at, words, wanted)).subquery()
    query = select(found).order_by(found.c.rank, found.c.folded, found.c.pk).limit(limit)
    if after is not None:
        query = query.where(_behind(found, after))
    return [
        Hit(Place(row.rank, row.folded, row.pk), row.asset_pk, row.column_pk) for row in session.execute(query)
    ]


def names_ending_in(session: Session, workspace: str, words: Collection[str]) -> list[str]:
    """Folded names of assets whose last part is one of some words, folded too.

    Cost: a pass over an index of all names; 100,000 take 70 ms.
    """
    every = select(col(Asset.folded)).where(col(Asset.workspace) == workspace)
    names = session.connection().execute(every.execution_options(yield_per=READ_ROWS)).scalars()
    return list(dict.fromkeys(folded for folded in names if folded.rpartition(".")[2] in words))


def _behind(found: Subquery, after: Place) -> ColumnElement[bool]:
    key = tuple_(found.c.rank, found.c.folded, found.c.pk)
    return key > tuple_(
        *(literal(value, column.type) for value, column in zip(_key(after), key.clauses, strict=True))
    )


def _key(place: Place) -> tuple[int, str, UUID]:
    return place.rank, place.folded, place.pk


def _assets(workspace: str, at: int, words: str, wanted: AssetFilter) -> Select[*tuple[Any, ...]]:
    folded = col(Asset.folded)
    return (
        select(
            _rank(folded, words, column=False).label("rank"),
            folded.label("folded"),
            col(Asset.pk).label("pk"),
            col(Asset.pk).label("asset_pk"),
            cast(null(), Uuid()).label("column_pk"),
        )
        .where(col(Asset.workspace) == workspace, _holds(folded, words))
        .where(*conditions(wanted, at))
    )


def _columns(workspace: str, at: int, words: str, wanted: AssetFilter) -> Select[*tuple[Any, ...]]:
    own = col(AssetColumn.folded)
    full = col(Asset.folded) + "." + own
    name = full if "." in words else own
    # A source that names a column names its asset, too: asking for that once more costs ten times as much.
    asserted = select(col(ColumnFact.pk)).where(
        col(ColumnFact.column_pk) == col(AssetColumn.pk), seen(ColumnFact, at)
    )
    query: Select[*tuple[Any, ...]] = select(
        _rank(name, words, column=True).label("rank"),
        full.label("folded"),
        col(AssetColumn.pk).label("pk"),
        col(AssetColumn.asset_pk).label("asset_pk"),
        col(AssetColumn.pk).label("column_pk"),
    ).join(Asset, col(Asset.pk) == col(AssetColumn.asset_pk))
    of_workspace = col(AssetColumn.workspace) == workspace
    if "." in words:
        # The asset's name alone fits for itself, not for each of its columns.
        of_workspace &= ~_holds(col(Asset.folded), words)
    return query.where(of_workspace, _holds(name, words), asserted.correlate(AssetColumn).exists()).where(
        *conditions(wanted, at)
    )


def _holds(name: SQLColumnExpression[str], words: str) -> ColumnElement[bool]:
    return name.like(f"%{like_words(words)}%", escape=ESCAPE)


def _rank(name: SQLColumnExpression[str], words: str, *, column: bool) -> ColumnElement[int]:
    """2 x Fit, and 1 more for a column."""
    folded, pattern = fold_case(words), like_words(words)
    dotted = not column or "." in words
    whole, beginning = [name == folded], [name.like(f"{pattern}%", escape=ESCAPE)]
    if dotted:
        whole.append(name.like(f"%.{pattern}", escape=ESCAPE))
        beginning.append(name.like(f"%.{pattern}%", escape=ESCAPE))
    fits = (or_(*whole), Fit.WHOLE), (or_(*beginning), Fit.BEGINNING)
    return case(*((fitting, 2 * fit + column) for fitting, fit in fits), else_=2 * Fit.PART + column)
