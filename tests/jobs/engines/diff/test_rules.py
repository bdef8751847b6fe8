"""Each rule of how bad a difference is, in two small texts."""

import pytest

from jobs.engines.diff import RULES, Reason
from tests.jobs.engines.diff.states import between, told

T = "CREATE TABLE t (id INT, a INT, b VARCHAR(20));\n"
V = "CREATE VIEW v AS SELECT id, a + 1 AS x FROM t WHERE b > 'z';\n"
W = "CREATE VIEW w AS SELECT x FROM v;\n"
MASKED = "CREATE VIEW v AS SELECT md5(b) AS x FROM t;\n"
PLAIN = "CREATE VIEW v AS SELECT b AS x FROM t;\n"

CASES = {
    "asset_removed": (T + V, T, ["BREAKING ASSET_REMOVED v"]),
    "asset_removed, and used still": (T + V, V, ["BREAKING ASSET_REMOVED t"]),
    "asset_renamed": (T + V, T + V.replace("VIEW v", "VIEW u"), ["BREAKING ASSET_RENAMED u"]),
    "asset_renamed, with its reader": (
        T + V + W,
        (T + V + W).replace("VIEW v", "VIEW u").replace("FROM v", "FROM u"),
        ["BREAKING ASSET_RENAMED u"],
    ),
    "column_removed": (
        T + V,
        T + V.replace(", a + 1 AS x", ""),
        ["BREAKING COLUMN_REMOVED v.x"],
    ),
    "column_renamed": (T + V, T + V.replace("AS x", "AS y"), ["BREAKING COLUMN_RENAMED v.y"]),
    "column_renamed, with its readers": (
        T + V + W,
        (T + V + W).replace("a INT", "amount INT").replace("a + 1", "amount + 1"),
        ["BREAKING COLUMN_RENAMED t.amount"],
    ),
    "type_changed": (T, T.replace("a INT", "a DATE"), ["BREAKING TYPE_CHANGED t.a"]),
    "type_narrowed": (T, T.replace("(20)", "(10)"), ["BREAKING TYPE_NARROWED t.b"]),
    "masking_dropped": (
        T + MASKED,
        T + PLAIN,
        ["BREAKING MASKING_DROPPED t.b -> v.x", "BEHAVIOUR EXPRESSION_CHANGED v.x"],
    ),
    "masking_added": (
        T + PLAIN,
        T + MASKED,
        ["BEHAVIOUR EXPRESSION_CHANGED v.x", "BEHAVIOUR MASKING_ADDED t.b -> v.x"],
    ),
    "kind_changed": (T + V, T + V.replace("VIEW", "TABLE"), ["BEHAVIOUR KIND_CHANGED v"]),
    "columns_reordered": (
        T,
        T.replace("id INT, a INT", "a INT, id INT"),
        ["BEHAVIOUR COLUMNS_REORDERED t"],
    ),
    "column_not_seen": (
        "CREATE VIEW v AS SELECT a, s.* FROM s;",
        "CREATE VIEW v AS SELECT s.* FROM s;",
        ["BEHAVIOUR COLUMN_NOT_SEEN v.a"],
    ),
    "type_widened": (T, T.replace("a INT", "a BIGINT"), ["BEHAVIOUR TYPE_WIDENED t.a"]),
    "expression_changed": (T + V, T + V.replace("+ 1", "+ 2"), ["BEHAVIOUR EXPRESSION_CHANGED v.x"]),
    "source_added": (
        T + V,
        T + V.replace("a + 1", "a + id"),
        ["BEHAVIOUR EXPRESSION_CHANGED v.x", "BEHAVIOUR SOURCE_ADDED t.id -> v.x"],
    ),
    "source_removed": (
        T + V.replace("a + 1", "a + id"),
        T + V,
        ["BEHAVIOUR EXPRESSION_CHANGED v.x", "BEHAVIOUR SOURCE_REMOVED t.id -> v.x"],
    ),
    "influence_added": (
        T + V,
        T + V.replace("'z'", "'z' AND a > 1"),
        ["BEHAVIOUR INFLUENCE_ADDED t.a -> v"],
    ),
    "influence_removed": (
        T + V,
        T + V.replace(" WHERE b > 'z'", ""),
        ["BEHAVIOUR INFLUENCE_REMOVED t.b -> v"],
    ),
    "influence_changed": (T + V, T + V.replace("'z'", "'y'"), ["BEHAVIOUR INFLUENCE_CHANGED v"]),
    "definition_changed, a limit": (
        T + V,
        T + V.replace("'z'", "'z' LIMIT 5"),
        ["BEHAVIOUR DEFINITION_CHANGED v"],
    ),
    "definition_changed, a constant": (
        "CREATE VIEW v AS SELECT 1 AS x",
        "CREATE VIEW v AS SELECT 2 AS x",
        ["BEHAVIOUR DEFINITION_CHANGED v"],
    ),
    "definition_changed, a default": (
        T,
        T.replace("a INT", "a INT DEFAULT 5"),
        ["BEHAVIOUR DEFINITION_CHANGED t"],
    ),
    "definition_changed, beside a new column": (
        T + V,
        T + V.replace("SELECT id", "SELECT id, a").replace("'z'", "'z' LIMIT 5"),
        ["BEHAVIOUR DEFINITION_CHANGED v", "COSMETIC COLUMN_ADDED v.a"],
    ),
    "asset_added": (T, T + V, ["COSMETIC ASSET_ADDED v"]),
    "column_added": (T, T.replace("a INT", "a INT, c INT"), ["COSMETIC COLUMN_ADDED t.c"]),
    "column_added, a constant": (
        T + V,
        T + V.replace("SELECT id", "SELECT id, 1 AS one"),
        ["COSMETIC COLUMN_ADDED v.one"],
    ),
    "type_told": ("CREATE TABLE t (a);", "CREATE TABLE t (a INT);", ["COSMETIC TYPE_TOLD t.a"]),
    "text_changed, an alias": (
        T + V.replace("FROM t", "FROM t q").replace(" b ", " q.b "),
        T + V.replace("FROM t", "FROM t AS r").replace(" b ", " r.b "),
        ["COSMETIC TEXT_CHANGED v"],
    ),
    "text_changed, words that may be left out": (
        T + V,
        T + V.replace("CREATE", "CREATE OR REPLACE").replace("1 AS x", "1 x"),
        ["COSMETIC TEXT_CHANGED v"],
    ),
    "use_began": (
        T + PLAIN,
        T + PLAIN + "CREATE VIEW u AS SELECT c FROM s;",
        ["COSMETIC USE_BEGAN s", "COSMETIC ASSET_ADDED u"],
    ),
    "use_ended": (T + PLAIN + "INSERT INTO s SELECT a FROM t;", T + PLAIN, ["COSMETIC USE_ENDED s"]),
}
ELSEWHERE = {Reason.FLOW_CHANGED, Reason.DESCRIPTION_CHANGED}  # see test_compare.py


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str) -> None:
    """Two texts differ as the case says, and in nothing else."""
    dialect = "sqlite" if name == "type_told" else "duckdb"
    before, after, expected = CASES[name]
    assert expected == told(between(before, after, dialect))


def test_every_reason_has_a_rule_and_a_case() -> None:
    """No reason is without a severity and words, and none is without a case."""
    shown = {name.partition(",")[0] for name in CASES}
    assert set(Reason) == set(RULES)
    assert {reason.value for reason in Reason} - {reason.value for reason in ELSEWHERE} == shown
