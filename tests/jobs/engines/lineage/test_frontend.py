"""Lineage as the JSON of front ends is written in one way only."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from jobs.engines.lineage.classify import DataModelType
from jobs.engines.lineage.frontend import (
    Neighbours,
    Node,
    ObjectType,
    ids_of,
    neighbours_of,
    render,
    split_name,
)

NAMES = st.text(st.sampled_from('aA.".é '), min_size=1, max_size=6)


def file(*nodes: Node) -> bytes:
    return b"".join(render(nodes))


def test_the_shape_of_a_node() -> None:
    """A node has the documented fields in their order; DDL is there only where it is known."""
    node = Node(
        id="dbo.DimDay",
        object_type=ObjectType.VIEW,
        description="Days",
        model_type=DataModelType.DIMENSION,
        inputs=("a", "b"),
        outputs=("b", "c"),
        explained=False,
        definition='CREATE VIEW "é"',
    )

    (shaped,) = orjson.loads(file(node))

    assert {
        "id": "dbo.DimDay",
        "name": "DimDay",
        "schema": "dbo",
        "object_type": "View",
        "description": "Days",
        "data_model_type": "Dimension",
        "node_symbol": "square",
        "inputs": ["a", "b"],
        "outputs": ["b", "c"],
        "bidirectional_with": ["b"],
        "parse_success": False,
        "ddl_text": 'CREATE VIEW "é"',
    } == shaped
    assert "ddl_text" not in orjson.loads(file(Node("x", ObjectType.TABLE)))[0]


def test_a_line_a_node() -> None:
    """The file is an array with a node a line, so that two exports can be compared by line."""
    lines = file(Node("a", ObjectType.TABLE), Node("b", ObjectType.FUNCTION)).splitlines()

    assert (b"[", b"]") == (lines[0], lines[-1])
    assert ["a", "b"] == [orjson.loads(line.rstrip(b","))["id"] for line in lines[1:-1]]
    assert b"[]\n" == file()


def test_symbols() -> None:
    """Tables are circles, views squares, procedures and functions diamonds."""
    symbols = {each: orjson.loads(file(Node("x", each)))[0]["node_symbol"] for each in ObjectType}

    assert ["circle", "square", "diamond", "diamond"] == list(symbols.values())


def test_neighbours() -> None:
    """Neighbours are told once and in order, and nothing is its own."""
    pairs = [("b", "c"), ("a", "c"), ("b", "c"), ("c", "c"), ("c", "a")]

    expected = Neighbours({"c": ["a", "b"], "a": ["c"]}, {"a": ["c"], "b": ["c"], "c": ["a"]})
    assert expected == neighbours_of(pairs)


@given(st.dictionaries(NAMES, NAMES))
def test_ids_are_unique(names: dict[str, str]) -> None:
    """Whatever names are shown, no two ids are the same, and one that nobody else has is the name."""
    ids = ids_of(names.items())

    assert list(names) == list(ids)
    assert len(set(ids.values())) == len(ids)
    assert all(ids[key] in {key, name} for key, name in names.items())


@given(NAMES)
def test_names_come_together_again(name: str) -> None:
    """A schema and a name, joined by a dot, are the name they were cut of, and no name is empty."""
    schema, rest = split_name(name)

    assert name == (f"{schema}.{rest}" if schema else rest)
    assert rest
