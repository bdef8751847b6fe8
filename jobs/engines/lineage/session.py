"""What lives while a session or a routine does: temporary tables, variables, cursors, conditions.

A temporary table is a bound query: who reads it reads what filled it. So is a variable, with one column, or
with those of a row. Whatever is kept here is flat: its influences are collected, and its expressions know the
statement that they stand in. It is never changed, only replaced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from jobs.engines.lineage.flows import Bound, Col, Flow, Hop, Path, influences_of
from jobs.engines.lineage.shapes import Made, Name, Place

TEMPORARY = ("#", "@")  # what names of temporary tables and table variables of T-SQL begin with
IN_SESSION = frozenset({"pg_temp", "_session", "_SESSION", "PG_TEMP"})


@dataclass(slots=True)
class Session:
    """Tables, variables and cursors by name; the conditions that decide about what is done."""

    tables: dict[str, Bound] = field(default_factory=dict)
    declared: dict[str, tuple[Made, ...]] = field(default_factory=dict)
    variables: dict[str, Bound] = field(default_factory=dict)
    cursors: dict[str, Bound] = field(default_factory=dict)
    conditions: list[Bound] = field(default_factory=list)
    place: Place = (0, 0)  # of the statement that is bound

    def table(self, name: Name) -> Bound | None:
        """Return a temporary table; None if there is none of this name."""
        return self.tables.get(key_of(name)) if self.tables else None

    def copy(self) -> "Session":
        """Return the same, to be changed apart."""
        return Session(
            dict(self.tables),
            dict(self.declared),
            dict(self.variables),
            dict(self.cursors),
            list(self.conditions),
        )

    def take(self, *others: "Session") -> None:
        """Become what this session is after one of several ways was gone."""
        for kind in ("tables", "variables", "cursors"):
            found: dict[str, Bound] = {}
            for each in others:
                for name, bound in getattr(each, kind).items():
                    known = found.get(name)
                    found[name] = bound if known is None or known is bound else together(known, bound)
            setattr(self, kind, found)
        for each in others:
            self.declared |= each.declared

    def same(self, other: "Session") -> bool:
        """Whether nothing was added to what another session holds."""
        pairs = ((self.tables, other.tables), (self.variables, other.variables), (self.cursors, other.cursors))
        return all(_same(mine, theirs) for mine, theirs in pairs)


def _same(mine: dict[str, Bound], theirs: dict[str, Bound]) -> bool:
    return mine.keys() == theirs.keys() and all(
        bound is theirs[name] or _size(bound) == _size(theirs[name]) for name, bound in mine.items()
    )


def _size(bound: Bound) -> tuple[int, int, int]:
    return len(bound.columns), sum(len(column.flows) for column in bound.columns), len(bound.influences)


def key_of(name: Name) -> str:
    """Return under which name a session keeps a table."""
    last = name.parts[-1]
    if last.startswith(TEMPORARY) or name.parts[0] in IN_SESSION:
        return last
    return ".".join(name.parts)


def is_temporary(name: Name) -> bool:
    """Whether a name says that its table lives in a session."""
    return not name.file and name.parts[-1].startswith(TEMPORARY)


def kept(bound: Bound, statement: int) -> Bound:
    """Return a query as a session keeps it: flat, each of its expressions with its statement.

    Flows that differ only in their expressions are one: so nothing grows without end.
    """
    columns = [column._replace(flows=_kept(column.flows, statement)) for column in bound.columns]
    return Bound(columns, list(_kept(influences_of(bound), statement)), rows=bound.rows)


def _kept(flows: Iterable[Flow], statement: int) -> tuple[Flow, ...]:
    first: dict[tuple[object, ...], Flow] = {}
    for flow in flows:
        ends = (flow.relation, flow.column, flow.how, flow.masking, flow.note)
        if ends not in first:
            first[ends] = flow._replace(place=None, path=known_path(flow.path, statement))
    return tuple(first.values())


def known_path(path: "Path | None", statement: int) -> "Path | None":
    """Return a path whose expressions know their statement. Those that do already are its end."""
    places, rest = list[Place](), path
    while rest is not None and not isinstance(rest[0], Hop):
        places.append(rest[0])
        rest = rest[1]
    for place in reversed(places):
        rest = (Hop(place, statement), rest)
    return rest


def together(one: Bound, other: Bound) -> Bound:
    """Return what holds the rows of one query or of another: by name where names fit, else by place."""
    named = {column.name: at for at, column in enumerate(one.columns) if column.name}
    columns = list(one.columns)
    for at, column in enumerate(other.columns):
        where = named.get(column.name, -1)
        if where < 0 and not column.name and at < len(columns) and not columns[at].name and not column.open:
            where = at
        if where < 0:
            columns.append(column)
        else:
            mine = columns[where]
            columns[where] = mine._replace(flows=once_each((*mine.flows, *column.flows)))
    return Bound(
        columns,
        list(once_each((*one.influences, *other.influences))),
        rows=tuple(dict.fromkeys((*one.rows, *other.rows))),
    )


def once_each(flows: Iterable[Flow]) -> tuple[Flow, ...]:
    """Return flows without those that differ only in their expressions."""
    first: dict[tuple[object, ...], Flow] = {}
    for flow in flows:
        first.setdefault((flow.relation, flow.column, flow.how, flow.masking, flow.note), flow)
    return tuple(first.values())


def mapped(outputs: Sequence[Col], columns: Sequence[Made]) -> list[Col]:
    """Return outputs under the names of columns, by place; behind an open star places are not known."""
    closed = next((at for at, column in enumerate(outputs) if column.open), len(outputs))
    return [
        column._replace(name=columns[at].name, spelled=columns[at].spelled)
        if at < min(len(columns), closed)
        else column
        for at, column in enumerate(outputs)
    ]


def columns_for(outputs: Sequence[Col], declared: Sequence[Made]) -> Sequence[Made]:
    """Return the declared columns that an INSERT without a list fills: all, or all that are not generated."""
    if len(declared) == len(outputs) or any(column.open for column in outputs):
        return declared
    return [each for each in declared if not each.generated]


def empty(columns: Sequence[Made]) -> Bound:
    """Return a table without rows."""
    return Bound([Col(each.name, each.spelled, ()) for each in columns])


def alone(bound: Bound, at: int, name: str) -> Bound:
    """Return one column of a row, as a variable holds it; what decides about the row decides about it."""
    flows = bound.columns[at].flows if at < len(bound.columns) else ()
    return Bound([Col(name, name, flows)], bound.influences, rows=bound.rows)
