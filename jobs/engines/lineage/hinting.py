"""What hints add to lineage, or take away: comments of people who know more than the text tells."""

from enum import StrEnum
from typing import TYPE_CHECKING

from jobs.engines.lineage.shapes import Name, Write
from jobs.engines.lineage.values import Reason, RelationKind

if TYPE_CHECKING:
    from jobs.engines.lineage.procedures import Procedures

REMEDY = (
    "Check its spelling, with its schema, or add what defines it; a hint makes no edge to what nothing defines."
)


class HintMode(StrEnum):
    """What hints do to what was found in the text of their routine."""

    UNION = "union"
    """They add to it."""
    REPLACE = "replace"
    """They take its place: what is read where inputs are named, what is written where outputs are."""


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
