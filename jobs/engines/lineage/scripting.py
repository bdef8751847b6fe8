"""Bodies whose statements end with semicolons: PL/pgSQL, PL/SQL, Snowflake, BigQuery, MySQL. Their blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlglot import Token, TokenType

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.regions import CLOSE, OPEN
from jobs.engines.lineage.shapes import Block
from jobs.engines.lineage.split import (
    PREFIXES,
    after_condition,
    end_by_semicolon,
    end_of_routine,
    head_of,
    is_label,
    is_routine,
    stretches,
)

SCRIPTED = frozenset(
    {"bigquery", "databricks", "mysql", "oracle", "snowflake"}
)  # where scripts may have blocks
DECLARES_SINGLY = frozenset({"bigquery", "databricks", "mysql"})  # DECLARE is a statement, not a section
TRANSACTION = word_set("; TRANSACTION TRAN WORK ISOLATION READ DEFERRED IMMEDIATE EXCLUSIVE DISTRIBUTED")
LOOPS = frozenset({"LOOP", "DO"})
MEMBERS = frozenset({"PROCEDURE", "FUNCTION"})
DOES = word_set("INSERT UPDATE DELETE MERGE EXECUTE")


class RawMark(NamedTuple):
    """A block begins or ends; a condition stands from `first` up to `last`, behind the token `at`."""

    block: Block
    at: int = 0
    first: int = 0
    last: int = 0


class Piece(NamedTuple):
    """One statement of a body: its tokens, where it begins to act, the marks before it."""

    first: int
    last: int
    head: int
    marks: tuple[RawMark, ...] = ()
    declares: bool = False


def transact(tokens: Sequence[Token], words: Sequence[str]) -> Iterator[Piece]:
    """Yield the statements of a batch of T-SQL with their blocks. Cost: linear."""
    for stretch in stretches(tokens, words, "tsql"):
        first, last = stretch
        head = min(head_of(tokens, words, first), last)
        yield Piece(first, last, head, tuple(prefix(tokens, words, first, head)))


def prefix(tokens: Sequence[Token], words: Sequence[str], at: int, head: int) -> Iterator[RawMark]:
    """Yield what stands before a statement of T-SQL: BEGIN, END, TRY, CATCH, IF, WHILE, ELSE, labels."""
    while at < head:
        word, following = words[at], words[at + 1] if at + 1 < head else ""
        if is_label(words, at):
            yield RawMark(Block.LABEL)
            at += 2
        elif word in {"IF", "WHILE"}:
            last = min(after_condition(tokens, words, at + 1), head)
            yield RawMark(Block.LOOP if word == "WHILE" else Block.IF, at, at + 1, last)
            at = last
        elif word in PREFIXES:
            if following == "CATCH" and word == "BEGIN":
                yield RawMark(Block.MAYBE)
            yield RawMark({"BEGIN": Block.BEGIN, "END": Block.END}.get(word, Block.ELSE))
            at += 1 + (following in {"TRY", "CATCH"} and word in {"BEGIN", "END"})
        else:
            at += 1


@dataclass(slots=True)
class Opened:
    """A block that is open: how many marks its END ends, and whether its handlers have begun."""

    ends: int = 1
    handlers: bool = False
    cases: bool = False


@dataclass(slots=True)
class Script:
    """A walk over the tokens of a body, from `at` up to, not including, `last`."""

    tokens: Sequence[Token]
    words: Sequence[str]
    at: int
    last: int
    dialect: str
    declares: bool = False
    marks: list[RawMark] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    ends_next: bool = False  # a block ends with the next statement

    def pieces(self) -> Iterator[Piece]:
        """Yield the statements. Cost: linear."""
        began = self.at
        while self.at < self.last:
            began = began if self.marks else self.at
            piece = self._next()
            if piece is not None and piece.first < piece.last:
                marks, self.marks = tuple(self.marks), []
                if self.ends_next and self.words[piece.first] != "FORALL":
                    self.marks, self.ends_next = [RawMark(Block.END)], False
                yield piece._replace(marks=marks, first=began if marks else piece.first)
                began = self.at
        if self.marks and began < self.last:
            yield Piece(began, self.last, self.last, tuple(self.marks))

    def word(self, at: int) -> str:
        """Return a word of the body; empty behind its end."""
        return self.words[at] if at < self.last else ""

    def _next(self) -> Piece | None:
        word, following = self.word(self.at), self.word(self.at + 1)
        if word == ";" or (word == "/" and self.dialect == "oracle"):
            self.at += 1
        elif word == "<" and following == "<":  # <<label>>
            self.at += 5
        elif following == ":" and self.word(self.at + 2) in {"BEGIN", "LOOP", "WHILE", "FOR", "REPEAT"}:
            self.at += 2
        elif word == "BEGIN" and (following not in TRANSACTION or (following == ";" and self.opened)):
            self._open(RawMark(Block.BEGIN))
            self.declares = False
            self.at += 1
        elif word == "DECLARE" and self.dialect not in DECLARES_SINGLY:
            self.declares = True
            self.at += 1
        elif self.declares:
            return self._member() if word in MEMBERS else self._statement(declares=True)
        elif word == "DECLARE" and "HANDLER" in self.words[self.at : self.at + 3]:
            self._handler()
        elif word in BLOCKS and not (word == "IF" and following == "EXISTS"):
            return BLOCKS[word](self)
        else:
            return self._statement()
        return None

    def _statement(self, *, declares: bool = False) -> Piece:
        first = self.at
        if is_routine(self.words, first):
            end = end_of_routine(self.tokens, self.words, first, self.dialect)
        else:
            end = end_by_semicolon(self.words, first)
        self.at = min(end, self.last)
        return Piece(first, self.at, first, declares=declares)

    def _member(self) -> Piece:
        """Return a routine inside of another or of a package; one without a body is only declared."""
        first = self.at
        stop = end_by_semicolon(self.words, first)
        if not {"IS", "AS"} & set(self.words[first:stop]):
            return self._statement(declares=True)
        self.at = min(end_of_routine(self.tokens, self.words, first, self.dialect), self.last)
        return Piece(first, self.at, first)

    def _open(self, *marks: RawMark, cases: bool = False) -> None:
        self.marks += marks
        self.opened.append(Opened(cases=cases))

    def _until(self, ends: frozenset[str]) -> int:
        """Return the first of these words outside of parentheses and CASE, or the end of the statement."""
        depth = cases = 0
        for at in range(self.at + 1, self.last):
            kind, word = self.tokens[at].token_type, self.words[at]
            depth += (kind in OPEN) - (kind in CLOSE)
            cases += (word == "CASE") - (word == "END" and cases > 0)
            if (depth <= 0 and not cases and word in ends) or kind is TokenType.SEMICOLON:
                return at
        return self.last

    def _condition(self, block: Block, ends: frozenset[str]) -> RawMark:
        first, last = self.at + 1, self._until(ends)
        mark = RawMark(block, self.at, first, last)
        self.at = last + (self.word(last) in ends)
        return mark

    def if_(self) -> None:
        """IF condition THEN … begins a choice."""
        self._open(self._condition(Block.IF, frozenset({"THEN"})), RawMark(Block.BEGIN))

    def case(self) -> None:
        """CASE, as a statement: its branches are those of IF."""
        self.at = self._until(frozenset({"WHEN"}))
        mark = self._condition(Block.IF, frozenset({"THEN"}))
        self._open(mark, RawMark(Block.BEGIN), cases=True)

    def elsif(self) -> None:
        """ELSIF condition THEN …: an IF inside of ELSE."""
        mark = self._condition(Block.IF, frozenset({"THEN"}))
        self.marks += (
            RawMark(Block.END),
            RawMark(Block.ELSE),
            RawMark(Block.BEGIN),
            mark,
            RawMark(Block.BEGIN),
        )
        if self.opened:
            self.opened[-1].ends += 1

    def else_(self) -> None:
        """ELSE: the other branch."""
        self.marks += (RawMark(Block.END), RawMark(Block.ELSE), RawMark(Block.BEGIN))
        self.at += 1

    def when(self) -> None:
        """WHEN of a CASE that is a statement, or of the handlers of a block."""
        top = self.opened[-1] if self.opened else Opened()
        if top.cases:
            self.elsif()
            return
        self.at = self._until(frozenset({"THEN"})) + 1
        if top.handlers:
            self.marks.append(RawMark(Block.END))
        else:
            top.ends += 1
        top.handlers = True
        self.marks += (RawMark(Block.MAYBE), RawMark(Block.BEGIN))

    def exception(self) -> None:
        """EXCEPTION: the handlers of this block follow."""
        if self.word(self.at + 1) in {"WHEN", ";"}:
            self.at += 1
        else:
            self.at = self._statement().last

    def loop(self) -> None:
        """LOOP or REPEAT."""
        self._open(RawMark(Block.LOOP), RawMark(Block.BEGIN))
        self.at += 1

    def while_(self) -> None:
        """WHILE condition LOOP | DO … begins a loop."""
        self._open(self._condition(Block.LOOP, LOOPS), RawMark(Block.BEGIN))

    def for_(self) -> Piece:
        """FOR row IN query LOOP | DO …: the head is the first statement of the body."""
        self._open(RawMark(Block.LOOP), RawMark(Block.BEGIN))
        first, last = self.at, self._until(LOOPS)
        self.at = last + 1
        return Piece(first, last, first)

    def forall(self) -> Piece:
        """FORALL i IN … INSERT … repeats one statement."""
        self.marks += (RawMark(Block.LOOP), RawMark(Block.BEGIN))
        self.ends_next = True
        first = self.at
        self.at = self._until(DOES)
        return Piece(first, self.at, first)

    def until(self) -> None:
        """UNTIL condition END REPEAT."""
        self.at = self._until(frozenset({"END"}))

    def end(self) -> None:
        """END of whatever is open, perhaps with its kind or name behind it."""
        if self.opened:
            self.marks += [RawMark(Block.END)] * self.opened.pop().ends
        self.at = self._statement().last

    def _handler(self) -> None:
        """DECLARE CONTINUE HANDLER FOR NOT FOUND statement."""
        self.marks.append(RawMark(Block.MAYBE))
        while self.at < self.last and self.words[self.at] not in {"BEGIN", "SET", "INSERT", "UPDATE", ";"}:
            self.at += 1


BLOCKS = {
    "IF": Script.if_,
    "CASE": Script.case,
    "ELSIF": Script.elsif,
    "ELSEIF": Script.elsif,
    "ELSE": Script.else_,
    "WHEN": Script.when,
    "EXCEPTION": Script.exception,
    "LOOP": Script.loop,
    "REPEAT": Script.loop,
    "WHILE": Script.while_,
    "FOR": Script.for_,
    "FOREACH": Script.for_,
    "FORALL": Script.forall,
    "UNTIL": Script.until,
    "END": Script.end,
}


def pieces_of(
    tokens: Sequence[Token], words: Sequence[str], dialect: str, *, declares: bool | None
) -> Iterator[Piece]:
    """Yield the statements of a batch.

    `declares` is None outside of bodies, and says in them whether declarations come first.
    """
    if dialect == "tsql":
        yield from transact(tokens, words)
    elif declares is not None or dialect in SCRIPTED:
        yield from Script(tokens, words, 0, len(tokens), dialect, bool(declares)).pieces()
    else:
        for first, last in stretches(tokens, words, dialect):
            yield Piece(first, last, first)
