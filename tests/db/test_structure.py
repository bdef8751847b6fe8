"""The shape of graphs: circles, ends and what stands apart are those that a plain search finds."""

from collections.abc import Collection, Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.adjacency import Adjacency, build
from db.census import Census, census
from db.ground import gathered
from db.lineage import identity
from db.packed import Packed, edges_at, ids_of, uuids
from db.session import Session
from db.structure import cycles, orphans, unread_assets, unread_columns
from db.walk import Node
from tests.db.links import ASSETS, COLUMNS, LINKS, Link, opened, with_links

random_graphs = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
IDENTITY = 1 << 4  # a mark: the value flows as it is


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction with assets and columns, which is undone."""
    with opened(database_url) as session:
        yield session


def graph_of(session: Session, links: Collection[Link]) -> tuple[Adjacency, Census]:
    """A graph of these links alone, and all assets."""
    return with_links(session, links, lambda: (build(edges_at(session, "main", 1)), census(session, "main", 1)))


def pairs_of(links: Collection[Link]) -> set[tuple[int, int]]:
    """Which asset leads to which other, by their places among all."""
    every = [(ASSETS.index(link.pair[0]), ASSETS.index(link.pair[1])) for link in links if link.seen(1)]
    return {(source, target) for source, target in every if source != target}


def reachable(pairs: Collection[tuple[int, int]], begin: int) -> set[int]:
    found, todo = set[int](), [begin]
    while todo:
        here = todo.pop()
        new = {target for source, target in pairs if source == here} - found
        found |= new
        todo += new
    return found


@random_graphs
@given(links=LINKS)
def test_circles(session: Session, links: list[Link]) -> None:
    """Assets that reach one another along direct edges are one circle; the largest comes first."""
    graph, _ = graph_of(session, links)
    pairs = pairs_of([link for link in links if link.kind == "direct"])
    ahead = {place: reachable(pairs, place) for place in range(len(ASSETS))}
    wanted = {
        frozenset(other for other in ahead if other in ahead[place] and place in ahead[other])
        for place in ahead
        if place in ahead[place]
    }

    found = [{ASSETS.index(pk) for pk in uuids(graph.asset_ids[each])} for each in cycles(graph)]
    assert wanted == set(map(frozenset, found))
    assert sorted(map(len, found), reverse=True) == list(map(len, found))


@random_graphs
@given(links=LINKS)
def test_ends(session: Session, links: list[Link]) -> None:
    """What has no edges stands apart; what is led to and leads to no other is read by nobody."""
    graph, every = graph_of(session, links)
    touched = {pk for link in links if link.seen(1) for pk in link.pair}
    pairs = pairs_of(links)
    ends = {target for _, target in pairs} - {source for source, _ in pairs}

    assert set(ASSETS) - touched == set(uuids(orphans(graph, every)))
    assert {ASSETS[place] for place in ends} == set(uuids(unread_assets(graph, every)))


@random_graphs
@given(links=LINKS)
def test_columns_that_nobody_reads(session: Session, links: list[Link]) -> None:
    """A column is read by nobody if only others of its asset are read, and that not as a whole."""
    graph, _ = graph_of(session, links)
    read = {link.source for link in links if link.seen(1) and link.source != link.target}
    wholes = {node.asset_pk for node in read if node.column_pk is None}
    part = {node.asset_pk for node in read} - wholes
    columns, owners = list(COLUMNS.values()), [asset for asset, _ in COLUMNS]

    unread = unread_columns(graph, ids_of(columns), ids_of(owners))
    wanted = [owner in part and Node(owner, pk) not in read for pk, owner in zip(columns, owners, strict=True)]
    assert wanted == unread.tolist()


@given(length=st.integers(66, 400), closes=st.booleans())
@settings(max_examples=10, deadline=None)
def test_long_chains(length: int, closes: bool) -> None:  # noqa: FBT001 - given by the strategy
    """A chain longer than what is peeled off its ends is no circle, until its end leads back."""
    assets = ids_of([identity("asset", str(number)) for number in range(length + 1)])
    ends = [(number, number + 1) for number in range(length)] + [(length, 0)] * closes
    sources, targets = (np.array(each) for each in zip(*ends, strict=True))
    none = ids_of([None] * len(ends))
    edges = ids_of([identity("edge", str(number)) for number in range(len(ends))])
    ids = np.stack((edges, assets[sources], none, assets[targets], none))
    found = cycles(build(Packed(ids, np.full(len(ends), IDENTITY, np.uint8))))

    assert ([length + 1] if closes else []) == list(map(len, found))


def test_nothing_at_all(session: Session) -> None:
    """A graph without edges has no circles and no ends."""
    graph, every = graph_of(session, [])
    nothing = gathered(session, [], 1, seconds=9)

    assert [] == cycles(graph)
    assert (5, 0) == (len(orphans(graph, every)), len(unread_assets(graph, every)))
    assert not unread_columns(graph, ids_of(list(COLUMNS.values())), ids_of([pk for pk, _ in COLUMNS])).any()
    assert (0, True) == (nothing.graph.edge_count, nothing.complete)
