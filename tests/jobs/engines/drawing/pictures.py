"""Pictures to draw: any at all, and a warehouse of sixty cards."""

from random import Random

from hypothesis import strategies as st

from jobs.engines.drawing.values import Arrow, Card, End, Picture, Reason, Row

MOST_CARDS = 14
PLAIN = st.text("abc", max_size=4)


def table(name: str, *columns: str, hidden: int = 0) -> Card:
    return Card(name, "table", "headwater://main", tuple(map(Row, columns)), hidden)


def picture_of(cards: tuple[Card, ...], *arrows: Arrow, root: End | None = None) -> Picture:
    return Picture(root or End(0), cards, arrows, revision=7)


def flow(source: End, target: End, *, direct: bool = True, masking: bool = False) -> Arrow:
    reason = Reason("identity" if direct else "filter", "a + b", "x.sql:3")
    return Arrow(source, target, direct, masking, (reason,))


@st.composite
def pictures(draw: st.DrawFn, name: st.SearchStrategy[str] = PLAIN) -> Picture:
    """Cards with rows, and arrows between any two ends of them, cycles and loops included."""
    rows = st.lists(st.builds(Row, name, st.none() | name), max_size=4).map(tuple)
    card = st.builds(
        Card,
        name,
        st.sampled_from(["table", "view", "odd"]),
        name,
        rows,
        st.integers(0, 9),
        st.booleans(),
        st.booleans(),
    )
    cards = tuple(draw(st.lists(card, min_size=1, max_size=MOST_CARDS)))
    ends = [End(at, row) for at, each in enumerate(cards) for row in range(-1, len(each.rows))]
    end = st.sampled_from(ends)
    reasons = st.lists(st.builds(Reason, name, name, name), max_size=2).map(tuple)
    arrow = st.builds(Arrow, end, end, st.booleans(), st.booleans(), reasons)
    arrows = draw(st.lists(arrow, max_size=30))
    return Picture(
        draw(end), cards, tuple(arrows), draw(st.integers(0, 9)), draw(st.booleans()), draw(st.integers(0, 2))
    )


def warehouse(cards: int = 60, *, seed: int = 7) -> Picture:
    """Cards in five storeys; columns are made of some of the storey below, or of a deeper one."""
    random = Random(seed)  # noqa: S311 - the same picture every time
    storeys = [range(at * cards // 5, (at + 1) * cards // 5) for at in range(5)]
    made = [table(f"s{at}.t{at}", *(f"c{row}" for row in range(random.randint(2, 5)))) for at in range(cards)]
    arrows: dict[tuple[End, End], Arrow] = {}
    for height, storey in enumerate(storeys[1:], start=1):
        for at in storey:
            below = [random.choice(storeys[height - 1]) for _ in range(2)]
            below += [random.choice(storeys[random.randrange(height)])] if random.random() < 0.8 else []
            for row in range(len(made[at].rows)):
                source = random.choice(below)
                ends = End(source, random.randrange(len(made[source].rows))), End(at, row)
                arrows.setdefault(ends, flow(*ends))
            ends = End(below[0], 0), End(at)
            arrows.setdefault(ends, flow(*ends, direct=False))
    return picture_of(tuple(made), *arrows.values())
