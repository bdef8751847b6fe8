"""What people say of assets and columns beside what they are made of, as clients see it."""

from collections.abc import Sequence

import strawberry

from db.annotations import Remark
from jobs.engines.lineage.values import AnnotationKind


@strawberry.type(description="What somebody says of an asset or a column beside what it is made of.")
class Annotation:
    kind: AnnotationKind = strawberry.field(description="What it says.")
    value: str = strawberry.field(description="The owner, the tag, or the words.")
    source: str = strawberry.field(description="Who says so: the source's name, as runs give it.")
    author: str | None = strawberry.field(description="The person who said so; null if files did.")
    reason: str = strawberry.field(description="Why, as that person says; may be empty.")

    @classmethod
    def of(cls, remark: Remark) -> "Annotation":
        kind = AnnotationKind(remark.kind)
        return cls(
            kind=kind, value=remark.value, source=remark.source, author=remark.author, reason=remark.reason
        )


def values_of(remarks: Sequence[Remark], kind: AnnotationKind) -> list[str]:
    """The values of one kind, each once, those of people first."""
    return list(dict.fromkeys(remark.value for remark in remarks if remark.kind == kind.value))
