"""INSERT in all its forms: from queries and rows, into several tables, and over rows that are there."""

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from jobs.engines.lineage.changes import (
    Change,
    Changing,
    assignments,
    delete,
    given_back,
    influence,
    returned,
    update,
)
from jobs.engines.lineage.entries import NotExplained
from jobs.engines.lineage.expressions import uses_of
from jobs.engines.lineage.functions import read_by
from jobs.engines.lineage.merges import merge
from jobs.engines.lineage.places import Clauses
from jobs.engines.lineage.shapes import (
    Cte,
    Influence,
    Made,
    Name,
    Output,
    Place,
    Query,
    Select,
    Source,
    Star,
    Use,
    Uses,
    Write,
)
from jobs.engines.lineage.values import Subtype

PROPOSED = "excluded"  # the row that could not be inserted
IN_MYSQL = "values"  # VALUES(a) of MySQL: the same


def insert(tree: Any, reach: Changing, place: Place) -> tuple[Write, ...]:
    """INSERT from a query, from values or from a table, with all that hangs on it.

    Raises:
        NotExplained: something in it is not explained.
    """
    writes, target, change = _inserted(tree, reach, place)
    return (*writes, *given_back(tree, target, reach, change))


def changing_query(tree: Any, reach: Changing) -> Query:
    """Reduce a data-changing statement in a named query: its writes are noted, its RETURNING is the query.

    Raises:
        NotExplained: something in it is not explained.
    """
    place = reach.layout.place(0, len(reach.layout.tokens))
    if isinstance(tree, exp.Insert):
        found, target, change = _inserted(tree, reach, place)
        writes = list(found)
    elif isinstance(tree, exp.Update | exp.Delete | exp.Merge):
        change = Change(reach.ctes_of(tree), Clauses(reach.layout, tree.this), place)
        reduce = update if isinstance(tree, exp.Update) else delete if isinstance(tree, exp.Delete) else merge
        writes, target = reduce(tree, reach, change)
    else:
        raise NotExplained(f"a named query of the kind {type(tree).__name__}", place)
    reach.changes += writes
    return returned(tree, target, reach, change) or change.query(())


def _inserted(tree: Any, reach: Changing, place: Place) -> tuple[tuple[Write, ...], Source, Change]:
    schema = tree.this
    table = schema.this if isinstance(schema, exp.Schema) else schema
    if not isinstance(table, exp.Table) and not tree.args.get("is_function"):
        raise NotExplained("INSERT into something that is no table", place)
    columns = named_columns(schema, reach)
    ctes = reach.ctes_of(tree)
    query = _given(tree, ctes, reach, place)
    into = _target(table, reach)
    by_name = bool(tree.args.get("by_name")) or (into.file and not columns)
    write = Write(into, None, columns, query, by_name, place=place)
    partition = table.args.get("partition")
    if partition is not None and not columns:
        stated = [each.this for each in partition.expressions if isinstance(each, exp.EQ)]
        write = write._replace(without=tuple(reach.name_of(each.this) for each in stated))
    alias = table.args.get("alias")
    called = reach.name_of(alias.this) if isinstance(alias, exp.TableAlias) else ""
    target = Source(called, relation=write.target)
    change = Change(ctes, Clauses(reach.layout, table), place, [target])
    if query is not None:  # its conditions decide about what comes back, too
        change.sources.append(Source("", query=query, hidden=True, qualified=True))
    conflict = tree.args.get("conflict")
    extra = () if conflict is None or query is None else upsert(conflict, write, tree, reach, change)
    return (write, *extra), target, change


def _target(table: Any, reach: Changing) -> Name:
    """Return what an INSERT fills: a table, or a file that a function writes."""
    if isinstance(table, exp.Table) and not isinstance(table.this, exp.Func):
        return reach.relation(table)
    function = table.this if isinstance(table, exp.Table) else table
    found = read_by(function, reach.dialect)
    if len(found) != 1:
        raise NotExplained("INSERT into a function")
    return found[0]


def named_columns(schema: Any, reach: Changing) -> tuple[Made, ...]:
    """Return the column list of an INSERT; a field of a structure is its column."""
    found = []
    for each in schema.expressions if isinstance(schema, exp.Schema) else ():
        inner = each
        while isinstance(inner, exp.Dot):
            inner = inner.this
        if isinstance(inner, exp.Column):
            inner = inner.args.get("table") or inner.this
        if isinstance(inner, exp.Identifier):
            found.append(Made(reach.name_of(inner), inner.name))
    return tuple(found)


def _given(tree: Any, ctes: Sequence[Cte], reach: Changing, place: Place) -> Query | None:
    """Return the query that an INSERT fills its target from; None for DEFAULT VALUES."""
    expression = tree.args.get("expression") or tree.args.get("source") or None
    if isinstance(expression, exp.Query | exp.Values):
        return with_ctes(ctes, reach.query(expression))
    if isinstance(expression, exp.Table):
        return with_ctes(ctes, reach.query(everything_of(expression)))
    if expression is not None or not tree.args.get("default"):
        raise NotExplained(f"INSERT … {type(expression).__name__.upper()}", place)
    return None


