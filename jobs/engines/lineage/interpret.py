"""Follow what the statements of a body do, one after the other: from the columns of tables to those of others.

Branches are both followed and put together; loops are followed until nothing is added. What decides about a
branch or a loop decides about what is written in it, and, where it may end the routine, about all that follows.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from jobs.engines.lineage.bind import Binder, all_flows
from jobs.engines.lineage.blocks import Choice, Loop, Node, program
from jobs.engines.lineage.flows import Bound, Col, rows_of
from jobs.engines.lineage.session import (
    Session,
    alone,
    columns_for,
    empty,
    is_temporary,
    kept,
    key_of,
    mapped,
    together,
)
from jobs.engines.lineage.shapes import (
    Act,
    Does,
    Made,
    Mark,
    Name,
    Part,
    Routine,
    Write,
)
from jobs.engines.lineage.units import Spot, Unit, Writer, everything, paired, parameters
from jobs.engines.lineage.values import Subtype

ROUNDS = 5  # of a loop: what passes through more tables backwards than this is not followed
MAX_CALLS = 16  # calls inside one another

EXITS = {Does.LEAVES: "routine", Does.BREAKS: "loop"}


@dataclass(slots=True)
class Follower:
    """Follows one body in one session."""

    writer: Writer
    unit: Unit
    session: Session
    calls: tuple[int, ...] = ()  # the statements that make the routines that are being followed
    looping: bool = False
    given: Bound | None = None  # rows given to who called
    parts: dict[int, Part] = field(default_factory=dict)

    def run(self) -> None:
        """Follow all statements."""
        self.parts = dict(zip(self.unit.places, self.unit.parts, strict=True))
        stream = program([self.parts[at] for at in self.unit.places], 0)
        self._several(stream)

    def _several(self, nodes: Sequence[Node]) -> set[str]:
        exits: set[str] = set()
        for node in nodes:
            if isinstance(node, Choice):
                exits |= self._choice(node)
            elif isinstance(node, Loop):
                exits |= self._loop(node)
            else:
                exits |= self._one(self.unit.places[node])
        return exits

    def _choice(self, choice: Choice) -> set[str]:
        condition = self._condition(choice.mark)
        before = len(self.session.conditions)
        start = self.session
        first, second = start.copy(), start.copy()
        exits: set[str] = set()
        for session, nodes in ((first, choice.first), (second, choice.second)):
            self.session = session
            session.conditions += condition
            exits |= self._several(nodes)
        self.session = start
        left = [each for session in (first, second) for each in session.conditions[before + len(condition) :]]
        start.take(first, second)
        start.conditions += left
        if exits:
            start.conditions += condition
        return exits

    def _loop(self, loop: Loop) -> set[str]:
        condition = self._condition(loop.mark)
        count = len(self.session.conditions)
        exits: set[str] = set()
        inside, self.looping = self.looping, True
        for _ in range(1 if inside else ROUNDS):  # the outermost loop goes round for those in it
            before = self.session.copy()
            self.session.conditions += condition
            exits = self._several(loop.body)
            self.session.take(before, self.session.copy())
            if "routine" not in exits:
                del self.session.conditions[count:]
            if self.session.same(before):
                break
            condition = self._condition(loop.mark)
        self.looping = inside
        return exits - {"loop"}

    def _condition(self, mark: Mark | None) -> list[Bound]:
        """Return what a condition decides with: the columns it compares, and the rows that EXISTS looks for."""
        if mark is None or mark.query is None:
            return []
        binder = Binder(self.writer.catalog, self.session)
        self.session.place = mark.place
        asked = binder.query(mark.query, {}, None)

        influences = list(all_flows(asked.columns, Subtype.FILTER, mark.place))
        found = Bound(influences=influences, below=[asked])
        flat = kept(found, self._statement_at(mark.place))
        mentioned = {flow.relation for flow in flat.influences}
        rows = [key for each in asked.below for key in each.rows if key not in mentioned]
        flat.influences += kept(
            Bound(influences=list(rows_of(dict.fromkeys(rows), Subtype.FILTER, mark.place))),
            self._statement_at(mark.place),
        ).influences
        return [flat] if flat.influences else []

    def _statement_at(self, place: tuple[int, int]) -> int:
        """Return the statement in whose marks a condition stands: the first one that does not end before it."""
        at = bisect_left(self.unit.parts, place[1], key=_end_of)
        return self.unit.places[min(at, len(self.unit.places) - 1)]

    def _one(self, at: int) -> set[str]:
        part = self.parts[at]
        self.session.place = part.place
        for act in part.acts:
            if not act.late:
                self._act(at, part, act)
        for write in part.writes:
            self._write(at, part, write)
        for act in part.acts:
            if act.late:
                self._act(at, part, act)
        for name in part.drops:
            self.session.tables.pop(key_of(name), None)
        return {EXITS[act.does] for act in part.acts if act.does in EXITS}

    def _spot(self, at: int, part: Part) -> Spot:
        return Spot(at, part, self.session)

    def _write(self, at: int, part: Part, write: Write) -> Bound | None:
        key = key_of(write.target)
        if part.verb == "CREATE TYPE":
            return None
        if not (is_temporary(write.target) or write.temporary or key in self.session.tables):
            return self.writer.fill(self._spot(at, part), write)
        if write.query is None:
            if write.columns and not write.adds:
                self.session.declared[key] = write.columns
                made = empty(write.columns)
                known = self.session.tables.get(key)
                self.session.tables[key] = made if known is None else together(known, made)
            elif write.adds and key in self.session.tables:
                self.session.tables[key] = together(self.session.tables[key], empty(write.columns))
            elif write.like is not None:
                seen = self.writer.catalog.seen(write.like)
                names = [Made(column.name, column.spelled) for column in seen.order if not column.open]
                self.session.declared[key], self.session.tables[key] = tuple(names), empty(names)
            return None
        bound = self.writer.bind(self._spot(at, part), write)
        declared = self.session.declared.get(key, ())
        columns = write.columns or (() if write.by_name else columns_for(bound.columns, declared))
        filled = kept(Bound(mapped(bound.columns, columns), bound.influences, bound.below, bound.rows), at)
        known = self.session.tables.get(key)
        self.session.tables[key] = filled if known is None else together(known, filled)
        return filled

    def _act(self, at: int, part: Part, act: Act) -> None:
        if act.does is Does.SETS:
            self._set(at, part, act)
        elif act.does is Does.OPENS and act.query is not None:
            self.session.cursors[act.names[0]] = self._asked(at, part, act)
        elif act.does is Does.FETCHES:
            row = self.session.cursors.get(act.names[0], Bound())
            self._take(act.names[1:], row, whole=act.whole or (len(act.names) == 2 and len(row.columns) > 1))
        elif act.does is Does.GIVES:
            self._give(at, part, act)
        elif act.does is Does.CALLS and act.called is not None:
            self._call(at, part, act)

    def _asked(self, at: int, part: Part, act: Act) -> Bound:
        write = Write(Name(("",), ""), query=act.query, place=part.place)
        bound = self.writer.bind(self._spot(at, part), write)
        return kept(bound, at)

    def _set(self, at: int, part: Part, act: Act) -> None:
        if act.query is None:
            of_type = self.writer.types.get(self.writer.catalog.key(act.called)) if act.called else None
            for name in act.names:
                if of_type is not None:
                    self.session.declared[name], self.session.tables[name] = of_type, empty(of_type)
                else:
                    self.session.variables[name] = Bound()
            return
        self._take(act.names, self._asked(at, part, act), whole=act.whole)

    def _take(self, names: Sequence[str], row: Bound, *, whole: bool) -> None:
        for place, name in enumerate(names):
            held = row if whole else alone(row, place, name)
            holder, dot, column = name.partition(".")
            if not dot:
                self.session.variables[name] = held
                continue
            known = self.session.variables.get(holder, Bound())
            others = [each for each in known.columns if each.name != column]
            flows = tuple(flow for each in held.columns for flow in each.flows)
            self.session.variables[holder] = Bound(
                [*others, Col(column, column, flows)], [*known.influences, *held.influences], rows=known.rows
            )

    def _give(self, at: int, part: Part, act: Act) -> None:
        if act.query is not None:
            rows = self._asked(at, part, act)
        else:
            name = act.names[0] if act.names else ""
            rows = self.session.cursors.get(name) or self.session.variables.get(name) or Bound()
        if self.given is None:
            self.given = rows
        else:
            first = [column.name for column in self.given.columns]
            named = [
                column._replace(name=first[place]) if place < len(first) and not column.open else column
                for place, column in enumerate(rows.columns)
            ]
            self.given = together(self.given, Bound(named, rows.influences, rows=rows.rows))

    def _call(self, at: int, part: Part, act: Act) -> None:
        assert act.called is not None  # noqa: S101 - looked at before
        unit = self.writer.unit_of(act.called)
        if unit is None or unit.routine is None:
            self.writer.not_followed(
                self._spot(at, part), f"nothing defines {act.called.spelled}, which is called here"
            )
            return
        follower = self._entered(unit, act)
        if follower is None:
            return
        if unit.at in self.calls or len(self.calls) >= MAX_CALLS:
            return
        if not self.writer.spend(len(unit.parts)):
            self.writer.not_followed(
                self._spot(at, part), f"too many calls to follow that of {act.called.spelled}"
            )
            return
        follower.run()
        for name in follower.session.tables.keys() - unit.made:
            if name.startswith("#"):
                self.session.tables[name] = follower.session.tables[name]
                self.session.declared[name] = follower.session.declared.get(name, ())
        for parameter, variable in self._back(unit.routine, act):
            if parameter in follower.session.variables:
                self.session.variables[variable] = follower.session.variables[parameter]
        if act.into is not None and follower.given is not None:
            self.session.place = part.place
            self._fill_from(at, part, act.into, follower.given)

    def _entered(self, unit: Unit, act: Act) -> "Follower | None":
        """Return a follower of a body that is called; None if nothing that it does depends on who calls."""
        assert unit.routine is not None  # noqa: S101 - looked at before
        session = parameters(unit.routine, self.writer.types, self.writer.catalog)
        passed = bool(self.session.conditions)
        for parameter, variable in paired(unit.routine, act):
            held = self.session.variables.get(variable)
            if held is not None and any(column.flows for column in held.columns):
                session.variables[parameter], passed = held, True
            table = self.session.tables.get(variable)
            if table is not None:
                session.tables[parameter], passed = table, True
        for name, table in self.session.tables.items():
            if name.startswith("#") and name not in unit.made:
                session.tables[name], passed = table, True
                session.declared[name] = self.session.declared.get(name, ())
        if not (passed or act.into is not None or self._back(unit.routine, act)):
            return None
        session.conditions = list(self.session.conditions)
        return Follower(self.writer, unit, session, (*self.calls, unit.at))

    def _back(self, routine: Routine, act: Act) -> list[tuple[str, str]]:
        back = {each.variable for each in act.arguments if each.comes_back}
        return [pair for pair in paired(routine, act) if pair[1] in back]

    def _fill_from(self, at: int, part: Part, into: Write, rows: Bound) -> None:
        """INSERT … EXEC: fill a relation with the rows that a call gave."""
        name = "rows of a call"
        self.session.tables[name] = rows
        self._write(at, part, into._replace(query=everything(name, into)))
        del self.session.tables[name]


def _end_of(part: Part) -> int:
    return part.place[1]
