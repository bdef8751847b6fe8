"""Where cards and arrows lie: apart, from left to right, and everywhere the same."""

import re
from itertools import combinations

import pytest
from hypothesis import given, settings

from jobs.engines.drawing import layout as module
from jobs.engines.drawing import mesh as meshes
from jobs.engines.drawing.layers import layers_of
from jobs.engines.drawing.layout import MARGIN, laid_out
from jobs.engines.drawing.mesh import mesh_of
from jobs.engines.drawing.order import crossings, ordered
from jobs.engines.drawing.values import Box, End, Layout, Picture
from tests.jobs.engines.drawing.pictures import flow, picture_of, pictures, table, warehouse

NUMBER = r"(-?[\d.]+)"
BEGIN, FINISH = re.compile(rf"^M{NUMBER} {NUMBER}"), re.compile(rf"H{NUMBER}$")


def apart(one: Box, other: Box) -> bool:
    beside = one.x + one.width < other.x or other.x + other.width < one.x
    below = one.y + one.height < other.y or other.y + other.height < one.y
    return beside or below


def level_stretches(path: str) -> list[tuple[float, float, float]]:
    """The stretches of a way through the picture that lie level: from x, to x, at y."""
    found = []
    for points, to in re.findall(r"C([^CH]*)H" + NUMBER, path):
        *_, x, y = map(float, points.split())
        found.append((x, float(to), y))
    return found


@given(pictures())
@settings(deadline=None)
def test_cards_lie_apart(picture: Picture) -> None:
    """No two cards overlap, and all lie within the picture, whatever leads wherever."""
    layout = laid_out(picture)

    assert all(apart(one, other) for one, other in combinations(layout.boxes, 2))
    for box in layout.boxes:
        assert 0 < box.x < box.x + box.width < layout.width
        assert 0 < box.y < box.y + box.height < layout.height


@given(pictures())
@settings(deadline=None)
def test_arrows_lead_from_left_to_right(picture: Picture) -> None:
    """An arrow leads to a later layer, unless it stays within its card or closes a cycle."""
    layout = laid_out(picture)
    for at, arrow in enumerate(picture.arrows):
        source, target = layout.boxes[arrow.source.card], layout.boxes[arrow.target.card]
        assert (source.layer < target.layer) is (at not in layout.backward)
        begin, finish = BEGIN.search(layout.paths[at]), FINISH.search(layout.paths[at])
        assert begin
        assert finish
        assert abs(float(begin[1]) - source.x - source.width) < 0.1
        at_edge = target.x if arrow.source.card != arrow.target.card else target.x + target.width
        assert abs(float(finish[1]) - at_edge) < 0.1


@given(pictures())
@settings(deadline=None)
def test_nothing_turns_without_a_cycle(picture: Picture) -> None:
    """Arrows that lead backward are all needed to be: each lies in a cycle of cards."""
    links = {(arrow.source.card, arrow.target.card) for arrow in picture.arrows}
    _, turned = layers_of(len(picture.cards), dict.fromkeys(links, 1))
    for source, target in turned:
        reached = {target}
        while more := {to for begin, to in links if begin in reached} - reached:
            reached |= more
        assert source in reached


@given(pictures())
@settings(deadline=None)
def test_the_same_everywhere(picture: Picture) -> None:
    """The same picture is laid out the same way each time."""
    assert laid_out(picture) == laid_out(picture)


@given(pictures())
@settings(deadline=None)
def test_order_never_gets_worse(picture: Picture) -> None:
    """Ordering keeps every item in its layer, and never crosses more than the order of arrival."""
    mesh = mesh_of(picture)
    order = ordered(mesh)

    assert [sorted(items) for items in mesh.layers] == [sorted(items) for items in order]
    assert crossings(mesh, order) <= crossings(mesh, mesh.layers)


def inside(box: Box, layout: Layout, at: int) -> bool:
    """Whether an arrow passes through a card on one of the stretches that lead across layers."""
    return any(
        left < box.x + box.width - 1 and right > box.x + 1 and box.y < y < box.y + box.height
        for left, right, y in level_stretches(layout.paths[at])
    )


def test_long_arrows_pass_between_cards() -> None:
    """An arrow that skips layers bends where cards stand: it runs through none."""
    picture = warehouse()
    layout = laid_out(picture)
    long = [
        at
        for at, arrow in enumerate(picture.arrows)
        if layout.boxes[arrow.target.card].layer - layout.boxes[arrow.source.card].layer > 1
    ]

    assert len(long) > 10
    assert [] == [(at, card) for at in long for card, box in enumerate(layout.boxes) if inside(box, layout, at)]


