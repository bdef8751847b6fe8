"""The FROM clause: tables, derived tables, functions, and how they are joined."""

from typing import Any

from sqlglot import exp

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.entries import (
    NotExplained,
    Reach,
    around,
    array,
    function,
    multiplies,
    read,
    rows_from,
)
from jobs.engines.lineage.expressions import uses_of
from jobs.engines.lineage.functions import FILE_NAME, file, named
from jobs.engines.lineage.pivots import matched, pivoted, unpivoted
from jobs.engines.lineage.shapes import (
    Call,
    Influence,
    Name,
    Place,
    Source,
    Use,
)
from jobs.engines.lineage.values import Subtype

FORMATS = word_set("parquet csv json delta orc avro text binaryfile")
JOINED = ("using", "natural", "side", "hidden", "place")
HIDING = frozenset({"SEMI", "ANTI"})


def called(source: Source) -> str:
    """Return the name by which expressions mention a source."""
    return source.alias or (source.relation.parts[-1] if source.relation is not None else "")


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
            influences.append(Influence(Subtype.JOIN, uses, around(uses, reach) or whole))
        condition = args.get("on")
        if condition is not None:
            uses = uses_of(condition, reach, Subtype.JOIN)
            influences.append(Influence(Subtype.JOIN, uses, condition_place(uses, reach) or whole))


def unfolded(node: Any, reach: Reach) -> Source:
    """Return a column that ARRAY JOIN unfolds, under its alias if it has one."""
    alias = node.args["alias"] if isinstance(node, exp.Alias) else node
    name = (reach.name_of(alias), alias.name) if isinstance(alias, exp.Identifier | exp.Column) else ("", "")
    feeds = uses_of(node, reach, Subtype.TRANSFORMATION)
    place = multiplies(feeds, reach)
    return Source(
        "", call=Call("ARRAY JOIN", listed=True), feeds=feeds, columns=(name,), hidden=True, place=place
    )


def condition_place(uses: tuple[Any, ...], reach: Reach) -> Place | None:
    """Return the place of the ON condition around the first column that it mentions."""
    first = next((use.place[0] for use in uses if isinstance(use, Use) and use.place[1]), None)
    return None if first is None else reach.layout.condition(first - reach.layout.shift)


def add(node: Any, joined: Source, reach: Reach, sources: list[Source], influences: list[Influence]) -> None:
    """Add one entry of a FROM clause with whatever is joined to it inside its parentheses."""
    while isinstance(node, exp.Final | exp.Stream):
        node = node.this
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
    alias_of = called(inner[0])
    for pivot in node.args["pivots"]:
        make = unpivoted if pivot.args.get("unpivot") else pivoted
        place = inside(pivot, reach)
        query = make(pivot, inner, reach, place)
        alias = pivot.args.get("alias")
        alias_of = reach.name_of(alias.this) if isinstance(alias, exp.TableAlias) and alias.this else alias_of
        inner = [Source(alias_of, query=query, columns=reach.columns_of(pivot))]
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
    if node.args.get("rows_from"):
        rows_from(node, shown, reach, sources)
        return
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
    if reach.dialect == "clickhouse" and name.parts == ("dictionary",) and shown.columns:  # dictionary('d')
        name, shown = named(shown.columns[0][1], reach.dialect), shown._replace(columns=())
    if reach.dialect == "bigquery" and len(name.parts) > 1 and name.parts[0] in reach.aliases:
        array(node, name, shown, reach, sources)
        return
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
