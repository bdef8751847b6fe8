"""What stands before the body of a routine: its name, parameters and result, the table of a trigger."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlglot import TokenType

from jobs.engines.lineage.dialects import fold, word_set
from jobs.engines.lineage.phrases import Phrase, split_at
from jobs.engines.lineage.plain import columns_between
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import Made, Name, Parameter
from jobs.engines.lineage.split import CREATE_NOISE
from jobs.engines.lineage.values import RelationKind

KINDS = {"PROCEDURE": RelationKind.PROCEDURE, "PROC": RelationKind.PROCEDURE, "FUNCTION": RelationKind.FUNCTION}
BODY_BEGINS = word_set("BEGIN RETURN DECLARE")
STATEMENTS = word_set("BEGIN SELECT INSERT UPDATE DELETE REPLACE WITH RETURN CALL SET IF MERGE")  # of MySQL
MODES = word_set("IN OUT INOUT VARIADIC NOCOPY")
OURS = frozenset({"", "SQL", "PLPGSQL", "PLSQL"})
STRINGS = frozenset(
    {TokenType.STRING, TokenType.HEREDOC_STRING, TokenType.NATIONAL_STRING, TokenType.RAW_STRING}
)


@dataclass(slots=True)
class Header:
    """What a header says. `body` is the first token of the body; `quoted` the token of a body in quotes."""

    name: Name | None = None
    kind: RelationKind | None = None
    body: int = 0
    quoted: int = -1
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[Made, ...] = ()
    like: Name | None = None
    gives_rows: bool = False
    returned: str = ""
    fires_on: Name | None = None
    runs: Name | None = None
    language: str = ""

    def is_sql(self) -> bool:
        """Whether the body is SQL."""
        return self.language in OURS


class Stop(NamedTuple):
    """A keyword outside of parentheses."""

    at: int
    word: str


def header_of(phrase: Phrase) -> Header:
    """Return what a CREATE or ALTER of a routine says before its body. Cost: linear in the header."""
    at = phrase.first + (phrase.word(phrase.first) in {"CREATE", "ALTER"})
    while phrase.word(at) in CREATE_NOISE or phrase.word(at) == "TABLE":
        at += 1
    header = Header(kind=KINDS.get(phrase.word(at)), gives_rows=phrase.word(at - 1) == "TABLE")
    is_trigger, is_package = phrase.word(at) in {"TRIGGER", "RULE"}, phrase.word(at) == "PACKAGE"
    is_rule = phrase.word(at) == "RULE"
    at += 1 + (is_package and phrase.word(at + 1) == "BODY")
    while phrase.word(at) in {"IF", "NOT", "EXISTS"}:
        at += 1
    header.name, at = name_at(phrase.batch.tokens, at, phrase.last, phrase.dialect)
    header.body = phrase.last
    if is_rule:
        _rule(header, phrase, at)
    elif is_trigger:
        _trigger(header, phrase, at)
    elif phrase.dialect == "tsql":
        _transact(header, phrase, at)
    else:
        _standard(header, phrase, at)
    return header


def _trigger(header: Header, phrase: Phrase, at: int) -> None:
    """TRIGGER … ON table …; where FUNCTION follows, that is what it runs."""
    header.kind, name = None, header.name
    header.name = None
    tokens, depth = phrase.batch.tokens, 0
    while at < phrase.last:
        word = phrase.words[at]
        depth += (word == "(") - (word == ")")
        if depth == 0 and word == "ON" and header.fires_on is None:
            header.fires_on, at = name_at(tokens, at + 1, phrase.last, phrase.dialect)
            continue
        if depth == 0 and word in {"FUNCTION", "PROCEDURE"} and phrase.word(at - 1) == "EXECUTE":
            header.runs, _ = name_at(tokens, at + 1, phrase.last, phrase.dialect)
            return
        if depth == 0 and _trigger_begins(phrase, at):
            header.body = at + (word == "AS")
            return
        at += 1
    header.name = name if header.fires_on is None else None


def _rule(header: Header, phrase: Phrase, at: int) -> None:
    """RULE … AS ON INSERT TO table DO ALSO statement, of PostgreSQL, or several in parentheses."""
    header.kind = header.name = None
    while at < phrase.last and phrase.word(at) not in {"TO", "DO"}:
        at += 1
    if phrase.word(at) == "TO":
        header.fires_on, at = name_at(phrase.batch.tokens, at + 1, phrase.last, phrase.dialect)
    while at < phrase.last and phrase.word(at) != "DO":
        at += 1
    at += 1 + (phrase.word(at + 1) in {"ALSO", "INSTEAD"})
    header.body = min(at + (phrase.word(at) == "("), phrase.last)


def _trigger_begins(phrase: Phrase, at: int) -> bool:
    word = phrase.words[at]
    if phrase.dialect == "tsql":
        return word == "AS" and phrase.word(at - 1) not in {"EXECUTE", "EXEC"}
    if phrase.dialect == "oracle":
        return word in {"BEGIN", "DECLARE"}
    if phrase.dialect == "sqlite":
        return word == "BEGIN"
    return phrase.word(at - 3) == "FOR" and phrase.word(at - 1) == "ROW" and phrase.dialect != "postgres"


def _transact(header: Header, phrase: Phrase, at: int) -> None:
    """Read `@a int = 1, @b dbo.Lines READONLY`, RETURNS and options up to AS."""
    depth, returns = 0, False
    parameters, tokens = list[Parameter](), phrase.batch.tokens
    while at < phrase.last:
        word, before = phrase.words[at], phrase.words[at - 1]
        depth += (word == "(") - (word == ")")
        if word == "RETURNS" and depth == 0:
            returns = True
        elif word == "@" and returns and not header.returned and at + 1 < len(tokens):
            header.returned = "@" + fold(tokens[at + 1].text, phrase.dialect, quoted=False)
            header.columns = columns_between(tokens, phrase.words, at + 3, phrase.last, phrase.dialect)
            header.gives_rows = True
            at += 1
        elif word == "TABLE" and returns and before == "RETURNS":
            header.gives_rows = True
        elif (
            word == "@"
            and not returns
            and at + 1 < len(tokens)
            and phrase.word(at + 1) == ""
            and before in {"(", ",", ""} | _numbers(phrase, at)
        ):
            parameters.append(_parameter(phrase, at))
            at += 2 + (phrase.word(at + 2) == "AS")
            continue
        elif depth == 0 and word == "AS" and before not in {"EXECUTE", "EXEC"}:
            header.body = at + 1
            break
        elif depth == 0 and returns and word in BODY_BEGINS:
            header.body = at
            break
        at += 1
    header.parameters = tuple(parameters)


def _numbers(phrase: Phrase, at: int) -> set[str]:
    """Return the word before the first parameter, which is the last one of the name."""
    return {phrase.words[at - 1]} if phrase.word(at - 2) in {"PROCEDURE", "PROC", ".", ";"} else set()


def _parameter(phrase: Phrase, at: int) -> Parameter:
    tokens = phrase.batch.tokens
    name = "@" + fold(tokens[at + 1].text, phrase.dialect, quoted=False)
    after = at + 2 + (phrase.word(at + 2) == "AS")
    of_type, after = name_at(tokens, after, phrase.last, phrase.dialect)
    return Parameter(name, of_type if phrase.word(after) == "READONLY" else None)


def _standard(header: Header, phrase: Phrase, at: int) -> None:
    """Read the parameters in parentheses, what is returned, and options, up to the body."""
    tokens = phrase.batch.tokens
    if phrase.word(at) == "(":
        close = closing(phrase, at)
        header.parameters = tuple(
            _plain_parameter(phrase, *part) for part in split_at(phrase, at + 1, close) if part[0] < part[1]
        )
        header.columns = _given_back(phrase, at + 1, close)
        at = close + 1
    while at < phrase.last:
        word = phrase.words[at]
        if word == "(":
            at = closing(phrase, at) + 1
            continue
        if word in {"RETURNS", "RETURN"} and phrase.word(at + 1) in {"TABLE", "SETOF"}:
            at = _returns(header, phrase, at)
            continue
        if word == "LANGUAGE":
            header.language = tokens[at + 1].text.upper() if at + 1 < phrase.last else ""
        elif word in {"AS", "IS"} and at + 1 < phrase.last and tokens[at + 1].token_type in STRINGS:
            header.quoted = at + 1
            at += 1
        elif word in {"AS", "IS"} and header.quoted < 0:
            header.body = at + 1
            return
        elif (word == "BEGIN" and header.quoted < 0) or (
            phrase.dialect == "mysql" and word in STATEMENTS and not _is_option(phrase, at)
        ):
            header.body = at
            return
        at += 1


def _is_option(phrase: Phrase, at: int) -> bool:
    return phrase.word(at) == "SET" and phrase.word(at - 1) in {"CHARACTER", "CHAR"}


def _plain_parameter(phrase: Phrase, first: int, last: int) -> Parameter:
    while first < last - 1 and phrase.words[first] in MODES:
        first += 1
    token = phrase.batch.tokens[first]
    quoted = token.token_type is TokenType.IDENTIFIER
    return Parameter(fold(token.text, phrase.dialect, quoted=quoted))


def _given_back(phrase: Phrase, first: int, last: int) -> tuple[Made, ...]:
    """Return the OUT parameters, which PostgreSQL gives back as columns."""
    if phrase.dialect != "postgres":
        return ()
    found = []
    for begin, _ in split_at(phrase, first, last):
        if phrase.word(begin) in {"OUT", "INOUT"}:
            token = phrase.batch.tokens[begin + 1]
            found.append(Made(fold(token.text, phrase.dialect, quoted=False), token.text))
    return tuple(found)


def _returns(header: Header, phrase: Phrase, at: int) -> int:
    """RETURNS TABLE (a int), RETURNS SETOF t."""
    header.gives_rows = True
    if phrase.word(at + 1) == "TABLE" and phrase.word(at + 2) == "(":
        header.columns = columns_between(phrase.batch.tokens, phrase.words, at + 2, phrase.last, phrase.dialect)
        return closing(phrase, at + 2) + 1
    if phrase.word(at + 1) == "SETOF":
        header.like, at = name_at(phrase.batch.tokens, at + 2, phrase.last, phrase.dialect)
        return at
    return at + 2


def closing(phrase: Phrase, at: int) -> int:
    """Return the parenthesis that closes the one at a token, or the last token."""
    depth = 0
    while at < phrase.last:
        depth += (phrase.words[at] == "(") - (phrase.words[at] == ")")
        if depth == 0:
            return at
        at += 1
    return phrase.last - 1
