"""The bodies of all texts, and what following them adds to inference: edges end to end, what routines touch."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jobs.engines.lineage.edges import Edges
from jobs.engines.lineage.flows import Bound, Flow
from jobs.engines.lineage.hinting import Hinting
from jobs.engines.lineage.interpret import Follower
from jobs.engines.lineage.session import Session, is_temporary, key_of
from jobs.engines.lineage.shapes import Block, Does, Made, Name, Part, Reading, Routine, Write
from jobs.engines.lineage.units import Spot, Unit, parameters, rows_before
from jobs.engines.lineage.values import HintMode, Reason, RelationKind, Subtype

if TYPE_CHECKING:
    from jobs.engines.lineage.catalog import Catalog, Known
    from jobs.engines.lineage.definitions import Step
    from jobs.engines.lineage.infer import Inference

CHANGES = frozenset({"UPDATE", "DELETE", "MERGE"})
ALONE = frozenset({Does.GIVES, Does.LEAVES, Does.BREAKS})  # what needs no following by itself
OLD_AND_NEW = frozenset({"inserted", "deleted"})
MAX_LEARNED = 8  # times that a body is followed to learn the columns of what it makes
MIN_STEPS, STEPS_EACH = 20_000, 4  # statements followed on behalf of calls: at least, and for each statement
OWN_TEXT = "Submit the routine that is called as a text, too; otherwise no edge comes from the call."


def units_of(reading: Reading, first: int) -> Iterator[Unit]:
    """Yield the bodies of a text, each before what stands around it, and at last what stands in none.

    Args:
        reading: The text.
        first: The number of its first statement among all.
    """
    yield from _units(reading, first, (0, len(reading.parts)), None)


def _units(reading: Reading, shift: int, span: tuple[int, int], routine: Routine | None) -> Iterator[Unit]:
    own: list[int] = []
    place, last = span
    at = shift + place - 1 if routine is not None else -1
    while place < last:
        own.append(place)
        inner = reading.parts[place].routine
        place += 1
        if inner is not None:
            yield from _units(reading, shift, (place, place + inner.length), inner)
            place += inner.length
    parts = [reading.parts[each] for each in own]
    made = {
        key_of(write.target)
        for part in parts
        for write in part.writes
        if write.temporary or (write.defines is not None and is_temporary(write.target))
    }
    statements = [shift + each for each in own]
    yield Unit(reading, parts, statements, routine, at, frozenset(made))


class Procedures:
    """All bodies; it follows them for inference."""

    def __init__(self, inference: "Inference", hints: HintMode) -> None:
        self.inference = inference
        self.catalog: Catalog = inference.catalog
        self.units: list[Unit] = []
        self.types: dict[str, tuple[Made, ...]] = {}
        self.by_statement: dict[int, Unit] = {}
        self.by_name: dict[str, Unit] = {}
        self.by_last: dict[str, Unit] = {}  # how members of packages call one another
        self.enclosing: dict[int, int] = {}  # of a statement in a body: the one that makes the routine
        self.defining: Mapping[str, Step] = {}
        self.cycles: dict[str, frozenset[str]] = {}
        self.learned: dict[int, int] = {}
        self.steps_left = MIN_STEPS
        self.hinting = Hinting(hints, self)

    def add(self, reading: Reading, first: int) -> None:
        """Take the bodies of a text."""
        for unit in units_of(reading, first):
            self.units.append(unit)
            self.steps_left += STEPS_EACH * len(unit.parts)
            for at, part in zip(unit.places, unit.parts, strict=True):
                self.enclosing[at] = unit.at
                if part.verb == "CREATE TYPE":
                    self.types |= {self.catalog.key(write.target): write.columns for write in part.writes}
            if _needs_following(unit):
                self.by_statement |= dict.fromkeys(unit.places, unit)
            if unit.routine is not None and unit.routine.name is not None:
                self.by_name[self.catalog.key(unit.routine.name)] = unit
                self.by_last.setdefault(unit.routine.name.parts[-1], unit)

    def relations_of(self, unit_at: int, part: Part) -> Iterator[Name]:
        """Yield the relations that a statement reads, without those that live in its session."""
        unit = self.by_statement.get(unit_at)
        for name in part.reads:
            if is_temporary(name) or (unit is not None and _is_own(unit, name)):
                continue
            yield name

    def enter_calls(self, part: Part) -> None:
        """Take what a statement calls as a routine, unless something else is known of it."""
        for act in part.acts:
            if act.does is Does.CALLS and act.called is not None:
                relation = self.catalog.relation(act.called)
                if relation.kind is RelationKind.EXTERNAL and not relation.complete:
                    relation.kind = RelationKind.PROCEDURE

    def is_own(self, at: int, write: Write) -> bool:
        """Whether a write goes to what lives in a session."""
        unit = self.by_statement.get(at)
        if write.temporary or is_temporary(write.target):
            return True
        return unit is not None and key_of(write.target) in unit.made

    def holds(self, step: "Step") -> bool:
        """Whether a write is left to following."""
        return (
            step.at in self.by_statement
            and step.write.defines is not RelationKind.VIEW
            and not step.part.routine
        )

    def session_of(self, step: "Step") -> Session:
        """Return the session in which a definition is bound outside of following."""
        routine = step.part.routine
        return parameters(routine, self.types, self.catalog) if routine is not None else Session()

    def learn(self, step: "Step", cycle: frozenset[str]) -> None:
        """Learn the columns of what a body makes, without its edges."""
        unit = self.by_statement[step.at]
        self.cycles[self.catalog.key(step.write.target)] = cycle
        with self._quiet():
            if not any(is_temporary(name) or key_of(name) in unit.made for name in step.part.reads):
                self.inference.define(step, cycle)
            elif self.learned.get(unit.places[0], 0) < MAX_LEARNED:
                self.learned[unit.places[0]] = self.learned.get(unit.places[0], 0) + 1
                self._follow(unit)

    def needs(self, step: "Step") -> Sequence[Name]:
        """Return what has to be known before a definition: all that a body reads, if it makes tables."""
        unit = self.by_statement.get(step.at)
        if unit is None or step.part.routine or not any(_is_own(unit, name) for name in step.part.reads):
            return step.part.reads
        return [
            name
            for at, part in zip(unit.places, unit.parts, strict=True)
            if at <= step.at
            for name in part.reads
        ]

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Keep what is found meanwhile out of the result."""
        inference = self.inference
        kept = inference.edges, inference.unresolved, inference.explained, inference.failed, self.steps_left
        inference.edges, inference.unresolved, inference.failed = Edges(), {}, set(inference.failed)
        try:
            yield
        finally:
            inference.edges, inference.unresolved, inference.explained, inference.failed, self.steps_left = kept

    def follow(self) -> None:
        """Follow all bodies, and add what their routines read and write as a whole."""
        called = {
            self.catalog.key(act.called)
            for unit in self.units
            for part in unit.parts
            for act in part.acts
            if act.does is Does.CALLS and act.called is not None
        }
        run = {
            self.catalog.key(unit.routine.runs)
            for unit in self.units
            if unit.routine and unit.routine.runs is not None
        }
        for unit in self.units:
            if unit.places and unit.places[0] in self.by_statement:
                key = self.catalog.key(unit.routine.name) if unit.routine and unit.routine.name else ""
                if key not in run and not (key in called and _borrows(unit)):
                    with self.hinting.replacing(key):
                        self._follow(unit)
            elif (
                unit.routine is not None and unit.routine.runs is not None and unit.routine.fires_on is not None
            ):
                runs = self.by_name.get(self.catalog.key(unit.routine.runs))
                if runs is not None:
                    self._follow(runs, unit.routine)
        for unit in self.units:
            if unit.routine is not None:
                self._touch(unit)
        self.hinting.add()

    def _follow(self, unit: Unit, trigger: Routine | None = None) -> None:
        """Follow a body in a session of its own; `trigger` is what runs it."""
        session = parameters(trigger or unit.routine or Routine(0), self.types, self.catalog)
        calls = (unit.at,) if unit.at >= 0 else ()
        follower = Follower(self, unit, session, calls)
        follower.run()
        routine = unit.routine
        fires_on = (trigger or routine or Routine(0)).fires_on
        if fires_on is not None:
            self._changed_row(unit, fires_on, follower.session)
        if routine is not None and routine.gives_rows and routine.name is not None:
            rows = follower.session.tables.get(routine.returned) if routine.returned else follower.given
            if rows is not None:
                self._give_back(unit, routine.name, rows, routine.columns)

    def _give_back(self, unit: Unit, name: Name, rows: Bound, columns: Sequence[Made]) -> None:
        """Let the columns of a function come from the rows that it gives."""
        relation = self.catalog.relation(name)
        known = columns or tuple(relation.columns.values())
        if not known:
            known = [Made(each.name, each.spelled) for each in rows.columns if not each.open and each.name]
            self.catalog.learn(relation, known, complete=len(known) == len(rows.columns) > 0)
        self._map(unit, relation, Bound(list(rows.columns), rows.influences, rows=rows.rows), known)

    def _changed_row(self, unit: Unit, table: Name, session: Session) -> None:
        """Let what a trigger sets in the new row reach the columns of its table."""
        before = {each.name: each.flows for each in rows_before(table, self.catalog).columns}
        relation = self.catalog.relation(table)
        for name in ("new", "NEW"):
            row = session.variables.get(name, Bound())
            changed = [each for each in row.columns if each.name and before.get(each.name) != each.flows]
            if changed:
                known = [Made(each.name, each.spelled) for each in changed]
                for each in known:
                    self.catalog.mention(relation.key, each.name, each.spelled)
                self._map(unit, relation, Bound(list(changed), row.influences, rows=row.rows), known)

    def _map(self, unit: Unit, relation: "Known", rows: Bound, columns: Sequence[Made]) -> None:
        at = unit.at if unit.at >= 0 else unit.places[-1]
        part = unit.reading.parts[at - (unit.places[0] - unit.reading.parts.index(unit.parts[0]))]
        write = Write(Name((relation.key,), relation.name), place=part.place)
        self.inference.map_columns(self.inference.step(at, part, write), relation, rows, columns, frozenset())

    def _touch(self, unit: Unit) -> None:
        """Add what a routine reads and writes as a whole."""
        routine = unit.routine
        if routine is None or routine.name is None or routine.kind is None or routine.gives_rows:
            return
        own = self.catalog.relation(routine.name)
        if own.columns:
            return  # a function whose columns say where they come from
        for at, part in zip(unit.places, unit.parts, strict=True):
            changed = self._only_changed(part)
            for name in self.relations_of(at, part):
                key = self.catalog.relation(name).key
                if key not in {own.key, changed} and self.hinting.allows(own.key, key, writes=False):
                    flow = Flow(key, "", Subtype.DEPENDENCY)
                    self.inference.edges.add(flow, own.key, "", at, part.place)
            for target in self._written(at, part):
                key = self.catalog.relation(target).key
                if self.hinting.allows(own.key, key, writes=True):
                    flow = Flow(own.key, "", Subtype.DEPENDENCY)
                    self.inference.edges.add(flow, key, "", at, part.place)

    def _only_changed(self, part: Part) -> str:
        """Return the relation that a statement looks at only to change its rows; empty if there is none."""
        targets = {self.catalog.key(write.target) for write in part.writes}
        gives = any(act.query is not None for act in part.acts)
        return targets.pop() if part.verb in CHANGES and len(targets) == 1 and not gives else ""

    def _written(self, at: int, part: Part) -> Iterator[Name]:
        into = [act.into for act in part.acts if act.into is not None]
        for write in (*part.writes, *into):
            if part.routine is None and part.verb != "CREATE TYPE" and not self.is_own(at, write):
                yield write.target

    # What `interpret` asks for.

    def bind(self, spot: Spot, write: Write) -> Bound:
        """Bind the query of a write in its session, and list what could not be bound."""
        inference = self.inference
        inference.session = spot.session
        bound = inference.bind(inference.step(spot.at, spot.part, write))
        inference.session = Session()
        return bound

    def fill(self, spot: Spot, write: Write) -> Bound | None:
        """Write to a relation of the catalog, and return its columns as they are filled."""
        inference = self.inference
        if spot.part.routine is not None or write.adds or write.defines is RelationKind.VIEW:
            return None
        if write.query is None:
            self.catalog.relation(write.target)
            return None
        step = inference.step(spot.at, spot.part, write)
        key = self.catalog.key(write.target)
        found = self.defining.get(key)
        inference.session, inference.written = spot.session, None
        with inference.surviving(step):
            if found is not None and found.at == step.at and found.write is write:
                inference.define(step, self.cycles.get(key, frozenset()))
            elif write.defines is not None:
                inference.fill(step._replace(write=write._replace(by_name=not write.columns)))
            else:
                inference.fill(step)
        inference.session = Session()
        return inference.written

    def unit_of(self, name: Name) -> Unit | None:
        """Return the body of a routine."""
        unit = self.by_name.get(self.catalog.key(name))
        if unit is None and len(name.parts) == 1 and self.catalog.dialect == "oracle":
            return self.by_last.get(name.parts[0])
        return unit

    def not_followed(self, spot: Spot, problem: str) -> None:
        """List a call that could not be followed; neither it nor the routine around it counts as explained."""
        step = self.inference.step(spot.at, spot.part, Write(Name(("",), "")))
        self.inference.listed(step, spot.part.place, Reason.NOT_SUPPORTED, problem, OWN_TEXT)
        at = spot.at
        while at >= 0 and at not in self.inference.failed:
            self.inference.fail(at)
            at = self.enclosing.get(at, -1)

    def spend(self, steps: int) -> bool:
        """Whether as many statements more may be followed on behalf of calls."""
        self.steps_left -= steps
        return self.steps_left >= 0


def _is_own(unit: Unit, name: Name) -> bool:
    if is_temporary(name) or key_of(name) in unit.made:
        return True
    fires = unit.routine is not None and unit.routine.fires_on is not None
    return fires and len(name.parts) == 1 and name.parts[0].lower() in OLD_AND_NEW


def _borrows(unit: Unit) -> bool:
    """Whether a body uses temporary tables that it does not make: those of who calls it."""
    names = [name for part in unit.parts for name in (*part.reads, *(write.target for write in part.writes))]
    return any(name.parts[-1].startswith("#") and key_of(name) not in unit.made for name in names)


def _needs_following(unit: Unit) -> bool:
    if unit.routine is not None or unit.made:
        return True
    return any(
        any(act.does not in ALONE for act in part.acts)
        or any(mark.query is not None or mark.block is Block.LOOP for mark in part.marks)
        or any(is_temporary(name) for name in part.reads)
        or any(write.temporary or is_temporary(write.target) for write in part.writes)
        for part in unit.parts
    )
