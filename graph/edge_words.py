"""A person's word on edges: that one is there, that one is wrong, and how either is taken back."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

import strawberry
from strawberry import relay

from db.catalog import assets_by_pk, columns_by_name_alone
from db.edge_words import (
    Rejected,
    Way,
    assert_edge,
    believed,
    edges_between,
    people_of,
    reject_edges,
    rejected_edges,
    rejections_of,
    way_of,
    withdraw_words,
)
from db.lineage import Edge
from db.models import MAIN_WORKSPACE
from db.revisions import head_of, hold_workspace
from db.session import Session
from db.walk import Node
from graph.arguments import After, AsOfArgument, First, Workspace, revision_of
from graph.context import Info
from graph.enums import EdgeKind, Subtype
from graph.lineage import LineageRoot, find_root
from graph.paging import bad_cursor, decode_cursor, encode_cursor, page_of, page_size
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, NotFoundRefusal, WorkspaceBusyRefusal
from jobs.engines.lineage.values import DIRECT_SUBTYPES
from jobs.errors import InvalidParams, UnknownAsset, WorkspaceBusy

MAX_REASON = 1_000
Name: TypeAlias = tuple[str, str, str | None]


@strawberry.type(description="Where an edge begins or ends, by name.")
class EdgeEnd:
    namespace: str = strawberry.field(description="Where the asset lives.")
    asset: str = strawberry.field(description="The asset's name.")
    column: str | None = strawberry.field(description="The column's name; null for the asset as a whole.")

    @classmethod
    def of(cls, name: Name) -> "EdgeEnd":
        namespace, asset, column = name
        return cls(namespace=namespace, asset=asset, column=column)


@strawberry.type(description="An edge of which somebody spoke.")
class SpokenEdge:
    source: EdgeEnd = strawberry.field(description="Where it begins.")
    target: EdgeEnd = strawberry.field(description="Where it ends.")
    kind: EdgeKind = strawberry.field(description="Value or influence.")
    subtype: Subtype = strawberry.field(description="How it flows or influences.")
    masking: bool = strawberry.field(description="Whether the value is hashed or masked on the way.")


@strawberry.type(description="What somebody spoke of, as it is from now on.")
class SpokenEdges:
    revision: int = strawberry.field(description="The newest revision of the graph: from it on the word holds.")
    edges: list[SpokenEdge] = strawberry.field(description="The edges.")


@strawberry.type(description="An edge that a person rejects: it is walked no more, and not forgotten.")
class RejectedEdge:
    edge: SpokenEdge = strawberry.field(description="The edge.")
    author: str = strawberry.field(description="Who rejects it.")
    reason: str = strawberry.field(description="Why.")
    since: int = strawberry.field(description="The first revision without it.")
    sources: list[str] = strawberry.field(description="Which sources assert it all the same, by name.")


@strawberry.type(description="A rejected edge in a list.")
class RejectedEdgeEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: RejectedEdge = strawberry.field(description="The rejected edge.")


@strawberry.type(description="Rejected edges, in an order that stays.")
class RejectedEdgeConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[RejectedEdgeEdge] = strawberry.field(description="The rejected edges of this page.")


@strawberry.input(description="An edge by its ends: `source` flows into, or influences, `target`.")
class EdgeInput:
    source: LineageRoot = strawberry.field(description="Where it begins: a column, or an asset as a whole.")
    target: LineageRoot = strawberry.field(description="Where it ends.")
    subtype: Subtype | None = strawberry.field(
        default=None,
        description="How: value or influence follows from it. Left out: IDENTITY between columns and "
        "DEPENDENCY between assets for an edge that is asserted; all edges between the two for one that is "
        "rejected or withdrawn.",
    )
    masking: bool = strawberry.field(
        default=False, description="For an edge that is asserted: whether the value is hashed or masked."
    )


EdgeArgument = Annotated[EdgeInput, strawberry.argument(description="Which edge.")]
ReasonArgument = Annotated[
    str, strawberry.argument(description="Why, for those who read it later: up to 1,000 characters.")
]
EdgeAssertion = Annotated[
    SpokenEdges | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("AssertEdgeResult", description="The edge, or why nothing was changed."),
]
EdgeRejecting = Annotated[
    SpokenEdges | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("RejectEdgeResult", description="The rejected edges, or why nothing was changed."),
]
EdgeWithdrawal = Annotated[
    SpokenEdges | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union(
        "WithdrawEdgeWordResult",
        description="The edges, or why nothing was changed.",
    ),
]


def checked_reason(reason: str) -> str:
    """A reason without the blanks around it.

    Raises:
        InvalidParams: It is empty or too long.
    """
    if not 1 <= len(reason.strip()) <= MAX_REASON:
        raise InvalidParams("reason", f"must have 1 to {MAX_REASON:,} characters", hint="Others rely on it.")
    return reason.strip()


def ends_of(session: Session, workspace: str, edge: EdgeInput, at: int) -> tuple[Node, Node]:
    """The nodes that an edge leads from and to.

    Raises:
        InvalidParams: There is no such asset or column, or both are the same.
    """
    nodes: list[Node] = []
    for field, end in (("source", edge.source), ("target", edge.target)):
        if not end.asset and not end.column:
            raise InvalidParams(f"edge.{field}", "names neither an asset nor a column")
        try:
            nodes.append(find_root(session, workspace, end, at))
        except UnknownAsset as error:
            problem = f"is not in the graph: {error}"
            raise InvalidParams(f"edge.{field}", problem, hint=error.hint) from error
    source, target = nodes
    if source == target:
        raise InvalidParams("edge.target", "is where the edge begins", hint="Nothing flows into itself.")
    return source, target


def way_between(workspace: str, source: Node, target: Node, edge: EdgeInput) -> Way:
    """The edge that somebody asserts.

    Raises:
        InvalidParams: How it flows is not said where nothing stands in for it, or does not fit its ends.
    """
    whole = [node.column_pk is None for node in (source, target)]
    subtype = edge.subtype
    if subtype is None and any(whole) != all(whole):
        raise InvalidParams("edge.subtype", "has to be said of an edge between a column and an asset")
    if subtype is None:
        subtype = Subtype.DEPENDENCY if all(whole) else Subtype.IDENTITY
    if subtype is Subtype.DEPENDENCY and not all(whole):
        raise InvalidParams("edge.subtype", "is for assets as wholes: say how the column flows or influences")
    kind = EdgeKind.DIRECT if subtype in DIRECT_SUBTYPES else EdgeKind.INDIRECT
    if edge.masking and kind is EdgeKind.INDIRECT:
        raise InvalidParams("edge.masking", "is of values, and along this edge none flows")
    return Way(workspace, source, target, kind.value, subtype.value, edge.masking)


def edges_meant(session: Session, workspace: str, edge: EdgeInput) -> Sequence[Edge]:
    """All edges between two ends, of the subtype if one is named, whether or not they are believed.

    Raises:
        InvalidParams: There is no such asset or column, or both are the same.
    """
    source, target = ends_of(session, workspace, edge, head_of(session, workspace))
    found = edges_between(session, workspace, source, target)
    return [each for each in found if edge.subtype is None or each.subtype == edge.subtype.value]


def busy() -> WorkspaceBusy:
    return WorkspaceBusy("A run is changing the graph.", hint="Try again when it has ended.")


def names_of(session: Session, ways: Sequence[Way], at: int) -> Mapping[Node, Name]:
    """What the ends of edges are called."""
    nodes = {node for way in ways for node in way.ends}
    assets = assets_by_pk(session, {node.asset_pk for node in nodes}, at)
    columns = columns_by_name_alone(session, {node.column_pk for node in nodes if node.column_pk}, at)
    return {
        node: (
            assets[node.asset_pk].namespace,
            assets[node.asset_pk].name,
            columns[node.column_pk].name if node.column_pk else None,
        )
        for node in nodes
        if node.asset_pk in assets and (node.column_pk is None or node.column_pk in columns)
    }


def spoken_edge(way: Way, source: Name, target: Name) -> SpokenEdge:
    return SpokenEdge(
        source=EdgeEnd.of(source),
        target=EdgeEnd.of(target),
        kind=EdgeKind(way.kind),
        subtype=Subtype(way.subtype),
        masking=way.masking,
    )


def spoken(session: Session, workspace: str, ways: Sequence[Way], names: Mapping[Node, Name]) -> SpokenEdges:
    """What is answered to who spoke; the names are those from before, for an end may be gone with a word."""
    edges = [
        spoken_edge(way, names[way.source], names[way.target]) for way in ways if names.keys() >= set(way.ends)
    ]
    return SpokenEdges(revision=head_of(session, workspace), edges=edges)


def shown_rejection(found: Rejected) -> RejectedEdge:
    return RejectedEdge(
        edge=spoken_edge(found.way, *found.names),
        author=found.author,
        reason=found.reason,
        since=found.since,
        sources=list(found.sources),
    )


def id_behind(after: str | None) -> UUID | None:
    """The id in the cursor of a list of rejections; None for none.

    Raises:
        InvalidParams: It is no such cursor.
    """
    if after is None:
        return None
    try:
        return UUID(decode_cursor(after, parts=1)[0])
    except ValueError as error:
        raise bad_cursor() from error


@strawberry.type
class EdgeWordQuery:
    @strawberry.field(description="The edges that people reject, with who does so, why, and who asserts them.")
    async def rejected_edges(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> RejectedEdgeConnection:
        limit, behind = page_size(first) + 1, id_behind(after)

        def read(session: Session) -> Sequence[Rejected]:
            at = revision_of(session, workspace, as_of)
            return rejected_edges(session, workspace, at, after=behind, limit=limit)

        rows = await info.context.desk.store.read(read)
        cursors = [encode_cursor(row.pk.hex) for row in rows]
        edges = [
            RejectedEdgeEdge(cursor=cursor, node=shown_rejection(row))
            for cursor, row in zip(cursors, rows, strict=True)
        ]
        page = page_of(rows, first, after=after, cursors=cursors)
        return RejectedEdgeConnection(page_info=page, edges=edges[:first])


@strawberry.type
class EdgeWordMutation:
    @strawberry.mutation(
        description="Say that something flows into, or influences, something else, though no source may say "
        "so: for editors. Your name and the reason are its evidence, of the origin STATED, and later runs "
        "leave it as it is. It makes a revision of the graph; BUSY while a run is writing one."
    )
    async def assert_edge(
        self, info: Info, edge: EdgeArgument, reason: ReasonArgument, workspace: Workspace = MAIN_WORKSPACE
    ) -> EdgeAssertion:
        why, author = checked_reason(reason), info.context.principal.name

        def work(session: Session) -> SpokenEdges:
            hold_workspace(session, workspace)
            at = head_of(session, workspace)
            way = way_between(workspace, *ends_of(session, workspace, edge, at), edge)
            if held := rejections_of(session, [way.pk]):
                problem = f"is rejected by {held[0].author}: {held[0].reason}"
                raise InvalidParams("edge", problem, hint="Withdraw that first, by withdrawEdgeWord.")
            if not assert_edge(session, way, author=author, reason=why):
                raise busy()
            return spoken(session, workspace, [way], names_of(session, [way], at))

        return await info.context.desk.store.write(work)

    @strawberry.mutation(
        description="Say that what sources assert is wrong: for editors. The edges between the two ends are "
        "walked no more from a new revision on, whatever runs find later; rejectedEdges lists them, and "
        "earlier revisions still show them. BUSY while a run is writing a revision."
    )
    async def reject_edge(
        self, info: Info, edge: EdgeArgument, reason: ReasonArgument, workspace: Workspace = MAIN_WORKSPACE
    ) -> EdgeRejecting:
        why, author = checked_reason(reason), info.context.principal.name

        def work(session: Session) -> SpokenEdges:
            hold_workspace(session, workspace)
            every = edges_meant(session, workspace, edge)
            told = believed(session, [each.pk for each in every])
            known = {row.edge_pk for row in rejections_of(session, [each.pk for each in every])}
            meant = [each for each in every if each.pk in told or each.pk in known]
            if not meant:
                hint = "Ask lineage which there are: edges of columns are rejected between columns."
                raise InvalidParams("edge", "is asserted by nobody", hint=hint)
            if any(people_of(workspace) in told.get(each.pk, ()) for each in meant):
                problem = "is asserted by a person"
                raise InvalidParams("edge", problem, hint="Withdraw that first, by withdrawEdgeWord.")
            ways = [way_of(each) for each in meant]
            names = names_of(session, ways, head_of(session, workspace))
            if not reject_edges(session, workspace, meant, author=author, reason=why):
                raise busy()
            return spoken(session, workspace, ways, names)

        return await info.context.desk.store.write(work)

    @strawberry.mutation(
        description="Take back what people said of the edges between two ends, asserted or rejected: for "
        "editors. What a rejection held back is as its sources assert it by now. It makes a revision of the "
        "graph, unless nobody said anything; BUSY while a run is writing one."
    )
    async def withdraw_edge_word(
        self, info: Info, edge: EdgeArgument, workspace: Workspace = MAIN_WORKSPACE
    ) -> EdgeWithdrawal:
        def work(session: Session) -> SpokenEdges:
            hold_workspace(session, workspace)
            every = edges_meant(session, workspace, edge)
            told = believed(session, [each.pk for each in every])
            known = {row.edge_pk for row in rejections_of(session, [each.pk for each in every])}
            people = people_of(workspace)
            meant = [each for each in every if each.pk in known or people in told.get(each.pk, ())]
            ways = [way_of(each) for each in meant]
            names = names_of(session, ways, head_of(session, workspace))
            if not withdraw_words(session, workspace, meant):
                raise busy()
            return spoken(session, workspace, ways, names)

        return await info.context.desk.store.write(work)
