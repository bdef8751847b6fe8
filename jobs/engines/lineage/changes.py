"""UPDATE and DELETE: what they write, as queries over the relations that they read.

An UPDATE is a query whose outputs are the columns that it sets; what decides about its rows influences the
target as a whole. A DELETE has no outputs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlglot import exp

from jobs.engines.lineage.dialects import fold
from jobs.engines.lineage.entries import NotExplained, Reach
from jobs.engines.lineage.expressions import uses_of
from jobs.engines.lineage.places import Clauses, split_places
from jobs.engines.lineage.rewrites import Clauses as CutClauses
from jobs.engines.lineage.shapes import (
    Act,
    Cte,
    Does,
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
from jobs.engines.lineage.sources import add
from jobs.engines.lineage.values import Subtype


class Changing(Reach, Protocol):
    """What the reduction of a data-changing statement needs from its surroundings."""

    cut: CutClauses
    changes: list[Write]
    acts: list[Act]
    named: set[str]

    def ctes_of(self, node: Any) -> list[Cte]:
        """Reduce the named queries of a WITH clause."""
        ...

    def output(self, node: Any, place: Place) -> Output | Star:
        """Reduce one item of an output list."""
        ...

    def nested(self, node: Any) -> Query:
        """Reduce a query inside of an expression."""
        ...


@dataclass(slots=True)
class Change:
    """A data-changing statement while it is reduced: what it reads, and what decides about its rows."""

    ctes: Sequence[Cte]
    clauses: Clauses
    place: Place
    sources: list[Source] = field(default_factory=list)
    influences: list[Influence] = field(default_factory=list)
    target: str = ""  # how the changed relation is called
    variables: list[tuple[str, Output]] = field(default_factory=list)

    def query(self, outputs: Iterable[Output | Star], *more: Source) -> Query:
        """Return the query that gives these outputs."""
        return self.alone([*self.sources, *more], outputs, self.influences)

    def alone(
        self, sources: Sequence[Source], outputs: Iterable[Output | Star], influences: Iterable[Influence]
    ) -> Query:
        """Return a query over other sources than all of the statement's."""
        kept = tuple(each for each in influences if each.uses)
        body = Select(
            tuple(sources), tuple(outputs), kept, distinct=False, lateral_aliases=False, merged_first=True,
            place=self.place,
        )  # fmt: skip
        return Query(tuple(self.ctes), body)


def update(tree: Any, reach: Changing, change: Change) -> tuple[list[Write], Source]:
    """UPDATE of one or, in MySQL, of several tables."""
    from_ = tree.args.get("from_")
    first = target_of(tree.this, [from_.this] if from_ is not None else [], reach, change)
    joined = [each for each in change.sources if each.relation is not None]
    where(tree, reach, change)
    by_target: dict[Source, list[tuple[Made, Output]]] = {}
    for item in tree.expressions:
        for column, output in assignments(item, reach, change):
            source = _owner(column, first, joined if tree.this.args.get("joins") else (), reach, change)
            made = Made(reach.name_of(column.this), column.this.name)
            by_target.setdefault(source, []).append((made, output))
    if not by_target:  # SET @total = 0
        by_target[first] = []
    writes = []
    for source, pairs in by_target.items():
        target, columns = based(source, [made for made, _ in pairs], change)
        writes.append(
            Write(target, None, columns, change.query(output for _, output in pairs), place=change.place)
        )
    if change.variables:
        names, outputs = zip(*change.variables, strict=True)
        reach.acts.append(Act(Does.SETS, names, change.query(outputs)))
    return writes, first


def target_of(node: Any, others: Sequence[Any], reach: Changing, change: Change) -> Source:
    """Put what a statement reads in reach, and return the source that it changes."""
    found = _sought(node, others, reach, change)
    change.target = found.alias or (found.relation.parts[-1] if found.relation is not None else "")
    return found


def _sought(node: Any, others: Sequence[Any], reach: Changing, change: Change) -> Source:
    """In T-SQL and MySQL the target may be an alias of the FROM clause; elsewhere it stands beside it."""
    sources: list[Source] = []
    for other in others:
        add(other, Source(""), reach, sources, change.influences)
    if others and reach.dialect in {"tsql", "mysql"} and isinstance(node, exp.Table):
        name = reach.relation(node)
        found = _called(name, sources)
        if found is not None:
            if found.alias:
                reach.named.add(".".join(name.parts))  # no relation, though it stands where one would
            change.sources += sources
            return found
    at = len(change.sources)
    add(node, Source(""), reach, change.sources, change.influences)
    change.sources += sources
    return change.sources[at]


def _called(name: Name, sources: Sequence[Source]) -> Source | None:
    """Return the source of a FROM clause that a name means: by its alias, or by its relation."""
    for source in sources:
        if source.alias and (source.alias,) == name.parts:
            return source
    for source in sources:
        parts = source.relation.parts if source.relation is not None else ()
        shorter = min(len(parts), len(name.parts))
        if shorter and parts[-shorter:] == name.parts[-shorter:]:
            return source
    return None


