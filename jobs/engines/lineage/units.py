"""Bodies as they are followed, and what following asks of inference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from jobs.engines.lineage.catalog import Catalog
from jobs.engines.lineage.flows import Bound, Col, Flow
from jobs.engines.lineage.session import Session, empty
from jobs.engines.lineage.shapes import (
    Act,
    Made,
    Name,
    Part,
    Query,
    Reading,
    Routine,
    Select,
    Source,
    Star,
    Write,
)
from jobs.engines.lineage.values import Subtype

NAMES = "FOUND SQLERRM SQLSTATE SQLCODE SQLROWCOUNT TG_OP TG_NAME TG_WHEN TG_TABLE_NAME TG_TABLE_SCHEMA TG_ARGV"
SYSTEM = {name: Bound() for word in NAMES.split() for name in (word, word.lower())}
"""What bodies know of how they are run; it comes from no table."""


@dataclass(slots=True)
class Unit:
    """The statements of one body, or those of a text outside of bodies."""

    reading: Reading
    parts: Sequence[Part]
    places: Sequence[int]  # of its parts among all statements
    routine: Routine | None = None
    at: int = -1  # the statement that makes the routine
    made: frozenset[str] = frozenset()  # temporary tables that it makes


class Spot(NamedTuple):
    """A statement that is followed, and the session in which it is."""

    at: int
    part: Part
    session: Session


class Writer(Protocol):
    """What following needs from inference."""

    @property
    def catalog(self) -> Catalog:
        """The relations."""
        ...

    @property
    def types(self) -> Mapping[str, tuple[Made, ...]]:
        """The columns of table types by key."""
        ...

    def bind(self, spot: Spot, write: Write) -> Bound:
        """Bind the query of a write, and list what could not be bound."""
        ...

    def fill(self, spot: Spot, write: Write) -> Bound | None:
        """Write to a relation of the catalog, and return its columns as they are filled."""
        ...

    def unit_of(self, name: Name) -> "Unit | None":
        """Return the body of a routine."""
        ...

    def not_followed(self, spot: Spot, problem: str) -> None:
        """List a call that could not be followed."""
        ...

    def spend(self, steps: int) -> bool:
        """Whether as many statements more may be followed on behalf of calls."""
        ...


def everything(name: str, into: Write) -> Query:
    """Return the query of all that a table of the session holds."""
    star = Star("", (), (), (), into.place)
    body = Select(
        (Source("", Name((name,), name)),),
        (star,),
        (),
        distinct=False,
        lateral_aliases=False,
        merged_first=False,
        place=into.place,
    )
    return Query((), body)


def paired(routine: Routine, act: Act) -> list[tuple[str, str]]:
    """Return the parameters that variables are passed to, by name or by place."""
    found = []
    for place, each in enumerate(act.arguments):
        named = each.parameter
        if not named and place < len(routine.parameters):
            named = routine.parameters[place].name
        if named and each.variable:
            found.append((named, each.variable))
    return found


def parameters(routine: Routine, types: Mapping[str, tuple[Made, ...]], catalog: Catalog) -> Session:
    """Return the session in which a body begins: its parameters, and the rows that a trigger sees."""
    session = Session()
    if catalog.dialect != "tsql":
        session.variables = dict(SYSTEM)
    for each in routine.parameters:
        session.variables[each.name] = Bound()
        if each.table is not None:
            columns = types.get(catalog.key(each.table), ())
            session.tables[each.name], session.declared[each.name] = empty(columns), columns
    if routine.returned:
        session.tables[routine.returned] = empty(routine.columns)
        session.declared[routine.returned] = routine.columns
    if routine.fires_on is not None:
        rows = rows_before(routine.fires_on, catalog)
        session.tables |= {"inserted": rows, "deleted": rows}
        session.variables |= dict.fromkeys(("new", "old", "NEW", "OLD"), rows)
    return session


def rows_before(name: Name, catalog: Catalog) -> Bound:
    """Return the rows of a table as a trigger sees them."""
    seen = catalog.seen(name)
    columns = [
        Col(each.name, each.spelled, (Flow(each.flows[0].relation, each.name, Subtype.IDENTITY),), each.open)
        for each in seen.order
    ]
    return Bound(columns, rows=seen.rows)
