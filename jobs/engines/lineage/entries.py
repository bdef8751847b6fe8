"""Functions as entries of a FROM clause, and what an entry needs from its surroundings."""

from typing import Any, Protocol

from sqlglot import exp

from jobs.engines.lineage.arguments import by_pattern, elsewhere, tables_in, values_of
from jobs.engines.lineage.expressions import METHODS, uses_of
from jobs.engines.lineage.functions import (
    columns_given,
    is_computed,
    is_dynamic,
    name_of,
    read_by,
    runs_sql,
    unwrapped,
)
from jobs.engines.lineage.regions import Layout
from jobs.engines.lineage.shapes import (
    Call,
    Influence,
    Name,
    Output,
    Place,
    Query,
    Select,
    SetOperation,
    Source,
    Star,
    Use,
    Uses,
)
from jobs.engines.lineage.values import Subtype
from jobs.engines.lineage.walk import Names


class NotExplained(Exception):
    """The statement holds something that this engine does not explain."""

    def __init__(self, what: str, place: Place | None = None) -> None:
        self.what, self.place = what, place
        super().__init__(what)


class Reach(Names, Protocol):
    """What the reduction of a FROM clause needs from its surroundings."""

    layout: Layout
    ctes: frozenset[str]
    aliases: frozenset[str]  # of the sources of the SELECTs around

    def relation(self, table: Any) -> Name:
        """Return the name of a relation."""
        ...

    def columns_of(self, node: Any) -> tuple[tuple[str, str], ...]:
        """Return the column aliases of a source."""
        ...

    def query(self, node: Any) -> Query:
        """Reduce a query."""
        ...


def around(uses: tuple[Any, ...], reach: Reach) -> Place | None:
    """Return the place of what stands between the parentheses around the first column that is mentioned."""
    first = next((use.place[0] for use in uses if isinstance(use, Use) and use.place[1]), None)
    return None if first is None else reach.layout.around(first - reach.layout.shift)


def read(name: Name, shown: Source, reach: Reach, sources: list[Source]) -> None:
    """Add a relation that is no CTE."""
    reach.reads.setdefault(name.parts, name)
    sources.append(shown._replace(relation=name))


def function(node: Any, shown: Source, reach: Reach, sources: list[Source]) -> None:
    """Add a function in FROM: what it reads, or what its arguments give it.

    A function that is not known to compute is a relation by its name, for it may read whatever it likes.
    """
    inner = unwrapped(node.this if isinstance(node, exp.Table | exp.Lateral) else node)
    other = elsewhere(inner, reach.dialect)
    found = (other,) if other is not None else read_by(inner, reach.dialect)
    if found:
        one, *others = found
        if others:
            shown = shown._replace(query=everything(found, reach))
            sources.append(shown)
        else:
            read(one, shown, reach, sources)
        return
    shows = call_of(inner)
    if runs_sql(inner):
        reach.dynamic(f"the SQL that {shows} runs is not explained")
        sources.append(shown._replace(call=Call(shows, listed=True)))
        return
    given = tables_in(inner)
    if given:
        with_tables(inner, given, shown, reach, sources)
        return
    if isinstance(inner, exp.Unnest) and len(inner.expressions) > 1 and _fits(inner, node, shown):
        offset = node.args.get("offset")
        if isinstance(offset, exp.Identifier):
            shown = shown._replace(columns=(*shown.columns, (reach.name_of(offset), offset.name)))
        sources.append(shown._replace(query=side_by_side(inner, shown, reach)))
        return
    feeds = uses_of(inner, reach, Subtype.TRANSFORMATION)
    if not shown.using and not isinstance(inner, exp.Stack):
        shown = shown._replace(place=multiplies(feeds, reach))
    own = owner(node, inner, reach)
    if own is not None:
        read(own, shown._replace(call=Call(own.spelled), feeds=feeds), reach, sources)
        return
    if is_dynamic(inner) or by_pattern(inner, reach.dialect):
        reach.dynamic(f"what is read through {shows} is known only when it runs")
    columns = shown.columns or columns_given(inner, shown.alias, reach.dialect)
    offset = node.args.get("offset")
    if isinstance(offset, exp.Identifier):
        columns = (*columns, (reach.name_of(offset), offset.name))
    shown = shown._replace(alias=shown.alias or name_of(inner), columns=columns)
    listed = is_dynamic(inner) or by_pattern(inner, reach.dialect)
    sources.append(shown._replace(feeds=feeds, call=Call(shows, listed)))


def multiplies(uses: Uses, reach: Reach) -> Place:
    """Return the place of what decides how many rows a function gives: its arguments, where in parentheses."""
    whole, inside = reach.layout.place(0, len(reach.layout.tokens)), around(uses, reach)
    if inside is not None and inside[0] > whole[0]:
        return inside
    return next((use.place for use in uses if isinstance(use, Use) and use.place[1]), whole)


