"""What statements of PL/pgSQL, PL/SQL, Snowflake, BigQuery and MySQL do besides writing: the twin of `acts`."""

from collections.abc import Callable, Mapping, Sequence

from sqlglot import Token, TokenType

from jobs.engines.lineage.acts import joined, sets
from jobs.engines.lineage.dialects import fold, word_set
from jobs.engines.lineage.phrases import (
    Asked,
    Phrase,
    Said,
    find,
    mentioned,
    outside,
    query_of,
    split_at,
    value_of,
)
from jobs.engines.lineage.rewrites import keyword
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import Act, Argument, Does, Select

GIVEN = frozenset({":=", "DEFAULT", "="})
QUERY = word_set("SELECT WITH VALUES FROM")
LEAVES = word_set("RAISE SIGNAL RESIGNAL GOTO")
BREAKS = word_set("EXIT CONTINUE LEAVE ITERATE BREAK")
WRITES = word_set("INSERT UPDATE MERGE DELETE CREATE REPLACE")  # what may set a variable besides
NOTHING = word_set("NULL GET ASSERT PRAGMA SAVEPOINT COMMIT ROLLBACK CLOSE TYPE SUBTYPE")
INTO_FROM = frozenset({"oracle", "postgres", "mysql", "snowflake", "redshift"})  # SELECT a INTO variable


def act(phrase: Phrase, *, declares: bool) -> Said | None:
    """Return what a statement of a body does if it is one of these; None if it only writes, or does nothing.

    Raises:
        Refused, NotExplained: something in it is not understood.
    """
    word, following = phrase.word(phrase.first), phrase.word(phrase.first + 1)
    if word in NOTHING:
        return Said()
    if word in LEAVES or word in BREAKS:
        return Said((Act(Does.LEAVES if word in LEAVES else Does.BREAKS),))
    if declares:
        return declare(phrase, phrase.first)
    if word in RULES and (word not in {"SELECT", "WITH"} or phrase.dialect in INTO_FROM):
        return RULES[word](phrase)
    assigned = find(phrase, frozenset({":="}), phrase.first, phrase.last)
    if assigned > 0 and word not in WRITES:
        return sets((variable(phrase, phrase.first, assigned),), value(phrase, assigned))
    if phrase.dialect == "oracle" and word[:1].isalpha() and word not in WRITES and following in {"(", ".", ""}:
        return bare_call(phrase)
    return None


def variable(phrase: Phrase, first: int, last: int) -> str:
    """Return the folded name of a variable, with the field of it that is meant: `rec.total`."""
    shown = []
    for at in range(first, last):
        token = phrase.batch.tokens[at]
        if token.token_type in {TokenType.L_PAREN, TokenType.L_BRACKET}:
            break  # an element of an array
        if token.token_type not in {TokenType.COLON, TokenType.DOT}:
            quoted = token.token_type is TokenType.IDENTIFIER
            text = token.text
            shown.append(text if text == "@" else fold(text, phrase.dialect, quoted=quoted))
        elif token.token_type is TokenType.DOT:
            shown.append(".")
    return "".join(shown)


def value(phrase: Phrase, at: int) -> Asked:
    """Return the value behind `:=`: an expression, or a query with or without parentheses."""
    first = at + 1
    while phrase.word(first) == "(":
        first += 1
    if phrase.word(first) in QUERY and phrase.word(at + 1) != "(":
        return query_of(phrase.batch.tokens[first : phrase.last], phrase)
    return value_of(at, at + 1, phrase.last, phrase)


def declare(phrase: Phrase, first: int = -1) -> Said:
    """A variable with what it is set to, or a cursor with its query."""
    first = phrase.first + 1 if first < 0 else first
    cursor = find(phrase, frozenset({"CURSOR"}), first, min(first + 3, phrase.last))
    if cursor >= 0:
        name_token = cursor + 1 if cursor == first else first
        query = next(
            (at for at in outside(phrase, cursor, phrase.last) if phrase.words[at] in {"FOR", "IS"}), -1
        )
        name = variable(phrase, name_token, name_token + 1)
        opened = opens(phrase, name, query + 1) if query > 0 else Said()
        return joined([*_parameters(phrase, cursor + 1 + (cursor == first)), opened])
    given = find(phrase, GIVEN, first, phrase.last)
    end = given if given > 0 else phrase.last
    names = [variable(phrase, begin, begin + 1) for begin, _ in split_at(phrase, first, end)]
    found = [Said((Act(Does.SETS, (name,)),)) for name in names]
    if given > 0 and "RESULTSET" in phrase.words[first:given]:
        return opens(phrase, names[0], given + 1)
    if given > 0:
        found += [sets((name,), value(phrase, given)) for name in names]
    return joined(found)


