"""What a source offers to a SELECT: under its alias, with its column aliases, and with what feeds it."""

from collections.abc import Sequence

from jobs.engines.lineage.flows import Bound, Col, Flows, Seen, carried
from jobs.engines.lineage.shapes import Source
from jobs.engines.lineage.values import Subtype


def multiplying(feeds: Flows, source: Source) -> Flows:
    """Return the influence of what a function in FROM takes: it decides how many rows there are."""
    return carried(feeds, Subtype.JOIN, source.place) if source.place[1] else ()


def fed(seen: Seen, feeds: Flows) -> Seen:
    """Return a function that is a relation by its name, with what its arguments give to all its columns."""
    order = [column._replace(flows=(*column.flows, *feeds)) for column in seen.order]
    return seen._replace(order=order, columns={each.name: each for each in order if not each.open}, feeds=feeds)


def dressed(seen: Seen, source: Source) -> Seen:
    """Return a source under its alias and with its column aliases; those of a function name all its columns."""
    qualifiers, shown = seen.qualifiers, seen.shown
    if source.alias:
        qualifiers, shown = frozenset((source.alias,)), source.alias
    columns, order, opens, feeds = seen.columns, seen.order, seen.opens, seen.feeds
    if source.columns and source.query is None and not source.cte:
        order = given(order, source.columns)
        if source.call is not None:
            order, opens, feeds = order[: len(source.columns)], (), None
        columns = {column.name: column for column in order if not column.open}
    return Seen(qualifiers, shown, columns, order, opens, feeds, seen.rows, source.hidden, source.qualified)


def given(order: Sequence[Col], names: Sequence[tuple[str, str]]) -> list[Col]:
    """Return columns under the names that an alias gives them by position."""
    known = list(order)
    first_open = next((at for at, column in enumerate(known) if column.open), len(known))
    if first_open < len(known):
        whole = known[first_open].flows
        extra = [Col(name, spelled, whole) for name, spelled in names[first_open:]]
        known[first_open:first_open] = extra
    renames = [Col(name, spelled, column.flows) for (name, spelled), column in zip(names, known, strict=False)]
    return [*renames, *known[len(renames) :]]


def renamed(bound: Bound, names: Sequence[tuple[str, str]]) -> Bound:
    """Return a query with the column names that `WITH c (a, b)` or an alias gives it."""
    if not names:
        return bound
    return Bound(given(bound.columns, names), bound.influences, bound.below, bound.rows)
