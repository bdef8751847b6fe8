"""What a picture shows: frozen values, in which ends are told by places in tuples."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A column that takes part."""

    name: str
    data_type: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """An asset with those of its columns that take part; `hidden` more do not."""

    name: str
    kind: str
    namespace: str = ""
    rows: tuple[Row, ...] = ()
    hidden: int = 0
    more_before: bool = False  # whether the graph goes on upstream, or downstream, behind a bound
    more_after: bool = False


@dataclass(frozen=True, slots=True, order=True)
class End:
    """One end of an arrow: the place of a card and of one of its rows; -1 for the card as a whole."""

    card: int
    row: int = -1

    @property
    def is_whole(self) -> bool:
        return self.row < 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an arrow is there: the subtype, the words of one evidence and where they stand, both maybe empty."""

    subtype: str
    expression: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """What flows (direct) or influences (not direct) from one end to another, for one reason or many."""

    source: End
    target: End
    direct: bool
    masking: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A bounded part of the graph, around `root`."""

    root: End
    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]
    revision: int
    truncated: bool = False
    left_out: int = 0  # arrows between these cards that were too many to be drawn

    @property
    def node_count(self) -> int:
        """How many columns are shown, and assets without any."""
        return sum(len(card.rows) or 1 for card in self.cards)

    def name_of(self, end: End) -> str:
        """The name of an end in full: `asset` or `asset.column`."""
        card = self.cards[end.card]
        return card.name if end.is_whole else f"{card.name}.{card.rows[end.row].name}"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a card lies, in pixels from the left and the top; its layer counts from 0 at the left."""

    x: float
    y: float
    width: float
    height: float
    layer: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies. `paths` are SVG path data and `middles` points on them, arrow by arrow."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    paths: tuple[str, ...]
    middles: tuple[tuple[float, float], ...]
    backward: frozenset[int]  # the arrows that close a cycle, and so lead from right to left
