"""Which assets of a graph in memory fit a filter."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from sqlmodel import select

from db.adjacency import Adjacency
from db.filters import AssetFilter, conditions
from db.lineage import Asset
from db.packed import NO_IDS, find, ids_of
from db.session import Session
from db.walk import Node


def fitting(
    session: Session, graph: Adjacency, workspace: str, wanted: AssetFilter, at: int
) -> NDArray[np.bool_]:
    """For each asset of the graph whether it fits. Cost: one query over all assets of the workspace."""
    query = select(Asset.pk).where(Asset.workspace == workspace, *conditions(wanted, at))
    places = find(graph.asset_ids, np.concatenate((NO_IDS, ids_of(session.scalars(query).all()))))
    fit = np.zeros(len(graph.asset_ids), np.bool_)
    fit[places[places >= 0]] = True
    return fit


def begun_at(graph: Adjacency, fit: NDArray[np.bool_], start: Collection[Node]) -> NDArray[np.bool_]:
    """The same, but where a walk begins always fits."""
    numbers = [graph.asset_number(node.asset_pk) for node in start]
    fit = fit.copy()
    fit[[number for number in numbers if number is not None]] = True
    return fit
