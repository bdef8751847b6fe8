"""Tags reach what a search over the same edges reaches, along ways that it could go itself.

Each question here is asked twice: over the whole graph in arrays and over what SQL gathers of it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.session import Session
from db.tag_flow import MARKINGS, Flow, Marking, Reached, Said
from db.tag_policies import Rule
from db.walk import DEPENDENCY, Node, Step, node_order
from tests.db.links import ASSETS, COLUMNS, LIFE, NODE, NODES, WHOLE, Link, opened, with_links
from tests.db.test_impact import followed, grounds

random_graphs = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
VALUE = st.sampled_from(["identity", "identity", "transformation", "aggregation"])
FLOW = st.builds(Link, NODE, NODE, st.just("direct"), LIFE, VALUE)
SWAY = st.builds(Link, NODE, NODE, st.just("indirect"), LIFE, st.sampled_from(["filter", "join"]))
NEED = st.builds(Link, WHOLE, WHOLE, st.just("indirect"), LIFE, st.just(DEPENDENCY))
LINKS = st.lists(st.one_of(FLOW, FLOW, FLOW, SWAY, NEED), max_size=18, unique=True)
RULES = st.builds(Rule, st.booleans(), st.booleans(), st.booleans())
SAID = st.builds(
    Said,
    st.frozensets(NODE, min_size=1, max_size=3),
    st.frozensets(NODE, max_size=3),
)
OF_COLUMNS = [node for node in NODES if node.column_pk is not None]


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction with assets and columns, which is undone."""
    with opened(database_url) as session:
        yield session


def both(session: Session, links: Collection[Link], rule: Rule | None, said: Said, at: int) -> Flow:
    """What a tag reaches over a graph of these links alone, the same whichever way it is asked."""

    def asked() -> tuple[Flow, Flow]:
        whole, part = (Flow(ground, rule, said, 60) for ground in grounds(session, list(said.origins), at))
        return whole, part

    whole, part = with_links(session, links, asked)
    assert all_of(whole) == all_of(part)
    assert [of_number(whole.of(each)) for each in OF_COLUMNS] == [
        of_number(part.of(each)) for each in OF_COLUMNS
    ]
    return whole


def of_number(reached: Reached | None) -> Reached | None:
    """What is reached without its number, which is of one graph alone."""
    return reached and replace(reached, number=None)


def all_of(flow: Flow) -> list[tuple[Reached | None, tuple[Node, list[Step]]]]:
    """All that is told, with its way."""
    told = [reached for _, reached in flow.behind(None, 1_000)]
    return list(zip(map(of_number, told), flow.ways(told, 99), strict=True))


def is_clean(said: Said, node: Node) -> bool:
    return node in said.clean or Node(node.asset_pk) in said.clean


def leads_on(said: Said, node: Node, near: Node) -> bool:
    """Whether edges that leave `near` carry on what `node` has."""
    if node.asset_pk != near.asset_pk:
        return False
    return node == near or near.column_pk is None or (node.column_pk is None and not is_clean(said, near))


def lets_through(rule: Rule, marking: Marking, link: Link) -> bool:
    """Whether a tag passes along a link and has this marking, or a stronger one, behind it."""
    masks = link.life == (1, None)
    if marking is Marking.SAME:
        return (link.kind, link.subtype, masks) == ("direct", "identity", False)
    if (masks and rule.stopped_by_masking) or (link.subtype == "aggregation" and rule.stopped_by_aggregation):
        return False
    return link.kind == "direct" or marking is Marking.INFLUENCED


def searched(links: Collection[Link], rule: Rule, said: Said, at: int) -> dict[Node, tuple[Marking, int]]:
    """The reference: what each node has for itself, by looking at every edge each time."""
    found: dict[Node, tuple[Marking, int]] = dict.fromkeys(said.origins, (Marking.SET, 0))
    edges = followed(links, at, frozenset())
    for marking in MARKINGS[1 : None if rule.include_influence else 3]:
        depths = dict.fromkeys(said.origins, 0)
        for distance in range(1, len(NODES) + 1):
            layer = [node for node, depth in depths.items() if depth == distance - 1]
            for link in edges:
                fits = lets_through(rule, marking, link) and link.source != link.target
                enters = fits and not is_clean(said, link.target)
                if enters and any(leads_on(said, node, link.source) for node in layer):
                    depths.setdefault(link.target, distance)
        for node, depth in depths.items():
            found.setdefault(node, (marking, depth))
    return found


def strength(told: tuple[Marking, int]) -> tuple[int, int]:
    return MARKINGS.index(told[0]), told[1]


@random_graphs
@given(links=LINKS, rule=RULES, said=SAID, at=st.sampled_from([1, 2]))
def test_all_that_a_tag_reaches(session: Session, links: list[Link], rule: Rule, said: Said, at: int) -> None:
    """Each column has of a tag what it, or its asset as a whole, is reached by, and nothing if it is clean."""
    flow = both(session, links, rule, said, at)
    wanted = searched(links, rule, said, at)

    for column in OF_COLUMNS:
        whole = Node(column.asset_pk)
        own = [wanted[column]] if column in wanted else []
        lent = [wanted[whole]] if whole in wanted and column not in said.clean else []
        reached = flow.of(column)
        shown = None if reached is None else (reached.marking, reached.distance)
        assert min([*own, *lent], key=strength, default=None) == shown
    told = {reached.node: (reached.marking, reached.distance) for _, reached in flow.behind(None, 1_000)}
    assert {node: found for node, found in wanted.items() if is_told(wanted, said, node)} == told
    assert len(told) == flow.count


