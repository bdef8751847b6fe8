"""The engine's peers as contestants. Runs in their environment: of ours it knows what is made for everybody."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sqlglot
from sqlglot import MappingSchema, exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqllineage.core.metadata.dummy import DummyMetaDataProvider  # type: ignore[import-not-found]  # peers' own
from sqllineage.exceptions import SQLLineageException  # type: ignore[import-not-found]  # peers' own
from sqllineage.runner import LineageRunner  # type: ignore[import-not-found]  # peers' own

from bench.contest import Task, serve
from bench.corpus import Pair, Procedure, columns_only, end_to_end, procedures
from bench.views import Catalog, catalog

DIALECT = "postgres"
NOTHING = (SqlglotError, SQLLineageException, ValueError, KeyError, IndexError, AttributeError, TypeError)
"""What a peer may raise over a text that it does not understand: that text has no answer."""


@cache
def made(views: int) -> Catalog:
    return catalog(views)


def parse(views: int) -> int:
    """What cannot be gone below: a tree of each text, and nothing else."""
    return sum(len(sqlglot.parse(view.sql, read=DIALECT)) for view in made(views).views)


@cache
def schema_of(views: int) -> MappingSchema:
    nested: dict[str, Any] = {}
    for relation in (*made(views).tables, *made(views).views):
        schema, name = relation.name.split(".")
        nested.setdefault(schema, {})[name] = dict.fromkeys(relation.columns, "int")
    return MappingSchema(nested, dialect=DIALECT)


def nodes_of(query: Any, schema: MappingSchema, dialect: str) -> dict[str, Any]:
    """Return the nodes of all outputs in the fastest public way: one call, and nothing is copied or trimmed."""
    found: dict[str, Any] = lineage(None, query, schema, dialect=dialect, trim_selects=False, copy=False)
    return found


def by_sqlglot(views: int) -> int:
    """`sqlglot.lineage` of all columns; the schema, views included, was made before."""
    schema = schema_of(views)
    return sum(
        len(nodes_of(sqlglot.parse_one(view.sql, read=DIALECT).expression, schema, DIALECT))
        for view in made(views).views
    )


def leaves(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the relations and columns that a node comes from."""
    for each in node.walk():
        table = each.expression
        if isinstance(table, exp.Table):
            yield spelled(table), each.name.rpartition(".")[2].strip('"[]`')


def pairs_by_sqlglot(views: int) -> list[list[str]]:
    schema, found = schema_of(views), []
    for view in made(views).views:
        query = sqlglot.parse_one(view.sql, read=DIALECT).expression
        for name, node in nodes_of(query, schema, DIALECT).items():
            found += [[*leaf, view.name, name] for leaf in leaves(node)]
    return found


def by_sqllineage(views: int, first: int) -> list[list[str]]:
    """The peer sqllineage with the parser of sqlfluff, over the first views alone: it is slow."""
    every = made(views)
    known = {relation.name: list(relation.columns) for relation in (*every.tables, *every.views)}
    provider, found = DummyMetaDataProvider(known), []
    for view in every.views[:first]:
        for path in LineageRunner(view.sql, dialect=DIALECT, metadata_provider=provider).get_column_lineage():
            source, target = path[0], path[-1]
            found.append([str(source.parent), source.raw_name, str(target.parent), target.raw_name])
    return found


def answers_of_sqllineage() -> list[list[Pair]]:
    """The pairs of each procedure, through what the procedure keeps for itself."""
    return [sorted(columns_only(end_to_end(_told_by_sqllineage(each)))) for each in procedures()]


def _told_by_sqllineage(procedure: Procedure) -> Iterator[Pair]:
    provider = DummyMetaDataProvider({name: list(columns) for name, columns in procedure.tables.items()})
    for batch in procedure.batches():
        try:
            paths = LineageRunner(
                batch, dialect=procedure.dialect, metadata_provider=provider
            ).get_column_lineage()
        except NOTHING:
            continue
        for path in paths:
            ends = [(str(end.parent).removeprefix("<default>."), end.raw_name) for end in path]
            found = [f"{procedure.known(relation)}.{column}".lower() for relation, column in ends]
            yield found[0], found[-1]


def answers_of_sqlglot() -> list[list[Pair]]:
    """The pairs of each procedure. sqlglot traces queries alone: what they go into is found here for it."""
    return [sorted(columns_only(end_to_end(_told_by_sqlglot(each)))) for each in procedures()]


def _told_by_sqlglot(procedure: Procedure) -> Iterator[Pair]:
    nested: dict[str, Any] = {}
    for name, columns in procedure.tables.items():
        place = nested
        for part in name.split("."):
            place = place.setdefault(part, {})
        place.update(dict.fromkeys(columns, "int"))
    schema = MappingSchema(nested, dialect=procedure.dialect)
    for batch in procedure.batches():
        try:
            trees = sqlglot.parse(batch, read=procedure.dialect)
        except NOTHING:
            continue
        nodes = [node for tree in trees if tree is not None for node in tree.walk()]
        knowing = replace(procedure, tables={**procedure.tables, **dict(made_by(nodes, procedure))})
        for node in nodes:
            for target, names, query in writes(node, knowing):
                yield from _traced(query, target, names, knowing, schema)


