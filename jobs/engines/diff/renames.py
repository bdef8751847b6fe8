"""What has another name: found by what it is made of, and only where nothing else fits as well."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from jobs.engines.diff.index import Index, parts_of
from jobs.engines.diff.values import Asset, Column, Edge, End
from jobs.engines.diff.wording import NO_SWAPS, PLAIN_DIALECT, Swaps, Words, name_word, without_noise

ALIKE = 0.8  # the part of all columns that two assets with the same sources must share to be one
FEWEST = 2  # columns by which alone an asset is known again: many are called `id`, and nothing else
ROUNDS = 50  # of looking for columns, each of which sees the renames that earlier ones found further up


@dataclass(slots=True)
class Renames:
    """The new key of each asset, and of each column by its asset's new key.

    `names` are the words of names that differ, old and new, by ends of the state before.
    """

    assets: dict[str, str] = field(default_factory=dict)
    columns: dict[End, str] = field(default_factory=dict)
    names: dict[End, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def of(self, end: End) -> End:
        """Return what an end of the state before is in the one after."""
        if not self.names:  # as nearly always
            return end
        asset = self.assets.get(end.asset, end.asset)
        if end.column is None:
            return End(asset)
        return End(asset, self.columns.get(End(asset, end.column), end.column))


def find_renames(before: Index, after: Index) -> Renames:
    """Return the renames that lead from one state to another."""
    renames = Renames(assets=_of_assets(before, after))
    for old, new in renames.assets.items():
        parts = [parts_of(before.state.assets[old]), parts_of(after.state.assets[new])]
        behind = min(map(len, parts))
        renames.names[End(old)] = tuple(zip(parts[0][-behind:], parts[1][-behind:], strict=True))
    shared = [
        key
        for key, asset in before.state.assets.items()
        if asset.defined and _defined(after, renames.assets.get(key, key))
    ]
    for _ in range(ROUNDS):
        found = [(key, *pair) for key in shared for pair in _of_columns(before, after, key, renames)]
        if not found:
            break
        for key, gone, come in found:
            asset = renames.assets.get(key, key)
            renames.columns[End(asset, gone.key)] = come.key
            renames.names[End(key, gone.key)] = ((gone.name, come.name),)
    return renames


def _defined(index: Index, key: str) -> bool:
    asset = index.state.assets.get(key)
    return asset is not None and asset.defined


def _of_assets(before: Index, after: Index) -> dict[str, str]:
    """Pairs of an asset that went and one that came, of the same statement and columns, or nearly."""
    gone = [asset for key, asset in before.state.assets.items() if asset.defined and not _defined(after, key)]
    come = [asset for key, asset in after.state.assets.items() if asset.defined and not _defined(before, key)]
    found = dict(
        paired(gone, come, lambda asset: _identity(before, asset), lambda asset: _identity(after, asset))
    )
    taken = set(found.values())
    found |= _alike(
        [each for each in gone if each.key not in found],
        [each for each in come if each.key not in taken],
        lambda asset: before.sources(asset.key),
        lambda asset: after.sources(asset.key),
    )
    return found


def paired(
    gone: Iterable[Asset],
    come: Iterable[Asset],
    before: Callable[[Asset], Hashable],
    after: Callable[[Asset], Hashable],
) -> Iterable[tuple[str, str]]:
    """Yield the keys of two that have the same identity, which none of the others has. None is no identity."""
    by_identity: defaultdict[Hashable, tuple[list[Asset], list[Asset]]] = defaultdict(lambda: ([], []))
    for asset in gone:
        by_identity[before(asset)][0].append(asset)
    for asset in come:
        by_identity[after(asset)][1].append(asset)
    for identity, (old, new) in by_identity.items():
        if identity is not None and len(old) == len(new) == 1:
            yield old[0].key, new[0].key


def _identity(index: Index, asset: Asset) -> Hashable:
    """What an asset is but for its name; None if that says too little."""
    named = tuple((column.name.lower(), column.data_type) for column in asset.columns)
    if asset.script is not None:
        return asset.kind, without_name(index, asset), named
    return (asset.kind, asset.namespace, named) if len(named) >= FEWEST else None


def without_name(index: Index, asset: Asset) -> Words:
    """Return the words of an asset's definition but for its own name."""
    if asset.script is None:
        return ()
    words = without_noise(index.lexicon.line(asset.script).words)
    parts = [name_word(part, asset.script.dialect) for part in parts_of(asset)]
    for first in range(len(parts)):  # a schema may be left out
        spelled = _dotted(parts[first:])
        for at in range(len(words) - len(spelled) + 1):
            if words[at : at + len(spelled)] == spelled:
                return words[:at] + words[at + len(spelled) :]
    return words


