"""Read one text: split it, parse each statement once, and keep its shape."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sqlglot import Token, exp

from jobs.engines.lineage import acts, assignments
from jobs.engines.lineage.batches import Batch, batches, first_word
from jobs.engines.lineage.bodies import (
    anonymous,
    check_blocks,
    is_block,
    quoted_body,
    routine_of,
    routine_part,
    run_part,
)
from jobs.engines.lineage.calls import Run, called
from jobs.engines.lineage.crash import SURPRISES
from jobs.engines.lineage.crosscheck import is_system, relations_named, unexplained
from jobs.engines.lineage.dialects import parser_name
from jobs.engines.lineage.dynamic import LITERALS, Desk, note, value
from jobs.engines.lineage.guards import too_deep
from jobs.engines.lineage.hints import hints_of
from jobs.engines.lineage.lexical import blank, undelimited
from jobs.engines.lineage.parse import Refused, parse, tokenise
from jobs.engines.lineage.phrases import Page, Phrase, Said, Tokens, into_table, mentioned, value_of
from jobs.engines.lineage.plain import columns_between, constants, dropped, without_on_commit
from jobs.engines.lineage.queries import Reducer
from jobs.engines.lineage.regions import Layout
from jobs.engines.lineage.routines import name_at, naming, tables_seen
from jobs.engines.lineage.scripting import MEMBERS, SCRIPTED, Piece, RawMark, pieces_of
from jobs.engines.lineage.shapes import Act, Does, Made, Mark, Part, Place, Reading, Write, span_of
from jobs.engines.lineage.sources import NotExplained
from jobs.engines.lineage.split import is_routine, words_of
from jobs.engines.lineage.statements import writes_of
from jobs.engines.lineage.values import Reason, RelationKind, SqlText, Unresolved
from jobs.engines.lineage.verbs import Fate, fate_of, verb_of

DYNAMIC = "SQL that is made when it runs is not explained"
CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})
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
        found += Sentence(batch, piece, page, desk).parts()
    if not check_blocks(found):
        problem = "its blocks stand inside one another too deeply"
        found = [part._replace(marks=()) for part in found]
        at = next((at for at, part in enumerate(found) if not part.unread), 0)
        listed = unread(found[at].place, found[at].verb, page, Reason.TOO_DEEP, problem)
        found[at] = found[at]._replace(unresolved=listed.unresolved, unread=True)
    yield from found


def unread(place: Place, verb: str, page: Page, reason: Reason, problem: str) -> Part:
    """Return a statement that is not explained, with the reason and what would help."""
    listed = Unresolved(page.name, span_of(place, page.lines), reason, problem, REMEDIES[reason])
    return Part(place, verb, unresolved=(listed,), unread=True)


def with_remedy(part: Part, remedy: str) -> Part:
    """Return an unread statement with another remedy than that of its reason."""
    return part._replace(unresolved=tuple(replace(each, remedy=remedy) for each in part.unresolved))


class Sentence:
    """One statement on its way from tokens to its shape."""

    def __init__(self, batch: Tokens, piece: Piece, page: Page, desk: Desk) -> None:
        self.batch, self.piece, self.page, self.desk = batch, piece, page, desk
        self.tokens, self.words, self.shift, self.sql = batch
        self.first, self.last, self.head = piece.first, piece.last, piece.head
        self.verb = "DECLARE" if piece.declares else verb_of(self.words, self.head, self.last)
        self.place = (
            self.tokens[self.first].start + self.shift,
            self.tokens[self.last - 1].end + 1 + self.shift,
        )
        self.phrase = Phrase(batch, self.head, self.last, page.dialect)

    def parts(self) -> list[Part]:
        """Return the statement, and behind it those of its body if it makes a routine or runs a block."""
        marks, asked = list[Mark](), list[Part]()
        for raw in self.piece.marks:
            mark, part = self.marked(raw)
            marks.append(mark)
            asked += [part] if part is not None else []
        self.desk.enter(marks)
        part, *body = self.whole()
        note(self.phrase, self.desk)
        self.desk.pending = None
        part = part._replace(
            marks=tuple(marks),
            reads=tuple(dict.fromkeys((*part.reads, *(name for each in asked for name in each.reads)))),
            unresolved=(*(listed for each in asked for listed in each.unresolved), *part.unresolved),
            unread=part.unread or any(each.unread for each in asked),
        )
        return [part, *body]

    def marked(self, raw: RawMark) -> tuple[Mark, Part | None]:
        """Return a mark with what its condition asks."""
        if raw.first >= raw.last:
            return Mark(raw.block), None
        place = self.phrase.place(raw.first, raw.last)
        words = self.words[raw.first : raw.last]
        is_query = "SELECT" in words

        def ask() -> Part:
            query, reads, unknown = value_of(raw.at, raw.first, raw.last, self.phrase)
            if reads and all(is_system(name) for name in reads):  # whether something exists moves no data
                return Part(place, self.verb)
            listed = [self.listed(Reason.DYNAMIC_SQL, what, at) for at, what in unknown]
            act = Act(Does.SETS, query=query)
            return Part(place, self.verb, (), reads, tuple(listed), bool(listed), acts=(act,))

        part = self.attempt(ask, place)
        if not part.acts:
            return Mark(raw.block, None, place), part if is_query else None
        query = part.acts[0].query
        return Mark(raw.block, query if query is not None and mentioned(query) else None, place), part

    def whole(self) -> list[Part]:
        """Return the statement's shape, or why it has none, and the statements of its body."""
        is_member = self.verb in MEMBERS  # one that is only declared is a declaration
        if self.head < self.last and (is_member or is_routine(self.words, self.head)):
            return self.routine()
        literals = [at for at in range(self.head, self.last) if self.tokens[at].token_type in LITERALS]
        if self.verb == "DO" and self.page.dialect == "postgres" and literals:
            return self.block(literals[0])
        run = self.words[self.head : self.head + 2] == ["EXECUTE", "IMMEDIATE"]
        if (
            run
            and len(literals) == 1
            and is_block(value(self.phrase, literals[0], literals[0] + 1, self.desk)[0])
        ):
            return self.block(literals[0])
        return [self.read()]

    def block(self, at: int) -> list[Part]:
        """Return a statement that runs the block in a literal, and the statements of the block."""
        part = Part(self.place, self.verb)
        try:
            body = list(quoted_body(self.phrase, at, self.page, read_tokens))
        except Refused as refusal:
            return [self.unread(Reason.SYNTAX, refusal.problem)]
        return [anonymous(part, body), *body]

    def read(self) -> Part:
        """Return the statement's shape, or why it has none."""
        part = self.attempt(self.acted)
        if part.verb:
            return part
        fate = fate_of(self.words, self.head, self.last, self.verb)
        if fate is Fate.HARMLESS:
            drops = self.words[self.head : self.last][:1] == ["DROP"]
            return Part(self.place, self.verb, drops=dropped(*self.scope()) if drops else ())
        if fate is Fate.PARSED:
            return self.parsed(self.head, self.last)
        if fate is Fate.DYNAMIC:
            return self.unread(Reason.DYNAMIC_SQL, DYNAMIC)
        return self.unread(Reason.NOT_SUPPORTED, f"{self.verb} is not explained yet")

    def acted(self) -> Part:
        """Return what the statement does to variables, cursors and routines; a part without verb for others."""
        found = called(self.phrase, self.desk)
        if isinstance(found, Run):
            part = run_part(Part(self.place, self.verb), found, self.page, self.desk, read_tokens)
            return part or self.unread(Reason.DYNAMIC_SQL, DYNAMIC)
        if found is None and self.page.dialect == "tsql":
            found = acts.act(self.phrase)
        elif found is None and (self.desk.inside or self.page.dialect in SCRIPTED):
            found = assignments.act(self.phrase, declares=self.piece.declares)
        if found is not None:
            return self.said(found)
        return self.cut() if self.verb in CHANGES else Part(self.place, "")

    def said(self, found: Said) -> Part:
        """Return a statement that does what was found."""
        unknown = tuple(
            replace(self.listed(Reason.DYNAMIC_SQL, what, place), remedy=FILLED_IN)
            for place, what in found.unknown
        )
        writes = tuple(write._replace(place=self.place) for write in found.writes)
        return Part(self.place, self.verb, writes, found.reads, unknown, bool(unknown), acts=found.acts)

    def scope(self) -> tuple[list[Token], list[str], int, int, str]:
        """Return where the statement stands, as functions over tokens take it."""
        return self.tokens, self.words, self.head, self.last, self.page.dialect

    def parsed(self, first: int, last: int) -> Part:
        """Parse the tokens of one statement and reduce the tree."""
        tokens = self.tokens[first:last]
        if self.page.dialect == "tsql" and self.verb == "CREATE TABLE":  # a word that the parser does not know
            tokens = [token for token in tokens if token.text.upper() != "ROWGUIDCOL"]
        elif self.page.dialect == "postgres" and self.verb == "CREATE TABLE":
            tokens = without_on_commit(tokens, self.words[first:last])
        if self.verb == "INSERT" and self.words[first] == "INSERT" and first == self.first:
            rows = constants(tokens, self.words[first:last], self.place, self.page.dialect)
            if rows:
                return Part(self.place, self.verb, rows)
        problem = too_deep(tokens)
        if problem:
            return self.unread(Reason.TOO_DEEP, problem)
        return self.attempt(lambda: self.reduced(tokens, first, last))

    def attempt(self, work: Callable[[], Part], at: Place | None = None) -> Part:
        """Return what work returns, or why it did not: a parser may cost its statement, not more."""
        try:
            return work()
        except Refused as refusal:
            token = refusal.token
            place = (token.start + self.shift, token.end + 1 + self.shift) if token is not None else at
            return self.unread(Reason.SYNTAX, f"the parser refuses it: {refusal.problem}", place)
        except NotExplained as refusal:
            return self.unread(Reason.NOT_SUPPORTED, f"{refusal.what} is not explained", refusal.place or at)
        except SURPRISES as surprise:
            return self.unread(Reason.NOT_SUPPORTED, f"its tree is not understood ({type(surprise).__name__})")
        except RecursionError:
            return self.unread(Reason.TOO_DEEP, "the parser met its limit of nesting")

    def reduced(self, tokens: Sequence[Token], first: int, last: int) -> Part:
        """Parse tokens and reduce their tree.

        Raises:
            Refused, NotExplained: the statement, or something in it, is not understood.
        """
        tree = parse(tokens, self.sql, self.page.dialect)
        reducer = Reducer(self.page.dialect, Layout(tokens, self.shift))
        if self.verb == "SELECT" and isinstance(tree, exp.Query) and not into_table(tree):
            given: tuple[Act, ...] = (Act(Does.GIVES, query=reducer.query(tree)),)
            writes: tuple[Write, ...] = ()
        else:
            given, writes = (), self.temporary(writes_of(tree, reducer, self.place))
        listed = [
            replace(self.listed(Reason.DYNAMIC_SQL, what, place), remedy=FILLED_IN)
            for place, what in reducer.unknown
        ]
        listed += self.missed(first, last, writes, reducer)
        reads = tuple(reducer.reads.values())
        return Part(self.place, self.verb, writes, reads, tuple(listed), bool(listed), acts=given)

    def temporary(self, writes: tuple[Write, ...]) -> tuple[Write, ...]:
        """Return the writes of CREATE TEMPORARY TABLE as what they are: tables of the session."""
        noise = self.words[self.head + 1 : self.head + 5]
        until = noise.index("TABLE") if "TABLE" in noise else 0
        if "GLOBAL" in noise[:until] or not {"TEMP", "TEMPORARY"} & set(noise[:until]):
            return writes
        return tuple(write._replace(temporary=True) for write in writes)

    def cut(self) -> Part:
        """Read a statement that changes rows without its OUTPUT or RETURNING … INTO, and then that.

        Raises:
            Refused, NotExplained: what is given back is not understood.
        """
        found = (
            acts.cut_output(self.phrase) if self.page.dialect == "tsql" else assignments.returning(self.phrase)
        )
        if found is None:
            return Part(self.place, "")
        kept, said = found
        batch = Tokens(kept, words_of(kept), self.shift, self.sql)
        part = Sentence(batch, Piece(0, len(kept), 0), self.page, self.desk).read()._replace(place=self.place)
        if part.unread:
            return part
        writes = tuple(write._replace(place=self.place) for write in part.writes)
        reads = tuple(dict.fromkeys((*part.reads, *said.reads)))
        return part._replace(writes=(*writes, *said.writes), reads=reads, acts=(*part.acts, *said.acts))

    def missed(self, first: int, last: int, writes: Sequence[Write], reducer: Reducer) -> Iterator[Unresolved]:
        """Yield the relations that the statement's tokens name and that its shape does not."""
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
        if at is None and self.first < self.head < self.last:
            at = self.phrase.place(self.head, self.last)  # without END, or IF with its condition
        if at is not None:
            listed = replace(part.unresolved[0], span=span_of(at, self.page.lines))
            part = part._replace(unresolved=(listed,))
        return part._replace(writes=self.temporary(self.defined()))

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

    def routine(self) -> list[Part]:
        """Return a routine and the statements of its body; one whose body is no SQL is listed."""
        try:
            header, body = routine_of(self.phrase, self.page, self.desk, read_tokens)
        except Refused as refusal:
            return [self.unread(Reason.SYNTAX, refusal.problem)]
        part = routine_part(
            Part(self.place, self.verb), header, body, hints_of(self.phrase, self.first, self.page)
        )
        if header.is_sql() and (body or header.runs is not None or header.body < self.last):
            return [part, *body]
        what = self.verb.rpartition(" ")[2].lower()
        problem = f"this {'procedure' if what == 'proc' else what} is not explained yet"
        listed = with_remedy(self.unread(Reason.NOT_SUPPORTED, problem), OWN_TEXT)
        return [part._replace(unresolved=listed.unresolved, unread=True)]