def made_by(nodes: Sequence[Any], procedure: Procedure) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the tables that a routine makes for itself, with their columns."""
    for node in nodes:
        if isinstance(node, exp.Create) and isinstance(node.this, exp.Schema) and node.kind == "TABLE":
            columns = [each.name.lower() for each in node.this.expressions if isinstance(each, exp.ColumnDef)]
            yield name_of(node.this.this, procedure), tuple(columns)


def _traced(
    query: Any, target: str, names: Sequence[str], procedure: Procedure, schema: MappingSchema
) -> Iterator[Pair]:
    """Yield the pairs of a query whose outputs go into columns of these names, or into those of their own."""
    try:
        nodes = nodes_of(query.copy(), schema, procedure.dialect)
    except NOTHING:
        return
    for at, (own, node) in enumerate(nodes.items()):
        name = names[at] if at < len(names) else own
        for relation, column in leaves(node):
            yield f"{procedure.known(relation)}.{column}".lower(), f"{target}.{name}".lower()


def writes(node: Any, procedure: Procedure) -> Iterator[tuple[str, list[str], Any]]:
    """Yield what a node of a tree writes: a relation, the names of its columns if given, and a query."""
    kind = type(node)
    if kind is exp.Insert and isinstance(node.expression, exp.Query):
        holder = node.this
        target = name_of(holder.this if isinstance(holder, exp.Schema) else holder, procedure)
        named = [each.name for each in holder.expressions] if isinstance(holder, exp.Schema) else []
        yield target, named or list(procedure.tables.get(target, ())), node.expression
    elif kind is exp.Create and isinstance(node.expression, exp.Query) and node.kind in {"TABLE", "VIEW"}:
        holder = node.this
        yield name_of(holder.this if isinstance(holder, exp.Schema) else holder, procedure), [], node.expression
    elif kind is exp.Select and node.args.get("into") is not None:
        yield name_of(node.args["into"].this, procedure), [], node
    elif kind is exp.Update and node.this is not None:  # none in a MERGE, which is below
        yield from set_by(node, node.args.get("from_"), node.this, procedure)
    elif kind is exp.Merge:
        using = exp.From(this=node.args["using"].copy())
        for when in node.args["whens"].expressions if node.args.get("whens") else ():
            then = when.args.get("then")
            if isinstance(then, exp.Update):
                yield from set_by(then, using, node.this, procedure)
            elif isinstance(then, exp.Insert) and then.this is not None and then.expression is not None:
                columns = [each.name for each in then.this.expressions]
                values = [each.copy() for each in then.expression.expressions]
                query = exp.Select(expressions=outputs(values, columns), from_=using.copy())
                yield name_of(node.this, procedure), columns, query


def set_by(node: Any, source: Any, target: Any, procedure: Procedure) -> Iterator[tuple[str, list[str], Any]]:
    """Yield an UPDATE as the query whose outputs are the columns that it sets."""
    columns = [each.this.name for each in node.expressions if isinstance(each, exp.EQ)]
    values = [each.expression.copy() for each in node.expressions if isinstance(each, exp.EQ)]
    query = exp.Select(expressions=outputs(values, columns))
    own, called = target.copy(), target
    if source is not None:
        query.set("from_", source.copy())
        read = {each.alias_or_name: each for each in source.find_all(exp.Table)}
        if target.name in read:  # UPDATE alias … FROM table AS alias
            called = read[target.name]
        else:
            query = query.join(own, join_type="cross")
    else:
        query.set("from_", exp.From(this=own))
    if isinstance(called, exp.Table):
        yield name_of(called, procedure), columns, query


def outputs(values: Sequence[Any], names: Sequence[str]) -> list[Any]:
    return [exp.alias_(value, name) for value, name in zip(values, names, strict=False)]


def name_of(table: Any, procedure: Procedure) -> str:
    if not isinstance(table, exp.Table):
        return str(table)
    return procedure.known(spelled(table))


def spelled(table: Any) -> str:
    """Return the name of a table as the text has it: the tree keeps the # of a temporary one apart."""
    temporary = "#" if getattr(table.this, "args", {}).get("temporary") else ""
    return temporary + ".".join(part.name for part in table.parts)


TASKS: dict[str, Task] = {
    "parse": parse,
    "sqlglot": by_sqlglot,
    "sqlglot pairs": pairs_by_sqlglot,
    "sqllineage": by_sqllineage,
    "sqlglot answers": answers_of_sqlglot,
    "sqllineage answers": answers_of_sqllineage,
}

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")  # one for each statement that is not understood
    serve(TASKS)
