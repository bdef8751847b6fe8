"""Where statements begin and end. In T-SQL mostly without semicolons, so that keywords have to tell."""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import NamedTuple

from sqlglot import Token, TokenType

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.regions import CLOSE, OPEN

QUOTED = frozenset(
    {
        TokenType.IDENTIFIER,
        TokenType.STRING,
        TokenType.NATIONAL_STRING,
        TokenType.RAW_STRING,
        TokenType.HEREDOC_STRING,
    }
)
ROUTINES = frozenset({"PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "PACKAGE"})
CREATE_NOISE = frozenset(
    {"OR", "REPLACE", "ALTER", "TEMP", "TEMPORARY", "GLOBAL", "LOCAL", "EDITIONABLE", "DEFINER"}
)
LOOP_ENDS = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})
STARTS = word_set(
    "ALTER BACKUP BEGIN BREAK BULK CLOSE COMMIT CONTINUE CREATE DBCC DEALLOCATE DECLARE DELETE DENY DROP "
    "ELSE END EXEC EXECUTE FETCH GOTO GRANT IF INSERT MERGE OPEN PRINT RAISERROR RESTORE RETURN REVOKE "
    "ROLLBACK SAVE SELECT SET THROW TRUNCATE UPDATE USE WAITFOR WHILE WITH"
)
OPENS, CLOSES = word_set("( [ {"), word_set(") ] }")
WATCHED = STARTS | OPENS | CLOSES | {"CASE", ";", ":", "VALUES", "VIEW"}
PREFIXES = frozenset(
    {"IF", "WHILE", "ELSE", "BEGIN", "END"}
)  # they lead a statement, and are none by themselves
GLUE = word_set("UNION ALL EXCEPT INTERSECT AS FOR THEN ON AFTER OF , OR GRANT DENY REVOKE WITH = . ROW ROWS")
FILLS = word_set("SELECT EXEC EXECUTE VALUES")  # what gives an INSERT its rows
CHANGES = word_set("UPDATE DELETE MERGE")
VARIABLE = frozenset({TokenType.PARAMETER, TokenType.HASH})
NO_KEYWORDS = QUOTED | VARIABLE  # themselves, or what stands behind them
OBJECTS = word_set(
    "TABLE VIEW PROCEDURE PROC FUNCTION TRIGGER INDEX SCHEMA DATABASE TYPE SEQUENCE SYNONYM USER ROLE "
    "LOGIN UNIQUE CLUSTERED NONCLUSTERED OR STATISTICS RULE DEFAULT"
)


class Stretch(NamedTuple):
    """The tokens from `first` up to, not including, `last` that make up one statement."""

    first: int
    last: int


def words_of(tokens: Sequence[Token]) -> list[str]:
    """Return the tokens in capitals; quoted ones become empty, so that no name is taken for a keyword.

    So does what stands behind `@` or `#`.
    """
    kinds, words = [token.token_type for token in tokens], [token.text.upper() for token in tokens]
    for at in compress(range(len(kinds)), map(NO_KEYWORDS.__contains__, kinds)):
        if kinds[at] in QUOTED:
            words[at] = ""
        elif at + 1 < len(words) and words[at + 1] not in {"@", "#"}:
            words[at + 1] = ""
    return words


def stretches(tokens: Sequence[Token], words: Sequence[str], dialect: str) -> Iterator[Stretch]:
    """Yield the statements of a batch. Cost: linear in the tokens."""
    first = 0
    while first < len(tokens):
        if tokens[first].token_type is TokenType.SEMICOLON:
            first += 1
            continue
        routine = is_routine(words, first)
        if dialect == "tsql":
            last = len(tokens) if routine else end_by_keyword(tokens, words, first)
        else:
            last = end_of_routine(tokens, words, first, dialect) if routine else end_by_semicolon(words, first)
        yield Stretch(first, last)
        first = last


def is_routine(words: Sequence[str], first: int) -> bool:
    """Whether a statement creates or alters a procedure, function or trigger."""
    if words[first] not in {"CREATE", "ALTER"}:
        return False
    at = first + 1
    while at < len(words) and words[at] in CREATE_NOISE:
        at += 1
    at += words[at : at + 2] == ["TABLE", "FUNCTION"]
    if words[at : at + 1] == ["RULE"]:  # of PostgreSQL; T-SQL's are conditions
        return words[at + 2 : at + 4] == ["AS", "ON"]
    return at < len(words) and words[at] in ROUTINES


def end_by_semicolon(words: Sequence[str], at: int) -> int:
    """Return the next semicolon. Inside parentheses it ends a statement too: no valid SQL has one there."""
    try:
        return words.index(";", at)
    except ValueError:
        return len(words)


def end_of_routine(tokens: Sequence[Token], words: Sequence[str], at: int, dialect: str) -> int:
    """Return the semicolon that ends a routine: the first one outside of its blocks."""
    package = "PACKAGE" in words[at : at + 6] and dialect == "oracle"
    depth, begun = int(package), dialect != "oracle" or package
    while at < len(tokens):
        word = words[at]
        if word == "BEGIN":
            depth, begun = depth + 1, True
        elif word == "DECLARE" and not depth:
            begun = False
        elif word == "/" and words[at - 1] == ";" and dialect == "oracle":
            return at
        elif word == "CASE" and words[at - 1] != "END":
            depth += 1
        elif word == "END" and (at + 1 == len(words) or words[at + 1] not in LOOP_ENDS):
            depth -= 1
        elif tokens[at].token_type is TokenType.SEMICOLON and depth <= 0 and begun:
            return at
        at += 1
    return at


