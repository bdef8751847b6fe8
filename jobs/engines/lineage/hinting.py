"""What hints add to lineage, or take away: comments of people who know more than the text tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jobs.engines.lineage.edges import Edges
from jobs.engines.lineage.shapes import Name, Write
from jobs.engines.lineage.values import HintMode, Reason, RelationKind

if TYPE_CHECKING:
    from jobs.engines.lineage.procedures import Procedures

REMEDY = (
    "Check its spelling, with its schema, or add what defines it; a hint makes no edge to what nothing defines."
)


class Hinting:
    """The hints of all routines."""

    def __init__(self, mode: HintMode, procedures: "Procedures") -> None:
        self.mode, self.procedures = mode, procedures
        self.named: dict[tuple[str, bool], set[str]] = {}

    def add(self) -> None:
        """Add an edge for each relation that a hint names and the catalog knows; list all others."""
        inference, catalog = self.procedures.inference, self.procedures.catalog
        for unit in self.procedures.units:
            routine = unit.routine
            if routine is None or routine.name is None:
                continue
            own = catalog.relation(routine.name).key
            part = next(each for each in unit.reading.parts if each.routine is routine)
            step = inference.step(unit.at, part, Write(Name(("",), "")))
            for hint in routine.hints:
                key = self.known(hint.name)
                if not key:
                    problem = f"a hint names {hint.name.spelled}, which the catalog does not know"
                    inference.listed(step, hint.place, Reason.UNKNOWN_HINT, problem, REMEDY)
                elif hint.writes:
                    inference.edges.hint(own, key, unit.at, hint.place)
                else:
                    inference.edges.hint(key, own, unit.at, hint.place)

    def known(self, name: Name) -> str:
        """Return the key of a relation that a text defines, or whose columns were given; else nothing."""
        catalog = self.procedures.catalog
        relation = catalog.relations.get(catalog.key(name))
        if relation is None:
            return ""
        return relation.key if relation.kind is not RelationKind.EXTERNAL or relation.complete else ""

    @contextmanager
    def replacing(self, routine: str) -> Iterator[None]:
        """Keep of the edges that are found meanwhile those whose ends the hints of a routine allow."""
        if not (self._names(routine, writes=False) or self._names(routine, writes=True)) or (
            self.mode is HintMode.UNION
        ):
            yield
            return
        inference = self.procedures.inference
        kept, inference.edges = inference.edges, Edges()
        try:
            yield
        finally:
            kept.take(
                inference.edges,
                lambda source, target: (
                    self.allows(routine, source, writes=False) and self.allows(routine, target, writes=True)
                ),
            )
            inference.edges = kept

    def allows(self, routine: str, key: str, *, writes: bool) -> bool:
        """Whether what the text says of a routine still counts beside its hints."""
        if self.mode is HintMode.UNION:
            return True
        names = self._names(routine, writes=writes)
        return not names or key in names

    def _names(self, routine: str, *, writes: bool) -> set[str]:
        found = self.named.get((routine, writes))
        if found is None:
            unit = self.procedures.by_name.get(routine)
            hints = unit.routine.hints if unit is not None and unit.routine is not None else ()
            found = {self.known(hint.name) for hint in hints if hint.writes is writes} - {""}
            self.named[routine, writes] = found
        return found
