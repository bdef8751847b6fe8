"""What statements of T-SQL do besides writing to relations: variables, cursors, calls, OUTPUT."""

from collections.abc import Sequence

from sqlglot import Token, TokenType

from jobs.engines.lineage.dialects import fold, word_set
from jobs.engines.lineage.phrases import (
    Asked,
    Phrase,
    Said,
    find,
    mentioned,
    query_of,
    split_at,
    value_of,
    with_own_value,
)
from jobs.engines.lineage.plain import columns_between
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import (
    Act,
    Argument,
    Does,
    Made,
    Name,
    Place,
    Query,
    Select,
    Write,
)
from jobs.engines.lineage.values import RelationKind

OPERATORS = word_set("+ - * / % & | ^")
FETCHES_WHAT = word_set("NEXT PRIOR FIRST LAST FROM GLOBAL")
LEAVES = word_set("RETURN THROW GOTO")
BREAKS = word_set("BREAK CONTINUE")


def act(phrase: Phrase) -> Said | None:
    """Return what a statement of T-SQL does if it is one of these; None if it only writes, or does nothing.

    Raises:
        Refused, NotExplained: something in it is not understood.
    """
    word, following = phrase.word(phrase.first), phrase.word(phrase.first + 1)
    if word == "DECLARE":
        return declare(phrase)
    if word == "SET" and following == "@":
        return set_variable(phrase)
    if word == "SELECT":
        return select_variables(phrase)
    if word == "FETCH":
        return fetch(phrase)
    if word in LEAVES:
        return leave(phrase)
    if word in BREAKS:
        return Said((Act(Does.BREAKS),))
    if word == "CREATE" and following == "TYPE":
        return table_type(phrase)
    return None


def variable_at(phrase: Phrase, at: int) -> tuple[str, int]:
    """Return the folded name of a variable and the token behind it; an empty name if there is none."""
    if phrase.word(at) != "@" or at + 1 >= phrase.last or phrase.batch.tokens[at + 1].token_type is PARAMETER:
        return "", at
    return "@" + fold(phrase.batch.tokens[at + 1].text, phrase.dialect, quoted=False), at + 2


PARAMETER = TokenType.PARAMETER


def joined(parts: Sequence[Said]) -> Said:
    """Return what several parts of a statement do together."""
    return Said(
        tuple(act for part in parts for act in part.acts),
        tuple(write for part in parts for write in part.writes),
        tuple(dict.fromkeys(name for part in parts for name in part.reads)),
        tuple(each for part in parts for each in part.unknown),
    )


def sets(names: tuple[str, ...], asked: Asked, *, whole: bool = False) -> Said:
    """Return the setting of variables from a query."""
    return Said((Act(Does.SETS, names, asked.query, whole),), (), asked.reads, asked.unknown)


def declare(phrase: Phrase) -> Said:
    """DECLARE of variables, table variables and cursors, each with what it is set to."""
    cursor = find(phrase, frozenset({"CURSOR"}), phrase.first, phrase.last)
    if 2 <= cursor - phrase.first <= 4 and phrase.word(phrase.first + 1) != "@":  # perhaps INSENSITIVE, SCROLL
        name = fold(phrase.batch.tokens[phrase.first + 1].text, phrase.dialect, quoted=False)
        return cursor_query(phrase, name, cursor)
    found = []
    for first, last in split_at(phrase, phrase.first + 1, phrase.last):
        name, at = variable_at(phrase, first)
        at += phrase.word(at) == "AS"
        if not name:
            continue
        if phrase.word(at) == "TABLE":
            found.append(Said(writes=(table_variable(phrase, first, at + 1, last),)))
            continue
        equals = find(phrase, frozenset({"="}), at, last)
        of_type, _ = name_at(phrase.batch.tokens, at, last, phrase.dialect)
        found.append(Said((Act(Does.SETS, (name,), called=of_type),)))
        if equals > 0:
            found.append(sets((name,), value_of(equals, equals + 1, last, phrase)))
    return joined(found)


