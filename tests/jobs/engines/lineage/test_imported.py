"""A file of nodes is read, or refused for each thing that is wrong with it: by path, with counts."""

import codecs
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.engines.lineage.imported import FIELDS, MAX_BYTES, Breach, parse
from jobs.errors import BadCatalog, Problem

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "ddl_text"]), inner),
    max_leaves=12,
)


def node(called: str = "a", **more: Any) -> dict[str, Any]:
    """A node as an export gives it."""
    return {
        "id": called,
        "name": called,
        "schema": "",
        "object_type": "Table",
        "description": "",
        "data_model_type": "Other",
        "node_symbol": "circle",
        "inputs": [],
        "outputs": [],
        "bidirectional_with": [],
        "parse_success": True,
        **more,
    }


def problems(content: object) -> list[Problem]:
    """Why a file is refused."""
    given = content if isinstance(content, bytes) else orjson.dumps(content)
    with pytest.raises(BadCatalog) as refused:
        parse(given, "x.json")
    assert all(each.file == "x.json" and each.message for each in refused.value.problems)
    return list(refused.value.problems)


def found(content: object) -> list[tuple[str, str, int]]:
    """Code, first path and count of each problem."""
    return [(each.code, each.field, each.row_count) for each in problems(content)]


def test_what_is_right() -> None:
    """Nodes are read in order; each reference counts once, and what flows both ways flows each way."""
    first = node("a", inputs=["b", "b"], bidirectional_with=["c"], ddl_text="CREATE", parse_success=False)
    elements, extra = parse(orjson.dumps([first, node("b", description=None), node("c")]), "x.json")

    assert [("a", ("b", "c"), ("c",)), ("b", (), ()), ("c", (), ())] == [
        (each.id, each.inputs, each.outputs) for each in elements
    ]
    assert ("CREATE", False, "") == (elements[0].ddl, elements[0].explained, elements[1].description)
    assert not extra


def test_fields_that_nobody_knows() -> None:
    """More fields than are known are told of, not refused."""
    assert {"colour"} == parse(orjson.dumps([node(colour="red")]), "x.json")[1]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_byte_order_marks(mark: bytes) -> None:
    """A file that Windows saved is read."""
    text = orjson.dumps([node("é")]).decode()
    content = mark + text.encode("utf-8" if mark == codecs.BOM_UTF8 else "utf-16-le")

    assert "é" == parse(content, "x.json")[0][0].id


