"""Executes selections of plain attributes without asking a resolver for each.

Most of what a large answer holds are attributes of values that are there already. graphql-core takes some ten
microseconds for each: a path, an info, a call of a resolver, a look at whether it has to be awaited. Here they
are copied in one loop. All else is left to graphql-core, and so are values that are not what the schema says:
errors are made, placed and told by it alone.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias, cast
from uuid import UUID

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLString,
    Undefined,
    is_leaf_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetails
from graphql.type import GraphQLList, GraphQLNonNull, TypeNameMetaFieldDef
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

Fields: TypeAlias = dict[str, list[FieldDetails]]
NEVER_AWAITED = frozenset({str, int, bool, float, datetime, UUID})
LEAST_INT = 1 << 31  # that is none in GraphQL: its error is graphql-core's to tell
SAME: dict[Any, type[Any]] = {GraphQLString: str, GraphQLBoolean: bool, GraphQLID: str, GraphQLInt: int}
"""What scalars answer as it is: graphql-core calls a function of each value, which gives it back."""
WRITTEN: dict[str, type[Any]] = {"DateTime": datetime}
"""Whose values a scalar can always write: nothing of them has to be looked at before."""


class NotPlain(Exception):
    """A value is not what can be copied: graphql-core is to say what is to be done with it."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A selected field that is an attribute: a leaf that `coerce` takes, an object all plain, or a list.

    Values of the class `same` are answered as they are, those of the class `written` as `coerce` writes them,
    and those of an enum by `words`, once they were met: by identity, for members of two enums may be equal.
    """

    key: str
    attribute: str
    nullable: bool
    coerce: Callable[[Any], Any] | None = None
    same: type[Any] | None = None
    written: type[Any] | None = None
    words: dict[int, tuple[Any, Any]] | None = None
    selection: "Selection | None" = None
    items: bool | None = None  # of a list: whether its items may be null


@dataclass(frozen=True, slots=True)
class Selection:
    """What is selected of an object: in `keys` all of it, in order; `others` is left to graphql-core."""

    made_by: frozenset[type[Any]]
    keys: dict[str, Any]  # the type's name where that is asked for
    plain: tuple[Plain, ...]
    others: Fields


class PlainExecutor(StrawberryGraphQLCoreExecutionContext):
    """Copies attributes, as long as no extension wants to see each being resolved."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        # By the identity of what is selected, as graphql-core does it; that is kept, so no other takes its id.
        self._words: dict[GraphQLEnumType, dict[int, tuple[Any, Any]]] = {}
        self._selections: dict[tuple[GraphQLObjectType, int], tuple[Fields, Selection | None]] = {}

    def execute_fields(
        self, parent_type: Any, source_value: Any, path: Any, grouped_field_set: Any, position_context: Any
    ) -> Any:
        """The selected fields of an object, or what has to be awaited for them."""
        every = (parent_type, source_value, path, grouped_field_set, position_context)
        selection = self._selection(parent_type, grouped_field_set)
        if selection is None or position_context is not None:
            return super().execute_fields(*every)
        results = None
        with suppress(NotPlain):
            results = self._copied(selection, source_value)
        if results is None:
            return super().execute_fields(*every)
        if not selection.others:
            return results
        others: Any = super().execute_fields(parent_type, source_value, path, selection.others, None)
        if self.is_awaitable(others):
            return _completed(results, others)
        results.update(others)
        return results

    def _copied(self, selection: Selection, source: Any) -> dict[str, Any]:
        if type(source) not in selection.made_by:
            raise NotPlain
        results = selection.keys.copy()
        for field in selection.plain:
            value = getattr(source, field.attribute)
            of = type(value)
            if value is None:
                if not field.nullable:
                    raise NotPlain
            elif of is field.same and (of is not int or -LEAST_INT < value < LEAST_INT):
                results[field.key] = value
            elif of is field.written:
                results[field.key] = field.coerce(value)  # type: ignore[misc]  # what is written is a leaf
            elif field.words is not None and (met := field.words.get(id(value))):
                results[field.key] = met[1]
            elif field.items is not None:
                results[field.key] = self._list(field, value)
            elif field.coerce is not None:
                results[field.key] = self._leaf(field, field.coerce, value)
            elif field.selection is not None:
                results[field.key] = self._copied(field.selection, value)
        return results

    def _list(self, field: Plain, values: Any) -> list[Any]:
        if type(values) is not list or not (field.items or all(value is not None for value in values)):
            raise NotPlain
        if field.coerce is not None:
            return [None if value is None else self._leaf(field, field.coerce, value) for value in values]
        selection = cast("Selection", field.selection)
        return [None if value is None else self._copied(selection, value) for value in values]

    def _leaf(self, field: Plain, coerce: Callable[[Any], Any], value: Any) -> Any:
        if type(value) not in NEVER_AWAITED and self.is_awaitable(value):
            raise NotPlain
        try:
            coerced = coerce(value)
        except (GraphQLError, TypeError, ValueError) as error:
            raise NotPlain from error
        if coerced is None or coerced is Undefined:
            raise NotPlain
        if field.words is not None and isinstance(value, Enum):
            field.words[id(value)] = value, coerced  # the value with it, so that no other takes its identity
        return coerced

    def _selection(self, parent: GraphQLObjectType, fields: Fields) -> Selection | None:
        key = (parent, id(fields))
        kept = self._selections.get(key)
        if kept is None:
            kept = self._selections[key] = (fields, self._made(parent, fields))
        return kept[1]

    def _made(self, parent: GraphQLObjectType, fields: Fields) -> Selection | None:
        """What to copy of a type; None if there is nothing to be won."""
        definition = parent.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        watched = self.middleware_manager is not None and self.middleware_manager.middlewares
        if definition is None or watched:
            return None
        names: dict[str, Any] = {}
        plain: list[Plain] = []
        others: dict[str, list[FieldDetails]] = {}
        for key, details in fields.items():
            field = self.schema.get_field(parent, details[0].node.name.value)
            names[key] = parent.name if field is TypeNameMetaFieldDef else None
            if names[key] is None:
                copied = self._plain(key, field, details) if field else None
                others |= {} if copied else {key: details}
                plain += [copied] if copied else []
        return Selection(_makers(parent, definition), names, tuple(plain), others) if plain else None

    def _plain(self, key: str, field: GraphQLField, details: list[FieldDetails]) -> Plain | None:
        """How to copy a field; None if it cannot be."""
        of = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if not isinstance(of, StrawberryField) or not getattr(field.resolve, "_is_default", False):
            return None
        inner, nullable = _without_null(field.type)
        items: bool | None = None
        if isinstance(inner, GraphQLList):
            inner, items = _without_null(inner.of_type)
        if is_leaf_type(inner):
            same, written = (SAME.get(inner), WRITTEN.get(inner.name)) if items is None else (None, None)
            words = self._words.setdefault(inner, {}) if isinstance(inner, GraphQLEnumType) else None
            return Plain(
                key,
                of.python_name,
                nullable,
                coerce=inner.coerce_output_value,
                same=same,
                written=written,
                words=words,
                items=items,
            )
        if not is_object_type(inner):
            return None
        under, deferred, _ = self.collect_subfields(inner, details)
        selection = None if deferred else self._selection(inner, under)
        if selection is None or selection.others:
            return None
        return Plain(key, of.python_name, nullable, selection=selection, items=items)


def _without_null(of: Any) -> tuple[Any, bool]:
    """A type, and whether it may be null."""
    return (of.of_type, False) if isinstance(of, GraphQLNonNull) else (of, True)


def _makers(parent: GraphQLObjectType, definition: StrawberryObjectDefinition) -> frozenset[type[Any]]:
    """What makes objects of a type: its class, or the generic one that it was made of, as for edges."""
    generic = definition.concrete_of if parent.is_type_of is None else None
    return frozenset({definition.origin, *([generic.origin] if generic else [])})


async def _completed(results: dict[str, Any], others: Any) -> dict[str, Any]:
    results.update(await others)
    return results