def table_variable(phrase: Phrase, first: int, at: int, last: int) -> Write:
    """Return the making of a table variable with its columns."""
    tokens, words = phrase.batch.tokens, phrase.words
    name, _ = name_at(tokens, first, last, phrase.dialect)
    columns = columns_between(tokens, words, at, last, phrase.dialect)
    place = phrase.place(first, last)
    return Write(name or Name(("@",), "@"), RelationKind.TABLE, columns, place=place, temporary=True)


def table_type(phrase: Phrase) -> Said | None:
    """CREATE TYPE … AS TABLE: the columns of variables and parameters of that type."""
    tokens, words = phrase.batch.tokens, phrase.words
    name, at = name_at(tokens, phrase.first + 2, phrase.last, phrase.dialect)
    if name is None or words[at : at + 2] != ["AS", "TABLE"]:
        return None
    columns = columns_between(tokens, words, at + 2, phrase.last, phrase.dialect)
    place = phrase.place(phrase.first, phrase.last)
    return Said(writes=(Write(name, None, columns, place=place, temporary=True),))


def cursor_query(phrase: Phrase, name: str, at: int) -> Said:
    """DECLARE c CURSOR … FOR query: what FETCH takes its values from."""
    first = find(phrase, frozenset({"FOR"}), at, phrase.last)
    if first < 0:
        return Said()
    last = find(phrase, frozenset({"FOR"}), first + 1, phrase.last)  # FOR READ ONLY, FOR UPDATE OF a
    tokens = phrase.batch.tokens[first + 1 : last if last > 0 else phrase.last]
    asked = query_of(tokens, phrase)
    return Said((Act(Does.OPENS, (name,), asked.query),), (), asked.reads, asked.unknown)


def set_variable(phrase: Phrase) -> Said | None:
    """SET @x = expression, SET @x += expression, SET @c = CURSOR FOR query."""
    name, at = variable_at(phrase, phrase.first + 1)
    if not name:
        return None
    if phrase.word(at) == ".":  # a method of XML changes it in its place
        return Said()
    compound = phrase.word(at) in OPERATORS
    at += compound
    if phrase.word(at) != "=":
        return None
    if phrase.word(at + 1) == "CURSOR":
        return cursor_query(phrase, name, at + 1)
    asked = value_of(at, at + 1, phrase.last, phrase)
    if compound:
        query = with_own_value(asked.query, name, phrase.place(phrase.first + 1, at - 1))
        asked = asked._replace(query=query)
    return sets((name,), asked)


def select_variables(phrase: Phrase) -> Said | None:
    """SELECT @x = a, @y = b FROM …: the values are outputs whose names are variables."""
    tokens, last = phrase.batch.tokens, phrase.last
    first = _after_top(phrase, phrase.first + 1)
    end = find(phrase, frozenset({"FROM", "INTO", "WHERE"}), first, last)
    names, kept, compounds = list[str](), list[Token](), list[tuple[int, Place]]()
    for begin, stop in split_at(phrase, first, end if end > 0 else last):
        name, at = variable_at(phrase, begin)
        compound = phrase.word(at) in OPERATORS
        if not name or phrase.word(at + compound) != "=":
            return None
        if compound:
            compounds.append((len(names), phrase.place(begin, at)))
        names.append(name)
        kept += tokens[at + compound + 1 : stop]
        kept += tokens[stop : stop + (stop < last and phrase.words[stop] == ",")]
    if not names:
        return None
    rest = tokens[end:last] if end > 0 else []
    asked = query_of([*tokens[phrase.first : first], *kept, *rest], phrase)
    for position, place in compounds:
        asked = asked._replace(query=_adding(asked, position, names[position], place))
    return sets(tuple(names), asked)


