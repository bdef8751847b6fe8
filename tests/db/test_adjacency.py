"""Edges as arrays: all that the tables hold, in an order that does not depend on how they came."""

import itertools
from collections.abc import Collection, Iterator
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import update
from sqlmodel import col

from db.adjacency import Adjacency, build
from db.array_reach import array_reach
from db.array_walk import array_walk, sight_of
from db.grafts import graft
from db.lineage import Edge
from db.packed import (
    INDIRECT,
    MASKING,
    SUBTYPES,
    Ids,
    NotPackable,
    Packed,
    edges_at,
    edges_changed,
    find,
    ids_of,
    sorted_ids,
    uuids,
)
from db.session import Session
from db.walk import Bounds, Direction, Level, Node, Reach, Route
from jobs.engines.lineage.values import Subtype
from tests.db.links import ASSETS, COLUMNS, LINKS, Link, opened, with_links

random_graphs = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ENDLESS = Bounds(depth=1_000_000, max_nodes=10_000_000, seconds=60)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction with assets and columns, which is undone."""
    with opened(database_url) as session:
        yield session


def edges_of(graph: Adjacency) -> list[tuple[Node, Node, UUID, int]]:
    """All edges, as they are numbered."""
    return list(
        zip(
            graph.nodes(graph.sources),
            graph.nodes(graph.targets),
            uuids(graph.edge_ids),
            graph.marks.tolist(),
            strict=True,
        )
    )


@random_graphs
@given(links=LINKS)
def test_all_edges_at_a_revision(session: Session, links: list[Link]) -> None:
    """Arrays hold the edges that readers see, each with its ends, its kind and whether it masks."""
    graph = with_links(session, links, lambda: build(edges_at(session, "main", 2)))
    told = {(source, target, pk, marks & (INDIRECT | MASKING)) for source, target, pk, marks in edges_of(graph)}

    assert told == {
        (
            link.source,
            link.target,
            link.pk,
            INDIRECT * (link.kind == "indirect") + MASKING * (link.life == (1, None)),
        )
        for link in links
        if link.seen(2)
    }
    entering = [graph.targets[edge] for edge in graph.entering_edges]
    assert sorted(entering) == entering


@random_graphs
@given(links=LINKS)
def test_changes_grafted(session: Session, links: list[Link]) -> None:
    """A graph with what changed between two revisions put in is the graph of the later one, read anew."""

    def both() -> tuple[Adjacency, Adjacency]:
        before = build(edges_at(session, "main", 1))
        changed, shown = edges_changed(session, "main", 1, 2)
        return graft(before, changed, shown), build(edges_at(session, "main", 2))

    grafted, anew = with_links(session, links, both)
    assert edges_of(anew) == edges_of(grafted)
    assert [end for end in anew.nodes(np.arange(anew.node_count, dtype=np.int32)) if lost(grafted, end)] == []


def lost(graph: Adjacency, node: Node) -> bool:
    number = graph.number_of(node)
    return number is None or graph.nodes(np.array([number], np.int32)) != [node]


def test_workspaces_are_walls(session: Session) -> None:
    """Edges of one workspace are not among those of another."""
    link = Link(Node(ASSETS[0]), Node(ASSETS[1]), "direct", (1, None))

    assert 0 == with_links(session, [link], lambda: len(edges_at(session, "other", 1)))
    assert 0 == with_links(session, [link], lambda: len(edges_changed(session, "other", 0, 1)[0]))


def test_a_subtype_without_a_code(session: Session) -> None:
    """An edge of a subtype that arrays have no code for is refused, and not told as another one."""
    link = Link(Node(ASSETS[0]), Node(ASSETS[1]), "direct", (1, None), "telepathy")
    with pytest.raises(NotPackable):
        with_links(session, [link], lambda: edges_at(session, "main", 1))


def test_every_subtype_has_a_code() -> None:
    """What the engine tells can be kept in arrays."""
    assert {each.value for each in Subtype} <= set(SUBTYPES)


def test_more_than_one_block(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table is read to its end, however few of its rows are in a block."""
    links = [Link(Node(one), Node(two), "direct", (1, None)) for one in ASSETS for two in ASSETS]
    monkeypatch.setattr("db.packed.ROWS", 7)
    monkeypatch.setattr("db.packed.PAGES", 1)
    packed = with_links(session, links, lambda: edges_at(session, "main", 1))

    assert {link.pk for link in links} == set(uuids(packed.ids[0]))
    assert len(links) == len(packed)


