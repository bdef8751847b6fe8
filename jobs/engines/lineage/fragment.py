"""Tokens of a statement on their way through the parser to a shape, or to a list of what is not explained."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sqlglot import Token

from jobs.engines.lineage.crash import SURPRISES
from jobs.engines.lineage.crosscheck import relations_named, unexplained
from jobs.engines.lineage.embedded import QUERIES
from jobs.engines.lineage.entries import NotExplained
from jobs.engines.lineage.guards import too_deep
from jobs.engines.lineage.listing import FILLED_IN, IN_QUERY, REMEDIES, unread
from jobs.engines.lineage.parse import Refused, dismantle, parse
from jobs.engines.lineage.phrases import Page, Phrase, Tokens
from jobs.engines.lineage.plain import columns_between, constants
from jobs.engines.lineage.queries import Reducer
from jobs.engines.lineage.regions import Layout
from jobs.engines.lineage.rewrites import CHANGES, Cut, clauses_of, cut, keyword, prepared
from jobs.engines.lineage.routines import name_at, naming, tables_seen
from jobs.engines.lineage.scripting import Piece
from jobs.engines.lineage.shapes import Made, Part, Place, Write, span_of
from jobs.engines.lineage.statements import writes_of
from jobs.engines.lineage.values import Reason, RelationKind, Unresolved
from jobs.engines.lineage.verbs import verb_of


class Fragment:
    """The tokens of one statement, or of one that stands inside of another."""

    def __init__(self, batch: Tokens, piece: Piece, page: Page) -> None:
        self.batch, self.piece, self.page = batch, piece, page
        self.tokens, self.words, self.shift, self.sql = batch
        self.first, self.last, self.head = piece.first, piece.last, piece.head
        self.verb = "DECLARE" if piece.declares else verb_of(self.words, self.head, self.last)
        self.place = (
            self.tokens[self.first].start + self.shift,
            self.tokens[self.last - 1].end + 1 + self.shift,
        )
        self.phrase = Phrase(batch, self.head, self.last, page.dialect)

    def scope(self) -> tuple[list[Token], list[str], int, int, str]:
        """Return where the statement stands, as functions over tokens take it."""
        return self.tokens, self.words, self.head, self.last, self.page.dialect

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

    def parsed(
        self, first: int, last: int, *, into: Write | None = None, parameters: frozenset[str] = frozenset()
    ) -> Part:
        """Parse one statement, or the query that goes `into` something, and reduce the tree."""
        tokens = self.tokens[first:last]
        if self.verb == "INSERT" and self.words[first] == "INSERT" and first == self.head:
            rows = constants(tokens, self.words[first:last], self.place, self.page.dialect)
            if rows:
                return Part(self.place, self.verb, rows)
        problem = too_deep(tokens, self.sql)
        if problem:
            return self.unread(Reason.TOO_DEEP, problem)
        return self.attempt(lambda: self._reduced(first, last, into, parameters))

    def _reduced(self, first: int, last: int, into: Write | None, parameters: frozenset[str]) -> Part:
        """Parse tokens and reduce their tree.

        Raises:
            Refused, NotExplained: the statement, or something in it, is not understood.
        """
        tokens, words, dialect = self.tokens[first:last], self.words[first:last], self.page.dialect
        done = cut(tokens, words, dialect) if self._changes(first) else Cut(prepared(tokens, words, dialect))
        left = done.tokens
        is_function = into is not None and into.defines is RelationKind.FUNCTION
        if is_function and words[0] not in QUERIES:  # an expression
            left = [keyword("SELECT"), *left]
        tree = parse(left, self.sql, dialect)
        reducer = Reducer(dialect, Layout(tokens, self.shift))
        reducer.cut = clauses_of(done, tokens, self.sql, dialect)
        reducer.parameters = parameters
        writes = self.temporary(writes_of(tree, reducer, self.place, into))
        dismantle(tree)
        listed = [
            replace(self.listed(Reason.DYNAMIC_SQL, what, place), remedy=FILLED_IN)
            for place, what in reducer.unknown
        ]
        listed += self._missed(first, last, writes, reducer)
        reads, acts = tuple(reducer.reads.values()), tuple(reducer.acts)
        return Part(self.place, self.verb, writes, reads, tuple(listed), bool(listed), acts=acts)

    def _changes(self, first: int) -> bool:
        """Whether the statement changes data, so that its tokens may need work before the parser gets them."""
        return self.verb in CHANGES or self.words[first] in CHANGES or self.verb == "ALTER TABLE"

    def _missed(self, first: int, last: int, writes: Sequence[Write], reducer: Reducer) -> Iterator[Unresolved]:
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

    def temporary(self, writes: tuple[Write, ...]) -> tuple[Write, ...]:
        """Return the writes of CREATE TEMPORARY TABLE as what they are: tables of the session."""
        noise = self.words[self.head + 1 : self.head + 5]
        until = noise.index("TABLE") if "TABLE" in noise else 0
        if "GLOBAL" in noise[:until] or not {"TEMP", "TEMPORARY"} & set(noise[:until]):
            return writes
        return tuple(write._replace(temporary=True) for write in writes)

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
        return part._replace(writes=self.temporary(self._defined()))

    def _defined(self) -> tuple[Write, ...]:
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