def _dotted(parts: list[str]) -> Words:
    found = [parts[0]]
    for part in parts[1:]:
        found += [".", part]
    return tuple(found)


def _alike(
    gone: list[Asset],
    come: list[Asset],
    before: Callable[[Asset], frozenset[str]],
    after: Callable[[Asset], frozenset[str]],
) -> Iterable[tuple[str, str]]:
    """Yield the keys of two of one kind with the same sources and nearly the same columns, and no rival."""
    by_sources: defaultdict[Hashable, tuple[list[Asset], list[Asset]]] = defaultdict(lambda: ([], []))
    for asset in gone:
        if sources := before(asset):
            by_sources[asset.kind, sources][0].append(asset)
    for asset in come:
        if sources := after(asset):
            by_sources[asset.kind, sources][1].append(asset)
    for old, new in by_sources.values():
        if len(old) != 1 or len(new) != 1:
            continue
        names = [{column.name.lower() for column in each.columns} for each in (old[0], new[0])]
        shared, every = names[0] & names[1], names[0] | names[1]
        if len(shared) >= max(FEWEST, ALIKE * len(every)):
            yield old[0].key, new[0].key


def _of_columns(before: Index, after: Index, key: str, renames: Renames) -> Iterable[tuple[Column, Column]]:
    """Yield the columns of an asset that went, each with the one that came in its place."""
    old, new = before.state.assets[key], after.state.assets[renames.assets.get(key, key)]
    if old.columns == new.columns:
        return
    here = {column.key for column in new.columns}
    known = {renames.of(End(key, column.key)).column for column in old.columns}
    gone = [column for column in old.columns if renames.of(End(key, column.key)).column not in here]
    come = [column for column in new.columns if column.key not in known]
    if not (gone and come):
        return
    made: defaultdict[Hashable, tuple[list[Column], list[Column]]] = defaultdict(lambda: ([], []))
    for column in gone:
        made[_made_of(before, End(key, column.key), renames)][0].append(column)
    for column in come:
        made[_made_of(after, End(new.key, column.key), Renames())][1].append(column)
    for how, (left, right) in made.items():
        if how is not None and len(left) == len(right) == 1:
            yield left[0], right[0]
    bare = made.get(None, ([], []))
    if len(gone) == len(come) == 1 == len(bare[0]) == len(bare[1]) and _in_place(old, new, gone[0], come[0]):
        yield gone[0], come[0]


def _made_of(index: Index, end: End, renames: Renames) -> Hashable:
    """What a column is made of: its sources and expressions; None if nothing tells."""
    edges = [edge for edge in index.into(end) if edge.direct]
    if not edges:
        return None
    swaps = swaps_of(edges, renames, dialect_of(edges))
    sources = frozenset((renames.of(edge.source), edge.subtype) for edge in edges)
    return sources, frozenset(both.meant for both in index.expressions(end, swaps, direct=True))


def _in_place(old: Asset, new: Asset, gone: Column, come: Column) -> bool:
    """Whether a column that nothing makes, as of a table, stands where the other stood, with the same type."""
    return (
        len(old.columns) == len(new.columns)
        and old.columns.index(gone) == new.columns.index(come)
        and gone.data_type is not None
        and (gone.data_type or "").lower() == (come.data_type or "").lower()
    )


def swaps_of(edges: Iterable[Edge], renames: Renames, dialect: str, *more: End) -> Swaps:
    """Return the words that stand for others once what these edges come from, and `more`, has its new names."""
    if not renames.names:
        return NO_SWAPS
    swaps: dict[str, str] = {}
    for end in (*more, *(part for edge in edges for part in (End(edge.source.asset), edge.source))):
        for old, new in renames.names.get(end, ()):
            swaps[name_word(old, dialect)] = name_word(new, dialect)
    return swaps


def dialect_of(edges: Iterable[Edge]) -> str:
    """Return how the statements are written that prove these edges."""
    return next((proof.script.dialect for edge in edges for proof in edge.proofs), PLAIN_DIALECT)
