"""EXEC, CALL and EXECUTE: which routine is called, or which SQL is run."""

from typing import NamedTuple

from jobs.engines.lineage.acts import arguments, column_list
from jobs.engines.lineage.assignments import call as plain_call
from jobs.engines.lineage.assignments import variable as plain_variable
from jobs.engines.lineage.dynamic import UNKNOWN, Alternatives, Desk, value, variable
from jobs.engines.lineage.phrases import Phrase, Said, find, split_at, variable_query
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import Act, Does, Write
from jobs.engines.lineage.verbs import SYSTEM_PROCEDURES

EXEC = frozenset({"EXEC", "EXECUTE"})
AROUND = frozenset({"INTO", "USING"})


class Run(NamedTuple):
    """SQL that is run: the texts it may be, what is done before and after, and where its rows go."""

    texts: Alternatives
    before: tuple[Act, ...] = ()
    after: tuple[Act, ...] = ()
    into: Write | None = None
    takes: tuple[str, ...] = ()


def called(phrase: Phrase, desk: Desk) -> Said | Run | None:
    """Return what a statement that calls or runs something does; None for any other statement."""
    word = phrase.word(phrase.first)
    if phrase.dialect == "tsql":
        if word in EXEC:
            return execute(phrase, phrase.first + 1, desk, None)
        return insert_exec(phrase, desk) if word == "INSERT" else None
    if word == "CALL":
        return plain_call(phrase, phrase.first + 1)
    if word == "PREPARE" and phrase.word(phrase.first + 2) == "FROM":
        name = plain_variable(phrase, phrase.first + 1, phrase.first + 2)
        desk.set(name, value(phrase, phrase.first + 3, phrase.last, desk))
        return Said()
    at = phrase.first
    if [phrase.word(at), phrase.word(at + 1)] == ["RETURN", "QUERY"]:
        at += 2
    if phrase.word(at) not in EXEC:
        return None
    return run_string(phrase, at + 1, desk)


def run_string(phrase: Phrase, at: int, desk: Desk) -> Run:
    """EXECUTE [IMMEDIATE] string [INTO variables] [USING values]."""
    at += phrase.word(at) == "IMMEDIATE"
    end = find(phrase, AROUND, at, phrase.last)
    last = end if end > 0 else phrase.last
    into = find(phrase, frozenset({"INTO"}), at, phrase.last)
    takes: tuple[str, ...] = ()
    if into > 0:
        using = find(phrase, frozenset({"USING"}), into, phrase.last)
        parts = split_at(phrase, into + 1, using if using > 0 else phrase.last)
        takes = tuple(plain_variable(phrase, *part) for part in parts)
    return Run(value(phrase, at, last, desk), takes=takes)


def insert_exec(phrase: Phrase, desk: Desk) -> Said | Run | None:
    """Read INSERT INTO t (a, b) EXEC … in full."""
    at = find(phrase, EXEC, phrase.first, phrase.last)
    if at < 0:
        return None
    first = phrase.first + 1 + (phrase.word(phrase.first + 1) == "INTO")
    name, after = name_at(phrase.batch.tokens, first, phrase.last, phrase.dialect)
    columns, _ = column_list(phrase, after)
    if name is None:
        return None
    into = Write(name, None, columns, place=phrase.place(phrase.first, phrase.last))
    return execute(phrase, at + 1, desk, into)


def execute(phrase: Phrase, at: int, desk: Desk, into: Write | None) -> Said | Run:
    """EXEC (string), EXEC sp_executesql string, …, EXEC [@result =] name arguments."""
    tokens, last = phrase.batch.tokens, phrase.last
    if phrase.word(at) == "(":
        close = _closing(phrase, at)
        remote = phrase.word(close + 1) == "AT"
        return Run(UNKNOWN if remote else value(phrase, at + 1, close, desk), into=into)
    _, after = variable(phrase, at)
    if phrase.word(at) == "@" and phrase.word(after) == "=":
        at = after + 1
    if phrase.word(at) == "@":
        return Run(UNKNOWN, into=into)  # the name of a procedure in a variable
    name, at = name_at(tokens, at, last, phrase.dialect)
    if name is None:
        return Run(UNKNOWN, into=into)
    if name.parts[-1].lower() == "sp_executesql":
        return _with_parameters(phrase, at, desk, into)
    if name.parts[-1].lower() in SYSTEM_PROCEDURES:
        return Said()
    end = find(phrase, frozenset({"WITH"}), at, last)
    passed = arguments(phrase, at, end if end > 0 else last)
    return Said((Act(Does.CALLS, called=name, arguments=passed, into=into),), reads=(name,))


def _closing(phrase: Phrase, at: int) -> int:
    depth = 0
    while at < phrase.last:
        depth += (phrase.words[at] == "(") - (phrase.words[at] == ")")
        if depth == 0:
            return at
        at += 1
    return phrase.last


def _with_parameters(phrase: Phrase, at: int, desk: Desk, into: Write | None) -> Run:
    """sp_executesql string, declarations, arguments: what is passed is set before, and comes back behind."""
    parts = list(split_at(phrase, at, phrase.last))
    if not parts:
        return Run(UNKNOWN, into=into)
    first, last = parts[0]
    _, after = variable(phrase, first)
    if phrase.word(first) == "@" and phrase.word(after) == "=":
        first = after + 1
    place = phrase.place(phrase.first, phrase.last)
    before, back = list[Act](), list[Act]()
    passed = arguments(phrase, parts[2][0], phrase.last) if len(parts) > 2 else ()
    declared = _declared(phrase, *parts[1], desk) if len(parts) > 1 else []
    for position, each in enumerate(passed):
        inner = each.parameter or (declared[position] if position < len(declared) else "")
        if inner and each.variable and inner != each.variable:
            before.append(Act(Does.SETS, (inner,), variable_query((each.variable,), place)))
            if each.comes_back:
                back.append(Act(Does.SETS, (each.variable,), variable_query((inner,), place), late=True))
    return Run(value(phrase, first, last, desk), tuple(before), tuple(back), into)


def _declared(phrase: Phrase, first: int, last: int, desk: Desk) -> list[str]:
    """Return the parameters that the second argument declares."""
    texts = value(phrase, first, last, desk)
    if len(texts) != 1 or texts[0] is None:
        return []
    return [
        each.split(maxsplit=1)[0].lower() for each in texts[0].sql.split(",") if each.strip().startswith("@")
    ]
