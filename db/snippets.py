"""The piece of a text that shows why it was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from db.questions import Leaf, Phrase
from db.wording import MAX_TEXT, WORD, folded, stem

LENGTH = 150  # characters at most
BEFORE = 40  # of them at most before the first match


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text, where in it something asked for stands, and the line of the text in which that begins.

    Spans count characters (code points) of `text`, from 0, the second number behind the last. The line counts
    from 1. `start` and `end` are those of the first match in the whole text.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    line: int
    start: int
    end: int


def snippet(text: str, leaves: Sequence[Leaf]) -> Snippet:
    """At most 150 characters of a text around the first place where a leaf of a question stands.

    It begins and ends between words, unless one is longer than there is room for. If nothing stands in the
    text, it is its beginning, with no marks.

    Cost: a pass over the words up to the piece's end.
    """
    matches = _matches(text[:MAX_TEXT], leaves)
    first = next(matches, None)
    if first is None:
        return Snippet(text[: _end(text, 0, 0)], (), 1, 0, 0)
    start, end = first
    begin = _begin(text, start)
    close = _end(text, begin, end)
    marks: list[tuple[int, int]] = []
    for one, other in chain([first], matches):
        if one >= close:
            break
        if not marks or one - begin >= marks[-1][1]:
            marks.append((one - begin, min(other, close) - begin))
    return Snippet(text[begin:close], tuple(marks), text.count("\n", 0, start) + 1, start, end)


def _begin(text: str, start: int) -> int:
    """Where a piece begins whose first match begins at `start`: with its line, or at the word within reach."""
    earliest = max(0, start - BEFORE)
    line = text.rfind("\n", earliest, start) + 1
    if line or not earliest:
        return line
    gap = text.find(" ", earliest, start) + 1
    return gap or earliest


def _end(text: str, begin: int, least: int) -> int:
    """Where a piece ends: at a gap behind the match, if there is one in reach."""
    latest = begin + LENGTH
    if latest >= len(text):
        return len(text)
    gap = max(text.rfind(" ", least, latest + 1), text.rfind("\n", least, latest + 1))
    return gap if gap > begin else latest


def _matches(text: str, leaves: Sequence[Leaf]) -> Iterator[tuple[int, int]]:
    """Where leaves stand in a text, by their beginnings; read no further than asked for."""
    longest = max(len(leaf.stems) if isinstance(leaf, Phrase) else 1 for leaf in leaves)
    found = WORD.finditer(text)
    window = [(each.span(), folded(each[0])) for each in islice(found, longest)]
    while window:
        ends = [window[size - 1][0][1] for leaf in leaves if (size := _size(leaf, window))]
        if ends:
            yield window[0][0][0], max(ends)
        window.pop(0)
        window += [(each.span(), folded(each[0])) for each in islice(found, 1)]


def _size(leaf: Leaf, window: Sequence[tuple[tuple[int, int], str]]) -> int:
    """How many words from a place on are what was asked for; 0 for none."""
    if isinstance(leaf, Phrase):
        words = tuple(stem(word) for _, word in window[: len(leaf.stems)])
        return len(words) if words == leaf.stems else 0
    return int(window[0][1].startswith(leaf.letters))
