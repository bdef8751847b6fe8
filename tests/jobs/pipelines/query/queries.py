"""Asking things of a house, and looking at what came of it."""

from typing import Any

from db.models import Run
from db.warehouse import TableView, tables_of
from jobs.engines.sql.rows import read_page
from jobs.engines.sql.telling import Told
from jobs.pipeline import from_json
from jobs.pipelines.query.values import QueryResult
from jobs.submit import RunOptions
from tests.house import House


async def asked(house: House, sql: str, *, options: RunOptions | None = None, **params: Any) -> Run:
    """A query that was carried out, however it ended."""
    run = await house.submitted("query", options, sql=sql, **params)
    await house.execute(run)
    return await house.row(run)


async def answer(house: House, sql: str, **params: Any) -> QueryResult:
    """What came of a query that is completed."""
    row = await asked(house, sql, **params)
    assert row.error is None, row.error
    return result_in(row)


def result_in(row: Run) -> QueryResult:
    assert row.result is not None
    return from_json(QueryResult, row.result)


async def rows(house: House, sql: str, **params: Any) -> list[tuple[Told, ...]]:
    """The rows of a query."""
    result = await answer(house, sql, **params)
    assert result.artifact is not None
    return list(read_page(house.artifacts.path(result.artifact), 0, 100).rows)


async def tables(house: House, workspace: str = "main") -> dict[str, TableView]:
    """The tables of a workspace, by name."""
    found = await house.store.read(lambda session: tables_of(session, workspace))
    return {view.name if view.schema == "main" else f"{view.schema}.{view.name}": view for view in found}
