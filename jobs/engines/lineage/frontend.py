"""Lineage as the JSON that front ends load: an array with a node a line, in order of their ids.

Ids are made of names alone, and everything is written in one way only, so that the same lineage gives the same
bytes wherever it is kept.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson

from jobs.engines.lineage.classify import DataModelType
from jobs.engines.lineage.values import RelationKind


class ObjectType(StrEnum):
    """What a node is."""

    TABLE = "Table"
    VIEW = "View"
    PROCEDURE = "Stored Procedure"
    FUNCTION = "Function"


SYMBOLS: Mapping[ObjectType, str] = {
    ObjectType.TABLE: "circle",
    ObjectType.VIEW: "square",
    ObjectType.PROCEDURE: "diamond",
    ObjectType.FUNCTION: "diamond",
}
"""How a node is drawn."""

MODEL_TYPES: Mapping[DataModelType, str] = {
    DataModelType.DIMENSION: "Dimension",
    DataModelType.FACT: "Fact",
    DataModelType.LOOKUP: "Lookup",
    DataModelType.OTHER: "Other",
}

OBJECT_TYPES: Mapping[str, ObjectType] = {
    RelationKind.TABLE: ObjectType.TABLE,
    RelationKind.VIEW: ObjectType.VIEW,
    RelationKind.PROCEDURE: ObjectType.PROCEDURE,
    RelationKind.FUNCTION: ObjectType.FUNCTION,
    RelationKind.EXTERNAL: ObjectType.TABLE,  # read or written and nowhere defined: most are tables
}
"""What an asset of a kind is as a node; assets of other kinds are none."""


END, EMPTY = b"\n]\n", b"[]\n"  # what ends a file, and a file without nodes


@dataclass(frozen=True, slots=True)
class Node:
    """A table, view, procedure or function, with the ids of what it reads and of what reads it, in order."""

    id: str
    object_type: ObjectType
    description: str = ""
    model_type: DataModelType = DataModelType.OTHER
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    explained: bool = True
    definition: str | None = None


def ids_of(names: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The id of each asset by its key: its name as shown, or its key where two would share an id.

    Args:
        names: Pairs of a key, which is unique, and a name as shown, which need not be: `Orders` and `"Orders"`
            are two relations where quotes protect capitals.

    Cost: linear, once for each chain of names that are others' keys: rarely more than twice.

    >>> dict(ids_of([("orders", "Orders"), ("Orders", "Orders"), ("x", "X")]))
    {'orders': 'orders', 'Orders': 'Orders', 'x': 'X'}
    """
    ids = dict(names)
    while True:
        taken = Counter(ids.values())
        shared = [key for key, name in ids.items() if taken[name] > 1 and name != key]
        if not shared:
            return ids
        ids.update((key, key) for key in shared)


def split_name(name: str) -> tuple[str, str]:
    """A name's schema, which may be empty, and the rest: cut at the last dot that has something on both sides.

    >>> split_name("dbo.Orders"), split_name("db.dbo.Orders"), split_name("Orders"), split_name("a.")
    (('dbo', 'Orders'), ('db.dbo', 'Orders'), ('', 'Orders'), ('', 'a.'))
    """
    schema, _, rest = name.rpartition(".")
    return (schema, rest) if schema and rest else ("", name)


def render(nodes: Iterable[Node]) -> Iterator[bytes]:
    """The file, piece by piece.

    Args:
        nodes: In order of their ids.
    """
    begun = False
    for node in nodes:
        yield line_of(node, first=not begun)
        begun = True
    yield END if begun else EMPTY


def line_of(node: Node, *, first: bool) -> bytes:
    """The piece of the file that is a node; what comes behind the last one is `END`."""
    return (b"[\n" if first else b",\n") + orjson.dumps(shape(node))


def shape(node: Node) -> dict[str, object]:
    """A node with the names and in the order of the file; what flows both ways is in all three lists."""
    schema, name = split_name(node.id)
    outputs = set(node.outputs)
    shaped: dict[str, object] = {
        "id": node.id,
        "name": name,
        "schema": schema,
        "object_type": node.object_type.value,
        "description": node.description,
        "data_model_type": MODEL_TYPES[node.model_type],
        "node_symbol": SYMBOLS[node.object_type],
        "inputs": node.inputs,
        "outputs": node.outputs,
        "bidirectional_with": [each for each in node.inputs if each in outputs],
        "parse_success": node.explained,
    }
    if node.definition is not None:
        shaped["ddl_text"] = node.definition
    return shaped


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each id what it reads and what reads it."""

    inputs: Mapping[str, Sequence[str]]
    outputs: Mapping[str, Sequence[str]]


def neighbours_of(pairs: Iterable[tuple[str, str]]) -> Neighbours:
    """What is beside each node, in order.

    Args:
        pairs: Source and target by id, in any order, perhaps again and again. One with itself is left out.
    """
    inputs, outputs = dict[str, list[str]](), dict[str, list[str]]()
    for source, target in sorted({(source, target) for source, target in pairs if source != target}):
        inputs.setdefault(target, []).append(source)
        outputs.setdefault(source, []).append(target)
    return Neighbours(inputs, outputs)
