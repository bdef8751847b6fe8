"""The language of full search: what somebody asks for, and the same for SQLite's FTS5 and for PostgreSQL.

    question  := either ("OR" either)*
    either    := part (["AND"] part)*
    part      := "NOT" part | "(" question ")" | phrase | word
    phrase    := '"' text '"'
    word      := text without spaces, brackets and quotes; a star at its end asks for a beginning

A word that `wording` splits, like `net_sales`, asks for its parts beside each other. No text of a question
reaches a database as syntax: what does is put together here, of words that hold letters and digits alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from db.wording import AS_WRITTEN, split, stem

MAX_DEPTH = 20  # brackets and NOTs within each other
SHORTEST_BEGINNING = 2  # letters: one alone begins nearly everything


class BadQuestion(ValueError):
    """A question that cannot be read; `position` counts characters from 1."""

    def __init__(self, position: int, problem: str, remedy: str) -> None:
        self.position, self.problem, self.remedy = position, problem, remedy
        super().__init__(f"{problem} at character {position}. {remedy}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Stems beside each other; one alone is a word."""

    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beginning:
    """Words that begin like this."""

    letters: str


@dataclass(frozen=True, slots=True)
class Every:
    """All of `parts`, and none of `none`."""

    parts: tuple["Question", ...]
    none: tuple["Question", ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these."""

    parts: tuple["Question", ...]


Leaf: TypeAlias = Phrase | Beginning
Question: TypeAlias = Phrase | Beginning | Every | Either
"""What can be asked for: there is something to look for in each, which `NOT` alone would not give."""


@dataclass(frozen=True, slots=True)
class _Not:
    """What does not fit this: no question yet, for nothing is looked for."""

    part: Question
    position: int


TOKEN = re.compile(r'\s*(?:(?P<open>\()|(?P<close>\))|"(?P<phrase>[^"]*)(?P<end>"?)|(?P<word>[^\s()"]+))')
OPERATORS = frozenset({"AND", "OR", "NOT"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # open, close, phrase, word, or an operator
    text: str
    position: int  # from 1


def read_question(text: str) -> Question:
    """Read what somebody typed.

    Raises:
        BadQuestion: A quote or bracket is left open, an operator stands alone, or there is nothing to look for.
    """
    tokens = list(_tokens(text))
    if not tokens:
        raise BadQuestion(1, "There is nothing to look for", "Give a word.")
    reader = _Reader(tokens)
    read = reader.question(0)
    if (left := reader.next) is not None:
        raise BadQuestion(left.position, "A bracket is closed that was not opened", "Take it out.")
    if isinstance(read, _Not):
        remedy = "Put before it what to look for: orders NOT draft."
        raise BadQuestion(read.position, "NOT has nothing beside it to look for", remedy)
    return read


def _tokens(text: str) -> Iterator[_Token]:
    for found in TOKEN.finditer(text.rstrip()):
        kind = found.lastgroup or ""
        if kind == "end":
            kind = "phrase"
            if not found["end"]:
                position = found.start("phrase")
                raise BadQuestion(position, "A quote is opened and not closed", "Close it, or leave it out.")
        word = found[kind]
        position = found.start(kind) + 1 - (kind == "phrase")
        yield _Token(word if kind == "word" and word in OPERATORS else kind, word, position)


@dataclass(slots=True)
class _Reader:
    """Goes through the tokens once."""

    tokens: Sequence[_Token]
    at: int = field(default=0)

    @property
    def next(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def taken(self, kind: str) -> _Token | None:
        """The next token, if it is of this kind."""
        token = self.next
        if token is None or token.kind != kind:
            return None
        self.at += 1
        return token

    def question(self, depth: int) -> Question | _Not:
        parts = [self.either(depth)]
        while self.taken("OR"):
            parts.append(self.either(depth))
        return _some_of(parts)

    def either(self, depth: int) -> Question | _Not:
        parts = [self.part(depth)]
        while (token := self.next) is not None and token.kind not in {"OR", "close"}:
            self.taken("AND")
            parts.append(self.part(depth))
        return _all_of(parts)

    def part(self, depth: int) -> Question | _Not:
        token = self.next
        if token is None:
            last = self.tokens[-1]
            raise BadQuestion(last.position, f"{_named(last)} has nothing behind it", "Give a word behind it.")
        if depth > MAX_DEPTH:
            raise BadQuestion(token.position, "Brackets are nested too deeply", f"{MAX_DEPTH} are taken.")
        self.at += 1
        if token.kind == "NOT":
            return _opposite(self.part(depth + 1), token.position)
        if token.kind == "open":
            return self.bracket(token, depth + 1)
        if token.kind in {"phrase", "word"}:
            return _leaf(token)
        raise BadQuestion(token.position, f"{_named(token)} has nothing before it", "Give a word before it.")

    def bracket(self, opened: _Token, depth: int) -> Question | _Not:
        if (token := self.taken("close")) is not None:
            raise BadQuestion(token.position, "There is nothing in the brackets", "Take them out.")
        inner = self.question(depth)
        if self.taken("close") is None:
            raise BadQuestion(opened.position, "A bracket is opened and not closed", "Close it.")
        return inner


def _named(token: _Token) -> str:
    return {"open": "A bracket", "close": "A bracket"}.get(token.kind, token.kind)


def _leaf(token: _Token) -> Question:
    words = split(token.text)
    if not words:
        problem = f"There is no letter or digit in {token.text[:20]!r}"
        raise BadQuestion(token.position, problem, "Signs are not searched: give a word.")
    if token.kind == "phrase" or not token.text.endswith("*"):
        return Phrase(tuple(map(stem, words)))
    if len(words[-1]) < SHORTEST_BEGINNING:
        remedy = f"Give {SHORTEST_BEGINNING} letters or more before the star."
        raise BadQuestion(token.position, f"{token.text[:20]!r} begins too much", remedy)
    beginning = Beginning(words[-1])
    return Every((Phrase(tuple(map(stem, words[:-1]))), beginning)) if words[1:] else beginning


def _opposite(read: Question | _Not, position: int) -> Question | _Not:
    return read.part if isinstance(read, _Not) else _Not(read, position)


def _all_of(read: Sequence[Question | _Not]) -> Question | _Not:
    """All of what was read. Of several NOTs and nothing else becomes one: NOT a NOT b is NOT (a OR b)."""
    wanted, unwanted = _parted(read)
    none = tuple(each.part for each in unwanted)
    if len(read) == 1:
        return read[0]
    return Every(wanted, none) if wanted else _Not(_either(none), unwanted[0].position)


def _some_of(read: Sequence[Question | _Not]) -> Question | _Not:
    """One of what was read: with a NOT among it, a OR NOT b is NOT (b NOT a)."""
    wanted, unwanted = _parted(read)
    if len(read) == 1:
        return read[0]
    none = tuple(each.part for each in unwanted)
    return _Not(Every(none, wanted), unwanted[0].position) if unwanted else _either(wanted)


def _parted(read: Sequence[Question | _Not]) -> tuple[tuple[Question, ...], list[_Not]]:
    """What is looked for, and the NOTs."""
    wanted = tuple(each for each in read if not isinstance(each, _Not))
    return wanted, [each for each in read if isinstance(each, _Not)]


def _either(parts: tuple[Question, ...]) -> Question:
    return parts[0] if len(parts) == 1 else Either(parts)


def leaves(question: Question) -> tuple[Leaf, ...]:
    """What is looked for, each once and in order, without what is excluded."""
    if isinstance(question, Phrase | Beginning):
        return (question,)
    return tuple(dict.fromkeys(leaf for part in question.parts for leaf in leaves(part)))


def is_of_words(question: Question) -> bool:
    """Whether an index of words answers it: it knows nothing of which stand beside each other."""
    if isinstance(question, Phrase):
        return len(question.stems) == 1
    if isinstance(question, Beginning):
        return True
    return all(map(is_of_words, (*question.parts, *(question.none if isinstance(question, Every) else ()))))


@dataclass(frozen=True, slots=True)
class Signs:
    """How a database writes what an index is asked for."""

    word: Callable[[str], str]
    beginning: Callable[[str], str]
    every: str
    either: str
    without: str  # between what is wanted and what is not


FTS5 = Signs('"{}"'.format, '"{}"*'.format, " AND ", " OR ", " NOT ")
TSQUERY = Signs("'{}'".format, "'{}':*".format, " & ", " | ", " & !")


def written(question: Question, scope: str, signs: Signs) -> str:
    """A question to the index of words for texts in a scope, as a database writes it.

    It finds all texts that the question fits, and of phrases those, too, that have their words elsewhere.
    """
    return f"{signs.word(scope)}{signs.every}{_widest(question, signs)}"


def _widest(question: Question, signs: Signs) -> str:
    """What finds at least all that fits."""
    if isinstance(question, Phrase):
        return _joined(signs.every, map(signs.word, question.stems))
    if isinstance(question, Beginning):
        begun = question.letters, AS_WRITTEN + question.letters
        return _joined(signs.either, map(signs.beginning, begun))
    wanted = [_widest(part, signs) for part in question.parts]
    if isinstance(question, Either):
        return _joined(signs.either, wanted)
    none = [each for part in question.none if (each := _narrowest(part, signs))]
    return _without(_joined(signs.every, wanted), none, signs)


def _narrowest(question: Question, signs: Signs) -> str:
    """What finds nothing but what fits; empty if that is nothing."""
    if isinstance(question, Phrase | Beginning):
        return _widest(question, signs) if is_of_words(question) else ""
    wanted = [_narrowest(part, signs) for part in question.parts]
    if isinstance(question, Either):
        return _joined(signs.either, filter(None, wanted))
    none = [_widest(part, signs) for part in question.none]
    return _without(_joined(signs.every, wanted), none, signs) if all(wanted) else ""


def _joined(sign: str, parts: Iterable[str]) -> str:
    given = sign.join(parts)
    return f"({given})" if given else ""


def _without(wanted: str, none: Sequence[str], signs: Signs) -> str:
    return f"({wanted}{signs.without}{_joined(signs.either, none)})" if none else wanted
