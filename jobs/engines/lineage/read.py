"""Read one text: split it, parse each statement once, and keep its shape."""

import re
from collections.abc import Iterator

from jobs.engines.lineage.batches import Batch, batches, first_word
from jobs.engines.lineage.bodies import check_blocks
from jobs.engines.lineage.dialects import parser_name
from jobs.engines.lineage.dynamic import Desk
from jobs.engines.lineage.lexical import blank, undelimited
from jobs.engines.lineage.listing import unread
from jobs.engines.lineage.parse import Refused, tokenise
from jobs.engines.lineage.phrases import Page, Tokens
from jobs.engines.lineage.scripting import pieces_of
from jobs.engines.lineage.sentence import Sentence
from jobs.engines.lineage.shapes import Part, Place, Reading
from jobs.engines.lineage.split import words_of
from jobs.engines.lineage.values import Reason, SqlText

NEWLINE = re.compile("\n")


def read_text(text: SqlText, dialect: str) -> Reading:
    """Split a text into statements, parse each of them once, and return their shapes.

    Nothing in a text raises: what cannot be read is listed in the part that it belongs to.

    Raises:
        UnknownDialect: `dialect` is none of `DIALECTS`.

    Cost: about one millisecond for a statement of thirty columns; linear in the text.
    """
    parser_name(dialect)
    blanked = blank(text.sql, dialect)
    lines = (0, *(newline.end() for newline in NEWLINE.finditer(text.sql)))
    blanked = undelimited(blanked) if dialect == "mysql" else blanked
    page = Page(text.name, blanked.text, dialect, lines, text.sql)
    parts = [part for batch in batches(blanked) for part in read_batch(batch, page)]
    return Reading(text.name, lines, tuple(parts))


def trimmed(page: Page, start: int, end: int) -> Place:
    """Return a place without the blanks around it."""
    text = page.sql[start:end]
    return start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())


def read_batch(batch: Batch, page: Page) -> Iterator[Part]:
    """Yield the statements of a batch."""
    place = trimmed(page, batch.start, batch.end)
    if place[0] >= place[1]:
        return
    sql = page.sql[batch.start : batch.end]
    if batch.reason is not None:
        yield unread(place, first_word(sql), page, batch.reason, batch.problem)
        return
    try:
        tokens = tokenise(sql, page.dialect)
    except Refused as refusal:
        yield unread(place, first_word(sql), page, Reason.SYNTAX, refusal.problem)
        return
    yield from read_tokens(Tokens(tokens, words_of(tokens), batch.start, sql), page, Desk())


def read_tokens(batch: Tokens, page: Page, desk: Desk, declares: bool | None = None) -> Iterator[Part]:  # noqa: FBT001 - as `Read` calls it
    """Yield the statements of a batch, those in the bodies of its routines behind them.

    Args:
        batch: The tokens.
        page: The text that they stand in.
        desk: What is known of variables.
        declares: Whether declarations come first, in the body of a routine; None outside of bodies.
    """
    found: list[Part] = []
    for piece in pieces_of(batch.tokens, batch.words, page.dialect, declares=declares):
        found += Sentence(batch, piece, page, desk, read_tokens).parts()
    if not check_blocks(found):
        problem = "its blocks stand inside one another too deeply"
        found = [part._replace(marks=()) for part in found]
        at = next((at for at, part in enumerate(found) if not part.unread), 0)
        listed = unread(found[at].place, found[at].verb, page, Reason.TOO_DEEP, problem)
        found[at] = found[at]._replace(unresolved=listed.unresolved, unread=True)
    yield from found
