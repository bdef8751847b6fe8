"""Changes of what leads to an asset: sources, influences, expressions, masking."""

from collections.abc import Iterator, Mapping, Sequence

from jobs.engines.diff.index import Index, quoted
from jobs.engines.diff.renames import Renames, dialect_of, swaps_of
from jobs.engines.diff.rules import Reason
from jobs.engines.diff.values import Change, ChangeKind, Edge, End, Proof, Side, Subject
from jobs.engines.diff.wording import Both

Flows = Mapping[End, Sequence[Edge]]
"""Direct edges to one end, by their sources as the newer state calls them."""


def flow_changes(old: Index, new: Index, keys: tuple[str, str], renames: Renames) -> Iterator[Change]:
    """Yield the changes of edges to an asset that both states have, but for those to columns of only one."""
    before, after = old.state.assets[keys[0]], new.state.assets[keys[1]]
    if not old.ends(keys[0]) and not new.ends(keys[1]):
        return
    listed = before.defined and after.defined
    was = {renames.of(End(keys[0], column.key)) for column in before.columns}
    now = {End(keys[1], column.key) for column in after.columns}
    ends = {renames.of(end): end for end in old.ends(keys[0])}
    for end in (*ends, *(end for end in new.ends(keys[1]) if end not in ends)):
        if end.column is None or not listed or (end in was) == (end in now):
            earlier = ends.get(end, End(keys[0], end.column))
            yield from _EndChanges(old, new, (earlier, end), renames).all()


class _EndChanges:
    """What leads to one end, in both states."""

    def __init__(self, old: Index, new: Index, ends: tuple[End, End], renames: Renames) -> None:
        self.old, self.new, self.renames = old, new, renames
        self.earlier, self.later = ends
        self.was, self.now = old.into(self.earlier), new.into(self.later)

    def all(self) -> Iterator[Change]:
        if _same(self.was, self.now):
            return
        yield from self._sources()
        yield from self._influences()

    def _by_source(self, edges: Sequence[Edge], *, past: bool) -> Flows:
        found: dict[End, list[Edge]] = {}
        for edge in edges:
            if edge.direct:
                found.setdefault(self.renames.of(edge.source) if past else edge.source, []).append(edge)
        return found

    def _sources(self) -> Iterator[Change]:
        was, now = self._by_source(self.was, past=True), self._by_source(self.now, past=False)
        spoken = self._spoken(direct=True, reason=Reason.EXPRESSION_CHANGED)
        for source in (*was, *(each for each in now if each not in was)):
            if source not in now:
                yield self._edge(Reason.SOURCE_REMOVED, was[source], ())
            elif source not in was:
                yield self._edge(Reason.SOURCE_ADDED, (), now[source])
            else:
                masked = [all(edge.masking for edge in edges[source]) for edges in (was, now)]
                if masked[0] != masked[1]:
                    reason = Reason.MASKING_DROPPED if masked[0] else Reason.MASKING_ADDED
                    yield self._edge(reason, was[source], now[source])
                elif not spoken and _how(was[source]) != _how(now[source]):
                    yield self._edge(Reason.FLOW_CHANGED, was[source], now[source])
        yield from spoken

    def _influences(self) -> Iterator[Change]:
        was = {(self.renames.of(edge.source), edge.subtype): edge for edge in self.was if not edge.direct}
        now = {(edge.source, edge.subtype): edge for edge in self.now if not edge.direct}
        for key, edge in was.items():
            if key not in now:
                yield self._edge(Reason.INFLUENCE_REMOVED, (edge,), ())
        for key, edge in now.items():
            if key not in was:
                yield self._edge(Reason.INFLUENCE_ADDED, (), (edge,))
        if was.keys() == now.keys():
            yield from self._spoken(direct=False, reason=Reason.INFLUENCE_CHANGED)

    def _spoken(self, *, direct: bool, reason: Reason) -> list[Change]:
        """The change of expressions, if any means something else than all of the other state."""
        some = [edge for edge in self.was if edge.direct is direct]
        swaps = swaps_of(some, self.renames, dialect_of(some), self.earlier, End(self.earlier.asset))
        was = self.old.expressions(self.earlier, swaps, direct=direct)
        now = self.new.expressions(self.later, {}, direct=direct)
        if not direct:  # a condition within an expression is told of with that
            was = _without(was, self.old.expressions(self.earlier, swaps, direct=True))
            now = _without(now, self.new.expressions(self.later, {}, direct=True))
        if not was or not now or {each.meant for each in was} == {each.meant for each in now}:
            return []
        sides = (
            self._side(self.old, self.earlier, words=_only(was, now)),
            self._side(self.new, self.later, words=_only(now, was)),
        )
        of = Subject.ASSET if self.later.column is None else Subject.COLUMN
        return [Change(ChangeKind.CHANGED, of, reason, *sides)]

    def _edge(self, reason: Reason, was: Sequence[Edge], now: Sequence[Edge]) -> Change:
        change = ChangeKind.CHANGED if was and now else ChangeKind.REMOVED if was else ChangeKind.ADDED
        before = self._side(self.old, self.earlier, was[0].source, _how(was)) if was else None
        after = self._side(self.new, self.later, now[0].source, _how(now)) if now else None
        return Change(change, Subject.EDGE, reason, before, after)

    def _side(self, index: Index, end: End, source: End | None = None, words: str = "") -> Side:
        place = index.state.place(end)
        made_of = None if source is None else index.state.place(source)
        return Side(place, index.state.assets[end.asset].kind, made_of, words)


def _same(was: Sequence[Edge], now: Sequence[Edge]) -> bool:
    """Whether nothing at all differs: most edges of most assets are those that they were."""
    return len(was) == len(now) and set(was) == set(now)


def _how(edges: Sequence[Edge]) -> str:
    return ", ".join(sorted({edge.subtype for edge in edges}))


def _without(some: Mapping[Both, Proof], others: Mapping[Both, Proof]) -> Mapping[Both, Proof]:
    return {both: proof for both, proof in some.items() if both not in others}


def _only(some: Mapping[Both, Proof], others: Mapping[Both, Proof]) -> str:
    """The expressions that the other state has not."""
    meant = {each.meant for each in others}
    found = [proof for both, proof in some.items() if both.meant not in meant]
    return quoted(found or list(some.values()))
