"""What binding works with: where values come from, and what a source of a FROM clause offers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from jobs.engines.lineage.roles import COMPOSED
from jobs.engines.lineage.shapes import Name, Place
from jobs.engines.lineage.values import Reason, Subtype


class Flow(NamedTuple):
    """A column of a relation (or, without a column, the relation) reaches something in a role.

    `place` is the innermost expression that names the column; it is None where no expression has yet.
    """

    relation: str
    column: str
    how: Subtype
    masking: bool = False
    note: str = ""
    place: Place | None = None


Flows = tuple[Flow, ...]


class Col(NamedTuple):
    """A column of a bound query. An `open` one stands for the unknown columns of a relation."""

    name: str
    spelled: str
    flows: Flows
    open: str = ""


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

    `opens`: relations whose unknown columns show through. `feeds`: what all columns of a function come from.
    """

    qualifiers: frozenset[str]
    shown: str
    columns: Mapping[str, Col]
    order: Sequence[Col]
    opens: tuple[str, ...] = ()
    feeds: Flows | None = None
    rows: tuple[str, ...] = ()
    hidden: bool = False

    def find(self, name: str) -> Flows | None:
        """Return where a column comes from; None if this source certainly has no such column."""
        known = self.columns.get(name)
        if known is not None:
            return known.flows
        if self.opens:
            return tuple(Flow(relation, name, Subtype.IDENTITY) for relation in self.opens)
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
    """Return flows as they arrive through an expression: the strongest role wins, the innermost place stays."""
    return tuple(
        [
            Flow(
                flow[0], flow[1], COMPOSED[how, flow[2]], flow[3] or masking, flow[4] or note, flow[5] or place
            )
            for flow in flows
        ]
    )


def rows_of(relations: Iterable[str], how: Subtype, place: Place | None, *, masking: bool = False) -> Flows:
    """Return the flow of whole relations."""
    return tuple(Flow(relation, "", how, masking, "", place) for relation in relations)