def is_told(wanted: Mapping[Node, tuple[Marking, int]], said: Said, node: Node) -> bool:
    """Whether a node is told for itself: its asset as a whole, if it has as much, stands for it."""
    whole = Node(node.asset_pk)
    if node == whole or node in said.origins or whole not in wanted:
        return True
    return MARKINGS.index(wanted[node][0]) < MARKINGS.index(wanted[whole][0])


@random_graphs
@given(links=LINKS, rule=RULES, said=SAID, at=st.sampled_from([1, 2]))
def test_ways_show_their_markings(session: Session, links: list[Link], rule: Rule, said: Said, at: int) -> None:
    """A way leads from where the tag is set to what has it, edge by edge, and shows the marking."""
    flow = both(session, links, rule, said, at)
    told = [reached for _, reached in flow.behind(None, 1_000)]

    for reached, (origin, way) in zip(told, flow.ways(told, 99), strict=True):
        assert origin in said.origins
        assert reached.distance == len(way)
        assert (reached.marking is Marking.SET) == (not way)
        if way:
            assert leads_on(said, origin, way[0].source)
            assert reached.node == way[-1].target
            assert all(leads_on(said, one.target, other.source) for one, other in pairwise(way))
        if reached.marking is Marking.SAME:
            assert {("direct", "identity", False)} == {(each.kind, each.subtype, each.masking) for each in way}
        if reached.marking is Marking.DERIVED:
            assert {"direct"} == {each.kind for each in way}
            assert {("identity", False)} != {(each.subtype, each.masking) for each in way}
        assert (reached.marking is Marking.INFLUENCED) == ("indirect" in {each.kind for each in way})


@random_graphs
@given(links=LINKS, said=SAID, size=st.integers(1, 4))
def test_pages(session: Session, links: list[Link], said: Said, size: int) -> None:
    """Pages make up the whole, nearest first, then by ids."""
    flow = both(session, links, Rule(stopped_by_masking=False), said, 2)
    whole = flow.behind(None, 1_000)
    pages, place = [], None
    while page := flow.behind(place, size):
        assert len(page) <= size
        pages += page
        place = page[-1][0]

    assert whole == pages
    assert sorted(whole, key=lambda each: (each[1].distance, node_order(each[1].node))) == whole
    assert len({reached.node for _, reached in whole}) == flow.count


@random_graphs
@given(links=LINKS, said=SAID)
def test_without_a_rule(session: Session, links: list[Link], said: Said) -> None:
    """A tag that does not flow is where it is set and nowhere else."""
    flow = both(session, links, None, said, 2)

    assert flow.complete
    assert said.origins == {reached.node for _, reached in flow.behind(None, 1_000)}
    assert {Marking.SET} == {reached.marking for _, reached in flow.behind(None, 1_000)}


def test_out_of_time(session: Session) -> None:
    """When time is up, it is told that there may be more."""
    one, two = (Node(pk) for pk in ASSETS[:2])
    links = [Link(one, two, "direct", (1, 2))]

    def asked() -> bool:
        whole, _ = grounds(session, [one], 1)
        return Flow(whole, Rule(), Said(frozenset({one})), seconds=-1).complete

    assert not with_links(session, links, asked)


def test_a_column_without_edges(session: Session) -> None:
    """What is set on a column that no edge touches flows along the edges of its asset as a whole."""
    column, whole, other = (Node(ASSETS[0], COLUMNS[ASSETS[0], "a"]), Node(ASSETS[0]), Node(ASSETS[1]))
    said = Said(frozenset({column}))
    flow = both(session, [Link(whole, other, "direct", (1, 2))], Rule(), said, 1)
    (_, set_there), (_, reached) = flow.behind(None, 10)

    assert (column, Marking.SET, 0, None) == (
        set_there.node,
        set_there.marking,
        set_there.distance,
        set_there.number,
    )
    assert (other, Marking.SAME, 1) == (reached.node, reached.marking, reached.distance)
    assert [column] == [origin for origin, _ in flow.ways([reached], 9)]


def test_what_is_set_is_set(session: Session) -> None:
    """A tag on a column of an asset that is clean of it flows on, along edges of the whole, too."""
    column, whole, other = (Node(ASSETS[0], COLUMNS[ASSETS[0], "a"]), Node(ASSETS[0]), Node(ASSETS[1]))
    links = [Link(column, Node(ASSETS[2]), "direct", (1, 2)), Link(whole, other, "direct", (1, 2))]
    said = Said(frozenset({column}), frozenset({whole}))
    told = both(session, links, Rule(), said, 1).behind(None, 10)

    assert {column: Marking.SET, other: Marking.SAME, Node(ASSETS[2]): Marking.SAME} == {
        reached.node: reached.marking for _, reached in told
    }


def test_set_twice(session: Session) -> None:
    """A column on which a tag is set is told beside its asset as a whole, on which it is set as well."""
    column, whole = Node(ASSETS[0], COLUMNS[ASSETS[0], "a"]), Node(ASSETS[0])
    links = [Link(column, Node(ASSETS[1]), "direct", (1, 2))]
    told = both(session, links, Rule(), Said(frozenset({column, whole})), 1).behind(None, 10)

    assert [(whole, 0), (column, 0), (Node(ASSETS[1]), 1)] == [
        (reached.node, reached.distance) for _, reached in told
    ]
