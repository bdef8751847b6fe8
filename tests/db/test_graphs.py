"""Graphs in memory: read once however many ask, brought up to date, and given up for others in time."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from db.filters import AssetFilter
from db.graphs import FILTERS, Graphs, head_stamp
from db.lineage import Evidence, Revision
from db.models import Workspace, now
from db.revisions import insert_rows
from db.session import Session
from db.store import Store
from db.walk import Bounds, Direction, Node, Reach, Route, Walk
from tests.db.links import ASSETS, Link, plant_links, plant_names
from tests.processes import until

ONE, TWO, THREE, FOUR = (Node(pk) for pk in ASSETS[:4])
FIRST = [Link(ONE, TWO, "direct", (1, 2)), Link(ONE, THREE, "direct", (1, None))]
SECOND = [Link(THREE, FOUR, "direct", (2, None))]
FAR = Bounds(depth=9, max_nodes=99, seconds=9)
MUCH = 1 << 20


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A database with names, at revision 1, whose first edges are there."""
    opened = Store(database_url)
    opened.write_now(plant_names)
    opened.write_now(lambda session: plant_links(session, FIRST))
    move(opened, 1)
    yield opened
    opened.close()


def move(store: Store, head: int) -> None:
    """Make a revision the head of its workspace."""
    row = {"workspace": "main", "number": head, "attempt": 1, "state": "committed", "run_pk": None}

    def work(session: Session) -> None:
        insert_rows(session, Revision, [row | {"committed_at": now(), "reserved_at": now()}])
        session.execute(update(Workspace).values(head=head))

    store.write_now(work)


def asked(store: Store, graphs: Graphs, route: Route, start: Node = ONE) -> Walk:
    return store.read_now(lambda session: graphs.walk(session, "main", [start], route, FAR))


def nodes(found: Walk) -> set[Node]:
    return set(found.depths)


def route_at(revision: int) -> Route:
    return Route(revision, Direction.DOWNSTREAM)


def brought_up(graphs: Graphs) -> None:
    reading = graphs.ask_for("main")
    assert reading is not None
    reading.result(timeout=30)


def close(*every: Graphs) -> None:
    for graphs in every:
        graphs.close()


def test_the_same_before_and_after_reading(store: Store) -> None:
    """Whether a graph is in memory cannot be told from an answer, and nothing is read before somebody asks."""
    graphs = Graphs(store, MUCH)
    assert 0 == graphs.size_bytes
    by_sql = asked(store, graphs, route_at(1))
    brought_up(graphs)
    by_arrays = asked(store, graphs, route_at(1))
    close(graphs)

    assert {ONE, TWO, THREE} == nodes(by_sql) == nodes(by_arrays)
    assert list(by_sql.steps) == list(by_arrays.steps)
    assert 0 < graphs.size_bytes < 10_000


def test_when_the_head_moves(store: Store) -> None:
    """Readers see the new head at once, and the graph in memory becomes that of the new head."""
    graphs = Graphs(store, MUCH)
    brought_up(graphs)
    store.write_now(lambda session: plant_links(session, SECOND))
    move(store, 2)
    at_once = asked(store, graphs, route_at(2))
    brought_up(graphs)
    later = asked(store, graphs, route_at(2))
    past = asked(store, graphs, route_at(1))
    close(graphs)

    assert {ONE, THREE, FOUR} == nodes(at_once) == nodes(later)
    assert {ONE, TWO, THREE} == nodes(past)


def test_a_small_change_is_put_into_a_large_graph(store: Store) -> None:
    """What one run changed is put into the graph that is there; the others' edges stay as they are."""
    pairs = [(Node(one), Node(two)) for one in ASSETS[1:] for two in ASSETS[1:]]
    store.write_now(
        lambda session: plant_links(session, [Link(*pair, "indirect", (1, None)) for pair in pairs])
    )
    graphs, anew = Graphs(store, MUCH), Graphs(store, MUCH)
    brought_up(graphs)
    store.write_now(lambda session: plant_links(session, SECOND))
    move(store, 2)
    brought_up(graphs)
    brought_up(anew)
    found, expected = (asked(store, each, route_at(2)) for each in (graphs, anew))
    close(graphs, anew)

    assert list(expected.steps) == list(found.steps)
    assert list(expected.depths.items()) == list(found.depths.items())


