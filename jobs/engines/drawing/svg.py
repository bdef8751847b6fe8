"""A picture as SVG: everything is there without a script; what may be clicked can be reached by keyboard."""

from collections.abc import Iterator
from html import escape

from jobs.engines.drawing.layout import FOOT, HEAD, LETTER, LINE, PADDING
from jobs.engines.drawing.values import Arrow, Box, Card, End, Layout, Picture, Reason, Row
from jobs.engines.drawing.wording import cleaned, counted, shortened, width_of

KINDS = frozenset(
    {"table", "view", "procedure", "function", "file", "query_result", "document", "answer", "external"}
)
SMALL_LETTER = 6.7  # pixels: types are written smaller
MAX_TITLE = 2_000  # signs of a name or an expression that are shown in full
MASK_WIDTH = 54.0
BUTTON = 'tabindex="0" role="button" aria-pressed="false"'


def text_of(words: str, limit: int = MAX_TITLE) -> str:
    """A text cleaned and escaped, so that it may stand between tags and within quotes."""
    shown = cleaned(words[: limit + 1])
    return escape(shown if len(shown) <= limit else shown[: limit - 1] + "…", quote=True)


def key_of(end: End) -> str:
    """How an end is named in the page: the place of its card, and of its row behind a dot."""
    return str(end.card) if end.is_whole else f"{end.card}.{end.row}"


def svg_of(picture: Picture, layout: Layout) -> str:
    """The picture as an `svg` element for an HTML page, which brings the style: classes, no colours.

    Cost: linear in cards, rows and arrows.
    """
    width, height = f"{layout.width:.0f}", f"{layout.height:.0f}"
    cards = (_card(picture, at, box) for at, box in enumerate(layout.boxes))
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    about = f"Lineage of {text_of(picture.name_of(picture.root))}"
    arrows = (_arrow(picture, layout, at) for at in _in_order(picture))
    return "\n".join(
        (
            f'<svg id="picture" {size} role="group" aria-label="{about}">',
            MARKERS,
            '<g id="arrows">',
            *arrows,
            "</g>",
            *cards,
            "</svg>",
        )
    )


def _marker(name: str) -> str:
    return (
        f'<marker id="head-{name}" class="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .5 8 4 0 7.5z"/></marker>'
    )


MARKERS = f"<defs>{''.join(map(_marker, ('direct', 'indirect', 'bright')))}</defs>"


def _in_order(picture: Picture) -> list[int]:
    """Direct arrows last: they lie above the others."""
    return sorted(range(len(picture.arrows)), key=lambda at: picture.arrows[at].direct)


def summary_of(picture: Picture, arrow: Arrow) -> str:
    """An arrow in words, line by line: from where to where, and each reason."""
    ways = f"{picture.name_of(arrow.source)} → {picture.name_of(arrow.target)}"
    masked = ", masked" if arrow.masking else ""
    return "\n".join((ways, kind_of(arrow) + masked, *map(reason_of, arrow.reasons)))


def kind_of(arrow: Arrow) -> str:
    """What an arrow is, in words."""
    return "value flows" if arrow.direct else "influences"


def reason_of(reason: Reason) -> str:
    """A reason in one line."""
    words = f"{reason.subtype.replace('_', ' ')}: {reason.expression}" if reason.expression else reason.subtype
    return f"{words}  ({reason.place})" if reason.place else words


def _lines(words: str) -> str:
    return "\n".join(map(text_of, words.splitlines()))


def _arrow(picture: Picture, layout: Layout, at: int) -> str:
    arrow, path = picture.arrows[at], layout.paths[at]
    words = "arrow direct" if arrow.direct else "arrow indirect"
    cycle = " backward" if at in layout.backward else ""
    return (
        f'<g class="{words}{cycle}" data-from="{key_of(arrow.source)}" data-to="{key_of(arrow.target)}">'
        f'<title>{_lines(summary_of(picture, arrow))}</title><path class="near" d="{path}"/>'
        f'<path class="line" d="{path}"/>{_mask(*layout.middles[at]) if arrow.masking else ""}</g>'
    )


