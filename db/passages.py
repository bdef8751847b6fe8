"""What is shown of definitions that were found: the piece with the match, where it is, and what it makes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, null, or_, select
from sqlmodel import col

from db.fulltext import Search, told_assets
from db.lineage import Definition, Edge, Evidence, StatementFact, seen
from db.questions import leaves
from db.session import Session
from db.snippets import Snippet, snippet
from db.wording import MAX_TEXT


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a definition. `text_name` is the text that it stands in, where a source tells.

    `asset_pk` is what the definition defines, or else writes to. If the match stands in an expression of the
    graph's evidence, `in_expression` says so, and `column_pk` is the column that gets its value from it.
    """

    snippet: Snippet
    asset_pk: UUID | None
    text_name: str | None
    in_expression: bool = False
    column_pk: UUID | None = None


def passages(session: Session, search: Search, definitions: Sequence[UUID]) -> Mapping[UUID, Passage]:
    """What is shown of each of at most a page of definitions.

    Cost: five queries, however many there are; and a pass over each text up to its first match.
    """
    if not definitions:
        return {}
    wanted = leaves(search.question)
    body = func.substr(Definition.body, 1, MAX_TEXT)
    bodies = session.execute(select(col(Definition.pk), body).where(col(Definition.pk).in_(definitions)))
    pieces = {pk: snippet(text, wanted) for pk, text in bodies}
    assets, names = _assets(session, search, definitions), _names(session, search.at, definitions)
    made = _expressions(session, search.at, pieces)
    shown = {}
    for pk, piece in pieces.items():
        asset_pk, expression = assets.get(pk), made.get(pk)
        column_pk = expression.column_pk if expression and expression.asset_pk == asset_pk else None
        shown[pk] = Passage(piece, asset_pk, names.get(pk), expression is not None, column_pk)
    return shown


def _assets(session: Session, search: Search, definitions: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """The asset of each definition, of several the first by name: what it defines, or else writes to."""
    found: dict[UUID, UUID] = {}
    for query in told_assets(search):
        told, left = query.selected_columns, [pk for pk in definitions if pk not in found]
        rows = session.execute(
            query.where(told.definition_pk.in_(left)).distinct().order_by(told.name, told.asset_pk)
        )
        for row in rows:
            found.setdefault(row.definition_pk, row.asset_pk)
    return found


def _names(session: Session, at: int, definitions: Sequence[UUID]) -> Mapping[UUID, str]:
    """The first text by name that each definition stands in."""
    own = col(StatementFact.definition_pk)
    query = select(own, func.min(StatementFact.text_name)).where(own.in_(definitions), seen(StatementFact, at))
    return dict[UUID, str](session.execute(query.group_by(own)).all())


def _expressions(session: Session, at: int, pieces: Mapping[UUID, Snippet]) -> Mapping[UUID, Any]:
    """The smallest expression around the first match in each definition; of several, one that gives a value."""
    direct = col(Edge.kind) == "direct"
    size = (col(Evidence.end) - col(Evidence.start)).label("size")
    around = [
        and_(
            col(Evidence.definition_pk) == pk,
            col(Evidence.start) <= piece.start,
            col(Evidence.end) >= piece.end,
        )
        for pk, piece in pieces.items()
        if piece.marks
    ]
    if not around:
        return {}
    query = (
        select(
            col(Evidence.definition_pk),
            size,
            col(Edge.target_asset_pk).label("asset_pk"),
            case((direct, col(Edge.target_column_pk)), else_=null()).label("column_pk"),
        )
        .join(Edge, col(Edge.pk) == col(Evidence.edge_pk))
        .where(or_(*around), seen(Evidence, at))
        .distinct()
    )
    found = defaultdict(list)
    for row in session.execute(query):
        found[row.definition_pk].append(row)
    return {pk: min(rows, key=_nearness) for pk, rows in found.items()}


def _nearness(row: Any) -> tuple[int, bool, str, str]:
    return row.size, row.column_pk is None, row.asset_pk.hex, row.column_pk.hex if row.column_pk else ""