def everything_of(table: Any) -> Any:
    """Return the query that reads all of a table."""
    return exp.Select(expressions=[exp.Star()], from_=exp.From(this=table))


def with_ctes(ctes: Sequence[Cte], query: Query) -> Query:
    """Put named queries that stand before INSERT in front of those of its query."""
    return Query((*ctes, *query.ctes), query.body)


def upsert(conflict: Any, write: Write, tree: Any, reach: Changing, change: Change) -> tuple[Write, ...]:
    """ON CONFLICT and ON DUPLICATE KEY: what rows that are there already get, and what decides about it."""
    target = change.sources[0]
    alias = target.alias or write.target.parts[-1]
    proposed = reach.name_of(exp.to_identifier(PROPOSED))
    given = tree.args.get("expression")
    names = tuple((each.name, each.spelled) for each in write.columns)
    source = Source(proposed, query=write.query, columns=names, qualified=True)
    if not names:
        source = source._replace(like=write.target)
    row = given.args.get("alias") if isinstance(given, exp.Values) else None
    called = [proposed, IN_MYSQL, *([reach.name_of(row.this)] if isinstance(row, exp.TableAlias) else [])]
    change.sources = [target, *(source._replace(alias=each) for each in called)]
    if reach.dialect == "mysql" and write.query is not None and isinstance(write.query.body, Select):
        change.sources += write.query.body.sources
    for key in conflict.args.get("conflict_keys") or ():
        found = [use for use in uses_of(key, reach, Subtype.JOIN) if isinstance(use, Use)]
        both = [use._replace(qualifier=each) for use in found for each in (alias, proposed)]
        influence(tuple(both), Subtype.JOIN, change.clauses.item(key, deeper=1), change)
    pairs = [
        (Made(reach.name_of(column.this), column.name), output._replace(uses=_of(alias, output.uses)))
        for item in conflict.args.get("expressions") or ()
        for column, output in assignments(item, reach, change)
    ]
    condition = conflict.args.get("where")
    if condition is not None:
        uses = _of(alias, uses_of(condition.this, reach, Subtype.FILTER))
        influence(uses, Subtype.FILTER, change.clauses.item(condition), change)
    if not pairs and not change.influences:
        return ()
    columns = tuple(made for made, _ in pairs)
    query = change.query(output for _, output in pairs)
    return (Write(write.target, None, columns, query, place=change.place),)


def _of(alias: str, uses: Uses) -> Uses:
    """Return mentions whose bare names are those of the target: the other row needs its name."""
    return tuple(
        use._replace(qualifier=alias) if isinstance(use, Use) and not use.qualifier else use for use in uses
    )


def into_several(tree: Any, reach: Changing, place: Place) -> tuple[Write, ...]:
    """INSERT ALL and INSERT FIRST: every row of one query goes into the tables whose condition it meets."""
    query = with_ctes(reach.ctes_of(tree), reach.query(tree.args["source"]))
    source = Source("", query=query)
    is_first = str(tree.args.get("kind")).upper() == "FIRST"
    earlier: list[Influence] = []
    own: list[Influence] = []
    writes = []
    for each in tree.expressions:
        into, condition = each.this, each.args.get("expression")
        schema = into.this
        table = schema.this if isinstance(schema, exp.Schema) else schema
        clauses = Clauses(reach.layout, table)
        if condition is not None:
            uses = uses_of(condition, reach, Subtype.FILTER)
            own = [Influence(Subtype.FILTER, uses, clauses.item(condition) or place)]
            earlier += own
        influences = earlier if is_first or each.args.get("else_") else own
        change = Change((), clauses, place, [source], list(influences))
        outputs: list[Output | Star] = [Star("", (), (), (), place)]
        values = into.args.get("expression")
        if values is not None:
            cells = values.expressions[0].expressions
            outputs = [
                Output("", "", uses_of(cell, reach), change.clauses.item(cell, deeper=1) or place)
                for cell in cells
            ]
        columns = named_columns(schema, reach)
        writes.append(Write(reach.relation(table), None, columns, change.query(outputs), place=place))
    return tuple(writes)


def changed(tree: Any, reach: Changing, place: Place) -> tuple[Write, ...]:
    """Return what an UPDATE, DELETE or MERGE writes.

    Raises:
        NotExplained: something in it is not explained.
    """
    change = Change(reach.ctes_of(tree), Clauses(reach.layout, tree.this), place)
    if isinstance(tree, exp.Update):
        writes, target = update(tree, reach, change)
    elif isinstance(tree, exp.Delete):
        writes, target = delete(tree, reach, change)
    else:
        writes, target = merge(tree, reach, change)
    return (*writes, *given_back(tree, target, reach, change))


def written(tree: Any, reach: Changing, place: Place) -> tuple[Write, ...]:
    """Return what a statement that changes data writes.

    Raises:
        NotExplained: something in it is not explained.
    """
    if isinstance(tree, exp.Insert):
        return insert(tree, reach, place)
    if isinstance(tree, exp.MultitableInserts):
        return into_several(tree, reach, place)
    return changed(tree, reach, place)
