"""Enums of the other rooms, which must not know GraphQL, as GraphQL enums."""

import strawberry

from db.models import RunStatus
from db.walk import Direction, Level
from jobs.engines.lineage.values import EdgeKind, Origin, Subtype

strawberry.enum(
    RunStatus,
    description="Where a run is in its life. A terminal status (the last four) never changes.",
)
strawberry.enum(EdgeKind, description="Whether a value flows along an edge, or only its influence.")
strawberry.enum(Subtype, description="How it flows or influences: the words of OpenLineage.")
strawberry.enum(Origin, description="How an edge came to be known.")
strawberry.enum(Direction, description="Where values come from (UPSTREAM) or go to (DOWNSTREAM).")
strawberry.enum(Level, description="Whether nodes are columns or whole assets.")

__all__ = ["Direction", "EdgeKind", "Level", "Origin", "RunStatus", "Subtype"]
