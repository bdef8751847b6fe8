"""Changes of the graph, as clients read them."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from graph.enums import describe
from jobs.engines.diff.felt import Feeling
from jobs.engines.diff.rules import RULES, Reason, Severity
from jobs.engines.diff.values import Change, Place, Side
from jobs.engines.diff.values import ChangeKind as Kind
from jobs.engines.diff.values import Subject as Of

describe(
    Severity,
    "How bad a change is, the worst first.",
    {
        "BREAKING": "What worked before fails, or shows what was hidden.",
        "BEHAVIOUR": "Everything still runs, and may give other values or other rows.",
        "COSMETIC": "Nobody who used the graph as it was notices.",
    },
    name="ChangeSeverity",
)
describe(
    Kind,
    "What happened to something.",
    {
        "ADDED": "It came.",
        "REMOVED": "It went.",
        "CHANGED": "It is otherwise.",
        "RENAMED": "It has another name; it was known again by what it is made of.",
    },
    name="ChangeKind",
)
describe(
    Of,
    "What it happened to.",
    {"ASSET": "An asset.", "COLUMN": "A column.", "EDGE": "What flows or influences, from one to another."},
    name="ChangeSubject",
)
describe(
    Reason,
    "Why a change is as bad as it is.",
    {reason.name: f"{RULES[reason].severity.name}: {RULES[reason].words}" for reason in Reason},
    name="ChangeReason",
)


@strawberry.type(description="An asset or a column by its names, at one of two revisions.")
class ChangedPlace:
    namespace: str = strawberry.field(description="Where the asset lives.")
    asset: str = strawberry.field(description="The asset's name.")
    column: str | None = strawberry.field(description="The column's name; null for the asset as a whole.")

    @classmethod
    def of(cls, place: Place) -> "ChangedPlace":
        return cls(namespace=place.namespace, asset=place.asset, column=place.column)


@strawberry.type(description="How something is at one of two revisions.")
class ChangedSide:
    place: ChangedPlace = strawberry.field(description="What changed; of an edge, where it leads.")
    kind: str = strawberry.field(description="The asset's kind.")
    source: ChangedPlace | None = strawberry.field(description="Where an edge comes from; null of all else.")
    value: str | None = strawberry.field(
        description="What tells the two apart: an expression, a type, a kind, an order, how an edge flows. May "
        "be empty; null if it is SQL text, which you may not see."
    )

    @classmethod
    def of(cls, side: Side | None, *, shown: bool) -> "ChangedSide | None":
        if side is None:
            return None
        return cls(
            place=ChangedPlace.of(side.place),
            kind=side.kind,
            source=ChangedPlace.of(side.source) if side.source else None,
            value=side.words if shown else None,
        )


@strawberry.type(description="Something that feels a change.")
class Felt:
    place: ChangedPlace = strawberry.field(description="What feels it.")
    distance: int = strawberry.field(description="How many steps downstream it lies.")


@strawberry.type(description="Who feels a change: all that lies downstream.")
class Downstream:
    asset_count: int = strawberry.field(description="Assets that feel it, besides its own.")
    column_count: int = strawberry.field(description="Columns that feel it.")
    complete: bool = strawberry.field(
        description="Whether that is all; false where time was up: then there are at least so many."
    )
    nearest: list[Felt] = strawberry.field(description="The nearest of them, at most as many as asked for.")

    @classmethod
    def of(cls, feeling: Feeling) -> "Downstream":
        return cls(
            asset_count=feeling.assets,
            column_count=feeling.columns,
            complete=feeling.complete,
            nearest=[Felt(place=ChangedPlace.of(place), distance=at) for place, at in feeling.nearest],
        )


@strawberry.type(description="A difference between two revisions of the graph.")
class LineageChange:
    change: Kind = strawberry.field(description="What happened.")
    of: Of = strawberry.field(description="What it happened to.")
    severity: Severity = strawberry.field(description="How bad it is.")
    reason: Reason = strawberry.field(description="Why it is that bad.")
    explanation: str = strawberry.field(description="The reason in words, for people.")
    before: ChangedSide | None = strawberry.field(description="How it was; null of what came.")
    after: ChangedSide | None = strawberry.field(description="How it is; null of what went.")
    downstream: Downstream | None = strawberry.field(
        description="Who feels it: of what went or has another name, as it was before. Null of cosmetic "
        "changes, and in histories and feeds."
    )

    @classmethod
    def of_value(cls, change: Change, feeling: Feeling | None = None, *, shown: bool) -> "LineageChange":
        """A change; `shown` tells whether words of SQL are to be seen."""
        rule = RULES[change.reason]
        legible = shown or not rule.quotes
        return cls(
            change=change.change,
            of=change.of,
            severity=rule.severity,
            reason=change.reason,
            explanation=rule.words,
            before=ChangedSide.of(change.before, shown=legible),
            after=ChangedSide.of(change.after, shown=legible),
            downstream=Downstream.of(feeling) if feeling else None,
        )


@strawberry.type(description="A revision at which an asset changed.")
class AssetMoment:
    revision: int = strawberry.field(description="What `asOf: {revision: …}` takes.")
    committed_at: datetime | None = strawberry.field(description="When readers first saw it.")
    name: str = strawberry.field(description="What the asset was called from then on.")
    changes: list[LineageChange] = strawberry.field(
        description="What changed, the worst first: at most 50; `changeCount` says how many there are."
    )
    change_count: int = strawberry.field(description="How much changed.")


@strawberry.type(description="A revision in the history of an asset.")
class AssetMomentEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: AssetMoment = strawberry.field(description="The revision, with what it changed.")


@strawberry.type(description="The revisions at which an asset changed, newest first.")
class AssetHistory:
    page_info: strawberry.relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[AssetMomentEdge] = strawberry.field(description="The revisions of this page.")


SHOWN_CHANGES = 50  # of one moment


def shown_changes(changes: Sequence[Change], *, legible: bool) -> list[LineageChange]:
    return [LineageChange.of_value(change, shown=legible) for change in changes[:SHOWN_CHANGES]]
