"""Lineage in one call, for use as a library."""

from collections.abc import Iterable, Mapping

from jobs.engines.lineage.infer import infer
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.values import Column, HintMode, Lineage, SqlText


def analyse(
    texts: Iterable[SqlText],
    dialect: str,
    *,
    known: Mapping[str, tuple[Column, ...]] | None = None,
    default_schema: str = "",
    hints: HintMode = HintMode.UNION,
) -> Lineage:
    """Read all texts in this process and infer their lineage.

    Raises:
        UnknownDialect: `dialect` is none of `DIALECTS`.

    >>> text = SqlText("v.sql", "CREATE VIEW v AS SELECT price * 2 AS double FROM orders")
    >>> [(edge.source.column, edge.target.column) for edge in analyse([text], "duckdb").edges]
    [('price', 'double')]
    """
    readings = [read_text(text, dialect) for text in texts]
    return infer(readings, known or {}, default_schema, dialect, hints=hints)
