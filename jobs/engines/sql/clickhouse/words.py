"""What a statement for ClickHouse must not name, found in its text as ClickHouse itself writes it anew.

`readonly` keeps a statement from changing anything and from most of the outside, but not from all: `file()` as
a scalar function, INTO OUTFILE, `eval` and the tables of `system` are open to it.
"""

import re
from collections.abc import Iterable

from jobs.engines.sql.errors import ForbiddenStatement

TABLE_FUNCTIONS = {
    "format",
    "generateSeries",
    "generate_series",
    "numbers",
    "primes",
    "values",
    "view",
    "zeros",
}
"""Those that read nothing but their arguments; all others of the engine are refused."""

FUNCTIONS = re.compile(
    r"""(?ix)
    file | filesystem\w* | (?:try)?catboost\w* | dict(?:get|has|isin)\w* | joinget\w* | naivebayes\w*
    | ai(?:classify|embed|extract|filter|generate|redact|similarity|translate)\w*
    | get(?:setting|serversetting|serverport|macro|mergetreesetting|clienthttpheader|oskernelversion)\w*
    | (?:full)?hostname | fqdn | server(?:uuid|timezone) | tcpport | uptime | zookeeper\w* | addressto\w*
    | sleep\w* | (?:initial)?query_?id | initial_?query\w*
    | current_?(?:user|roles|profiles|requesturl|query_?id)
    | session_user | authenticateduser | authuser | (?:enabled|default)(?:roles|profiles) | user
    | pg_?get_?user_?by_?id | getmaxtablenamelengthfordatabase | flamegraph | showcertificate | remote\w*
    | url | s3 | hdfs
    """
)
"""Functions that look beyond the tables: at files, dictionaries, models, the network, the server, its users."""

DATABASES = {"information_schema", "system"}
BEGINNINGS = {"(", "select", "with"}
TOKEN = re.compile(
    r"""(?x)
    (?P<string> '(?:[^'\\]|\\.|'')*' )
    | (?P<name> `(?:[^`\\]|\\.|``)*` | "(?:[^"\\]|\\.|"")*" | [^\W\d]\w* )
    | (?P<param> \{\s*\w+\s*:\s*Identifier\s*\} ) | (?P<other> \d[\w.]* | \S )
    """
)
READS = "it reads what is no table of the workspace"


def check_words(written: str, table_functions: Iterable[str]) -> None:
    """Refuse what a statement must not name.

    Args:
        written: The statement as `formatQuery` gives it: one statement, without comments.
        table_functions: All that the engine has.

    Raises:
        ForbiddenStatement: It names such a thing; says which and why.
    """
    tokens = [(found.lastgroup, found[0]) for found in TOKEN.finditer(written)]
    first = tokens[0][1].lower() if tokens else ""
    if first not in BEGINNINGS:
        raise ForbiddenStatement(first.upper(), "statements for ClickHouse read, and do nothing else")
    refused = {each.lower() for each in table_functions} - {each.lower() for each in TABLE_FUNCTIONS}
    depth = 0
    for at, (kind, text) in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(text, 0)
        following = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        if kind == "param":
            raise ForbiddenStatement("a parameter as a name", "names stand in the statement itself")
        if kind != "name":
            continue
        word = text.strip('`"').lower()
        if following == "(" and (word in refused or FUNCTIONS.fullmatch(word)):
            raise ForbiddenStatement(f"{word}()", READS)
        if following == "." and word in DATABASES:
            raise ForbiddenStatement(f"{word}.{tokens[at + 2][1]}", "it tells of the server, not of data")
        if _ends_a_query(tokens, at, depth):
            raise ForbiddenStatement(
                text.upper(), "what comes out, and within which limits, is not for it to say"
            )


def _ends_a_query(tokens: list[tuple[str | None, str]], at: int, depth: int) -> bool:
    """Whether SETTINGS, FORMAT or INTO OUTFILE begins here; behind a name of a column stands something else."""
    word, following = tokens[at][1].lower(), tokens[at + 1 : at + 4]
    if word == "settings":
        return [token for _, token in following[1:2]] == ["="]
    if word == "into":
        return [token.lower() for _, token in following[:1]] == ["outfile"]
    return word == "format" and depth == 0 and len(following) == 1 and following[0][0] == "name"