def test_a_workspace_that_was_emptied(store: Store) -> None:
    """Nothing of a graph is left once its workspace was emptied and filled again."""
    graphs = Graphs(store, MUCH)
    brought_up(graphs)

    def empty(session: Session) -> None:
        session.execute(delete(Evidence))
        session.execute(update(Revision).where(col(Revision.number) == 1).values(state="abandoned"))
        session.execute(update(Workspace).values(head=0))

    store.write_now(empty)
    brought_up(graphs)
    assert {ONE} == nodes(asked(store, graphs, route_at(0)))
    store.write_now(lambda session: plant_links(session, SECOND))
    move(store, 2)
    brought_up(graphs)
    found = asked(store, graphs, route_at(2), THREE)
    nothing = asked(store, graphs, route_at(2))
    close(graphs)

    assert ({THREE, FOUR}, {ONE}) == (nodes(found), nodes(nothing))


def test_emptied_between_two_looks(store: Store) -> None:
    """A graph whose revision is gone is read anew: nothing tells what ended."""
    graphs = Graphs(store, MUCH)
    brought_up(graphs)

    def empty(session: Session) -> None:
        session.execute(delete(Evidence))
        session.execute(delete(Revision))
        plant_links(session, SECOND)

    store.write_now(empty)
    move(store, 2)
    brought_up(graphs)
    found = asked(store, graphs, route_at(2))
    close(graphs)

    assert {ONE} == nodes(found)


def test_many_ask_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph is read once for all who ask while it is being read."""
    graphs, readings, may_go = Graphs(store, MUCH), [], threading.Event()
    read_now = store.read_now

    def slow(work: object) -> object:
        readings.append(work)
        may_go.wait(30)
        return read_now(work)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(store, "read_now", slow)
    asking = [graphs.ask_for("main") for _ in range(9)]
    may_go.set()
    for each in asking:
        assert each is not None
        each.result(timeout=30)
    close(graphs)

    assert 1 == len(readings)


def test_a_graph_without_room(store: Store) -> None:
    """A graph larger than the limit stays with SQL; with a limit of nothing no graph is read at all."""
    small, none = Graphs(store, 1), Graphs(store, 0)
    brought_up(small)
    found = [nodes(asked(store, each, route_at(1))) for each in (small, none)]
    counted = [
        store.read_now(lambda session, each=each: each.reach(session, "main", [ONE], route_at(1), 9))  # type: ignore[misc]  # bound at once
        for each in (small, none)
    ]
    close(small, none)

    assert [{ONE, TWO, THREE}] * 2 == found
    assert [Reach(2, 0)] * 2 == counted
    assert none.ask_for("main") is None
    assert 0 == small.size_bytes


def test_graphs_give_way(store: Store) -> None:
    """When there is no room for two, the one asked for longest ago goes, and is read again when asked for."""
    store.write_now(lambda session: session.add(Workspace(name="other", head=0)))
    whole = Graphs(store, MUCH)
    brought_up(whole)
    graphs = Graphs(store, whole.size_bytes)
    brought_up(graphs)
    other = graphs.ask_for("other")
    assert other is not None
    other.result(timeout=30)
    assert graphs.size_bytes < whole.size_bytes
    asked(store, graphs, route_at(1))
    brought_up(graphs)
    close(whole, graphs)

    assert whole.size_bytes == graphs.size_bytes


def test_filters_are_kept(store: Store) -> None:
    """A filter is judged once for all assets of a graph, and the oldest of many is forgotten."""
    graphs = Graphs(store, MUCH)
    brought_up(graphs)
    only = AssetFilter(name="*2")
    routes = [replace(route_at(1), only=AssetFilter(name=f"t{number}")) for number in range(2 * FILTERS)]
    for route in [*routes, replace(route_at(1), only=only), replace(route_at(1), only=only)]:
        found = asked(store, graphs, route)
    close(graphs)

    assert {ONE, THREE} == nodes(found)


def test_counting_over_arrays(store: Store) -> None:
    """Counts are the same by SQL and over arrays."""
    graphs = Graphs(store, MUCH)

    def counted() -> Reach:
        return store.read_now(lambda session: graphs.reach(session, "main", [ONE], route_at(1), 9))

    by_sql = counted()
    brought_up(graphs)
    by_arrays = counted()
    close(graphs)

    assert Reach(2, 0) == by_sql == by_arrays


def test_a_subtype_that_is_not_known(store: Store) -> None:
    """A graph that cannot be packed stays with SQL."""
    strange = Link(TWO, FOUR, "direct", (1, None), "telepathy")
    store.write_now(lambda session: plant_links(session, [strange]))
    graphs = Graphs(store, MUCH)
    brought_up(graphs)
    found = asked(store, graphs, route_at(1))
    close(graphs)

    assert {ONE, TWO, THREE, FOUR} == nodes(found)
    assert 0 == graphs.size_bytes


def test_when_the_database_is_no_use(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A reading that fails is logged, and leaves nothing behind."""
    graphs = Graphs(Store(f"sqlite:///{tmp_path / 'empty.db'}"), MUCH)
    reading = graphs.ask_for("main")
    assert reading is not None
    assert reading.exception(timeout=30)
    close(graphs)

    assert ["graph not read"] == [record.message for record in caplog.records]
    assert 0 == store.read_now(lambda session: head_stamp(session, "nobody")).number


