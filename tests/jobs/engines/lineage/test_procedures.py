"""Forty procedures, whose truth was written down by reading them: every pair of columns, and nothing else."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.values import EdgeKind, End, Lineage, RelationKind, SqlText, Subtype

FOLDER = Path(__file__).parent / "procedures"
TRUTH = "-- truth:\n"
ROUTINES = frozenset({RelationKind.PROCEDURE, RelationKind.FUNCTION})


@dataclass(frozen=True, slots=True)
class Procedure:
    """A text of the corpus, and what a person reads from it."""

    name: str
    lineage: Lineage
    listed: int
    pairs: frozenset[str]
    touched: frozenset[str]


def load(path: Path) -> Procedure:
    """Read a text of the corpus and its truth."""
    sql, _, truth = path.read_text(encoding="utf-8").partition(TRUTH)
    settings = dict(
        line[3:].split(": ", 1) for line in sql.splitlines() if line.startswith("-- ") and ": " in line
    )
    lines = [line.removeprefix("--   ") for line in truth.splitlines()]
    touched = set()
    for line in lines:
        for verb in ("reads", "writes"):
            routine, found, names = line.partition(f" {verb} ")
            touched |= {f"{routine} {verb} {name}" for name in names.split(", ") if found}
    return Procedure(
        path.stem,
        analyse(
            [SqlText(path.stem, sql)], settings["dialect"], default_schema=settings.get("default_schema", "")
        ),
        int(settings.get("listed", "0")),
        frozenset(line for line in lines if " -> " in line),
        frozenset(touched),
    )


def shown(end: End) -> str:
    """Return an end as the corpus writes it."""
    return f"{end.relation}.{end.column or '*'}"


def pairs_of(lineage: Lineage) -> set[str]:
    """Return the pairs along which values flow."""
    return {
        f"{shown(edge.source)} -> {shown(edge.target)}"
        for edge in lineage.edges
        if edge.kind is EdgeKind.DIRECT
    }


def touched_by(lineage: Lineage) -> set[str]:
    """Return what routines read and write as a whole."""
    routines = {each.key for each in lineage.relations if each.kind in ROUTINES}
    found = set()
    for edge in lineage.edges:
        if edge.subtype is Subtype.DEPENDENCY:
            if edge.target.relation in routines:
                found.add(f"{edge.target.relation} reads {edge.source.relation}")
            else:
                found.add(f"{edge.source.relation} writes {edge.target.relation}")
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_a_procedure(path: Path) -> None:
    """Column by column, the engine finds what a person reads from a procedure, and nothing else."""
    procedure = load(path)
    lineage = procedure.lineage

    assert procedure.pairs == pairs_of(lineage)
    assert procedure.touched == touched_by(lineage)
    assert procedure.listed == len(lineage.unresolved)
    assert [] == [each.key for each in lineage.relations if each.key.startswith(("#", "@"))]


def test_the_corpus() -> None:
    """There are forty procedures, most of them of SQL Server."""
    names = [path.stem for path in FOLDER.glob("*.sql")]

    assert 40 == len(names)
    assert 24 == sum(name.startswith("tsql") for name in names)
