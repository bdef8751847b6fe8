"""A picture as Mermaid text, to be pasted where Markdown is read."""

import re
from collections.abc import Iterator

from jobs.engines.drawing.values import Arrow, End, Picture
from jobs.engines.drawing.wording import shortened

MAX_LABEL = 60  # letters
MAX_EDGES = 500  # Mermaid draws no more unless it is told to
PLAIN = frozenset(" _.-")
LIST_MARK = re.compile(r"^\s*(?:[-+*]|\d+[.)])\s")  # would make Mermaid take a label for Markdown's list


def mermaid_of(picture: Picture) -> str:
    """A flowchart from left to right: a subgraph for each asset, a node for each column.

    Direct arrows are drawn, indirect ones dotted. Of more than 500 arrows the direct ones come first, and a
    comment tells how many are left out. Names are cleaned, shortened, and escaped sign by sign.
    """
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    arrows = sorted(picture.arrows, key=lambda arrow: not arrow.direct)
    left_out = picture.left_out + max(len(arrows) - MAX_EDGES, 0)
    whole = {end.card for arrow in arrows for end in (arrow.source, arrow.target) if end.is_whole}
    yield "flowchart LR"
    if left_out:
        yield f"%% {left_out} more edges are left out"
    for at, card in enumerate(picture.cards):
        yield f'subgraph s{at}["{label(card.name)}"]'
        if at in whole or not card.rows:
            yield f'{_id(End(at))}(["{label(card.kind.replace("_", " "))}"])'
        for nth, row in enumerate(card.rows):
            yield f'{_id(End(at, nth))}["{label(row.name)}"]'
        yield "end"
    for arrow in arrows[:MAX_EDGES]:
        yield f"{_id(arrow.source)} {_line(arrow)} {_id(arrow.target)}"


def _id(end: End) -> str:
    return f"a{end.card}" if end.is_whole else f"a{end.card}c{end.row}"


def _line(arrow: Arrow) -> str:
    return ("-->" if arrow.direct else "-.->") + ("|masked|" if arrow.masking else "")


def label(name: str) -> str:
    """A name as it may stand within a label's quotes: letters and digits as they are, the rest as numbers.

    >>> label('<b>"x"')
    '#60;b#62;#34;x#34;'
    """
    words = shortened(name[:1_000], MAX_LABEL)
    marked = LIST_MARK.match(words)
    cut = marked.end() if marked else 0
    return _numbered(words[:cut]) + "".join(
        sign if sign.isalnum() or sign in PLAIN else _numbered(sign) for sign in words[cut:]
    )


def _numbered(signs: str) -> str:
    return "".join(sign if sign.isalnum() or sign == " " else f"#{ord(sign)};" for sign in signs)
