"""Pieces of SQL that this engine writes itself: names, literals, and values in another form.

Parquet knows fewer types than DuckDB, and Python fewer still. So a value has three forms, each made by SQL of
the one before, where it must differ: *declared*, of the type that the statement gave; *stored*, which Parquet
holds without loss; *shown*, which Python reads without loss.
"""

from collections.abc import Callable

from duckdb.sqltypes import DuckDBPyType

AS_TEXT = {"bignum", "bit", "hugeint", "interval", "time with time zone", "uhugeint"}
"""What Parquet would round, shift to UTC or cut to milliseconds."""
CHANGED = AS_TEXT | {"array", "enum", "geometry", "timestamp_ms", "timestamp_s", "tuple"}
"""What comes back from Parquet as another type, though with the same value."""
READ_AS_THEY_ARE = {
    *("bigint", "blob", "boolean", "double", "float", "integer", "null", "smallint", "tinyint", "ubigint"),
    *("uinteger", "usmallint", "utinyint", "varchar"),
}
"""What Python has a value for, each for each."""

Change = Callable[[str, DuckDBPyType, int], str]


def name(text: str) -> str:
    """A name, quoted."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string constant."""
    return "'" + text.replace("'", "''") + "'"


def stored(value: str, kind: DuckDBPyType, depth: int = 0) -> str:
    """SQL that makes the stored form of a declared value; `value` is evaluated more than once."""
    if kind.id in AS_TEXT:
        return f"CAST({value} AS VARCHAR)"
    if kind.id == "union":
        members = [
            f"m{place} := {stored(f'union_extract({value}, {literal(member)})', of, depth)}"
            for place, (member, of) in enumerate(parts_of(kind)[1:])
        ]
        packed = ", ".join((f"tag := CAST(union_tag({value}) AS VARCHAR)", *members))
        return f"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({packed}) END"
    if not _any(kind, lambda each: each.id == "union" or each.id in AS_TEXT):
        return value
    if kind.id == "tuple":
        value = f"CAST({value} AS STRUCT({', '.join(f'{name(field)} {of}' for field, of in fields_of(kind))}))"
    return _within(value, kind, stored, depth)


def restored(value: str, kind: DuckDBPyType, depth: int = 0) -> str:
    """SQL that makes a declared value of its stored form."""
    if not _any(kind, lambda each: each.id == "union" or each.id in CHANGED):
        return value
    if kind.id == "union":
        cases = [
            f"WHEN {literal(member)} THEN CAST("
            f"union_value({name(member)} := {restored(_field(value, f'm{place}'), of, depth)}) AS {kind})"
            for place, (member, of) in enumerate(parts_of(kind)[1:])
        ]
        return f"CASE {_field(value, 'tag')} {' '.join(cases)} END"
    if not _any(kind, lambda each: each.id == "union"):
        return f"CAST({value} AS {kind})"
    return f"CAST({_within(value, kind, restored, depth)} AS {kind})"


def shown(value: str, kind: DuckDBPyType, depth: int = 0) -> str:
    """SQL that makes of a stored value what Python reads without loss: text, mostly; of a map its entries."""
    if kind.id in READ_AS_THEY_ARE:
        return value
    if kind.id == "variant":
        return f"CAST(to_json({value}) AS VARCHAR)"
    if kind.id == "union":
        members = [
            f"m{place} := {shown(_field(value, f'm{place}'), of, depth)}"
            for place, (_, of) in enumerate(parts_of(kind)[1:])
        ]
        packed = ", ".join((f"tag := {_field(value, 'tag')}", *members))
        return f"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({packed}) END"
    if kind.id == "map":
        return _entries(value, kind, shown, depth)
    if kind.id in {"array", "list", "struct", "tuple"}:
        return _within(value, kind, shown, depth)
    return f"CAST({value} AS VARCHAR)"


def parts_of(kind: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    """The types within a nested type, with their names; the first one of a union is its tag."""
    return [(part, of) for part, of in kind.children if isinstance(of, DuckDBPyType)]


def fields_of(kind: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    """The fields of a struct, or those of a tuple under the names that Parquet has for them."""
    if kind.id == "struct":
        return parts_of(kind)
    return [(f"element{place}", of) for place, (_, of) in enumerate(parts_of(kind), start=1)]


def _within(value: str, kind: DuckDBPyType, change: Change, depth: int) -> str:
    """The same change for all that a nested value holds."""
    if kind.id == "map":
        return f"map_from_entries({_entries(value, kind, change, depth)})"
    if kind.id in {"struct", "tuple"}:
        fields = ", ".join(
            f"{name(field)} := {change(_field(value, field), of, depth)}" for field, of in fields_of(kind)
        )
        return f"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({fields}) END"
    each = f"each{depth}"
    return f"list_transform({value}, lambda {each}: {change(each, parts_of(kind)[0][1], depth + 1)})"


def _entries(value: str, kind: DuckDBPyType, change: Change, depth: int) -> str:
    (_, key), (_, content) = parts_of(kind)
    entry = f"entry{depth}"
    left = change(_field(entry, "key"), key, depth + 1)
    right = change(_field(entry, "value"), content, depth + 1)
    return f"list_transform(map_entries({value}), lambda {entry}: struct_pack(key := {left}, value := {right}))"


def _field(value: str, field: str) -> str:
    return f"struct_extract({value}, {literal(field)})"


def _any(kind: DuckDBPyType, wanted: Callable[[DuckDBPyType], bool]) -> bool:
    """Whether a type, or one within it, is wanted."""
    if wanted(kind):
        return True
    nested = kind.id in {"array", "list", "map", "struct", "tuple", "union"}
    return nested and any(_any(of, wanted) for _, of in parts_of(kind))
