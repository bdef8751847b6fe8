"""PIVOT, UNPIVOT and MATCH_RECOGNIZE: queries in disguise over the source that they stand behind."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from sqlglot import exp

from jobs.engines.lineage.expressions import uses_of
from jobs.engines.lineage.shapes import (
    AllBut,
    Call,
    Influence,
    Nested,
    Nth,
    Output,
    Place,
    Query,
    Select,
    Source,
    Star,
    Use,
    Uses,
)
from jobs.engines.lineage.values import Subtype
from jobs.engines.lineage.walk import Names

AS_MATCHED = "ALL ROWS"


def _select(
    sources: Sequence[Source], outputs: Sequence[Output | Star], influences: Sequence[Influence], place: Place
) -> Query:
    kept = tuple(each for each in influences if each.uses)
    body = Select(
        tuple(sources),
        tuple(outputs),
        kept,
        distinct=False,
        lateral_aliases=False,
        merged_first=True,
        place=place,
    )
    return Query((), body)


def _names(uses: Uses) -> list[str]:
    return [use.column for use in uses if isinstance(use, Use) and use.column]


def pivoted(pivot: Any, sources: Sequence[Source], names: Names, place: Place) -> Query:
    """Return what PIVOT makes: the columns that it does not name group the rows, and values become columns."""
    aggregates = pivot.args.get("using") or pivot.expressions
    fields = pivot.args.get("fields") or (pivot.expressions if pivot.args.get("using") else [])
    keys = tuple(use for field in fields for use in uses_of(_key(field), names, Subtype.CONDITIONAL))
    feeds = [(*uses_of(each, names), *keys) for each in aggregates]
    group = pivot.args.get("group")
    consumed = dict.fromkeys(name for uses in feeds for name in _names(uses))
    kept: list[Output | Star] = [Star("", tuple(consumed), (), (), place)]
    if group is not None:
        kept = [
            Output(names.name_of(each.this), each.name, uses_of(each, names), place)
            for each in group.expressions
        ]
    called = _called(pivot, aggregates, fields, names)
    if called is None:  # its columns depend on the rows
        everything = tuple(use for uses in feeds for use in uses)
        inner = [each._replace(alias=each.alias or "pivoted") for each in sources]
        kept = [each._replace(qualifier=inner[0].alias) if isinstance(each, Star) else each for each in kept]
        inner.append(Source("(pivot)", call=Call("PIVOT"), feeds=everything))
        made: list[Output | Star] = [Star("(pivot)", (), (), (), place)]
        return _select(inner, [*kept, *made], (_grouping(1, place),), place)
    made = [Output(name, spelled, feeds[at % len(feeds)], place) for at, (name, spelled) in enumerate(called)]
    return _select(sources, [*kept, *made], (_grouping(len(made), place),), place)


def _grouping(made: int, place: Place) -> Influence:
    return Influence(Subtype.GROUP_BY, (AllBut(made, Subtype.GROUP_BY),), place)


def _key(field: Any) -> Any:
    return field.this if isinstance(field, exp.In) else field


def _called(
    pivot: Any, aggregates: Sequence[Any], fields: Sequence[Any], names: Names
) -> list[tuple[str, str]] | None:
    """Return the names of the columns that a PIVOT makes; None if only the rows tell."""
    if pivot.args.get("columns"):
        return [(names.name_of(each), each.name) for each in pivot.args["columns"]]
    if pivot.args.get("fields") or not all(isinstance(each, exp.In) and each.expressions for each in fields):
        return None
    values = [
        "_".join(each) for each in product(*([_value(one) for one in field.expressions] for field in fields))
    ]
    found = []
    for value in values:
        for each in aggregates:
            several = len(aggregates) > 1 and not each.alias
            spelled = f"{value}_{each.alias or _shown(each)}" if each.alias or several else value
            found.append((names.name_of(exp.to_identifier(spelled, quoted=True)), spelled))
    return found


def _shown(node: Any) -> str:
    return f"{node.key}({node.name})"


def _value(node: Any) -> str:
    shown: str = node.alias or node.name
    return shown


def unpivoted(pivot: Any, sources: Sequence[Source], names: Names, place: Place) -> Query:
    """Return what UNPIVOT makes: a row for each of its columns, without those in which they are NULL."""
    labels, values, groups = _unpivoting(pivot, names)
    uses = [[uses_of(column, names) for column in group] for group in groups]
    consumed = dict.fromkeys(name for group in uses for each in group for name in _names(each))
    outputs = [
        Output(*value, tuple(use for group in uses if at < len(group) for use in group[at]), place)
        for at, value in enumerate(values)
    ]
    named = [Output(*label, (), place) for label in labels]
    made = [*outputs, *named] if pivot.args.get("value_columns_first") else [*named, *outputs]
    influences = []
    if not pivot.args.get("include_nulls"):
        filters = tuple(
            use._replace(how=Subtype.FILTER)
            for group in uses
            for each in group
            for use in each
            if not isinstance(use, AllBut)
        )
        influences.append(Influence(Subtype.FILTER, filters, place))
    return _select(sources, [Star("", tuple(consumed), (), (), place), *made], influences, place)


def _unpivoting(
    pivot: Any, names: Names
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[list[Any]]]:
    """Return the columns for names and for values, and the groups of columns that become rows."""

    def named(node: Any) -> tuple[str, str]:
        inner = node.this if isinstance(node, exp.Column) else node
        return names.name_of(inner), inner.name

    fields = pivot.args.get("fields") or []
    if not fields:  # UNPIVOT t ON a, b INTO NAME n VALUE v
        into = pivot.args.get("into")
        label = into.this if into is not None else exp.to_identifier("name")
        values = into.expressions if into is not None else [exp.to_identifier("value")]
        return [named(label)], [named(each) for each in values], [_group(each) for each in pivot.expressions]
    values = [column for each in pivot.expressions for column in _group(each)]
    groups = [_group(each) for field in fields for each in field.expressions]
    return [named(field.this) for field in fields], [named(each) for each in values], groups


def _group(node: Any) -> list[Any]:
    inner = node.this if isinstance(node, exp.PivotAlias | exp.Alias | exp.Paren) else node
    return list(inner.expressions) if isinstance(inner, exp.Tuple) else [inner]


def matched(match: Any, source: Source, names: Names, place: Place) -> Query:
    """Return what MATCH_RECOGNIZE makes: rows that fit a pattern, or one row for each time that it fits."""
    keys = match.args.get("partition_by") or []
    rows = match.args.get("rows")
    outputs: list[Output | Star] = []
    if rows is not None and rows.name.upper().startswith(AS_MATCHED):
        outputs.append(Star("", (), (), (), place))
    else:
        outputs += [Output(names.name_of(each.this), each.name, uses_of(each, names), place) for each in keys]
    for measure in match.args.get("measures") or ():
        alias = measure.this.args["alias"]
        uses = _unqualified(uses_of(measure.this.this, names), source)
        outputs.append(Output(names.name_of(alias), alias.name, uses, place))
    parts = (
        (keys, Subtype.GROUP_BY),
        ([match.args.get("order")], Subtype.SORT),
        ([each.this for each in match.args.get("define") or ()], Subtype.FILTER),
    )
    influences = [
        Influence(
            how,
            tuple(
                use
                for each in found
                if each is not None
                for use in _unqualified(uses_of(each, names, how), source)
            ),
            place,
        )
        for found, how in parts
    ]
    return _select([source], outputs, influences, place)


def _unqualified(uses: Uses, source: Source) -> Uses:
    """Return mentions without the names of pattern variables: `down.price` is the price of a row."""
    own = {source.alias, *(source.relation.parts[-1:] if source.relation is not None else ())}
    found: list[Use | Nth | Nested | AllBut] = [
        use._replace(qualifier="") if isinstance(use, Use) and use.qualifier not in own else use for use in uses
    ]
    return tuple(found)
