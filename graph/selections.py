"""What a query selects: so that what is read in bulk is read only where somebody wants it."""

from collections.abc import Iterable, Iterator

from strawberry.types.nodes import SelectedField, Selection

from graph.context import Info


def selected(info: Info, *path: str) -> frozenset[str]:
    """The names of the fields that the query selects at the end of a path, from the one being resolved.

    Fragments are looked through. A field that `@skip` leaves out is named too: it costs what it reads, no more.
    """
    fields = [child for own in info.selected_fields for child in _fields(own.selections)]
    for step in path:
        fields = [child for field in fields if field.name == step for child in _fields(field.selections)]
    return frozenset(field.name for field in fields)


def _fields(selections: Iterable[Selection]) -> Iterator[SelectedField]:
    for selection in selections:
        if isinstance(selection, SelectedField):
            yield selection
        else:
            yield from _fields(selection.selections)
