"""What reading leaves of a statement: small frozen values that cross process boundaries, no parser in them.

Names are folded already; places are code points of the text. A query is nested tuples:

    Query = With-less body (Select | SetOperation) + its CTEs
    Select = sources, outputs by position, influences on its rows
    uses = what an expression mentions: a column, an output by number, a nested query
"""

from bisect import bisect_right
from enum import Enum
from typing import NamedTuple, TypeAlias

from jobs.engines.lineage.chosen import EVERY, Choice
from jobs.engines.lineage.values import RelationKind, Span, Subtype, Unresolved

Place: TypeAlias = tuple[int, int]
new = tuple.__new__  # makes named tuples of all their fields in half of the time that their class takes


class Name(NamedTuple):
    """A relation's name: its folded parts, and how it was first spelled. A file's is its path, in no schema."""

    parts: tuple[str, ...]
    spelled: str
    file: bool = False


class Call(NamedTuple):
    """A function in FROM whose columns nothing tells. If it is `listed`, reading listed it already."""

    spelled: str
    listed: bool = False


class Use(NamedTuple):
    """An expression mentions a column; without a column, the rows of its source (or of all sources)."""

    qualifier: str
    column: str
    spelled: str
    how: Subtype
    masking: bool
    place: Place


class Nth(NamedTuple):
    """GROUP BY 1 and ORDER BY 1: an output by its number, from 1."""

    number: int
    how: Subtype


class Nested(NamedTuple):
    """An expression contains a query. Without `values` (EXISTS) only its rows matter, not its outputs."""

    query: "Query"
    how: Subtype
    masking: bool
    values: bool


class AllBut(NamedTuple):
    """The GROUP BY that a PIVOT does not write: all outputs but the last ones."""

    last: int
    how: Subtype


Mention: TypeAlias = Use | Nth | Nested | AllBut
Uses: TypeAlias = tuple[Mention, ...]


class Output(NamedTuple):
    """One output column."""

    name: str
    spelled: str
    uses: Uses
    place: Place


class Star(NamedTuple):
    """A star in an output list; `qualifier` is empty for all sources.

    `choice` says which columns it shows, `alias` how they are called; `how` and `also` are of an expression
    around it: MIN(COLUMNS(*)) + a.
    """

    qualifier: str
    without: tuple[str, ...]
    replaced: tuple[Output, ...]
    renamed: tuple[tuple[str, str, str], ...]  # old, new, new as spelled
    place: Place
    choice: Choice = EVERY
    alias: str = ""
    how: Subtype = Subtype.IDENTITY
    also: Uses = ()


class Influence(NamedTuple):
    """What decides about the rows of a select, or of a set operation. `aliases`: outputs may be named in it."""

    how: Subtype
    uses: Uses
    place: Place
    aliases: bool = False


class Source(NamedTuple):
    """One entry of a FROM clause: a relation, or a query, or a function (`call`) of what `feeds` it.

    `columns` renames by position. `using` and `natural` say how it is joined to the sources before it.
    `hidden`: the right side of a SEMI or ANTI join, which a star does not show. `qualified`: only its alias
    leads to its columns. `like`: its columns are called as those of that relation are, by position.
    """

    alias: str
    relation: Name | None = None
    query: "Query | None" = None
    call: Call | None = None
    feeds: Uses = ()
    columns: tuple[tuple[str, str], ...] = ()  # folded, spelled
    cte: bool = False
    using: tuple[str, ...] = ()
    natural: bool = False
    side: str = ""
    hidden: bool = False
    place: Place = (0, 0)
    qualified: bool = False
    like: Name | None = None


class Select(NamedTuple):
    """One SELECT. `distinct`: every output decides about the rows. `merged_first`: a star shows them first."""

    sources: tuple[Source, ...]
    outputs: tuple[Output | Star, ...]
    influences: tuple[Influence, ...]
    distinct: bool
    lateral_aliases: bool
    merged_first: bool
    place: Place


class SetOperation(NamedTuple):
    """Branches from left to right; `operators[i]` joins branch `i + 1` to all before it."""

    branches: tuple["Query", ...]
    operators: tuple[tuple[str, bool], ...]  # "UNION" | "INTERSECT" | "EXCEPT", distinct
    influences: tuple[Influence, ...]
    place: Place
    by_name: str = ""  # "FULL" | "LEFT" | "INNER": whose columns come out; nothing where places count


class Cte(NamedTuple):
    """A named query of a WITH clause."""

    name: str
    columns: tuple[tuple[str, str], ...]
    query: "Query"
    recursive: bool


