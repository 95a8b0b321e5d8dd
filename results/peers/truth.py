"""Exact neighbours, computed once per data set and metric, and the one recall every side is judged by."""

import os

import numpy as np

from vectors import read, write_bin

KEPT = 100
BLOCK_ROWS = 65_536
SPARE_CANDIDATES = 32
TIE_TOLERANCE = 1e-9


class Truth:
    """Exact ids (for Apus) and distances (for recall), nearest first, smaller is closer."""

    def __init__(self, data):
        self.neighbors_path = data.folder / f"neighbors-{data.metric}.ibin"
        self.distances_path = data.folder / f"distances-{data.metric}.npy"
        if not self.distances_path.exists():
            self.compute(data)
        self.distances = np.load(self.distances_path)

    def compute(self, data):
        base, queries = data.base(), data.queries()
        candidates = nearest_candidates(base, queries, data.metric, min(KEPT + SPARE_CANDIDATES, len(base)))
        ids, distances = exactly_ordered(base, queries, candidates, data.metric, min(KEPT, len(base)))
        write_bin(self.neighbors_path, ids, "<i4")
        partial = self.distances_path.with_name(f"distances.{os.getpid()}.part.npy")
        np.save(partial, distances)
        os.replace(partial, self.distances_path)

    def neighbors(self):
        return read(self.neighbors_path)


def nearest_candidates(base, queries, metric, count):
    """The `count` nearest rows by float32 arithmetic, in no order; O(rows * queries * dimension)."""
    best_distances = np.empty((len(queries), 0), dtype=np.float32)
    best_ids = np.empty((len(queries), 0), dtype=np.int64)
    for start in range(0, len(base), BLOCK_ROWS):
        block = np.asarray(base[start : start + BLOCK_ROWS])
        distances = np.hstack([best_distances, block_distances(block, queries, metric)])
        fresh = np.broadcast_to(np.arange(start, start + len(block)), (len(queries), len(block)))
        ids = np.hstack([best_ids, fresh])
        if distances.shape[1] > count:
            kept = np.argpartition(distances, count - 1, axis=1)[:, :count]
            distances, ids = np.take_along_axis(distances, kept, 1), np.take_along_axis(ids, kept, 1)
        best_distances, best_ids = distances, ids
    return best_ids


def block_distances(block, queries, metric):
    products = queries @ block.T
    if metric == "ip":
        return -products
    # |q|^2 is the same for every row of a query, so it does not change which rows are nearest.
    return np.einsum("ij,ij->i", block, block)[None, :] - 2 * products


def exactly_ordered(base, queries, candidates, metric, count):
    """Orders candidates by float64 distance, ties by id."""
    distances = distances_of(base, queries, candidates, metric)
    order = np.lexsort((candidates, distances), axis=1)[:, :count]
    return np.take_along_axis(candidates, order, 1), np.take_along_axis(distances, order, 1)


def distances_of(base, queries, ids, metric):
    """float64 distances of `ids` (queries x n) to their query; an id that is no row is infinitely far."""
    ids = np.asarray(ids).astype(np.int64)
    known = (ids >= 0) & (ids < len(base))
    result = np.full(ids.shape, np.inf)
    for index, query in enumerate(queries.astype(np.float64)):
        rows = np.asarray(base[ids[index][known[index]]], dtype=np.float64)
        near = -(rows @ query) if metric == "ip" else ((rows - query) ** 2).sum(axis=1)
        result[index, known[index]] = near
    return result


def recall(base, queries, truth_distances, ids, metric, k):
    """The share of the k nearest that `ids` holds: distances are recomputed from the ids, a row as near as
    the true k-th counts as found, a repeated id counts once."""
    ids = np.asarray(ids).astype(np.int64)[:, :k]
    found = 0
    distances = distances_of(base, queries[: len(ids)], ids, metric)
    for row_ids, row_distances, exact in zip(ids, distances, truth_distances):
        bound = exact[k - 1] + TIE_TOLERANCE * max(1.0, abs(exact[k - 1]))
        found += len(set(row_ids[row_distances <= bound].tolist()))
    return found / (len(ids) * k)
