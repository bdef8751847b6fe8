"""Which assets a client wants, as an input that many fields take."""

from dataclasses import replace
from typing import Annotated

import strawberry

from db.filters import EVERYTHING, AssetFilter
from jobs.errors import InvalidParams

MAX_VALUES = 100  # of one list
MAX_NAME = 1_000  # characters
MAX_PATTERN = 200  # characters


@strawberry.input(name="AssetFilter", description="Which assets: those that fit every part that is given.")
class AssetFilterInput:
    namespaces: list[str] | None = strawberry.field(default=None, description="Only in these.")
    kinds: list[str] | None = strawberry.field(
        default=None, description="Only of these, such as `table`: what `kind` shows, in any capitals."
    )
    schemas: list[str] | None = strawberry.field(
        default=None, description="Only in these: what stands before a name's last dot, in any capitals."
    )
    excluded_schemas: list[str] | None = strawberry.field(default=None, description="Not in these.")
    name: str | None = strawberry.field(
        default=None,
        description="Only with such a name, in any capitals: `*` stands for any text; without one it may stand "
        "anywhere in the name.",
    )

    tags: list[str] | None = strawberry.field(
        default=None, description="Only with one of these tags, on themselves or on a column, in any capitals."
    )
    owners: list[str] | None = strawberry.field(
        default=None, description="Only with one of these owners, in any capitals."
    )

    def value(self) -> AssetFilter:
        """The filter.

        Raises:
            InvalidParams: A list or the pattern is too long.
        """
        if self.name and len(self.name) > MAX_PATTERN:
            raise InvalidParams("filter.name", f"is longer than {MAX_PATTERN} characters")
        return AssetFilter(
            namespaces=some("filter.namespaces", self.namespaces),
            kinds=kinds_in("filter.kinds", self.kinds),
            schemas=some("filter.schemas", self.schemas),
            excluded_schemas=some("filter.excludedSchemas", self.excluded_schemas),
            name=self.name or "",
            tags=some("filter.tags", self.tags),
            owners=some("filter.owners", self.owners),
        )


AssetFilterArgument = Annotated[
    AssetFilterInput | None, strawberry.argument(description="Which assets; all if left out.")
]


def some(field: str, values: list[str] | None) -> frozenset[str]:
    """Values without repeats.

    Raises:
        InvalidParams: They are more than 100, or one is too long to be a name.
    """
    if len(values or ()) > MAX_VALUES:
        raise InvalidParams(field, f"names {len(values or ())}; at most {MAX_VALUES} are taken")
    if any(len(value) > MAX_NAME for value in values or ()):
        raise InvalidParams(field, f"names one longer than {MAX_NAME} characters")
    return frozenset(values or ())


def kinds_in(field: str, kinds: list[str] | None) -> frozenset[str]:
    """Kinds as assets show them, which is without capitals.

    Raises:
        InvalidParams: They are more than 100, or one is too long to be a name.
    """
    return frozenset(kind.lower() for kind in some(field, kinds))


def wanted_by(given: AssetFilterInput | None) -> AssetFilter:
    """What a filter says; everything if it is left out."""
    return given.value() if given else EVERYTHING


def narrowed(wanted: AssetFilter, kind: list[str] | None, namespace: str | None) -> AssetFilter:
    """A filter with what the older arguments say.

    Raises:
        InvalidParams: They say again what the filter says.
    """
    if (kind and wanted.kinds) or (namespace is not None and wanted.namespaces):
        raise InvalidParams("filter", "says again what kind or namespace say; leave those out")
    if kind:
        wanted = replace(wanted, kinds=kinds_in("kind", kind))
    return wanted if namespace is None else replace(wanted, namespaces=frozenset({namespace}))
