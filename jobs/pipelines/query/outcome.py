"""What the engine tells, as the result of a run."""

from collections.abc import Sequence
from typing import Protocol

from jobs.engines.sql.values import Column, Engine, Outcome, PlanNode
from jobs.pipelines.query.values import (
    PlanDetail,
    PlanStep,
    QueryColumn,
    QueryResult,
    QueryStatistics,
    TableChange,
    TableUsed,
)


class Versioned(Protocol):
    """A table at a version."""

    @property
    def schema(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...


def result_of(
    outcome: Outcome,
    tables: Sequence[Versioned],
    *,
    engine: Engine,
    artifact: str | None = None,
    change: TableChange | None = None,
) -> QueryResult:
    """The result of a run whose statement gave this."""
    told = outcome.statistics
    return QueryResult(
        engine=engine,
        artifact=artifact,
        columns=columns_of(outcome.columns),
        row_count=outcome.row_count,
        truncated=outcome.truncated,
        size_bytes=outcome.size_bytes,
        elapsed_seconds=outcome.elapsed_seconds,
        cache_hit=False,
        change=change,
        tables=tuple(TableUsed(each.schema, each.name, each.version) for each in tables),
        statistics=QueryStatistics(
            rows_read=told.rows_read,
            bytes_read=told.bytes_read,
            cpu_seconds=told.cpu_seconds,
            peak_memory_bytes=told.peak_memory_bytes,
            peak_temp_bytes=told.peak_temp_bytes,
        ),
        plan=steps_of(outcome.plan),
    )


def columns_of(columns: Sequence[Column]) -> tuple[QueryColumn, ...]:
    """Columns of the engine, as they are kept."""
    return tuple(QueryColumn(column.name, column.type) for column in columns)


def steps_of(plan: PlanNode | None) -> tuple[PlanStep, ...]:
    """A plan as a list, each operator behind the one above it."""
    steps: list[PlanStep] = []
    waiting: list[tuple[PlanNode, int | None, int]] = [(plan, None, 0)] if plan else []
    while waiting:
        node, parent, depth = waiting.pop()
        place = len(steps)
        steps.append(
            PlanStep(
                operator=node.operator,
                parent=parent,
                depth=depth,
                details=tuple(PlanDetail(key, text) for key, text in node.details),
                estimated_rows=node.estimated_rows,
                rows=node.rows,
                seconds=node.seconds,
            )
        )
        waiting += [(child, place, depth + 1) for child in reversed(node.children)]
    return tuple(steps)
