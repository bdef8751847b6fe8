"""Relay connections over keysets: a cursor holds the key of a row, so pages stay put while rows are added."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from strawberry import relay

from jobs.errors import InvalidParams

MAX_PAGE = 100
VERSION = 1
INTEGER, BIG_INTEGER = 9, 18  # digits that fit into a column of these: PostgreSQL is asked for no more
URL_SAFE = bytes.maketrans(b"+/", b"-_")


def encode_cursor(*key: str) -> str:
    """An opaque cursor for a row's key."""
    # A list makes one for each row: base64's own function for this takes three times as long.
    return binascii.b2a_base64(orjson.dumps([VERSION, *key]), newline=False).translate(URL_SAFE).decode()


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """The key in a cursor.

    Raises:
        InvalidParams: It was not made by `encode_cursor` with as many parts.
    """
    try:
        content: list[Any] = orjson.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
        version, *key = content
    except (binascii.Error, orjson.JSONDecodeError, UnicodeEncodeError, TypeError, ValueError) as error:
        raise bad_cursor() from error
    if version != VERSION or len(key) != parts:
        raise bad_cursor()
    if not all(isinstance(part, str) and "\0" not in part for part in key):
        raise bad_cursor()
    return key


def time_key(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The moment and the id in the cursor of a list by time; None for none.

    Raises:
        InvalidParams: It is no such cursor.
    """
    if cursor is None:
        return None
    moment, pk = decode_cursor(cursor, parts=2)
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(pk)
    except (ValueError, OverflowError) as error:
        raise bad_cursor() from error


def number_behind(cursor: str | None, digits: int = INTEGER) -> int | None:
    """The number of so many digits at most in the cursor of a list by numbers; None for none.

    Raises:
        InvalidParams: It is no such cursor.
    """
    if cursor is None:
        return None
    (number,) = decode_cursor(cursor, parts=1)
    if not (number.isascii() and number.isdecimal() and len(number) <= digits):
        raise bad_cursor()
    return int(number)


def bad_cursor() -> InvalidParams:
    return InvalidParams("after", "is no cursor of this list", hint="Take it from pageInfo.endCursor.")


def page_size(first: int) -> int:
    """How many rows to show.

    Raises:
        InvalidParams: It is not between 1 and 100.
    """
    if not 1 <= first <= MAX_PAGE:
        raise InvalidParams("first", f"must be between 1 and {MAX_PAGE}")
    return first


def page_of(rows: Sequence[Any], first: int, *, after: str | None, cursors: Sequence[str]) -> relay.PageInfo:
    """What a page says of itself; `rows` holds one more than `first` if there is a next page."""
    shown = cursors[:first]
    return relay.PageInfo(
        has_next_page=len(rows) > first,
        has_previous_page=after is not None,
        start_cursor=shown[0] if shown else None,
        end_cursor=shown[-1] if shown else None,
    )
