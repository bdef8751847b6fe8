"""A memory makes a run faster and changes nothing in what it says."""

import gc
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.garbage import THRESHOLDS, collecting_rarely
from jobs.engines.lineage.memory import Memory, fingerprint
from jobs.engines.lineage.values import Column, HintMode, Lineage, SqlText
from tests.jobs.engines.lineage.golden import Case, cases, load
from tests.jobs.engines.lineage.test_procedures import FOLDER as PROCEDURES

CHAIN = [
    SqlText("t.sql", "CREATE TABLE t (a int, b int)"),
    SqlText("v1.sql", "CREATE VIEW v1 AS SELECT a, b FROM t"),
    SqlText("v2.sql", "CREATE VIEW v2 AS SELECT * FROM v1"),
    SqlText("v3.sql", "CREATE VIEW v3 AS SELECT a FROM v2"),
    SqlText("other.sql", "CREATE VIEW other AS SELECT x FROM elsewhere"),
]


def by_dialect() -> Mapping[str, list[Case]]:
    """Return the golden cases of each dialect."""
    found: dict[str, list[Case]] = {}
    for path in cases():
        case = load(path)
        found.setdefault(case.dialect, []).append(case)
    return found


GOLDEN = by_dialect()


def edited(texts: Sequence[SqlText], name: str, sql: str) -> list[SqlText]:
    """Return texts of which one has other SQL."""
    return [SqlText(name, sql) if each.name == name else each for each in texts]


def remembered(texts: Sequence[SqlText], memory: Memory) -> tuple[int, int]:
    """Check what a memory says of texts; return how many texts were read and how many writes bound."""
    assert analyse(texts, "duckdb") == analyse(texts, "duckdb", memory=memory)
    return memory.read, memory.bound


def test_nothing_changed() -> None:
    """Of texts that did not change nothing is read, and the very same lineage comes back."""
    memory = Memory()
    first = analyse(CHAIN, "duckdb", memory=memory)
    again = analyse(list(CHAIN), "duckdb", memory=memory)

    assert first is again
    assert (0, 0) == (memory.read, memory.bound)


def test_one_text_changed() -> None:
    """A view that changed is read again; those that read it are bound again only if its columns changed."""
    memory = Memory()
    assert (5, 4) == remembered(CHAIN, memory)

    same_columns = edited(CHAIN, "v1.sql", "CREATE VIEW v1 AS SELECT a, a + b AS b FROM t")
    assert (1, 1) == remembered(same_columns, memory)

    other_columns = edited(CHAIN, "v1.sql", "CREATE VIEW v1 AS SELECT a, b, a + b AS c FROM t")
    assert (1, 3) == remembered(other_columns, memory)

    assert (1, 3) == remembered(CHAIN, memory)


def test_a_table_changed() -> None:
    """What reads a table is bound again when the table has other columns, though its text is the same."""
    memory = Memory()
    remembered(CHAIN, memory)

    more = edited(CHAIN, "t.sql", "CREATE TABLE t (a int, b int, c int)")
    assert (1, 1) == remembered(more, memory)


def test_texts_come_and_go() -> None:
    """Texts before and behind change the numbers of statements, and nothing else is done again."""
    memory = Memory()
    remembered(CHAIN, memory)

    first = [SqlText("first.sql", "CREATE TABLE unrelated (z int)"), *CHAIN]
    assert (1, 0) == remembered(first, memory)
    assert (0, 0) == remembered(CHAIN[:-1], memory)
    assert (1, 1) == remembered(CHAIN, memory)


def test_columns_that_were_given() -> None:
    """Columns that the caller knows count like those that a text declares."""
    memory = Memory()
    texts = [
        SqlText("v.sql", "CREATE VIEW v AS SELECT * FROM t"),
        SqlText("w.sql", "CREATE VIEW w AS SELECT 1"),
    ]
    for columns in (("a",), ("a", "b"), ("a", "b"), ()):
        known = {"t": tuple(map(Column, columns))} if columns else {}
        assert analyse(texts, "duckdb", known=known) == analyse(texts, "duckdb", known=known, memory=memory)
    assert (0, 1) == (memory.read, memory.bound)


@pytest.mark.parametrize(
    ("dialect", "schema", "hints"),
    [("postgres", "", HintMode.UNION), ("duckdb", "main", HintMode.UNION), ("duckdb", "", HintMode.REPLACE)],
)
def test_another_setting(dialect: str, schema: str, hints: HintMode) -> None:
    """In another dialect, schema or mode of hints nothing is remembered."""
    memory = Memory()
    analyse(CHAIN, "duckdb", memory=memory)
    lineage = analyse(CHAIN, dialect, default_schema=schema, hints=hints, memory=memory)

    assert lineage == analyse(CHAIN, dialect, default_schema=schema, hints=hints)
    assert 5 == memory.read


def test_prints() -> None:
    """A fingerprint tells dialects, names, texts and their borders apart, lone surrogates and all."""
    texts = [
        SqlText("a", "b"),
        SqlText("ab", ""),
        SqlText("", "ab"),
        SqlText("a", "b "),
        SqlText("a", "\udc80"),
    ]
    prints = [fingerprint(text, dialect) for text in texts for dialect in ("duckdb", "tsql")]

    assert len(prints) == len(set(prints))
    assert prints[0] == fingerprint(SqlText("a", "b"), "duckdb")


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_history(data: st.DataObject) -> None:
    """Whatever texts come, go, change and move between runs, a memory never changes a result."""
    dialect = data.draw(st.sampled_from(sorted(GOLDEN)))
    pool = [
        SqlText(f"{place}.sql", case.sql)
        for place, case in enumerate(data.draw(st.lists(st.sampled_from(GOLDEN[dialect]), max_size=8)))
    ]
    pool += [SqlText(text.name, f"{text.sql}\nCREATE TABLE more (a int);") for text in pool]
    memory = Memory()
    for _ in range(4):
        texts = data.draw(st.lists(st.sampled_from(pool), max_size=10)) if pool else []

        assert analyse(texts, dialect) == analyse(texts, dialect, memory=memory)


def test_procedures_beside_views() -> None:
    """Bodies are followed anew in every run, whatever is remembered around them."""
    texts = [
        SqlText(path.stem, path.read_text(encoding="utf-8")) for path in sorted(PROCEDURES.glob("tsql*.sql"))
    ]
    texts += [SqlText("v.sql", "CREATE VIEW dbo.v AS SELECT * FROM dbo.Customer")]
    memory = Memory()

    def both(given: Sequence[SqlText]) -> tuple[Lineage, Lineage]:
        return analyse(given, "tsql", default_schema="dbo"), analyse(
            given, "tsql", default_schema="dbo", memory=memory
        )

    for given_texts in (texts, texts[1:], texts[::-1], texts):
        plain, with_memory = both(given_texts)
        assert plain == with_memory
    assert 0 == memory.read


def test_garbage() -> None:
    """Garbage is looked for rarely while a lineage is found, and as before afterwards."""
    before = gc.get_threshold()
    with collecting_rarely():
        assert THRESHOLDS == gc.get_threshold()
    assert before == gc.get_threshold()

    gc.set_threshold(0)
    try:
        with collecting_rarely():
            assert 0 == gc.get_threshold()[0]
    finally:
        gc.set_threshold(*before)
