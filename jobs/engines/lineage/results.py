"""Queries that fill nothing, as if each filled a relation of its own: for people who ask what one reads."""

from collections.abc import Iterable, Iterator

from jobs.engines.lineage.shapes import Does, Name, Part, Reading, Write
from jobs.engines.lineage.values import RelationKind


def with_results(readings: Iterable[Reading]) -> Iterator[Reading]:
    """Yield readings in which what a query gives to its client goes to `query 1`, `query 2` and so on.

    Nothing is called so without quotes. Queries in bodies give their rows to who calls, and do so still.
    """
    count = 0
    for reading in readings:
        parts, inside = list[Part](), 0
        for part in reading.parts:
            inside = max(inside - 1, 0)
            if part.routine is not None:
                inside = max(inside, part.routine.length + 1)
            elif not inside:
                filled = [act.query for act in part.acts if act.does is Does.GIVES and act.query is not None]
                names = [f"query {count + place + 1}" for place in range(len(filled))]
                count += len(filled)
                results = tuple(
                    Write(
                        Name((name,), name, file=True), RelationKind.QUERY_RESULT, query=query, place=part.place
                    )
                    for name, query in zip(names, filled, strict=True)
                )
                if results:
                    part = part._replace(writes=(*part.writes, *results))  # noqa: PLW2901 - the same part, told more
            parts.append(part)
        yield reading._replace(parts=tuple(parts))
