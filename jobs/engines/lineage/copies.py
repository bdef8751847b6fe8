"""COPY, UNLOAD, EXPORT and LOAD: between relations and files, which are relations that nothing here defines."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlglot import Token, TokenType

from jobs.engines.lineage.dialects import fold, word_set
from jobs.engines.lineage.functions import file
from jobs.engines.lineage.moves import all_of
from jobs.engines.lineage.rewrites import after_group
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import Made, Name, Output, Place, Query, Select, Source, Use, Write
from jobs.engines.lineage.values import RelationKind, Subtype

STRINGS = frozenset(
    {TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.RAW_STRING, TokenType.HEREDOC_STRING}
)
PATHS = word_set("URI URIS")
CLIENT = word_set("STDIN STDOUT PROGRAM")
PASSED_OVER = word_set("TABLE LOCAL INTO OVERWRITE INSERT DATA IGNORE REPLACE BINARY")


class Transfer(NamedTuple):
    """A copy. Each end is a relation or a file; or the source is a query, in tokens or in one string."""

    target: Name
    columns: tuple[Made, ...] = ()
    source: Name | None = None  # none, nor a query: the client sends the rows
    query: tuple[int, int] | None = None
    text: int | None = None  # the token of a string that holds SQL


class Copier:
    """The tokens of one statement."""

    def __init__(self, tokens: Sequence[Token], words: Sequence[str], last: int, dialect: str) -> None:
        self.tokens, self.words, self.last, self.dialect = tokens, words, last, dialect

    def at(self, word: str, first: int) -> int | None:
        """Return where a word stands outside of parentheses, from a token on."""
        depth = 0
        for step in range(first, self.last):
            depth += (self.words[step] == "(") - (self.words[step] == ")")
            if depth == 0 and self.words[step] == word:
                return step
        return None

    def end(self, at: int) -> tuple[Name | None, int]:
        """Return the relation, the stage or the file that stands at a token, and the token after it."""
        while at < self.last and self.words[at] in PASSED_OVER:
            at += 1
        if at >= self.last:
            return None, at
        token = self.tokens[at]
        if token.token_type in STRINGS:
            return file(token.text), at + 1
        if token.text == "@":
            return self._stage(at)
        return name_at(self.tokens, at, self.last, self.dialect)

    def _stage(self, at: int) -> tuple[Name, int]:
        """Return a stage of Snowflake with its path: all tokens that no blank divides."""
        first = at
        at += 1
        while (
            at < self.last
            and self.tokens[at].start == self.tokens[at - 1].end + 1
            and self.words[at] not in {")", "("}
        ):
            at += 1
        path = "".join(token.text for token in self.tokens[first:at])
        return file(path), at

    def columns(self, at: int) -> tuple[tuple[Made, ...], int]:
        """Return the column list in parentheses at a token; none for a query."""
        if at >= self.last or self.words[at] != "(" or self.words[at + 1] in {"SELECT", "WITH"}:
            return (), at
        end = after_group(self.words, at)
        inner = self.tokens[at + 1 : end - 1]
        plain = [token for token in inner if token.token_type is not TokenType.COMMA]
        if len(plain) * 2 - 1 != len(inner):
            return (), end
        return tuple(
            Made(fold(token.text, self.dialect, quoted=token.token_type is TokenType.IDENTIFIER), token.text)
            for token in plain
        ), end

    def path(self, first: int) -> Name | None:
        """Return the file that an option names: uri = '…', uris = ['…']."""
        for at in range(first, self.last - 2):
            if self.words[at] in PATHS and self.words[at + 1] == "=":
                string = at + 2 + (self.words[at + 2] == "[")
                if self.tokens[string].token_type in STRINGS:
                    return file(self.tokens[string].text)
        return None


def transfer(
    tokens: Sequence[Token], words: Sequence[str], first: int, last: int, dialect: str
) -> Transfer | None:
    """Return what a statement copies between relations and files; None if it is not understood."""
    copier = Copier(tokens, words, last, dialect)
    verb, following = words[first], words[first + 1 : first + 2]
    if verb == "COPY":
        return _copied(copier, first + 1)
    if verb == "UNLOAD":
        return _unloaded(copier, first + 1)
    if verb == "EXPORT" and following == ["DATA"]:
        query, path = copier.at("AS", first), copier.path(first)
        return Transfer(path, query=(query + 1, last)) if path is not None and query is not None else None
    if verb == "LOAD" and following == ["DATA"]:
        return _loaded(copier, first)
    if verb == "BULK":
        target, at = copier.end(first + 1)
        source = copier.at("FROM", at)
        return _from(copier, target, (), source)
    if verb == "INSERT" and "DIRECTORY" in words[first : first + 4]:
        at = words.index("DIRECTORY", first) + 1
        query = copier.at("SELECT", at)
        path, _ = copier.end(at)
        return Transfer(path, query=(query, last)) if path is not None and query is not None else None
    return None


def _copied(copier: Copier, at: int) -> Transfer | None:
    """COPY and COPY INTO, in both directions."""
    words = copier.words
    into = words[at : at + 1] == ["INTO"]
    if words[at : at + 1] == ["("]:  # COPY (SELECT …) TO
        end = after_group(words, at)
        to = copier.at("TO", end)
        target = copier.end(to + 1)[0] if to is not None else None
        return Transfer(target, query=(at + 1, end - 1)) if target is not None and target.file else None
    name, at = copier.end(at)
    columns, at = copier.columns(at)
    if name is None:
        return None
    to = None if into else copier.at("TO", at)
    if to is not None:
        target = copier.end(to + 1)[0]
        if target is None or not target.file:
            return None
        return Transfer(target, columns, name)
    return _from(copier, name, columns, copier.at("FROM", at))


def _from(copier: Copier, target: Name | None, columns: tuple[Made, ...], at: int | None) -> Transfer | None:
    if target is None or at is None:
        return None
    at += 1
    if copier.words[at : at + 1] and copier.words[at] in CLIENT:  # rows that nobody here can know
        return Transfer(target, columns)
    if copier.words[at : at + 1] == ["("]:
        end = after_group(copier.words, at)
        return Transfer(target, columns, query=(at + 1, end - 1))
    source = copier.end(at)[0]
    if source is None or (not source.file and not target.file):
        return None
    return Transfer(target, columns, source)


def _unloaded(copier: Copier, at: int) -> Transfer | None:
    """UNLOAD ('SELECT …') TO 'path': the query is a string; UNLOAD (SELECT …) TO 'path'."""
    if copier.words[at : at + 1] != ["("]:
        return None
    end = after_group(copier.words, at)
    to = copier.at("TO", end)
    target = copier.end(to + 1)[0] if to is not None else None
    if target is None or not target.file:
        return None
    if copier.tokens[at + 1].token_type in STRINGS:
        return Transfer(target, text=at + 1)
    return Transfer(target, query=(at + 1, end - 1))


def _loaded(copier: Copier, at: int) -> Transfer | None:
    """LOAD DATA INFILE 'f' INTO TABLE t (a), LOAD DATA INPATH 'p' INTO TABLE t, LOAD DATA … FROM FILES (…)."""
    words = copier.words
    file_at = next((step for step in range(at, copier.last) if words[step] in {"INFILE", "INPATH"}), None)
    into = next((step for step in range(at, copier.last) if words[step] in {"INTO", "OVERWRITE"}), None)
    if into is None:
        return None
    target, after = copier.end(into)
    source = copier.end(file_at + 1)[0] if file_at is not None else copier.path(after)
    if target is None or source is None:
        return None
    columns = copier.columns(after)[0]
    return Transfer(target, columns if file_at is not None else (), source)


def copied(found: Transfer, place: Place) -> Write:
    """Return what a copy between relations and files writes, where no query is to be read for it."""
    target, columns, source = found.target, found.columns, found.source
    if source is None:
        return filled(found, place)
    if target.file:
        query = all_of(source, place)
        if columns:
            uses = [
                Use("", each.name, each.spelled, Subtype.IDENTITY, masking=False, place=place)
                for each in columns
            ]
            outputs = tuple(
                Output(each.name, each.spelled, (use,), place) for each, use in zip(columns, uses, strict=True)
            )
            query = _over(source, outputs, place)
        return filled(found, place)._replace(query=query)
    if columns:
        whole = Use("", "", "*", Subtype.IDENTITY, masking=False, place=place)
        outputs = tuple(Output(each.name, each.spelled, (whole,), place) for each in columns)
        return Write(target, None, columns, _over(source, outputs, place), place=place)
    return Write(target, None, (), all_of(source, place, like=target), by_name=True, place=place)


def filled(found: Transfer, place: Place) -> Write:
    """Return a write of a relation, or of a file, which gets its columns from what is written."""
    if found.target.file:
        return Write(found.target, RelationKind.EXTERNAL, by_name=True, place=place, weak=True)
    return Write(found.target, None, found.columns, place=place)


def _over(source: Name, outputs: tuple[Output, ...], place: Place) -> Query:
    body = Select(
        (Source("", relation=source),), outputs, (),
        distinct=False, lateral_aliases=False, merged_first=False, place=place,
    )  # fmt: skip
    return Query((), body)
