"""Full search: by words in names, definitions, expressions and descriptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from db.catalog import AssetView, ColumnView, assets_by_pk, columns_by_pk
from db.entries import PARTS, Part
from db.fulltext import Found, Match, Place, Search, search_texts
from db.models import MAIN_WORKSPACE
from db.passages import Passage, passages
from db.questions import BadQuestion, Question, leaves, read_question
from db.revisions import head_of
from db.session import Session
from db.snippets import Snippet, snippet
from graph.arguments import After, AsOf, AsOfArgument, First, Workspace, revision_of
from graph.assets import Asset, Column
from graph.context import Info
from graph.enums import describe
from graph.filters import AssetFilterArgument, wanted_by
from graph.paging import bad_cursor, decode_cursor, encode_cursor, page_of, page_size
from graph.selections import selected
from jobs.errors import InvalidParams

MAX_QUESTION = 200  # characters
LANGUAGE = (
    "Words that have to be found, in any order and any capitals, and by their stems: `customer` finds "
    '`customers`. `cust*` is a beginning, `"net sales"` are words beside each other, as are the parts of '
    "`net_sales`. AND, OR, NOT and brackets join them. 1 to 200 characters."
)


class Matched(StrEnum):
    """Where words were found."""

    ASSET = "asset"
    COLUMN = "column"
    DESCRIPTION = "description"
    DEFINITION = "definition"
    EXPRESSION = "expression"


describe(
    Part,
    "What is searched.",
    {
        "ASSET": "Names of assets.",
        "COLUMN": "Names of columns.",
        "DESCRIPTION": "What people and sources say of assets and columns.",
        "DEFINITION": "The text of statements, and with it the expressions in them.",
    },
    name="SearchPart",
)
describe(
    Matched,
    "Where the words were found.",
    {
        "ASSET": "In the name of the asset.",
        "COLUMN": "In the name of the column.",
        "DESCRIPTION": "In a description of the asset, or of the column if there is one.",
        "DEFINITION": "In a definition.",
        "EXPRESSION": "In a definition, the first time within an expression that is evidence of an edge.",
    },
)


@strawberry.type(description="A place in the text of a snippet, counted in characters (code points) from 0.")
class SnippetMark:
    start: int = strawberry.field(description="Where it begins.")
    end: int = strawberry.field(description="Behind its last character.")


@strawberry.type(description="The piece of a text around the first place where the words were found.")
class TextSnippet:
    text: str = strawberry.field(description="At most 150 characters, as they stand there, line ends included.")
    marks: list[SnippetMark] = strawberry.field(description="Where in it the words stand, in order.")
    line: int = strawberry.field(
        description="The line of the whole text in which the first one begins, from 1."
    )

    @classmethod
    def of(cls, piece: Snippet) -> "TextSnippet":
        marks = [SnippetMark(start=start, end=end) for start, end in piece.marks]
        return cls(text=piece.text, marks=marks, line=piece.line)


@strawberry.type(description="Something in which the words were found.")
class TextHit:
    score: float = strawberry.field(
        description="How well it fits: more is better. Only scores of one answer can be compared."
    )
    matched: Matched = strawberry.field(description="Where the words were found.")
    asset: Asset | None = strawberry.field(
        description="The asset; of a definition, what it defines or else writes to, null if there is no such."
    )
    column: Column | None = strawberry.field(
        description="The column that is named or described, or that gets its value from the expression."
    )
    text_name: str | None = strawberry.field(
        description="Of a definition the text that it stands in, where a source tells; null for others."
    )
    snippet: TextSnippet = strawberry.field(
        description="Of a name or description that, of a definition the piece around the words."
    )


@strawberry.type(description="A hit in a list.")
class TextHitEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: TextHit = strawberry.field(description="The hit.")


@strawberry.type(description="What fits, best first; of what fits as well, assets first, then by name.")
class TextHitConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[TextHitEdge] = strawberry.field(description="The hits of this page.")
    counted: strawberry.Private[int | None]

    @strawberry.field(
        description="How many fit. Of each part the 500 newest are ranked and listed; this counts all."
    )
    def total_count(self) -> int:
        return self.counted or 0


@strawberry.type
class FullTextQuery:
    @strawberry.field(
        description="Find assets, columns, definitions and expressions by words in names, SQL text and "
        "descriptions, best first. Who may not see definitions searches the rest. Pages behind a cursor are of "
        "the revision of the first."
    )
    async def search(
        self,
        info: Info,
        q: Annotated[str, strawberry.argument(description=LANGUAGE)],
        parts: Annotated[
            list[Part] | None,
            strawberry.argument(name="in", description="What to search; all that may be seen if left out."),
        ] = None,
        filter: AssetFilterArgument = None,  # noqa: A002 - the API's word
        first: First = 20,
        after: After = None,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> TextHitConnection:
        question, wanted, limit = asked(q), wanted_by(filter), page_size(first) + 1
        searched, behind = parts_for(info, workspace, parts), place_in(after)
        counted = "totalCount" in selected(info)

        def read(session: Session) -> tuple[int, Found, list[TextHit]]:
            at = revision_for(session, workspace, as_of, behind)
            search = Search(workspace, at, question, searched, wanted)
            place = behind.place if behind else None
            found = search_texts(session, search, after=place, limit=limit, counted=counted)
            return at, found, shown(session, search, found.hits)

        at, found, nodes = await info.context.desk.store.read(read)
        cursors = [cursor_of(at, hit.place) for hit in found.hits]
        edges = [TextHitEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)]
        page = page_of(found.hits, first, after=after, cursors=cursors)
        return TextHitConnection(page_info=page, edges=edges[:first], counted=found.total)


def asked(q: str) -> Question:
    """What somebody asks for.

    Raises:
        InvalidParams: It is empty, too long, or cannot be read.
    """
    if not q.strip():
        raise InvalidParams("q", "is empty", hint="Give a word.")
    if len(q) > MAX_QUESTION:
        raise InvalidParams("q", f"is longer than {MAX_QUESTION} characters")
    try:
        return read_question(q)
    except BadQuestion as error:
        problem = f"cannot be read at character {error.position}: {error.problem}"
        raise InvalidParams("q", problem, hint=error.remedy) from error


def parts_for(info: Info, workspace: str, parts: list[Part] | None) -> frozenset[Part]:
    """What is searched: without the right to see definitions, these are not.

    Raises:
        Forbidden: Definitions are asked for and may not be seen.
    """
    rights = info.context.rights
    if parts:
        if Part.DEFINITION in parts:
            rights.demand_definitions(workspace)
        return frozenset(parts)
    hidden = frozenset[Part]() if rights.sees_definitions(workspace) else {Part.DEFINITION}
    return frozenset(PARTS) - hidden


@dataclass(frozen=True, slots=True)
class Behind:
    """What a cursor holds: a place, and the revision of the page that it was on."""

    at: int
    place: Place


def cursor_of(at: int, place: Place) -> str:
    order = str(PARTS.index(place.part))
    return encode_cursor(str(at), repr(place.score), order, place.folded, place.pk.hex)


def place_in(after: str | None) -> Behind | None:
    """What a cursor holds; None without one.

    Raises:
        InvalidParams: It is no cursor of this list.
    """
    if after is None:
        return None
    at, score, order, folded, pk = decode_cursor(after, parts=5)
    try:
        return Behind(int(at), Place(float(score), PARTS[int(order)], folded, UUID(hex=pk)))
    except (ValueError, IndexError) as error:
        raise bad_cursor() from error


def revision_for(session: Session, workspace: str, as_of: AsOf | None, behind: Behind | None) -> int:
    """The revision to search: that of the pages before, so that scores are the same on all.

    Raises:
        InvalidParams: There is no such revision, or the cursor is of another one.
    """
    if behind is None:
        return revision_of(session, workspace, as_of)
    if as_of is None and 0 <= behind.at <= head_of(session, workspace):
        return behind.at
    if as_of is not None and behind.at == revision_of(session, workspace, as_of):
        return behind.at
    raise bad_cursor()


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of a page of matches, at once for all."""

    search: Search
    assets: Mapping[UUID, AssetView]
    columns: Mapping[UUID, ColumnView]
    passages: Mapping[UUID, Passage]


