"""Whether asking again gives the same answer, and when two texts ask the same."""

import json
from functools import cache

import duckdb

from jobs.engines.sql.tokens import Token, tokens_of
from jobs.engines.sql.values import Params

UNSTEADY_WORDS = {
    *("current_date", "current_localtime", "current_localtimestamp", "current_time", "current_timestamp"),
    *("localtime", "localtimestamp"),
}
"""Functions that are called without parentheses."""
SAMPLING = {"sample", "tablesample"}
UNSTEADY_FUNCTIONS = {"age"} | UNSTEADY_WORDS
"""With one argument age() looks at the clock, which the engine does not say of it."""
FOLDED = {
    *(
        "and",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "cast",
        "cross",
        "desc",
        "distinct",
        "else",
        "end",
        "except",
    ),
    *(
        "exists",
        "from",
        "full",
        "group",
        "having",
        "in",
        "inner",
        "intersect",
        "is",
        "join",
        "left",
        "like",
        "limit",
    ),
    *(
        "not",
        "null",
        "offset",
        "on",
        "or",
        "order",
        "outer",
        "over",
        "partition",
        "right",
        "select",
        "then",
        "union",
    ),
    *("using", "values", "when", "where", "with"),
}
"""Keywords whose case says nothing. The case of a name is kept: it may be that of a column of the result."""


def cache_key(sql: str, params: Params = ()) -> str | None:
    """A text that is equal for two statements only if they ask the same of the same tables.

    Blanks, comments, a semicolon at the end and the case of keywords make no difference.

    Returns:
        None if the answer may differ each time, as with random() or now(), so that it must not be kept.
    """
    tokens = tokens_of(sql)
    while tokens and tokens[-1].text == ";":
        tokens = tokens[:-1]
    if not is_steady(tokens):
        return None
    given = json.dumps(params if isinstance(params, dict) else list(params), sort_keys=True, default=str)
    return f"{' '.join(_folded(tokens))}\n{given}"


def is_steady(tokens: tuple[Token, ...]) -> bool:
    """Whether a statement gives the same over the same tables, whenever it is executed."""
    unsteady = unsteady_functions()
    for at, token in enumerate(tokens):
        if not token.is_name:
            continue
        called = at + 1 < len(tokens) and tokens[at + 1].text == "("
        of_a_table = at > 0 and tokens[at - 1].text == "."
        quoted = token.text.startswith('"')
        if called and token.word in unsteady:
            return False
        if token.word in UNSTEADY_WORDS | SAMPLING and not (of_a_table or quoted):
            return False
    return True


@cache
def unsteady_functions() -> frozenset[str]:
    """The functions of the engine that give something else each time, by its own word, and macros over them."""
    question = """
        SELECT DISTINCT function_name FROM duckdb_functions()
        WHERE stability <> 'CONSISTENT' OR regexp_matches(macro_definition, '(?i)current_|now\\(|random\\(')
    """
    with duckdb.connect() as connection:
        found = {str(row[0]).lower() for row in connection.execute(question).fetchall()}
    return frozenset(found | UNSTEADY_FUNCTIONS)


def _folded(tokens: tuple[Token, ...]) -> list[str]:
    folded: list[str] = []
    for token in tokens:
        # Behind AS even a keyword is the name of a column.
        keyword = token.text.lower() in FOLDED and folded[-1:] != ["as"]
        folded.append(token.text.lower() if keyword else token.text)
    return folded