def _owner(column: Any, first: Source, joined: Sequence[Source], reach: Changing, change: Change) -> Source:
    """Return the source that a SET column belongs to; only MySQL joins several that may be changed."""
    if len(joined) < 2:
        return first
    qualifier = column.args.get("table")
    if qualifier is None:
        what = f"the column {column.name}, which any of several tables may have,"
        raise NotExplained(what, change.clauses.item(column))
    return _called(Name((reach.name_of(qualifier),), ""), joined) or first


def based(source: Source, columns: Sequence[Made], change: Change) -> tuple[Name, tuple[Made, ...]]:
    """Return the relation and the columns that are changed through a named or derived query.

    Raises:
        NotExplained: it reads more than one relation, so that nobody knows which one is meant.
    """
    if source.relation is not None and not source.cte:
        return source.relation, tuple(columns)
    query = source.query
    if source.cte and source.relation is not None:
        query = next((each.query for each in change.ctes if each.name == source.relation.parts[0]), None)
    if query is None or not isinstance(query.body, Select):
        raise NotExplained("a change through a query without a table of its own", change.place)
    given = {each.name: each for each in query.body.outputs if isinstance(each, Output)}
    uses = {name: each.uses[0] for name, each in given.items() if len(each.uses) == 1}
    plain = {name: use for name, use in uses.items() if isinstance(use, Use) and use.how is Subtype.IDENTITY}
    wanted = {plain[each.name].qualifier for each in columns if each.name in plain} - {""}
    inner = [each for each in query.body.sources if not each.hidden]
    if len(wanted) == 1:
        inner = [each for each in inner if {each.alias, *(each.relation or Name((), "")).parts[-1:]} & wanted]
    if len(inner) != 1:
        raise NotExplained("a change through a query of several tables", change.place)
    behind = Change(query.ctes or change.ctes, change.clauses, change.place)
    renamed = [
        each._replace(name=plain[each.name].column, spelled=plain[each.name].spelled)
        if each.name in plain
        else each
        for each in columns
    ]
    return based(inner[0], renamed, behind)


def where(tree: Any, reach: Changing, change: Change) -> None:
    """Add the conditions of WHERE, and an ORDER BY that decides with a LIMIT which rows are changed."""
    clause, order = tree.args.get("where"), tree.args.get("order")
    if clause is not None:
        influence(
            uses_of(clause.this, reach, Subtype.FILTER), Subtype.FILTER, change.clauses.clause("WHERE"), change
        )
    if order is not None and tree.args.get("limit") is not None:
        influence(uses_of(order, reach, Subtype.SORT), Subtype.SORT, change.clauses.clause("ORDER BY"), change)


def influence(uses: Uses, how: Subtype, place: Place | None, change: Change) -> None:
    """Add what decides about the rows of a statement."""
    change.influences.append(Influence(how, uses, place or change.place))


def assignments(item: Any, reach: Changing, change: Change) -> Iterable[tuple[Any, Output]]:
    """Yield the columns that one item of SET sets, with what they get.

    Raises:
        NotExplained: the item is none that is known.
    """
    if isinstance(item, exp.Dot) and item.expression.name.upper() == "WRITE":  # body.WRITE(text, at, length)
        column = exp.Column(this=item.this) if isinstance(item.this, exp.Identifier) else item.this
        item = exp.EQ(
            this=column,
            expression=exp.Anonymous(this="write", expressions=[column, *item.expression.expressions]),
        )
    if not isinstance(item, exp.EQ):
        raise NotExplained("an item of SET that is no assignment", change.clauses.item(item))
    left, right = item.this, item.expression
    if isinstance(left, exp.Parameter) and isinstance(right, exp.EQ):  # SET @before = price = price * 2
        change.variables.append(_variable(left, right.expression, reach, change))
        left, right = right.this, right.expression
    if isinstance(left, exp.EQ):  # SET same = a = b
        left, right = left.this, item
    if isinstance(left, exp.Paren):
        left = exp.Tuple(expressions=[left.this])
    place = change.clauses.item(left) or change.place
    if isinstance(left, exp.Parameter | exp.SessionParameter):
        change.variables.append(_variable(left, right, reach, change))
        return
    if isinstance(left, exp.Tuple):
        yield from _several(left.expressions, right, place, reach, change)
        return
    how = Subtype.IDENTITY
    while isinstance(left, exp.Bracket | exp.Dot | exp.JSONExtract):
        left, how = left.this, Subtype.TRANSFORMATION
    if not isinstance(left, exp.Column):
        raise NotExplained("an item of SET that names no column", place)
    table = left.args.get("table")
    if table is not None and _called(Name((reach.name_of(table),), ""), change.sources) is None:
        left, how = exp.Column(this=table), Subtype.TRANSFORMATION  # a field of a structure
    uses = uses_of(right, reach, how) if not is_default(right) else ()
    twice = reach.place_of(left.this)  # a += 1 has been made a = a + 1 with the same token
    uses = tuple(
        use._replace(qualifier=change.target) if isinstance(use, Use) and use.place == twice else use
        for use in uses
    )
    yield left, _output(left, uses, place, reach)


