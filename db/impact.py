"""What changes would reach: every column and asset behind them, how far away, along what, and why."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from db.adjacency import Adjacency
from db.array_walk import Fresh, sight_of, steps_of
from db.census import KINDS, kind_numbers
from db.flood import NOT_MET, Bits, Flood
from db.ground import Ground
from db.packed import uuids
from db.walk import Direction, Node, Route, Step

Key = TypeVar("Key")

MAX_CHANGES = 50  # at once: each is a bit of 64
RUN_WHEN_READ = kind_numbers(("view", "procedure", "function"))
"""Kinds of assets that fail as a whole when their statement names what is not there any more."""


class ChangeKind(StrEnum):
    """What would be done to a column or asset."""

    DROP_COLUMN = "drop_column"
    RENAME_COLUMN = "rename_column"
    DROP_ASSET = "drop_asset"
    RETYPE_COLUMN = "retype_column"
    CHANGE_EXPRESSION = "change_expression"

    @property
    def takes_a_name_away(self) -> bool:
        """Whether statements that name it fail."""
        return self in {ChangeKind.DROP_COLUMN, ChangeKind.RENAME_COLUMN, ChangeKind.DROP_ASSET}


class Reason(StrEnum):
    """Why something is reached; the strongest first."""

    VALUE = "value"
    INFLUENCE = "influence"
    BREAKAGE = "breakage"


@dataclass(frozen=True, slots=True)
class Change:
    """What would be done, and to which column or asset."""

    kind: ChangeKind
    node: Node


@dataclass(frozen=True, slots=True)
class Affected:
    """A column, or an asset as a whole, that changes reach.

    `distance` is the number of edges of the shortest way there; `breaks` tells whether a change that takes a
    name away is among `changes`, which are their places.
    """

    number: int
    node: Node
    distance: int
    reason: Reason
    breaks: bool
    changes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AffectedAsset:
    """An asset of which something is reached: as near and as strongly as the nearest and strongest part."""

    pk: UUID
    distance: int
    reason: Reason
    breaks: bool
    node_count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is reached in all."""

    columns: int
    wholes: int
    assets: int
    by_reason: Mapping[Reason, int]
    by_asset_kind: Mapping[str, int]
    by_distance: Mapping[int, int]


REASONS = tuple(Reason)


class _Begun:
    """Where changes begin in a graph."""

    def __init__(self, graph: Adjacency, changes: Sequence[Change]) -> None:
        self.bits_at: Bits = np.zeros(graph.node_count, np.uint64)
        self._nodes: list[Fresh] = []
        self._wholes: list[int | None] = []
        for at, change in enumerate(changes):
            whole, own = graph.number_of(Node(change.node.asset_pk)), graph.number_of(change.node)
            nodes = np.empty(0, np.int64) if own is None else np.array([own])
            if own is not None and own == whole:
                asset = graph.asset_of[own]
                nodes = np.arange(graph.first[asset], graph.first[asset + 1], dtype=np.int64)
            self.bits_at[nodes] |= _bits([at])
            self._nodes.append(nodes)
            self._wholes.append(whole)

    def bits(self, chosen: Collection[int]) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """What `Flood.begin` takes for these changes."""
        begun: dict[int, int] = {}
        wholes: dict[int, int] = {}
        for at in chosen:
            whole = self._wholes[at]
            for node in self._nodes[at].tolist():
                begun[node] = begun.get(node, 0) | 1 << at
            if not len(self._nodes[at]) and whole is not None:
                wholes[whole] = wholes.get(whole, 0) | 1 << at
        return begun, wholes

    def nodes_of(self, change: int) -> Fresh:
        """What a change is about: a column and, for what concerns all of an asset, the whole."""
        whole = self._wholes[change]
        return np.append(self._nodes[change], [] if whole is None else [whole]).astype(np.int64)


