"""Statements that move whole relations: RENAME, SWAP, SWITCH, EXCHANGE, APPEND, ATTACH, and synonyms."""

from collections.abc import Sequence

from sqlglot import Token

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.routines import name_at
from jobs.engines.lineage.shapes import Name, Place, Query, Select, Source, Star, Write
from jobs.engines.lineage.values import RelationKind

NO_RELATION = word_set("COLUMN CONSTRAINT PARTITION INDEX KEY ATTRIBUTE VALUE SUBPARTITION FIELD")
BEFORE_NAME = word_set("IF EXISTS ONLY TO AS TABLE TABLES VIEW WITH FROM FOR PUBLIC PRIVATE SYNONYM AND NOT")
PARTS = word_set("PARTITION SUBPARTITION PART")


class Mover:
    """The tokens of one statement."""

    def __init__(self, tokens: Sequence[Token], words: Sequence[str], last: int, dialect: str) -> None:
        self.tokens, self.words, self.last, self.dialect = tokens, words, last, dialect

    def name(self, at: int) -> tuple[Name | None, int]:
        """Return the relation that is named at a token, behind words like TO, and the token after it."""
        while at < self.last and self.words[at] in BEFORE_NAME:
            at += 1
        return name_at(self.tokens, at, self.last, self.dialect)

    def after(self, word: str, at: int) -> Name | None:
        """Return the relation behind the next occurrence of a word."""
        found = next((step for step in range(at, self.last) if self.words[step] == word), None)
        return None if found is None else self.name(found + 1)[0]


def moves(
    tokens: Sequence[Token], words: Sequence[str], first: int, last: int, dialect: str
) -> tuple[tuple[Name, Name, bool], ...]:
    """Return from where to where rows move, and whether the target begins to exist.

    Cost: linear in the tokens.
    """
    mover = Mover(tokens, words, last, dialect)
    if words[first] in {"RENAME", "EXCHANGE"}:
        return _pairs(mover, first + 1, swaps=words[first] == "EXCHANGE")
    if words[first] == "CREATE":
        return _synonym(mover, first + 1)
    if words[first : first + 2] == ["ALTER", "SCHEMA"]:
        schema, other = mover.name(first + 2)[0], mover.after("TRANSFER", first)
        return ((other, _inside(schema, other), True),) if schema is not None and other is not None else ()
    name, at = mover.name(first + 1)
    if words[first] != "ALTER" or name is None:
        return ()
    while at < last:
        word, following = words[at], words[at + 1] if at + 1 < last else ""
        if word == "RENAME" and following not in NO_RELATION:
            other = mover.name(at + 1)[0]
            return ((name, _beside(name, other), True),) if other is not None else ()
        if word == "SET" and following == "SCHEMA":
            schema = mover.name(at + 2)[0]
            return ((name, _inside(schema, name), True),) if schema is not None else ()
        found = _altered(mover, at, name)
        if found:
            return found
        at += 1
    return ()


def _altered(mover: Mover, at: int, name: Name) -> tuple[tuple[Name, Name, bool], ...]:
    """Return what the action at a token moves."""
    words = mover.words
    word, following = words[at], words[at + 1] if at + 1 < mover.last else ""
    if word == "SWAP":
        other = mover.name(at + 1)[0]
    elif word == "EXCHANGE" and following in PARTS:
        other = mover.after("TABLE", at)
    elif word == "SWITCH" or (word == "MOVE" and following in PARTS and "TABLE" in words[at : mover.last]):
        other = mover.after("TO", at)
        return ((name, other, False),) if other is not None else ()
    elif word == "APPEND" or (word in {"REPLACE", "ATTACH"} and following in PARTS):
        other = mover.after("FROM", at)
        if other is None and word == "ATTACH" and mover.dialect == "postgres":
            other = mover.name(at + 2)[0]
        return ((other, name, False),) if other is not None else ()
    else:
        return ()
    return ((name, other, False), (other, name, False)) if other is not None else ()


def _pairs(mover: Mover, at: int, *, swaps: bool) -> tuple[tuple[Name, Name, bool], ...]:
    """RENAME TABLE a TO b, c TO d, and EXCHANGE TABLES a AND b."""
    found: list[tuple[Name, Name, bool]] = []
    while at < mover.last:
        name, at = mover.name(at)
        other, at = mover.name(at)
        if name is None or other is None:
            break
        found.append((name, other, not swaps))
        if swaps:
            found.append((other, name, False))
        at += 1
    return tuple(found)


def _synonym(mover: Mover, at: int) -> tuple[tuple[Name, Name, bool], ...]:
    """CREATE SYNONYM a FOR b: reading `a` is reading `b`."""
    while at < mover.last and mover.words[at] != "SYNONYM":
        at += 1
    name, at = mover.name(at)
    other = mover.after("FOR", at)
    return ((other, name, True),) if name is not None and other is not None else ()


def _beside(name: Name, other: Name | None) -> Name:
    """Return a new name: without a schema it stays in that of the old one."""
    assert other is not None  # noqa: S101 - callers look first
    if len(other.parts) > 1 or len(name.parts) == 1:
        return other
    schema = name.spelled.rpartition(".")[0]
    return Name((*name.parts[:-1], *other.parts), f"{schema}.{other.spelled}")


def _inside(schema: Name, name: Name) -> Name:
    """Return a name in another schema."""
    return Name((*schema.parts, name.parts[-1]), f"{schema.spelled}.{name.spelled.rpartition('.')[2]}")


def moved(found: Sequence[tuple[Name, Name, bool]], verb: str, place: Place) -> tuple[Write, ...]:
    """Return what moving rows writes: every column becomes the one of the same name."""
    kind = RelationKind.VIEW if verb.endswith(("SYNONYM", "VIEW")) else RelationKind.TABLE
    return tuple(
        Write(to, kind if begins else None, (), all_of(name, place), by_name=True, place=place, weak=begins)
        for name, to, begins in found
    )


def all_of(name: Name, place: Place, *, like: Name | None = None) -> Query:
    """Return the query that reads all of a relation, with its columns called as those of another one."""
    body = Select(
        (Source("", relation=name, like=like),), (Star("", (), (), (), place),), (),
        distinct=False, lateral_aliases=False, merged_first=False, place=place,
    )  # fmt: skip
    return Query((), body)