def _parameters(phrase: Phrase, at: int) -> list[Said]:
    """Return the parameters of a cursor as variables."""
    at += phrase.word(at) != "("
    if phrase.word(at) != "(":
        return []
    close = next((end for end in range(at, phrase.last) if phrase.words[end] == ")"), phrase.last)
    names = [
        variable(phrase, begin, begin + 1) for begin, stop in split_at(phrase, at + 1, close) if begin < stop
    ]
    return [Said((Act(Does.SETS, (name,)),)) for name in names]


def opens(phrase: Phrase, cursor: str, first: int) -> Said:
    """Give a cursor its query; one that is made of strings is not followed here."""
    last = phrase.last
    while phrase.word(first) == "(" and phrase.word(last - 1) == ")":
        first, last = first + 1, last - 1
    if phrase.word(first) not in QUERY:
        return Said()
    asked = query_of(phrase.batch.tokens[first:last], phrase)
    return Said((Act(Does.OPENS, (cursor,), asked.query),), (), asked.reads, asked.unknown)


def set_(phrase: Phrase) -> Said | None:
    """SET a = expression, b = expression; SET (a, b) = (query)."""
    if phrase.dialect not in {"bigquery", "mysql", "databricks"}:
        return None
    found = []
    for first, last in split_at(phrase, phrase.first + 1, phrase.last):
        equals = find(phrase, frozenset({"=", ":="}), first, last)
        if equals < 0:
            return None
        part = phrase._replace(last=last)
        if phrase.word(first) == "(":
            names = [variable(phrase, a, b) for a, b in split_at(phrase, first + 1, equals - 1)]
            found.append(sets(tuple(names), query_of(phrase.batch.tokens[equals + 2 : last - 1], phrase)))
        else:
            found.append(sets((variable(phrase, first, equals),), value(part, equals)))
    return joined(found)


def for_each(phrase: Phrase) -> Said:
    """FOR row IN query, FOR row IN cursor, FOR i IN 1..10."""
    at = find(phrase, frozenset({"IN"}), phrase.first, phrase.last)
    names = tuple(
        variable(phrase, *part) for part in split_at(phrase, phrase.first + 1, at if at > 0 else phrase.last)
    )
    first, last = at + 1, phrase.last
    while phrase.word(first) == "(" and phrase.word(last - 1) == ")":
        first, last = first + 1, last - 1
    if at > 0 and phrase.word(first) in QUERY:
        return sets(names, query_of(phrase.batch.tokens[first:last], phrase), whole=len(names) == 1)
    is_name = last == first + 1 or phrase.word(first + 1) == "("
    if at > 0 and is_name and phrase.batch.tokens[first].token_type is TokenType.VAR:
        cursor = variable(phrase, first, first + 1)
        return Said((Act(Does.FETCHES, (cursor, *names), whole=True),))
    return Said((Act(Does.SETS, names),))


def fetch(phrase: Phrase) -> Said:
    """FETCH c INTO a, b."""
    into, _ = into_at(phrase, phrase.first)
    if into < 0:
        return Said()
    cursor = variable(phrase, into - 1, into)
    limit = find(phrase, frozenset({"LIMIT"}), into, phrase.last)
    parts = split_at(phrase, into + 1, limit if limit > 0 else phrase.last)
    return Said((Act(Does.FETCHES, (cursor, *(variable(phrase, *part) for part in parts))),))


def open_(phrase: Phrase) -> Said:
    """OPEN c FOR query."""
    at = find(phrase, frozenset({"FOR"}), phrase.first, phrase.last)
    name = variable(phrase, phrase.first + 1, phrase.first + 2)
    return opens(phrase, name, at + 1) if at > 0 else Said()


def give(phrase: Phrase) -> Said:
    """RETURN QUERY query, RETURN NEXT row, RETURN TABLE(name), RETURN expression."""
    at, leaves = phrase.first, Act(Does.LEAVES)
    word = phrase.word(at + 1)
    if word == "QUERY":
        asked = query_of(phrase.batch.tokens[at + 2 : phrase.last], phrase)
        return Said((Act(Does.GIVES, query=asked.query),), (), asked.reads, asked.unknown)
    if word == "TABLE" and phrase.word(at + 2) == "(":
        inside = phrase.word(at + 3)
        if inside in QUERY:
            asked = query_of(phrase.batch.tokens[at + 3 : phrase.last - 1], phrase)
            return Said((Act(Does.GIVES, query=asked.query), leaves), (), asked.reads, asked.unknown)
        return Said((Act(Does.GIVES, (variable(phrase, at + 3, at + 4),)), leaves))
    if word == "NEXT":
        return Said((Act(Does.GIVES, (variable(phrase, at + 2, phrase.last),)),))
    if at + 1 >= phrase.last:
        return Said((leaves,))
    if word in QUERY:
        asked = query_of(phrase.batch.tokens[at + 1 : phrase.last], phrase)
    else:
        asked = value_of(at, at + 1, phrase.last, phrase)
    gives = (Act(Does.GIVES, query=asked.query),) if mentioned(asked.query) else ()
    return Said((*gives, leaves), (), asked.reads, asked.unknown)


