"""What a question about the graph is answered over: its edges as arrays, all of them or those that matter."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from db.adjacency import Adjacency, build
from db.census import kinds_of
from db.packed import INDIRECT, MASKING, SUBTYPE_SHIFT, SUBTYPES, Packed, ids_of
from db.session import Session
from db.walk import Direction, Node, Route, edges_leading_on

ASSETS_AT_ONCE = 400  # asked about in one statement
MAX_EDGES = 1_000_000  # gathered by SQL: some 300 MB while it lasts


@dataclass(frozen=True, slots=True)
class Ground:
    """Edges in arrays, with the kind of each of their assets.

    `left` are assets whose edges are not all here, because time or room ran out: none if all is here.
    """

    graph: Adjacency
    kinds: NDArray[np.uint8]
    left: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def complete(self) -> bool:
        return not self.left


def gathered(session: Session, assets: Collection[UUID], at: int, seconds: float) -> Ground:
    """All edges downstream of some assets, read by SQL: at any revision, whether a graph is in memory or not.

    Whatever leads on from a column leads on from its asset, so that more is read than matters, never less.
    Cost: one query a level for each 400 assets; it ends when the time is spent.
    """
    deadline = time.monotonic() + seconds
    route = Route(at, Direction.DOWNSTREAM)
    known, fresh = set(assets), sorted(set(assets), key=lambda pk: pk.hex)
    edges: dict[UUID, Any] = {}
    while fresh and time.monotonic() < deadline and len(edges) < MAX_EDGES:
        some, fresh = fresh[:ASSETS_AT_ONCE], fresh[ASSETS_AT_ONCE:]
        rows = list(edges_leading_on(session, [Node(pk) for pk in some], route))
        edges |= {row.pk: row for row in rows}
        new = {row.target_asset_pk for row in rows} - known
        known |= new
        fresh += sorted(new, key=lambda pk: pk.hex)
    graph = build(_packed(list(edges.values())))
    return Ground(graph, kinds_of(session, graph.asset_ids, at), frozenset(fresh))


def _packed(rows: Collection[Any]) -> Packed:
    ends = ("pk", "source_asset_pk", "source_column_pk", "target_asset_pk", "target_column_pk")
    ids = np.array([ids_of([getattr(row, end) for row in rows]) for end in ends], np.uint64)
    return Packed(ids.reshape(len(ends), len(rows), 2), np.array([_marks(row) for row in rows], np.uint8))


def _marks(row: Any) -> int:
    subtype = SUBTYPES.index(row.subtype) + 1
    kind = 0 if row.kind == "direct" else INDIRECT
    return subtype << SUBTYPE_SHIFT | kind | (MASKING if row.masking else 0)
