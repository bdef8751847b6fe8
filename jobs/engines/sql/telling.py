"""The value rule: how a value of every SQL type is told in JSON. The README beside this file has it as a table.

Nothing is rounded and nothing is guessed: what a JSON number cannot hold in every client is text.
"""

import base64
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from duckdb.sqltypes import DuckDBPyType

from jobs.engines.sql.texts import fields_of, parts_of

Told = None | bool | int | float | str | list[Any] | dict[str, Any]
Tell = Callable[[Any], Told]

NUMBERS = {"boolean", "integer", "null", "smallint", "tinyint", "uinteger", "usmallint", "utinyint"}
"""They fit into 53 bits, the numbers of JavaScript."""
INTEGERS = {"bigint", "ubigint"}
FLOATS = {"double", "float"}
DATES = {"date", "timestamp", "timestamp with time zone", "timestamp_ms", "timestamp_ns", "timestamp_s"}
DATES |= {"timestamptz_ns"}
DATE = re.compile(
    r"(?P<year>\d+)-(?P<rest>\d\d-\d\d)(?P<era> \(BC\))?(?: (?P<time>[\d:.]+)(?P<zone>[+-][\d:]+)?)?"
)
ZONE = re.compile(r"(?P<time>[\d:.]+)(?P<zone>[+-][\d:]+)")
PART = re.compile(r"(-?\d+) (year|month|day)s?")
CLOCK = re.compile(r"(?P<sign>-?)(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d(?:\.\d+)?)$")


def teller(kind: DuckDBPyType) -> Tell:
    """A function that tells a value of a type, read as `texts.shown` makes it, as JSON has it."""
    if tell := _plain(kind.id):
        return tell
    match kind.id:
        case "list" | "array":
            each = teller(parts_of(kind)[0][1])
            return lambda value: None if value is None else [each(one) for one in value]
        case "struct":
            fields = [(field, teller(of)) for field, of in parts_of(kind)]
            return lambda value: None if value is None else {key: tell(value[key]) for key, tell in fields}
        case "tuple":
            places = [(field, teller(of)) for field, of in fields_of(kind)]
            return lambda value: None if value is None else [tell(value[key]) for key, tell in places]
        case "map":
            key, content = (teller(of) for _, of in parts_of(kind))
            return lambda value: None if value is None else [_entry(key, content, one) for one in value]
        case "union":
            members = {
                member: (f"m{place}", teller(of)) for place, (member, of) in enumerate(parts_of(kind)[1:])
            }
            return lambda value: None if value is None else _member(members, value)
    return _text


def _plain(kind: str) -> Tell | None:
    if kind in NUMBERS:
        return lambda value: value
    if kind in INTEGERS:
        return _text
    if kind in FLOATS:
        return _float
    if kind in DATES:
        return lambda value: None if value is None else iso_date(value)
    if kind == "time with time zone":
        return lambda value: None if value is None else iso_time(value)
    if kind == "interval":
        return lambda value: None if value is None else iso_duration(value)
    if kind == "blob":
        return lambda value: None if value is None else base64.b64encode(value).decode("ascii")
    return None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _float(value: float | None) -> float | str | None:
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _entry(key: Tell, content: Tell, entry: Mapping[str, Any]) -> dict[str, Told]:
    return {"key": key(entry["key"]), "value": content(entry["value"])}


def _member(members: Mapping[str, tuple[str, Tell]], value: Mapping[str, Any]) -> dict[str, Told]:
    place, tell = members[value["tag"]]
    return {"tag": value["tag"], "value": tell(value[place])}


def iso_date(text: str) -> str:
    """A date or timestamp of DuckDB as ISO 8601 has it; `infinity` and `-infinity` stay what they are.

    >>> iso_date("2020-02-29 12:00:00.5+00"), iso_date("0044-03-15 (BC)"), iso_date("12020-01-01")
    ('2020-02-29T12:00:00.5Z', '-0043-03-15', '+12020-01-01')
    """
    found = DATE.fullmatch(text)
    if found is None:
        return text
    year = 1 - int(found["year"]) if found["era"] else int(found["year"])
    sign = "-" if year < 0 else "+" if year > 9999 else ""
    date = f"{sign}{abs(year):04}-{found['rest']}"
    return f"{date}T{found['time']}{_zone(found['zone'])}" if found["time"] else date


def iso_time(text: str) -> str:
    """A time of day with its offset as ISO 8601 has it.

    >>> iso_time("12:00:00+02"), iso_time("12:00:00+00")
    ('12:00:00+02:00', '12:00:00Z')
    """
    found = ZONE.fullmatch(text)
    return f"{found['time']}{_zone(found['zone'])}" if found else text


def iso_duration(text: str) -> str:
    """An interval as ISO 8601 has it, each part with its own sign.

    >>> iso_duration("1 year -2 days 04:05:06.7"), iso_duration("-00:00:01"), iso_duration("00:00:00")
    ('P1Y-2DT4H5M6.7S', 'PT-1S', 'PT0S')
    """
    date = "".join(f"{count}{unit[0].upper()}" for count, unit in PART.findall(text))
    time = ""
    if found := CLOCK.search(text):
        parts = (
            (found["hours"].lstrip("0"), "H"),
            (found["minutes"].lstrip("0"), "M"),
            (_seconds(found["seconds"]), "S"),
        )
        time = "".join(f"{found['sign']}{count}{unit}" for count, unit in parts if count)
    if time:
        return f"P{date}T{time}"
    return f"P{date}" if date else "PT0S"


def _seconds(text: str) -> str:
    whole, dot, part = text.partition(".")
    whole = whole.lstrip("0")
    return f"{whole or 0}{dot}{part}" if part else whole


def _zone(zone: str | None) -> str:
    if not zone:
        return ""
    if set(zone[1:]) <= set("0:"):
        return "Z"
    return zone if ":" in zone else f"{zone}:00"
