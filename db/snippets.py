"""The piece of a text that shows why it was found."""

import re
from collections import deque
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
    phrases = [leaf.stems for leaf in leaves if isinstance(leaf, Phrase)]
    letters = tuple(leaf.letters for leaf in leaves if not isinstance(leaf, Phrase))
    firsts = {stems[0] for stems in phrases}
    ahead = deque[re.Match[str]]()
    found = WORD.finditer(text)
    while each := ahead.popleft() if ahead else next(found, None):
        word = folded(each[0])
        end = each.end() if word.startswith(letters) else 0
        if stem(word) in firsts:
            ahead.extend(islice(found, max(map(len, phrases)) - 1 - len(ahead)))
            words = [each, *ahead]
            own = tuple(stem(folded(other[0])) for other in words)
            ends = [words[len(stems) - 1].end() for stems in phrases if own[: len(stems)] == stems]
            end = max(end, *ends, 0)
        if end:
            yield each.start(), end