def shown(session: Session, search: Search, matches: Sequence[Match]) -> list[TextHit]:
    """Matches with all that is told of them."""
    pieces = passages(
        session, search, [each.place.pk for each in matches if each.place.part is Part.DEFINITION]
    )
    told: list[Match | Passage] = [*matches, *pieces.values()]
    known = Known(
        search,
        assets_by_pk(session, {each.asset_pk for each in told if each.asset_pk}, search.at),
        columns_by_pk(session, {each.column_pk for each in told if each.column_pk}, search.at),
        pieces,
    )
    return [hit_of(match, known) for match in matches]


def hit_of(match: Match, known: Known) -> TextHit:
    place, at = match.place, known.search.at
    passage = known.passages.get(place.pk)
    asset_pk, column_pk = match.asset_pk, match.column_pk
    if passage is not None:
        asset_pk, column_pk = passage.asset_pk, passage.column_pk
    asset = known.assets.get(asset_pk) if asset_pk else None
    column = known.columns.get(column_pk) if column_pk else None
    if passage is None:
        text = match.said or (column.name if column else "") or (asset.name if asset else "")
        piece = snippet(text, leaves(known.search.question))
    else:
        piece = passage.snippet
    in_expression = passage is not None and passage.in_expression
    return TextHit(
        score=place.score,
        matched=Matched.EXPRESSION if in_expression else Matched(place.part.value),
        asset=Asset.of(asset, at) if asset else None,
        column=Column.of(column, at) if column else None,
        text_name=passage.text_name if passage else None,
        snippet=TextSnippet.of(piece),
    )
