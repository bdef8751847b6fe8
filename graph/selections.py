"""What a query selects: so that what is read in bulk is read only where somebody wants it."""

from collections.abc import Iterable, Iterator

from strawberry.types.nodes import SelectedField, Selection

from graph.context import Info


def selected(info: Info, field: str) -> frozenset[str]:
    """The names of the fields that the query selects under a field of the one being resolved.

    Fragments are looked through. A field that `@skip` leaves out is named too: it costs what it reads, no more.
    """
    return frozenset(
        child.name
        for own in info.selected_fields
        for under in _fields(own.selections)
        if under.name == field
        for child in _fields(under.selections)
    )


def _fields(selections: Iterable[Selection]) -> Iterator[SelectedField]:
    for selection in selections:
        if isinstance(selection, SelectedField):
            yield selection
        else:
            yield from _fields(selection.selections)
