"""How far a tag flows from where it is set: a walk for each marking, over the edges that let it through.

Nothing of it is stored: what flows is a matter of the edges, the words and the policy of one revision.
"""

import time
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from db.adjacency import Adjacency
from db.array_walk import Fresh, Mask, Sight, steps_of
from db.flood import NOT_MET, Flood
from db.ground import Ground
from db.packed import INDIRECT, MASKING, SUBTYPE_SHIFT, SUBTYPES, ids_of
from db.tag_policies import Rule
from db.walk import Direction, Node, Route, Step, node_order

Place: TypeAlias = tuple[int, UUID, UUID]
"""What reached nodes are in order by: the distance, the asset, and the column or, for all of them, NOWHERE."""

NOWHERE = UUID(int=0)


class Marking(StrEnum):
    """What a column has of a tag; the strongest first."""

    SET = "set"
    SAME = "same"
    DERIVED = "derived"
    INFLUENCED = "influenced"


MARKINGS = tuple(Marking)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a tag: where it is set, and what is clean of it."""

    origins: frozenset[Node] = frozenset()
    clean: frozenset[Node] = frozenset()


@dataclass(frozen=True, slots=True)
class Reached:
    """A column, or an asset as a whole, that has something of a tag.

    `distance` counts the edges of a shortest way that shows the marking; `number` is that of the node the way
    leads to, which of a column may be its asset as a whole; None if no edge touches it.
    """

    node: Node
    marking: Marking
    distance: int
    number: int | None


def through(rule: Rule) -> Mapping[Marking, Mask]:
    """For each marking which edges let a tag through with it or a stronger one, by their marks."""
    marks = np.arange(256)
    direct, subtype = marks & INDIRECT == 0, (marks >> SUBTYPE_SHIFT) - 1
    masks = marks & MASKING != 0
    stopped = masks if rule.stopped_by_masking else np.zeros(256, np.bool_)
    if rule.stopped_by_aggregation:
        stopped = stopped | (direct & (subtype == SUBTYPES.index("aggregation")))
    ways = {
        Marking.SAME: direct & (subtype == SUBTYPES.index("identity")) & ~masks,
        Marking.DERIVED: direct & ~stopped,
    }
    return ways | {Marking.INFLUENCED: ~stopped} if rule.include_influence else ways


@dataclass(slots=True)
class Passing(Sight):
    """A graph as a tag sees it: only edges that let it through, and none into what is clean of it."""

    open: Mask  # by mark
    clean: Mask  # by node

    def followed(self, edges: Fresh, near: Fresh, far: Fresh) -> Mask:
        """Which edges are followed."""
        keep = Sight.followed(self, edges, near, far)  # in a class with slots `super()` needs these words, too
        return keep & self.open[self.graph.marks[edges]] & ~self.clean[far]

    def all_of(self, fresh: Fresh) -> Fresh:
        """The nodes whose edges lead on: a whole that has the tag lends it to no column that is clean of it."""
        every = Sight.all_of(self, fresh)
        whole = self.graph.first[self.graph.asset_of[every]] == every
        lent: Fresh = every[~self.clean[every] | whole | np.isin(every, fresh)]
        return lent


class Flow:
    """What of a workspace a tag reaches."""

    def __init__(self, ground: Ground, rule: Rule | None, said: Said, seconds: float) -> None:
        """Walk from wherever the tag is set; without a rule it stays there.

        Cost: a walk over arrays for each marking.
        """
        self.graph, self.said = ground.graph, said
        self._numbers = {node: self.graph.number_of(node) for node in said.origins}
        self._columns = {node.column_pk for node in said.clean if node.column_pk is not None}
        clean, deadline, ended = self._clean(), time.monotonic() + seconds, True
        self._floods: dict[Marking, Flood] = {}
        for marking, open_ in (through(rule) if rule else {}).items():
            flood = self._floods[marking] = Flood(_passing(self.graph, open_, clean))
            flood.begin(*self._begun())
            ended &= flood.run(deadline)
        self.complete = ended and (ground.complete or not self._floods)

    def _begun(self) -> tuple[dict[int, int], dict[int, int]]:
        """What `Flood.begin` takes: of columns without edges, those of their asset lead on."""
        nodes = {number: 1 for number in self._numbers.values() if number is not None}
        wholes = [
            self.graph.number_of(Node(node.asset_pk))
            for node, number in self._numbers.items()
            if number is None
        ]
        return nodes, {number: 1 for number in wholes if number is not None}

    def _clean(self) -> Mask:
        graph = self.graph
        found = np.zeros(graph.node_count, np.bool_)
        for node in self.said.clean:
            asset, number = graph.asset_number(node.asset_pk), graph.number_of(node)
            if node.column_pk is None and asset is not None:
                found[graph.first[asset] : graph.first[asset + 1]] = True
            elif number is not None:
                found[number] = True
        return found

    def of(self, column: Node) -> Reached | None:
        """What a column has of the tag, for itself or from its asset as a whole; None if nothing."""
        whole = Node(column.asset_pk)
        found = [self._of_node(column, column)]
        if column.column_pk not in self._columns:
            found.append(self._of_node(whole, column))
        told = [each for each in found if each is not None]
        return min(told, key=lambda each: (MARKINGS.index(each.marking), each.distance), default=None)

    def _of_node(self, node: Node, shown: Node) -> Reached | None:
        number = self.graph.number_of(node)
        if node in self.said.origins:
            return Reached(shown, Marking.SET, 0, number)
        for marking, flood in self._floods.items() if number is not None else ():
            if flood.distance[number] != NOT_MET:
                return Reached(shown, marking, int(flood.distance[number]), number)
        return None

    @property
    def count(self) -> int:
        """How many columns, and assets as a whole, have something of the tag."""
        return len(self._order)

    def behind(self, place: Place | None, most: int) -> list[tuple[Place, Reached]]:
        """What has something of the tag, nearest first, behind a place.

        A column is told where it has more of it than its asset as a whole, which stands for all its columns.
        """
        begin = 0 if place is None else bisect_right(self._order, _key(*place), key=self._key_at)
        return [self._told(at) for at in self._order[begin : begin + most].tolist()]

    @cached_property
    def _strength(self) -> NDArray[np.int64]:
        """Of each node the place of its marking in MARKINGS; behind the last if it has none."""
        found = np.full(self.graph.node_count, len(MARKINGS), np.int64)
        for marking, flood in reversed(self._floods.items()):
            found[flood.distance != NOT_MET] = MARKINGS.index(marking)
        found[[number for number in self._numbers.values() if number is not None]] = 0
        return found

    @cached_property
    def _found(self) -> tuple[list[Node], Fresh]:
        """Origins that no edge touches, and the numbers of all other nodes that are told."""
        strength, first = self._strength, self.graph.first[self.graph.asset_of]
        whole = np.arange(self.graph.node_count) == first
        more = strength < strength[first]
        set_here = np.zeros_like(whole)
        set_here[[number for number in self._numbers.values() if number is not None]] = True
        shown = (strength < len(MARKINGS)) & (whole | more | set_here)
        return [node for node, number in self._numbers.items() if number is None], np.flatnonzero(shown)

    @cached_property
    def _distances(self) -> NDArray[np.int64]:
        strangers, numbers = self._found
        found = np.zeros(len(strangers) + len(numbers), np.int64)
        strength = self._strength[numbers]
        for marking, flood in self._floods.items():
            of_it = np.flatnonzero(strength == MARKINGS.index(marking))
            found[len(strangers) + of_it] = flood.distance[numbers[of_it]]
        return found

    @cached_property
    def _ids(self) -> NDArray[np.uint64]:
        """The ids of asset and column of all that is told, in four numbers each."""
        (strangers, numbers), graph = self._found, self.graph
        own = np.hstack(
            (
                ids_of([node.asset_pk for node in strangers]),
                ids_of([node.column_pk for node in strangers]),
            )
        )
        others = np.hstack((graph.asset_ids[graph.asset_of[numbers]], graph.column_ids[numbers]))
        return np.vstack((own, others))

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        """Places among all that is told, nearest first, then by ids."""
        return np.lexsort((*self._ids.T[::-1], self._distances))

    def _key_at(self, at: int) -> tuple[int, ...]:
        return int(self._distances[at]), *self._ids[at].tolist()

    def _told(self, at: int) -> tuple[Place, Reached]:
        strangers, numbers = self._found
        distance = int(self._distances[at])
        if at < len(strangers):
            reached = Reached(strangers[at], Marking.SET, distance, None)
        else:
            number = numbers[at - len(strangers)]
            (node,) = self.graph.nodes(np.array([number], np.int32))
            reached = Reached(node, MARKINGS[self._strength[number]], distance, int(number))
        node = reached.node
        return (distance, node.asset_pk, node.column_pk or NOWHERE), reached

    def ways(self, told: Collection[Reached], most: int) -> Iterator[tuple[Node, list[Step]]]:
        """For each of these where its tag is set, and the way from there, as far as `most` edges."""
        ways = [self._way(each) for each in told]
        every = np.array(sorted({edge for way in ways for edge in way[:most]}), np.int64)
        steps = dict(zip(every.tolist(), steps_of(self.graph, every).values(), strict=True))
        for reached, way in zip(told, ways, strict=True):
            yield self._origin(reached, way), [steps[edge] for edge in way[:most]]

    def _way(self, reached: Reached) -> list[int]:
        if reached.number is None or reached.marking is Marking.SET:
            return []
        return self._floods[reached.marking].way_to(reached.number)

    def _origin(self, reached: Reached, way: Sequence[int]) -> Node:
        """Where the tag is set that comes this way: at the first column, if several of an asset lead on."""
        near = reached.node
        if way:
            (near,) = self.graph.nodes(self.graph.sources[way[:1]])
        whole, origins = Node(near.asset_pk), self.said.origins
        if near in origins or whole in origins:
            return near if near in origins else whole
        return min((node for node in origins if node.asset_pk == near.asset_pk), key=node_order)


def _key(distance: int, asset_pk: UUID, column_pk: UUID) -> tuple[int, ...]:
    return distance, *ids_of([asset_pk, column_pk]).reshape(-1).tolist()


def _passing(graph: Adjacency, open_: Mask, clean: Mask) -> Passing:
    route = Route(0, Direction.DOWNSTREAM)
    return Passing(graph, route, None, graph.targets, graph.leaving, None, open_, clean)
