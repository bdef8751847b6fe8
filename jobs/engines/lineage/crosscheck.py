"""A second look at a statement that was explained: relations that its tokens name and its shape does not."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import NamedTuple

from sqlglot import Token

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import Name

BEFORE_NAME = word_set("FROM JOIN INTO APPLY USING EXEC EXECUTE")
OPENS, CLOSES = word_set("( [ {"), word_set(") ] }")
WATCHED = BEFORE_NAME | OPENS | CLOSES | {"SELECT"}
QUERY_BEGINS = word_set("( AS UNION ALL EXCEPT INTERSECT DELETE NAME")  # FROM may follow without SELECT
PASSED_OVER = word_set("ONLY TABLE")  # FROM ONLY t, INSERT INTO TABLE t
MAKES_TEMPORARY = word_set("TEMP TEMPORARY UNLOGGED")  # SELECT INTO TEMP t
NO_NAME = word_set("LATERAL VALUES UNNEST OUTFILE DUMPFILE FINAL OLD NEW SELECT SET ON AS ROWS FUNCTION")
CATALOGS = word_set("sys information_schema pg_catalog")  # what a database says of itself
SYSTEM_TABLES = word_set("sysobjects syscolumns sysindexes sysusers sysdatabases")
TAKES_USING = frozenset({"MERGE", "DELETE"})


class Found(NamedTuple):
    """A relation named by the tokens from `first` up to, not including, `last`, and its alias, or ''."""

    name: Name
    first: int
    last: int
    alias: str


def relations_named(
    tokens: Sequence[Token], words: Sequence[str], first: int, last: int, dialect: str
) -> Iterator[Found]:
    """Yield the names that stand where only a relation or a procedure can.

    FROM in `EXTRACT(day FROM x)` and its like is told apart by its parentheses: no SELECT stands in them.
    """
    selects = [False]
    for at in compress(range(first, last), map(WATCHED.__contains__, words[first : last - 1])):
        word = words[at]
        if word in OPENS:
            selects.append(False)
        elif word in CLOSES:
            if len(selects) > 1:
                selects.pop()
        elif word == "SELECT":
            selects[-1] = True
        else:
            before = words[at - 1] if at > first else "("
            if word == "FROM":
                takes = before != "DISTINCT" and (selects[-1] or before in QUERY_BEGINS)
                selects[-1] = selects[-1] and not takes  # the next FROM needs a SELECT of its own
            else:
                takes = _takes_name(word, before, words[first])
            found = _name_after(tokens, words, at, last, dialect) if takes and before != "." else None
            if found is not None:
                yield found


def _takes_name(word: str, before: str, verb: str) -> bool:
    """Whether a relation follows a word other than FROM."""
    if word == "JOIN":
        return before != "ARRAY"  # ARRAY JOIN unfolds a column
    if word == "USING":
        return verb in TAKES_USING and before != "CHARSET"
    return word != "EXECUTE" or before != "WITH"


def _name_after(
    tokens: Sequence[Token], words: Sequence[str], at: int, last: int, dialect: str
) -> Found | None:
    """Return the relation behind a keyword; None for a query, a function, a string or a variable."""
    is_into = words[at] == "INTO"
    at += 1
    while at < last and words[at] in (PASSED_OVER | MAKES_TEMPORARY if is_into else PASSED_OVER):
        at += 1
    if dialect == "databricks" and words[at : at + 1] == ["STREAM"] and words[at + 1 : at + 2] != [","]:
        at += 1 + (words[at + 1 : at + 2] == ["("])
    if is_into and words[at : at + 1] == ["NAME"] and words[at + 2 : at + 3] == ["VALUE"]:
        return None  # of UNPIVOT
    if at >= last or words[at] in NO_NAME or (words[at][:1] == "@" and dialect != "tsql"):
        return None
    name, after = name_at(tokens, at, last, dialect)
    if dialect == "bigquery" and after < last and words[after] == "-":
        return None  # my-project.shop.t: the parser puts it together, the tokens do not
    if name is None or (after < last and words[after] == "(" and not is_into):
        return None
    alias = after + (after < last and words[after] == "AS")
    return Found(name, at, after, tokens[alias].text.lower() if alias < last else "")


def is_system(name: Name) -> bool:
    """Whether a relation is one in which a database describes itself."""
    parts = {part.lower() for part in name.parts}
    return name.parts[-1].lower() in SYSTEM_TABLES or bool(CATALOGS & parts)


def unexplained(
    found: Iterable[Found], explained: Iterable[Name], named_queries: frozenset[str], dialect: str
) -> Iterator[Found]:
    """Yield what was found and is neither a relation of the statement's shape nor a named query, each once."""
    known = {".".join(name.parts) for name in explained} | named_queries
    found = list(found)
    aliases = {name for each in found for name in (each.alias, each.name.parts[-1].lower())}
    for each in found:
        key = ".".join(each.name.parts)
        parts = [part.lower() for part in each.name.parts]
        if dialect in {"databricks", "spark"} and "/" in parts[-1]:
            continue  # format.`path`: a file
        is_array = dialect == "bigquery" and len(parts) > 1 and parts[0] in aliases  # FROM t, t.items
        if key not in known and not is_array and not is_system(each.name):
            known.add(key)
            yield each
