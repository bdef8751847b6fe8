"""What OpenLineage events say of datasets that Headwater does not read, as clients see it."""

from datetime import datetime

import orjson
import strawberry

from db.facets import FacetView
from graph.rights import Rights
from graph.scalars import Json

LEGIBLE = frozenset({"sql", "sourceCode"})  # facets of jobs that are texts of definitions


@strawberry.type(description="What events say of a dataset or a job under one name: a facet of OpenLineage.")
class Facet:
    name: str = strawberry.field(description="Its name in events.")
    producer: str | None = strawberry.field(description="What made it, as it says itself.")
    schema_url: str | None = strawberry.field(description="Where its schema is, as it says itself.")
    said_at: datetime = strawberry.field(
        description="The time of the event that told it: the latest of those that did, and never of the future."
    )
    size_bytes: int = strawberry.field(description="How many bytes it has as JSON.")
    value: Json | None = strawberry.field(
        description="The whole facet, as it was sent. Null if it has more than 65,536 bytes or is nested deeper"
        " than 64 levels, if it stands behind some 4 MB of others in one answer, or if it is the text of a"
        " definition and you may not see definitions."
    )

    @classmethod
    def of(cls, view: FacetView, rights: Rights) -> "Facet":
        shown = view.body is not None and (view.name not in LEGIBLE or rights.sees_definitions(view.workspace))
        return cls(
            name=view.name,
            producer=view.producer or None,
            schema_url=view.schema_url or None,
            said_at=view.said_at,
            size_bytes=view.size_bytes,
            value=Json(orjson.loads(view.body)) if shown and view.body is not None else None,
        )
