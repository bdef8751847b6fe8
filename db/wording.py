"""Texts as full search knows them: cut into words, folded and stemmed here, the same for every database.

Neither database splits and stems as the other does, so both are given the outcome: words between spaces, with
nothing in them that either would split again.
"""

import re
from functools import lru_cache
from typing import Final

from snowballstemmer.english_stemmer import EnglishStemmer

from db.columns import fold_case

MAX_TEXT = 200_000  # characters of a text that are searched: PostgreSQL's tsvector holds 1 MB of UTF-8
MAX_WORD = 64  # characters of a word that count
AS_WRITTEN: Final = "\ue000"  # before a word as it stands in the text: private use, so it is in no word

# In the order in which they are tried at each place: a run of letters of which one is not ASCII, whole (looked
# for within a bound: a long run would be looked through again at each of its humps); HTTP of HTTPServer;
# Server; digits. Underscores, dots and all else lie between words.
WORD = re.compile(
    r"(?=[A-Za-z]{0,64}[^\W\d_A-Za-z])[^\W\d_]+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+",
)


def split(text: str) -> list[str]:
    """The words of a text, folded, in order.

    >>> split("SELECT netSales FROM Shop.order_items2")
    ['select', 'net', 'sales', 'from', 'shop', 'order', 'items', '2']
    """
    return [folded(word) for word in WORD.findall(text)]


@lru_cache(maxsize=1 << 16)
def folded(word: str) -> str:
    """A word that was found by `WORD`, as it is compared."""
    return fold_case(word)[:MAX_WORD]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of a folded word, by the Snowball algorithm for English; of other letters, the word itself.

    >>> stem("customers"), stem("customer"), stem("größe")
    ('custom', 'custom', 'größe')
    """
    if not word.isascii():
        return word
    stemmed: str = EnglishStemmer().stemWord(word)  # made anew: one keeps its state while it works
    return stemmed


def searchable(text: str) -> tuple[str, int]:
    """What is stored of a text: its stems in order, then words as written that differ from their stems.

    The latter are what a beginning (`customer*`) is compared with: a stem may be shorter than that.

    Returns:
        The words with a space between each two, and how many of them are stems.
    """
    words = split(text[:MAX_TEXT])
    found = [stem(word) for word in words]
    written = {word for word in words if stem(word) != word}
    return " ".join([*found, *(AS_WRITTEN + word for word in sorted(written))]), len(found)
