"""The bodies of routines, and SQL that is made of constants: read like any other text, their places kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from jobs.engines.lineage.blocks import BlocksTooDeep, program
from jobs.engines.lineage.calls import Run
from jobs.engines.lineage.dynamic import Desk, Made, literal, moved, mover
from jobs.engines.lineage.headers import Header, header_of
from jobs.engines.lineage.lexical import blank
from jobs.engines.lineage.parse import Refused, tokenise
from jobs.engines.lineage.phrases import Page, Phrase, Tokens
from jobs.engines.lineage.shapes import Act, Does, Hint, Name, Part, Query, Routine, Write, span_of
from jobs.engines.lineage.split import words_of

MAX_MADE_IN_MADE = 4  # SQL that makes SQL that makes SQL

Read: TypeAlias = Callable[[Tokens, Page, Desk, bool], Iterator[Part]]
"""Reads the statements of a batch; the last argument says whether declarations come first."""


def routine_of(phrase: Phrase, page: Page, desk: Desk, read: Read) -> tuple[Header, list[Part]]:
    """Return the header of a routine and the statements of its body.

    Raises:
        Refused: a body in quotes cannot be cut into tokens.
    """
    header = header_of(phrase)
    if desk.owner is not None and header.name is not None:
        parts, spelled = (*desk.owner.parts, *header.name.parts), f"{desk.owner.spelled}.{header.name.spelled}"
        header.name = Name(parts, spelled)
    if not header.is_sql():
        return header, []
    if header.quoted >= 0:
        return header, list(quoted_body(phrase, header.quoted, page, read))
    if header.body >= phrase.last or _is_expression(phrase, header):
        return header, []
    batch = phrase.batch
    tokens, words = batch.tokens[header.body : phrase.last], batch.words[header.body : phrase.last]
    owner = header.name if page.dialect == "oracle" else None
    declares = page.dialect == "oracle" or phrase.word(header.body) == "DECLARE"
    return header, list(
        read(Tokens(tokens, words, batch.shift, batch.sql), page, Desk(inside=True, owner=owner), declares)
    )


def _is_expression(phrase: Phrase, header: Header) -> bool:
    """Whether the body is an expression in parentheses, as BigQuery has it: it reads no relation."""
    return phrase.word(header.body) == "(" and phrase.word(header.body + 1) not in {"SELECT", "WITH", "("}


def quoted_body(phrase: Phrase, at: int, page: Page, read: Read) -> Iterator[Part]:
    """Yield the statements of a body in quotes.

    Raises:
        Refused: it cannot be cut into tokens.
    """
    made = literal(phrase, at)
    if made is None:
        raise Refused("the quotes around the body are not understood")
    yield from read_made(made, page, Desk(inside=True), read)


def read_made(made: Made, page: Page, desk: Desk, read: Read) -> Iterator[Part]:
    """Yield the statements of a text that stands in literals, with the places that they have there.

    Raises:
        Refused: it cannot be cut into tokens.
    """
    inside = Page(page.name, blank(made.sql, page.dialect).text, page.dialect, (0,))
    tokens = tokenise(inside.sql, page.dialect)
    fallback = (made.offsets[0], made.offsets[-1] + 1) if made.offsets else (0, 0)
    move = mover(made, fallback if fallback[0] < fallback[1] else (fallback[0], fallback[0] + 1))
    for part in read(
        Tokens(tokens, words_of(tokens), 0, inside.sql), inside, desk, False
    ):  # declarations begin with their word
        listed = tuple(
            replace(each, span=span_of(move((each.span.start, each.span.end)), page.lines))
            for each in part.unresolved
        )
        unlisted: Part = moved(part._replace(unresolved=()), move)
        yield unlisted._replace(unresolved=listed)


def routine_part(whole: Part, header: Header, body: Sequence[Part], hints: Iterable[Hint]) -> Part:
    """Return the statement that makes a routine: what it defines, and how many next parts are its body."""
    columns, query = header.columns, None
    if header.gives_rows and not header.returned and not columns and header.like is None:
        query = _only_result(body)
    writes: tuple[Write, ...] = ()
    if header.name is not None and header.kind is not None:
        writes = (Write(header.name, header.kind, columns, query, like=header.like, place=whole.place),)
    routine = Routine(
        length=len(body),
        name=header.name,
        kind=header.kind,
        parameters=header.parameters,
        columns=columns,
        gives_rows=header.gives_rows and query is None,
        returned=header.returned,
        fires_on=header.fires_on,
        runs=header.runs,
        hints=tuple(hints),
    )
    reads = tuple(dict.fromkeys(name for part in body for name in part.reads)) if query is not None else ()
    if header.like is not None:
        reads = (*reads, header.like)
    return whole._replace(writes=writes, reads=reads, routine=routine, unread=any(part.unread for part in body))


def _only_result(body: Sequence[Part]) -> Query | None:
    given = [act.query for part in body for act in part.acts if act.does is Does.GIVES]
    return given[0] if len(given) == 1 else None


def check_blocks(parts: Sequence[Part]) -> bool:
    """Whether the blocks of a body are not too deep to be followed."""
    try:
        program(parts, 0)
    except BlocksTooDeep:
        return False
    return True


def run_part(whole: Part, run: Run, page: Page, desk: Desk, read: Read) -> Part | None:
    """Return a statement that runs SQL made of constants; None if not all of what it may run is known.

    Raises:
        Refused: a text cannot be cut into tokens.
    """
    if None in run.texts or not run.texts or desk.depth >= MAX_MADE_IN_MADE:
        return None
    parts = [
        part
        for made in run.texts
        if made is not None
        for part in read_made(made, page, Desk(depth=desk.depth + 1), read)
    ]
    acts = [act for part in parts for act in part.acts if act.does is not Does.LEAVES]
    given = [act.query for act in acts if act.does is Does.GIVES and act.query is not None]
    writes = [write for part in parts for write in part.writes]
    if run.into is not None:
        writes += [run.into._replace(query=query) for query in given]
    if run.takes:
        acts += [Act(Does.SETS, run.takes, query) for query in given]
    if run.into is not None or run.takes:
        acts = [act for act in acts if act.does is not Does.GIVES]
    return whole._replace(
        writes=tuple(writes),
        reads=_names(parts),
        unresolved=tuple(each for part in parts for each in part.unresolved),
        unread=any(part.unread for part in parts),
        drops=tuple(name for part in parts for name in part.drops),
        acts=(*run.before, *acts, *run.after),
    )


def _names(parts: Sequence[Part]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.reads))


def is_block(made: Made | None) -> bool:
    """Whether a text that is run is a block of its own, with declarations and control flow."""
    return (
        made is not None
        and made.sql.split(maxsplit=1)[:1] != []
        and (made.sql.split(maxsplit=1)[0].upper() in {"BEGIN", "DECLARE"})
    )


def anonymous(whole: Part, body: Sequence[Part]) -> Part:
    """Return a statement that runs a block at once: a routine without a name."""
    return whole._replace(routine=Routine(len(body)), unread=any(part.unread for part in body))
