"""The FROM clause: tables, derived tables, functions, and how they are joined."""

from typing import Any, Protocol

from sqlglot import exp

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.expressions import METHODS, uses_of
from jobs.engines.lineage.functions import (
    FILE_NAME,
    columns_given,
    file,
    is_computed,
    is_dynamic,
    name_of,
    read_by,
    runs_sql,
    unwrapped,
)
from jobs.engines.lineage.pivots import matched, pivoted, unpivoted
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
)
from jobs.engines.lineage.values import Subtype
from jobs.engines.lineage.walk import Names

FORMATS = word_set("parquet csv json delta orc avro text binaryfile")
JOINED = ("using", "natural", "side", "hidden", "place")
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

    def dynamic(self, problem: str) -> None:
        """Note why it is not known what the current SELECT reads."""
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
    match = node.args.get("match")
    if match is not None and sources:
        alias = match.args.get("alias")
        called = reach.name_of(alias.this) if isinstance(alias, exp.TableAlias) else ""
        query = matched(match, sources[-1], reach, inside(match, reach))
        sources[-1] = Source(called, query=query, columns=reach.columns_of(match))
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
        if kind == "ARRAY":  # of ClickHouse: unfolds columns of the row
            sources += [unfolded(each, reach) for each in (join.this, *join.expressions)]
            continue
        add(join.this, joined, reach, sources, influences)
        matching = args.get("match_condition")
        if matching is not None:
            uses = uses_of(matching, reach, Subtype.JOIN)
            influences.append(Influence(Subtype.JOIN, uses, _around(uses, reach) or whole))
        condition = args.get("on")
        if condition is not None:
            uses = uses_of(condition, reach, Subtype.JOIN)
            influences.append(Influence(Subtype.JOIN, uses, condition_place(uses, reach) or whole))


def _around(uses: tuple[Any, ...], reach: Reach) -> Place | None:
    first = next((use.place[0] for use in uses if isinstance(use, Use) and use.place[1]), None)
    return None if first is None else reach.layout.around(first - reach.layout.shift)


def unfolded(node: Any, reach: Reach) -> Source:
    """Return a column that ARRAY JOIN unfolds, under its alias if it has one."""
    alias = node.args["alias"] if isinstance(node, exp.Alias) else node
    name = (reach.name_of(alias), alias.name) if isinstance(alias, exp.Identifier | exp.Column) else ("", "")
    feeds = uses_of(node, reach, Subtype.TRANSFORMATION)
    return Source("", call=Call("ARRAY JOIN", listed=True), feeds=feeds, columns=(name,), hidden=True)


def condition_place(uses: tuple[Any, ...], reach: Reach) -> Place | None:
    """Return the place of the ON condition around the first column that it mentions."""
    first = next((use.place[0] for use in uses if isinstance(use, Use) and use.place[1]), None)
    return None if first is None else reach.layout.condition(first - reach.layout.shift)


def add(node: Any, joined: Source, reach: Reach, sources: list[Source], influences: list[Influence]) -> None:
    """Add one entry of a FROM clause with whatever is joined to it inside its parentheses."""
    node = node.this if isinstance(node, exp.Final) else node
    args = node.args
    if args.get("pivots"):
        turned(node, joined, reach, sources)
        joins(node, reach, (0, 0), sources, influences)
        return
    one(node, joined, reach, sources, influences)
    joins(node, reach, (0, 0), sources, influences)


def turned(node: Any, joined: Source, reach: Reach, sources: list[Source]) -> None:
    """Add a source behind which PIVOT or UNPIVOT stands."""
    inner: list[Source] = []
    one(node, Source(""), reach, inner, [])
    called = inner[0].alias or (inner[0].relation.parts[-1] if inner[0].relation is not None else "")
    for pivot in node.args["pivots"]:
        make = unpivoted if pivot.args.get("unpivot") else pivoted
        place = inside(pivot, reach)
        query = make(pivot, inner, reach, place)
        alias = pivot.args.get("alias")
        called = reach.name_of(alias.this) if isinstance(alias, exp.TableAlias) and alias.this else called
        inner = [Source(called, query=query, columns=reach.columns_of(pivot))]
    sources.append(inner[0]._replace(**{key: getattr(joined, key) for key in JOINED}))


