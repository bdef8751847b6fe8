"""A walk finds what a breadth-first search over the same edges finds, and tells where it was cut."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.assertions import ensure_source
from db.lineage import Asset, AssetColumn, Definition, Edge, Evidence, identity
from db.revisions import insert_rows
from db.session import Session, engine_for_writes
from db.walk import Bounds, Direction, Level, Node, Route, Walk, walk

ASSETS = [identity("asset", str(number)) for number in range(5)]
COLUMNS = {(asset, name): identity("column", asset.hex, name) for asset in ASSETS for name in "abc"}
NODES = [*map(Node, ASSETS), *(Node(asset, pk) for (asset, _), pk in COLUMNS.items())]
FAR = Bounds(depth=99, max_nodes=10_000, seconds=60)


@dataclass(frozen=True, slots=True)
class Link:
    """An edge, and the revisions from which and up to which it is believed."""

    source: Node
    target: Node
    kind: str
    life: tuple[int, int | None]

    @property
    def pk(self) -> UUID:
        return identity("edge", str(self))


NODE = st.sampled_from(NODES)
LINKS = st.lists(
    st.builds(
        Link,
        NODE,
        NODE,
        st.sampled_from(["direct", "indirect"]),
        st.sampled_from([(1, None), (2, None), (1, 2)]),
    ),
    max_size=16,
    unique=True,
)
ROUTES = st.builds(
    Route,
    at=st.sampled_from([1, 2]),
    direction=st.sampled_from(Direction),
    level=st.sampled_from(Level),
    kinds=st.sampled_from([frozenset(), frozenset({"direct"}), frozenset({"indirect"})]),
)
STARTS = st.lists(NODE, min_size=1, max_size=2)
random_graphs = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction with assets and columns, which is undone."""
    engine = engine_for_writes(database_url)
    with Session(engine) as opened:
        born = {"workspace": "main", "born": 1}
        assets = [{"pk": pk, "namespace": "n", "name_key": pk.hex, "name": pk.hex, **born} for pk in ASSETS]
        insert_rows(opened, Asset, assets)
        columns = [
            {"pk": pk, "asset_pk": asset, "name_key": name, "name": name, **born}
            for (asset, name), pk in COLUMNS.items()
        ]
        insert_rows(opened, AssetColumn, columns)
        insert_rows(opened, Definition, [{"pk": identity("definition"), "body": "", **born}])
        ensure_source(opened, "main", "test")
        yield opened
        opened.rollback()
    engine.dispose()


def walked(session: Session, links: Collection[Link], start: list[Node], route: Route, bounds: Bounds) -> Walk:
    """A walk over a graph of these links alone."""
    point = session.begin_nested()
    insert_rows(session, Edge, [edge_row(link) for link in links])
    insert_rows(session, Evidence, [evidence_row(link) for link in links])
    found = walk(session, start, route, bounds)
    session.expunge_all()
    point.rollback()
    return found


def edge_row(link: Link) -> dict[str, object]:
    return {
        "pk": link.pk,
        "workspace": "main",
        "source_asset_pk": link.source.asset_pk,
        "source_column_pk": link.source.column_pk,
        "target_asset_pk": link.target.asset_pk,
        "target_column_pk": link.target.column_pk,
        "kind": link.kind,
        "subtype": "identity",
        "masking": link.life == (1, None),
        "born": 1,
    }


def evidence_row(link: Link) -> dict[str, object]:
    return {
        "pk": identity("evidence", link.pk.hex),
        "fact": identity("fact", link.pk.hex),
        "workspace": "main",
        "source_pk": identity("source", "main", "test"),
        "since": link.life[0],
        "until": link.life[1],
        "edge_pk": link.pk,
        "origin": "parsed",
        "definition_pk": identity("definition"),
        "start": 0,
        "end": 0,
        "note": "",
    }


def searched(
    links: Collection[Link], start: list[Node], route: Route, depth: int
) -> tuple[dict[Node, int], set[UUID]]:
    """The reference: nodes with their distance, and the edges that lead to them, found without SQL."""
    flat = route.level is Level.ASSET
    depths = {Node(node.asset_pk) if flat else node: 0 for node in start}
    layer, expanded, edges = list(depths), set(depths), set()
    for distance in range(1, depth + 1):
        following: list[Node] = []
        for link in sorted(links, key=lambda each: each.pk.int):
            far, near = (
                (link.source, link.target)
                if route.direction is Direction.UPSTREAM
                else (link.target, link.source)
            )
            since, until = link.life
            seen = since <= route.at and (until is None or until > route.at)
            if not seen or (route.kinds and link.kind not in route.kinds):
                continue
            far, near = (Node(far.asset_pk), Node(near.asset_pk)) if flat else (far, near)
            leads_on = any(
                node.asset_pk == near.asset_pk
                and (node == near or node.column_pk is None or near.column_pk is None)
                for node in layer
            )
            if leads_on and far != near:
                edges.add(link.pk)
                depths[near] = min(distance - 1, depths.get(near, distance))
                depths.setdefault(far, distance)
                following.append(far)
        layer = [node for node in dict.fromkeys(following) if node not in expanded]
        expanded.update(layer)
    return depths, edges


