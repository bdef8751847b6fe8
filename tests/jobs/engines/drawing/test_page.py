"""The page of a picture: whole without a script, and unharmed by what things are called."""

import doctest
import re
import unicodedata
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.engines.drawing import mermaid, wording
from jobs.engines.drawing.page import Dress, page_of
from jobs.engines.drawing.svg import reason_of, text_of
from jobs.engines.drawing.values import Arrow, Card, End, Picture, Reason, Row
from jobs.engines.drawing.wording import cleaned, shortened, width_of
from tests.jobs.engines.drawing.pictures import flow, picture_of, pictures, table

DRESS = Dress("p { color: red }\n", "let a = 1;\n", "n0nce")
HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"'><b>",
        "</svg></title>",
        "\u202e]]>",
        "&lt;",
    ]
)
WORDS = {"b", "bdi", "br", "details", "table", "tbody", "td", "th", "thead", "tr", "summary"}
TAGS = WORDS | {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "p", "ul", "li", "label", "input"),
    *("main", "svg", "defs", "marker", "path", "g", "rect", "text", "circle", "script"),
}


class Outline(HTMLParser):
    """The tags of a page, what they carry, and the texts of all titles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.carried: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.carried += [(name, value or "") for name, value in attrs]

    def values(self, name: str) -> list[str]:
        return [value for carried, value in self.carried if carried == name]


@given(pictures(HOSTILE))
@settings(deadline=None, max_examples=60)
def test_names_are_only_text(picture: Picture) -> None:
    """No name brings an element, an attribute that acts, an address or a second script into the page."""
    page = page_of(picture, DRESS)
    outline = Outline(page)

    assert set(outline.tags) <= TAGS
    assert 1 == outline.tags.count("script") == page.count("<script")
    assert [] == [
        name for name, _ in outline.carried if name.startswith("on") or name in {"style", "src", "href"}
    ]
    assert ["n0nce"] * 2 == outline.values("nonce")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u0000]", page)


@given(pictures())
@settings(deadline=None, max_examples=60)
def test_everything_is_there(picture: Picture) -> None:
    """Each card, row and arrow stands in the page, with keys that arrows name; each arrow in the table too."""
    outline = Outline(page_of(picture, DRESS))
    ends = outline.values("data-end")
    rows = sum(len(card.rows) for card in picture.cards)

    assert len(ends) == len(set(ends)) == len(picture.cards) + rows
    assert {*outline.values("data-from"), *outline.values("data-to")} <= set(ends)
    assert len(picture.arrows) == len(outline.values("data-from"))
    assert 1 + len(picture.arrows) == outline.tags.count("tr")
    assert len(ends) == outline.values("role").count("button") == outline.values("aria-pressed").count("false")


def test_what_a_page_says() -> None:
    """The page tells revision, counts, bounds and what is left out, and each arrow's reasons."""
    cards = (
        Card("raw.a", "table", "headwater://main", (Row("x", "INT"),), hidden=1_200, more_before=True),
        Card("mart.b", "query_result", rows=(Row("y"),), hidden=1, more_after=True),
    )
    reasons = tuple(Reason("group_by", f"x + {at}", f"b.sql:{at}") for at in range(7))
    arrow = Arrow(End(0, 0), End(1, 0), direct=True, masking=True, reasons=reasons)
    page = page_of(Picture(End(1, 0), cards, (arrow,), 12, truncated=True, left_out=3), DRESS)

    facts = "revision 12 · 2 assets · 2 columns · 1 edge · 3 more edges between these are not drawn · more lies"
    assert facts in page
    assert "<title>mart.b.y · lineage</title>" in page
    assert "+1,200 more columns<" in page
    assert "+1 more column<" in page
    assert "The same as a table: 1 edge<" in page
    assert ">INT</text>" in page
    assert "query result" in page
    assert 2 == page.count("More lies behind a bound.")
    assert "group by: x + 0  (b.sql:0)<br>" in page
    assert "<br>and 2 more</bdi>" in page
    assert 2 == page.count(">masked</text>")  # one in the legend
    assert "raw.a.x → mart.b.y\nvalue flows, masked\ngroup by: x + 0  (b.sql:0)\n" in page


def test_long_names_are_shortened() -> None:
    """A name of five hundred letters is shown by its ends and told in full; its type gives way to it."""
    name = "revenue_" * 62 + "euro"
    page = page_of(picture_of((Card(name, "table", rows=(Row(name, "DECIMAL"),)),)), DRESS)
    shown = re.findall(r'<text class="name"[^>]*>([^<]*)<', page)

    assert 2 == len(shown)
    assert all(each.startswith("revenue_") and each.endswith("euro") and len(each) < 40 for each in shown)
    assert f"<title>{name}.{name}\nDECIMAL</title>" in page
    assert "DECIMAL</text>" not in page


def test_a_picture_without_columns() -> None:
    """Where no columns are shown, none are counted."""
    page = page_of(picture_of((table("a"), table("b")), flow(End(0), End(1), direct=False)), DRESS)

    assert "2 assets · 1 edge</p>" in page
    assert "influences" in page


@given(st.text(), st.integers(0, 30))
def test_texts_fit(name: str, width: int) -> None:
    """A shortened text is never wider than there is room, and no sign of it is a control."""
    made = shortened(name, width)

    assert width_of(made) <= max(width, 1)
    bad = {"Cc", "Cs", "Cn", "Zl", "Zp"}
    assert [] == [sign for sign in cleaned(name) if unicodedata.category(sign) in bad]


def test_texts_are_cleaned() -> None:
    """Line ends become blanks, signs that turn text around a visible one; marks do not pile up; emoji stay."""
    family = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"

    assert "a b  c" == cleaned("a\nb\t\u2028c")
    assert "x\N{REPLACEMENT CHARACTER}y" == cleaned("x\u202ey")
    assert "e" + "\u0301" * 3 == cleaned("e" + "\u0301" * 50)
    assert family == cleaned(family)
    assert 4 == width_of(family)
    assert "ab…" == text_of("abcdef", 3)
    assert "join" == reason_of(Reason("join"))


def test_examples_of_docstrings() -> None:
    """What docstrings show is what happens."""
    for module in (wording, mermaid):
        result = doctest.testmod(module)
        assert result.attempted
        assert not result.failed
