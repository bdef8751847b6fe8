"""What differs between two revisions of the graph."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from db.catalog import assets_by_pk, columns_by_name_alone, fitting_assets
from db.filters import EVERYTHING, AssetFilter
from db.graphs import Graphs
from db.models import MAIN_WORKSPACE
from db.session import Session
from db.states import columns_by_key
from db.walk import Bounds, Direction, Node, Reach, Route, Walk
from graph.arguments import After, AsOf, AsOfArgument, First, Workspace, revision_of
from graph.changes import LineageChange
from graph.context import Info
from graph.filters import AssetFilterArgument, wanted_by
from graph.paging import bad_cursor, decode_cursor, encode_cursor, page_of, page_size
from graph.selections import selected
from jobs.differences import difference
from jobs.engines.diff.felt import Feeling
from jobs.engines.diff.rules import Severity
from jobs.engines.diff.values import Change, ChangeKind, End, Place, Side, Subject
from jobs.errors import InvalidParams

MAX_NEAREST = 20
LOOKED_AT = 200  # nodes downstream, of which the nearest are shown
DEPTH = 100
FEEL_SECONDS = 2.0  # for all changes of a page, where SQL has to answer
ORDER_PARTS = 10  # of `Change.order`


@strawberry.type(description="How many changes are of a sort.")
class ChangeCount:
    severity: Severity = strawberry.field(description="How bad they are.")
    change: ChangeKind = strawberry.field(description="What happened.")
    of: Subject = strawberry.field(description="What it happened to.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="A change in a list.")
class LineageChangeEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: LineageChange = strawberry.field(description="The change.")


@strawberry.type(description="Changes, the worst first, then by name.")
class LineageChangeConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[LineageChangeEdge] = strawberry.field(description="The changes of this page.")


@strawberry.type(description="What differs between two revisions. Reformatting SQL makes no difference.")
class LineageDiff:
    from_revision: int = strawberry.field(description="The earlier revision.")
    to_revision: int = strawberry.field(description="The later one.")
    total_count: int = strawberry.field(description="How many changes there are.")
    counts: list[ChangeCount] = strawberry.field(description="How many of each sort, the worst first.")
    changes: LineageChangeConnection = strawberry.field(description="The changes, the worst first.")


@dataclass(frozen=True, slots=True)
class Page:
    """The changes of a page and one more if there is a next one, with who feels them; and how many in all."""

    between: tuple[int, int]
    counts: Mapping[tuple[Severity, ChangeKind, Subject], int]
    changes: Sequence[Change]
    felt: Mapping[tuple[str, ...], Feeling]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about two revisions; `nearest` is None if nobody wants to know who feels a change."""

    workspace: str
    start: AsOf
    end: AsOf | None
    wanted: AssetFilter
    severities: frozenset[Severity]
    first: int
    behind: tuple[str, ...] | None
    nearest: int | None

    def between(self, session: Session) -> tuple[int, int]:
        """The two revisions; behind a cursor those that it was made for.

        Raises:
            InvalidParams: There is no such revision, or the first is after the second.
        """
        begin = revision_of(session, self.workspace, self.start, "from")
        stop = revision_of(session, self.workspace, self.end, "to")
        if begin > stop:
            hint = "Change them over: from is the earlier one."
            raise InvalidParams("from", f"is revision {begin}, which is after {stop}", hint=hint)
        if self.behind is None:
            return begin, stop
        numbers = tuple(int(each) for each in self.behind[:2])
        if numbers[0] != begin or (self.end is not None and numbers[1] != stop) or numbers[1] > stop:
            raise bad_cursor()
        return begin, numbers[1]


def wanted(
    session: Session, asked: Question, changes: Sequence[Change], between: tuple[int, int]
) -> Sequence[Change]:
    """The changes of assets that are wanted, as they were or as they are."""
    if asked.wanted == EVERYTHING:
        return changes
    fit = [
        fitting_assets(session, {asset_of(side) for side in sides if side}, at, asked.wanted)
        for at, sides in zip(
            between, ([each.before for each in changes], [each.after for each in changes]), strict=True
        )
    ]
    return [
        each
        for each in changes
        if any(
            side is not None and asset_of(side) in fit[at] for at, side in enumerate((each.before, each.after))
        )
    ]


def asset_of(side: Side) -> UUID:
    """The asset that a side of a change is about."""
    return UUID(hex=side.place.end.asset)


def read_page(session: Session, graphs: Graphs, asked: Question) -> Page:
    """A page of the difference. Cost: that of the whole difference, and for a page of who feels it."""
    begin, stop = asked.between(session)
    found = wanted(session, asked, list(difference(session, asked.workspace, begin, stop)), (begin, stop))
    counts = Counter((change.severity, change.change, change.of) for change in found)
    listed = [change for change in found if not asked.severities or change.severity in asked.severities]
    if asked.behind is not None:
        listed = [change for change in listed if change.order > asked.behind[2:]]
    page = listed[: asked.first + 1]
    felt = {} if asked.nearest is None else feelings(session, graphs, asked, page, (begin, stop))
    return Page((begin, stop), counts, page, felt)


def feelings(
    session: Session, graphs: Graphs, asked: Question, page: Sequence[Change], between: tuple[int, int]
) -> Mapping[tuple[str, ...], Feeling]:
    """Who feels each change that is not cosmetic, by its order."""
    found: dict[tuple[str, ...], Feeling] = {}
    for past, at in ((True, between[0]), (False, between[1])):
        some = [
            change
            for change in page[: asked.first]
            if change.severity is not Severity.COSMETIC and change.felt_before is past
        ]
        if not some:
            continue
        route = Route(at, Direction.DOWNSTREAM)
        bounds = Bounds(depth=DEPTH, max_nodes=LOOKED_AT, seconds=FEEL_SECONDS)
        ends = list(dict.fromkeys(change.felt_from for change in some))
        starts = nodes_of(session, ends)
        walked = graphs.felt(session, asked.workspace, starts, route, bounds)
        told = dict(zip(ends, named(session, starts, walked, (at, asked.nearest or 0)), strict=True))
        found |= {change.order: told[change.felt_from] for change in some}
    return found