def select_into(phrase: Phrase) -> Said | None:
    """SELECT a, b INTO x, y FROM …: INTO and its variables are taken out, the rest is the query."""
    into, bulk = into_at(phrase, phrase.first)
    if into < 0 or phrase.word(into + 1) in {"OUTFILE", "DUMPFILE"}:
        return None
    ends = frozenset({"FROM", "WHERE", "LIMIT", "ORDER", "GROUP", "FOR", "UNION"})
    first = into + 1 + (phrase.word(into + 1) == "STRICT")
    last = find(phrase, ends, first, phrase.last)
    last = last if last > 0 else phrase.last
    if phrase.word(into - 1) == "SELECT":  # SELECT INTO x a FROM t
        last = _names_end(phrase, first)
    names = tuple(variable(phrase, *part) for part in split_at(phrase, first, last))
    tokens: Sequence[Token] = phrase.batch.tokens
    kept = [*tokens[phrase.first : into], *tokens[last : phrase.last]]
    asked = query_of(kept, phrase)
    return sets(names, asked, whole=len(names) == 1 and (bulk or _is_row(asked)))


def into_at(phrase: Phrase, first: int) -> tuple[int, bool]:
    """Return where INTO stands, or -1, and whether it collects rows: BULK COLLECT INTO is one token."""
    for at in outside(phrase, first, phrase.last):
        if phrase.words[at] == "INTO" or phrase.words[at].startswith("BULK COLLECT"):
            return at, phrase.words[at] != "INTO"
    return -1, False


def _is_row(asked: Asked) -> bool:
    body = asked.query.body
    return isinstance(body, Select) and (len(body.outputs) != 1 or not hasattr(body.outputs[0], "uses"))


def _names_end(phrase: Phrase, at: int) -> int:
    at += 1
    while phrase.word(at) in {",", "."}:
        at += 2
    return at


def call(phrase: Phrase, first: int = -1) -> Said:
    """CALL p(a, b)."""
    first = phrase.first + 1 if first < 0 else first
    name, at = name_at(phrase.batch.tokens, first, phrase.last, phrase.dialect)
    if name is None:
        return Said()
    passed = []
    if phrase.word(at) == "(":
        for begin, stop in split_at(phrase, at + 1, phrase.last - (phrase.word(phrase.last - 1) == ")")):
            plain = all(phrase.batch.tokens[each].token_type in PLAIN for each in range(begin, stop))
            named = find(phrase, frozenset({"=>"}), begin, stop)
            parameter = variable(phrase, begin, named) if named > 0 else ""
            given = variable(phrase, named + 1 if named > 0 else begin, stop) if plain or named > 0 else ""
            passed.append(Argument(parameter, given, comes_back=True))
    return Said((Act(Does.CALLS, called=name, arguments=tuple(passed)),), reads=(name,))


PLAIN = frozenset({TokenType.VAR, TokenType.COLON, TokenType.PARAMETER, TokenType.DOT, TokenType.IDENTIFIER})
BUILT_IN = word_set(
    "DBMS_OUTPUT DBMS_STATS DBMS_LOCK DBMS_SQL UTL_FILE RAISE_APPLICATION_ERROR DBMS_APPLICATION_INFO"
)


def bare_call(phrase: Phrase) -> Said | None:
    """p(a, b); as PL/SQL calls a procedure."""
    name, at = name_at(phrase.batch.tokens, phrase.first, phrase.last, phrase.dialect)
    if name is None or (at < phrase.last and phrase.word(at) != "("):
        return None
    if phrase.word(phrase.first) in BUILT_IN:
        return Said((Act(Does.LEAVES),) if phrase.word(phrase.first).startswith("RAISE") else ())
    return call(phrase, phrase.first)


def returning(phrase: Phrase) -> tuple[list[Token], tuple[str, ...]] | None:
    """Return a statement without INTO of its RETURNING, and the variables behind that; None without one."""
    at = find(phrase, frozenset({"RETURNING", "RETURN"}), phrase.first, phrase.last)
    into, _ = into_at(phrase, at) if at > 0 else (-1, False)
    if into < 0:
        return None
    first = into + 1 + (phrase.word(into + 1) == "STRICT")
    names = tuple(variable(phrase, *part) for part in split_at(phrase, first, phrase.last))
    tokens = phrase.batch.tokens
    return [*tokens[phrase.first : at], keyword("RETURNING"), *tokens[at + 1 : into]], names


RULES: Mapping[str, Callable[[Phrase], Said | None]] = {
    "DECLARE": declare,
    "LET": declare,
    "SET": set_,
    "FOR": for_each,
    "FOREACH": for_each,
    "FORALL": for_each,
    "FETCH": fetch,
    "OPEN": open_,
    "RETURN": give,
    "SELECT": select_into,
    "WITH": select_into,
    "CALL": call,
    "PERFORM": call,
}
