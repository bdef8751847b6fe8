"""What a document asks for, told from its text alone: how deep, under how many names, and for how much.

Every selection set is looked at once, and so is every fragment, however often it is spread: what it comes to is
kept and added up. Nothing here recurses, so that no document is too deep to be measured.
"""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

SIZES = ("first", "last", "maxNodes")  # arguments that say how long the lists below a field may be
UNSIZED = 10  # items that a list is taken to have where nothing says how many
MOST = 5_000  # items that any field gives; it refuses larger sizes in its own words
MAX_DIGITS = 9  # of a size that is worth reading
CEILING = (1 << 53) - 1  # what is more than this is not counted further: JSON has no larger number


class Weight(NamedTuple):
    """What a selection comes to, everything that it spreads included.

    `once` counts the fields that are answered once; `paged` those that are answered for each item of a list
    whose length the field above may say.
    """

    depth: int = 0  # of fields in fields
    nesting: int = 0  # of braces in braces, through fragments too
    aliases: int = 0
    once: int = 0
    paged: int = 0

    def cost(self, items: int = UNSIZED) -> int:
        """How many fields may have to be answered, if lists whose length nothing says have so many items."""
        return min(self.once + self.paged * items, CEILING)

    @classmethod
    def of(cls, parts: Sequence["Weight"]) -> "Weight":
        """All of these, selected of one object."""
        if not parts:
            return NOTHING
        depths, nestings, *counts = zip(*parts, strict=True)
        return cls(max(depths), max(nestings), *(min(sum(each), CEILING) for each in counts))

    def wrapped(self) -> "Weight":
        """The same in a fragment."""
        return self._replace(nesting=self.nesting + 1)


NOTHING = Weight()


class Scale:
    """Weighs the operations of one document, with these values of its variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema, self._given = schema, variables
        self._sizes: Mapping[str, Any] = variables
        self._fields: dict[
            int, GraphQLField | None
        ] = {}  # by the identity of their nodes, which the document keeps
        self._sets: dict[int, Weight] = {}
        self._fragments: dict[str, Weight] = {}
        self._operations: list[OperationDefinitionNode] = []
        self._named: dict[str, FragmentDefinitionNode] = {}
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._operations.append(node)
            elif isinstance(node, FragmentDefinitionNode):
                self._named.setdefault(node.name.value, node)

    def weigh(self, operation_name: str | None) -> Weight:
        """What the operation of this name comes to, or the only one; nothing if there is none."""
        for operation in self._operations:
            if operation_name is None or (operation.name and operation.name.value == operation_name):
                return self._weighed(operation)
        return NOTHING

    def _weighed(self, operation: OperationDefinitionNode) -> Weight:
        defaults = {
            each.variable.name.value: number(each.default_value)
            for each in operation.variable_definitions or ()
        }
        self._sizes = defaults | dict(self._given)
        sets = {
            name: self._listed(node.selection_set, self._schema.get_type(node.type_condition.name.value))
            for name, node in self._named.items()
        }
        spread = {name: {each for one in sets[name] for each in spreads(one)} for name in sets}
        for name in inner_first(spread):
            if name in sets:
                self._fragments[name] = self._sum(sets[name])
        root = self._schema.get_root_type(operation.operation)
        found = self._sum(self._listed(operation.selection_set, root))
        goes_round = len(self._fragments) < len(sets)  # what comes after us may follow all the way, once
        return found._replace(nesting=max(found.nesting, len(sets))) if goes_round else found

    def _listed(self, outermost: SelectionSetNode, of: Any) -> list[SelectionSetNode]:
        """A selection set and all within it, each behind that which holds it; notes what its fields are."""
        found, waiting = [], [(outermost, of)]
        while waiting:
            selection, parent = waiting.pop()
            found.append(selection)
            for node in selection.selections:
                if isinstance(node, FieldNode):
                    field = self._fields[id(node)] = self._field(parent, node)
                    if node.selection_set:
                        waiting.append((node.selection_set, field and get_named_type(field.type)))
                elif isinstance(node, InlineFragmentNode):
                    condition = node.type_condition
                    inner = self._schema.get_type(condition.name.value) if condition else parent
                    waiting.append((node.selection_set, inner))
        return found

    def _field(self, parent: Any, node: FieldNode) -> GraphQLField | None:
        """What is asked for; None if there is no such thing, which validation tells later."""
        return self._schema.get_field(parent, node.name.value) if is_composite_type(parent) else None

    def _sum(self, sets: list[SelectionSetNode]) -> Weight:
        for selection in reversed(sets):
            own = [self._of(node) for node in selection.selections if not isinstance(node, FragmentSpreadNode)]
            # What is spread twice in one place is answered once.
            spread = [self._fragments.get(name, NOTHING).wrapped() for name in set(spreads(selection))]
            self._sets[id(selection)] = Weight.of(own + spread)
        return self._sets[id(sets[0])]

    def _of(self, node: SelectionNode) -> Weight:
        if isinstance(node, InlineFragmentNode):
            return self._sets[id(node.selection_set)].wrapped()
        if not isinstance(node, FieldNode):
            return NOTHING
        alias, own = int(node.alias is not None), int(node.name.value != "__typename")
        if not node.selection_set:
            return Weight(1, 0, alias, own)
        under, field = self._sets[id(node.selection_set)], self._fields[id(node)]
        size = self._size(field, node)
        once, paged = own, 0
        if field is None or not is_list_type(get_nullable_type(field.type)):
            once += under.cost(UNSIZED if size is None else size)
        elif size is None:
            paged = under.cost()
        else:
            once += min(size * under.cost(), CEILING)
        return Weight(under.depth + 1, under.nesting + 1, under.aliases + alias, once, paged)

    def _size(self, field: GraphQLField | None, node: FieldNode) -> int | None:
        """How long the lists below a field may be; None if nothing says so."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        for name in SIZES:
            argument = field.args.get(name) if field else None
            if argument is None:
                continue
            value = given.get(name)
            variable = value.name.value if isinstance(value, VariableNode) else None
            size = self._sizes.get(variable) if variable else number(value)
            if type(size) is not int:
                size = argument.default_value
            if type(size) is int:
                return min(max(size, 0), MOST)
        return None


def number(value: Any) -> int | None:
    """The number that is written somewhere; of one with many digits it matters only that it is large."""
    if not isinstance(value, IntValueNode):
        return None
    return int(value.value) if len(value.value) <= MAX_DIGITS else MOST


def spreads(selection: SelectionSetNode) -> Iterator[str]:
    """The fragments that stand in a selection set itself."""
    return (node.name.value for node in selection.selections if isinstance(node, FragmentSpreadNode))


def inner_first(spread: Mapping[str, set[str]]) -> list[str]:
    """Fragments in an order in which each comes behind those that it spreads; none if they go in a circle.

    A circle is refused by validation: what it comes to does not matter.
    """
    try:
        return list(TopologicalSorter(spread).static_order())
    except CycleError:
        return []