def _mask(x: float, y: float) -> str:
    return (
        f'<g class="mask"><rect x="{x - MASK_WIDTH / 2:.1f}" y="{y - 7.5:.1f}" width="{MASK_WIDTH:.0f}" '
        f'height="15" rx="7.5"/><text x="{x:.1f}" y="{y + 3.5:.1f}">masked</text></g>'
    )


def _card(picture: Picture, at: int, box: Box) -> str:
    card = picture.cards[at]
    kind = card.kind if card.kind in KINDS else "other"
    root = " root" if picture.root.card == at else ""
    stubs = "".join(_stub(box, side) for side in _open_sides(card))
    return (
        f'<svg class="card {kind}{root}" data-card="{at}" x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}">'
        f'<rect class="sheet" x="1" y="1" width="{box.width - 2:.1f}" height="{box.height - 2:.1f}" rx="7"/>'
        f"{''.join(_content(picture, at, box))}</svg>{stubs}"
    )


def _open_sides(card: Card) -> Iterator[float]:
    if card.more_before:
        yield -1.0
    if card.more_after:
        yield 1.0


def _stub(box: Box, side: float) -> str:
    """Three dots beside the foot of a card: the graph goes on there."""
    edge, y = (box.x if side < 0 else box.x + box.width), box.y + box.height - 7
    dots = "".join(f'<circle cx="{edge + side * (6 + 6 * nth):.1f}" cy="{y:.1f}" r="1.8"/>' for nth in range(3))
    return f'<g class="stub"><title>More lies behind a bound.</title>{dots}</g>'


def _content(picture: Picture, at: int, box: Box) -> Iterator[str]:
    card = picture.cards[at]
    chosen = " chosen-root" if picture.root == End(at) else ""
    kind = text_of(card.kind.replace("_", " "), 40)
    full = f"{card.name}\n{card.kind.replace('_', ' ')} in {card.namespace}"
    yield (
        f'<g class="head{chosen}" data-end="{at}" {BUTTON} '
        f'aria-label="{text_of(card.name, 200)}, {kind}"><title>{_lines(full)}</title>'
        f'<rect class="hit" x="2" y="2" width="{box.width - 4:.1f}" height="{HEAD - 3:.0f}" rx="6"/>'
        f'<rect class="stripe" x="1" y="8" width="4" height="{HEAD - 16:.0f}"/>'
        f'<text class="name" x="{PADDING}" y="18">{_fitting(card.name, box.width - 2 * PADDING, LETTER)}</text>'
        f'<text class="kind" x="{PADDING}" y="33">{kind}</text></g>'
    )
    for nth, row in enumerate(card.rows):
        yield _row(End(at, nth), card, row, box.width, is_root=picture.root == End(at, nth))
    if card.hidden:
        y = HEAD + LINE * len(card.rows) + FOOT - 4
        yield f'<text class="more" x="{PADDING}" y="{y:.1f}">+{counted(card.hidden, "more column")}</text>'


def _row(end: End, card: Card, row: Row, width: float, *, is_root: bool) -> str:
    y = HEAD + LINE * end.row
    room = width - 2 * PADDING
    name = _fitting(row.name, room, LETTER)
    left = room - (width_of(cleaned(row.name[:99])) + 2) * LETTER
    kind = row.data_type or ""
    fits = kind and width_of(cleaned(kind[:99])) * SMALL_LETTER <= left
    type_text = f'<text class="type" x="{width - PADDING:.1f}" y="{y + 14.5:.1f}">{text_of(kind)}</text>'
    full = f"{card.name}.{row.name}"
    title = _lines(f"{full}\n{kind}" if kind else full)
    return (
        f'<g class="row{" chosen-root" if is_root else ""}" data-end="{key_of(end)}" {BUTTON} '
        f'aria-label="{text_of(full, 300)}"><title>{title}</title>'
        f'<rect class="hit" x="4" y="{y:.1f}" width="{width - 8:.1f}" height="{LINE:.0f}" rx="4"/>'
        f'<text class="name" x="{PADDING}" y="{y + 14.5:.1f}">{name}</text>{type_text if fits else ""}</g>'
    )


def _fitting(words: str, room: float, letter: float) -> str:
    return escape(shortened(words[:MAX_TITLE], int(room / letter)), quote=True)
