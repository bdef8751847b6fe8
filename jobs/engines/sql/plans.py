"""How a statement was executed, or would be: DuckDB's JSON as a tree of values."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jobs.engines.sql.sandbox import full_name
from jobs.engines.sql.values import PlanNode, Statistics, Table

HIDDEN = {"Estimated Cardinality", "FORMAT", "Filename(s)", "Total Files Read"}
OURS = {"BATCH_COPY_TO_FILE", "COPY_TO_FILE", "RESULT_COLLECTOR"}
LIMITS = {"LIMIT", "STREAMING_LIMIT"}


def executed_plan(profile: Mapping[str, Any], tables: Sequence[Table], limit: int | None) -> PlanNode | None:
    """The plan in a profile, without what this engine put around the statement.

    Args:
        profile: As `get_profiling_information(format='json')` gives it.
        tables: Whose names stand for their files.
        limit: Of the LIMIT that was put around it, if there was one.
    """
    roots = profile.get("operator", [])
    while roots and (_name(roots[0]) in OURS or _is_our_limit(roots[0], limit)):
        if _is_our_limit(roots[0], limit):
            limit = None
        roots = roots[0].get("children", [])
    return _node(roots[0], _names(tables)) if roots else None


def planned(explained: Sequence[Mapping[str, Any]], tables: Sequence[Table]) -> PlanNode | None:
    """The plan that EXPLAIN (FORMAT JSON) gave."""
    return _node(explained[0], _names(tables)) if explained else None


def statistics_of(profile: Mapping[str, Any]) -> Statistics:
    """What a profile tells of the whole."""
    query, system, io = (profile.get(part, {}) for part in ("query", "system", "io"))
    return Statistics(
        rows_read=query.get("total_rows_scanned"),
        bytes_read=io.get("total_bytes_read"),
        cpu_seconds=query.get("cpu_time"),
        peak_memory_bytes=system.get("peak_buffer_memory"),
        peak_temp_bytes=system.get("peak_temp_dir_size"),
    )


def nodes_of(plan: PlanNode | None) -> list[PlanNode]:
    """All operators of a plan, the top one first."""
    return [] if plan is None else [plan, *(each for child in plan.children for each in nodes_of(child))]


def _is_our_limit(node: Mapping[str, Any], limit: int | None) -> bool:
    return limit is not None and _name(node) in LIMITS and node.get("extra_info", {}).get("Limit") == str(limit)


def _name(node: Mapping[str, Any]) -> str:
    return str(node.get("type") or node.get("name") or "").strip()


def _names(tables: Sequence[Table]) -> dict[str, str]:
    return {str(file): full_name(table) for table in tables for file in table.files}


def _node(node: Mapping[str, Any], names: Mapping[str, str]) -> PlanNode:
    extra = node.get("extra_info", {})
    details = [(key, _text(value)) for key, value in extra.items() if key not in HIDDEN]
    if files := extra.get("Filename(s)"):
        first = files if isinstance(files, str) else files[0]
        # DuckDB shortens a long list; the first is whole, and a file belongs to one table.
        owner = next((table for file, table in names.items() if first.startswith(file)), None)
        details = [(key, value) for key, value in details if key != "Function"]
        details[:0] = [("Table", owner)] if owner else []
    estimated = str(extra.get("Estimated Cardinality", ""))
    return PlanNode(
        operator=_name(node),
        details=tuple((key, value) for key, value in details if not _has_path(value, names)),
        estimated_rows=int(estimated) if estimated.isdecimal() else None,
        rows=node.get("intermediate_rows"),
        seconds=node.get("timing"),
        children=tuple(_node(child, names) for child in node.get("children", ())),
    )


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _has_path(value: str, names: Mapping[str, str]) -> bool:
    return any(str(Path(file).parent) in value for file in names)
