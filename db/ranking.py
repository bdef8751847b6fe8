"""How well texts answer a question: BM25 over those that were found, so that it is the same on every database.

A word weighs more the rarer it is among what was found, and a text more the more of it is what was asked for.
What nobody found has no say: no score tells of a text that its reader may not see, or of another workspace.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from db.entries import Part
from db.questions import Leaf, Phrase
from db.wording import AS_WRITTEN, stem

SATURATION, LENGTH = (
    1.2,
    0.75,
)  # BM25's k1 and b: how soon one more is worth nothing, and how much length counts
# A name that fits says more than a text in which it stands: BM25 gives a word 2.2 at most.
WEIGHTS: Mapping[Part, float] = MappingProxyType(
    {Part.ASSET: 4.0, Part.COLUMN: 3.0, Part.DESCRIPTION: 2.0, Part.DEFINITION: 1.0}
)
DIGITS = 4  # of a score behind its point: what is as good is in the same order everywhere

Text: TypeAlias = tuple[Part, int, str]
"""A text that was found: its part, how many words it has, and these (see `wording.searchable`)."""


def scores(texts: Sequence[Text], leaves: Sequence[Leaf]) -> list[float]:
    """The score of each text, in their order; better is more.

    For each leaf of the question: `ln(1 + N / n) · f · 2.2 / (f + 1.2 · (0.25 + 0.75 · l / average))`, where
    `N` texts were found, `n` of them hold the leaf, this one `f` times, and `l` is its length in words. The sum
    is multiplied by the weight of its part.

    Cost: a pass over the words of each text, some 10 µs for 200.

    Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
    """
    if not texts:
        return []
    counts = [_counts(words, leaves) for _, _, words in texts]
    holding = [sum(count > 0 for count in of_leaf) for of_leaf in zip(*counts, strict=True)]
    worth = [math.log(1 + len(texts) / number) if number else 0.0 for number in holding]
    average = sum(length for _, length, _ in texts) / len(texts)
    found = []
    for (part, length, _), of_text in zip(texts, counts, strict=True):
        norm = SATURATION * (1 - LENGTH + LENGTH * length / average)
        total = sum(
            weight * count * (SATURATION + 1) / (count + norm)
            for weight, count in zip(worth, of_text, strict=True)
        )
        found.append(round(WEIGHTS[part] * total, DIGITS))
    return found


def _counts(words: str, leaves: Sequence[Leaf]) -> list[int]:
    """How often each leaf stands in a text."""
    each = words.split(" ")
    return [_count(leaf, words, each) for leaf in leaves]


def _count(leaf: Leaf, words: str, each: Sequence[str]) -> int:
    if isinstance(leaf, Phrase):
        if len(leaf.stems) == 1:
            return each.count(leaf.stems[0])
        return f" {words} ".count(f" {' '.join(leaf.stems)} ")
    count, begins = words.count(f" {leaf.letters}"), AS_WRITTEN + leaf.letters
    if begins in words:
        written = {stem(word[1:]) for word in each if word.startswith(begins)}
        count += sum(each.count(shorter) for shorter in written if not shorter.startswith(leaf.letters))
    return count
