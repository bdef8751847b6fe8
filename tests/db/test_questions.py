"""The language of full search: what is read, what is refused and where, and that no text becomes syntax."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.questions import (
    FTS5,
    TSQUERY,
    BadQuestion,
    Beginning,
    Either,
    Every,
    Phrase,
    Question,
    leaves,
    read_question,
    written,
)

A, B, C = (Phrase((letter,)) for letter in "abc")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Customers", Phrase(("custom",))),
        ("a b", Every((A, B))),
        ("a AND b", Every((A, B))),
        ("a OR b c", Either((A, Every((B, C))))),
        ("(a OR b) c", Every((Either((A, B)), C))),
        ("a NOT b", Every((A,), (B,))),
        ("NOT a AND b", Every((B,), (A,))),
        ("NOT NOT a", A),
        ("NOT (NOT a AND NOT b)", Either((A, B))),
        ("NOT (a OR NOT b)", Every((B,), (A,))),
        ("c NOT (a NOT b)", Every((C,), (Every((A,), (B,)),))),
        ("a and b", Every((A, Phrase(("and",)), B))),
        ('"net sales"', Phrase(("net", "sale"))),
        ('"a OR b"', Phrase(("a", "or", "b"))),
        ("net_sales", Phrase(("net", "sale"))),
        ("mart.netSales", Phrase(("mart", "net", "sale"))),
        ("Cust*", Beginning("cust")),
        ("net_sal*", Every((Phrase(("net",)), Beginning("sal")))),
        ('"cust*"', Phrase(("cust",))),
    ],
)
def test_what_is_read(text: str, question: Question) -> None:
    """Words, phrases, beginnings and operators; capitals make operators, and what is left of NOT is beside."""
    assert question == read_question(text)


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("", 1, "nothing to look for"),
        ('a "b c', 3, "quote is opened and not closed"),
        ("a (b", 3, "bracket is opened and not closed"),
        ("a b)", 4, "closed that was not opened"),
        (")", 1, "nothing before it"),
        ("a ()", 4, "nothing in the brackets"),
        ("a AND", 3, "AND has nothing behind it"),
        ("OR a", 1, "OR has nothing before it"),
        ("a NOT", 3, "NOT has nothing behind it"),
        ("NOT a", 1, "NOT has nothing beside it"),
        ("a OR NOT b", 6, "NOT has nothing beside it"),
        ("a %_ b", 3, "no letter or digit"),
        ('a ""', 3, "no letter or digit"),
        ("a x*", 3, "begins too much"),
        ("(" * 22 + "a" + ")" * 22, 22, "nested too deeply"),
        ("NOT " * 30 + "a", 85, "nested too deeply"),
    ],
)
def test_what_is_refused(text: str, position: int, problem: str) -> None:
    """A question that cannot be read names the character, what is wrong with it, and what to do."""
    with pytest.raises(BadQuestion) as refused:
        read_question(text)

    assert position == refused.value.position
    assert problem in refused.value.problem
    assert refused.value.remedy


def test_what_is_looked_for() -> None:
    """What is excluded is no reason why something was found."""
    assert (A, B, C) == leaves(read_question("a (b OR c) b NOT x"))


def test_what_an_index_is_asked() -> None:
    """An index of words is asked for the words of phrases; phrases that are excluded exclude nothing there."""
    question = read_question('"net sales" cust* NOT (x OR "y z")')

    assert '"S" AND ((("net" AND "sale") AND ("cust"* OR "\ue000cust"*)) NOT ((("x"))))' == written(
        question, "S", FTS5
    )
    assert "'S' & ((('net' & 'sale') & ('cust':* | '\ue000cust':*)) & !((('x'))))" == written(
        question, "S", TSQUERY
    )


@given(st.text(st.one_of(st.characters(), st.sampled_from("()\"*ANDORT ab_\\'&|!:{}+^-")), max_size=200))
def test_no_text_is_syntax(text: str) -> None:
    """Whatever is typed is read or refused; between our own signs stand letters and digits alone."""
    with contextlib.suppress(BadQuestion):
        question = read_question(text)
        asked = written(question, "S", FTS5)
        assert re.fullmatch(r'(?:"\ue000?[^\W_]+"\*?| AND | OR | NOT |[()])+', asked), asked
        asked = written(question, "S", TSQUERY)
        assert re.fullmatch(r"(?:'\ue000?[^\W_]+'(?::\*)?| & !?| \| |[()])+", asked), asked
