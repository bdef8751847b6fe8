"""Compare two states: what came, what went, what changed and what has another name."""

from collections.abc import Iterator

from jobs.engines.diff.flows import flow_changes
from jobs.engines.diff.index import Index
from jobs.engines.diff.renames import Renames, find_renames
from jobs.engines.diff.rules import Reason, Severity
from jobs.engines.diff.shapes import shape_changes
from jobs.engines.diff.texts import text_changes
from jobs.engines.diff.values import Asset, Change, ChangeKind, End, Side, State, Subject
from jobs.engines.diff.wording import Lexicon


def compare(before: State, after: State) -> tuple[Change, ...]:
    """Return the changes that lead from one state to another, the worst first, then by name.

    An asset that came or went stands for its columns, and either of these for the edges that lead to it.
    Blanks, comments and the capitals of keywords change nothing.

    Cost: linear in the two states; only statements that differ are cut into tokens.

    >>> from jobs.engines.diff.values import Asset, Column
    >>> old = State({"t": Asset("t", "t", "table", columns=(Column("a", "a"), Column("b", "b")))})
    >>> new = State({"t": Asset("t", "t", "table", columns=(Column("a", "a"),))})
    >>> [(change.reason.value, str(change.shown.place)) for change in compare(old, new)]
    [('column_removed', 't.b')]
    """
    lexicon = Lexicon()
    old, new = Index(before, lexicon), Index(after, lexicon)
    renames = find_renames(old, new)
    found = [change for key in _keys(old, new, renames) for change in _changes(old, new, key, renames)]
    return tuple(sorted(found, key=lambda change: change.order))


def _keys(old: Index, new: Index, renames: Renames) -> Iterator[tuple[str, str]]:
    """The key of each asset in the one state and in the other; that of a renamed one differs."""
    come = set(renames.assets.values())
    for key in old.state.assets:
        yield key, renames.assets.get(key, key)
    for key in new.state.assets:
        if key not in come and key not in old.state.assets:
            yield key, key
        elif key in renames.assets and not _defines(new, key):
            yield key, key  # the old name of what was renamed is used still


def _defines(index: Index, key: str) -> bool:
    asset = index.state.assets.get(key)
    return asset is not None and asset.defined


def _changes(old: Index, new: Index, keys: tuple[str, str], renames: Renames) -> Iterator[Change]:
    before, after = old.state.assets.get(keys[0]), new.state.assets.get(keys[1])
    if keys[0] in renames.assets and keys[0] == keys[1]:
        before = None
    was, now = _is_defined(before), _is_defined(after)
    sides = _side(old, before), _side(new, after)
    if was and now:
        yield from _within(old, new, keys, renames)
    elif was:
        yield Change(ChangeKind.REMOVED, Subject.ASSET, Reason.ASSET_REMOVED, sides[0], None)
    elif now:
        yield Change(ChangeKind.ADDED, Subject.ASSET, Reason.ASSET_ADDED, None, sides[1])
    elif before is None:
        yield Change(ChangeKind.ADDED, Subject.ASSET, Reason.USE_BEGAN, None, sides[1])
    elif after is None:
        yield Change(ChangeKind.REMOVED, Subject.ASSET, Reason.USE_ENDED, sides[0], None)
    else:
        yield from _within(old, new, keys, renames)


def _is_defined(asset: Asset | None) -> bool:
    return asset is not None and asset.defined


def _side(index: Index, asset: Asset | None) -> Side | None:
    return None if asset is None else Side(index.state.place(End(asset.key)), asset.kind)


def _within(old: Index, new: Index, keys: tuple[str, str], renames: Renames) -> Iterator[Change]:
    """Changes of an asset that both states have."""
    found = [*shape_changes(old.state, new.state, keys, renames), *flow_changes(old, new, keys, renames)]
    yield from found
    if all(change.severity is Severity.COSMETIC for change in found):
        yield from text_changes(old, new, keys, renames, alone=not found)
