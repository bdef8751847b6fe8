"""Lineage in one call, for use as a library."""

from collections.abc import Iterable, Mapping, Sequence

from jobs.engines.lineage.garbage import collecting_rarely
from jobs.engines.lineage.infer import Remembered, infer
from jobs.engines.lineage.memory import Memory, Setting, fingerprint
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.results import with_results
from jobs.engines.lineage.values import Column, HintMode, KnownColumns, Lineage, SqlText


def analyse(
    texts: Iterable[SqlText],
    dialect: str,
    *,
    known: Mapping[str, tuple[Column, ...]] | None = None,
    default_schema: str = "",
    hints: HintMode = HintMode.UNION,
    memory: Memory | None = None,
    results: bool = False,
) -> Lineage:
    """Read all texts in this process and infer their lineage.

    Args:
        texts: Named texts, in an order that counts: of two definitions the later one is used.
        dialect: How they are written.
        known: Columns of relations that no text defines.
        default_schema: Put before bare names; empty for none.
        hints: Whether hints add to what the text of their routine says, or take its place.
        results: Whether what a query gives to its client is a relation: `query 1` for the first one.
        memory: What earlier calls found; it is brought up to date. The result is the same with and without.

    Raises:
        UnknownDialect: `dialect` is none of `DIALECTS`.

    >>> text = SqlText("v.sql", "CREATE VIEW v AS SELECT price * 2 AS double FROM orders")
    >>> [(edge.source.column, edge.target.column) for edge in analyse([text], "duckdb").edges]
    [('price', 'double')]
    """
    given = list(texts)
    with collecting_rarely():
        if memory is None:
            readings = [read_text(text, dialect) for text in given]
            told = list(with_results(readings)) if results else readings
            return infer(told, known or {}, default_schema, dialect, hints=hints)
        return _remembering(given, memory, known or {}, Setting(dialect, default_schema, hints, results))


def _remembering(texts: Sequence[SqlText], memory: Memory, known: KnownColumns, setting: Setting) -> Lineage:
    """Read and infer what the memory does not know, and bring it up to date."""
    dialect, default_schema, hints, results = setting
    memory.begin(setting)
    prints = [fingerprint(text, dialect) for text in texts]
    lineage = memory.same(prints, known)
    if lineage is not None:
        return lineage
    readings = []
    for text, own in zip(texts, prints, strict=True):
        reading = memory.reading(own)
        if reading is None:
            reading = read_text(text, dialect)
            memory.read += 1
        readings.append(reading)
    remembered = Remembered(memory, prints)
    told = list(with_results(readings)) if results else readings
    lineage = infer(told, known, default_schema, dialect, hints=hints, remembered=remembered)
    memory.end(prints, readings, known, lineage)
    return lineage