def nodes_of(session: Session, ends: Collection[End]) -> list[Node]:
    """The nodes of ends, in their order."""
    keys = [(UUID(hex=end.asset), end.column) for end in ends]
    pks = columns_by_key(session, {(asset, column) for asset, column in keys if column is not None})
    return [Node(asset, None if column is None else pks[asset, column]) for asset, column in keys]


def named(
    session: Session, starts: Sequence[Node], walked: Sequence[tuple[Walk, Reach]], how: tuple[int, int]
) -> list[Feeling]:
    """Feelings with the names of what feels a change: all names are read together.

    `how` is at which revision, and how many of each are named.
    """
    at, nearest = how
    near = [_others(start, walk, nearest) for start, (walk, _) in zip(starts, walked, strict=True)]
    nodes = {node for some in near for node, _ in some}
    assets = assets_by_pk(session, {node.asset_pk for node in nodes}, at)
    columns = columns_by_name_alone(session, {node.column_pk for node in nodes if node.column_pk}, at)

    def place(node: Node) -> Place | None:
        asset, column = assets.get(node.asset_pk), columns.get(node.column_pk) if node.column_pk else None
        if asset is None or (column is None and node.column_pk):
            return None
        return Place(End(node.asset_pk.hex), asset.namespace, asset.name, column.name if column else None)

    found = []
    for some, (_, reach) in zip(near, walked, strict=True):
        told = [(where, depth) for node, depth in some if (where := place(node)) is not None]
        told.sort(key=lambda pair: (pair[1], pair[0].asset.lower(), (pair[0].column or "").lower()))
        found.append(Feeling(reach.assets, reach.columns, tuple(told[:nearest]), complete=reach.complete))
    return found


def _others(start: Node, walk: Walk, nearest: int) -> list[tuple[Node, int]]:
    """What was reached besides the start: so many of the nearest, and all as near as the last of them."""
    found = [
        (node, depth)
        for node, depth in walk.depths.items()
        if node not in {start, Node(start.asset_pk)}
        and not (start.column_pk is None and node.asset_pk == start.asset_pk)
    ]
    found.sort(key=lambda pair: pair[1])
    last = found[:nearest][-1][1] if found[:nearest] else -1
    return [pair for pair in found if pair[1] <= last]


def place_behind(after: str | None) -> tuple[str, ...] | None:
    """The two revisions and the order that a cursor holds; None without one.

    Raises:
        InvalidParams: It is no cursor of this list.
    """
    if after is None:
        return None
    parts = decode_cursor(after, parts=ORDER_PARTS + 2)
    if not all(each.isascii() and each.isdecimal() and len(each) < 10 for each in parts[:2]):
        raise bad_cursor()
    return tuple(parts)


@strawberry.type
class DifferenceQuery:
    @strawberry.field(
        description="What differs between two revisions: each asset, column and edge that came, went, changed "
        "or has another name, how bad that is and why, and who feels it. An asset that came or went stands for "
        "its columns, and either of these for the edges that lead to it."
    )
    async def lineage_diff(
        self,
        info: Info,
        from_: Annotated[
            AsOf, strawberry.argument(name="from", description="The earlier state: a revision or an instant.")
        ],
        to: AsOfArgument = None,
        filter: AssetFilterArgument = None,  # noqa: A002 - the API's word
        severity: Annotated[
            list[Severity] | None, strawberry.argument(description="Only these in `changes`; all if left out.")
        ] = None,
        nearest: Annotated[
            int, strawberry.argument(description="How many of those that feel a change are named, 0 to 20.")
        ] = 5,
        first: First = 50,
        after: After = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> LineageDiff:
        if not 0 <= nearest <= MAX_NEAREST:
            raise InvalidParams("nearest", f"must be between 0 and {MAX_NEAREST}")
        feels = "downstream" in selected(info, "changes", "edges", "node")
        asked = Question(
            workspace=workspace,
            start=from_,
            end=to,
            wanted=wanted_by(filter),
            severities=frozenset(severity or ()),
            first=page_size(first),
            behind=place_behind(after),
            nearest=nearest if feels else None,
        )
        graphs = info.context.graphs
        page = await info.context.desk.store.read(lambda session: read_page(session, graphs, asked))
        return shown(page, after, first, legible=info.context.rights.sees_definitions(workspace))


def shown(page: Page, after: str | None, first: int, *, legible: bool) -> LineageDiff:
    """A page as clients read it."""
    ends = tuple(map(str, page.between))
    cursors = [encode_cursor(*ends, *change.order) for change in page.changes]
    edges = [
        LineageChangeEdge(
            cursor=cursor,
            node=LineageChange.of_value(change, page.felt.get(change.order), shown=legible),
        )
        for cursor, change in zip(cursors[:first], page.changes, strict=False)
    ]
    ordered = sorted(page.counts.items(), key=lambda each: (list(Severity).index(each[0][0]), each[0]))
    return LineageDiff(
        from_revision=page.between[0],
        to_revision=page.between[1],
        total_count=sum(page.counts.values()),
        counts=[
            ChangeCount(severity=severity, change=change, of=of, count=count)
            for (severity, change, of), count in ordered
        ],
        changes=LineageChangeConnection(
            page_info=page_of(page.changes, first, after=after, cursors=cursors), edges=edges
        ),
    )
