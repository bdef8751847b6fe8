"""Stretches of tokens on their way to queries: what reading statements of procedures has in common."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlglot import Token, TokenType, exp

from jobs.engines.lineage.guards import too_deep
from jobs.engines.lineage.parse import Refused, dismantle, parse
from jobs.engines.lineage.queries import Reducer
from jobs.engines.lineage.regions import CLOSE, OPEN, Layout
from jobs.engines.lineage.shapes import (
    VARIABLES,
    Act,
    Mention,
    Name,
    Output,
    Place,
    Query,
    Select,
    Use,
    Write,
)
from jobs.engines.lineage.values import Subtype

OLD_AND_NEW = frozenset({"inserted", "deleted", "new", "old", "INSERTED", "DELETED", "NEW", "OLD"})


class Page(NamedTuple):
    """What all statements of a text share."""

    name: str
    sql: str  # comments are blank
    dialect: str
    lines: tuple[int, ...]
    whole: str = ""  # with its comments


class Tokens(NamedTuple):
    """The tokens of a batch; `shift` is where it begins in its text."""

    tokens: list[Token]
    words: list[str]
    shift: int
    sql: str


class Phrase(NamedTuple):
    """The tokens of one statement, from `first` up to, not including, `last`."""

    batch: Tokens
    first: int
    last: int
    dialect: str

    @property
    def words(self) -> list[str]:
        """Return the words of the batch."""
        return self.batch.words

    def place(self, first: int, last: int) -> Place:
        """Return where tokens stand in the text."""
        tokens, shift = self.batch.tokens, self.batch.shift
        return tokens[first].start + shift, tokens[max(last - 1, first)].end + 1 + shift

    def word(self, at: int) -> str:
        """Return a word of the statement; empty behind its end."""
        return self.batch.words[at] if at < self.last else ""


class Said(NamedTuple):
    """What a statement was found to do, and what it reads on the way."""

    acts: tuple[Act, ...] = ()
    writes: tuple[Write, ...] = ()
    reads: tuple[Name, ...] = ()
    unknown: tuple[tuple[Place, str], ...] = ()


class Asked(NamedTuple):
    """A query with the relations that it reads, and what is not known about it."""

    query: Query
    reads: tuple[Name, ...]
    unknown: tuple[tuple[Place, str], ...]


def query_of(tokens: Sequence[Token], phrase: Phrase) -> Asked:
    """Parse tokens as a query.

    Raises:
        Refused: they are none, or are nested too deeply.
        NotExplained: something in it is not explained.
    """
    problem = too_deep(tokens, phrase.batch.sql)
    if problem:
        raise Refused(problem)
    tree = parse(tokens, phrase.batch.sql, phrase.dialect)
    if not isinstance(tree, exp.Query | exp.Values):
        raise Refused("this is no query")
    reducer = Reducer(phrase.dialect, Layout(tokens, phrase.batch.shift))
    query = reducer.query(tree)
    dismantle(tree)
    reads = tuple(name for name in reducer.reads.values() if name.parts[-1] not in OLD_AND_NEW)
    return Asked(query, reads, tuple(reducer.unknown))


def value_of(at: int, first: int, last: int, phrase: Phrase) -> Asked:
    """Parse an expression as the query that gives it; the token at `at`, just before it, becomes its SELECT."""
    return query_of([leading(phrase.batch.tokens[at]), *phrase.batch.tokens[first:last]], phrase)


def leading(token: Token) -> Token:
    """Return the word SELECT in the place of a token."""
    return Token(TokenType.SELECT, "SELECT", token.line, token.col, token.start, token.end)


def split_at(phrase: Phrase, first: int, last: int, word: str = ",") -> Iterator[tuple[int, int]]:
    """Yield the stretches between commas outside of parentheses."""
    begin = first
    for at in outside(phrase, first, last):
        if phrase.words[at] == word:
            yield begin, at
            begin = at + 1
    if begin < last:
        yield begin, last


def outside(phrase: Phrase, first: int, last: int) -> Iterator[int]:
    """Yield the tokens outside of parentheses."""
    depth = 0
    for at in range(first, last):
        kind = phrase.batch.tokens[at].token_type
        depth -= kind in CLOSE
        if depth <= 0 and kind not in OPEN and kind not in CLOSE:
            yield at
        depth += kind in OPEN


def find(phrase: Phrase, words: frozenset[str], first: int, last: int) -> int:
    """Return the first token outside of parentheses that is one of these words, or -1."""
    if words.isdisjoint(phrase.words[first:last]):  # by far the most
        return -1
    return next((at for at in outside(phrase, first, last) if phrase.words[at] in words), -1)


def mentioned(query: Query) -> bool:
    """Whether a query mentions anything that a value could come from."""
    body = query.body
    if not isinstance(body, Select) or body.sources or query.ctes:
        return True
    return any(not isinstance(output, Output) or output.uses for output in body.outputs)


def variable_query(names: Sequence[str], place: Place) -> Query:
    """Return the query that gives the values of variables."""
    outputs = tuple(
        Output("", "", (Use(VARIABLES, name, name, Subtype.IDENTITY, masking=False, place=place),), place)
        for name in names
    )
    body = Select((), outputs, (), distinct=False, lateral_aliases=False, merged_first=False, place=place)
    return Query((), body)


def _operand(use: Mention) -> Mention:
    """Return what an operator uses: nothing goes through one as it is."""
    return use._replace(how=Subtype.TRANSFORMATION) if use.how is Subtype.IDENTITY else use


def with_own_value(query: Query, name: str, place: Place) -> Query:
    """Return the query of `@x += expression`: what the variable held goes on in it."""
    body = query.body
    if not isinstance(body, Select):
        return query
    own = Use(VARIABLES, name, name, Subtype.TRANSFORMATION, masking=False, place=place)
    outputs = tuple(
        output._replace(uses=(own, *map(_operand, output.uses))) if isinstance(output, Output) else output
        for output in body.outputs
    )
    return query._replace(body=body._replace(outputs=outputs))


def into_table(tree: exp.Query) -> bool:
    """Whether a query makes a table."""
    first: object = tree
    while isinstance(first, exp.SetOperation | exp.Subquery):
        first = first.this
    return isinstance(first, exp.Query) and first.args.get("into") is not None
