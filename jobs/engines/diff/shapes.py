"""Changes of what an asset looks like: its name, its kind, its columns and their types."""

from collections.abc import Iterator, Sequence

from jobs.engines.diff.data_types import Fit, fit
from jobs.engines.diff.renames import Renames
from jobs.engines.diff.rules import Reason
from jobs.engines.diff.values import Asset, Change, ChangeKind, Column, End, Side, State, Subject

SHOWN_COLUMNS = 50  # of an order that changed

FITS = {
    Fit.WIDER: Reason.TYPE_WIDENED,
    Fit.NARROWER: Reason.TYPE_NARROWED,
    Fit.OTHER: Reason.TYPE_CHANGED,
}


def shape_changes(old: State, new: State, keys: tuple[str, str], renames: Renames) -> Iterator[Change]:
    """Yield the changes of an asset that both states have; what is only used has no shape."""
    before, after = old.assets[keys[0]], new.assets[keys[1]]
    if not (before.defined and after.defined):
        return
    places = old.place(End(keys[0])), new.place(End(keys[1]))

    def changed(reason: Reason, one: str, other: str) -> Change:
        sides = Side(places[0], before.kind, words=one), Side(places[1], after.kind, words=other)
        return Change(ChangeKind.CHANGED, Subject.ASSET, reason, *sides)

    if keys[0] != keys[1]:
        sides = Side(places[0], before.kind), Side(places[1], after.kind)
        yield Change(ChangeKind.RENAMED, Subject.ASSET, Reason.ASSET_RENAMED, *sides)
    if before.kind != after.kind:
        yield changed(Reason.KIND_CHANGED, before.kind, after.kind)
    if before.description != after.description:
        yield changed(Reason.DESCRIPTION_CHANGED, before.description, after.description)
    if before.columns == after.columns:
        return
    kept = _kept(before, after, renames)
    stayed = {now.key for _, now in kept}
    orders = (
        [now.key for _, now in kept],
        [column.key for column in after.columns if column.key in stayed],
    )
    if orders[0] != orders[1]:
        yield changed(Reason.COLUMNS_REORDERED, *(_listed(order, after) for order in orders))
    for one, other in kept:
        if one != other:
            yield from _of_column(old, new, (before, one), (after, other))
    yield from _come_and_gone(old, new, (before, after), kept)


def _kept(before: Asset, after: Asset, renames: Renames) -> list[tuple[Column, Column]]:
    """The columns that both have, in the order that they had, each as it was and as it is."""
    now = {column.key: column for column in after.columns}
    keys = [(column, renames.of(End(before.key, column.key)).column or "") for column in before.columns]
    return [(column, now[key]) for column, key in keys if key in now]


def _listed(keys: list[str], asset: Asset) -> str:
    names = {column.key: column.name for column in asset.columns}
    more = f", … {len(keys) - SHOWN_COLUMNS} more" if len(keys) > SHOWN_COLUMNS else ""
    return ", ".join(names[key] for key in keys[:SHOWN_COLUMNS]) + more


def _of_column(
    old: State, new: State, before: tuple[Asset, Column], after: tuple[Asset, Column]
) -> Iterator[Change]:
    """Changes of a column that both states have."""
    (asset, was), (asset_now, now) = before, after
    places = old.place(End(asset.key, was.key)), new.place(End(asset_now.key, now.key))
    if was.key != now.key:
        sides = Side(places[0], asset.kind), Side(places[1], asset_now.kind)
        yield Change(ChangeKind.RENAMED, Subject.COLUMN, Reason.COLUMN_RENAMED, *sides)
    reason = type_reason(was.data_type, now.data_type)
    if reason is not None:
        yield Change(
            ChangeKind.CHANGED,
            Subject.COLUMN,
            reason,
            Side(places[0], asset.kind, words=was.data_type or ""),
            Side(places[1], asset_now.kind, words=now.data_type or ""),
        )


def type_reason(before: str | None, after: str | None) -> Reason | None:
    """Return what became of a type; None if it is the same."""
    if before is None or after is None:
        return Reason.TYPE_TOLD if before != after else None
    return FITS.get(fit(before, after))


def _come_and_gone(
    old: State, new: State, assets: tuple[Asset, Asset], kept: Sequence[tuple[Column, Column]]
) -> Iterator[Change]:
    """Columns that only one of the states has."""
    before, after = assets
    stayed, known = {was.key for was, _ in kept}, {now.key for _, now in kept}
    for column in before.columns:
        if column.key not in stayed:
            side = Side(old.place(End(before.key, column.key)), before.kind, words=column.data_type or "")
            reason = Reason.COLUMN_REMOVED if after.complete else Reason.COLUMN_NOT_SEEN
            yield Change(ChangeKind.REMOVED, Subject.COLUMN, reason, side, None)
    for column in after.columns:
        if column.key not in known:
            side = Side(new.place(End(after.key, column.key)), after.kind, words=column.data_type or "")
            yield Change(ChangeKind.ADDED, Subject.COLUMN, Reason.COLUMN_ADDED, None, side)
