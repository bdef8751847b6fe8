"""Mermaid text: valid whatever things are called."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from jobs.engines.drawing.mermaid import MAX_EDGES, MAX_LABEL, label, mermaid_of
from jobs.engines.drawing.values import Arrow, Card, End, Picture
from jobs.engines.drawing.wording import shortened
from tests.jobs.engines.drawing.pictures import flow, picture_of, pictures, table

HOSTILE = st.text(max_size=80) | st.sampled_from(
    ['"];end', "end", "`**b**`", "%%{init}%%", "a]\nb --> c", "x:#1;"]
)
SAFE = re.compile(r"(?:[\w _.-]|#\d+;)*")
LINES = (
    r"flowchart LR",
    r"%% \d+ more edges are left out",
    r'subgraph s\d+\["(?:[^\W]|[ _.-]|#\d+;)*"\]',
    r'a\d+\(\["(?:[^\W]|[ _.-]|#\d+;)*"\]\)',
    r'a\d+c\d+\["(?:[^\W]|[ _.-]|#\d+;)*"\]',
    r"end",
    r"a\d+(?:c\d+)? (?:-->|-\.->)(?:\|masked\|)? a\d+(?:c\d+)?",
)
LINE = re.compile("|".join(LINES))
REFERRED = re.compile(r"^(a\S+) \S+ (a\S+)$", re.MULTILINE)
DECLARED = re.compile(r"^(a\d+(?:c\d+)?)[\[(]", re.MULTILINE)


def read_back(text: str) -> str:
    """A label as a reader of Mermaid sees it."""
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


@given(pictures(HOSTILE))
def test_every_line_is_known(picture: Picture) -> None:
    """Whatever things are called, each line is one that the grammar knows, and edges name nodes of it."""
    text = mermaid_of(picture)
    declared = set(DECLARED.findall(text))

    assert [] == [line for line in text.removesuffix("\n").split("\n") if not LINE.fullmatch(line)]
    assert len(declared) == len(DECLARED.findall(text))
    assert {end for ends in REFERRED.findall(text) for end in ends} <= declared
    assert len(picture.cards) == text.count("\nend\n")


@given(HOSTILE)
@example("1. not a list")
@example("- not a list")
@example("style:#1;")
def test_labels_mean_what_was_written(name: str) -> None:
    """A label holds nothing that Mermaid could take for its own, and reads as the shortened name."""
    made = label(name)

    assert SAFE.fullmatch(made)
    assert shortened(name, MAX_LABEL) == read_back(made)
    assert not re.match(r"(?:[-+*]|\d+\.)\s", made)


def test_a_flowchart() -> None:
    """Assets are subgraphs, columns nodes; values flow along lines, influences along dots."""
    cards = Card("raw.a", "table", rows=table("", "x").rows), Card("mart b", "query_result", hidden=3)
    arrows = flow(End(0, 0), End(1), direct=False), flow(End(0, 0), End(1), masking=True)

    assert [
        "flowchart LR",
        'subgraph s0["raw.a"]',
        'a0c0["x"]',
        "end",
        'subgraph s1["mart b"]',
        'a1(["query result"])',
        "end",
        "a0c0 -->|masked| a1",
        "a0c0 -.-> a1",
    ] == mermaid_of(picture_of(cards, *arrows)).splitlines()


def test_no_more_than_mermaid_draws() -> None:
    """Of very many edges the direct ones are kept, and the text says how many are left out."""
    names = [f"c{at}" for at in range(30)]
    arrows: list[Arrow] = [flow(End(0, at), End(1, to), direct=to > 0) for at in range(30) for to in range(30)]
    lines = mermaid_of(picture_of((table("a", *names), table("b", *names)), *arrows)).splitlines()

    assert "%% 400 more edges are left out" == lines[1]
    assert MAX_EDGES == sum(" --> " in line for line in lines)
