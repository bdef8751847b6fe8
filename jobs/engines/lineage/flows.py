"""What binding works with: where values come from, and what a source of a FROM clause offers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

from jobs.engines.lineage.roles import COMPOSED, RANK
from jobs.engines.lineage.shapes import Call, Made, Name, Place, new
from jobs.engines.lineage.values import Reason, Subtype


class Hop(NamedTuple):
    """An expression of another statement, which a value passed before."""

    place: Place
    statement: int


Path: TypeAlias = "tuple[Place | Hop, Path | None]"
"""Expressions that a value passes, the outermost first: one, and the rest of them."""


class Flow(NamedTuple):
    """A column of a relation (or, without a column, the relation) reaches something in a role.

    `place` is the innermost expression that names the column; it is None where no expression has yet.
    `path` leads there from the outermost one. Flows that differ in nothing else are one.
    """

    relation: str
    column: str
    how: Subtype
    masking: bool = False
    note: str = ""
    place: Place | None = None
    path: "Path | None" = None


Flows = tuple[Flow, ...]

NO_ROWS = frozenset({"DUAL", "SYS.DUAL", "dual", "sysibm.sysdummy1"})  # they have one row, always


class Col(NamedTuple):
    """A column of a bound query. An `open` one stands for the unknown columns of a relation or function."""

    name: str
    spelled: str
    flows: Flows
    open: str | Call = ""


class Problem(NamedTuple):
    """Something in a statement that could not be bound."""

    place: Place
    reason: Reason
    message: str
    remedy: str


@dataclass(slots=True)
class Bound:
    """A query whose names are bound: its columns, what influences its rows, and the queries inside of it."""

    columns: list[Col] = field(default_factory=list)
    influences: list[Flow] = field(default_factory=list)
    below: list["Bound"] = field(default_factory=list)
    rows: tuple[str, ...] = ()  # the relations whose rows are its rows


class Seen(NamedTuple):
    """A source as it is in reach of a SELECT.

    `opens`: relations whose unknown columns show through. `feeds`: what those of functions come from.
    """

    qualifiers: frozenset[str]
    shown: str
    columns: Mapping[str, Col]
    order: Sequence[Col]
    opens: tuple[str, ...] = ()
    feeds: Flows | None = None
    rows: tuple[str, ...] = ()
    hidden: bool = False
    qualified: bool = False

    def find(self, name: str) -> Flows | None:
        """Return where a column comes from; None if this source certainly has no such column."""
        known = self.columns.get(name)
        if known is not None:
            return known.flows
        if self.opens:
            flows = tuple(Flow(relation, name, Subtype.IDENTITY) for relation in self.opens)
            return (*flows, *self.feeds) if self.feeds else flows
        return self.feeds


class Relations(Protocol):
    """What binding needs to know about the relations of the catalog."""

    def seen(self, name: Name) -> Seen:
        """Return a relation as a source, with the columns known by now."""
        ...

    def mention(self, relation: str, column: str, spelled: str) -> None:
        """Remember how a column was spelled that no text declares."""
        ...


def carried(flows: Flows, how: Subtype, place: Place | None, *, masking: bool = False, note: str = "") -> Flows:
    """Return flows as they arrive through an expression: the strongest role wins, the innermost place stays.

    The path of an influence begins where it becomes one: expressions that pass it on are left out.
    """
    composed, direct = COMPOSED[how], how in RANK
    if len(flows) == 1 and flows[0][6] is None and not (masking or note):  # a column of a relation
        relation, column, role, masked, why, innermost, _ = flows[0]
        here = None if place is None else (place, None)
        return (new(Flow, (relation, column, composed[role], masked, why, innermost or place, here)),)
    return tuple(
        [
            new(
                Flow,
                (
                    relation,
                    column,
                    composed[role],
                    masked or masking,
                    why or note,
                    innermost or place,
                    path
                    if place is None or (direct and path is not None and role not in RANK)
                    else (place, path),
                ),
            )
            for relation, column, role, masked, why, innermost, path in flows
        ]
    )


def placed(flow: Flow, how: Subtype, place: Place) -> Flow:
    """Return an influence of a flow on rows that no expression of its own states, as DISTINCT has none."""
    own = flow.path or (place, None)
    return Flow(flow[0], flow[1], COMPOSED[how][flow[2]], flow[3], flow[4], flow[5] or place, own)


def once(flows: Iterable[Flow]) -> Flows:
    """Return flows, each once, in their order; of those that differ in their paths alone, the first."""
    first: dict[tuple[object, ...], Flow] = {}
    for flow in flows:
        first.setdefault(flow[:6], flow)
    return tuple(first.values())


def rows_of(relations: Iterable[str], how: Subtype, place: Place | None, *, masking: bool = False) -> Flows:
    """Return the flow of whole relations."""
    path = None if place is None else (place, None)
    return tuple(Flow(relation, "", how, masking, "", place, path) for relation in relations)


def by_rows_alone(bound: Bound, sources: Sequence[Seen], place: Place) -> Flows:
    """Return the influence of sources of which no column is mentioned: how many rows they have still counts."""
    pending = [seen.rows for seen in sources if seen.rows and seen.rows[0] not in NO_ROWS]
    for flows in (*(column.flows for column in bound.columns), bound.influences):
        if not pending:
            break
        for flow in flows:
            pending = [rows for rows in pending if flow.relation not in rows]
    return rows_of((key for rows in pending for key in rows), Subtype.JOIN, place)


def influences_of(bound: Bound) -> Iterator[Flow]:
    """Yield what influences the rows of a query, through all queries inside of it, each once."""
    stack, met = [bound], {id(bound)}
    while stack:
        each = stack.pop()
        yield from each.influences
        for inner in each.below:
            if id(inner) not in met:
                met.add(id(inner))
                stack.append(inner)


def with_names(columns: Sequence[Col], named: Sequence[Made]) -> list[Col]:
    """Return columns under other names; open ones have none."""
    names, found = iter(named), []
    for column in columns:
        name = column.name if column.open else next(names).name
        found.append(column if column.name == name else column._replace(name=name))
    return found


def uncertain(column: Col) -> tuple[Flow, ...]:
    """Return the flows of a column whose place in a target is not known."""
    if column.open:
        return column.flows
    return tuple(
        flow._replace(note=flow.note or "its place in the target is not known") for flow in column.flows
    )
