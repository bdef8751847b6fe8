"""Holds deprecated elements of the API to the day until which they are kept.

python -m graph.deprecations SCHEMA CHANGELOG     fails if one names no day, or outlived it in a release
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_schema, is_introspection_type

DAY = re.compile(r"\bRemoved after (\d{4}-\d{2}-\d{2})\.")
RELEASE = re.compile(r"^## \[?\d[^\n]*?(\d{4}-\d{2}-\d{2})\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Deprecation:
    """An element of the API that clients should leave, and the last day on which it is sure to be there."""

    coordinate: str
    last_day: date | None  # None: it names none


def deprecations(sdl: str) -> list[Deprecation]:
    """All deprecated fields, arguments, input fields and enum values of a schema, by their coordinates."""
    found = _deprecated(build_schema(sdl))
    return sorted(
        (Deprecation(coordinate, last_day_of(reason)) for coordinate, reason in found),
        key=lambda one: one.coordinate,
    )


def last_day_of(reason: str) -> date | None:
    """The day that a reason names; None if it names none, or one that no calendar has."""
    named = DAY.search(reason)
    try:
        return date.fromisoformat(named[1]) if named else None
    except ValueError:
        return None


def newest_release(changelog: str) -> date | None:
    """The day of the newest release in a changelog; None before the first."""
    return max(map(date.fromisoformat, RELEASE.findall(changelog)), default=None)


def _deprecated(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Coordinate and reason of everything that is deprecated."""
    for name, made in schema.type_map.items():
        if is_introspection_type(made):
            continue
        inside: Mapping[str, Any] = getattr(made, "fields", None) or getattr(made, "values", {})
        for inner, element in inside.items():
            arguments: Mapping[str, Any] = getattr(element, "args", {})
            named = {f"{name}.{inner}": element}
            named |= {f"{name}.{inner}({each}:)": argument for each, argument in arguments.items()}
            for coordinate, one in named.items():
                if one.deprecation_reason is not None:
                    yield coordinate, one.deprecation_reason


def problems(found: Sequence[Deprecation], released: date | None) -> list[str]:
    """What is wrong on the day of a release: no day is named, or an older one."""
    undated = [
        f'{one.coordinate} names no day: end its reason in "Removed after YYYY-MM-DD."'
        for one in found
        if one.last_day is None
    ]
    return undated + [
        f"{one.coordinate} was to be removed after {one.last_day}, and a release of {released} has it"
        for one in overdue(found, released)
    ]


def overdue(found: Sequence[Deprecation], on: date | None) -> list[Deprecation]:
    """Those whose day has passed on another one."""
    return [one for one in found if on is not None and one.last_day is not None and one.last_day < on]


def main(argv: Sequence[str] | None = None, *, today: date | None = None) -> int:
    """Do what the command line asks; 1 if something is wrong. What only today makes wrong is a warning."""
    parser = argparse.ArgumentParser(
        prog="python -m graph.deprecations", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("schema", type=Path)
    parser.add_argument("changelog", type=Path)
    given = parser.parse_args(argv)
    found = deprecations(given.schema.read_text(encoding="utf-8"))
    wrong = problems(found, newest_release(given.changelog.read_text(encoding="utf-8")))
    late = overdue(found, today or datetime.now(UTC).date())
    sys.stderr.writelines(f"{problem}\n" for problem in wrong)
    sys.stderr.writelines(
        f"warning: {one.coordinate} can go now: it was to be removed after {one.last_day}\n" for one in late
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
