"""Check lineage as the JSON that front ends load, and read it: meant for a child process, it is hostile."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from jobs.engines.files.encodings import NoText, decode
from jobs.engines.lineage.frontend import MODEL_TYPES, SYMBOLS, ObjectType
from jobs.errors import BadCatalog, Problem

MAX_BYTES = 10_000_000
MAX_NAME_CHARACTERS = 500
SHOWN = 5  # places in a problem
SHOWN_CHARACTERS = 60
REFERENCES = ("inputs", "outputs", "bidirectional_with")


class Breach(StrEnum):
    """How a file may break the contract."""

    TOO_LARGE = "TOO_LARGE"
    """It has more than 10 MB."""
    NOT_JSON = "NOT_JSON"
    """It is no JSON in UTF-8 or UTF-16, or nested too deeply."""
    NOT_AN_ARRAY = "NOT_AN_ARRAY"
    """It is something else than an array."""
    EMPTY = "NO_NODES"
    """The array is empty."""
    NO_OBJECT = "NOT_AN_OBJECT"
    """Elements are something else than objects."""
    MISSING = "MISSING_FIELD"
    """Objects lack a field."""
    ID_TYPE = "ID_NOT_A_STRING"
    """Ids, or references to them, are something else than strings."""
    TYPE = "WRONG_TYPE"
    """Values are of another type than their field."""
    UNKNOWN_VALUE = "UNKNOWN_VALUE"
    """Values are none of those that their field may have."""
    EMPTY_VALUE = "EMPTY_VALUE"
    """Ids or names are empty."""
    TOO_LONG = "TOO_LONG"
    """Ids, names or schemas have more than 500 characters."""
    NUL = "HOLDS_NUL"
    """Texts hold the character NUL, which no database keeps."""
    DUPLICATE_ID = "DUPLICATE_ID"
    """Objects have the id of an earlier one."""
    DUPLICATE_NAME = "DUPLICATE_NAME"
    """Objects are the same relation as an earlier one, by the dialect's rule for capitals."""
    UNKNOWN_ID = "UNKNOWN_REFERENCE"
    """References are ids that no object has."""


@dataclass(frozen=True, slots=True)
class Element:
    """An object of the array, checked."""

    id: str
    name: str
    schema: str
    object_type: ObjectType
    description: str
    explained: bool
    ddl: str | None
    inputs: tuple[str, ...]  # ids of what it reads, each once
    outputs: tuple[str, ...]


@dataclass(slots=True)
class Breaches:
    """What is wrong, by breach and field, with the places."""

    file: str
    found: dict[tuple[Breach, str], list[tuple[str, str]]] = field(default_factory=dict)

    def note(self, breach: Breach, field_name: str, path: str, shown: str) -> None:
        """Remember that a value is wrong: its path, and the value in words."""
        self.found.setdefault((breach, field_name), []).append((path, shown))

    def check(self) -> None:
        """Raise BadCatalog if anything was noted."""
        if not self.found:
            return
        raise BadCatalog(
            [
                Problem(
                    code=breach.value,
                    file=self.file,
                    message=MESSAGES[breach].format(field=name),
                    field=places[0][0],
                    row_count=len(places),
                    rows=tuple(f"{path}: {shown}" if path else shown for path, shown in places[:SHOWN]),
                )
                for (breach, name), places in self.found.items()
            ]
        )


MESSAGES: Mapping[Breach, str] = {
    Breach.TOO_LARGE: f"has more than {MAX_BYTES:,} bytes, which are at most taken",
    Breach.NOT_JSON: "is no JSON in UTF-8; export it anew",
    Breach.NOT_AN_ARRAY: "is no JSON array; give an array of objects, as an export does",
    Breach.EMPTY: "has no objects; give at least one",
    Breach.NO_OBJECT: "has elements that are no objects",
    Breach.MISSING: "has objects without {field}, which each must have",
    Breach.ID_TYPE: "has ids in {field} that are no strings; put them in quotes",
    Breach.TYPE: "has values of {field} that are of another type",
    Breach.UNKNOWN_VALUE: "has values of {field} that it cannot have",
    Breach.EMPTY_VALUE: "has objects whose {field} is empty",
    Breach.TOO_LONG: f"has values of {{field}} of more than {MAX_NAME_CHARACTERS} characters",
    Breach.NUL: "has texts in {field} that hold the character NUL",
    Breach.DUPLICATE_ID: "has objects with the id of an earlier one; each needs its own",
    Breach.DUPLICATE_NAME: "has objects that are one relation in this dialect; leave one, or change it",
    Breach.UNKNOWN_ID: "has references in {field} to ids that no object has",
}


def parse(content: bytes, file: str) -> tuple[tuple[Element, ...], frozenset[str]]:
    """The objects of a file, in its order, and the names of fields that nothing is known of.

    Args:
        content: The file.
        file: Its name, for the words of an error.

    Raises:
        BadCatalog: It breaks the contract: all breaches that can be told at once, each with the paths of the
            first five (`[3].inputs[0]`).

    Cost: linear; some ten times the file's size in memory.
    """
    breaches = Breaches(file)
    array = _array(content, breaches)
    objects = list(_objects(array, breaches))
    known = {each["id"] for _, each in objects if isinstance(each.get("id"), str)}
    _check_ids(objects, breaches)
    for path, each in objects:
        for name, fault in FIELDS.items():
            if name in each:
                _check_value(f"{path}.{name}", name, each[name], fault, breaches)
            else:
                breaches.note(Breach.MISSING, name, path, "is not there")
        _check_text(path, "ddl_text", each.get("ddl_text"), breaches)
        for name in REFERENCES:
            _check_references(f"{path}.{name}", name, each.get(name), known, breaches)
    breaches.check()
    extra = {name for _, each in objects for name in each if name not in FIELDS and name != "ddl_text"}
    return tuple(_element(each) for _, each in objects), frozenset(extra)


