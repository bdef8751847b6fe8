"""Several walks downstream at once over arrays: which of them reach each node, how far away, and along what."""

import time
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from db.array_walk import Fresh, Mask, Sight
from db.packed import INDIRECT

Bits: TypeAlias = NDArray[np.uint64]
START = -1  # in the place of a node before the first edge of a way
NOT_MET = -1  # in the place of a distance


class Flood:
    """Walks under way: bit i of a number stands for walk i.

    `spreading` are assets that all edges are followed from once a part of them is met; their other parts are
    not told as met for that.
    """

    def __init__(self, sight: Sight, spreading: Mask | None = None) -> None:
        graph = sight.graph
        self.sight = sight
        self.held: Bits = np.zeros(graph.node_count, np.uint64)  # walks that begin at or met a node
        self.distance = np.full(graph.node_count, NOT_MET, np.int32)  # of the nearest beginning
        self.fresh: Fresh = np.empty(0, np.int64)
        self._wholes: Fresh = np.empty(0, np.int64)
        self._via = np.full(graph.node_count, START, np.int64)  # the edge that first met a node
        self._spreading = spreading
        self._followed: Bits = np.zeros(graph.node_count, np.uint64)
        self._of_asset: Bits = np.zeros(len(graph.asset_ids), np.uint64)
        self._broken: Bits = np.zeros(len(graph.asset_ids), np.uint64)
        self._arriving: Bits = np.zeros(graph.node_count, np.uint64)  # scratch: zero between levels
        self._carried: Bits = np.zeros(graph.node_count, np.uint64)  # scratch

    def begin(self, begun: Mapping[int, int], wholes: Mapping[int, int]) -> None:
        """Where walks begin: bits by node; of columns without edges, by the wholes of their assets."""
        nodes = np.array(sorted(begun), np.int64)
        self.held[nodes] |= np.array([begun[node] for node in sorted(begun)], np.uint64)
        self.distance[nodes] = 0
        assets = self.sight.graph.asset_of
        np.bitwise_or.at(self._of_asset, assets[nodes], self.held[nodes])
        self.fresh, self._wholes = nodes, np.array(sorted(wholes), np.int64)
        self._of_asset[assets[self._wholes]] |= np.array([wholes[node] for node in sorted(wholes)], np.uint64)

    def run(self, deadline: float) -> bool:
        """Go on until nothing new is met, or time is up; whether it was not. Cost: some 0.1 ms a level."""
        level = 0
        while len(self.fresh) + len(self._wholes):
            if time.monotonic() > deadline:
                return False
            self._level(level, self._leading())
            level += 1
        return True

    def _leading(self) -> tuple[Fresh, Bits]:
        """The nodes whose edges lead on from the fresh ones, and with which bits."""
        graph = self.sight.graph
        fresh, assets = self.fresh, graph.asset_of[self.fresh]
        if self._spreading is not None:
            spread = self._spreading[assets] & (self._broken[assets] != 0)
            fresh = np.unique(np.concatenate((fresh, graph.first[assets[spread]].astype(np.int64))))
        every = np.union1d(self.sight.all_of(fresh), self._wholes).astype(np.int64)
        self._wholes = self._wholes[:0]
        assets = graph.asset_of[every]
        whole = graph.first[assets]
        bits = self.held[every] | np.where(whole == every, self._of_asset[assets], self.held[whole])
        if self._spreading is not None:
            bits |= np.where(self._spreading[assets], self._broken[assets], np.uint64(0))
        return every, bits

    def _level(self, level: int, leading: tuple[Fresh, Bits]) -> None:
        nodes, bits = leading
        bits = bits & ~self._followed[nodes]
        nodes, bits = nodes[bits != 0], bits[bits != 0]
        self._followed[nodes] |= bits
        self._carried[nodes] = bits
        edges, near, far = self.sight.edges_of(nodes)
        np.bitwise_or.at(self._arriving, far, self._carried[near])
        indirect = (self.sight.graph.marks[edges] & INDIRECT).astype(np.int64)
        order = np.argsort((indirect << 40) | edges)
        met, place = np.unique(far[order], return_index=True)
        new = self._arriving[met] & ~self.held[met]
        self._arriving[met] = 0
        first = self.distance[met] == NOT_MET
        self.distance[met[first]] = level + 1
        self._via[met[first]] = edges[order][place[first]]
        met, new = met[new != 0], new[new != 0]
        self.held[met] |= new
        assets = self.sight.graph.asset_of[met]
        np.bitwise_or.at(self._of_asset, assets, new)
        if self._spreading is not None:
            np.bitwise_or.at(self._broken, assets, new)
        self.fresh = met.astype(np.int64)

    def way_to(self, node: int) -> list[int]:
        """The edges that lead to a node from where the nearest walk begins: a shortest way.

        An edge may leave another node of the asset than the one before arrived at: the asset as a whole stands
        for its columns. Cost: 5 µs an edge.
        """
        way: list[int] = []
        while (edge := int(self._via[node])) != START:
            way.append(edge)
            if self.distance[node] == 1:
                break
            node = self._before(edge, int(self.distance[node]) - 1)
        return way[::-1]

    def _before(self, edge: int, distance: int) -> int:
        """The node at this distance from which an edge leads on."""
        graph = self.sight.graph
        near = int(graph.sources[edge])
        asset = graph.asset_of[near]
        begin, end = int(graph.first[asset]), int(graph.first[asset + 1])
        for node in (near, begin):
            if self.distance[node] == distance:
                return node
        return begin + int(np.argmax(self.distance[begin:end] == distance))
