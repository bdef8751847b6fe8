"""A walk over one expression: what is still to be seen, in which role, and what was found."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from sqlglot import exp

from jobs.engines.lineage.roles import BELOW, COMPOSED, RANK
from jobs.engines.lineage.shapes import Mention, Name, Place, Query, Uses
from jobs.engines.lineage.values import Subtype

LEAVES = (
    exp.Identifier,
    exp.Literal,
    exp.DataType,
    exp.Var,
    exp.Null,
    exp.Boolean,
)
PASSED_OVER = frozenset({type(None), bool, str, int, float, *LEAVES})


class Names(Protocol):
    """What the walk needs from its surroundings."""

    dialect: str
    windows: dict[str, exp.Window]
    parameters: frozenset[str]  # of the function whose body this is: they are no columns
    expanded: list[tuple[Any, Subtype]]  # COLUMNS(…) met inside of expressions
    unfolded: list[Any]  # functions met that make several rows of one
    scalars: Mapping[str, Any]  # expressions that WITH gives a name, of ClickHouse
    numbered: bool  # the order of the rows of what is read decides
    reads: dict[tuple[str, ...], Name]

    def name_of(self, identifier: Any) -> str:
        """Return the folded name of an identifier."""
        ...

    def place_of(self, node: Any) -> Place:
        """Return where a node with a position stands."""
        ...

    def nested(self, node: Any) -> Query:
        """Return a query that stands inside an expression."""
        ...

    def expression_named(self, name: str) -> tuple[Uses, Place]:
        """Return what the expression mentions that WITH gives a name, and where it stands."""
        ...

    def dynamic(self, problem: str) -> None:
        """Note why it is not known what the current SELECT reads."""
        ...


class Role(NamedTuple):
    """In which role an expression is walked, and whether a hash or mask encloses it."""

    how: Subtype
    masking: bool

    def below(self) -> "Role":
        """Return the role of the operands of an operator."""
        return ROLES[BELOW[self.how], self.masking]

    def masked(self) -> "Role":
        """Return the role of what a hash or mask encloses."""
        return ROLES[self.how, True]

    def as_(self, how: Subtype) -> "Role":
        """Return the role of a part that matters in another way; inside an influence nothing does."""
        return ROLES[how, self.masking] if self.how in RANK else self

    def aggregated(self) -> "Role":
        """Return the role of what is aggregated."""
        return ROLES[COMPOSED[self.how][Subtype.AGGREGATION], self.masking]


ROLES = {(how, masking): Role(how, masking) for how in Subtype for masking in (False, True)}
COPIED = ROLES[Subtype.IDENTITY, False]


class Walk:
    """A walk over one expression: what is still to be seen, and what was found."""

    __slots__ = ("found", "names", "stack")

    def __init__(self, names: Names) -> None:
        self.names = names
        self.stack: list[tuple[Any, Role]] = []
        self.found: list[Mention] = []

    def push(self, values: Any, role: Role) -> None:
        """Put expressions on the stack so that they come off in their order."""
        if type(values) is list:
            self.stack += [(each, role) for each in reversed(values) if type(each) not in PASSED_OVER]
        elif type(values) not in PASSED_OVER:
            self.stack.append((values, role))