def _adding(asked: Asked, position: int, name: str, place: Place) -> Query:
    body = asked.query.body
    if not isinstance(body, Select):
        return asked.query
    one = with_own_value(
        asked.query._replace(body=body._replace(outputs=body.outputs[position : position + 1])), name, place
    )
    assert isinstance(one.body, Select)  # noqa: S101 - it was one
    outputs = (*body.outputs[:position], *one.body.outputs, *body.outputs[position + 1 :])
    return asked.query._replace(body=body._replace(outputs=outputs))


def _after_top(phrase: Phrase, at: int) -> int:
    """Return the token behind DISTINCT, ALL and TOP (n)."""
    while phrase.word(at) in {"DISTINCT", "ALL", "TOP", "PERCENT"}:
        if phrase.word(at) != "TOP":
            at += 1
        elif phrase.word(at + 1) == "(":
            depth, at = 1, at + 2
            while at < phrase.last and depth:
                depth += (phrase.words[at] == "(") - (phrase.words[at] == ")")
                at += 1
        else:
            at += 2
    return at


def fetch(phrase: Phrase) -> Said:
    """FETCH … FROM c INTO @a, @b."""
    at = phrase.first + 1
    while phrase.word(at) in FETCHES_WHAT or phrase.word(at) in {"ABSOLUTE", "RELATIVE"}:
        at += 1 + (phrase.words[at] in {"ABSOLUTE", "RELATIVE"})
    cursor, at = variable_at(phrase, at)
    if not cursor and at < phrase.last:
        cursor, at = fold(phrase.batch.tokens[at].text, phrase.dialect, quoted=False), at + 1
    names = [variable_at(phrase, first)[0] for first, _ in split_at(phrase, at + 1, phrase.last)]
    return Said((Act(Does.FETCHES, (cursor, *names)),))


def leave(phrase: Phrase) -> Said:
    """RETURN, perhaps with a value or a query, THROW, GOTO."""
    leaves = Act(Does.LEAVES)
    if phrase.word(phrase.first) != "RETURN" or phrase.first + 1 >= phrase.last:
        return Said((leaves,))
    asked = returned(phrase, phrase.first)
    if not mentioned(asked.query):
        return Said((leaves,))
    return Said((Act(Does.GIVES, query=asked.query), leaves), (), asked.reads, asked.unknown)


def returned(phrase: Phrase, at: int) -> Asked:
    """Return what stands behind RETURN: a query, in parentheses or not, or an expression."""
    first = at + 1
    while phrase.word(first) == "(":
        first += 1
    if phrase.word(first) in {"SELECT", "WITH"}:
        return query_of(phrase.batch.tokens[at + 1 : phrase.last], phrase)
    return value_of(at, at + 1, phrase.last, phrase)


def column_list(phrase: Phrase, at: int) -> tuple[tuple[Made, ...], int]:
    """Return the plain names in parentheses that begin at a token, and the token behind them."""
    if phrase.word(at) != "(" or phrase.word(at + 1) in {"SELECT", "("}:
        return (), at
    found, tokens = list[Made](), phrase.batch.tokens
    begin = at + 1
    while begin < phrase.last and phrase.words[begin] != ")":
        if phrase.words[begin] != ",":
            token = tokens[begin]
            quoted = token.token_type is TokenType.IDENTIFIER
            found.append(Made(fold(token.text, phrase.dialect, quoted=quoted), token.text))
        begin += 1
    return tuple(found), begin + 1


def arguments(phrase: Phrase, first: int, last: int) -> tuple[Argument, ...]:
    """Return the variables that a call passes: `@p = @x OUTPUT`, or `@x`."""
    found = []
    for begin, stop in split_at(phrase, first, last):
        name, at = variable_at(phrase, begin)
        parameter, variable = "", name
        if name and phrase.word(at) == "=":
            parameter = name
            variable, at = variable_at(phrase, at + 1)
        comes_back = any(word in {"OUTPUT", "OUT"} for word in phrase.words[at:stop])
        found.append(Argument(parameter, variable, comes_back))
    return tuple(found)
