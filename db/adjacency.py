"""The edges of a workspace as arrays: which nodes there are, and which edges leave and enter each.

Nodes are numbered by the ids of their assets and, within these, of their columns; an asset as a whole comes
before its columns. Edges are numbered by source, target and id. So the edges that leave a node, or an asset,
stand side by side, and their order is one that SQL can keep too.
"""

from dataclasses import dataclass, fields
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from db.packed import OVERRULED, SUBTYPE_SHIFT, SUBTYPES, Ids, Packed, find, ids_of, sorted_ids, uuids
from db.walk import DEPENDENCY, Node

Numbers: TypeAlias = NDArray[np.int32]
DEPENDENCIES = SUBTYPES.index(DEPENDENCY) + 1


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Edges both ways in compressed rows, never changed once made: `a` assets, `n` nodes, `m` edges.

    29 bytes an edge (12 of them for the way there and back, 16 for its id), 28 a node and 20 an asset.
    """

    asset_ids: Ids  # a
    first: Numbers  # a + 1: the node of each asset as a whole
    asset_of: Numbers  # n
    column_ids: Ids  # n; zero for an asset as a whole
    edge_ids: Ids  # m
    marks: NDArray[np.uint8]  # m: kind, masking and subtype, and whether finer edges are known
    sources: Numbers  # m
    targets: Numbers  # m
    entering_edges: Numbers  # m: edges by target
    leaving: Numbers  # n + 1: where the edges that leave a node begin
    entering: Numbers  # n + 1: where the edges that enter a node begin, among `entering_edges`

    @property
    def size_bytes(self) -> int:
        return sum(getattr(self, field.name).nbytes for field in fields(self))

    @property
    def edge_count(self) -> int:
        return len(self.marks)

    @property
    def node_count(self) -> int:
        return len(self.asset_of)

    def number_of(self, node: Node) -> int | None:
        """A node's number; None if no edge ever touched it."""
        asset = self.asset_number(node.asset_pk)
        if asset is None:
            return None
        begin, end = int(self.first[asset]), int(self.first[asset + 1])
        if node.column_pk is None:
            return begin
        place = find(self.column_ids[begin:end], ids_of([node.column_pk]))[0]
        return begin + int(place) if place >= 0 else None

    def asset_number(self, pk: UUID) -> int | None:
        """An asset's number; None if no edge ever touched it."""
        place = int(find_one(self.asset_ids, pk))
        return place if place >= 0 else None

    def nodes(self, numbers: Numbers) -> list[Node]:
        """Nodes by their numbers."""
        assets = uuids(self.asset_ids[self.asset_of[numbers]])
        columns = uuids(self.column_ids[numbers])
        whole = (self.first[self.asset_of[numbers]] == numbers).tolist()
        return [
            Node(asset) if alone else Node(asset, column)
            for asset, column, alone in zip(assets, columns, whole, strict=True)
        ]


def find_one(table: Ids, pk: UUID) -> int:
    """Where in a sorted table an id stands; -1 if it does not. Cost: a binary search."""
    wanted = ids_of([pk])
    begin, end = (int(np.searchsorted(table[:, 0], wanted[0, 0], side)) for side in ("left", "right"))
    for place in range(begin, end):
        if table[place, 1] == wanted[0, 1]:
            return place
    return -1


def build(packed: Packed) -> Adjacency:
    """Number the ends of edges and lay the edges out.

    Cost: 2 µs and 100 bytes an edge while it lasts, most of it sorts: others may use the interpreter then.
    """
    edge_ids, source_assets, source_columns, target_assets, target_columns = packed.ids
    asset_ids = sorted_ids(np.concatenate((source_assets, target_assets)))
    owners = np.concatenate((find(asset_ids, source_assets), find(asset_ids, target_assets)))
    columns = np.concatenate((source_columns, target_columns))
    named = columns.any(axis=1)
    column_ids = sorted_ids(columns[named])
    places = find(column_ids, columns[named])
    owner = np.zeros(len(column_ids), np.int64)
    owner[places] = owners[named]
    order = np.argsort(owner, kind="stable")
    numbers = np.empty(len(owner), np.int64)
    numbers[order] = np.arange(len(owner)) + owner[order] + 1  # behind so many wholes, its own asset's too
    count = np.bincount(owner, minlength=len(asset_ids))
    first = _offsets(count + 1)
    ends = first[owners]
    ends[named] = numbers[places]
    sources, targets = ends[: len(packed)], ends[len(packed) :]
    by_id = np.lexsort((edge_ids[:, 0], (sources.astype(np.int64) << 32) | targets))
    node_columns = np.zeros((len(numbers) + len(asset_ids), 2), np.uint64)
    node_columns[numbers] = column_ids
    return lay_out(
        asset_ids, node_columns, edge_ids[by_id], packed.marks[by_id], (sources[by_id], targets[by_id])
    )


def lay_out(
    asset_ids: Ids,
    column_ids: Ids,
    edge_ids: Ids,
    marks: NDArray[np.uint8],
    ends: tuple[NDArray[np.integer], NDArray[np.integer]],
) -> Adjacency:
    """Lay out edges that are in order already, whose ends (source, target) are numbers of nodes."""
    sources, targets = (end.astype(np.int32, copy=False) for end in ends)
    whole = ~column_ids.any(axis=1)
    asset_of = (np.cumsum(whole) - 1).astype(np.int32)
    count = len(column_ids)
    return Adjacency(
        asset_ids=asset_ids,
        first=np.append(np.flatnonzero(whole), count).astype(np.int32),
        asset_of=asset_of,
        column_ids=column_ids,
        edge_ids=edge_ids,
        marks=_overruled(marks, asset_of[sources], asset_of[targets]),
        sources=sources,
        targets=targets,
        entering_edges=np.argsort(targets, kind="stable").astype(np.int32),
        leaving=_offsets(np.bincount(sources, minlength=count)),
        entering=_offsets(np.bincount(targets, minlength=count)),
    )


def _offsets(counts: NDArray[np.integer]) -> Numbers:
    """Where each begins, if there are so many of each; the last is where all end."""
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int32)


def _overruled(marks: NDArray[np.uint8], sources: Numbers, targets: Numbers) -> NDArray[np.uint8]:
    """Marks, with OVERRULED on each dependency between two assets of which something finer is known."""
    marks = marks & np.uint8(0xFF ^ OVERRULED)
    dependency = marks >> SUBTYPE_SHIFT == DEPENDENCIES
    if dependency.any():
        pairs = (sources.astype(np.int64) << 32) | targets
        marks[dependency & np.isin(pairs, pairs[~dependency])] |= OVERRULED
    return marks
