"""Read one text: split it, parse each statement once, and keep its shape."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlglot import Token

from jobs.engines.lineage.copies import copied, filled, transfer
from jobs.engines.lineage.crash import SURPRISES
from jobs.engines.lineage.crosscheck import relations_named, unexplained
from jobs.engines.lineage.dialects import parser_name
from jobs.engines.lineage.embedded import QUERIES, function_of, inside_of
from jobs.engines.lineage.guards import MAX_STATEMENT, too_deep
from jobs.engines.lineage.lexical import Blanked, blank
from jobs.engines.lineage.moves import moved, moves
from jobs.engines.lineage.parse import Refused, parse, tokenise
from jobs.engines.lineage.plain import columns_between, constants, dropped
from jobs.engines.lineage.queries import Reducer
from jobs.engines.lineage.regions import Layout
from jobs.engines.lineage.rewrites import CHANGES, Cut, clauses_of, cut, keyword, prepared
from jobs.engines.lineage.routines import name_at, naming, routine, tables_seen
from jobs.engines.lineage.shapes import Made, Part, Place, Reading, Write, span_of
from jobs.engines.lineage.sources import NotExplained
from jobs.engines.lineage.split import Stretch, head_of, is_routine, stretches, words_of
from jobs.engines.lineage.statements import writes_of
from jobs.engines.lineage.values import Reason, RelationKind, SqlText, Unresolved
from jobs.engines.lineage.verbs import SYSTEM_PROCEDURES, Fate, fate_of, verb_of

TRANSFERS = frozenset({"INSERT", "ALTER VIEW", "ALTER SCHEMA"})
DYNAMIC = "SQL that is made when it runs is not explained"
NEWLINE = re.compile("\n")
OWN_TEXT = "Submit the statements of its body as a text of their own; otherwise no edge comes from them."
IN_QUERY = "Read it in the query itself, such as in its WHERE, if possible; otherwise no edge leads from it."
FILLED_IN = "Submit the query with the name, path or SQL filled in; otherwise no edge leads from there."
REMEDIES = {
    Reason.SYNTAX: "Check the dialect, or correct the statement; the others of this text are not affected.",
    Reason.NOT_SUPPORTED: "Write it as a view or INSERT … SELECT, if possible; otherwise it makes no edge.",
    Reason.DYNAMIC_SQL: "Submit the SQL that it makes as a text of its own; otherwise no edge comes from it.",
    Reason.TOO_LONG: "Split the statement, or leave out the rows that it inserts.",
    Reason.TOO_DEEP: "Move inner parts into named queries (WITH) or views.",
}


class Batch(NamedTuple):
    """A stretch of a text that is tokenised by itself, or the reason why it is not."""

    start: int
    end: int
    reason: Reason | None = None
    problem: str = ""


class Page(NamedTuple):
    """What all statements of a text share."""

    name: str
    sql: str  # comments are blank
    dialect: str
    lines: tuple[int, ...]


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
    page = Page(text.name, blanked.text, dialect, lines)
    parts = [part for batch in batches(blanked) for part in read_batch(batch, page)]
    return Reading(text.name, lines, tuple(parts))


def batches(blanked: Blanked) -> Iterator[Batch]:
    """Yield the stretches of a text that can be tokenised by themselves, and those that cannot."""
    text = blanked.text
    usable = len(text)
    if blanked.open_at is not None:
        before = [end + 1 for end in blanked.ends if end < blanked.open_at]
        before += [end for _, end in blanked.batches if end <= blanked.open_at]
        usable = max(before, default=0)
    start = 0
    for stop, following in (*(go for go in blanked.batches if go[1] <= usable), (usable, usable)):
        yield from _short_enough(start, stop, blanked.ends)
        start = following
    if usable < len(text) and text[usable:].strip():
        yield Batch(usable, len(text), Reason.SYNTAX, "a string, a quoted name or a comment never ends")


def _short_enough(start: int, stop: int, ends: Sequence[int]) -> Iterator[Batch]:
    """Cut a long stretch at its semicolons, so that only a statement that is too long by itself is lost."""
    if stop - start <= MAX_STATEMENT:
        yield Batch(start, stop)
        return
    for end in (*(end + 1 for end in ends if start <= end < stop), stop):
        if end - start > MAX_STATEMENT:
            yield Batch(start, end, Reason.TOO_LONG, f"the statement has {end - start:,} characters")
        elif end > start:
            yield Batch(start, end)
        start = end


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
    words = words_of(tokens)
    for stretch in stretches(tokens, words, page.dialect):
        yield Sentence(Tokens(tokens, words, batch.start, sql), stretch, page).read()


def first_word(sql: str) -> str:
    """Return the first word of a statement that has no tokens."""
    return sql[:200].split(maxsplit=1)[0].upper() if sql[:200].split() else ""


def unread(place: Place, verb: str, page: Page, reason: Reason, problem: str) -> Part:
    """Return a statement that is not explained, with the reason and what would help."""
    listed = Unresolved(page.name, span_of(place, page.lines), reason, problem, REMEDIES[reason])
    return Part(place, verb, unresolved=(listed,), unread=True)


def with_remedy(part: Part, remedy: str) -> Part:
    """Return an unread statement with another remedy than that of its reason."""
    return part._replace(unresolved=tuple(replace(each, remedy=remedy) for each in part.unresolved))


class Tokens(NamedTuple):
    """The tokens of a batch; `shift` is where it begins in its text."""

    tokens: list[Token]
    words: list[str]
    shift: int
    sql: str


class Sentence:
    """One statement on its way from tokens to its shape."""

    def __init__(self, batch: Tokens, stretch: Stretch, page: Page) -> None:
        self.tokens, self.words, self.shift, self.sql = tokens, words, shift, _ = batch
        self.page = page
        self.first, self.last = stretch.first, stretch.last
        self.head = head_of(tokens, words, stretch.first) if page.dialect == "tsql" else stretch.first
        self.head = min(self.head, self.last)
        self.verb = verb_of(words, self.head, self.last)
        self.place = (tokens[self.first].start + shift, tokens[self.last - 1].end + 1 + shift)

    def read(self) -> Part:
        """Return the statement's shape, or why it has none."""
        if self.head < self.last and self.words[self.head] in {"CREATE", "ALTER"}:
            found = self.function()
            if found is not None and not found.unread:
                return found
        if self.head < self.last and is_routine(self.words, self.head):
            return self.routine()
        fate = fate_of(self.words, self.head, self.last, self.verb)
        found = self.transferred() if fate is Fate.LISTED or self.verb in TRANSFERS else None
        if found is not None:
            return found
        if fate is Fate.HARMLESS:
            drops = self.words[self.head : self.last][:1] == ["DROP"]
            return Part(self.place, self.verb, drops=dropped(*self.scope()) if drops else ())
        if fate is Fate.PARSED:
            return self.parsed(self.head, self.last)
        if fate is Fate.DYNAMIC:
            return self.unread(Reason.DYNAMIC_SQL, DYNAMIC)
        if fate is Fate.CALLS:
            return self.call()
        return self.unread(Reason.NOT_SUPPORTED, f"{self.verb} is not explained yet")

    def scope(self) -> tuple[list[Token], list[str], int, int, str]:
        """Return where the statement stands, as functions over tokens take it."""
        return self.tokens, self.words, self.head, self.last, self.page.dialect

    def call(self) -> Part:
        """List the call of a procedure, unless it is one of the system's that move no data."""
        at = self.head + 1
        if self.words[at : at + 1] == ["@"] and self.words[at + 2 : at + 3] == ["="]:
            at += 3  # EXEC @result = name
        name, _ = name_at(self.tokens, at, self.last, self.page.dialect)
        called = name.parts[-1].lower() if name is not None else ""
        if called in SYSTEM_PROCEDURES:
            return Part(self.place, self.verb)
        if called == "sp_executesql":
            return self.unread(Reason.DYNAMIC_SQL, DYNAMIC)
        shown = f" of {name.spelled}" if name is not None else ""
        part = self.unread(Reason.NOT_SUPPORTED, f"this call{shown} is not explained yet")
        return with_remedy(part, OWN_TEXT)

    def transferred(self) -> Part | None:
        """Return what a statement that moves or copies whole relations writes; None if it is none of these."""
        pairs = moves(*self.scope())
        if pairs:
            reads = tuple(name for name, _, _ in pairs)
            return Part(self.place, self.verb, moved(pairs, self.verb, self.place), reads)
        found = transfer(*self.scope())
        if found is None:
            return None
        if found.source is not None:
            return Part(self.place, self.verb, (copied(found, self.place),), (found.source,))
        if found.text is not None:
            return self.in_string(found.text, filled(found, self.place))
        if found.query is None:
            return Part(self.place, self.verb, (filled(found, self.place),))
        return self.parsed(*found.query, into=filled(found, self.place))

    def in_string(self, at: int, into: Write, parameters: frozenset[str] = frozenset()) -> Part:
        """Parse the SQL in a string of the statement, which fills or defines a relation."""
        sql, offset = inside_of(self.tokens[at], self.sql)
        try:
            tokens = [each for each in tokenise(sql, self.page.dialect) if each.text != ";"]
        except Refused as refusal:
            return self.unread(Reason.SYNTAX, refusal.problem)
        if not tokens:
            return self.unread(Reason.NOT_SUPPORTED, f"{self.verb} without a query is not explained")
        batch = Tokens(tokens, words_of(tokens), self.shift + offset, sql)
        inner = Sentence(batch, Stretch(0, len(tokens)), self.page)
        part = inner.parsed(0, len(tokens), into=into, parameters=parameters)
        return part._replace(place=self.place, verb=self.verb)

    def function(self) -> Part | None:
        """Explain a function whose body is one query or expression in SQL; None for all others."""
        body = function_of(*self.scope())
        if body is None:
            return None
        into = Write(body.name, RelationKind.FUNCTION, body.columns, place=self.place)
        if body.text:
            return self.in_string(body.first, into, body.parameters)
        return self.parsed(body.first, body.last, into=into, parameters=body.parameters)

    def parsed(
        self, first: int, last: int, *, into: Write | None = None, parameters: frozenset[str] = frozenset()
    ) -> Part:
        """Parse one statement, or the query that goes `into` something, and reduce the tree."""
        tokens = self.tokens[first:last]
        if self.verb == "INSERT" and self.words[first] == "INSERT" and first == self.first:
            rows = constants(tokens, self.words[first:last], self.place, self.page.dialect)
            if rows:
                return Part(self.place, self.verb, rows)
        problem = too_deep(tokens)
        if problem:
            return self.unread(Reason.TOO_DEEP, problem)
        words, dialect = self.words[first:last], self.page.dialect
        try:
            changes = self.changes(first)
            done = cut(tokens, words, dialect) if changes else Cut(prepared(tokens, words, dialect))
            left = done.tokens
            is_function = into is not None and into.defines is RelationKind.FUNCTION
            if is_function and self.words[first] not in QUERIES:  # an expression
                left = [keyword("SELECT"), *left]
            tree = parse(left, self.sql, self.page.dialect)
            reducer = Reducer(self.page.dialect, Layout(tokens, self.shift))
            reducer.cut = clauses_of(done, tokens, self.sql, self.page.dialect)
            reducer.parameters = parameters
            writes = writes_of(tree, reducer, self.place, into)
        except Refused as refusal:
            at = refusal.token
            place = (at.start + self.shift, at.end + 1 + self.shift) if at is not None else None
            return self.unread(Reason.SYNTAX, f"the parser refuses it: {refusal.problem}", place)
        except NotExplained as refusal:
            return self.unread(Reason.NOT_SUPPORTED, f"{refusal.what} is not explained", refusal.place)
        except SURPRISES as surprise:
            return self.unread(Reason.NOT_SUPPORTED, f"its tree is not understood ({type(surprise).__name__})")
        except RecursionError:
            return self.unread(Reason.TOO_DEEP, "the parser met its limit of nesting")
        listed = [
            replace(self.listed(Reason.DYNAMIC_SQL, what, place), remedy=FILLED_IN)
            for place, what in reducer.unknown
        ]
        listed += self.missed(first, last, writes, reducer)
        return Part(self.place, self.verb, writes, tuple(reducer.reads.values()), tuple(listed), bool(listed))

    def changes(self, first: int) -> bool:
        """Whether the statement changes data, so that its tokens may need work before the parser gets them."""
        return self.verb in CHANGES or self.words[first] in CHANGES or self.verb == "ALTER TABLE"

    def missed(self, first: int, last: int, writes: Sequence[Write], reducer: Reducer) -> Iterator[Unresolved]:
        """Yield the relations that the statement's tokens name and that its shape does not."""
        first = self.first if first == self.head else first  # with the condition before it, if there is one
        found = relations_named(self.tokens, self.words, first, last, self.page.dialect)
        explained = [*reducer.reads.values(), *(write.target for write in writes)]
        for each in unexplained(found, explained, frozenset(reducer.named), self.page.dialect):
            place = (
                self.tokens[each.first].start + self.shift,
                self.tokens[each.last - 1].end + 1 + self.shift,
            )
            problem = f"{self.verb} names {each.name.spelled}, which no edge explains"
            yield replace(self.listed(Reason.NOT_SUPPORTED, problem, place), remedy=IN_QUERY)

    def listed(self, reason: Reason, problem: str, at: Place) -> Unresolved:
        """Return one entry of what is not explained in a statement that is explained otherwise."""
        return Unresolved(self.page.name, span_of(at, self.page.lines), reason, problem, REMEDIES[reason])

    def unread(self, reason: Reason, problem: str, at: Place | None = None) -> Part:
        """Return the statement as not explained; its message names the tables that a scan sees."""
        tables = tables_seen(self.tokens, self.words, self.first, self.last, self.page.dialect)
        part = unread(self.place, self.verb, self.page, reason, problem + naming(tables))
        if at is not None:
            listed = replace(part.unresolved[0], span=span_of(at, self.page.lines))
            part = part._replace(unresolved=(listed,))
        return part._replace(writes=self.defined())

    def defined(self) -> tuple[Write, ...]:
        """Return what a CREATE that is not explained makes all the same: a relation of unknown columns."""
        kind = {"VIEW": RelationKind.VIEW, "TABLE": RelationKind.TABLE}.get(self.verb.rpartition(" ")[2])
        if kind is None or self.words[self.head] != "CREATE":
            return ()
        at = self.words.index(kind.name, self.head) + 1
        while at < self.last and self.words[at] in {"IF", "NOT", "EXISTS"}:
            at += 1
        name, at = name_at(self.tokens, at, self.last, self.page.dialect)
        if name is None:
            return ()
        columns: tuple[Made, ...] = ()
        if kind is RelationKind.TABLE:
            columns = columns_between(self.tokens, self.words, at, self.last, self.page.dialect)
        return (Write(name, kind, columns, place=self.place),)

    def routine(self) -> Part:
        """Explain a routine whose body is one query or one INSERT; list all others."""
        name, kind, body = routine(self.tokens, self.words, self.head, self.last, self.page.dialect)
        define = () if name is None or kind is None else (Write(name, kind, place=self.place),)
        inner = self._only_statement(body)
        if name is not None and inner is not None:
            part = self.parsed(*inner)
            if not part.unread:
                return part._replace(writes=(*define, *part.writes))
        what = self.verb.rpartition(" ")[2].lower()
        problem = f"this {'procedure' if what == 'proc' else what} is not explained yet"
        part = self.unread(Reason.NOT_SUPPORTED, problem)
        return with_remedy(part, OWN_TEXT)._replace(writes=define)

    def _only_statement(self, body: int) -> tuple[int, int] | None:
        """Return the tokens of the statement of a body that moves data, if there is one and no control flow."""
        if self.page.dialect != "tsql":
            return None
        tokens, words = self.tokens[body : self.last], self.words[body : self.last]
        found = []
        for stretch in stretches(tokens, words, self.page.dialect):
            head = head_of(tokens, words, stretch.first)
            if set(words[stretch.first : head]) - {"BEGIN", "END"}:
                return None
            verb = verb_of(words, head, stretch.last) if head < stretch.last else "END"
            fate = fate_of(words, head, stretch.last, verb)
            if fate is Fate.PARSED:
                found.append((body + head, body + stretch.last))
            elif fate is not Fate.HARMLESS:
                return None
        return found[0] if len(found) == 1 else None
