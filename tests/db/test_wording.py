"""Texts as words: cut where names are cut, without capitals, and by stems that stay the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.wording import MAX_TEXT, MAX_WORD, searchable, split, stem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("orderTotal", "order total"),
        ("ORDER_TOTAL", "order total"),
        ("HTTPServer2Go", "http server 2 go"),
        ("shop.orders-2024", "shop orders 2024"),
        ("Größe.ÜbersichtTotal", "grösse übersichttotal"),
        ("价格_total", "价格 total"),
        ("price*1.5", "price 1 5"),
        ("'; DROP TABLE x; --", "drop table x"),
        ("\U0001f600 \x00 \ud800 %_", ""),
        ("\ue000hidden\ue001", "hidden"),
    ],
)
def test_words(text: str, words: str) -> None:
    """Names are cut at humps, underscores, dots and digits; signs are no words."""
    assert words.split() == split(text)


@pytest.mark.parametrize(
    ("forms", "stemmed"),
    [
        ("customer customers", "custom"),
        ("sale sales", "sale"),
        ("order orders ordered ordering", "order"),
        ("category categories", "categori"),
        ("address addresses", "address"),
        ("status", "status"),
        ("выручка", "выручка"),
        ("2024", "2024"),
    ],
)
def test_stems(forms: str, stemmed: str) -> None:
    """Stems are as they were when texts were stored: another stemmer has to store them anew."""
    assert {stemmed} == set(map(stem, forms.split()))


def test_what_is_stored() -> None:
    """Stems in order, then the words that differ from theirs; a length that counts the former."""
    assert ("sum custom order custom \ue000customers \ue000orders", 4) == searchable(
        "SUM(customers), orders, customers"
    )


@given(st.text())
def test_neither_database_cuts_again(text: str) -> None:
    """Between the spaces stand letters and digits, and as many as counted are stems."""
    words, length = searchable(text)
    stored = words.split(" ") if words else []

    assert all(word.removeprefix("\ue000").isalnum() and len(word) <= MAX_WORD + 1 for word in stored), stored
    assert length == sum(not word.startswith("\ue000") for word in stored)


@pytest.mark.parametrize("sign", ["a", "aB", "価", "\U00020000", "a1", "é_"])
def test_the_longest_text(sign: str) -> None:
    """However a text is made, what is stored of it fits into PostgreSQL's tsvector, which takes 1 MB."""
    words, _ = searchable(sign * MAX_TEXT)

    assert sum(len(word.encode()) for word in set(words.split(" "))) < 1 << 20
    assert len(words.encode()) < 2 << 20


def test_long_runs_are_read_at_once() -> None:
    """A run of letters with humps everywhere is cut in a pass, not in one for each hump."""
    assert MAX_TEXT // 2 + 1 == searchable("aB" * MAX_TEXT)[1]
