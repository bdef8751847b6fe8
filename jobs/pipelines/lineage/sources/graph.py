"""A full export, read again: the lines of `graph.jsonl`, as lineage that is told as such."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar

import orjson

from jobs.engines.lineage.values import (
    AnnotationKind,
    Column,
    Edge,
    EdgeKind,
    End,
    Evidence,
    Lineage,
    Origin,
    Reason,
    Relation,
    RelationKind,
    Span,
    SqlText,
    Statement,
    Subtype,
    Unresolved,
)
from jobs.errors import BadCatalog, Problem
from jobs.pipelines.lineage.sources.material import File, Imported, Material, Said

MAX_BYTES = 1_000_000_000
MAX_LINE_BYTES = 64_000_000
MAX_PLACE = 16_000_000  # letters from the beginning of a text: it is put together again up to there
VERSION = 1
ENDS = ("namespace", "asset", "column")
WHAT = ("statement", "asset", "gap")
WORDS = (
    ("owners", AnnotationKind.OWNER),
    ("tags", AnnotationKind.TAG),
    ("descriptions", AnnotationKind.DESCRIPTION),
)
Value = Mapping[str, Any]
T = TypeVar("T")
M = TypeVar("M", bound=Enum)


class Place(NamedTuple):
    """Which line of which file, for the words of an error."""

    file: str
    line: int

    def refuse(self, code: str, problem: str, name: str = "") -> NoReturn:
        """Refuse the file.

        Raises:
            BadCatalog: Always.
        """
        raise BadCatalog([Problem(code, self.file, f"line {self.line:,}: {problem}", field=name)])


@dataclass(slots=True)
class Book:
    """What was read so far."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    places: dict[tuple[str, int, str], int] = field(default_factory=dict)
    assets: dict[str, tuple[Place, Value]] = field(default_factory=dict)
    gaps: list[Unresolved] = field(default_factory=list)
    called: dict[tuple[str, str], str] = field(default_factory=dict)
    columns: dict[str, frozenset[str]] = field(default_factory=dict)


def read(files: Sequence[File]) -> Material:
    """What an export holds: the same assets, columns and edges, with their statements, words and gaps.

    Several sources become the one that reads it. Fields that nothing is known of are left alone.

    Raises:
        BadCatalog: A line is no JSON, or does not say what a line of an export says.
    """
    book = Book()
    for file in files:
        for place, what, value in lines_of(file):
            READERS[what](book, place, value)
    return Material(imported=imported_of(book))


def lines_of(file: File) -> Iterator[tuple[Place, str, Value]]:
    """The lines of a file behind its first, each with what it tells of."""
    size = file.path.stat().st_size
    if size > MAX_BYTES:
        Place(file.name, 1).refuse("TOO_LARGE", f"the file has {size:,} bytes; at most {MAX_BYTES:,} are taken")
    for number, line in enumerate(_bytes_of(file.path, file.name), start=1):
        place = Place(file.name, number)
        value = _object(place, line)
        if number == 1:
            if value.get("headwaterGraph") != VERSION:
                found = value.get("headwaterGraph")
                place.refuse("UNKNOWN_VERSION", f"this is version {found!r} of exports, and {VERSION} is known")
            continue
        for what, said in value.items():
            if what not in WHAT or not isinstance(said, dict):
                place.refuse("UNKNOWN_LINE", f"a line tells of a {', a '.join(WHAT)}, not of {what[:60]!r}")
            yield place, what, said


def _bytes_of(path: Path, name: str) -> Iterator[bytes]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                Place(name, number).refuse("TOO_LARGE", f"has more than {MAX_LINE_BYTES:,} bytes")
            if not line.endswith(b"\n"):
                Place(name, number).refuse("CUT", "has no end: the file was cut")
            yield line


def _object(place: Place, line: bytes) -> Value:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        place.refuse("NOT_JSON", f"is no JSON in UTF-8: {error}")
    if not isinstance(value, dict):
        place.refuse("NOT_AN_OBJECT", "is no JSON object")
    return value