def test_ten_megabytes() -> None:
    """A file of 10 MB is read, and one of a byte more refused by its size."""
    content = orjson.dumps([node()])
    full = content + b" " * (MAX_BYTES - len(content))

    assert 1 == len(parse(full, "x.json")[0])
    assert [(Breach.TOO_LARGE, "", 1)] == found(full + b" ")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[", b"[1,]", b"\xff", b"[" * 5_000, b'["\\ud800"]', b"[NaN]", orjson.dumps([node()])[:-1]],
)
def test_no_json(content: bytes) -> None:
    """What is no JSON, broken off, nested without end or half of a character is refused as that."""
    assert [(Breach.NOT_JSON, "", 1)] == found(content)


def test_where_json_breaks_off() -> None:
    """What is wrong with a file as a whole is told without a path, and where."""
    with pytest.raises(BadCatalog) as refused:
        parse(b'[{"id": "1"},\n {"id"', "x.json")

    ((words,),) = [problem.rows for problem in refused.value.problems]
    assert words.startswith("unexpected end of data")
    assert "line 2" in words


@pytest.mark.parametrize("content", [{}, 1, "x", None, {"nodes": []}])
def test_no_array(content: object) -> None:
    """JSON that is no array is refused."""
    assert [(Breach.NOT_AN_ARRAY, "", 1)] == found(content)


def test_no_nodes() -> None:
    """An empty array would say nothing."""
    assert [(Breach.EMPTY, "[]", 1)] == found([])


def test_no_objects() -> None:
    """Elements that are no objects are told by their places."""
    assert [(Breach.NO_OBJECT, "[1]", 2)] == found([node(), 1, None])


@pytest.mark.parametrize("name", FIELDS)
def test_missing_fields(name: str) -> None:
    """Each field but the DDL must be there."""
    lacking = {key: value for key, value in node("b").items() if key != name}
    (problem,) = problems([node(), lacking])

    assert (Breach.MISSING, "[1]", 1) == (problem.code, problem.field, problem.row_count)
    assert name in problem.message


def test_ids_that_are_numbers() -> None:
    """Ids, and references to them, must be strings: each kind of place is told."""
    wrong = [node(id=1), node("b", inputs=[1, "b"]), node("c", outputs=[None])]

    assert [
        (Breach.ID_TYPE, "[0].id", 1),
        (Breach.ID_TYPE, "[1].inputs[0]", 1),
        (Breach.ID_TYPE, "[2].outputs[0]", 1),
    ] == found(wrong)


def test_unknown_references() -> None:
    """References must be ids of the file; the first five are shown, and all are counted."""
    (problem,) = problems([node(), node("b"), node("c"), node("d", inputs=["a", *map(str, range(7))])])

    assert (Breach.UNKNOWN_ID, "[3].inputs[1]", 7) == (problem.code, problem.field, problem.row_count)
    assert "[3].inputs[1]: 0" == problem.rows[0]
    assert 5 == len(problem.rows)


@pytest.mark.parametrize(
    ("more", "breach"),
    [
        ({"object_type": "Tabel"}, Breach.UNKNOWN_VALUE),
        ({"object_type": 1}, Breach.TYPE),
        ({"data_model_type": "Cube"}, Breach.UNKNOWN_VALUE),
        ({"node_symbol": "star"}, Breach.UNKNOWN_VALUE),
        ({"parse_success": "yes"}, Breach.TYPE),
        ({"parse_success": None}, Breach.TYPE),
        ({"inputs": "a"}, Breach.TYPE),
        ({"outputs": None}, Breach.TYPE),
        ({"bidirectional_with": {}}, Breach.TYPE),
        ({"description": 5}, Breach.TYPE),
        ({"ddl_text": ["x"]}, Breach.TYPE),
        ({"ddl_text": "a\0b"}, Breach.NUL),
        ({"description": "\0"}, Breach.NUL),
        ({"name": "\0"}, Breach.NUL),
        ({"name": ""}, Breach.EMPTY_VALUE),
        ({"id": ""}, Breach.EMPTY_VALUE),
        ({"name": None}, Breach.TYPE),
        ({"schema": None}, Breach.TYPE),
        ({"name": "x" * 501}, Breach.TOO_LONG),
        ({"schema": "x" * 501}, Breach.TOO_LONG),
    ],
)
def test_wrong_values(more: dict[str, Any], breach: Breach) -> None:
    """Each value is held to its field, and told by its path."""
    assert [(breach, f"[0].{next(iter(more))}", 1)] == found([node(**more)])


def test_ids_that_repeat() -> None:
    """An id that an earlier object has is told with both places."""
    (problem,) = problems([node(), node("b"), node(), node()])

    assert (Breach.DUPLICATE_ID, 2) == (problem.code, problem.row_count)
    assert ("[2].id: a, as [0]", "[3].id: a, as [0]") == problem.rows


def test_all_at_once() -> None:
    """Everything that is wrong is told in one answer."""
    codes = {each.code for each in problems([1, node(id=2), node("b", name=""), node("c", inputs=["zz"]), {}])}

    assert {Breach.NO_OBJECT, Breach.ID_TYPE, Breach.EMPTY_VALUE, Breach.UNKNOWN_ID, Breach.MISSING} == codes


def test_long_values_are_cut() -> None:
    """What is shown of a value is short, and on one line."""
    (problem,) = problems([node(object_type="\n" * 500)])

    assert len(problem.rows[0]) < 100
    assert "\n" not in problem.rows[0]


@given(st.lists(JSON, max_size=4) | JSON)
def test_whatever_it_holds(content: object) -> None:
    """Any JSON is read or refused: nothing else comes out."""
    try:
        given = orjson.dumps(content)
    except orjson.JSONEncodeError:
        return
    with pytest.raises(BadCatalog):
        parse(given, "x.json")
