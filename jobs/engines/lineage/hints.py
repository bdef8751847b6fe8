"""Comments that name what a routine reads and writes: `-- @LINEAGE_INPUTS: a.b, c.d`."""

import re
from collections.abc import Iterator

from jobs.engines.lineage.dialects import name_parts
from jobs.engines.lineage.phrases import Page, Phrase
from jobs.engines.lineage.shapes import Hint, Name, Place

HINT = re.compile(r"@LINEAGE_(?P<what>INPUTS|OUTPUTS)\s*:(?P<names>[^\r\n]*)", re.IGNORECASE)
NAME = re.compile(
    r"(?:\[[^\]]*\]|\"[^\"]*\"|`[^`]*`|[^\s,.\[\"`*]+)(?:\s*\.\s*(?:\[[^\]]*\]|\"[^\"]*\"|`[^`]*`|[^\s,.\[\"`*]*))*"
)


def hints_in(page: Page, place: Place) -> Iterator[Hint]:
    """Yield the relations that hints between two places name, in order. Only comments hold hints.

    Cost: linear in the text between them.
    """
    start, end = place
    for found in HINT.finditer(page.whole, start, end):
        if page.sql[found.start() : found.start("names")].strip():
            continue  # in a string
        for each in NAME.finditer(page.whole, found.start("names"), found.end("names")):
            spelled = re.sub(r"\s*\.\s*", ".", each.group())
            parts = tuple(name_parts(spelled, page.dialect))
            writes = found["what"].upper() == "OUTPUTS"
            yield Hint(writes, Name(parts, ".".join(_bare(spelled))), (each.start(), each.end()))


def _bare(spelled: str) -> list[str]:
    return [part.strip('[]"`') for part in spelled.split(".")]


def hints_of(phrase: Phrase, first: int, page: Page) -> Iterator[Hint]:
    """Yield what hints say of a routine: those in it, and those that stand right before or behind it.

    Args:
        phrase: The statement that makes the routine.
        first: Its first token.
        page: Its text.
    """
    tokens, _, shift, sql = phrase.batch
    before = tokens[first - 1].end + 1 if first else 0
    after = len(sql) if phrase.last == len(tokens) else tokens[phrase.last - 1].end + 1
    return hints_in(page, (shift + before, shift + after))
