"""SQL that is made when it runs, where it is made of constants: literals, and variables that hold some."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, TypeVar

from sqlglot import TokenType

from jobs.engines.lineage.dialects import fold
from jobs.engines.lineage.phrases import Phrase, find, split_at
from jobs.engines.lineage.shapes import Block, Mark, Name, Place

MAX_ALTERNATIVES = 16  # texts that one variable may hold
MAX_MADE = 200_000  # characters of a text that is put together

LITERALS = frozenset(
    {TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.HEREDOC_STRING, TokenType.RAW_STRING}
)
QUOTES = re.compile(r"(?s)[nNrR]?('''|\"\"\"|'|\"|\$\w*\$)")
LETTERS = {"CHAR": 1, "NCHAR": 1, "CHR": 1}
PASSED_ON = frozenset({"QUOTENAME", "QUOTE_IDENT", "CONCAT", "FORMAT", ""})

V = TypeVar("V")


class Made(NamedTuple):
    """A text that is put together, and where each of its characters stands."""

    sql: str
    offsets: tuple[int, ...]


Alternatives: TypeAlias = "tuple[Made | None, ...]"
"""What a variable may hold; None is something that is not known."""

UNKNOWN: Alternatives = (None,)


@dataclass(slots=True)
class Desk:
    """What reading remembers from statement to statement of a body: constants, and the blocks around."""

    constants: dict[str, Alternatives] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    pending: Block | None = None
    depth: int = 0  # SQL that runs SQL
    inside: bool = False  # the body of a routine
    owner: Name | None = None  # the package around

    def enter(self, marks: Sequence[Mark]) -> None:
        """Follow the blocks that begin and end before a statement."""
        for mark in marks:
            if mark.block is Block.BEGIN:
                self.blocks.append(self.pending or Block.BEGIN)
                self.pending = None
            elif mark.block is Block.END:
                self.blocks[-1:] = []
                self.pending = None
            elif self.pending is not Block.LOOP:
                self.pending = mark.block

    def set(self, name: str, values: Alternatives) -> None:
        """Remember what a variable holds; inside of a condition it may hold what it held before, too."""
        open_blocks = {*self.blocks, self.pending} - {Block.BEGIN, None}
        if open_blocks:
            values = (*self.constants.get(name, ()), *values)
        values = tuple(dict.fromkeys(values))
        too_long = sum(len(each.sql) for each in values if each is not None) > MAX_MADE
        self.constants[name] = UNKNOWN if len(values) > MAX_ALTERNATIVES or too_long else values

    def in_loop(self) -> bool:
        """Whether the statement is done again and again."""
        return Block.LOOP in self.blocks or self.pending is Block.LOOP


def variable(phrase: Phrase, at: int) -> tuple[str, int]:
    """Return the name of the variable that begins at a token, and the token behind it."""
    tokens = phrase.batch.tokens
    if phrase.word(at) in {"@", ":"} and at + 1 < phrase.last:
        mark = "@" if phrase.words[at] == "@" else ""
        return mark + fold(tokens[at + 1].text, phrase.dialect, quoted=False), at + 2
    if at < phrase.last and tokens[at].token_type is not TokenType.IDENTIFIER and phrase.word(at)[:1].isalpha():
        return fold(tokens[at].text, phrase.dialect, quoted=False), at + 1
    return "", at


def literal(phrase: Phrase, at: int) -> Made | None:
    """Return the text of a literal, and where its characters stand; None for one that is escaped otherwise."""
    token, batch = phrase.batch.tokens[at], phrase.batch
    raw = batch.sql[token.start : token.end + 1]
    quote = QUOTES.match(raw)
    if quote is None:
        return None
    begin, stop = quote.end(), len(raw) - len(quote.group(1))
    inside = raw[begin:stop]
    offsets = list(range(token.start + begin + batch.shift, token.start + stop + batch.shift))
    mark = quote.group(1)
    if len(mark) == 1 and mark * 2 in inside:
        kept = [pair.start() + 1 for pair in re.finditer(re.escape(mark * 2), inside)]
        dropped = set(kept)
        offsets = [each for place, each in enumerate(offsets) if place not in dropped]
        inside = inside.replace(mark * 2, mark)
    return Made(inside, tuple(offsets))


def value(phrase: Phrase, first: int, last: int, desk: Desk) -> Alternatives:
    """Return the texts that an expression may give, as far as it is made of constants."""
    if first >= last:
        return UNKNOWN
    found: Alternatives = (Made("", ()),)
    operands = [part for plus in split_at(phrase, first, last, "+") for part in split_at(phrase, *plus, "||")]
    for begin, stop in operands:
        found = _each_with_each(found, _operand(phrase, begin, stop, desk))
    return found


def _each_with_each(left: Alternatives, right: Alternatives) -> Alternatives:
    if len(left) * len(right) > MAX_ALTERNATIVES:
        return UNKNOWN
    return tuple(
        None if one is None or other is None else Made(one.sql + other.sql, one.offsets + other.offsets)
        for one in left
        for other in right
    )


def _operand(phrase: Phrase, first: int, last: int, desk: Desk) -> Alternatives:
    tokens, words = phrase.batch.tokens, phrase.words
    if first >= last:
        return UNKNOWN
    if last == first + 1 and tokens[first].token_type in LITERALS:
        made = literal(phrase, first)
        return UNKNOWN if made is None else (made,)
    name, after = variable(phrase, first)
    if after == last and name:
        return desk.constants.get(name, UNKNOWN)
    called = words[first] if words[first] != "(" else ""
    opened = first + bool(called)
    if opened < last and words[opened] == "(" and words[last - 1] == ")":
        if called in LETTERS:
            return (Made("\n", (tokens[first].start + phrase.batch.shift,)),)
        if called in PASSED_ON:
            parts = list(split_at(phrase, opened + 1, last - 1))
            if called in {"", "FORMAT"} and len(parts) != 1:
                return UNKNOWN
            found: Alternatives = (Made("", ()),)
            for part in parts[:1] if called == "QUOTENAME" else parts:
                found = _each_with_each(found, value(phrase, *part, desk))
            return found
    return UNKNOWN


def note(phrase: Phrase, desk: Desk) -> None:
    """Remember what a statement sets variables to."""
    for name, compound, first, last in assignments(phrase):
        held = value(phrase, first, last, desk) if first < last else ()
        if compound:
            held = _each_with_each(desk.constants.get(name, UNKNOWN), held)
        own = desk.in_loop() and (compound or _names(phrase, name, first, last))
        desk.set(name, UNKNOWN if own else held)


def _names(phrase: Phrase, name: str, first: int, last: int) -> bool:
    return any(variable(phrase, at)[0] == name for at in range(first, last))


def assignments(phrase: Phrase) -> Iterator[tuple[str, bool, int, int]]:
    """Yield the variables that a statement sets: name, whether it is added to, and the tokens of the value.

    The value of what is declared without one is empty.
    """
    word, first, last = phrase.word(phrase.first), phrase.first + 1, phrase.last
    ends = frozenset({"=", ":=", "DEFAULT"})
    if word in {"SET", "DECLARE", "SELECT", "LET"}:
        if word == "SELECT":
            if phrase.dialect != "tsql":
                return
            end = find(phrase, frozenset({"FROM", "WHERE", "ORDER"}), first, last)
            if end > 0:  # what a table gives is not known
                for begin, _ in split_at(phrase, first, end):
                    if phrase.word(begin) == "@":
                        name, at = variable(phrase, begin)
                        yield name, False, end, end + 1
                return
        for begin, stop in split_at(phrase, first, last):
            name, at = variable(phrase, begin)
            if not name or (word == "SELECT" and phrase.word(begin) != "@"):
                continue
            equals = find(phrase, ends, at, stop)
            compound = phrase.dialect == "tsql" and phrase.word(at) == "+"
            yield name, compound, *((equals + 1, stop) if equals > 0 else (stop, stop))
        return
    name, at = variable(phrase, phrase.first)
    equals = find(phrase, frozenset({":=", "DEFAULT"}), at, last) if name else -1
    if equals > 0:
        yield name, False, equals + 1, last
    elif word == "FETCH":
        into = find(phrase, frozenset({"INTO"}), first, last)
        for begin, _ in split_at(phrase, into + 1, last) if into > 0 else ():
            yield variable(phrase, begin)[0], False, phrase.first, phrase.first + 1


def moved(each: V, at: Callable[[Place], Place]) -> V:
    """Return a value with all of its places moved: from a text that was put together to where it stands."""
    if not isinstance(each, tuple):
        return each
    fields = getattr(each, "_fields", None)
    if fields is None:
        parts: Any = tuple(moved(part, at) for part in each)
        whole: V = parts
        return whole
    kind: Any = type(each)
    made: V = kind(
        *(at(part) if name == "place" else moved(part, at) for name, part in zip(fields, each, strict=True))
    )
    return made


def mover(made: Made, fallback: Place) -> Callable[[Place], Place]:
    """Return how places of a text that was put together become places of the one it stands in.

    What spans literals that stand in another order is given the fallback.
    """

    def move(place: Place) -> Place:
        start, end = place
        if not 0 <= start < end <= len(made.offsets):
            return fallback if end else place
        first, last = made.offsets[start], made.offsets[end - 1] + 1
        return (first, last) if first < last else fallback

    return move
