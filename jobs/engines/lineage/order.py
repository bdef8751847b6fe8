"""The order in which relations can be inferred."""

from collections.abc import Iterator, Mapping, Sequence


def components(needs: Mapping[str, Sequence[str]]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield groups of keys, each after the groups that it needs, and whether a group is a circle.

    Tarjan's strongly connected components without recursion, so that chains may be of any length. Keys in a
    group are sorted. Cost: linear in keys and needs.

    >>> list(components({"a": ["b"], "b": ["c"], "c": ["b"]}))
    [(('b', 'c'), True), (('a',), False)]
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    for root in needs:
        if root in index:
            continue
        work = [(root, iter(needs[root]))]
        index[root] = low[root] = len(index)
        path.append(root)
        on_path.add(root)
        while work:
            key, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == index[key]:
                    group = _tail(path, key)
                    del path[-len(group) :]
                    on_path.difference_update(group)
                    yield tuple(sorted(group)), len(group) > 1 or key in needs[key]
            elif following not in index:
                index[following] = low[following] = len(index)
                path.append(following)
                on_path.add(following)
                work.append((following, iter(needs[following])))
            elif following in on_path:
                low[key] = min(low[key], index[following])


def _tail(path: Sequence[str], key: str) -> list[str]:
    at = len(path) - 1
    while path[at] != key:
        at -= 1
    return list(path[at:])
