"""The columns of set operations: by place, or by name."""

from collections.abc import Sequence

from jobs.engines.lineage.flows import Col, once


def united(branches: Sequence[Sequence[Col]]) -> list[Col]:
    """Return the columns of a set operation: by position, up to a star that stayed open in one of the branches.

    Cost: linear in the columns of all branches.
    """
    first = branches[0]
    closed = min(
        next((at for at, column in enumerate(branch) if column.open), max(len(branch), len(first)))
        for branch in branches
    )
    found = []
    for at, column in enumerate(first[:closed]):
        flows = [flow for branch in branches if at < len(branch) for flow in branch[at].flows]
        found.append(column._replace(flows=once(flows)))
    rest = [column for branch in branches for column in branch[closed:]]
    unlike = {(each.name, each.open, *[flow[:6] for flow in each.flows]): each for each in reversed(rest)}
    return [*found, *reversed(unlike.values())]


def united_by_name(branches: Sequence[Sequence[Col]]) -> list[Col]:
    """Return the columns of UNION BY NAME: those of all branches, each where its name is first met."""
    found: dict[object, Col] = {}
    for branch in branches:
        for column in branch:
            key = (column.name, column.open)
            earlier = found.get(key)
            flows = column.flows if earlier is None else once((*earlier.flows, *column.flows))
            found[key] = (earlier or column)._replace(flows=flows)
    return list(found.values())


def shared(columns: Sequence[Col], branches: Sequence[Sequence[Col]], mode: str) -> list[Col]:
    """Return the columns that LEFT takes from the first branch, or INNER from all of them."""
    needed = branches[:1] if mode == "LEFT" else branches
    named = [{each.name for each in branch} for branch in needed]
    return [each for each in columns if each.open or all(each.name in names for names in named)]