class Query(NamedTuple):
    """A query with the named queries that it may read."""

    ctes: tuple[Cte, ...]
    body: Select | SetOperation


def value_query(name: str, uses: Uses, place: Place, source: Source | None = None) -> Query:
    """Return the query that gives one value, from a source or from what is in reach around it."""
    sources = () if source is None else (source,)
    output = Output(name, name, uses, place)
    body = Select(
        sources, (output,), (), distinct=False, lateral_aliases=False, merged_first=False, place=place
    )
    return Query((), body)


class Made(NamedTuple):
    """A column that a statement declares. `generated`: an INSERT without a column list passes it over."""

    name: str
    spelled: str
    data_type: str | None = None
    generated: bool = False


class Write(NamedTuple):
    """What a statement does to one relation: defines it, adds columns to it, or fills it from a query.

    `weak`: it defines only what nothing else does. `fits`: by name, and what the target lacks is passed over.
    `without`: columns of the target that the query does not fill, for the statement states their values.
    """

    target: Name
    defines: RelationKind | None = None
    columns: tuple[Made, ...] = ()
    query: Query | None = None
    by_name: bool = False
    adds: bool = False
    like: Name | None = None
    place: Place = (0, 0)
    weak: bool = False
    fits: bool = False
    without: tuple[str, ...] = ()
    temporary: bool = False


VARIABLES = "@"  # the qualifier of a use of a variable whose spelling tells that it is one


class Does(Enum):
    """What a statement may do besides writing to relations."""

    SETS = "it sets variables"
    OPENS = "it gives a cursor its query"
    FETCHES = "it takes a row of a cursor into variables"
    GIVES = "it gives rows, or a value, to who called"
    CALLS = "it calls a routine"
    LEAVES = "it may end the routine before what follows"
    BREAKS = "it may end a turn of the loop before what follows"


class Argument(NamedTuple):
    """A variable that is passed to a parameter: to the next one where the call does not name it."""

    parameter: str
    variable: str
    comes_back: bool = False


class Act(NamedTuple):
    """What a statement does besides writing. Of FETCHES the first name is the cursor's.

    `whole`: one variable takes the whole row. `into`: what is filled with the rows that a call gives.
    `late`: it is done after what the statement writes, not before.
    """

    does: Does
    names: tuple[str, ...] = ()
    query: Query | None = None
    whole: bool = False
    called: Name | None = None
    arguments: tuple[Argument, ...] = ()
    into: Write | None = None
    late: bool = False


class Block(Enum):
    """Where a block begins or ends."""

    BEGIN = "what follows belongs together"
    END = "the innermost BEGIN ends"
    IF = "what follows is done or not"
    ELSE = "what follows is done if the last IF was not"
    LOOP = "what follows is done again and again"
    MAYBE = "what follows is done or not, and no condition tells"
    LABEL = "who says GOTO may come here"


class Mark(NamedTuple):
    """A block begins or ends before a statement. `query` is what a condition asks."""

    block: Block
    query: Query | None = None
    place: Place = (0, 0)


class Parameter(NamedTuple):
    """A parameter of a routine. `table`: the type of a whole table that is passed."""

    name: str
    table: Name | None = None


class Hint(NamedTuple):
    """A comment that names what a routine reads or writes."""

    writes: bool
    name: Name
    place: Place


class Routine(NamedTuple):
    """What a statement that makes a routine says before its body; the next `length` parts are the body.

    `returned`: the table variable that a function gives back. `fires_on`: the table of a trigger.
    `runs`: the function that a trigger runs.
    """

    length: int
    name: Name | None = None
    kind: RelationKind | None = None
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[Made, ...] = ()
    gives_rows: bool = False
    returned: str = ""
    fires_on: Name | None = None
    runs: Name | None = None
    hints: tuple[Hint, ...] = ()


class Part(NamedTuple):
    """One statement as read. `unread` statements are listed in `unresolved`, and count as not explained."""

    place: Place
    verb: str
    writes: tuple[Write, ...] = ()
    reads: tuple[Name, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    unread: bool = False
    drops: tuple[Name, ...] = ()
    acts: tuple[Act, ...] = ()
    marks: tuple[Mark, ...] = ()  # before the statement
    routine: Routine | None = None


class Reading(NamedTuple):
    """One text as read. `lines` holds the offset at which each line begins."""

    text: str
    lines: tuple[int, ...]
    parts: tuple[Part, ...]


def span_of(place: Place, lines: tuple[int, ...]) -> Span:
    """Return a place with its line and column, both from 1."""
    start, end = place
    line = bisect_right(lines, start)
    return new(Span, (start, end, line, start - lines[line - 1] + 1))
