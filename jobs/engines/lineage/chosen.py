"""Which columns a star shows that chooses them by name: COLUMNS('a.*'), * LIKE 'a%', COLUMNS(['a', 'b'])."""

import re
from functools import cache
from typing import NamedTuple

PLAIN = re.compile(r"[\w\s^$|.()\[\]*+?-]*", re.ASCII)
QUANTIFIER = re.compile(r"[*+?]")
MAX_QUANTIFIERS = 2  # so that no pattern costs more than the square of a name's length
MAX_NAME = 200  # characters of a name that is compared


class Choice(NamedTuple):
    """How columns are chosen: by a `pattern` for all of LIKE, ILIKE and a regular expression, or by `names`."""

    kind: str = ""
    pattern: str = ""
    names: tuple[str, ...] = ()


EVERY = Choice()


def is_plain(pattern: str) -> bool:
    """Whether a regular expression is simple enough to be tried here: hostile ones take for ever.

    >>> is_plain("(a|b)_.*"), is_plain("(a+)+$")
    (True, False)
    """
    few = len(QUANTIFIER.findall(pattern)) <= MAX_QUANTIFIERS
    return (
        few
        and PLAIN.fullmatch(pattern) is not None
        and not re.search(r"\)[*+?{]", pattern)
        and _compiles(pattern)
    )


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def chosen(choice: Choice, name: str, spelled: str, alias: str) -> str | None:
    r"""Return how a column is called if it is chosen, and None if it is not.

    >>> chosen(Choice("regex", "(.)_x"), "a_x", "a_x", r"z_\1"), chosen(Choice("like", "b%"), "a_x", "a_x", "")
    ('z_a', None)
    """
    called = alias.replace("\\0", spelled) or spelled
    if not choice.kind:
        return called
    if choice.kind == "names":
        return called if name in choice.names else None
    if choice.kind in {"like", "ilike"}:
        low = choice.kind == "ilike"
        found = _like(choice.pattern.lower() if low else choice.pattern, spelled.lower() if low else spelled)
        return called if found else None
    match = _compiled(choice.pattern).search(spelled[:MAX_NAME])
    if match is None:
        return None
    for at, group in enumerate(match.groups(), start=1):
        called = called.replace(f"\\{at}", group or "")
    return called


def _like(pattern: str, name: str) -> bool:
    """Compare by LIKE without trying anything twice: the first fit of every part is the best one."""
    first, *rest = pattern.split("%")
    if not rest:
        return len(first) == len(name) and _fits(first, name, 0)
    if not _fits(first, name, 0):
        return False
    at = len(first)
    for part in rest[:-1]:
        while at + len(part) <= len(name) and not _fits(part, name, at):
            at += 1
        if at + len(part) > len(name):
            return False
        at += len(part)
    return len(name) - len(rest[-1]) >= at and _fits(rest[-1], name, len(name) - len(rest[-1]))


def _fits(part: str, name: str, at: int) -> bool:
    piece = name[at : at + len(part)]
    return len(piece) == len(part) and all(one in ("_", other) for one, other in zip(part, piece, strict=True))
