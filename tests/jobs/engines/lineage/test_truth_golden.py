"""Golden cases of DuckDB that it can run are true: what moves in a view when a table changes is explained."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import duckdb
import pytest

from jobs.engines.lineage.values import EdgeKind, Lineage, RelationKind
from tests.duck import fresh_database
from tests.jobs.engines.lineage.golden import Case, cases, lineage_of, load

Node = tuple[str, str]  # a relation and its column; ROWS: all of it as a source; WHOLE: all of it as a target
ROWS, WHOLE = "(rows)", "(whole)"
VALUES = {"int": (3, 1, 7, 3, 9), "integer": (3, 1, 7, 3, 9), "varchar": ("jan", "b", "c", "jan", "x")}
OTHERS = {"int": (40, 3), "integer": (40, 3), "varchar": ("q", "jan")}


def runnable() -> list[Case]:
    """Return the cases of DuckDB whose tables are all created, of types that rows can be made of."""
    found = []
    for path in cases():
        case = load(path)
        made = "CREATE TABLE" in case.sql and "CREATE VIEW" in case.sql
        writes_files = "COPY" in case.sql
        if case.dialect == "duckdb" and made and not writes_files and _runs(case):
            found.append(case)
    return found


def _runs(case: Case) -> bool:
    try:
        rows = filled(lineage_of(case))
        return bool(rows) and bool(contents(case, rows))
    except (duckdb.Error, KeyError):
        return False


def filled(lineage: Lineage) -> dict[str, dict[str, list[object]]]:
    """Return rows for the tables that have no query, by column: no two columns are alike."""
    targets = {edge.target.relation for edge in lineage.edges}
    tables = [each for each in lineage.relations if each.kind is RelationKind.TABLE and each.key not in targets]
    return {
        table.key: {
            column.key: _turned(VALUES[str(column.data_type).partition("(")[0]], at)
            for at, column in enumerate(table.columns)
        }
        for table in tables
    }


def _turned(values: tuple[object, ...], by: int) -> list[object]:
    return [*values[by % len(values) :], *values[: by % len(values)]]


def statements(case: Case) -> list[str]:
    """Return the statements of a case; none of them holds a semicolon in a string."""
    lines = [line for line in case.sql.splitlines() if not line.startswith("--")]
    return [each.strip() for each in "\n".join(lines).split(";") if each.strip()]


def contents(case: Case, rows: dict[str, dict[str, list[object]]]) -> dict[Node, Counter[str]]:
    """Run a case over these rows, and return how often each column of its views has each value."""
    lineage = lineage_of(case)
    with fresh_database() as connection:
        for relation in lineage.relations:
            if "." in relation.name:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {relation.name.split('.', maxsplit=1)[0]}")
        for sql in statements(case):
            connection.execute(sql)
            for table, columns in rows.items():
                words = sql.lower().replace("(", " ").split()
                if words[:2] == ["create", "table"] and words[2] == table:
                    marks = ", ".join("?" * len(columns))
                    tuples = list(zip(*columns.values(), strict=True))
                    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", tuples)
        found = {}
        for view in lineage.relations:
            if view.kind is RelationKind.VIEW and view.columns_complete:
                given = connection.execute(f"SELECT * FROM {view.name}").fetchall()
                for at, column in enumerate(view.columns):
                    found[view.key, column.key] = Counter(str(row[at]) for row in given)
    return found


def reached(lineage: Lineage) -> dict[Node, set[Node]]:
    """Return what each column leads to, through views, by values and by influences on the whole."""
    steps: dict[Node, set[Node]] = defaultdict(set)
    for relation in lineage.relations:
        for column in relation.columns:
            steps[relation.key, column.key].add((relation.key, ROWS))
            steps[relation.key, WHOLE].add((relation.key, column.key))
    for edge in lineage.edges:
        influences = edge.kind is EdgeKind.INDIRECT or edge.target.column is not None
        if influences:
            source = (edge.source.relation, edge.source.column or ROWS)
            steps[source].add((edge.target.relation, edge.target.column or WHOLE))
    return {start: set(_from(start, steps)) for start in list(steps)}


def _from(start: Node, steps: dict[Node, set[Node]]) -> Iterator[Node]:
    stack, met = [start], {start}
    while stack:
        each = stack.pop()
        yield each
        new = steps.get(each, set()) - met
        met |= new
        stack += new


CASES = runnable()


def test_enough_golden_cases_run() -> None:
    """The truth of at least thirty golden cases comes from running them."""
    assert 30 <= len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_golden_case_is_true(case: Case) -> None:
    """Every column of a view that moves with a column of a table is reached from it."""
    lineage = lineage_of(case)
    rows, leads = filled(lineage), reached(lineage)
    before = contents(case, rows)
    missed = set()
    for table, columns in rows.items():
        columns_of = next(each.columns for each in lineage.relations if each.key == table)
        types = {column.key: str(column.data_type) for column in columns_of}
        for name, values in columns.items():
            kind = types[name].partition("(")[0]
            for other in ([OTHERS[kind][0], *values[1:]], [OTHERS[kind][1]] * len(values)):
                after = contents(case, {**rows, table: {**columns, name: other}})
                moves = {node for node, was in before.items() if was != after[node]}
                missed |= {((table, name), node) for node in moves - leads.get((table, name), set())}

    assert set() == missed