def end_by_keyword(tokens: Sequence[Token], words: Sequence[str], first: int) -> int:
    """Return where a T-SQL statement ends: at a semicolon, or before a keyword that cannot belong to it.

    IF and WHILE with their conditions, BEGIN, ELSE and END belong to the statement after them.
    """
    head = head_of(tokens, words, first)
    if head >= len(tokens) or tokens[head].token_type is TokenType.SEMICOLON:
        return min(head, len(tokens))
    depth = cases = 0
    seen: set[str] = {words[head]}
    at = head + 1
    while at < len(tokens):
        word = words[at]
        if word not in WATCHED:
            pass
        elif word == ";":
            return at
        elif word in OPENS:
            depth += 1
        elif word in CLOSES:
            depth = max(depth - 1, 0)
        elif word == "CASE":
            cases += 1
        elif word == "END" and cases:
            cases -= 1
        elif not depth and not (cases and word in STARTS) and ends(words, at, head, seen):
            return at - (word == ":")
        at += 1
    return len(tokens)


def ends(words: Sequence[str], at: int, head: int, seen: set[str]) -> bool:
    """Whether a statement that acts from `head` on ends before a keyword, or before a label and its colon."""
    word = words[at]
    if word == ":":
        return at > head + 1 and is_label(words, at - 1) and words[at - 2] != ":"
    if word in STARTS and starts(words, at, words[head], seen):
        return True
    seen.add(word)
    return False


def starts(words: Sequence[str], at: int, verb: str, seen: set[str]) -> bool:
    """Whether the keyword at `at`, outside of parentheses, must begin another statement.

    These words are reserved: where none of the rules lets a statement go on with one, it has ended.
    """
    word, before, after = words[at], words[at - 1], words[at + 1] if at + 1 < len(words) else ""
    if verb in PREFIXES:
        return True
    if (before in GLUE and not (before == "ON" and verb == "SET")) or verb in {"GRANT", "DENY", "REVOKE"}:
        return False
    if word == "SELECT":
        takes = verb == "INSERT" or (verb == "WITH" and not seen & CHANGES) or "VIEW" in seen
        return not takes or bool(seen & FILLS)
    if word == "WITH":
        return (
            after != "("
            and at + 2 < len(words)
            and words[at + 2] in {"AS", "("}
            and verb not in {"INSERT", "CREATE"}
        )
    if word == "SET":
        return before != "UPDATE" and verb not in {"MERGE", "ALTER"} and ("UPDATE" not in seen or "SET" in seen)
    if word in {"INSERT", "UPDATE", "DELETE", "MERGE"}:
        return (
            before != "BULK"
            and after != "("
            and not (verb == "WITH" and not seen & ({"SELECT", "INSERT"} | CHANGES))
        )
    if word in {"EXEC", "EXECUTE"}:
        return not (verb == "INSERT" and not seen & FILLS)
    if word in {"DROP", "ALTER", "CREATE"}:
        return verb != "ALTER" or after in OBJECTS
    return word != "IF" or before not in OBJECTS


def head_of(tokens: Sequence[Token], words: Sequence[str], first: int) -> int:
    """Return where a T-SQL statement begins to act: after IF or WHILE with a condition, BEGIN, END, a label."""
    at = first
    while at < len(words) and (words[at] in PREFIXES or is_label(words, at)):
        word = words[at]
        following = words[at + 1] if at + 1 < len(words) else ""
        if word == "BEGIN" and following in {"TRAN", "TRANSACTION", "DISTRIBUTED"}:
            return at
        at += 1 + ((following in {"TRY", "CATCH"} and word in {"BEGIN", "END"}) or following == ":")
        if word in {"IF", "WHILE"}:
            at = after_condition(tokens, words, at)
    return at


def is_label(words: Sequence[str], at: int) -> bool:
    """Whether a label that GOTO may name stands here."""
    return words[at + 1 : at + 2] == [":"] and words[at][:1].isalpha() and words[at] not in STARTS


def after_condition(tokens: Sequence[Token], words: Sequence[str], at: int) -> int:
    """Return the token after the condition of IF or WHILE: the first keyword that acts, outside parentheses."""
    depth = cases = 0
    while at < len(tokens):
        kind, word = tokens[at].token_type, words[at]
        if kind in OPEN:
            depth += 1
        elif kind in CLOSE:
            depth -= 1
        elif word == "CASE":
            cases += 1
        elif word == "END" and cases:
            cases -= 1
        elif kind is TokenType.SEMICOLON or (depth <= 0 and not cases and acts(words, at)):
            return at
        at += 1
    return at


def acts(words: Sequence[str], at: int) -> bool:
    """Whether a keyword behind a condition begins what is done; `IF UPDATE(column)` is still the condition."""
    return words[at] in STARTS and words[at] != "WITH" and words[at : at + 2] != ["UPDATE", "("]
