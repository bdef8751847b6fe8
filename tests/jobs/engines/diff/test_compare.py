"""Comparing as a whole: with itself, the other way round, after reformatting, with what cannot be told."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import TokenType

from jobs.engines.diff import Asset, Change, Column, Edge, End, Proof, Reason, Script, Severity, State, compare
from jobs.engines.diff.data_types import Fit, fit
from jobs.engines.diff.felt import Downstream
from jobs.engines.diff.values import ChangeKind
from jobs.engines.lineage.parse import Refused, tokenise
from tests.jobs.engines.diff.states import between, state, told
from tests.jobs.engines.diff.test_rules import CASES
from tests.jobs.engines.lineage.golden import Case, cases, load

GOLDEN = [load(path) for path in cases()]
INVERSE = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
ONE_SIDED = {Reason.DEFINITION_CHANGED, Reason.TEXT_CHANGED}  # told where nothing worse is
KEYWORDS = {
    *(
        TokenType.SELECT,
        TokenType.FROM,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.ORDER_BY,
        TokenType.JOIN,
    ),
    *(TokenType.ON, TokenType.AND, TokenType.CASE, TokenType.THEN, TokenType.ELSE, TokenType.CREATE),
}
BLANKS = (" ", "   ", "\t", " /* why */ ", " /* it's; */ ")
LINES = ("\n", "\n\n", "  \n\t", "\n/* a; b */\n", "\n-- don't\n")


def reformatted(case: Case, choose: st.DataObject) -> str:
    """A case with other blanks, comments and capitals of keywords."""
    tokens, parts, at = tokenise(case.sql, case.dialect), list[str](), 0
    for token in tokens:
        gap, word = case.sql[at : token.start], case.sql[token.start : token.end + 1]
        if gap and not gap.strip() and parts:
            gap = choose.draw(st.sampled_from(LINES if "\n" in gap else BLANKS))
        if token.token_type in KEYWORDS and choose.draw(st.booleans()):
            word = word.swapcase()
        parts += [gap, word]
        at = token.end + 1
    return "".join(parts) + case.sql[at:]


def is_tokens(case: Case) -> bool:
    """Whether a case is one text of tokens: not one that shows what cannot be read."""
    try:
        tokenise(case.sql, case.dialect)
    except Refused:
        return False
    return "-- unresolved:" not in case.recorded


READABLE = [case for case in GOLDEN if is_tokens(case)]


@settings(deadline=None)
@given(st.data())
def test_reformatting_changes_nothing(choose: st.DataObject) -> None:
    """Whatever blanks, comments and capitals of keywords are put into a golden case, nothing differs."""
    case = choose.draw(st.sampled_from(READABLE))
    other = reformatted(case, choose)
    was = state(case.sql, case.dialect, case.default_schema)
    now = state(other, case.dialect, case.default_schema)
    assert [] == told(compare(was, now)), f"{case.name}\n{other}"


def test_nothing_differs_from_itself() -> None:
    """A state read twice differs in nothing, for all golden cases."""
    for case in GOLDEN:
        one, other = (state(case.sql, case.dialect, case.default_schema) for _ in range(2))
        assert () == compare(one, other), case.name


def turned(changes: Iterable[Change], *, inverse: bool) -> Counter[tuple[object, ...]]:
    """What happened to what, by the names on both sides, perhaps read the other way round."""
    found: Counter[tuple[object, ...]] = Counter()
    for change in changes:
        if change.reason in ONE_SIDED:
            continue
        sides = [str(side.place) if side else None for side in (change.before, change.after)]
        happened = INVERSE.get(change.change, change.change) if inverse else change.change
        found[happened, change.of, *(sides[::-1] if inverse else sides)] += 1
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_other_way_round(name: str) -> None:
    """What came the one way went the other way, and all else is the same with its sides changed over."""
    before, after, _ = CASES[name]
    assert turned(between(before, after), inverse=True) == turned(between(after, before), inverse=False)


def test_ambiguous_is_no_rename() -> None:
    """Where two fit as well, nothing is taken for renamed: neither assets nor columns."""
    view = "CREATE VIEW {} AS SELECT a, a AS b FROM t;\n"
    assert {"BREAKING ASSET_REMOVED v", "COSMETIC ASSET_ADDED x", "COSMETIC ASSET_ADDED y"} <= set(
        told(between(view.format("v"), view.format("x") + view.format("y")))
    )
    one = "CREATE VIEW v AS SELECT a AS p FROM t"
    two = "CREATE VIEW v AS SELECT a AS q, a AS r FROM t"
    assert "BREAKING COLUMN_REMOVED v.p" in told(between(one, two))


def test_nearly_the_same_is_renamed() -> None:
    """A view of the same sources with most of its columns is known again under another name."""
    before = "CREATE VIEW v AS SELECT a, b, c, d, e FROM t"
    after = "CREATE VIEW w AS SELECT a, b, c, d, e, 1 AS f FROM t"
    assert ["BREAKING ASSET_RENAMED w", "COSMETIC COLUMN_ADDED w.f"] == told(between(before, after))
    other = "CREATE VIEW w AS SELECT a, x, y FROM t"
    assert "BREAKING ASSET_REMOVED v" in told(between(before, other))


def test_quoted_names_and_texts_count() -> None:
    """Capitals within quotes and within texts are no formatting where the dialect tells them apart."""
    view = "CREATE VIEW v AS SELECT a AS x FROM t WHERE b = 'z'"
    assert ["BEHAVIOUR INFLUENCE_CHANGED v"] == told(between(view, view.replace("'z'", "'Z'")))
    quoted = 'CREATE VIEW v AS SELECT "A" AS x FROM t'
    plain = "CREATE VIEW v AS SELECT a AS x FROM t"
    assert "BEHAVIOUR SOURCE_ADDED t.a -> v.x" in told(between(quoted, plain, "postgres"))
    assert [] == told(between(quoted, plain, "duckdb"))


def test_aliases_that_change_over_are_behaviour() -> None:
    """In a join of a table with itself, the other alias is another row."""
    view = "CREATE VIEW v AS SELECT {}.a AS x FROM t p JOIN t q ON p.id = q.up"
    assert ["BEHAVIOUR EXPRESSION_CHANGED v.x"] == told(between(view.format("p"), view.format("q")))


def test_words_that_nobody_reads() -> None:
    """How a value flows, and a description, differ without a difference of expressions."""
    script = Script("SELECT a FROM t", "duckdb")
    edge = Edge(End("t", "a"), End("v", "a"), True, "identity", False, (Proof(script, 7, 8),))
    assets = {
        "t": Asset("t", "t", "table", columns=(Column("a", "a"),)),
        "v": Asset("v", "v", "view", columns=(Column("a", "a"),), script=script),
    }
    before = State(assets, (edge,))
    after = State(
        assets | {"v": replace(assets["v"], description="new")}, (edge._replace(subtype="aggregation"),)
    )
    assert ["BEHAVIOUR FLOW_CHANGED t.a -> v.a", "COSMETIC DESCRIPTION_CHANGED v"] == told(
        compare(before, after)
    )


def test_what_cannot_be_cut_into_tokens_is_compared_by_blanks() -> None:
    """A statement that is no text of tokens differs from others, and not from itself with other blanks."""
    broken = [Script(f"CREATE VIEW v AS SELECT 'x{end}", "duckdb") for end in (" y", "   y", " z")]
    states = [State({"v": Asset("v", "v", "view", script=script)}) for script in broken]
    assert [] == told(compare(states[0], states[1]))
    assert ["BEHAVIOUR DEFINITION_CHANGED v"] == told(compare(states[0], states[2]))


def test_who_feels_it() -> None:
    """All that lies downstream feels a change, nearest first; a filter reaches every column."""
    sql = (
        "CREATE VIEW v AS SELECT a, b FROM t WHERE c > 0; CREATE VIEW w AS SELECT b FROM v;"
        "CREATE VIEW z AS SELECT a FROM v;"
    )
    felt = Downstream(state(sql)).felt(End("t", "c"), 3)
    assert (3, 4) == (felt.assets, felt.columns)
    assert [("v", 1), ("v.a", 1), ("v.b", 1)] == [(str(place), distance) for place, distance in felt.nearest]
    assert [("w.b", 1)] == [
        (str(place), distance) for place, distance in Downstream(state(sql)).felt(End("v", "b"), 9).nearest
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("INT", "integer", Fit.SAME),
        ("varchar( 10 )", "CHARACTER VARYING(10)", Fit.SAME),
        ("timestamp with time zone", "timestamptz", Fit.SAME),
        ("varchar(10)", "text", Fit.WIDER),
        ("varchar(max)", "varchar(10)", Fit.NARROWER),
        ("nvarchar(10)", "varchar(20)", Fit.NARROWER),
        ("smallint", "bigint", Fit.WIDER),
        ("bigint", "decimal(19)", Fit.WIDER),
        ("bigint", "decimal(10, 2)", Fit.NARROWER),
        ("decimal(10, 2)", "decimal(12, 4)", Fit.WIDER),
        ("decimal(10, 2)", "decimal(10, 4)", Fit.NARROWER),
        ("decimal(10, 2)", "int", Fit.NARROWER),
        ("real", "double precision", Fit.WIDER),
        ("double", "real", Fit.NARROWER),
        ("int", "varchar(10)", Fit.OTHER),
        ("date", "timestamp", Fit.OTHER),
        ("struct<a decimal(1, 2)>", "struct<a decimal(1, 3)>", Fit.OTHER),
        ("int unsigned", "int", Fit.OTHER),
    ],
)
def test_types(before: str, after: str, expected: Fit) -> None:
    """A type holds what another one held, less, more, or something else."""
    assert expected is fit(before, after)


def test_the_worst_comes_first() -> None:
    """Changes are in order of severity, then of name, and no two have the same place in it."""
    for before, after, _ in CASES.values():
        changes = between(before, after)
        ranks = [list(Severity).index(change.severity) for change in changes]
        assert sorted(ranks) == ranks
        assert len(changes) == len({change.order for change in changes})
