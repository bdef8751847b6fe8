"""The one place that calls the parser."""

import logging
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlglot import Token, Tokenizer, exp
from sqlglot.dialects import Dialect
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parser import Parser

from jobs.engines.lineage.crash import SURPRISES
from jobs.engines.lineage.dialects import parser_name

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # its warnings carry the text of statements

TOKEN = re.compile(
    r"<Token token_type: (?:TokenType\.)?(\w+), text: (.*?), line: .*?>(?=[^>]*$|\s|$)", re.DOTALL
)
CHILDLESS = frozenset({type(None), bool, str, int, float, exp.Identifier, exp.Literal, exp.Null, exp.Boolean})
CLASS = re.compile(r"<class '[\w.]*?(\w+)'>")


class Refused(Exception):
    """The parser refused a statement; `token` is the one it stopped at, if it told."""

    def __init__(self, problem: str, token: Token | None = None) -> None:
        self.problem, self.token = problem, token
        super().__init__(problem)


@cache
def tokenizer(dialect: str) -> Tokenizer:
    """Return a tokenizer that goes on after SHOW, PRINT and their like.

    The parser's own swallows the text up to the next semicolon there, and with it every statement of a batch
    without semicolons.
    """
    known = Dialect.get_or_raise(parser_name(dialect))
    plain = type("Plain", (known.tokenizer_class,), {"COMMANDS": set()})
    made: Tokenizer = plain(dialect=known)
    return made


@cache
def parser(dialect: str) -> Parser:
    """Return the parser of a dialect; it is used for one statement after the other."""
    made: Parser = Dialect.get_or_raise(parser_name(dialect)).parser()
    return made


def tokenise(sql: str, dialect: str) -> list[Token]:
    """Return the tokens of a text.

    Raises:
        Refused: the text cannot be cut into tokens.
    """
    try:
        return tokenizer(dialect).tokenize(sql)
    except SqlglotError as error:
        raise Refused(str(error).partition("\n")[0]) from error


def parse(tokens: Sequence[Token], sql: str, dialect: str) -> Any:
    """Return the tree of one statement.

    Raises:
        Refused: the parser does not understand it, or only pretends to.
    """
    try:
        trees = parser(dialect).parse(list(tokens), sql)
    except ParseError as error:
        raise refused(error, tokens) from error
    except (SqlglotError, *SURPRISES) as error:
        raise Refused(f"it failed with {type(error).__name__}") from error
    if len(trees) != 1 or trees[0] is None:
        raise Refused("this is not one statement")
    tree = trees[0]
    if isinstance(tree, exp.Command):
        raise Refused("it does not know this statement")
    return tree


def dismantle(tree: Any) -> None:
    """Take a tree apart that is not needed any more, so that it goes at once.

    Its nodes know their parents: without this it would wait for the collector of garbage, which needs several
    times as long. Cost: linear in the nodes that have others below them.
    """
    stack = [tree]
    while stack:
        node = stack.pop()
        args = node.args
        if type(node) is not exp.Column:  # which has names below it, and is what most trees are made of
            for value in args.values():
                kind = type(value)
                if kind is list:
                    stack += [
                        each for each in value if type(each) not in CHILDLESS and isinstance(each, exp.Expr)
                    ]
                elif kind not in CHILDLESS and isinstance(value, exp.Expr):
                    stack.append(value)
        args.clear()


def refused(error: ParseError, tokens: Sequence[Token]) -> Refused:
    """Return what a parser's error says, in few words, and the token it is about."""
    first = error.errors[0] if error.errors else {}
    problem = str(first.get("description") or error).partition("\n")[0]
    problem = CLASS.sub(r"\1", TOKEN.sub(r"\2", problem)).rstrip(".")
    at = (first.get("line"), first.get("col"))
    return Refused(problem, next((token for token in tokens if (token.line, token.col) == at), None))
