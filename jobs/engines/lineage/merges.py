"""MERGE: an UPDATE and a DELETE over target and source, and an INSERT from the source alone."""

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from jobs.engines.lineage.changes import Change, Changing, assignments, based, influence, is_default, target_of
from jobs.engines.lineage.expressions import uses_of
from jobs.engines.lineage.shapes import Made, Output, Source, Star, Write
from jobs.engines.lineage.sources import add
from jobs.engines.lineage.values import Subtype

ROW = frozenset({"ROW"})


def merge(tree: Any, reach: Changing, change: Change) -> tuple[list[Write], Source]:
    """MERGE with all its branches."""
    target = target_of(tree.this, (), reach, change)
    using = tuple(reach.name_of(each) for each in tree.args.get("using_cond") or ())
    whole = change.clauses.clause("USING") or change.place
    first = len(change.sources)
    add(tree.args["using"], Source("", using=using, place=whole), reach, change.sources, change.influences)
    source = change.sources[first:]
    on = tree.args.get("on")
    if isinstance(on, exp.Expr):
        place = change.clauses.clause("ON", until=frozenset({"WHEN", ";"}))
        influence(uses_of(on, reach, Subtype.JOIN), Subtype.JOIN, place, change)
    places, actions = change.clauses.conditions(), change.clauses.actions()
    pairs: list[tuple[Made, Output]] = []
    inserts: list[Write] = []
    for when in tree.args["whens"].expressions:
        condition, then = when.args.get("condition"), when.args["then"]
        branch = Change(change.ctes, change.clauses, next(actions, change.place))
        if condition is not None:
            uses = uses_of(condition, reach, Subtype.FILTER)
            influence(uses, Subtype.FILTER, next(places, None), change)
        if isinstance(then, exp.Insert):
            inserts.append(_inserted(then, target, source, reach, branch))
        elif isinstance(then, exp.Update) and _is_star(then):
            inserts.append(_by_name(target, source, branch))
        elif isinstance(then, exp.Update):
            pairs += [
                (Made(reach.name_of(column.this), column.name), output)
                for item in then.expressions
                for column, output in assignments(item, reach, change)
            ]
    for tokens, condition in reach.cut.conditions:
        uses = uses_of(condition.expressions[0], reach, Subtype.FILTER)
        influence(uses, Subtype.FILTER, reach.layout.place(*tokens), change)
    name, columns = based(target, [made for made, _ in pairs], change)
    changed = Write(name, None, columns, change.query(output for _, output in pairs), place=change.place)
    return [changed, *inserts], target


def _is_star(then: Any) -> bool:
    items = then.args.get("expressions") or []
    return not items or isinstance(items[0], exp.Star)


def _by_name(target: Source, source: Sequence[Source], change: Change) -> Write:
    """UPDATE SET * and INSERT *: every column of the source that the target has."""
    star = Star("", (), (), (), change.place)
    query = change.alone([each._replace(using=()) for each in source], (star,), ())
    return Write(based(target, (), change)[0], None, (), query, by_name=True, fits=True, place=change.place)


def _inserted(then: Any, target: Source, source: Sequence[Source], reach: Changing, change: Change) -> Write:
    """WHEN NOT MATCHED THEN INSERT: from the source alone, for there is no row of the target."""
    named, values = then.args.get("this"), then.args.get("expression")
    only = values.expressions[0] if isinstance(values, exp.Tuple) and len(values.expressions) == 1 else values
    is_row = any(isinstance(each, exp.Var | exp.Column) and each.name.upper() in ROW for each in (named, only))
    if isinstance(named, exp.Star) or (not is_row and not values):
        return _by_name(target, source, change)
    columns = tuple(
        Made(reach.name_of(each.this if isinstance(each, exp.Column) else each), each.name)
        for each in (named.expressions if isinstance(named, exp.Tuple) else ())
    )
    if is_row:
        outputs: list[Output | Star] = [Star("", (), (), (), change.place)]
    else:
        cells = values.expressions if isinstance(values, exp.Tuple) else [values]
        outputs = [
            Output(
                "", "", uses_of(cell, reach) if not is_default(cell) else (),
                change.clauses.item(cell, deeper=1) or change.place,
            )
            for cell in cells
        ]  # fmt: skip
    query = change.alone([each._replace(using=()) for each in source], outputs, ())
    return Write(based(target, columns, change)[0], None, columns, query, place=change.place)