def inside(node: Any, reach: Reach) -> Place:
    """Return the place of what stands in the parentheses of PIVOT or MATCH_RECOGNIZE."""
    fields = node.args.get("fields") or node.args.get("partition_by") or [node]
    first = fields[0].this if isinstance(fields[0], exp.In) else fields[0]
    offset = next((each.meta["start"] for each in first.walk() if "start" in each.meta), None)
    return (
        reach.layout.around(offset) if offset is not None else reach.layout.place(0, len(reach.layout.tokens))
    )


def one(node: Any, joined: Source, reach: Reach, sources: list[Source], influences: list[Influence]) -> None:
    """Add one entry of a FROM clause without what is joined to it."""
    args = node.args
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
    elif isinstance(node, exp.Lateral | exp.Unnest | exp.Func | exp.TableFromRows):
        function(node, shown, reach, sources)
    else:
        raise NotExplained(f"{type(node).__name__} in FROM")


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
    """Add a relation, a CTE, a file or a table function."""
    this = node.this
    variable = isinstance(this, exp.Placeholder) or (
        isinstance(this, exp.Parameter) and reach.dialect != "tsql"
    )
    if variable or (isinstance(this, exp.Func | exp.TableFromRows) and not isinstance(this, exp.Dot)):
        function(node, shown, reach, sources)
        return
    if isinstance(this, exp.Var) and this.name.startswith("@"):  # a stage of Snowflake
        read(file(this.name), shown, reach, sources)
        return
    name = reach.relation(node)
    if len(name.parts) == 2 and name.parts[0] in FORMATS and "/" in name.parts[1]:
        read(file(name.spelled.partition(".")[2]), shown, reach, sources)
        return
    if len(name.parts) == 1:
        cte = reach.name_of(this)
        if cte in reach.ctes:
            sources.append(shown._replace(relation=Name((cte,), name.spelled), cte=True))
            return
        if reach.dialect == "duckdb" and FILE_NAME.search(name.spelled):
            name = file(name.spelled)
    read(name, shown, reach, sources)
    for only in node.args.get("laterals") or ():
        function(only, Source(""), reach, sources)


def read(name: Name, shown: Source, reach: Reach, sources: list[Source]) -> None:
    """Add a relation that is no CTE."""
    reach.reads.setdefault(name.parts, name)
    sources.append(shown._replace(relation=name))


def function(node: Any, shown: Source, reach: Reach, sources: list[Source]) -> None:
    """Add a function in FROM: what it reads, or what its arguments give it.

    A function that is not known to compute is a relation by its name, for it may read whatever it likes.
    """
    inner = unwrapped(node.this if isinstance(node, exp.Table | exp.Lateral) else node)
    found = read_by(inner, reach.dialect)
    if found:
        one, *others = found
        if others:
            shown = shown._replace(query=everything(found, reach))
            sources.append(shown)
        else:
            read(one, shown, reach, sources)
        return
    called = call_of(inner)
    if runs_sql(inner):
        reach.dynamic(f"the SQL that {called} runs is not explained")
        sources.append(shown._replace(call=Call(called, listed=True)))
        return
    if isinstance(inner, exp.Unnest) and len(inner.expressions) > 1 and _fits(inner, node, shown):
        offset = node.args.get("offset")
        if isinstance(offset, exp.Identifier):
            shown = shown._replace(columns=(*shown.columns, (reach.name_of(offset), offset.name)))
        sources.append(shown._replace(query=side_by_side(inner, shown, reach)))
        return
    feeds = uses_of(inner, reach, Subtype.TRANSFORMATION)
    own = owner(node, inner, reach)
    if own is not None:
        read(own, shown._replace(call=Call(own.spelled), feeds=feeds), reach, sources)
        return
    if is_dynamic(inner):
        reach.dynamic(f"what is read through {called} is known only when it runs")
    columns = shown.columns or columns_given(inner, shown.alias, reach.dialect)
    offset = node.args.get("offset")
    if isinstance(offset, exp.Identifier):
        columns = (*columns, (reach.name_of(offset), offset.name))
    shown = shown._replace(alias=shown.alias or name_of(inner), columns=columns)
    sources.append(shown._replace(feeds=feeds, call=Call(called, is_dynamic(inner))))


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
    body = Select((), outputs, (), distinct=False, lateral_aliases=False, merged_first=False, place=(0, 0))
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
    if is_dynamic(inner) or (is_computed(inner) and not node.args.get("db")):
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