def _several(
    columns: Sequence[Any], right: Any, place: Place, reach: Changing, change: Change
) -> Iterable[tuple[Any, Output]]:
    """`SET (a, b) = (SELECT …)` and `SET (a, b) = (x, y)`: by position."""
    right = right.this if isinstance(right, exp.Paren) else right
    if isinstance(right, exp.Query):
        alias = f"({place[0]})"
        names = tuple((reach.name_of(each.this), each.name) for each in columns)
        change.sources.append(Source(alias, query=reach.nested(right), columns=names, qualified=True))
        for each, (name, spelled) in zip(columns, names, strict=True):
            use = Use(alias, name, spelled, Subtype.IDENTITY, masking=False, place=place)
            yield each, _output(each, (use,), place, reach)
        return
    cells = right.expressions or [right]
    if len(cells) != len(columns):
        raise NotExplained("a SET of several columns", place)
    for each, cell in zip(columns, cells, strict=True):
        yield each, _output(each, uses_of(cell, reach) if not is_default(cell) else (), place, reach)


def _output(column: Any, uses: Uses, place: Place, reach: Changing) -> Output:
    return Output(reach.name_of(column.this), column.name, uses, place)


def _variable(left: Any, right: Any, reach: Changing, change: Change) -> tuple[str, Output]:
    """Return a variable that an UPDATE sets, with what it gets."""
    name = "@" + fold(left.name, reach.dialect, quoted=False)
    return name, Output("", "", uses_of(right, reach), change.clauses.item(left) or change.place)


def is_default(node: Any) -> bool:
    """Whether a value is the word DEFAULT."""
    is_word = isinstance(node, exp.Column | exp.Var) and not node.args.get("table")
    return is_word and node.name.upper() == "DEFAULT"


def delete(tree: Any, reach: Changing, change: Change) -> tuple[list[Write], Source]:
    """DELETE: what decides about rows influences the target as a whole."""
    named, using = tree.args.get("tables") or [], tree.args.get("using") or []
    if named:
        targets = []
        add(tree.this, Source(""), reach, change.sources, change.influences)
        for each in using:
            add(each, Source(""), reach, change.sources, change.influences)
        for each in named:
            name = reach.relation(each)
            found = _called(name, change.sources)
            if found is None:
                raise NotExplained(f"DELETE of {name.spelled}, which its FROM does not name,", change.place)
            reach.named.add(".".join(name.parts))
            targets.append(found)
    else:
        targets = [target_of(tree.this, using, reach, change)]
    where(tree, reach, change)
    writes = [
        Write(based(each, (), change)[0], None, (), change.query(()), place=change.place) for each in targets
    ]
    return writes, targets[0]


def pseudo(target: Source, reach: Changing) -> tuple[Source, ...]:
    """Return the target under the names that its rows have before and after a change."""
    words = ("deleted", "inserted") if reach.dialect == "tsql" else ("old", "new")
    return tuple(
        target._replace(alias=reach.name_of(exp.to_identifier(word)), using=(), hidden=True, qualified=True)
        for word in words
    )


def given_back(tree: Any, target: Source, reach: Changing, change: Change) -> Iterable[Write]:
    """Yield what OUTPUT … INTO writes: the columns of the target, before or after the change.

    What RETURNING, or OUTPUT without INTO, gives to the client is noted.
    """
    rows = returned(tree, target, reach, change)
    if rows is not None:
        reach.acts.append(Act(Does.GIVES, query=rows, late=True))
    for clause, outputs_of in reach.cut.outputs:
        places = split_places(reach.layout, clause.first, clause.last)
        nodes = outputs_of.expressions
        outputs = [reach.output(node, place) for node, place in zip(nodes, places, strict=True)]
        query = change.query(outputs, *pseudo(target, reach))
        if clause.into is not None:
            yield Write(clause.into, None, clause.columns, query, place=change.place)
        else:
            reach.acts.append(Act(Does.GIVES, query=query, late=True))


def returned(tree: Any, target: Source, reach: Changing, change: Change) -> Query | None:
    """Return what RETURNING gives: to a named query, to variables, or to the client."""
    clause = tree.args.get("returning")
    if clause is None:
        return None
    place = change.clauses.clause("RETURNING") or change.place
    outputs = [reach.output(each, change.clauses.item(each) or place) for each in clause.expressions]
    return change.query(outputs, *pseudo(target, reach))
