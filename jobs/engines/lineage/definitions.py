"""What defines each relation: of several definitions the last one, unless a DROP stands between."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from jobs.engines.lineage.catalog import Catalog, Known
from jobs.engines.lineage.shapes import Part, Reading, Write
from jobs.engines.lineage.values import Reason, RelationKind


class Step(NamedTuple):
    """A write of a statement, the `number`th one, with the text that it stands in."""

    at: int
    part: Part
    write: Write
    reading: Reading
    number: int = 0


class Dropped(NamedTuple):
    """A DROP of a relation."""

    at: int
    key: str
    reading: Reading


class Definitions:
    """The definitions among the writes of all texts.

    `replaced` are those that another one follows after a DROP: `steps` are all writes, as they turn out to be.
    """

    def __init__(
        self,
        catalog: Catalog,
        steps: Sequence[Step],
        drops: Sequence[Dropped],
        listed: Callable[[Step, tuple[int, int], Reason, str, str], None],
    ) -> None:
        self.catalog, self.drops, self.listed = catalog, drops, listed
        self.steps = list(steps)
        self.replaced: list[Step] = []

    def find(self) -> dict[str, Step]:
        """Return what defines each relation; where two texts do, the later one."""
        found: dict[str, Step] = {}
        self.steps = list(self._settled())
        for step in self.steps:
            write = step.write
            if write.defines is None:
                continue
            relation = self.catalog.relation(write.target)
            earlier = found.get(relation.key)
            if earlier is not None:
                self._replace(earlier, step, relation)
            found[relation.key] = step
            relation.kind = write.defines
            relation.statement = None if write.defines is RelationKind.EXTERNAL else step.at
        for key, step in found.items():
            relation = self.catalog.relations[key]
            plain = step.write.query is None and step.write.like is None
            if plain or step.write.columns:
                self.catalog.learn(relation, step.write.columns, complete=bool(step.write.columns))
            elif not relation.complete:
                self.catalog.learn(relation, (), complete=False)
        return found

    def _settled(self) -> Iterator[Step]:
        """Yield the writes; a weak definition stays one only where nothing else defines the relation."""
        key = self.catalog.key
        defined = {key(step.write.target) for step in self.steps if step.write.defines and not step.write.weak}
        for step in self.steps:
            if step.write.weak:
                relation = self.catalog.relation(step.write.target)
                if relation.key in defined or relation.complete:
                    yield step._replace(write=step.write._replace(defines=None))
                    continue
                defined.add(relation.key)
            yield step

    def _replace(self, earlier: Step, step: Step, relation: Known) -> None:
        """List a definition that another one follows, unless a DROP stands between and nothing read it."""
        dropped = self._dropped(relation.key, earlier, step)
        if dropped:
            self.replaced.append(earlier)
        if dropped and not self._read_between(relation.key, earlier, step):
            return
        if _differs(earlier.write, step.write):
            message = f"{relation.name} is defined again later; the later definition is used"
            remedy = "Leave out one of the definitions."
            self.listed(earlier, earlier.write.place, Reason.DUPLICATE, message, remedy)

    def _dropped(self, key: str, earlier: Step, later: Step) -> bool:
        """Whether a DROP stands between two definitions in one text."""
        return earlier.reading is later.reading and any(
            each.key == key and each.reading is later.reading and earlier.at < each.at < later.at
            for each in self.drops
        )

    def _read_between(self, key: str, earlier: Step, later: Step) -> bool:
        """Whether a statement between two definitions reads what the first one made, and meets the other."""
        return any(
            earlier.at < step.at < later.at and key in map(self.catalog.key, step.part.reads)
            for step in self.steps
        )


def _differs(earlier: Write, later: Write) -> bool:
    plain = earlier.query is None and later.query is None
    return not plain or (earlier.defines, earlier.columns) != (later.defines, later.columns)