def _array(content: bytes, breaches: Breaches) -> list[Any]:
    """The array that a file holds.

    Raises:
        BadCatalog: It holds none.
    """
    array: Any = []
    if len(content) > MAX_BYTES:
        breaches.note(Breach.TOO_LARGE, "", "", f"{len(content):,} bytes")
        breaches.check()
    try:
        array = orjson.loads(decode(content).text)
    except (NoText, orjson.JSONDecodeError) as error:
        breaches.note(Breach.NOT_JSON, "", "", _shown(str(error)))
    if not isinstance(array, list):
        breaches.note(Breach.NOT_AN_ARRAY, "", "", type_of(array))
    elif not array and not breaches.found:
        breaches.note(Breach.EMPTY, "", "[]", "empty")
    breaches.check()
    return list(array)


def _objects(array: list[Any], breaches: Breaches) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, each in enumerate(array):
        if isinstance(each, dict):
            yield f"[{place}]", each
        else:
            breaches.note(Breach.NO_OBJECT, "", f"[{place}]", type_of(each))


def _check_ids(objects: list[tuple[str, dict[str, Any]]], breaches: Breaches) -> None:
    seen = dict[str, str]()
    for path, each in objects:
        given = each.get("id")
        if isinstance(given, str) and seen.setdefault(given, path) != path:
            breaches.note(Breach.DUPLICATE_ID, "id", f"{path}.id", f"{_shown(given)}, as {seen[given]}")


def _check_value(
    path: str, name: str, value: object, fault: Callable[[object], Breach | None], breaches: Breaches
) -> None:
    breach = fault(value)
    if breach is not None:
        breaches.note(breach, name, path, type_of(value) if breach in BY_TYPE else _shown(value))
    elif name in TEXTS:
        _check_text(path.removesuffix(f".{name}"), name, value, breaches)


def _check_text(path: str, name: str, value: object, breaches: Breaches) -> None:
    if isinstance(value, str):
        if "\0" in value:
            breaches.note(Breach.NUL, name, f"{path}.{name}", f"at character {value.index(chr(0)) + 1}")
    elif value is not None:
        breaches.note(Breach.TYPE, name, f"{path}.{name}", type_of(value))


def _check_references(path: str, name: str, given: object, known: set[str], breaches: Breaches) -> None:
    for place, reference in enumerate(given if isinstance(given, list) else ()):
        if not isinstance(reference, str):
            breaches.note(Breach.ID_TYPE, name, f"{path}[{place}]", type_of(reference))
        elif reference not in known:
            breaches.note(Breach.UNKNOWN_ID, name, f"{path}[{place}]", _shown(reference))


def _element(given: Mapping[str, Any]) -> Element:
    """An object that was found right. What flows both ways is among inputs and outputs."""
    both = given["bidirectional_with"]
    return Element(
        id=given["id"],
        name=given["name"],
        schema=given["schema"],
        object_type=ObjectType(given["object_type"]),
        description=given["description"] or "",
        explained=given["parse_success"],
        ddl=given.get("ddl_text") or None,
        inputs=tuple(dict.fromkeys([*given["inputs"], *both])),
        outputs=tuple(dict.fromkeys([*given["outputs"], *both])),
    )


def _name(value: object) -> Breach | None:
    if not isinstance(value, str):
        return Breach.TYPE
    if not value:
        return Breach.EMPTY_VALUE
    return Breach.TOO_LONG if len(value) > MAX_NAME_CHARACTERS else None


def _id(value: object) -> Breach | None:
    return _name(value) if isinstance(value, str) else Breach.ID_TYPE


def _schema(value: object) -> Breach | None:
    return None if value == "" else _name(value)


def _description(value: object) -> Breach | None:
    return None if value is None or isinstance(value, str) else Breach.TYPE


def _flag(value: object) -> Breach | None:
    return None if isinstance(value, bool) else Breach.TYPE


def _ids(value: object) -> Breach | None:
    return None if isinstance(value, list) else Breach.TYPE


def _one_of(*values: str) -> Callable[[object], Breach | None]:
    def fault(value: object) -> Breach | None:
        if not isinstance(value, str):
            return Breach.TYPE
        return None if value in values else Breach.UNKNOWN_VALUE

    return fault


FIELDS: Mapping[str, Callable[[object], Breach | None]] = {
    "id": _id,
    "name": _name,
    "schema": _schema,
    "object_type": _one_of(*ObjectType),
    "description": _description,
    "data_model_type": _one_of(*MODEL_TYPES.values()),
    "node_symbol": _one_of(*SYMBOLS.values()),
    "inputs": _ids,
    "outputs": _ids,
    "bidirectional_with": _ids,
    "parse_success": _flag,
}
"""The fields that each object must have, and what may be wrong with their values."""

TEXTS = frozenset({"id", "name", "schema", "description"})
BY_TYPE = frozenset({Breach.TYPE, Breach.ID_TYPE})


def type_of(value: object) -> str:
    """What JSON calls a value's type."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array"}
    return "null" if value is None else names.get(type(value), "an object")


def _shown(value: object) -> str:
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else str(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"
