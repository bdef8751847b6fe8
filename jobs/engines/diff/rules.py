"""Which difference is how bad: one table, which the documentation is written from."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Severity(StrEnum):
    """How bad a difference is, the worst first."""

    BREAKING = "breaking"
    """What worked against the state before fails, or shows what was hidden."""
    BEHAVIOUR = "behaviour"
    """Everything still runs, and may give other values or other rows."""
    COSMETIC = "cosmetic"
    """Nobody who used the state before notices."""


class Reason(StrEnum):
    """Why a difference is as bad as it is."""

    ASSET_REMOVED = "asset_removed"
    ASSET_RENAMED = "asset_renamed"
    COLUMN_REMOVED = "column_removed"
    COLUMN_RENAMED = "column_renamed"
    TYPE_CHANGED = "type_changed"
    TYPE_NARROWED = "type_narrowed"
    MASKING_DROPPED = "masking_dropped"
    KIND_CHANGED = "kind_changed"
    COLUMNS_REORDERED = "columns_reordered"
    COLUMN_NOT_SEEN = "column_not_seen"
    TYPE_WIDENED = "type_widened"
    EXPRESSION_CHANGED = "expression_changed"
    SOURCE_ADDED = "source_added"
    SOURCE_REMOVED = "source_removed"
    FLOW_CHANGED = "flow_changed"
    INFLUENCE_ADDED = "influence_added"
    INFLUENCE_REMOVED = "influence_removed"
    INFLUENCE_CHANGED = "influence_changed"
    MASKING_ADDED = "masking_added"
    DEFINITION_CHANGED = "definition_changed"
    ASSET_ADDED = "asset_added"
    COLUMN_ADDED = "column_added"
    TYPE_TOLD = "type_told"
    TEXT_CHANGED = "text_changed"
    DESCRIPTION_CHANGED = "description_changed"
    USE_BEGAN = "use_began"
    USE_ENDED = "use_ended"


class Rule(NamedTuple):
    """How bad a difference of one reason is, and why, in words; whether it is shown by words of the SQL."""

    severity: Severity
    words: str
    quotes: bool = False


_BREAKING, _BEHAVIOUR, _COSMETIC = Severity

RULES: Mapping[Reason, Rule] = MappingProxyType(
    {
        Reason.ASSET_REMOVED: Rule(_BREAKING, "It is not defined any more: whoever reads it fails."),
        Reason.ASSET_RENAMED: Rule(_BREAKING, "It has another name: whoever reads it by the old one fails."),
        Reason.COLUMN_REMOVED: Rule(_BREAKING, "It is not there any more: whoever reads it fails."),
        Reason.COLUMN_RENAMED: Rule(_BREAKING, "It has another name: whoever reads it by the old one fails."),
        Reason.TYPE_CHANGED: Rule(_BREAKING, "Its type became one that does not hold the same values."),
        Reason.TYPE_NARROWED: Rule(_BREAKING, "Its type holds less than before: values are cut or refused."),
        Reason.MASKING_DROPPED: Rule(
            _BREAKING, "The value was hashed or masked and is not any more: who reads it sees what was hidden."
        ),
        Reason.KIND_CHANGED: Rule(_BEHAVIOUR, "It is of another kind: when and how its rows are made differs."),
        Reason.COLUMNS_REORDERED: Rule(
            _BEHAVIOUR, "Its columns stand in another order: whoever reads by place gets other values."
        ),
        Reason.COLUMN_NOT_SEEN: Rule(
            _BEHAVIOUR, "It is not seen any more, and not all columns of its asset are known: it may be gone."
        ),
        Reason.TYPE_WIDENED: Rule(_BEHAVIOUR, "Its type holds more than before: readers may not."),
        Reason.EXPRESSION_CHANGED: Rule(_BEHAVIOUR, "Its value is calculated otherwise.", quotes=True),
        Reason.SOURCE_ADDED: Rule(_BEHAVIOUR, "Its value is made of one column more."),
        Reason.SOURCE_REMOVED: Rule(_BEHAVIOUR, "Its value is not made of this column any more."),
        Reason.FLOW_CHANGED: Rule(_BEHAVIOUR, "The value flows otherwise, as by being aggregated."),
        Reason.INFLUENCE_ADDED: Rule(_BEHAVIOUR, "One column more decides about rows or values."),
        Reason.INFLUENCE_REMOVED: Rule(
            _BEHAVIOUR, "This column does not decide about rows or values any more."
        ),
        Reason.INFLUENCE_CHANGED: Rule(
            _BEHAVIOUR, "The same columns decide about rows or values, by another condition.", quotes=True
        ),
        Reason.MASKING_ADDED: Rule(_BEHAVIOUR, "The value is hashed or masked from now on."),
        Reason.DEFINITION_CHANGED: Rule(
            _BEHAVIOUR,
            "Its statements say something else, such as another constant, limit or constraint.",
            quotes=True,
        ),
        Reason.ASSET_ADDED: Rule(_COSMETIC, "It is new: nobody reads it yet."),
        Reason.COLUMN_ADDED: Rule(_COSMETIC, "It is new: nobody reads it yet by its name."),
        Reason.TYPE_TOLD: Rule(_COSMETIC, "Its type is told in one of the two states alone."),
        Reason.TEXT_CHANGED: Rule(
            _COSMETIC, "Other words for the same: aliases, or keywords that may be left out.", quotes=True
        ),
        Reason.DESCRIPTION_CHANGED: Rule(_COSMETIC, "It is described in other words."),
        Reason.USE_BEGAN: Rule(_COSMETIC, "It is used now, and defined nowhere."),
        Reason.USE_ENDED: Rule(_COSMETIC, "It was defined nowhere, and is not used any more."),
    }
)
"""How bad each difference is. What is not decided here is not told."""

RANKS: Mapping[Severity, int] = MappingProxyType({severity: rank for rank, severity in enumerate(Severity)})
"""Severities by their order, the worst 0."""