def taken(place: Place, value: Value, name: str, kind: type[T]) -> T:
    """A field of a line, which has to be of a type: whole numbers are not below zero."""
    found = value.get(name)
    if not isinstance(found, kind) or type(found) is not kind:  # True is a whole number, and is none here
        place.refuse("WRONG_TYPE", f"{name} has to be of type {kind.__name__}", name)
    check(place, name, found)
    return found


def check(place: Place, name: str, found: object) -> None:
    if isinstance(found, int) and found < 0:
        place.refuse("WRONG_VALUE", f"{name} must not be negative", name)
    if isinstance(found, str) and "\0" in found:
        place.refuse("HOLDS_NUL", f"{name} holds the character NUL, which no database keeps", name)


def text_or_none(place: Place, value: Value, name: str) -> str | None:
    return None if value.get(name) is None else taken(place, value, name, str)


def listed(place: Place, value: Value, name: str, kind: type[T]) -> list[T]:
    found = taken(place, value, name, list)
    if not all(type(each) is kind for each in found):
        place.refuse("WRONG_TYPE", f"{name} has to be a list of {kind.__name__}", name)
    return found


def member(place: Place, value: Value, name: str, of: type[M]) -> M:
    """A field that is one of the words of an enum."""
    word = taken(place, value, name, str)
    try:
        return of(word)
    except ValueError:
        place.refuse("UNKNOWN_VALUE", f"{name} is {word[:60]!r}, which is none of those that there are", name)


def read_statement(book: Book, place: Place, value: Value) -> None:
    """Take a statement in: what is between the statements of a text is not exported, and filled with spaces."""
    text, sql, source = (taken(place, value, name, str) for name in ("text", "sql", "source"))
    start = taken(place, value, "start", int)
    if start + len(sql) > MAX_PLACE:
        place.refuse("TOO_LARGE", f"the statement ends behind letter {MAX_PLACE:,} of its text", "start")
    name = _fitting(book, text, source, start, sql)
    letters = book.texts.setdefault(name, [])
    letters.extend(" " * (start + len(sql) - len(letters)))
    letters[start : start + len(sql)] = sql
    span = Span(start, start + len(sql), taken(place, value, "line", int), 1)
    book.places[text, start, source] = len(book.statements)
    book.statements.append(Statement(name, span, taken(place, value, "verb", str)))


def _fitting(book: Book, text: str, source: str, start: int, sql: str) -> str:
    """What to call a text: two sources may mean two texts by one name."""
    there = "".join(book.texts.get(text, ())[start : start + len(sql)])
    fits = all(old in (new, " ") for old, new in zip(there, sql, strict=False))
    return text if fits else f"{source}/{text}"


def read_asset(book: Book, place: Place, value: Value) -> None:
    address = (taken(place, value, "namespace", str), taken(place, value, "key", str))
    key = "\t".join(address)
    if key in book.assets:
        place.refuse("DUPLICATE_ASSET", f"{address[1]} of {address[0]} stands on a line before", "key")
    book.assets[key] = (place, value)
    book.called[address] = key
    columns = [taken(place, column, "key", str) for column in listed(place, value, "columns", dict)]
    book.columns[key] = frozenset(columns)
    if len(book.columns[key]) < len(columns):
        place.refuse("DUPLICATE_COLUMN", "two of its columns have the same key", "columns")


def read_gap(book: Book, place: Place, value: Value) -> None:
    text, message, remedy = (taken(place, value, name, str) for name in ("text", "message", "remedy"))
    span = Span(*(taken(place, value, name, int) for name in ("start", "end", "line", "column")))
    book.gaps.append(Unresolved(text, span, member(place, value, "reason", Reason), message, remedy))


READERS = {"statement": read_statement, "asset": read_asset, "gap": read_gap}


