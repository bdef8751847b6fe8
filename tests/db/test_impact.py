"""Changes reach what a search over the same edges reaches, and ways are those that a search finds.

Each question here is asked twice: over the whole graph in arrays and over what SQL gathers of it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.adjacency import build
from db.census import census
from db.ground import Ground, gathered
from db.impact import MAX_CHANGES, Affected, Change, ChangeKind, Impact, Reason
from db.packed import edges_at
from db.paths import Paths, Span, paths
from db.session import Session
from db.walk import DEPENDENCY, Node, Step
from tests.db.links import ASSETS, COLUMNS, LINKS, NODE, NODES, Link, opened, with_links

random_graphs = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
VIEW = ASSETS[1]  # all others are tables
AT = st.sampled_from([1, 2])
KINDS = st.sampled_from([frozenset[str](), frozenset({"direct"}), frozenset({"indirect"})])
CHANGE = st.one_of(
    st.builds(Change, st.sampled_from([kind for kind in ChangeKind if kind != "drop_asset"]), NODE),
    st.builds(Change, st.just(ChangeKind.DROP_ASSET), st.sampled_from(NODES[: len(ASSETS)])),
)
CHANGES = st.lists(CHANGE, min_size=1, max_size=4, unique=True)
Told = tuple[list[Affected], list[Affected], list[object]]


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction with assets and columns, which is undone."""
    with opened(database_url) as session:
        yield session


def grounds(session: Session, start: Collection[Node], at: int) -> tuple[Ground, Ground]:
    """The whole graph in arrays, and what SQL gathers downstream of somewhere."""
    graph = build(edges_at(session, "main", at))
    whole = Ground(graph, census(session, "main", at).kinds_of(graph.asset_ids))
    return whole, gathered(session, [node.asset_pk for node in start], at, seconds=60)


def told(found: Impact, most: int) -> Told:
    """All that is told of an impact, without the numbers of nodes, which are of one graph alone."""
    named = found.named(most)
    ways, lengths = found.ways(named, 99)
    more = [
        found.counts(),
        found.assets(most),
        found.frontier(named),
        [(list(ways[each.number]), lengths[each.number]) for each in named],
        [(found.reached_by(place), found.count_of(place)) for place in range(len(found.changes))],
        found.complete,
    ]
    return named, [replace(each, number=0) for each in named], more


def both(
    session: Session, links: Collection[Link], changes: Sequence[Change], at: int, kinds: frozenset[str]
) -> Impact:
    """What changes reach over a graph of these links alone, the same whichever way it is asked."""

    def asked() -> tuple[Impact, Impact]:
        every = grounds(session, [change.node for change in changes], at)
        whole, part = (Impact(ground, changes, kinds, 60) for ground in every)
        return whole, part

    whole, part = with_links(session, links, asked)
    for most in (1, 3, 1_000):
        assert told(whole, most)[1:] == told(part, most)[1:]
    return whole


def followed(links: Collection[Link], at: int, kinds: frozenset[str]) -> list[Link]:
    seen = [link for link in links if link.seen(at)]
    finer = {link.pair for link in seen if link.subtype != DEPENDENCY}
    return [
        link
        for link in seen
        if (not kinds or link.kind in kinds) and (link.subtype != DEPENDENCY or link.pair not in finer)
    ]


def leads_on(node: Node, near: Node) -> bool:
    """Whether edges that leave `near` lead on from `node`: an asset as a whole stands for its columns."""
    return node.asset_pk == near.asset_pk and (node == near or node.column_pk is None or near.column_pk is None)


def begun(change: Change) -> set[Node]:
    """What a change is about."""
    if change.node.column_pk is not None:
        return {change.node}
    return {node for node in NODES if node.asset_pk == change.node.asset_pk}


def met(links: Collection[Link], start: set[Node], *, spreads: bool) -> dict[Node, int]:
    """The reference: how far away each node is that one change reaches, by looking at every edge each time."""
    depths = dict.fromkeys(start, 0)
    for distance in range(1, len(NODES) + 1):
        layer = [node for node, depth in depths.items() if depth == distance - 1]
        for link in links:
            near = link.source
            fails = [node for node in layer if node not in start and node.asset_pk == near.asset_pk == VIEW]
            if link.target != near and (any(leads_on(node, near) for node in layer) or (spreads and fails)):
                depths.setdefault(link.target, distance)
    return depths


