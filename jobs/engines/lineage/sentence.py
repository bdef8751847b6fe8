"""One statement on its way from tokens to its shape: what kind it is decides who reads it."""

from dataclasses import replace

from jobs.engines.lineage import acts, assignments
from jobs.engines.lineage.bodies import (
    Read,
    anonymous,
    is_block,
    quoted_body,
    routine_of,
    routine_part,
    run_part,
)
from jobs.engines.lineage.calls import Run, called
from jobs.engines.lineage.copies import copied, filled, transfer
from jobs.engines.lineage.crosscheck import is_system
from jobs.engines.lineage.dynamic import LITERALS, Desk, note, value
from jobs.engines.lineage.embedded import function_of, inside_of
from jobs.engines.lineage.fragment import Fragment
from jobs.engines.lineage.hints import hints_of
from jobs.engines.lineage.listing import DYNAMIC, FILLED_IN, OWN_TEXT, with_remedy
from jobs.engines.lineage.moves import moved, moves
from jobs.engines.lineage.parse import Refused, tokenise
from jobs.engines.lineage.phrases import Page, Said, Tokens, mentioned, value_of
from jobs.engines.lineage.plain import dropped
from jobs.engines.lineage.scripting import MEMBERS, SCRIPTED, Piece, RawMark
from jobs.engines.lineage.shapes import Act, Does, Mark, Part, Write
from jobs.engines.lineage.split import is_routine, words_of
from jobs.engines.lineage.values import Reason, RelationKind
from jobs.engines.lineage.verbs import Fate, fate_of

TRANSFERS = frozenset({"INSERT", "ALTER VIEW", "ALTER SCHEMA"})
CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})


class Sentence(Fragment):
    """A statement among others, with the blocks that begin and end before it."""

    def __init__(self, batch: Tokens, piece: Piece, page: Page, desk: Desk, read: Read) -> None:
        super().__init__(batch, piece, page)
        self.desk, self.read_tokens = desk, read

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
        if self.head < self.last and self.words[self.head] in {"CREATE", "ALTER"}:
            found = self.function()
            if found is not None and not found.unread:
                return [found]
        is_member = self.verb in MEMBERS  # one that is only declared is a declaration
        if self.head < self.last and (is_member or is_routine(self.words, self.head)):
            return self.routine()
        at = self.quoted()
        return [self.read()] if at is None else self.block(at)

    def quoted(self) -> int | None:
        """Return where the literal stands in which a block is that the statement runs; None for all others."""
        does = self.verb == "DO" and self.page.dialect == "postgres"
        if not does and self.words[self.head : self.head + 2] != ["EXECUTE", "IMMEDIATE"]:
            return None
        literals = [at for at in range(self.head, self.last) if self.tokens[at].token_type in LITERALS]
        if does or len(literals) != 1:
            return literals[0] if does and literals else None
        only = literals[0]
        return only if is_block(value(self.phrase, only, only + 1, self.desk)[0]) else None

    def block(self, at: int) -> list[Part]:
        """Return a statement that runs the block in a literal, and the statements of the block."""
        part = Part(self.place, self.verb)
        try:
            body = list(quoted_body(self.phrase, at, self.page, self.read_tokens))
        except Refused as refusal:
            return [self.unread(Reason.SYNTAX, refusal.problem)]
        return [anonymous(part, body), *body]

    def read(self) -> Part:
        """Return the statement's shape, or why it has none."""
        part = self.attempt(self.acted)
        if part.verb:
            return part
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
        return self.unread(Reason.NOT_SUPPORTED, f"{self.verb} is not explained yet")

    def acted(self) -> Part:
        """Return what the statement does to variables, cursors and routines; a part without verb for others."""
        found = called(self.phrase, self.desk)
        if isinstance(found, Run):
            part = run_part(Part(self.place, self.verb), found, self.page, self.desk, self.read_tokens)
            return part or self.unread(Reason.DYNAMIC_SQL, DYNAMIC)
        if found is None and self.page.dialect == "tsql":
            found = acts.act(self.phrase)
        elif found is None and (self.desk.inside or self.page.dialect in SCRIPTED):
            found = assignments.act(self.phrase, declares=self.piece.declares)
        if found is not None:
            return self.said(found)
        if self.verb in CHANGES and self.page.dialect != "tsql":
            return self.returning()
        return Part(self.place, "")

    def said(self, found: Said) -> Part:
        """Return a statement that does what was found."""
        unknown = tuple(
            replace(self.listed(Reason.DYNAMIC_SQL, what, place), remedy=FILLED_IN)
            for place, what in found.unknown
        )
        writes = tuple(write._replace(place=self.place) for write in found.writes)
        return Part(self.place, self.verb, writes, found.reads, unknown, bool(unknown), acts=found.acts)

    def transferred(self) -> Part | None:
        """Return what a statement that moves or copies whole relations writes; None if it is none of these."""
        pairs = moves(*self.scope())
        if pairs:
            reads = tuple(name for name, _, _ in pairs)
            return Part(self.place, self.verb, moved(pairs, self.verb, self.place), reads)
        tokens, words, head, last, dialect = self.scope()
        if self.verb == "CREATE PIPE":  # of Snowflake: AS COPY INTO …
            head = words.index("COPY", head, last) if "COPY" in words[head:last] else head
        found = transfer(tokens, words, head, last, dialect)
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
        inner = Fragment(batch, Piece(0, len(tokens), 0), self.page)
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

    def returning(self) -> Part:
        """Read a statement that changes rows and puts what it gives back into variables; none for others."""
        found = assignments.returning(self.phrase)
        if found is None:
            return Part(self.place, "")
        kept, names = found
        batch = Tokens(kept, words_of(kept), self.shift, self.sql)
        part = Fragment(batch, Piece(0, len(kept), 0), self.page).parsed(0, len(kept))
        given = tuple(
            act._replace(does=Does.SETS, names=names) if act.does is Does.GIVES else act for act in part.acts
        )
        writes = tuple(write._replace(place=self.place) for write in part.writes)
        return part._replace(place=self.place, writes=writes, acts=given)

    def routine(self) -> list[Part]:
        """Return a routine and the statements of its body; one whose body is no SQL is listed."""
        try:
            header, body = routine_of(self.phrase, self.page, self.desk, self.read_tokens)
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
