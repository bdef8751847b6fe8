"""Edges while they are collected: one per pair of ends and role, with all its evidence."""

from collections.abc import Sequence

from jobs.engines.lineage.flows import Flow
from jobs.engines.lineage.shapes import Place, Reading, span_of
from jobs.engines.lineage.values import DIRECT_SUBTYPES, Edge, EdgeKind, End, Evidence, Origin, Span, Subtype

Ends = tuple[str, str, str, str, Subtype]  # target relation and column, source relation and column, role
Proof = tuple[int, Place, str]  # statement, place, note


class Edges:
    """All edges by their ends and role."""

    def __init__(self) -> None:
        self.found: dict[Ends, dict[Proof, bool]] = {}

    def add(self, flow: Flow, relation: str, column: str, statement: int, fallback: Place) -> None:
        """Add a flow into a column of a relation, or into the relation as a whole.

        Row-level influences always reach the whole: one edge per source column instead of one per pair.
        """
        ends = (relation, column, flow.relation, flow.column, flow.how)
        proofs = self.found.get(ends)
        if proofs is None:
            proofs = self.found[ends] = {}
        proof = (statement, flow.place or fallback, flow.note)
        proofs[proof] = proofs.get(proof, True) and flow.masking

    def values(self, places: Sequence[Reading]) -> tuple[Edge, ...]:
        """Return the edges in order of their ends. An edge masks only if all of its evidence does."""
        ends: dict[tuple[str, str], End] = {}
        spans: dict[tuple[int, Place], Span] = {}
        found = []
        for (relation, column, source, from_column, how), proofs in sorted(self.found.items()):
            evidence = tuple(
                [
                    Evidence(
                        at,
                        spans.get((id(places[at]), place)) or _span(spans, places[at], place),
                        Origin.INFERRED if note else Origin.PARSED,
                        note,
                    )
                    for at, place, note in sorted(proofs)
                ]
            )
            found.append(
                Edge(
                    ends.get((source, from_column)) or _end(ends, source, from_column),
                    ends.get((relation, column)) or _end(ends, relation, column),
                    EdgeKind.DIRECT if how in DIRECT_SUBTYPES else EdgeKind.INDIRECT,
                    how,
                    all(proofs.values()),
                    evidence,
                )
            )
        return tuple(found)


def _span(spans: dict[tuple[int, Place], Span], reading: Reading, place: Place) -> Span:
    span = spans[id(reading), place] = span_of(place, reading.lines)
    return span


def _end(ends: dict[tuple[str, str], End], relation: str, column: str) -> End:
    end = ends[relation, column] = End(relation, column or None)
    return end
