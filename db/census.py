"""All assets of a workspace as arrays: which there are, what kind each is of, and their order by name."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func
from sqlmodel import col, select

from db.catalog import CHUNK, ONLY_USED
from db.filters import KINDS_BY_STRENGTH, STRENGTH
from db.lineage import Asset, AssetFact, seen
from db.packed import NO_IDS, Ids, find, ids_of, sorted_ids, uuids
from db.session import Session

KINDS = (*KINDS_BY_STRENGTH, ONLY_USED)
"""Kinds by their number in arrays: what `strength` gives."""


@dataclass(frozen=True, slots=True)
class Census:
    """The assets that readers see at a revision, 25 bytes each."""

    ids: Ids  # in order of the ids
    kinds: NDArray[np.uint8]  # of each: its place in KINDS
    by_name: NDArray[np.int32]  # places in `ids`, by namespace and name

    @property
    def size_bytes(self) -> int:
        return self.ids.nbytes + self.kinds.nbytes + self.by_name.nbytes

    def kinds_of(self, ids: Ids) -> NDArray[np.uint8]:
        """The kinds of these assets; `external` for one that is not here."""
        place = find(self.ids, ids)
        found = np.full(len(ids), len(KINDS) - 1, np.uint8)
        found[place >= 0] = self.kinds[place[place >= 0]]
        return found


def census(session: Session, workspace: str, at: int) -> Census:
    """Count all assets of a workspace. Cost: one query, some 0.5 s for 100,000 of them."""
    query = _kinds(at).join(Asset, col(Asset.pk) == col(AssetFact.asset_pk))
    of_workspace = query.where(col(AssetFact.workspace) == workspace)
    rows = session.execute(of_workspace.order_by(func.min(Asset.namespace), func.min(Asset.name_key))).all()
    named = np.concatenate((NO_IDS, ids_of([row[0] for row in rows])))
    ids = sorted_ids(named)
    by_name = find(ids, named)
    kinds = np.empty(len(ids), np.uint8)
    kinds[by_name] = [row[1] for row in rows]
    return Census(ids, kinds, by_name.astype(np.int32))


def kinds_of(session: Session, ids: Ids, at: int) -> NDArray[np.uint8]:
    """The kinds of some assets, as `Census.kinds_of` gives them. Cost: one query for each 400."""
    pks = uuids(ids)
    found: dict[UUID, int] = {}
    for begin in range(0, len(pks), CHUNK):
        some = _kinds(at).where(col(AssetFact.asset_pk).in_(pks[begin : begin + CHUNK]))
        found.update((pk, kind) for pk, kind in session.execute(some))
    return np.array([found.get(pk, len(KINDS) - 1) for pk in pks], np.uint8)


def _kinds(at: int) -> Any:
    kind = func.min(STRENGTH)
    return select(AssetFact.asset_pk, kind).where(seen(AssetFact, at)).group_by(col(AssetFact.asset_pk))


def kind_numbers(kinds: Collection[str]) -> list[int]:
    """The numbers of kinds in arrays."""
    return [KINDS.index(kind) for kind in kinds]
