"""From the tree of a statement to what it writes."""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from jobs.engines.lineage.computed import computed_columns, engine_source, shown_by_name, wholes
from jobs.engines.lineage.copies import Transfer, copied
from jobs.engines.lineage.entries import NotExplained
from jobs.engines.lineage.functions import file
from jobs.engines.lineage.queries import Reducer
from jobs.engines.lineage.shapes import Act, Does, Made, Place, Write
from jobs.engines.lineage.upserts import everything_of, written
from jobs.engines.lineage.values import RelationKind

CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.MultitableInserts)
GENERATED = (
    exp.GeneratedAsIdentityColumnConstraint,
    exp.ComputedColumnConstraint,
    exp.GeneratedAsRowColumnConstraint,
    exp.AutoIncrementColumnConstraint,
)


def writes_of(tree: Any, reducer: Reducer, place: Place, into: Write | None = None) -> tuple[Write, ...]:
    """Return what a parsed statement writes; nothing for a query that only reads.

    Raises:
        NotExplained: the statement, or something in it, is not explained.
    """
    if into is not None:
        filled = into._replace(query=reducer.query(tree))
        writes: tuple[Write, ...] = (*reducer.changes, filled)
    else:
        writes = _writes_of(tree, reducer, place)
    if reducer.expanded:
        raise NotExplained("COLUMNS(…) outside of an output list", place)
    return writes


def _writes_of(tree: Any, reducer: Reducer, place: Place) -> tuple[Write, ...]:
    if isinstance(tree, exp.Create):
        return create(tree, reducer, place)
    if isinstance(tree, CHANGES):
        writes = written(tree, reducer, place)
        return (*reducer.changes, *writes)
    if isinstance(tree, exp.Alter):
        return alter(tree, reducer, place)
    if isinstance(tree, exp.Query | exp.Pivot):
        writes = select_into(tree, reducer, place)
        return (*reducer.changes, *writes)
    raise NotExplained(f"a statement of the kind {type(tree).__name__}", place)


def create(tree: Any, reducer: Reducer, place: Place) -> tuple[Write, ...]:
    """CREATE TABLE and CREATE VIEW, with or without a query."""
    kind = RelationKind.VIEW if str(tree.args.get("kind")).upper() == "VIEW" else RelationKind.TABLE
    schema = tree.this
    table = schema.this if isinstance(schema, exp.Schema) else schema
    columns = declared(schema, reducer) if isinstance(schema, exp.Schema) else ()
    expression = tree.args.get("expression")
    if reducer.dialect == "mysql" and columns and expression is not None and columns[0].data_type is not None:
        raise NotExplained("CREATE TABLE … SELECT with columns of its own", place)
    if reducer.dialect == "clickhouse" and isinstance(expression, exp.Table):  # AS t: like it
        tree, expression = _like(tree, expression), None
    clone, like = tree.args.get("clone"), next(_likes(tree), None)
    write = Write(reducer.relation(table), kind, columns, place=place)
    if isinstance(expression, exp.Query | exp.Values):
        filled = write._replace(query=reducer.query(expression))
        passed_on = _passed_on(tree)
        if passed_on is not None:
            return (filled, filled._replace(target=reducer.relation(passed_on), defines=None, by_name=True))
        return (filled,)
    if expression is not None:
        raise NotExplained(f"CREATE {kind.value.upper()} AS {type(expression).__name__.upper()}", place)
    if clone is not None:  # copies the rows, too
        return (write._replace(query=reducer.query(everything_of(clone.this))),)
    location = _location(tree)
    if location:
        outside = file(location)
        reducer.reads.setdefault(outside.parts, outside)
        return (write, copied(Transfer(write.target, source=outside), place))
    parents = wholes(tree, reducer)
    if parents:
        reducer.reads.setdefault(parents[0].parts, parents[0])
        write = write._replace(like=parents[0])
    if like is not None:
        origin = reducer.relation(like.this)
        reducer.reads.setdefault(origin.parts, origin)
        write = write._replace(like=origin)
    return (write, *_besides(tree, write, reducer))


