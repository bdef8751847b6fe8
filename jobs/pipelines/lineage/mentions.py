"""Which words some SQL has: of a large catalog only those relations are read whose names are among them.

A relation can only be meant where its name is written, in code, in a comment that is a hint, or in a text that
is run as SQL. So all words count, wherever they stand, and whatever stands in quotes as a whole.
"""

import re
import unicodedata
from collections.abc import Iterable

from jobs.engines.lineage.values import SqlText

MOST_CHARACTERS = 1_000_000  # of texts that are looked through: reading a whole catalog costs as much as more
MOST_WORDS = 5_000
PLAIN = re.compile(r"\w+")
SIGNED = re.compile(r"[\w$#@]+")
QUOTED = re.compile(r'"([^"]{1,300})"|\[([^]]{1,300})]|`([^`]{1,300})`|\'([^\']{1,300})\'')


def mentioned(texts: Iterable[SqlText]) -> frozenset[str] | None:
    """The words of texts, folded as `db.columns.fold_case` does it; None if there are too many to be of use.

    >>> sorted(mentioned([SqlText("a.sql", 'SELECT * FROM Shop."Order Lines"')]))
    ['from', 'lines', 'order', 'order lines', 'select', 'shop']
    """
    found: set[str] = set()
    left = MOST_CHARACTERS
    for text in texts:
        left -= len(text.sql)
        if left < 0:
            return None
        folded = unicodedata.normalize("NFC", text.sql.casefold())
        found.update(PLAIN.findall(folded), SIGNED.findall(folded))
        for groups in QUOTED.findall(folded):
            inside = "".join(groups)
            found.update((inside, *inside.split(".")))
        if len(found) > MOST_WORDS:
            return None
    return frozenset(found)
