"""Edges while they are collected: one per pair of ends and role, with all its evidence in order."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from jobs.engines.lineage.flows import Flow, Hop, Path
from jobs.engines.lineage.shapes import Place, Reading, new, span_of
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

Way = tuple[str, str, str, Subtype]  # column of the target; relation and column of the source; role
Proven = tuple[int, Place, str]  # statement, expression, note
Proof = tuple[int, Path, str, bool]  # statement, expressions from the outermost one, note, masking
Group = dict[Way, list[Proof]]  # what reaches one relation

KINDS = {how: EdgeKind.DIRECT if how in DIRECT_SUBTYPES else EdgeKind.INDIRECT for how in Subtype}
MAX_HOPS = 32  # expressions shown of one path: the outermost ones and, if there are more, the innermost one


class Edges:
    """All edges, by the relation that they reach.

    `kept` are groups that were found in one piece and are never changed: what is found besides is in `groups`.
    """

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.kept: dict[str, list[Group]] = {}
        self.hints: dict[tuple[str, Way], dict[tuple[int, Place], None]] = {}

    def add(self, flow: Flow, relation: str, column: str, statement: int, fallback: Place) -> None:
        """Add a flow into a column of a relation, or into the relation as a whole.

        Row-level influences always reach the whole: one edge per source column instead of one per pair.
        """
        group = self.groups.get(relation)
        if group is None:
            group = self.groups[relation] = {}
        way = (column, flow[0], flow[1], flow[2])
        proof = (statement, flow[6] or (fallback, None), flow[4], flow[3])
        proofs = group.get(way)
        if proofs is None:
            group[way] = [proof]
        else:
            proofs.append(proof)

    def hint(self, relation: str, target: str, statement: int, place: Place) -> None:
        """Add that a hint says that one relation as a whole needs another."""
        way = ("", relation, "", Subtype.DEPENDENCY)
        self.groups.setdefault(target, {}).setdefault(way, [])
        self.hints.setdefault((target, way), {})[statement, place] = None

    def keep(self, groups: Mapping[str, Group]) -> None:
        """Add what was found in one piece."""
        for relation, group in groups.items():
            self.kept.setdefault(relation, []).append(group)

    def take(self, other: "Edges", allows: Callable[[str, str], bool]) -> None:
        """Add edges that were found apart, if their source and target are allowed."""
        for target, group in other.groups.items():
            for way, proofs in group.items():
                if allows(way[1], target):
                    self.groups.setdefault(target, {}).setdefault(way, []).extend(proofs)

    def values(
        self, places: Sequence[Reading], statements: Sequence[Statement], shown: "Shown | None" = None
    ) -> tuple[Edge, ...]:
        """Return the edges in order of their ends. An edge masks only if all of its evidence does.

        What was found goes as its edges come, so that both are never held as a whole.

        Args:
            places: The reading that each statement stands in.
            statements: What evidence refers to by its number.
            shown: The edges of an earlier run: those of groups that were kept since are taken as they are.
        """
        printer = _Printer(places, statements, self.hints)
        before = shown.groups if shown is not None else {}
        after: dict[str, tuple[Sequence[Group], tuple[Edge, ...]]] = {}
        found: list[Edge] = []
        for relation in sorted(self.groups.keys() | self.kept.keys()):
            kept, own = self.kept.get(relation, []), self.groups.pop(relation, None)
            earlier = before.get(relation)
            if own is None and earlier is not None and _same(earlier[0], kept):
                edges = earlier[1]
            else:
                parts = [*kept, own] if own is not None else kept
                edges = printer.edges(relation, parts[0] if len(parts) == 1 else _together(parts))
            if own is None and shown is not None:
                after[relation] = kept, edges
            found += edges
        if shown is not None:
            shown.groups = after
        return tuple(found)


@dataclass(slots=True)
class Shown:
    """The edges of relations as a run gave them, each with the groups that they were made of."""

    groups: dict[str, tuple[Sequence[Group], tuple[Edge, ...]]] = field(default_factory=dict)


def _same(some: Sequence[Group], others: Sequence[Group]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _together(groups: Sequence[Group]) -> Group:
    found: Group = {}
    for group in groups:
        for way, proofs in group.items():
            found.setdefault(way, []).extend(proofs)
    return found


class _Printer:
    """Makes edges of what was found; equal ends and evidence are one object."""

    def __init__(
        self,
        places: Sequence[Reading],
        statements: Sequence[Statement],
        hints: Mapping[tuple[str, Way], Mapping[tuple[int, Place], None]],
    ) -> None:
        self.places, self.statements, self.hints = places, statements, hints
        self.ends: dict[tuple[str, str], End] = {}
        self.shown: dict[Proven, Evidence] = {}

    def edges(self, relation: str, group: Group) -> tuple[Edge, ...]:
        """Return what reaches one relation, in order."""
        ends, shown, places = self.ends, self.shown, self.places
        found, column, target = list[Edge](), "", _end(ends, relation, "")
        for way in sorted(group):
            proofs = group[way]
            if way[0] != column:
                column = way[0]
                target = ends.get((relation, column)) or _end(ends, relation, column)
            _, source, from_column, how = way
            only = _only(proofs[0]) if len(proofs) == 1 else None
            evidence: tuple[Evidence, ...]
            if only is not None:  # by far the most
                masking = proofs[0][3]
                evidence = (shown.get(only) or _show(shown, only, places[only[0]], self.statements),)
            else:
                masking = bool(proofs) and all(proof[3] for proof in proofs)
                evidence = tuple(
                    [
                        shown.get(each) or _show(shown, each, places[each[0]], self.statements)
                        for each in _all(proofs)
                    ]
                )
            if self.hints:
                evidence += tuple(
                    Evidence(statement, span_of(place, places[statement].lines), Origin.HINT)
                    for statement, place in self.hints.get((relation, way), ())
                )
            found.append(
                new(
                    Edge,
                    (
                        ends.get((source, from_column)) or _end(ends, source, from_column),
                        target,
                        KINDS[how],
                        how,
                        masking,
                        evidence,
                    ),
                )
            )
        return tuple(found)


def moved(group: Group, by: int) -> Group:
    """Return what reaches a relation, found by statements that stand so many places behind where they stood."""
    return {
        way: [(statement + by, path, note, masking) for statement, path, note, masking in proofs]
        for way, proofs in group.items()
    }


def _only(proof: Proof) -> Proven | None:
    """Return the expression that alone proves something; None if there are several."""
    statement, path, note, _ = proof
    place = path[0]
    return None if path[1] is not None or isinstance(place, Hop) else (statement, place, note)


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
    evidence = shown[each] = new(Evidence, (home, span_of(place, text.lines), origin, note))
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
    end = ends[relation, column] = new(End, (relation, column or None))
    return end