def test_who_feels_it_in_the_past(store: Store) -> None:
    """What lies downstream at an earlier revision is the same from arrays that were taken back as by SQL."""
    pairs = [(Node(one), Node(two)) for one in ASSETS[1:] for two in ASSETS[1:]]
    steady = [Link(*pair, "indirect", (1, None)) for pair in pairs]
    store.write_now(lambda session: plant_links(session, [*steady, *SECOND]))
    move(store, 2)
    in_memory, by_sql = Graphs(store, MUCH), Graphs(store, 0)
    brought_up(in_memory)
    head_alone = in_memory.size_bytes
    starts = [ONE, TWO, THREE]

    def felt(graphs: Graphs, at: int) -> list[tuple[dict[Node, int], Reach]]:
        told = store.read_now(lambda session: graphs.felt(session, "main", starts, route_at(at), FAR))
        return [(found.depths, reach) for found, reach in told]

    first, again, newest = felt(in_memory, 1), felt(in_memory, 1), felt(in_memory, 2)
    grown = in_memory.size_bytes
    expected = [felt(by_sql, at) for at in (1, 1, 2)]
    close(in_memory, by_sql)

    assert expected == [first, again, newest]
    assert first != newest
    assert head_alone < grown <= MUCH


async def test_the_past_asks_for_the_head(store: Store) -> None:
    """Whoever asks about an earlier revision alone has the graph of the head read, from which it is made."""
    graphs = Graphs(store, MUCH)
    pairs = [(Node(one), Node(two)) for one in ASSETS[1:] for two in ASSETS[1:]]
    steady = [Link(*pair, "indirect", (1, None)) for pair in pairs]
    store.write_now(lambda session: plant_links(session, [*steady, *SECOND]))
    move(store, 2)
    by_sql = store.read_now(lambda session: graphs.felt(session, "main", [ONE], route_at(1), FAR))
    await until(lambda: graphs.size_bytes > 0)
    head_alone = graphs.size_bytes
    by_arrays = store.read_now(lambda session: graphs.felt(session, "main", [ONE], route_at(1), FAR))
    grown = graphs.size_bytes
    close(graphs)

    assert head_alone < grown, "the past is kept beside the head: it was made of that"
    assert [(found.depths, reach) for found, reach in by_sql] == [
        (found.depths, reach) for found, reach in by_arrays
    ]
