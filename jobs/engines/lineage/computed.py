"""What CREATE TABLE says of rows: how columns are computed, of what it is a part, and where they are."""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.entries import NotExplained
from jobs.engines.lineage.expressions import uses_of
from jobs.engines.lineage.functions import file, literals
from jobs.engines.lineage.moves import all_of
from jobs.engines.lineage.queries import Reducer
from jobs.engines.lineage.shapes import Name, Output, Place, Query, Select, Source, Write

OVER_TABLE = word_set("distributed buffer")
"""Engines of ClickHouse that show a table which their arguments name: `Distributed(cluster, db, table)`."""
OVER_FILE = word_set("s3 s3queue url file hdfs deltalake iceberg hudi azureblobstorage")
ELSEWHERE = word_set(
    "merge kafka rabbitmq nats mysql postgresql mongodb redis sqlite jdbc odbc hive embeddedrocksdb "
    "materializedpostgresql materializedmysql externaldistributed"
)


def computed_columns(columns: list[Any], target: Name, reducer: Reducer, place: Place) -> Iterator[Write]:
    """Yield what fills the columns that a table computes from others of the same row."""
    outputs = tuple(
        Output(reducer.name_of(column.this), column.name, uses, _place(column, reducer, place))
        for column in columns
        if isinstance(column, exp.ColumnDef)
        for expression in _expressions(column)
        if (uses := uses_of(expression, reducer))
    )
    if outputs:
        yield Write(target, None, (), _over(target, outputs, place), by_name=True, place=place)


def _expressions(column: Any) -> Iterator[Any]:
    for constraint in column.args.get("constraints") or ():
        kind = constraint.args.get("kind")
        if isinstance(kind, exp.ComputedColumnConstraint) and isinstance(kind.this, exp.Expr):
            yield kind.this


def _place(column: Any, reducer: Reducer, place: Place) -> Place:
    offset = column.this.meta.get("start")
    return place if offset is None else reducer.layout.item(offset)


def _over(source: Name, outputs: tuple[Output, ...], place: Place) -> Query:
    body = Select(
        (Source("", relation=source),), outputs, (),
        distinct=False, lateral_aliases=False, merged_first=False, place=place,
    )  # fmt: skip
    return Query((), body)


def wholes(tree: Any, reducer: Reducer) -> list[Name]:
    """Return the tables whose rows the rows of this one are, too: PARTITION OF, and INHERITS of PostgreSQL."""
    properties = tree.args.get("properties")
    found: list[Any] = []
    for each in properties.expressions if properties is not None else ():
        if isinstance(each, exp.PartitionedOfProperty):
            found.append(each.this)
        elif isinstance(each, exp.InheritsProperty):
            found += each.expressions
    return [reducer.relation(each) for each in found if isinstance(each, exp.Table)]


def shown_by_name(part: Name, whole: Name, place: Place) -> Write:
    """Return what fills a table by name from another one: from its partition, its heir, or what it shows."""
    return Write(whole, None, (), all_of(part, place), by_name=True, place=place, fits=True)


def engine_source(tree: Any, reducer: Reducer, place: Place) -> Name | None:
    """Return what a table of ClickHouse shows in place of rows of its own, by its engine; None for most.

    Raises:
        NotExplained: it reads elsewhere, and nothing in the text says from where to where.
    """
    properties = tree.args.get("properties")
    engine = properties.find(exp.EngineProperty) if properties is not None else None
    node = engine.this if engine is not None else None
    if reducer.dialect != "clickhouse" or node is None:
        return None
    shown = str(node.this) if isinstance(node, exp.Anonymous) else str(node.name)
    called, arguments = shown.lower(), node.expressions
    if called in OVER_FILE:
        found = literals(arguments[0]) if arguments else []
        return file(found[0]) if found else None
    if called in OVER_TABLE and len(arguments) > 2:
        words = [_word(each) for each in (arguments[1:3] if called == "distributed" else arguments[:2])]
        if words[1]:
            return Name(tuple(word for word in words if word), ".".join(word for word in words if word))
    if called in ELSEWHERE | OVER_TABLE:
        raise NotExplained(f"a table of the engine {shown}, whose rows are elsewhere,", place)
    return None


def _word(node: Any) -> str:
    """Return a name in an argument; `currentDatabase()` is no part of one."""
    if isinstance(node, exp.Column | exp.Literal):
        return str(node.name)
    return ""
