"""A walk finds what a breadth-first search over the same edges finds, and tells where it was cut.

Each walk here is taken twice, by SQL and over arrays of the same database, and both must tell the same.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from db.adjacency import build
from db.array_reach import array_reach
from db.array_walk import Sight, array_walk, sight_of
from db.fitting import begun_at, fitting
from db.packed import edges_at
from db.session import Session
from db.walk import DEPENDENCY, Bounds, Direction, Level, Node, Reach, Route, Walk, reach, walk
from tests.db.links import ASSETS, COLUMNS, LINKS, ROUTES, STARTS, Link, opened, searched, wanted, with_links

FAR = Bounds(depth=99, max_nodes=10_000, seconds=60)
random_graphs = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction with assets and columns, which is undone."""
    with opened(database_url) as session:
        yield session


def sight(session: Session, route: Route, start: Collection[Node]) -> Sight:
    """The graph that the session sees, in arrays, as a route shows it."""
    graph = build(edges_at(session, "main", route.at))
    if route.only is None:
        return sight_of(graph, route)
    fit = fitting(session, graph, "main", route.only, route.at)
    return sight_of(graph, route, begun_at(graph, fit, start))


def walked(session: Session, links: Collection[Link], start: list[Node], route: Route, bounds: Bounds) -> Walk:
    """A walk over a graph of these links alone, the same by SQL and over arrays, in every order."""

    def both() -> tuple[Walk, Walk]:
        return walk(session, start, route, bounds), array_walk(sight(session, route, start), start, bounds)

    by_sql, by_arrays = with_links(session, links, both)
    assert list(by_sql.depths.items()) == list(by_arrays.depths.items())
    assert list(by_sql.steps) == list(by_arrays.steps)
    for step, other in zip(by_sql.steps.values(), by_arrays.steps.values(), strict=True):
        assert replace(step, edge_pks=()) == replace(other, edge_pks=())
        assert set(step.edge_pks) == set(other.edge_pks)
        assert len(step.edge_pks) == len(other.edge_pks)
    assert by_sql.frontier == by_arrays.frontier
    return by_arrays


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
    # Where it all began has to fit by itself: those who go on begin elsewhere, and may come back to it.
    assume(all(wanted(route, node.asset_pk) for node in start))
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


def reached(session: Session, links: Collection[Link], start: list[Node], route: Route) -> Reach:
    """How much can be reached, the same by SQL and over arrays."""

    def both() -> tuple[Reach, Reach]:
        return reach(session, start, route, seconds=60), array_reach(sight(session, route, start), start)

    by_sql, by_arrays = with_links(session, links, both)
    assert by_sql == by_arrays
    return by_arrays


@random_graphs
@given(links=LINKS, start=STARTS, route=ROUTES)
def test_how_much_can_be_reached(session: Session, links: list[Link], start: list[Node], route: Route) -> None:
    """What is counted are the nodes of a walk without bounds, but for those that it begins at."""
    depths, _ = searched(links, start, route, FAR.depth)
    flat = route.level is Level.ASSET
    begun = {Node(node.asset_pk) if flat else node for node in start}
    others = [node for node in depths if node not in begun and Node(node.asset_pk) not in begun]
    assets = {node.asset_pk for node in others} - {node.asset_pk for node in begun}

    columns = sum(node.column_pk is not None for node in others)
    assert Reach(len(assets), columns) == reached(session, links, start, route)


def test_no_time_to_count(session: Session) -> None:
    """When time is up, what was counted is told to be incomplete."""
    link = Link(Node(ASSETS[0]), Node(ASSETS[1]), "direct", (1, None))
    route = Route(1, Direction.DOWNSTREAM)
    found = with_links(session, [link], lambda: reach(session, [Node(ASSETS[0])], route, seconds=-1))

    assert Reach(0, 0, complete=False) == found


def test_dependencies_give_way_to_what_is_finer(session: Session) -> None:
    """A walk over columns follows a dependency only where nothing else is known; one over assets always."""
    one, two, three = ASSETS[:3]
    fine = Link(Node(one, COLUMNS[one, "a"]), Node(two, COLUMNS[two, "a"]), "direct", (2, None))
    same = Link(Node(one), Node(two), "indirect", (1, None), DEPENDENCY)
    alone = Link(Node(one), Node(three), "indirect", (1, None), DEPENDENCY)

    def found(at: int, level: Level) -> set[UUID]:
        route = Route(at, Direction.DOWNSTREAM, level)
        return edges_of(walked(session, [fine, same, alone], [Node(one)], route, FAR))

    assert {same.pk, alone.pk} == found(1, Level.COLUMN)
    assert {fine.pk, alone.pk} == found(2, Level.COLUMN)
    assert {fine.pk, same.pk, alone.pk} == found(2, Level.ASSET)


def test_a_column_without_edges_of_its_own(session: Session) -> None:
    """What influences an asset as a whole is found from each of its columns, and told to be left if it is."""
    one, two = ASSETS[:2]
    link = Link(Node(one), Node(two), "indirect", (1, None))
    column = Node(two, COLUMNS[two, "c"])
    route = Route(1, Direction.UPSTREAM)

    assert {column: 0, Node(two): 0, Node(one): 1} == walked(session, [link], [column], route, FAR).depths
    assert [column] == walked(session, [link], [column], route, Bounds(0, 9, 9)).frontier
    assert [column] == walked(session, [link], [column], route, Bounds(9, 1, 9)).frontier
