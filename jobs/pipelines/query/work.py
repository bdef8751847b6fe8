"""What children do for a query beside executing it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jobs.engines.sql.cache import cache_key
from jobs.engines.sql.statements import check_text
from jobs.engines.sql.tokens import Token, tokens_of
from jobs.pipelines.query.values import MAX_SQL_BYTES


@dataclass(frozen=True, slots=True)
class Words:
    """What a text says before anything is known of its tables."""

    names: tuple[tuple[str, str], ...]
    """Schemas and names that may be those of tables."""
    all_tables: bool
    """Whether it asks what tables there are."""
    question: str | None
    """A digest that is the same for the same question; None if the answer may differ each time."""


def read_words(sql: str, params: Sequence[object] | Mapping[str, object]) -> Words:
    """The words of a statement that matter, in a child: a text of a megabyte takes a while.

    Raises:
        SyntaxProblem: It is no text.
    """
    check_text(sql, MAX_SQL_BYTES)
    tokens = tokens_of(sql)
    question = cache_key(sql, params)
    digest = None if question is None else hashlib.sha256(question.encode(errors="replace")).hexdigest()
    words = {token.word for token in tokens}
    asks = "information_schema" in words or (tokens and tokens[0].word == "show")
    return Words(tuple(sorted(_names(tokens))), bool(asks), digest)


def _names(tokens: tuple[Token, ...]) -> set[tuple[str, str]]:
    found = {("main", token.name) for token in tokens if token.is_name}
    for (schema, dot), name in zip(pairwise(tokens), tokens[2:], strict=False):
        if dot.text == "." and schema.is_name and name.is_name:
            found.add((schema.name, name.name))
    return found


def key_of(question: str, row_limit: int, versions: Sequence[tuple[str, int]]) -> str:
    """A digest of a question, how much of the answer is wanted, and what it is asked of."""
    content = json.dumps([question, row_limit, sorted(versions)])
    return hashlib.sha256(content.encode()).hexdigest()
