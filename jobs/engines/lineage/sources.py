"""The FROM clause: tables, derived tables, functions, and how they are joined."""

from typing import Any, Protocol

from sqlglot import exp

from jobs.engines.lineage.expressions import Names, uses_of
from jobs.engines.lineage.regions import Layout
from jobs.engines.lineage.shapes import Influence, Name, Place, Query, Source, Use
from jobs.engines.lineage.values import Subtype

HIDING = frozenset({"SEMI", "ANTI"})


class NotExplained(Exception):
    """The statement holds something that this engine does not explain."""

    def __init__(self, what: str, place: Place | None = None) -> None:
        self.what, self.place = what, place
        super().__init__(what)


class Reach(Names, Protocol):
    """What the reduction of a FROM clause needs from its surroundings."""

    layout: Layout
    ctes: frozenset[str]
    reads: dict[tuple[str, ...], Name]

    def relation(self, table: Any) -> Name:
        """Return the name of a relation."""
        ...

    def columns_of(self, node: Any) -> tuple[tuple[str, str], ...]:
        """Return the column aliases of a source."""
        ...

    def query(self, node: Any) -> Query:
        """Reduce a query."""
        ...


def sources_of(node: Any, reach: Reach, whole: Place) -> tuple[list[Source], list[Influence]]:
    """Return the sources of a SELECT from left to right, and what its joins depend on.

    Joins in parentheses are flattened: their sources are in reach of everything around them.

    Raises:
        NotExplained: a source is of a kind that is not explained, such as PIVOT.
    """
    sources: list[Source] = []
    influences: list[Influence] = []
    from_ = node.args.get("from_")
    if from_ is not None:
        add(from_.this, Source(""), reach, sources, influences)
    joins(node, reach, whole, sources, influences)
    for lateral in node.args.get("laterals") or ():
        add(lateral, Source(""), reach, sources, influences)
    return sources, influences


def joins(node: Any, reach: Reach, whole: Place, sources: list[Source], influences: list[Influence]) -> None:
    """Add what is joined to a source or to a FROM clause."""
    for join in node.args.get("joins") or ():
        args = join.args
        kind = str(args.get("kind") or "").upper()
        joined = Source(
            "",
            using=tuple(reach.name_of(each) for each in args.get("using") or ()),
            natural=str(args.get("method") or "").upper() == "NATURAL",
            side=str(args.get("side") or "").upper(),
            hidden=kind in HIDING,
        )
        if args.get("using"):
            places = [reach.place_of(each) for each in args["using"]]
            joined = joined._replace(place=(places[0][0], places[-1][1]))
        add(join.this, joined, reach, sources, influences)
        condition = args.get("on")
        if condition is not None:
            uses = uses_of(condition, reach, Subtype.JOIN)
            influences.append(Influence(Subtype.JOIN, uses, condition_place(uses, reach) or whole))


def condition_place(uses: tuple[Any, ...], reach: Reach) -> Place | None:
    """Return the place of the ON condition around the first column that it mentions."""
    first = next((use.place[0] for use in uses if isinstance(use, Use) and use.place[1]), None)
    return None if first is None else reach.layout.condition(first - reach.layout.shift)


def add(node: Any, joined: Source, reach: Reach, sources: list[Source], influences: list[Influence]) -> None:
    """Add one entry of a FROM clause with whatever is joined to it inside its parentheses."""
    args = node.args
    for pivot in args.get("pivots") or ():
        raise NotExplained(type(pivot).__name__.upper())
    if args.get("match_recognize"):
        raise NotExplained("MATCH_RECOGNIZE")
    alias = args.get("alias")
    table_alias = alias.this if isinstance(alias, exp.TableAlias) else None
    shown = joined._replace(
        alias=reach.name_of(table_alias) if table_alias is not None else "", columns=reach.columns_of(node)
    )
    if isinstance(node, exp.Subquery):
        subquery(node, shown, reach, sources, influences)
    elif isinstance(node, exp.Table):
        table(node, shown, reach, sources)
    elif isinstance(node, exp.Values):
        sources.append(shown._replace(query=reach.query(node)))
    elif isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
        sources.append(shown._replace(query=reach.query(node.this)))
    elif isinstance(node, exp.Lateral | exp.Unnest | exp.Func):
        function(node, shown, reach, sources)
    else:
        raise NotExplained(f"{type(node).__name__} in FROM")
    joins(node, reach, (0, 0), sources, influences)


def subquery(
    node: Any, shown: Source, reach: Reach, sources: list[Source], influences: list[Influence]
) -> None:
    """Add a derived table, or the sources of a join in parentheses."""
    inner = node.this
    while isinstance(inner, exp.Subquery) and not inner.args.get("alias") and not inner.args.get("joins"):
        inner = inner.this
    if isinstance(inner, exp.Table | exp.Subquery) and not shown.alias:
        add(inner, shown, reach, sources, influences)
        return
    sources.append(shown._replace(query=reach.query(node)))


def table(node: Any, shown: Source, reach: Reach, sources: list[Source]) -> None:
    """Add a relation, a CTE or a table function."""
    if isinstance(node.this, exp.Func) and not isinstance(node.this, exp.Dot):
        function(node, shown, reach, sources)
        return
    name = reach.relation(node)
    if len(name.parts) == 1:
        cte = reach.name_of(node.this)
        if cte in reach.ctes:
            sources.append(shown._replace(relation=Name((cte,), name.spelled), cte=True))
            return
    reach.reads.setdefault(name.parts, name)
    sources.append(shown._replace(relation=name))
    for only in node.args.get("laterals") or ():
        function(only, Source(""), reach, sources)


def function(node: Any, shown: Source, reach: Reach, sources: list[Source]) -> None:
    """Add a function in FROM: all its columns come from all its arguments."""
    columns = shown.columns
    offset = node.args.get("offset")
    if isinstance(offset, exp.Identifier):
        columns = (*columns, (reach.name_of(offset), offset.name))
    feeds = uses_of(
        node.this if isinstance(node, exp.Table | exp.Lateral) else node, reach, Subtype.TRANSFORMATION
    )
    sources.append(shown._replace(feeds=feeds, columns=columns))
