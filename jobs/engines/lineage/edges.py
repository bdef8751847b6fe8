"""Edges while they are collected: one per pair of ends and role, with all its evidence in order."""

from collections.abc import Sequence

from jobs.engines.lineage.flows import Flow, Hop, Path
from jobs.engines.lineage.shapes import Place, Reading, span_of
from jobs.engines.lineage.values import (
    DIRECT_SUBTYPES,
    Edge,
    EdgeKind,
    End,
    Evidence,
    Origin,
    Statement,
    Subtype,
)

Ends = tuple[str, str, str, str, Subtype]  # target relation and column, source relation and column, role
Proven = tuple[int, Place, str]  # statement, expression, note
Proof = tuple[int, Path, str, bool]  # statement, expressions from the outermost one, note, masking

MAX_HOPS = 32  # expressions shown of one path: the outermost ones and, if there are more, the innermost one


class Edges:
    """All edges by their ends and role."""

    def __init__(self) -> None:
        self.found: dict[Ends, list[Proof]] = {}
        self.hints: dict[Ends, dict[tuple[int, Place], None]] = {}

    def add(self, flow: Flow, relation: str, column: str, statement: int, fallback: Place) -> None:
        """Add a flow into a column of a relation, or into the relation as a whole.

        Row-level influences always reach the whole: one edge per source column instead of one per pair.
        """
        ends = (relation, column, flow[0], flow[1], flow[2])
        proof = (statement, flow[6] or (fallback, None), flow[4], flow[3])
        proofs = self.found.get(ends)
        if proofs is None:
            self.found[ends] = [proof]
        else:
            proofs.append(proof)

    def hint(self, relation: str, target: str, statement: int, place: Place) -> None:
        """Add that a hint says that one relation as a whole needs another."""
        ends = (target, "", relation, "", Subtype.DEPENDENCY)
        self.found.setdefault(ends, [])
        self.hints.setdefault(ends, {})[statement, place] = None

    def values(self, places: Sequence[Reading], statements: Sequence[Statement]) -> tuple[Edge, ...]:
        """Return the edges in order of their ends. An edge masks only if all of its evidence does.

        `places` are the readings, `statements` the statements that evidence refers to by their numbers.
        """
        ends: dict[tuple[str, str], End] = {}
        shown: dict[Proven, Evidence] = {}
        found = []
        for each_ends in sorted(self.found):
            relation, column, source, from_column, how = each_ends
            proofs = self.found[each_ends]
            evidence = [
                shown.get(each) or _show(shown, each, places[each[0]], statements)
                for each in (_only(proofs[0]) if len(proofs) == 1 else _all(proofs))
            ]
            evidence += [
                Evidence(statement, span_of(place, places[statement].lines), Origin.HINT)
                for statement, place in self.hints.get(each_ends, ())
            ]
            found.append(
                Edge(
                    ends.get((source, from_column)) or _end(ends, source, from_column),
                    ends.get((relation, column)) or _end(ends, relation, column),
                    EdgeKind.DIRECT if how in DIRECT_SUBTYPES else EdgeKind.INDIRECT,
                    how,
                    bool(proofs) and all(proof[3] for proof in proofs),
                    tuple(evidence),
                )
            )
        return tuple(found)


def _only(proof: Proof) -> list[Proven]:
    statement, path, note, _ = proof
    if path[1] is None and not isinstance(path[0], Hop):
        return [(statement, path[0], note)]
    return _all([proof])


def _all(proofs: list[Proof]) -> list[Proven]:
    """Return each expression once, by statement and path; one that is certain on any path is certain."""
    notes: dict[tuple[int, Place], str] = {}
    for statement, path, note, _ in sorted(proofs, key=_statement):
        for hop in hops(path):
            at = (hop.statement, hop.place) if isinstance(hop, Hop) else (statement, hop)
            if not note or at not in notes:
                notes[at] = note
    return [(statement, place, note) for (statement, place), note in notes.items()]


def _statement(proof: Proof) -> int:
    return proof[0]


def hops(path: Path) -> list[Place | Hop]:
    """Return the expressions of a path from the outermost one; of a long path the first and the last.

    >>> hops(((40, 50), ((10, 20), None)))
    [(40, 50), (10, 20)]
    """
    found = [path[0]]
    rest = path[1]
    while rest is not None:
        if len(found) == MAX_HOPS:
            found.pop()
        found.append(rest[0])
        rest = rest[1]
    return found


def _show(
    shown: dict[Proven, Evidence], each: Proven, text: Reading, statements: Sequence[Statement]
) -> Evidence:
    statement, place, note = each
    origin = Origin.INFERRED if note else Origin.PARSED
    home = _home(statement, place, statements)
    evidence = shown[each] = Evidence(home, span_of(place, text.lines), origin, note)
    return evidence


def _home(statement: int, place: Place, statements: Sequence[Statement]) -> int:
    """Return the statement that an expression stands in: SQL that is run may stand in one before it."""
    at = statement
    while at >= 0 and statements[at].text == statements[statement].text:
        span = statements[at].span
        if span.start <= place[0] and place[1] <= span.end:
            return at
        at -= 1
    return statement


def _end(ends: dict[tuple[str, str], End], relation: str, column: str) -> End:
    end = ends[relation, column] = End(relation, column or None)
    return end
