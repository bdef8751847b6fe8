"""Changes that might be made, as clients name them: which column or asset, and what would be done to it."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from db.catalog import AssetView, ColumnView, columns_of, find_assets
from db.columns import fold_case
from db.impact import MAX_CHANGES, Change, ChangeKind
from db.session import Session
from db.walk import Node
from graph.assets import AssetRef, ColumnRef, asset_named, column_named, default_namespace
from graph.enums import describe
from jobs.errors import InvalidParams, UnknownAsset

describe(
    ChangeKind,
    "What would be done to a column or asset.",
    {
        "DROP_COLUMN": "A column goes.",
        "RENAME_COLUMN": "A column gets another name.",
        "DROP_ASSET": "An asset goes, with all its columns.",
        "RETYPE_COLUMN": "A column gets another type.",
        "CHANGE_EXPRESSION": "A column is made in another way: its values change.",
    },
    name="SupposedKind",
)


@strawberry.input(one_of=True, description="A change that might be made.")
class ChangeInput:
    drop_column: ColumnRef | None = strawberry.field(
        default=strawberry.UNSET, description="This column goes: whatever names it fails."
    )
    retype_column: ColumnRef | None = strawberry.field(
        default=strawberry.UNSET, description="This column gets another type; whatever names it goes on."
    )
    rename_column: ColumnRef | None = strawberry.field(
        default=strawberry.UNSET, description="This column gets another name: whatever names the old one fails."
    )
    change_expression: ColumnRef | None = strawberry.field(
        default=strawberry.UNSET, description="This column's values are made in another way."
    )
    drop_asset: AssetRef | None = strawberry.field(
        default=strawberry.UNSET, description="This asset goes, with all its columns: whatever names it fails."
    )


Changes = Annotated[list[ChangeInput], strawberry.argument(description="What might be done: 1 to 50 changes.")]


def named_by(change: ChangeInput) -> tuple[ChangeKind, AssetRef | ColumnRef]:
    """What a change does, and what it names.

    Raises:
        InvalidParams: It names nothing.
    """
    for kind in ChangeKind:
        ref = getattr(change, kind.value)
        if ref:
            return kind, ref
    raise InvalidParams("changes", "holds one that says nothing")


def changes_of(session: Session, workspace: str, given: Sequence[ChangeInput], at: int) -> list[Change]:
    """The changes that a client asks about. Cost: three queries, however many there are.

    Raises:
        InvalidParams: There are none, too many, or two that say the same.
        UnknownAsset: One names an asset or column that is not there at this revision.
    """
    if not 1 <= len(given) <= MAX_CHANGES:
        raise InvalidParams("changes", f"are {len(given)}; 1 to {MAX_CHANGES} are taken")
    named = [named_by(change) for change in given]
    keys = [key_of(workspace, ref) for _, ref in named]
    assets = find_assets(session, workspace, keys, at)
    columns = columns_of(session, [view.pk for view in assets.values()], at)
    found: list[Change] = []
    for (kind, ref), key in zip(named, keys, strict=True):
        node = node_named(ref, assets.get(key), columns)
        if node is None:  # its own words, which take a look at what there is instead
            refuse(session, workspace, ref, at)
            raise UnknownAsset
        change = Change(kind, node)
        if change in found:
            problem = f"says the same twice: at {found.index(change)} and {len(found)}"
            raise InvalidParams("changes", problem)
        found.append(change)
    return found


def key_of(workspace: str, ref: AssetRef | ColumnRef) -> tuple[str, str]:
    namespace = default_namespace(workspace) if ref.namespace is None else ref.namespace
    return namespace, ref.name if isinstance(ref, AssetRef) else ref.asset


def node_named(
    ref: AssetRef | ColumnRef, asset: AssetView | None, columns: Mapping[UUID, Sequence[ColumnView]]
) -> Node | None:
    """The node that a change names; None if there is none."""
    if asset is None:
        return None
    if isinstance(ref, AssetRef):
        return Node(asset.pk)
    own = columns.get(asset.pk, ())
    exact = [column for column in own if column.name == ref.column]
    alike = [column for column in own if fold_case(column.name) == fold_case(ref.column)]
    return next((Node(asset.pk, column.pk) for column in exact or alike), None)


def refuse(session: Session, workspace: str, ref: AssetRef | ColumnRef, at: int) -> None:
    """Tell that something is not there as other fields tell it.

    Raises:
        UnknownAsset: Always, unless it has come into being since.
    """
    if isinstance(ref, AssetRef):
        asset_named(session, workspace, ref, at)
    else:
        column_named(session, workspace, ref, at)