def edges_of(found: Walk) -> set[UUID]:
    return {pk for step in found.steps.values() for pk in step.edge_pks}


@random_graphs
@given(links=LINKS, start=STARTS, route=ROUTES)
def test_all_that_can_be_reached(session: Session, links: list[Link], start: list[Node], route: Route) -> None:
    """Without bounds a walk finds every node at its distance and every edge, and has no frontier."""
    found = walked(session, links, start, route, FAR)

    assert searched(links, start, route, FAR.depth) == (found.depths, edges_of(found))
    assert ([], False) == (found.frontier, found.truncated)


@random_graphs
@given(links=LINKS, start=STARTS, route=ROUTES, depth=st.integers(0, 3))
def test_as_deep_as_asked(
    session: Session, links: list[Link], start: list[Node], route: Route, depth: int
) -> None:
    """A bounded depth gives what lies within it, and a frontier exactly if edges lead on."""
    found = walked(session, links, start, route, Bounds(depth, 10_000, 60))

    _, every = searched(links, start, route, FAR.depth)
    within = searched(links, start, route, depth)
    assert within == (found.depths, edges_of(found))
    assert (within[1] != every) == found.truncated
    assert set(found.frontier) <= set(found.depths)


@random_graphs
@given(links=LINKS, start=STARTS, route=ROUTES, most=st.integers(1, 6))
def test_no_more_than_asked(
    session: Session, links: list[Link], start: list[Node], route: Route, most: int
) -> None:
    """A bounded number of nodes is kept, nothing that is told is wrong, and a cut is always told."""
    found = walked(session, links, start, route, Bounds(99, most, 60))

    every_depth, every = searched(links, start, route, FAR.depth)
    assert len(found.depths) <= max(most, len(set(start)))
    assert set(found.depths) <= set(every_depth)
    assert edges_of(found) <= every
    assert (edges_of(found) != every) == found.truncated
    assert set(found.frontier) <= set(found.depths)


@random_graphs
@given(links=LINKS, start=STARTS, route=ROUTES, depth=st.integers(0, 2))
def test_going_on_from_the_frontier(
    session: Session, links: list[Link], start: list[Node], route: Route, depth: int
) -> None:
    """Whoever goes on from the frontier, again and again, has seen everything in the end."""
    _, every = searched(links, start, route, FAR.depth)
    found = walked(session, links, start, route, Bounds(depth, 10_000, 60))
    seen, begun = edges_of(found), set()
    while todo := [node for node in found.frontier if node not in begun]:
        begun.update(todo)
        found = walked(session, links, todo, route, Bounds(1, 10_000, 60))
        seen |= edges_of(found)

    assert every == seen


@random_graphs
@given(links=LINKS, start=STARTS, route=ROUTES)
def test_out_of_time(session: Session, links: list[Link], start: list[Node], route: Route) -> None:
    """When time is up at the beginning, the start alone is told, and whether anything leads on from it."""
    found = walked(session, links, start, route, Bounds(99, 10_000, -1))

    assert {} == found.steps
    assert bool(searched(links, start, route, 1)[1]) == found.truncated


def test_steps_between_assets(session: Session) -> None:
    """Between two assets the edges of columns are one step a kind, which masks if all of them do."""
    one, two = ASSETS[:2]
    a, b = COLUMNS[one, "a"], COLUMNS[two, "a"]
    masked = Link(Node(one, a), Node(two, b), "direct", (1, None))
    open_ = Link(Node(one), Node(two, b), "direct", (2, None))
    other = Link(Node(one), Node(two), "indirect", (1, None))
    links = [masked, open_, other]

    def steps(at: int) -> Mapping[str, tuple[set[UUID], bool]]:
        route = Route(at, Direction.DOWNSTREAM, Level.ASSET)
        found = walked(session, links, [Node(one)], route, FAR)
        return {step.kind: (set(step.edge_pks), step.masking) for step in found.steps.values()}

    assert {"direct": ({masked.pk}, True), "indirect": ({other.pk}, True)} == steps(1)
    assert {"direct": ({masked.pk, open_.pk}, False), "indirect": ({other.pk}, True)} == steps(2)