def searched(
    links: Collection[Link], changes: Sequence[Change], at: int, kinds: frozenset[str]
) -> dict[Node, tuple[int, Reason, bool, tuple[int, ...]]]:
    """The reference: distance, reason, whether it breaks, and by which changes, of all that is reached."""
    ways = {
        Reason.VALUE: followed(links, at, frozenset({"direct"})) if not kinds or "direct" in kinds else [],
        Reason.INFLUENCE: followed(links, at, kinds) if kinds != {"direct"} else [],
        Reason.BREAKAGE: followed(links, at, kinds),
    }
    # Whether something finer is known between two assets is a matter of all kinds.
    finer = followed(links, at, frozenset())
    found: dict[Node, list[tuple[int, Reason, int]]] = {}
    for place, change in enumerate(changes):
        for reason, edges in ways.items():
            if reason is Reason.BREAKAGE and not change.kind.takes_a_name_away:
                continue
            followable = [link for link in edges if link in finer]
            depths = met(followable, begun(change), spreads=reason is Reason.BREAKAGE)
            for node, depth in depths.items():
                if depth:
                    found.setdefault(node, []).append((depth, reason, place))
    changed = set[Node]().union(*map(begun, changes))
    order = list(Reason)
    return {
        node: (
            min(depth for depth, _, _ in all_),
            min((reason for _, reason, _ in all_), key=order.index),
            any(changes[place].kind.takes_a_name_away for _, _, place in all_),
            tuple(sorted({place for _, _, place in all_})),
        )
        for node, all_ in found.items()
        if node not in changed
    }


@random_graphs
@given(links=LINKS, changes=CHANGES, at=AT, kinds=KINDS)
def test_all_that_is_reached(
    session: Session, links: list[Link], changes: list[Change], at: int, kinds: frozenset[str]
) -> None:
    """Everything is told with its distance, its strongest reason, whether it breaks, and by which changes."""
    found = both(session, links, changes, at, kinds)

    wanted = searched(links, changes, at, kinds)
    shown = {each.node: (each.distance, each.reason, each.breaks, each.changes) for each in found.named(1_000)}
    assert wanted == shown
    counts = found.counts()
    assert len(wanted) == counts.columns + counts.wholes == sum(counts.by_distance.values())
    assert len(wanted) == sum(counts.by_reason.values()) == sum(each.node_count for each in found.assets(99))
    assert len({node.asset_pk for node in wanted}) == counts.assets == sum(counts.by_asset_kind.values())


@random_graphs
@given(links=LINKS, changes=CHANGES, at=AT, kinds=KINDS)
def test_ways_show_their_reasons(
    session: Session, links: list[Link], changes: list[Change], at: int, kinds: frozenset[str]
) -> None:
    """A way leads from what is changed to what is reached, edge by edge, and shows why it is."""
    found = both(session, links, changes, at, kinds)
    named = found.named(1_000)
    ways, lengths = found.ways(named, 99)
    homes = {change.node.asset_pk for change in changes}

    for each in named:
        way = ways[each.number]
        assert len(way) == lengths[each.number] >= each.distance >= 1
        assert way[0].source.asset_pk in homes
        assert each.node == way[-1].target
        assert all(one.target.asset_pk == other.source.asset_pk for one, other in pairwise(way))
        if each.reason is Reason.VALUE:
            assert {"direct"} == {step.kind for step in way}
        if each.reason is Reason.INFLUENCE:
            assert "indirect" in {step.kind for step in way}
        assert each.reason is not Reason.BREAKAGE or VIEW in {step.source.asset_pk for step in way}


@random_graphs
@given(links=LINKS, changes=CHANGES, at=AT, most=st.integers(1, 4))
def test_the_nearest_are_shown(
    session: Session, links: list[Link], changes: list[Change], at: int, most: int
) -> None:
    """Of more than are wanted the nearest are named, and from these ways lead on to all others."""
    found = both(session, links, changes, at, frozenset())
    every, shown = found.named(1_000), found.named(most)
    frontier = found.frontier(shown)
    ways, _ = found.ways(every, 99)
    ahead = {node.asset_pk for node in frontier} | {change.node.asset_pk for change in changes}

    assert every[:most] == shown
    assert sorted(each.distance for each in every) == [each.distance for each in every]
    assert set(frontier) <= {each.node for each in shown}
    for each in every[most:]:
        assert ahead & {step.source.asset_pk for step in ways[each.number]}
    assert [] == found.frontier(every)


def test_out_of_time(session: Session) -> None:
    """When time is up, it is told that there may be more, and from where."""
    one, two, three = (Node(pk) for pk in ASSETS[:3])
    links = [Link(one, two, "direct", (1, None)), Link(two, three, "direct", (1, None))]

    def asked() -> tuple[Impact, Impact]:
        whole, _ = grounds(session, [one], 1)
        change = [Change(ChangeKind.DROP_ASSET, one)]
        cut = gathered(session, [one.asset_pk], 1, seconds=-1)
        return Impact(whole, change, frozenset(), -1), Impact(cut, change, frozenset(), 60)

    for found in with_links(session, links, asked):
        assert not found.complete
        assert 0 == found.counts().assets