def _besides(tree: Any, write: Write, reducer: Reducer) -> Iterator[Write]:
    """Yield what a CREATE TABLE without a query says of rows: computed columns, partitions, engines."""
    if isinstance(tree.this, exp.Schema):
        yield from computed_columns(tree.this.expressions, write.target, reducer, write.place)
    shown = engine_source(tree, reducer, write.place)
    if shown is not None:
        reducer.reads.setdefault(shown.parts, shown)
        if shown.file:
            yield copied(Transfer(write.target, source=shown), write.place)
        else:
            yield shown_by_name(shown, write.target, write.place)
    for whole in wholes(tree, reducer):
        yield shown_by_name(write.target, whole, write.place)


def _like(tree: Any, table: Any) -> Any:
    """Return a CREATE TABLE … AS t of ClickHouse as one that is LIKE it."""
    found = tree.args.get("properties")
    kept = found.expressions if found is not None else []
    properties = exp.Properties(expressions=[*kept, exp.LikeProperty(this=table)])
    return exp.Create(**{**tree.args, "expression": None, "properties": properties})


def _passed_on(tree: Any) -> Any:
    """Return the table that a materialized view of ClickHouse fills in its place (`TO`)."""
    properties = tree.args.get("properties")
    found = properties.find(exp.ToTableProperty) if properties is not None else None
    return found.this if found is not None else None


def _location(tree: Any) -> str:
    """Return where the rows of an external table are, if a string says so."""
    properties = tree.args.get("properties")
    found = properties.find(exp.LocationProperty) if properties is not None else None
    where = found.this if found is not None else None
    return str(where.name) if isinstance(where, exp.Literal) and where.is_string else ""


def _likes(tree: Any) -> Any:
    properties = tree.args.get("properties")
    for holder in (properties, tree.this if isinstance(tree.this, exp.Schema) else None):
        for each in holder.expressions if holder is not None else ():
            if isinstance(each, exp.LikeProperty):
                yield each


def declared(schema: Any, reducer: Reducer) -> tuple[Made, ...]:
    """Return the columns of a column list, with their types where there are any."""
    found = []
    for each in schema.expressions:
        if isinstance(each, exp.ColumnDef):
            found.append(column_of(each, reducer))
        elif isinstance(each, exp.Identifier):
            found.append(Made(reducer.name_of(each), each.name))
    return tuple(found)


def column_of(node: Any, reducer: Reducer) -> Made:
    """Return one declared column, with its type as the text spells it."""
    has_type = node.args.get("kind") is not None
    data_type = reducer.layout.declared_type(node.this.meta.get("start")) if has_type else None
    generated = any(isinstance(each.args.get("kind"), GENERATED) for each in node.args.get("constraints") or ())
    return Made(reducer.name_of(node.this), node.name, data_type, generated)


def alter(tree: Any, reducer: Reducer, place: Place) -> tuple[Write, ...]:
    """ALTER TABLE … ADD columns; changes of constraints change no lineage."""
    added = []
    for action in tree.args.get("actions") or ():
        if isinstance(action, exp.ColumnDef):
            added.append(column_of(action, reducer))
        elif isinstance(action, exp.RenameColumn | exp.AlterRename | exp.Drop):
            raise NotExplained("ALTER that renames or drops", place)
    if not added or not isinstance(tree.this, exp.Table):
        return ()
    target = reducer.relation(tree.this)
    write = Write(target, None, tuple(added), adds=True, place=place)
    return (write, *computed_columns(tree.args["actions"], target, reducer, place))


def select_into(tree: Any, reducer: Reducer, place: Place) -> tuple[Write, ...]:
    """SELECT … INTO makes a table; a plain SELECT writes nothing, but gives its rows to who called."""
    query = reducer.query(tree)
    first = tree
    while isinstance(first, exp.SetOperation | exp.Subquery):
        first = first.this
    into = first.args.get("into")
    if into is None:
        reducer.acts.append(Act(Does.GIVES, query=query))
        return ()
    if not isinstance(into.this, exp.Table):
        return ()  # into a variable
    return (Write(reducer.relation(into.this), RelationKind.TABLE, (), query, place=place),)
