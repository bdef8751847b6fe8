"""Functions in FROM whose arguments are relations: `GAP_FILL(TABLE t, …)`, `cluster('c', shop.t)`."""

from typing import Any

from sqlglot import exp

from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.functions import literals, name_of
from jobs.engines.lineage.shapes import Name

AFTER_FIRST = word_set("cluster clusterallreplicas")
"""Of ClickHouse: their first argument is the name of a cluster, where every server has the relation."""
ELSEWHERE = word_set("remote remotesecure postgresql mysql")
"""The relation is on the server that their first argument names, so that the server is a part of its name."""
BY_PATTERN = frozenset({"merge"})


def tables_in(node: Any) -> list[Any]:
    """Return the relations among the arguments of a function: the last one is what it gives the rows of."""
    return [
        each
        for each in values_of(node)
        if isinstance(each, exp.Table) and isinstance(each.this, exp.Identifier)
    ]


def values_of(node: Any) -> list[Any]:
    """Return the arguments of a function, without their names."""
    if not isinstance(node, exp.Func):
        return []
    values = (
        value for given in node.args.values() for value in (given if isinstance(given, list) else [given])
    )
    return [
        value.expression if isinstance(value, exp.Kwarg) else value
        for value in values
        if isinstance(value, exp.Expr)
    ]


def by_pattern(node: Any, dialect: str) -> bool:
    """Whether a function reads all relations whose names fit a pattern."""
    return dialect == "clickhouse" and isinstance(node, exp.Anonymous) and name_of(node) in BY_PATTERN


def elsewhere(node: Any, dialect: str) -> Name | None:
    """Return the relation that a function of ClickHouse reads on another server, or on all of a cluster."""
    if dialect != "clickhouse" or not isinstance(node, exp.Anonymous):
        return None
    called, arguments = name_of(node), node.expressions
    if called not in AFTER_FIRST | ELSEWHERE or len(arguments) < 2:
        return None
    server = literals(arguments[0]) if called in ELSEWHERE else []
    if called in ELSEWHERE and not server:
        return None
    second = arguments[1]
    if isinstance(second, exp.Column):
        words = [part.name for part in second.parts]
    else:
        words = [word for each in arguments[1:3] for word in literals(each)]
    return Name((*server, *words), ".".join((*server, *words))) if words else None
