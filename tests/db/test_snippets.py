"""A snippet is a slice of its text around the first match, with marks that are true, and never too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.questions import Beginning, Leaf, Phrase, leaves, read_question
from db.snippets import LENGTH, snippet

SQL = "SELECT a,\n  b\nFROM shop.customers AS c\nJOIN shop.orders AS o ON o.customerId = c.id\n" + "-- x\n" * 99
LEAVES: list[Leaf] = [
    Phrase(("custom",)),
    Phrase(("net", "sale")),
    Phrase(("net", "net", "a")),
    Beginning("or"),
]
WORD = st.sampled_from(
    ["customers", "net", "sales", "netSales", "orders", "a", "\n", "  ", "_", "x" * 160, "é", "🙂"]
)


@pytest.mark.parametrize(
    ("q", "marked", "line"),
    [
        ("customer", ["customers", "customer"], 3),
        ("order*", ["orders"], 4),
        ('"on o"', ["ON o"], 4),
        ("order_as OR b", ["b", "orders AS"], 2),
        ("missing", [], 1),
    ],
)
def test_marks_and_lines(q: str, marked: list[str], line: int) -> None:
    """Words and phrases are marked as they are written, and the line is that of the first."""
    found = snippet(SQL, leaves(read_question(q)))

    assert marked == [found.text[start:end] for start, end in found.marks]
    assert line == found.line


@given(words=st.lists(WORD, max_size=60), wanted=st.lists(st.sampled_from(LEAVES), min_size=1, unique=True))
def test_any_text(words: list[str], wanted: list[Leaf]) -> None:
    """It is a slice of 150 characters at most; its marks are in order, apart, and inside of it."""
    text = " ".join(words)
    found = snippet(text, wanted)
    ends = [end for mark in found.marks for end in mark]

    assert len(found.text) <= LENGTH
    assert found.text in text
    assert sorted(ends) == ends
    assert all(0 <= start < end <= len(found.text) for start, end in found.marks)
    assert bool(found.marks) == (found.end > 0)
    if found.marks:
        first = found.marks[0]
        assert text[found.start :].startswith(found.text[first[0] : first[1]])
        assert text.count("\n", 0, found.start) + 1 == found.line