def with_tables(inner: Any, given: list[Any], shown: Source, reach: Reach, sources: list[Source]) -> None:
    """Add a function that is given relations: it has the columns of the last one, and the others feed them."""
    feeds = [
        use
        for each in values_of(inner)
        if not isinstance(each, exp.Table)
        for use in uses_of(each, reach, Subtype.TRANSFORMATION)
    ]
    for other in given[:-1]:
        rows = exp.Select(expressions=[exp.Count(this=exp.Star())], from_=exp.From(this=other))
        feeds += uses_of(rows, reach, Subtype.TRANSFORMATION)
    shown = shown._replace(call=Call(call_of(inner)), feeds=tuple(feeds))
    if isinstance(inner, exp.VectorSearch):
        shown = shown._replace(place=multiplies(shown.feeds, reach))
    read(reach.relation(given[-1]), shown, reach, sources)


def rows_from(node: Any, shown: Source, reach: Reach, sources: list[Source]) -> None:
    """Add `ROWS FROM (f(a), g(b))`: each function gives the columns of its place."""
    functions = [each.this if isinstance(each, exp.Table) else each for each in node.args["rows_from"]]
    if len(shown.columns) == len(functions) + bool(node.args.get("ordinality")):
        together = exp.Unnest(expressions=functions)
        sources.append(shown._replace(query=side_by_side(together, shown, reach)))
        return
    feeds = tuple(use for each in functions for use in uses_of(each, reach, Subtype.TRANSFORMATION))
    sources.append(shown._replace(feeds=feeds, call=Call("ROWS FROM (…)"), place=multiplies(feeds, reach)))


def array(node: Any, name: Name, shown: Source, reach: Reach, sources: list[Source]) -> None:
    """Add an array of a source around, which BigQuery lets FROM name like a table: `FROM t.items`."""
    last, spelled = node.args["this"], name.spelled.rpartition(".")[2]
    qualifier = ".".join(name.parts[:-1])
    use = Use(
        qualifier,
        reach.name_of(last),
        spelled,
        Subtype.TRANSFORMATION,
        masking=False,
        place=reach.place_of(last),
    )
    alias = shown.alias or name.parts[-1]
    sources.append(shown._replace(feeds=(use,), call=Call(name.spelled), alias=alias, place=use.place))


def _fits(inner: Any, node: Any, shown: Source) -> bool:
    """Whether the alias of UNNEST (a, b) has a name for each of its arguments."""
    offset = node.args.get("offset")
    numbered = bool(offset) and not isinstance(offset, exp.Identifier)
    return len(shown.columns) == len(inner.expressions) + numbered


def side_by_side(inner: Any, shown: Source, reach: Reach) -> Query:
    """Return the query that UNNEST of several arrays is: each argument gives the column of its place."""
    given = [uses_of(each, reach, Subtype.TRANSFORMATION) for each in inner.expressions]
    if len(shown.columns) > len(given):
        given.append(tuple(use for uses in given for use in uses))
    outputs = tuple(Output(*name, uses, (0, 0)) for name, uses in zip(shown.columns, given, strict=True))
    uses = tuple(use._replace(how=Subtype.JOIN) for each in given for use in each if isinstance(use, Use))
    influence = (Influence(Subtype.JOIN, uses, around(uses, reach) or (0, 0)),) if uses else ()
    body = Select(
        (), outputs, influence, distinct=False, lateral_aliases=False, merged_first=False, place=(0, 0)
    )
    return Query((), body)


def call_of(node: Any) -> str:
    """Return how a function, or a variable in the place of a name, is shown to people."""
    if isinstance(node, exp.Parameter | exp.Placeholder):
        return f"the variable {node.name}".rstrip()
    return f"{name_of(node)}(…)"


def owner(node: Any, inner: Any, reach: Reach) -> Name | None:
    """Return the name of a function that is somebody's own, such as `dbo.orders_of(…)`; None for all others."""
    if isinstance(inner, exp.Dot) and isinstance(inner.expression, exp.Anonymous):
        if inner.expression.name.lower() in METHODS:
            return None
        words = [*inner.this.find_all(exp.Identifier, bfs=False)]
        own = exp.Table(this=exp.to_identifier(inner.expression.name), db=words[-1])
        return reach.relation(own)
    if is_dynamic(inner) or by_pattern(inner, reach.dialect) or not inner.name:
        return None
    if is_computed(inner) and not node.args.get("db"):
        return None
    args = node.args
    return reach.relation(
        exp.Table(this=exp.to_identifier(inner.name), db=args.get("db"), catalog=args.get("catalog"))
    )


def everything(names: tuple[Name, ...], reach: Reach) -> Query:
    """Return the query that reads all of several relations."""
    star = (Star("", (), (), (), (0, 0)),)
    branches = []
    for name in names:
        sources: list[Source] = []
        read(name, Source(""), reach, sources)
        branches.append(
            Query(
                (),
                Select(
                    tuple(sources),
                    star,
                    (),
                    distinct=False,
                    lateral_aliases=False,
                    merged_first=False,
                    place=(0, 0),
                ),
            )
        )
    operators = (("UNION", False),) * (len(branches) - 1)
    return Query((), SetOperation(tuple(branches), operators, (), (0, 0)))
