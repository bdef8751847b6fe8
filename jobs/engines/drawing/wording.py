"""Names as they can be shown: names are hostile, endless, or written with signs that turn text around."""

import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"
REPLACED = "\N{REPLACEMENT CHARACTER}"
JOINERS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")  # emoji and some scripts need them
MARKS = 3  # signs without width in a row; what stacks more only paints over others


def cleaned(text: str) -> str:
    r"""A text in one line whose signs are all visible: no control, no sign that changes the direction.

    >>> cleaned("a\n\u202eb")
    'a �b'
    """
    return "".join(_cleaned(text))


def _cleaned(text: str) -> Iterator[str]:
    stacked = 0
    for sign in text:
        category = unicodedata.category(sign)
        stacked = stacked + 1 if _is_mark(category) or sign in JOINERS else 0
        if sign.isspace():
            yield " "
        elif category in {"Cc", "Cs", "Cn"} or (category == "Cf" and sign not in JOINERS):
            yield REPLACED
        elif stacked <= MARKS:
            yield sign


def _is_mark(category: str) -> bool:
    return category in {"Mn", "Me"}


def width_of(text: str) -> int:
    """How many letters of a fixed-width font a cleaned text is wide; wide letters and emoji count two."""
    return sum(_width(sign) for sign in text)


def _width(sign: str) -> int:
    if _is_mark(unicodedata.category(sign)) or sign in JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


def shortened(text: str, width: int) -> str:
    """A cleaned text of at most so many letters' width: its middle gives way, for names differ at their ends.

    >>> shortened("warehouse.quarterly_revenue", 15)
    'warehou…revenue'
    """
    text = cleaned(text)
    if width_of(text) <= width:
        return text
    room = max(width - 1, 0)
    front = _front(text, room - room // 2)
    back = _front(text[::-1], room // 2)[::-1]
    return front.rstrip() + ELLIPSIS + back.lstrip()


def _front(text: str, width: int) -> str:
    used = 0
    for at, sign in enumerate(text):
        used += _width(sign)
        if used > width:
            return text[:at]
    return text


def counted(count: int, noun: str) -> str:
    """So many of something, in words.

    >>> counted(1, "edge"), counted(1_200, "edge")
    ('1 edge', '1,200 edges')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
