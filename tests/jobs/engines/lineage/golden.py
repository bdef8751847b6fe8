"""Golden cases: valid SQL whose comments say how to read it and what comes out."""

from dataclasses import dataclass
from pathlib import Path

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.values import Edge, End, Lineage, SqlText

FOLDER = Path(__file__).parent / "golden"
EDGES = "-- edges:\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One golden file: what it teaches, how it is read, its SQL, and what was recorded."""

    name: str
    teaches: str
    dialect: str
    default_schema: str
    sql: str  # all that stands above `-- edges:`
    recorded: str


def cases() -> list[Path]:
    """Return the golden files in order."""
    return sorted(FOLDER.glob("*/*.sql"))


def load(path: Path) -> Case:
    """Read a golden file. A missing `-- dialect:` is an error."""
    text = path.read_text(encoding="utf-8")
    sql, _, recorded = text.partition(EDGES)
    head = [line.removeprefix("-- ") for line in sql.splitlines() if line.startswith("-- ")]
    settings = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
    return Case(
        name=f"{path.parent.name}/{path.stem}",
        teaches=head[0],
        dialect=settings["dialect"],
        default_schema=settings.get("default_schema", ""),
        sql=sql,
        recorded=recorded,
    )


def lineage_of(case: Case) -> Lineage:
    """Return the lineage of a case."""
    return analyse([SqlText(case.name, case.sql)], case.dialect, default_schema=case.default_schema)


def shown_end(end: End) -> str:
    """Return an end as `relation.column`; a star is the relation as a whole."""
    return f"{end.relation}.{end.column or '*'}"


def shown_edge(edge: Edge) -> str:
    """Return an edge in one line, with the notes of its evidence."""
    notes = sorted({each.note for each in edge.evidence if each.note})
    words = [
        f"{shown_end(edge.source)} -> {shown_end(edge.target)}",
        edge.kind.name,
        edge.subtype.name,
        *(["MASKING"] if edge.masking else []),
        *(f"({note})" for note in notes),
    ]
    return " ".join(words)


def rendered(lineage: Lineage) -> str:
    """Return what stands below `-- edges:`."""
    lines = [f"--   {shown_edge(edge)}" for edge in lineage.edges]
    if lineage.unresolved:
        lines.append("-- unresolved:")
        lines += [
            f"--   {each.reason.name} line {each.span.line}: {each.message}" for each in lineage.unresolved
        ]
    return "".join(f"{line}\n" for line in lines)
