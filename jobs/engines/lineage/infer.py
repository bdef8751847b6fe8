"""Infer lineage over all texts: relations in order of dependency, then every write, then edges."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from jobs.engines.lineage.bind import Binder
from jobs.engines.lineage.catalog import Catalog, Known
from jobs.engines.lineage.crash import OURS, SURPRISES
from jobs.engines.lineage.definitions import Definitions, Dropped, Step
from jobs.engines.lineage.dialects import parser_name
from jobs.engines.lineage.edges import Edges
from jobs.engines.lineage.flows import Bound, Col, influences_of, uncertain, with_names
from jobs.engines.lineage.memory import Memory, Print, Record
from jobs.engines.lineage.order import components
from jobs.engines.lineage.procedures import Procedures
from jobs.engines.lineage.session import Session
from jobs.engines.lineage.shapes import Call, Made, Part, Reading, Write, span_of
from jobs.engines.lineage.values import (
    HintMode,
    KnownColumns,
    Lineage,
    Reason,
    RelationKind,
    Statement,
    Unresolved,
)

NAME_COLUMNS = "Name the columns behind the alias of the function, or name those that are needed in its place."


NO_CYCLE = frozenset[str]()


class Remembered(NamedTuple):
    """What is known of an earlier run, and the fingerprints of the texts of this one."""

    memory: Memory
    prints: Sequence[Print]


class Inference:
    """One inference over one set of readings."""

    def __init__(
        self, readings: Sequence[Reading], catalog: Catalog, hints: HintMode, remembered: "Remembered | None"
    ) -> None:
        self.catalog = catalog
        self.memory = remembered.memory if remembered is not None else None
        self.homes: list[tuple[Print, int]] = []  # of statements, if there is a memory: text, and number in it
        self.edges = Edges()
        self.statements: list[Statement] = []
        self.unresolved: dict[tuple[int, Unresolved], None] = {}
        self.explained = 0
        self.drops: list[Dropped] = []
        self.failed: set[int] = set()
        self.steps: list[Step] = []
        self.places: list[Reading] = []
        self.parts: list[Part] = []
        self.session = Session()
        self.written: Bound | None = None  # what the last write gave its target
        self.procedures = Procedures(self, hints)
        for place, reading in enumerate(readings):
            self.procedures.add(reading, len(self.statements))
            if remembered is not None:
                self.homes += [(remembered.prints[place], number) for number in range(len(reading.parts))]
            for part in reading.parts:
                self._enter(part, reading)

    def _enter(self, part: Part, reading: Reading) -> None:
        at = len(self.statements)
        self.statements.append(Statement(reading.text, span_of(part.place, reading.lines), part.verb))
        self.places.append(reading)
        self.parts.append(part)
        self.explained += not part.unread
        for each in part.unresolved:
            self.unresolved[at, each] = None
        for name in self.procedures.relations_of(at, part):
            self.catalog.relation(name)
        self.procedures.enter_calls(part)
        for name in part.drops:
            self.drops.append(Dropped(at, self.catalog.key(name), reading))
        self.steps += [
            Step(at, part, write, reading, number)
            for number, write in enumerate(part.writes)
            if not self.procedures.is_own(at, write)
        ]

    def step(self, at: int, part: Part, write: Write) -> Step:
        """Return a write of a statement."""
        return Step(at, part, write, self.places[at])

    def fail(self, at: int) -> None:
        """Count a statement as not explained."""
        self.failed.add(at)
        self.explained -= not self.parts[at].unread

    def run(self) -> Lineage:
        """Return the lineage. Cost: linear in the uses of all queries, and in the edges."""
        definitions = Definitions(self.catalog, self.steps, self.drops, self.listed)
        self.procedures.defining = defining = definitions.find()
        self.steps = definitions.steps
        for step in self.steps:
            if step.write.adds:
                relation = self.catalog.relation(step.write.target)
                columns = [*relation.columns.values(), *step.write.columns]
                self.catalog.learn(relation, columns, complete=relation.complete)
        for group, cyclic in components(self._needs(defining)):
            if cyclic:
                self._list_cycle(group, defining)
            for key in group:
                cycle = frozenset(group) if cyclic else NO_CYCLE
                self._once(defining[key], "define", cycle, partial(self._infer, defining[key], cycle))
        for step in definitions.replaced:
            if step.write.query is not None and not self.procedures.holds(step):
                by_name = step._replace(write=step.write._replace(by_name=not step.write.columns))
                self._once(step, "replaced", NO_CYCLE, partial(self.fill, by_name))
        for step in self.steps:
            if self.procedures.holds(step):
                continue
            if step.write.defines is None and step.write.query is not None:
                self._once(step, "fill", NO_CYCLE, partial(self.fill, step))
            elif step.write.defines is None:
                self.catalog.relation(step.write.target)
        self.procedures.follow()
        return Lineage(
            statements=tuple(self.statements),
            relations=self.catalog.values(self.memory.relations if self.memory else None),
            edges=self.edges.values(self.places, self.statements, self.memory.shown if self.memory else None),
            unresolved=tuple(
                each
                for _, each in sorted(
                    self.unresolved,
                    key=lambda item: (item[0], item[1].span.start, item[1].reason, item[1].message),
                )
            ),
            explained=self.explained,
        )

    def _once(self, step: Step, what: str, cycle: frozenset[str], work: Callable[[], None]) -> None:
        """Do a piece of work, unless memory knows what it would find. Bodies are always followed anew."""
        memory = self.memory
        if memory is None or step.write.query is None or step.part.routine or self.procedures.holds(step):
            with self.surviving(step):
                work()
            return
        key = (*self.homes[step.at], step.number, what, cycle)
        record = memory.recall(key, self.catalog)
        if record is not None:
            record.repeat(self.catalog)
            record.move(step.at)
        else:
            memory.bound += 1
            record = self._watched(step, work)
        if step.at not in self.failed:
            memory.keep(key, record)
        self.edges.keep(record.groups)
        for each in record.unresolved:
            self.unresolved[step.at, each] = None

    def _watched(self, step: Step, work: Callable[[], None]) -> Record:
        """Do a piece of work, and return what it looked at and found."""
        record = Record(step.at)
        edges, unresolved = self.edges, self.unresolved
        self.edges, self.unresolved, self.catalog.watcher = Edges(), {}, record
        with self.surviving(step):
            work()
        record.groups, record.unresolved = self.edges.groups, tuple(each for _, each in self.unresolved)
        self.edges, self.unresolved, self.catalog.watcher = edges, unresolved, None
        return record

    @contextmanager
    def surviving(self, step: Step) -> Iterator[None]:
        """Let a shape that nobody foresaw cost its statement, not the run."""
        try:
            yield
        except (*SURPRISES, RecursionError) as surprise:
            if step.at not in self.failed:
                message = f"its names could not be bound ({type(surprise).__name__}): this is a bug of ours"
                self.listed(step, step.part.place, Reason.CRASHED, message, OURS)
                self.failed.add(step.at)
                self.explained -= not step.part.unread

    def _needs(self, defining: dict[str, Step]) -> dict[str, list[str]]:
        return {
            key: sorted(
                {
                    needed
                    for name in self.procedures.needs(step)
                    if (needed := self.catalog.key(name)) in defining
                }
            )
            if step.write.query is not None or step.write.like is not None
            else []
            for key, step in sorted(defining.items())
        }

    def _list_cycle(self, group: Sequence[str], defining: dict[str, Step]) -> None:
        shown = " → ".join((*group, group[0]))
        for key in group:
            step = defining[key]
            if step.write.defines is RelationKind.VIEW:
                message = f"views define one another: {shown}"
                self.listed(
                    step,
                    step.write.place,
                    Reason.CYCLE,
                    message,
                    "Correct the definition that closes the circle.",
                )

    def _infer(self, step: Step, cycle: frozenset[str]) -> None:
        """Infer what a definition makes; in a body only its columns, for its edges come with following it."""
        if self.procedures.holds(step) and step.write.query is not None:
            self.procedures.learn(step, cycle)
        else:
            self.session = self.procedures.session_of(step)
            self.define(step, cycle)
            self.session = Session()

    def define(self, step: Step, cycle: frozenset[str]) -> None:
        """Write what a definition says: its columns, and their edges."""
        write = step.write
        relation = self.catalog.relation(write.target)
        if write.like is not None:
            origin = self.catalog.relation(write.like)
            columns = [*origin.columns.values(), *write.columns]
            self.catalog.learn(relation, columns, complete=origin.complete)
        if write.query is None:
            return
        bound = self.bind(step)
        if not write.columns:
            named = [self._named(column, at) for at, column in enumerate(bound.columns) if not column.open]
            bound.columns = with_names(bound.columns, named)
            if not (relation.complete and relation.kind is RelationKind.EXTERNAL):
                is_open = any(column.open for column in bound.columns)
                self.catalog.learn(relation, named, complete=bool(named) and not is_open)
            self._write(step, relation, bound, {each.name: each for each in named}, cycle)
            return
        self.map_columns(step, relation, bound, write.columns, cycle)

    def fill(self, step: Step) -> None:
        """INSERT: by the column list, or by the target's known columns, or BY NAME."""
        write = step.write
        relation = self.catalog.relation(write.target)
        bound = self.bind(step)
        if not bound.columns:  # DELETE, DO NOTHING
            self._write(step, relation, bound, {}, frozenset())
            return
        if write.fits and relation.complete:
            bound.columns = [each for each in bound.columns if each.open or each.name in relation.columns]
        if write.by_name:
            named = [Made(column.name, column.spelled) for column in bound.columns if not column.open]
            for each in () if relation.complete else named:
                self.catalog.mention(relation.key, each.name, each.spelled)
            known = {each.name: each for each in named if each.name in relation.columns}
            self._write(step, relation, bound, known, frozenset())
            return
        columns: Sequence[Made] = write.columns
        for column in columns:
            if not relation.complete:
                self.catalog.mention(relation.key, column.name, column.spelled)
            elif column.name not in relation.columns:
                self.listed(
                    step,
                    write.place,
                    Reason.UNBOUND_COLUMN,
                    f"{relation.name} has no column {column.spelled}",
                    "Check the name.",
                )
        if not columns and relation.complete:
            columns = tuple(each for each in relation.columns.values() if each.name not in write.without)
            if len(columns) != len(bound.columns):
                columns = tuple(each for each in columns if not each.generated)
        self.map_columns(step, relation, bound, columns, frozenset())

    def map_columns(
        self, step: Step, relation: Known, bound: Bound, columns: Sequence[Made], cycle: frozenset[str]
    ) -> None:
        """Give outputs the names of columns, by position; behind an open star positions are unknown."""
        outputs = bound.columns
        is_open = any(column.open for column in outputs)
        if columns and not is_open and len(columns) != len(outputs):
            message = f"the query gives {len(outputs)} and {relation.name} takes {len(columns)} columns"
            self.listed(
                step, step.write.place, Reason.UNBOUND_COLUMN, message, "Name the columns of the target."
            )
        elif not columns and any(column.flows for column in outputs):
            message = f"the columns of {relation.name} are unknown"
            remedy = f"Add the CREATE TABLE of {relation.name}, or name its columns in the INSERT."
            self.listed(step, step.write.place, Reason.UNKNOWN_COLUMNS, message, remedy)
        closed = next((at for at, column in enumerate(outputs) if column.open), len(outputs))
        named = [
            Col(columns[at].name, columns[at].spelled, column.flows)
            if at < min(len(columns), closed)
            else Col("", "", uncertain(column), column.open)
            for at, column in enumerate(outputs)
        ]
        bound.columns = named
        known = {each.name: each for each in columns if not relation.complete or each.name in relation.columns}
        self._write(step, relation, bound, known, cycle)

    def bind(self, step: Step) -> Bound:
        """Bind the query of a write, and list what could not be bound."""
        self.session.place = step.write.place
        binder = Binder(self.catalog, self.session)
        assert step.write.query is not None  # noqa: S101 - callers look first
        bound = binder.query(step.write.query, {}, None)
        bound.below += self.session.conditions
        for problem in binder.problems:
            self.listed(step, *problem)
        return bound

    def _named(self, column: Col, at: int) -> Made:
        """Return the name of an output; one without a name is called by its place, from 1."""
        return (
            Made(column.name, column.spelled) if column.name else Made(f"column_{at + 1}", f"column_{at + 1}")
        )

    def _write(
        self, step: Step, relation: Known, bound: Bound, names: dict[str, Made], cycle: frozenset[str]
    ) -> None:
        fallback, self.written = step.write.place, bound
        for column in bound.columns:
            if column.open and column.open not in cycle:
                self._list_open(step, column)
            target = column.name if column.name in names else ""
            for flow in column.flows:
                self.edges.add(flow, relation.key, target, step.at, fallback)
        for flow in influences_of(bound):
            if not flow.column and flow.relation == relation.key:
                continue  # a change of a table that names no column of it: that it has rows says nothing
            self.edges.add(flow, relation.key, "", step.at, fallback)

    def _list_open(self, step: Step, column: Col) -> None:
        place = next((flow.place for flow in column.flows if flow.place), step.write.place)
        if isinstance(column.open, Call):
            if not column.open.listed:
                message = f"the columns of {column.open.spelled} are unknown, so this star stays open"
                self.listed(step, place, Reason.UNKNOWN_COLUMNS, message, NAME_COLUMNS)
            return
        relation = self.catalog.relations[column.open]
        message = f"the columns of {relation.name} are unknown, so this star stays open"
        self.listed(step, place, Reason.UNKNOWN_COLUMNS, message, _close_star(relation))

    def listed(self, step: Step, place: tuple[int, int], reason: Reason, message: str, remedy: str) -> None:
        """List something that is not explained."""
        span = span_of(place, step.reading.lines)
        self.unresolved[step.at, Unresolved(step.reading.text, span, reason, message, remedy)] = None


def infer(
    readings: Sequence[Reading],
    known: KnownColumns,
    default_schema: str,
    dialect: str,
    *,
    hints: HintMode = HintMode.UNION,
    remembered: Remembered | None = None,
) -> Lineage:
    """Return the lineage of all readings together.

    Args:
        readings: What `read_text` returned, in the order of the texts: of two definitions the later one counts.
        known: Columns of relations that no text defines.
        default_schema: Put before bare names; empty for none.
        dialect: The dialect that the texts were read in; it says how names compare.
        hints: Whether hints add to what the text of their routine says, or take its place.
        remembered: What is known of an earlier run, and the fingerprints of the texts.

    Raises:
        UnknownDialect: `dialect` is none of `DIALECTS`.

    Cost: linear in what the queries mention and in the edges; about a third of what parsing costs.
    """
    parser_name(dialect)
    return Inference(readings, Catalog(known, default_schema, dialect), hints, remembered).run()


def _close_star(relation: Known) -> str:
    if relation.is_file:
        return "Name the columns that are needed in place of the star."
    return f"Add the CREATE TABLE of {relation.name}, or name the columns that are needed in place of the star."
