"""What a reader sees of a graph, in words, by SQL of its own: it shares only the tables with what is tested."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import text

from db.models import Run, Workspace
from db.session import Session
from jobs.context import WorkContext
from jobs.execute import start
from jobs.pipeline import from_json
from jobs.submit import RunOptions
from tests.house import House

SEEN = "f.workspace = :workspace AND f.since <= :at AND (f.until IS NULL OR f.until > :at)"
ASSETS = f"SELECT DISTINCT a.name FROM asset_facts f JOIN assets a ON a.pk = f.asset_pk WHERE {SEEN}"
COLUMNS = f"""
    SELECT DISTINCT a.name || '.' || c.name
    FROM column_facts f JOIN columns c ON c.pk = f.column_pk JOIN assets a ON a.pk = c.asset_pk WHERE {SEEN}
"""
EDGES = f"""
    SELECT DISTINCT
        s.name || coalesce('.' || sc.name, ''), e.subtype, t.name || coalesce('.' || tc.name, '')
    FROM evidence f JOIN edges e ON e.pk = f.edge_pk
    JOIN assets s ON s.pk = e.source_asset_pk LEFT JOIN columns sc ON sc.pk = e.source_column_pk
    JOIN assets t ON t.pk = e.target_asset_pk LEFT JOIN columns tc ON tc.pk = e.target_column_pk
    WHERE {SEEN}
"""
GAPS = f"SELECT DISTINCT f.text_name, f.reason FROM gaps f WHERE {SEEN}"
ASSERTIONS = ("asset_facts", "column_facts", "evidence", "statements", "gaps", "annotations")
IDENTITIES = ("assets", "columns", "edges", "definitions")


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything a reader sees at a revision: no fact twice, in no order."""

    assets: frozenset[str]
    columns: frozenset[str]
    edges: frozenset[tuple[str, str, str]]
    gaps: frozenset[tuple[str, str]]


def _look(session: Session, at: int | None, workspace: str) -> Sight:
    head = text("SELECT head FROM workspaces WHERE name = :workspace")
    when = session.execute(head, {"workspace": workspace}).scalar_one() if at is None else at
    asked = {"workspace": workspace, "at": when}

    def found(query: str) -> list[Any]:
        return [tuple(row) for row in session.execute(text(query), asked)]

    return Sight(
        assets=frozenset(name for (name,) in found(ASSETS)),
        columns=frozenset(name for (name,) in found(COLUMNS)),
        edges=frozenset(found(EDGES)),
        gaps=frozenset(found(GAPS)),
    )


async def look(house: House, at: int | None = None, workspace: str = "main") -> Sight:
    """What readers of a workspace see at a revision, or now."""
    return await house.store.read(partial(_look, at=at, workspace=workspace))


def _rows(session: Session, tables: tuple[str, ...]) -> dict[str, list[tuple[Any, ...]]]:
    queries = {table: text(f"SELECT * FROM {table} ORDER BY pk") for table in tables}
    return {table: [tuple(map(str, row)) for row in session.execute(query)] for table, query in queries.items()}


async def rows(house: House, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of these tables, or of all that hold the graph: seen or not."""
    return await house.store.read(partial(_rows, tables=tables or (*ASSERTIONS, *IDENTITIES)))


async def submitted(
    house: House, texts: Mapping[str, str], options: RunOptions | None = None, **params: Any
) -> Run:
    """A lineage run over texts by name, accepted."""
    given = [{"name": name, "sql": sql} for name, sql in texts.items()]
    return await house.submitted(
        "lineage", options, texts=given, **{"dialect": "duckdb", "allow_shrink": True, **params}
    )


async def told(house: House, texts: Mapping[str, str], **params: Any) -> dict[str, Any]:
    """The result of a lineage run over texts by name."""
    run = await submitted(house, texts, **params)
    await house.execute(run)
    row = await house.row(run)
    assert row.result is not None, row.error
    result: dict[str, Any] = row.result
    return result


async def carried(house: House, run: Run) -> WorkContext:
    """An attempt that has done everything but finish, as a worker that dies at that moment."""
    claimed = await house.write(partial(start, pk=run.pk, worker="doomed"))
    row, params = claimed
    pipeline = house.pipelines[row.kind]
    context = WorkContext(house.bench, row, pipeline)
    await pipeline.run(context, from_json(pipeline.params, params))
    await context.close()
    return context


def make_workspace(session: Session, name: str) -> None:
    session.add(Workspace(name=name))
