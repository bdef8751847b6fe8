"""What a watch sees is what a walk meets, and what was met as a whole with all its columns."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import closures
from db.adjacency import build
from db.closures import Spots, graphs_of, seen_from
from db.packed import edges_at, uuids
from db.session import Session
from db.walk import Direction, Node, Route
from tests.db.links import LINKS, NODE, NODES, Link, opened, searched, with_links

random_graphs = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FAR = 1_000
KINDS = st.sampled_from([frozenset[str](), frozenset({"direct"}), frozenset({"indirect"})])
ROUTES = st.builds(Route, at=st.just(2), direction=st.sampled_from(Direction), kinds=KINDS)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction with assets and columns, which is undone."""
    with opened(database_url) as session:
        yield session


def expected(links: list[Link], root: Node, route: Route, depth: int) -> set[Node]:
    """The places that are seen, by the search that walks are held to."""
    _, edges = searched(links, [root], route, depth)
    followed = [link for link in links if link.pk in edges]
    down = route.direction is Direction.DOWNSTREAM
    far = {link.target if down else link.source for link in followed} | {root}
    shown = far | {link.source if down else link.target for link in followed}
    assets = {node.asset_pk for node in shown}
    return {
        place
        for place in NODES
        if place in shown
        or (place.column_pk is None and place.asset_pk in assets)
        or (place.column_pk is not None and Node(place.asset_pk) in far)
    }


@random_graphs
@given(links=LINKS, root=NODE, route=ROUTES, depth=st.sampled_from([1, 2, None]))
def test_as_a_walk_does(
    session: Session, links: list[Link], root: Node, route: Route, depth: int | None
) -> None:
    """A watch of any depth and any kinds sees just what a search without SQL finds."""
    spots = with_links(session, links, lambda: Spots.of(build(edges_at(session, "main", 2)), NODES))
    seen = seen_from(spots, root, route, depth)

    assert expected(links, root, route, depth or FAR) == {
        place for place, is_seen in zip(NODES, seen, strict=True) if is_seen
    }


@random_graphs
@given(links=LINKS)
def test_two_revisions(session: Session, links: list[Link]) -> None:
    """The graphs before and after are those of their revisions, however much changed."""
    found = with_links(session, links, lambda: graphs_of(session, "main", 1, 2))

    assert found is not None
    for at, graph in enumerate(found, 1):
        ends = zip(graph.nodes(graph.sources), graph.nodes(graph.targets), uuids(graph.edge_ids), strict=True)
        assert {(link.source, link.target, link.pk) for link in links if link.seen(at)} == set(ends)


def test_a_graph_that_is_too_large(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph of more edges than are read for this is not read."""
    monkeypatch.setattr(closures, "MOST_EDGES", 0)
    link = Link(NODES[0], NODES[1], "direct", (1, None))

    assert None is with_links(session, [link], lambda: graphs_of(session, "main", 1, 2))