def test_as_many_changes_as_are_taken(session: Session) -> None:
    """Each of fifty changes is told apart from the others."""
    target = Node(ASSETS[4], COLUMNS[ASSETS[4], "a"])
    kinds = [kind for kind in ChangeKind if kind is not ChangeKind.DROP_ASSET]
    sources = [node for node in NODES if node.column_pk is not None and node.asset_pk != ASSETS[4]]
    links = [Link(node, target, "direct", (1, None)) for node in sources]
    changes = [Change(kind, node) for kind in kinds for node in sources][:MAX_CHANGES]
    (found,) = both(session, links, changes, 1, frozenset()).named(9)

    assert (target, tuple(range(len(changes)))) == (found.node, found.changes)


def arrivals(target: Node) -> set[Node]:
    """Where a way to a node may end."""
    if target.column_pk is not None:
        return {target, Node(target.asset_pk)}
    return {node for node in NODES if node.asset_pk == target.asset_pk}


def simple_ways(links: Collection[Link], source: Node, target: Node) -> set[tuple[Node, ...]]:
    """The reference: all ways that come by no node twice, as the nodes that they come by."""
    start = begun(Change(ChangeKind.DROP_COLUMN, source))
    goals, found = arrivals(target), set[tuple[Node, ...]]()

    def go_on(way: tuple[Node, ...]) -> None:
        if way and way[-1] in goals:
            found.add(way)
            return
        here = way[-1:] or tuple(start)
        for link in links:
            far = link.target
            new = far != link.source and far not in start and far not in way
            if new and any(leads_on(node, link.source) for node in here):
                go_on((*way, far))

    go_on(())
    return found


def between(
    session: Session, links: Collection[Link], ends: tuple[Node, Node], at: int, span: Span
) -> tuple[Paths, Sequence[Sequence[Step]]]:
    """The ways over a graph of these links alone, the same whichever way it is asked."""

    def asked() -> list[Paths]:
        return [paths(ground, *ends, span) for ground in grounds(session, ends[:1], at)]

    whole, part = with_links(session, links, asked)
    assert whole == part
    return whole, whole.found


@random_graphs
@given(links=LINKS, ends=st.tuples(NODE, NODE), at=AT, kinds=KINDS)
def test_all_ways(
    session: Session, links: list[Link], ends: tuple[Node, Node], at: int, kinds: frozenset[str]
) -> None:
    """With room for all of them, every way that comes by no node twice is told, in order of length."""
    found, ways = between(session, links, ends, at, Span(kinds, 100_000, 99, 60))
    followable = [link for link in followed(links, at, frozenset()) if not kinds or link.kind in kinds]

    wanted = simple_ways(followable, *ends)
    assert wanted == {tuple(step.target for step in way) for way in ways}
    assert len(wanted) == len(ways)
    assert sorted(map(len, ways)) == list(map(len, ways))
    assert not found.truncated


@random_graphs
@given(links=LINKS, ends=st.tuples(NODE, NODE), most=st.integers(1, 2), longest=st.integers(1, 3))
def test_some_ways(
    session: Session, links: list[Link], ends: tuple[Node, Node], most: int, longest: int
) -> None:
    """Of more ways than are wanted the shortest are told, and that there may be more."""
    found, ways = between(session, links, ends, 1, Span(frozenset(), most, longest, 60))
    lengths = sorted(map(len, simple_ways(followed(links, 1, frozenset()), *ends)))

    assert [length for length in lengths if length <= longest][:most] == list(map(len, ways))
    assert found.truncated or lengths == list(map(len, ways))


def test_ways_through_diamonds(session: Session) -> None:
    """Where there are more ways than anybody could look at, the shortest is found at once."""
    links = [
        Link(Node(one, COLUMNS[one, a]), Node(two, COLUMNS[two, b]), "direct", (1, None))
        for one, two in pairwise(ASSETS)
        for a in "abc"
        for b in "abc"
    ]
    ends = Node(ASSETS[0], COLUMNS[ASSETS[0], "a"]), Node(ASSETS[4], COLUMNS[ASSETS[4], "c"])
    found, ways = between(session, links, ends, 1, Span(frozenset(), 3, 99, 60))
    late, _ = between(session, links, ends, 1, Span(frozenset(), 3, 99, -1))

    assert [4, 4, 4] == list(map(len, ways))
    assert found.truncated
    assert Paths([], truncated=True) == late
