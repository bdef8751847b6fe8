"""What a statement reads is never passed over silently: an edge leads from it, or it is listed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.engines.lineage import dialects
from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.shapes import Name, Part
from jobs.engines.lineage.values import SqlText
from tests.jobs.engines.lineage.golden import Case, cases, lineage_of, load

ROWS_OF_TRIGGERS = {"inserted", "deleted"}
ONE_ROW = {"dual"}
GOES_NOWHERE = {
    "procedures/temp_dropped": "a temporary table is filled, and dropped before anybody reads it",
    "updates/returning_read": "what RETURNING asks goes to the client",
}
FORMS = {
    "cross join": "SELECT t.a FROM t CROSS JOIN u",
    "comma": "SELECT t.a FROM t, u",
    "on true": "SELECT t.a FROM t LEFT JOIN u ON 1 = 1",
    "derived": "SELECT t.a FROM t, (SELECT b FROM u) d",
    "named": "WITH c AS (SELECT b FROM u) SELECT t.a FROM t CROSS JOIN c",
    "exists": "SELECT t.a FROM t WHERE EXISTS (SELECT 1 FROM u)",
    "not exists": "SELECT t.a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE 1 = 1)",
    "constant": "SELECT 1 AS one FROM u",
    "union of constants": "SELECT t.a FROM t UNION ALL SELECT 1 FROM u",
    "scalar constant": "SELECT t.a, (SELECT 1 FROM u) AS o FROM t",
    "count": "SELECT COUNT(*) AS n FROM u",
    "counted": "SELECT t.a FROM t WHERE 3 < (SELECT COUNT(*) FROM u)",
    "in a case": "SELECT CASE WHEN EXISTS (SELECT 1 FROM u) THEN t.a END AS c FROM t",
}
DIALECTS = sorted(set(dialects.DIALECTS) - {"ansi", "spark"})


def names_read(case: Case) -> Iterator[tuple[Part, Name]]:
    """Yield what the statements of a case read that fill something by a query, but what is no relation."""
    parts = read_text(SqlText(case.name, case.sql), case.dialect).parts
    passing = {write.target.parts[-1].lower() for part in parts for write in part.writes if write.temporary}
    for part in parts:
        own = {write.target.parts for write in part.writes}
        if all(write.query is None for write in part.writes) or part.unresolved:
            continue
        for name in part.reads:
            last = name.parts[-1].lower()
            if (
                name.parts not in own
                and last not in passing | ROWS_OF_TRIGGERS | ONE_ROW
                and last[:1] not in "#@"
            ):
                yield part, name


READING = [path for path in cases() if f"{path.parent.name}/{path.stem}" not in GOES_NOWHERE]


@pytest.mark.parametrize("path", READING, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_read_is_lost(path: Path) -> None:
    """From every relation that a golden case reads an edge leads, or the relation is listed."""
    case = load(path)
    lineage = lineage_of(case)
    met = {edge.source.relation.lower() for edge in lineage.edges}
    told = " ".join(each.message.lower() for each in lineage.unresolved)

    lost = [
        case.sql[part.place[0] : part.place[1]]
        for part, name in names_read(case)
        if name.parts[-1].lower() not in told and not any(key.endswith(name.parts[-1].lower()) for key in met)
    ]

    assert [] == lost


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("query", FORMS.values(), ids=FORMS.keys())
def test_a_source_without_columns_counts(query: str, dialect: str) -> None:
    """However a query reads a table, and in whatever dialect, an edge leads from the table."""
    sql = f"CREATE TABLE t (a int);\nCREATE TABLE u (b int);\nCREATE VIEW v AS {query};"
    lineage = analyse([SqlText("form.sql", sql)], dialect)

    assert () == lineage.unresolved
    assert {"u", "v"} <= {end.relation.lower() for edge in lineage.edges for end in (edge.source, edge.target)}
