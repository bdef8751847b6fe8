"""Writes docs/reference from the code, and tells what a change of the API would break.

python -m graph.reference docs/reference             writes the pages
python -m graph.reference --check docs/reference     fails if one is not what the code says
python -m graph.reference --breaking OLD NEW         fails if a client of OLD would not work with NEW
"""

import argparse
import inspect
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from graphql import build_schema
from graphql.utilities import find_breaking_changes
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings
from strawberry.types.base import StrawberryOptional, get_object_definition

from db.settings import env_name, is_secret
from graph import errors
from graph.events import TYPES, RunEvent
from graph.settings import all_settings
from jobs.engines.diff.rules import RULES
from jobs.errors import HeadwaterError, Rejected, RunFailed

HEAD = "<!-- Written by `make docs` from the code; what stands here is changed there. -->\n"
PUBLIC = ("jobs.errors", "jobs.pipelines.", "jobs.engines.", errors.__name__)  # whose errors callers may meet
KINDS: Mapping[Any, str] = {
    bool: "yes or no",
    int: "whole number",
    float: "number",
    Path: "path",
    str: "text",
    SecretStr: "text",
}

ABOUT_SETTINGS = """\
Settings are environment variables. All of them are read and checked when a process starts, and everything
that is wrong is said at once; a `HEADWATER_…` name that is not on this page is refused. A secret may stand
in a file instead, named by the same variable with `_FILE` behind it. `headwater settings` prints the values
in force, secrets masked.
"""
ABOUT_ERRORS = """\
Codes are stable: they are never changed and never reused; messages are for people and may change. What ends
a *request* is a refusal: nothing was written; mutations return it as a type, queries and subscriptions
report its code in `errors[].extensions`. What ends a *run* stands in `run.error`. What ends an *attempt*
leaves no failure behind. Worth trying again: a refused request by its sender; a failed run by Headwater
itself, three times in all. Anything that is not on this page is `INTERNAL`: a bug of ours, whose details
are in the log only.
"""
ABOUT_EVENTS = """\
A run tells its life in events, numbered from 1 without gaps and never changed. `runEvents` sends them
typed; each is a `RunEvent` and has the fields of the first table besides its own.
"""


ABOUT_CHANGES = """\
What `lineageDiff` and `headwater diff` tell apart, the worst first. BREAKING: what worked before fails, or
shows what was hidden. BEHAVIOUR: everything still runs, and may give other values or other rows. COSMETIC:
nobody who used it notices. Reformatting is no change at all. An asset that came or went stands for its
columns, and either of these for the edges that lead to it. Where a reason shows SQL text, those who may not
see definitions get null.
"""


def page(title: str, introduction: str, *parts: str) -> str:
    return "\n".join((HEAD, f"# {title}\n", introduction, *parts))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(word) for word in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def docstring(of: type[Any]) -> str:
    return inspect.cleandoc(of.__doc__ or "")


def settings_table() -> str:
    """Every setting there is, those of run kinds too: a table for each settings class."""
    parts = [
        f"## {docstring(settings).rstrip('.')}\n\n"
        + table(("Variable", "Accepts", "Default", "Meaning"), list(_settings_rows(settings)))
        for settings in all_settings({})
        if settings.model_fields
    ]
    return page("Settings", ABOUT_SETTINGS, *parts)


def _settings_rows(settings: type[BaseSettings]) -> Iterator[tuple[str, ...]]:
    for name, field in settings.model_fields.items():
        kind = accepts(field) + (", secret" if is_secret(settings, name) else "")
        yield f"`{env_name(settings, name)}`", kind, default_of(field), field.description or ""