class Impact:
    """What changes reach. All of it is counted; as much is named as somebody asks for.

    What is changed itself is not among it: `reached_by` tells which of the other changes reach that.
    """

    def __init__(
        self, ground: Ground, changes: Sequence[Change], kinds: frozenset[str], seconds: float
    ) -> None:
        """Walk from all changes at once. Cost: a walk over arrays for each reason."""
        self.ground, self.changes = ground, changes
        graph, self._begun = ground.graph, _Begun(ground.graph, changes)
        deadline = time.monotonic() + seconds
        self._floods: dict[Reason, Flood] = {}
        ended = True
        for reason, followed, spreads in _ways(kinds):
            chosen = [at for at, each in enumerate(changes) if each.kind.takes_a_name_away or not spreads]
            if not chosen:
                continue
            route = Route(0, Direction.DOWNSTREAM, kinds=followed)
            spreading = np.isin(ground.kinds, RUN_WHEN_READ) if spreads else None
            flood = self._floods[reason] = Flood(sight_of(graph, route), spreading)
            flood.begin(*self._begun.bits(chosen))
            ended &= flood.run(deadline)
        self._held = np.zeros(graph.node_count, np.uint64)
        self._distance = np.full(graph.node_count, np.iinfo(np.int32).max, np.int32)
        for flood in self._floods.values():
            self._held |= flood.held
            met = flood.distance != NOT_MET
            self._distance[met] = np.minimum(self._distance[met], flood.distance[met])
        self._affected: Fresh = np.flatnonzero((self._held != 0) & (self._begun.bits_at == 0))
        self.complete = ended and ground.complete

    @cached_property
    def nearest(self) -> Fresh:
        """The numbers of all nodes that are reached, nearest first."""
        return self._affected[np.argsort(self._distance[self._affected], kind="stable")]

    def named(self, most: int) -> list[Affected]:
        """The nearest of what is reached."""
        numbers = self.nearest[:most]
        taking = _bits(at for at, each in enumerate(self.changes) if each.kind.takes_a_name_away)
        return [
            Affected(number, node, distance, reason, bool(np.uint64(held) & taking), _places(held))
            for number, node, distance, reason, held in zip(
                numbers.tolist(),
                self.ground.graph.nodes(numbers.astype(np.int32)),
                self._distance[numbers].tolist(),
                self._reasons(numbers),
                self._held[numbers].tolist(),
                strict=True,
            )
        ]

    def assets(self, most: int) -> list[AffectedAsset]:
        """The nearest assets of which something is reached."""
        graph, numbers = self.ground.graph, self.nearest
        owners = graph.asset_of[numbers]
        assets, first, place = np.unique(owners, return_index=True, return_inverse=True)
        strongest = np.full(len(assets), len(Reason), np.int64)
        np.minimum.at(strongest, place, self._strengths(numbers))
        held = np.zeros(len(assets), np.uint64)
        np.bitwise_or.at(held, place, self._held[numbers])
        count = np.bincount(place, minlength=len(assets))
        taking = _bits(at for at, each in enumerate(self.changes) if each.kind.takes_a_name_away)
        order = np.argsort(first)[:most]
        nodes = graph.nodes(graph.first[assets[order]])
        distances = self._distance[numbers[first[order]]]
        return [
            AffectedAsset(
                node.asset_pk, int(distance), REASONS[strongest[at]], bool(held[at] & taking), int(count[at])
            )
            for node, distance, at in zip(nodes, distances, order, strict=True)
        ]

    def asset_pks(self) -> list[UUID]:
        """All assets of which something is reached."""
        graph = self.ground.graph
        return uuids(graph.asset_ids[np.unique(graph.asset_of[self._affected])])

    def counts(self) -> Counts:
        """Everything that is reached, counted."""
        graph, numbers = self.ground.graph, self._affected
        assets = np.unique(graph.asset_of[numbers])
        wholes = int(np.count_nonzero(graph.first[graph.asset_of[numbers]] == numbers))
        kinds = np.bincount(self.ground.kinds[assets], minlength=len(KINDS)).tolist()
        reasons = np.bincount(self._strengths(numbers), minlength=len(Reason)).tolist()
        distances = np.bincount(self._distance[numbers]).tolist()
        return Counts(
            columns=len(numbers) - wholes,
            wholes=wholes,
            assets=len(assets),
            by_reason=_some(zip(REASONS, reasons, strict=True)),
            by_asset_kind=_some(zip(KINDS, kinds, strict=True)),
            by_distance=_some(enumerate(distances)),
        )

    def reached_by(self, change: int) -> tuple[int, ...]:
        """Which changes reach what another is about, or a part of it, and are not about that themselves."""
        nodes = self._begun.nodes_of(change)
        arrived = self._held[nodes] & ~self._begun.bits_at[nodes]
        return tuple(at for at in _places(int(np.bitwise_or.reduce(arrived, initial=0))) if at != change)

    def count_of(self, change: int) -> int:
        """How many nodes a change reaches."""
        return int(np.count_nonzero(self._held[self._affected] & _bits([change])))

    def ways(
        self, named: Collection[Affected], most: int
    ) -> tuple[Mapping[int, Sequence[Step]], Mapping[int, int]]:
        """A shortest way to each of these that shows its reason, as far as `most` edges; and how long it is."""
        ways = {each.number: self._floods[each.reason].way_to(each.number) for each in named}
        every = np.array(sorted({edge for way in ways.values() for edge in way[:most]}), np.int64)
        steps = dict(zip(every.tolist(), steps_of(self.ground.graph, every).values(), strict=True))
        return (
            {number: [steps[edge] for edge in way[:most]] for number, way in ways.items()},
            {number: len(way) for number, way in ways.items()},
        )

    def frontier(self, named: Collection[Affected]) -> list[Node]:
        """Which of these lead on to what is not among them, or to what nobody looked at."""
        graph = self.ground.graph
        here = np.array([each.number for each in named], np.int64)
        others = np.zeros(graph.node_count, np.bool_)
        others[self._affected] = True
        others[here] = False
        ahead = [node.number for node in named if node.node.asset_pk in self.ground.left]
        leading = np.zeros(graph.node_count, np.bool_)
        leading[ahead] = True
        around = np.unique(graph.first[graph.asset_of[here]]).astype(np.int64)
        for flood in self._floods.values():
            leading[flood.fresh] = True
            _, near, far = flood.sight.edges_of(flood.sight.all_of(around))
            leading[near[others[far]]] = True
        any_leads = np.zeros(len(graph.asset_ids), np.bool_)
        any_leads[graph.asset_of[np.flatnonzero(leading)]] = True
        owners = graph.asset_of[here]
        whole = graph.first[owners] == here
        open_ = whole | np.isin(self.ground.kinds[owners], RUN_WHEN_READ)
        found = leading[here] | leading[graph.first[owners]] | (open_ & any_leads[owners])
        return graph.nodes(here[found].astype(np.int32))

    def _strengths(self, numbers: Fresh) -> NDArray[np.int64]:
        """The places of the strongest reasons among all."""
        found = np.full(len(numbers), len(Reason), np.int64)
        for reason, flood in self._floods.items():
            place = REASONS.index(reason)
            found[(flood.held[numbers] != 0) & (found > place)] = place
        return found

    def _reasons(self, numbers: Fresh) -> list[Reason]:
        return [REASONS[place] for place in self._strengths(numbers).tolist()]


def _ways(kinds: frozenset[str]) -> Iterator[tuple[Reason, frozenset[str], bool]]:
    """For each reason the kinds of edges that it travels along, and whether it spreads over what fails."""
    if not kinds or "direct" in kinds:
        yield Reason.VALUE, frozenset({"direct"}), False
    if kinds != {"direct"}:
        yield Reason.INFLUENCE, kinds, False
    yield Reason.BREAKAGE, kinds, True


def _bits(places: Iterable[int]) -> np.uint64:
    return np.uint64(sum(1 << place for place in places))


def _places(bits: int) -> tuple[int, ...]:
    return tuple(place for place in range(MAX_CHANGES) if bits >> place & 1)


def _some(counted: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    return {key: count for key, count in counted if count}
