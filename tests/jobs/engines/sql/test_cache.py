"""Two texts have one key only if they ask the same, and none if the answer may differ each time."""

import pytest

from jobs.engines.sql.cache import cache_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT a FROM t", "select  a\nFROM t -- comment\n;"),
        ("SELECT a FROM t WHERE b IS NOT NULL", "select /* all */ a from t where b is not null;;"),
        ("SELECT 'a  b'", "SELECT/**/'a  b'"),
    ],
)
def test_same_question(one: str, other: str) -> None:
    """Blanks, comments, semicolons and the case of keywords make no difference."""
    assert cache_key(one) == cache_key(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT 'a b'", "SELECT 'a  b'"),
        ("SELECT 'A'", "SELECT 'a'"),
        ("SELECT 1 AS A", "SELECT 1 AS a"),
        ("SELECT 1 AS Select", "SELECT 1 AS select"),
        ("SELECT 'a' -- b", "SELECT 'a -- b'"),
        ("SELECT a b", "SELECT ab"),
        ('SELECT "from"', 'SELECT "FROM"'),
    ],
)
def test_other_questions(one: str, other: str) -> None:
    """What may change a row or the name of a column makes a difference."""
    assert cache_key(one) != cache_key(other)


def test_params_are_part_of_the_question() -> None:
    """Other parameters ask something else; the order of names does not matter."""
    assert cache_key("SELECT $1", [1]) != cache_key("SELECT $1", [2])
    assert cache_key("SELECT $1", [1]) != cache_key("SELECT $1", ["1"])
    assert cache_key("SELECT $a", {"a": 1, "b": 2}) == cache_key("SELECT $a", {"b": 2, "a": 1})


@pytest.mark.parametrize(
    "sql",
    [
        *("SELECT random()", "SELECT uuid()", "SELECT gen_random_uuid()", "SELECT uuidv7()", "SELECT now()"),
        *(
            "SELECT NOW ()",
            "SELECT current_date",
            "SELECT CURRENT_TIMESTAMP",
            "SELECT today()",
            "SELECT ago(i) FROM t",
        ),
        *("SELECT get_current_time()", "SELECT localtimestamp", "SELECT age(d) FROM t", "SELECT nextval('s')"),
        *("FROM t USING SAMPLE 10", "FROM t TABLESAMPLE 10%", "SELECT txid_current()", 'SELECT "now"()'),
        *("SELECT transaction_timestamp()", "SELECT setseed(0.5)", "INSERT INTO t SELECT random()"),
    ],
)
def test_answers_that_differ(sql: str) -> None:
    """What looks at the clock or at chance has no key."""
    assert cache_key(sql) is None


@pytest.mark.parametrize(
    "sql",
    ["SELECT t.current_date FROM t", 'SELECT "current_date" FROM t', "SELECT now FROM t", "SELECT 'now()'"],
)
def test_names_are_no_functions(sql: str) -> None:
    """A column may be called like a function of the clock."""
    assert cache_key(sql) is not None
