"""What decides about the rows of a SELECT: WHERE, GROUP BY, HAVING, QUALIFY, ORDER BY with a limit."""

from typing import Any, Protocol

from sqlglot import TokenType, exp

from jobs.engines.lineage.dialects import LATERAL_ALIASES
from jobs.engines.lineage.expressions import uses_of
from jobs.engines.lineage.regions import Layout, Region
from jobs.engines.lineage.shapes import Influence, Nested, Nth, Place, Uses
from jobs.engines.lineage.values import Subtype
from jobs.engines.lineage.walk import Names

CLAUSE_OF = {
    "where": (TokenType.WHERE, Subtype.FILTER),
    "prewhere": (TokenType.PREWHERE, Subtype.FILTER),
    "having": (TokenType.HAVING, Subtype.FILTER),
    "qualify": (TokenType.QUALIFY, Subtype.FILTER),
}


class Rowing(Names, Protocol):
    """What the reduction of these clauses needs from its surroundings."""

    layout: Layout
    numbered: bool

    def whole(self, region: Region | None) -> Place:
        """Return the place of a SELECT."""
        ...


def rows(node: Any, region: Region | None, whole: Place, reach: Rowing) -> list[Influence]:
    """Return what WHERE, HAVING, QUALIFY and their like decide."""
    found = []
    for key, (token, how) in CLAUSE_OF.items():
        clause = node.args.get(key)
        if clause is not None:
            place = reach.layout.clause(region, token) or whole
            aliases = key != "where" or reach.dialect in LATERAL_ALIASES
            found.append(Influence(how, uses_of(clause.this, reach, how), place, aliases))
    connect = node.args.get("connect")
    if connect is not None:
        found.append(Influence(Subtype.FILTER, uses_of(connect, reach, Subtype.FILTER), whole))
    return found


def grouping(node: Any, region: Region | None, whole: Place, reach: Rowing) -> list[Influence]:
    """Return what GROUP BY decides."""
    group = node.args.get("group")
    if group is None:
        return []
    place = reach.layout.clause(region, TokenType.GROUP_BY) or whole
    uses = [
        use
        for each in group.args.values()
        for item in _list(each)
        for use in _by(item, Subtype.GROUP_BY, reach)
    ]
    if group.args.get("all"):
        uses += [
            Nth(number, Subtype.GROUP_BY)
            for number, output in enumerate(node.expressions, start=1)
            if output.find(exp.AggFunc) is None
        ]
    return [Influence(Subtype.GROUP_BY, tuple(uses), place, aliases=True)]


def _by(item: Any, how: Subtype, reach: Rowing) -> Uses:
    """Return what one item of GROUP BY or ORDER BY mentions; a number is an output."""
    plain = item.this if isinstance(item, exp.Ordered) else item
    if isinstance(plain, exp.Literal) and not plain.is_string and plain.name.isdigit():
        return (Nth(int(plain.name), how),)
    return uses_of(item, reach, how) if isinstance(item, exp.Expr) else ()


def sort(node: Any, region: Region | None, reach: Rowing) -> list[Influence]:
    """ORDER BY decides about rows only where a limit or DISTINCT ON keeps some of them."""
    args = node.args
    order, distinct = args.get("order"), args.get("distinct")
    limit = args.get("limit") or args.get("offset")
    picks = (
        limit
        or (isinstance(distinct, exp.Distinct) and distinct.args.get("on"))
        or args.get("for_")  # XML or JSON of T-SQL
        or reach.numbered
    )
    limited = [*_limit(node, region, reach), *_limit_by(node, region, reach)] if limit else []
    if order is None or not picks:
        if order is not None and order.find(exp.Query) is not None:
            uses_of(order, reach)  # decides about nothing, but is read
        return limited
    place = reach.layout.clause(region, TokenType.ORDER_BY) or reach.whole(region)
    uses = tuple(use for item in order.expressions for use in _by(item, Subtype.SORT, reach))
    return [*limited, Influence(Subtype.SORT, uses, place, aliases=True)] if uses else limited


def numbers_rows(node: Any, dialect: str) -> bool:
    """Whether a SELECT of Oracle names ROWNUM, so that the order of what it reads decides about it."""
    if dialect != "oracle" or not isinstance(node, exp.Select):
        return False
    parts = [*node.expressions, node.args.get("where")]
    return any(
        isinstance(each, exp.Column) and each.name.upper() == "ROWNUM"
        for part in parts
        if part is not None
        for each in part.walk(prune=lambda inner: isinstance(inner, exp.Query))
    )


def _limit_by(node: Any, region: Region | None, reach: Rowing) -> list[Influence]:
    """LIMIT 2 BY k of ClickHouse keeps some rows of each group."""
    limit = node.args.get("limit")
    keys = limit.expressions if isinstance(limit, exp.Limit) else []
    uses = tuple(use for key in keys for use in _by(key, Subtype.GROUP_BY, reach))
    place = reach.layout.clause(region, TokenType.LIMIT) or reach.whole(region)
    return [Influence(Subtype.GROUP_BY, uses, place, aliases=True)] if uses else []


def _limit(node: Any, region: Region | None, reach: Rowing) -> list[Influence]:
    """LIMIT and OFFSET decide about rows; only a query in them says from where."""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    uses = tuple(
        use
        for each in (limit, offset)
        if each is not None and each.args.get("expression") is not None
        for use in uses_of(each.expression, reach, Subtype.FILTER)
        if isinstance(use, Nested)
    )
    place = reach.layout.clause(region, TokenType.LIMIT) or reach.whole(region)
    return [Influence(Subtype.FILTER, uses, place)] if uses else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