def accepts(field: FieldInfo) -> str:
    kind = field.annotation
    wanted = [each for each in get_args(kind) if each is not type(None)]
    if get_origin(kind) is Literal:
        return ", ".join(f"`{each}`" for each in wanted)
    if tuple in {get_origin(each) for each in (kind, *wanted)}:
        return "JSON list of texts"
    if get_origin(kind) is dict:
        return "JSON object of lists of texts"
    if wanted:  # an optional one
        kind = wanted[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{each.value}`" for each in kind)
    return " ".join((KINDS.get(kind, "text"), *_bounds(field)))


def _bounds(field: FieldInfo) -> Iterator[str]:
    for word, attribute in (
        ("from", "ge"),
        ("above", "gt"),
        ("to", "le"),
        ("below", "lt"),
        ("like", "pattern"),
    ):
        for constraint in field.metadata:
            bound = getattr(constraint, attribute, None)
            if bound is not None:
                yield f"{word} {bound}" if isinstance(bound, int | float) else f"{word} `{bound}`"


def default_of(field: FieldInfo) -> str:
    match field.default:
        case None:
            return "unset"
        case Enum() as member:
            return f"`{member.value}`"
        case bool() as flag:
            return f"`{str(flag).lower()}`"
        case tuple() | dict() as items:
            return f"`{json.dumps(items)}`"
        case value:
            return f"`{value}`"


def errors_table() -> str:
    """Every error that a caller may meet, in the order of the tree."""
    rows = [
        (f"`{error.code}`", _reach(error), _summary(error), "yes" if error.retryable else "no", error.__name__)
        for error in public_errors()
    ]
    return page(
        "Errors", ABOUT_ERRORS, table(("Code", "What ends", "Message", "Worth trying again", "Class"), rows)
    )


def public_errors() -> list[type[HeadwaterError]]:
    """The errors of the tree and those that run kinds add; not those that only tests define."""
    all_settings({})  # loads the run kinds
    return [error for error in _tree(HeadwaterError) if error.__module__.startswith(PUBLIC)]


def _tree(error: type[HeadwaterError]) -> Iterator[type[HeadwaterError]]:
    yield error
    for each in sorted(
        error.__subclasses__(), key=lambda one: (one.__module__ != error.__module__, one.__module__)
    ):
        yield from _tree(each)


def _reach(error: type[HeadwaterError]) -> str:
    if issubclass(error, Rejected):
        return "request"
    if error is HeadwaterError:
        return "request or run"
    return "run" if issubclass(error, RunFailed) else "attempt"


def _summary(error: type[HeadwaterError]) -> str:
    return docstring(error).partition("\n")[0]


def events_table() -> str:
    """Every event of a run, with what its data carries: the words of the GraphQL types."""
    every = table(("Field", "Meaning"), [(f"`{name}`", words) for name, words, _ in fields_of(RunEvent)])
    rows = [
        (f"`{name}`", f"`{made.__name__}`", described(made), _data_of(made))
        for name, (made, _) in TYPES.items()
    ]
    return page("Events", ABOUT_EVENTS, every, table(("Event", "Type", "Meaning", "Its own fields"), rows))


def changes_table() -> str:
    """Every difference between two states of lineage, and how bad it is."""
    rows = [
        (f"`{reason.name}`", rule.severity.name, rule.words, "yes" if rule.quotes else "no")
        for reason, rule in RULES.items()
    ]
    return page("Changes", ABOUT_CHANGES, table(("Reason", "Severity", "In words", "Shows SQL text"), rows))


def described(made: type[RunEvent]) -> str:
    return get_object_definition(made, strict=True).description or ""


def fields_of(made: type[RunEvent]) -> list[tuple[str, str, bool]]:
    """The fields of an event: name as it is stored, description, and whether it may be absent."""
    return [
        (field.python_name, field.description or "", isinstance(field.type, StrawberryOptional))
        for field in get_object_definition(made, strict=True).fields
    ]


def own_fields(made: type[RunEvent]) -> list[tuple[str, str, bool]]:
    """The fields that an event has besides those of all events: its stored data."""
    shared = {name for name, _, _ in fields_of(RunEvent)}
    return [field for field in fields_of(made) if field[0] not in shared]


def _data_of(made: type[RunEvent]) -> str:
    words = (
        f"`{_camel(name)}`{' (may be null)' if may_miss else ''}" for name, _, may_miss in own_fields(made)
    )
    return ", ".join(words) or "none"


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)


def pages() -> Mapping[str, str]:
    """File name → what it has to hold."""
    return {
        "settings.md": settings_table(),
        "errors.md": errors_table(),
        "events.md": events_table(),
        "changes.md": changes_table(),
    }


def write_pages(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def stale_pages(folder: Path) -> list[Path]:
    """The pages in a folder that are absent or not what the code says."""
    stale = (folder / name for name, text in pages().items() if _read(folder / name) != text)
    return sorted(stale)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def breaking_changes(old: str, new: str) -> list[str]:
    """What a client written for the API `old` would trip over in the API `new`; both are SDL."""
    changes = find_breaking_changes(build_schema(old), build_schema(new))
    return sorted(f"{change.type.name}: {change.description}" for change in changes)


def problems(arguments: argparse.Namespace) -> list[str]:
    if arguments.breaking:
        released, present = (Path(path) for path in arguments.breaking)
        if not released.is_file():  # nothing was released yet, so nothing can break
            return []
        return breaking_changes(released.read_text(encoding="utf-8"), present.read_text(encoding="utf-8"))
    if arguments.check:
        return [f"{path} is not what the code says: make docs" for path in stale_pages(arguments.folder)]
    write_pages(arguments.folder)
    return []


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks; 1 if it found something wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m graph.reference", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs/reference"))
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    parser.add_argument("--breaking", nargs=2, metavar=("OLD", "NEW"), help="compare two files of SDL")
    found = problems(parser.parse_args(argv))
    sys.stderr.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