def imported_of(book: Book) -> Imported:
    """All that was read, as lineage."""
    relations: list[Relation] = []
    edges: list[Edge] = []
    said: list[Said] = []
    addresses: dict[str, tuple[str, str]] = {}
    for key, (place, value) in book.assets.items():
        addresses[key] = (value["namespace"], value["key"])
        relations.append(relation_of(book, place, key, value))
        edges += (edge_of(book, place, key, edge) for edge in listed(place, value, "edges", dict))
        said += words_of(place, End(key), value)
        for column in listed(place, value, "columns", dict):
            said += words_of(place, End(key, taken(place, column, "key", str)), column)
    lineage = Lineage(
        tuple(book.statements), tuple(relations), tuple(edges), tuple(book.gaps), len(book.statements)
    )
    records = tuple(SqlText(name, "".join(letters)) for name, letters in book.texts.items())
    return Imported(lineage, records, addresses, tuple(said))


def relation_of(book: Book, place: Place, key: str, value: Value) -> Relation:
    columns = [
        Column(
            taken(place, column, "name", str),
            text_or_none(place, column, "type"),
            taken(place, column, "key", str),
        )
        for column in listed(place, value, "columns", dict)
    ]
    definition = value.get("definition")
    return Relation(
        key,
        taken(place, value, "name", str),
        member(place, value, "kind", RelationKind),
        tuple(columns),
        taken(place, value, "complete", bool),
        None if definition is None else statement_at(book, place, definition),
        taken(place, value, "description", str),
    )


def statement_at(book: Book, place: Place, where: object) -> int:
    """The number of the statement that something refers to."""
    known = None
    if isinstance(where, list) and all(isinstance(part, str | int) for part in where):
        known = book.places.get(tuple(where))
    if known is None:
        place.refuse("UNKNOWN_STATEMENT", f"there is no statement {str(where)[:60]} in the lines before")
    return known


def source_of(book: Book, place: Place, origin: object) -> End:
    """Where an edge comes from: `[namespace, asset, column]`, of which the column may be null."""
    key = None
    if (
        isinstance(origin, list)
        and len(origin) == len(ENDS)
        and all(isinstance(each, str) for each in origin[:2])
    ):
        key = book.called.get((origin[0], origin[1]))
    if key is None or not isinstance(origin, list):
        place.refuse(
            "UNKNOWN_ASSET", f"there is no asset {str(origin)[:60]} that the edge could come from", "from"
        )
    return end_of(book, place, key, origin[2])


def end_of(book: Book, place: Place, key: str, column: object) -> End:
    if column is None:
        return End(key)
    if not isinstance(column, str) or column not in book.columns[key]:
        place.refuse(
            "UNKNOWN_COLUMN", f"there is no column {str(column)[:60]} that an edge could have as its end"
        )
    return End(key, column)


def edge_of(book: Book, place: Place, key: str, value: Value) -> Edge:
    source, target = source_of(book, place, value.get("from")), end_of(book, place, key, value.get("to"))
    proofs = []
    for proof in listed(place, value, "evidence", dict):
        at = statement_at(book, place, [proof.get("text"), proof.get("statement"), proof.get("source")])
        begin, line = book.statements[at].span.start, taken(place, proof, "line", int)
        start, end = (taken(place, proof, name, int) for name in ("start", "end"))
        span = Span(begin + start, begin + end, line, 1)
        words = taken(place, proof, "note", str)
        proofs.append(Evidence(at, span, member(place, proof, "origin", Origin), words))
    if not proofs:
        place.refuse("NO_EVIDENCE", "an edge has no evidence", "evidence")
    kind, subtype = member(place, value, "kind", EdgeKind), member(place, value, "subtype", Subtype)
    return Edge(source, target, kind, subtype, taken(place, value, "masking", bool), tuple(proofs))


def words_of(place: Place, of: End, value: Value) -> Iterator[Said]:
    for name, kind in WORDS:
        yield from (Said(of, kind, words) for words in listed(place, value, name, str))
