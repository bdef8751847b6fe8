"""Which types hold what others hold, as far as their names tell."""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

TYPE = re.compile(r"([^()]*)(?:\(([^()]*)\)([^()]*))?")
SAME = {
    "integer": "int",
    "int4": "int",
    "int8": "bigint",
    "int2": "smallint",
    "long": "bigint",
    "bool": "boolean",
    "numeric": "decimal",
    "dec": "decimal",
    "number": "decimal",
    "character varying": "varchar",
    "char varying": "varchar",
    "varchar2": "varchar",
    "nvarchar2": "nvarchar",
    "string": "text",
    "character": "char",
    "float8": "double",
    "double precision": "double",
    "float4": "real",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}
WHOLE = ("tinyint", "smallint", "int", "bigint", "hugeint")
BROKEN = ("real", "float", "double")
TEXTS = ("char", "nchar", "varchar", "nvarchar", "text", "ntext", "clob")
UNBOUNDED = 1 << 40  # characters of a type that names no length, or MAX
DIGITS = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 19, "hugeint": 39}


class Fit(Enum):
    """How a type fits what another one held."""

    SAME = "the same"
    WIDER = "it holds all of it, and more"
    NARROWER = "it is of the same sort, and holds less"
    OTHER = "it is of another sort"


class Type(NamedTuple):
    """A type's word, its numbers, and what stands behind them."""

    word: str
    numbers: tuple[str, ...]
    rest: str


def read_type(text: str) -> Type:
    """Return a type by its parts, whatever its capitals and blanks.

    >>> read_type("Decimal( 10,2 )")
    Type(word='decimal', numbers=('10', '2'), rest='')
    """
    found = TYPE.fullmatch(text)
    if found is None:  # nested, such as STRUCT<a DECIMAL(1, 2), b INT>
        return Type("".join(text.lower().split()), (), "")
    word, numbers, rest = found.groups()
    plain, behind = (" ".join((part or "").lower().split()) for part in (word, rest))
    whole = SAME.get(plain, plain) if not behind else SAME.get(f"{plain} {behind}", plain)
    if whole != plain and behind and f"{plain} {behind}" in SAME:
        behind = ""
    listed = tuple(each.strip().lower() for each in numbers.split(",")) if numbers else ()
    return Type(whole, listed, behind)


@lru_cache(maxsize=1_000)
def fit(before: str, after: str) -> Fit:
    """Return how one type fits what another one held.

    >>> fit("INT", "bigint").name, fit("VARCHAR(20)", "varchar(10)").name, fit("DATE", "INT").name
    ('WIDER', 'NARROWER', 'OTHER')
    """
    old, new = read_type(before), read_type(after)
    if old == new:
        return Fit.SAME
    if old.rest != new.rest:
        return Fit.OTHER
    if old.word in TEXTS and new.word in TEXTS:
        return _texts(old, new)
    if old.word in WHOLE and new.word in WHOLE:
        return Fit.WIDER if WHOLE.index(old.word) < WHOLE.index(new.word) else Fit.NARROWER
    if old.word in BROKEN and new.word in BROKEN:
        return Fit.WIDER if BROKEN.index(old.word) < BROKEN.index(new.word) else Fit.NARROWER
    held, holds = _digits(old), _digits(new)
    if held is None or holds is None:
        return Fit.OTHER
    return Fit.WIDER if holds[0] >= held[0] and holds[1] >= held[1] else Fit.NARROWER


def _texts(old: Type, new: Type) -> Fit:
    lengths = [_length(each) for each in (old, new)]
    national = [each.word.startswith("n") for each in (old, new)]
    if lengths[1] < lengths[0] or (national[0] and not national[1]):
        return Fit.NARROWER
    return Fit.WIDER


def _length(of: Type) -> int:
    if of.numbers and of.numbers[0].split(" ")[0].isdecimal():
        return int(of.numbers[0].split(" ")[0])
    return 1 if of.word in {"char", "nchar"} else UNBOUNDED


def _digits(of: Type) -> tuple[int, int] | None:
    """Digits before and behind the point; None of what is no number of so many."""
    if of.word in DIGITS:
        return DIGITS[of.word], 0
    if of.word != "decimal" or not all(each.isdecimal() for each in of.numbers):
        return None
    if not of.numbers:
        return UNBOUNDED, UNBOUNDED
    total, behind = int(of.numbers[0]), int(of.numbers[1]) if len(of.numbers) > 1 else 0
    return total - behind, behind