def hidden(session: Session, link: Link) -> int:
    session.execute(update(Edge).where(col(Edge.pk) == link.pk).values(masking=True))
    return int(edges_at(session, "main", 2).marks[0]) & MASKING


def test_masking_is_read(session: Session) -> None:
    """Whether an edge masks is read as it stands."""
    link = Link(Node(ASSETS[0]), Node(ASSETS[1]), "direct", (2, None))
    assert MASKING == with_links(session, [link], lambda: hidden(session, link))


@pytest.mark.parametrize("crowd", [1, 3, 200])
def test_ids_that_begin_alike(crowd: int) -> None:
    """Ids that agree in their first half, or in its beginning, are told apart."""
    alike = [UUID(int=(1 << 100) + number) for number in range(crowd)]
    near = [UUID(int=(1 << 100) + (number << 64)) for number in range(1, crowd)]
    others = [uuid4() for _ in range(crowd)]
    table = sorted_ids(ids_of([*alike, *near, *others, *alike]))

    assert sorted({*alike, *near, *others}) == uuids(table)
    assert list(range(len(table))) == find(table, table).tolist()
    missing = [UUID(int=1), UUID(int=(1 << 100) + crowd), UUID(int=(1 << 128) - 1)]
    assert [-1, -1, -1] == find(table, ids_of(missing)).tolist()
    assert [-1] == find(sorted_ids(ids_of([])), ids_of([uuid4()])).tolist()


def packed_of(pairs: Collection[tuple[Node, Node]]) -> Packed:
    def ids(pks: list[UUID | None]) -> Ids:
        return ids_of(pks)

    sources, targets = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    columns = (
        ids([uuid4() for _ in pairs]),
        ids([node.asset_pk for node in sources]),
        ids([node.column_pk for node in sources]),
        ids([node.asset_pk for node in targets]),
        ids([node.column_pk for node in targets]),
    )
    return Packed(np.stack(columns), np.full(len(pairs), 1 << 4, np.uint8))


def made(count: int, *, whole: bool) -> list[Node]:
    return [Node(uuid4(), None if whole else uuid4()) for _ in range(count)]


@pytest.mark.parametrize("whole", [True, False])
def test_a_long_chain(whole: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    """A chain of a thousand is counted to its end, and walked as deep as asked, both ways."""
    chain = made(1_000, whole=whole)
    graph = build(packed_of(list(itertools.pairwise(chain))))
    for start, direction in ((chain[0], Direction.DOWNSTREAM), (chain[-1], Direction.UPSTREAM)):
        for level in Level:
            sight = sight_of(graph, Route(1, direction, level))
            columns = 0 if whole or level is Level.ASSET else 999
            assert Reach(999, columns) == array_reach(sight, [start])
            assert 1_000 == len(array_walk(sight, [start], ENDLESS).depths)
            assert 101 == len(array_walk(sight, [start], Bounds(100, 5_000, 5)).depths)


@pytest.mark.parametrize("fan", [3, 100, 1_000])
def test_a_wide_fan(fan: int) -> None:
    """What is read by many, and reads many, is counted and cut as told, whatever the width."""
    hub = Node(ASSETS[0], COLUMNS[ASSETS[0], "a"])
    near, far = made(fan, whole=False), made(fan, whole=False)
    graph = build(packed_of([*((each, hub) for each in near), *((hub, each) for each in far)]))
    sight = sight_of(graph, Route(1, Direction.DOWNSTREAM))

    assert Reach(fan + 1, fan + 1) == array_reach(sight, [near[0]])
    assert Reach(fan, fan) == array_reach(sight, [Node(ASSETS[0])])
    cut = array_walk(sight, [hub], Bounds(9, 2, 5))
    assert ({hub: 0}, [hub]) == ({node: at for node, at in cut.depths.items() if at == 0}, cut.frontier)
    assert 2 == len(cut.depths)


def test_a_graph_without_edges() -> None:
    """A walk over nothing finds where it began, and counts nothing."""
    graph = build(packed_of([]))
    for level in Level:
        sight = sight_of(graph, Route(1, Direction.UPSTREAM, level))
        assert {Node(ASSETS[0]): 0} == array_walk(sight, [Node(ASSETS[0])], ENDLESS).depths
        assert Reach(0, 0) == array_reach(sight, [Node(ASSETS[0])])