def test_sixty_cards_cross_little() -> None:
    """In a warehouse of sixty cards less than half of the crossings of the order of arrival are left."""
    mesh = mesh_of(warehouse())
    naive, left = crossings(mesh, mesh.layers), crossings(mesh, ordered(mesh))

    assert 60 == mesh.cards
    assert naive > 1_000
    assert left < naive / 2


def test_crossings_are_counted() -> None:
    """Two arrows cross if their ends are in opposite orders, of cards or of rows."""
    cards = table("a", "x", "y"), table("b", "x", "y")
    across = picture_of(cards, flow(End(0, 0), End(1, 1)), flow(End(0, 1), End(1, 0)))
    along = picture_of(cards, flow(End(0, 0), End(1, 0)), flow(End(0, 1), End(1, 1)))

    for picture, count in ((across, 1), (along, 0)):
        mesh = mesh_of(picture)
        assert count == crossings(mesh, mesh.layers)


def test_swaps_undo_crossings() -> None:
    """Two cards whose arrows cross change places."""
    cards = tuple(table(name, "x") for name in "abcd")
    mesh = mesh_of(picture_of(cards, flow(End(0, 0), End(3, 0)), flow(End(1, 0), End(2, 0))))

    assert 1 == crossings(mesh, mesh.layers)
    assert 0 == crossings(mesh, ordered(mesh))


def test_cards_stand_near_what_they_feed() -> None:
    """A card without sources stands right before what it feeds, not at the far left."""
    cards = tuple(table(name, "x") for name in ("raw", "staging", "mart", "rates"))
    arrows = flow(End(0, 0), End(1, 0)), flow(End(1, 0), End(2, 0)), flow(End(3, 0), End(2, 0))
    layout = laid_out(picture_of(cards, *arrows))

    assert [0, 1, 2, 1] == [box.layer for box in layout.boxes]


def test_a_straight_chain_is_straight() -> None:
    """Cards that feed one another column by column stand at one height."""
    cards = tuple(table(name, "x") for name in "abcd")
    layout = laid_out(picture_of(cards, *(flow(End(at, 0), End(at + 1, 0)) for at in range(3))))

    assert 1 == len({box.y for box in layout.boxes})


def test_cycles_run_below() -> None:
    """What closes a cycle runs back below all cards; what stays within a card is a loop at its right."""
    cards = table("a", "x", "y"), table("b", "x")
    arrows = flow(End(0, 0), End(1, 0)), flow(End(1, 0), End(0, 1)), flow(End(0, 1), End(0, 0))
    layout = laid_out(picture_of(cards, *arrows))
    bottom = max(box.y + box.height for box in layout.boxes)

    assert {1, 2} == set(layout.backward)
    assert bottom < layout.middles[1][1] < layout.height
    assert layout.middles[2][0] > layout.boxes[0].x + layout.boxes[0].width


def test_too_many_bends_go_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where long arrows would need more bends than there may be, the longest go around, forwards too."""
    cards = tuple(table(name, "x") for name in "abcd")
    chain = [flow(End(at, 0), End(at + 1, 0)) for at in range(3)]
    picture = picture_of(cards, *chain, flow(End(0, 0), End(2, 0)), flow(End(0, 0), End(3, 0)))
    monkeypatch.setattr(meshes, "MAX_BENDS", 1)
    layout = laid_out(picture)

    assert mesh_of(picture).stops[3]
    assert not mesh_of(picture).stops[4]
    assert layout.middles[4][1] > max(box.y + box.height for box in layout.boxes)
    assert not layout.backward


def test_many_arrows_share_tracks() -> None:
    """Many arrows of two cards run side by side past a third, in no more tracks than there may be."""
    names = [f"c{at}" for at in range(60)]
    cards = table("a", *names), table("b", "x"), table("c", *names)
    arrows = [flow(End(0, at), End(2, at)) for at in range(60)]
    picture = picture_of(cards, *arrows, flow(End(0, 0), End(1, 0)), flow(End(1, 0), End(2, 0)))
    mesh = mesh_of(picture)

    assert meshes.MAX_TRACKS == mesh.ports[3]
    assert all(apart(one, other) for one, other in combinations(laid_out(picture).boxes, 2))


def test_nothing_to_draw() -> None:
    """A picture of one card without anything is as big as the card and its margins."""
    layout = laid_out(picture_of((table("alone"),)))

    assert (module.NARROW + 2 * MARGIN, module.HEAD + 2 * MARGIN) == (layout.width, layout.height)
