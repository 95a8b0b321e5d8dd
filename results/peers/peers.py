"""One adapter per peer: how it builds, which parameter it sweeps, how it answers one query and a batch.

Runs inside a worker process that is pinned to one core, with every thread pool set to one thread.
Libraries are imported in the constructors, so a missing one fails only its own worker.
"""

import tempfile
from pathlib import Path

import numpy as np

M = 16
EF_CONSTRUCTION = 200
VAMANA_DEGREE = 32
VAMANA_ALPHA = {"ip": 0.95, "l2": 1.2}


class Peer:
    """What all peers share.

    `answers_batch_one_by_one`: the library itself handles a batch query after query, so its batch rate is
    also what one query costs without the price of a call from Python.
    `builds_with_two_threads`: its two-thread build is measured too, as that of Apus.
    """

    answers_batch_one_by_one = True
    builds_with_two_threads = False
    swept = "ef"

    def __init__(self, metric, dimension, k):
        self.metric, self.dimension, self.k = metric, dimension, k

    def parameters(self, mode, efforts):
        """The values to sweep in this mode; `efforts` is the ef list of the run."""
        return [effort for effort in efforts if effort >= self.k]

    def prepare(self, query):
        """The form `single` takes, made outside the timed part."""
        return query[None]


class Hnswlib(Peer):
    name, package, builds_with_two_threads = "hnswlib", "hnswlib", True
    label = f"hnswlib M{M} efConstruction {EF_CONSTRUCTION}"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import hnswlib

        self.index = hnswlib.Index("ip" if self.metric == "ip" else "l2", self.dimension)

    def build(self, rows, threads):
        self.index.init_index(len(rows), ef_construction=EF_CONSTRUCTION, M=M)
        self.index.add_items(rows, num_threads=threads)
        self.index.set_num_threads(1)

    def set(self, value):
        self.index.set_ef(value)

    def single(self, query):
        return self.index.knn_query(query, self.k, num_threads=1)[0]

    batch = single


class FaissPeer(Peer):
    package = "faiss-cpu"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import faiss

        self.faiss = faiss
        self.faiss_metric = faiss.METRIC_INNER_PRODUCT if self.metric == "ip" else faiss.METRIC_L2

    def build(self, rows, threads):
        self.faiss.omp_set_num_threads(threads)
        self.index = self.empty_index()
        self.index.add(rows)
        self.faiss.omp_set_num_threads(1)

    def single(self, query):
        return self.index.search(query, self.k)[1]

    batch = single


class FaissHNSW(FaissPeer):
    name, label = "faiss-hnsw", f"faiss HNSW{M} efConstruction {EF_CONSTRUCTION}"

    def empty_index(self):
        index = self.faiss.IndexHNSWFlat(self.dimension, M, self.faiss_metric)
        index.hnsw.efConstruction = EF_CONSTRUCTION
        return index

    def set(self, value):
        self.index.hnsw.efSearch = value


class FaissFlat(FaissPeer):
    """Which of the two thresholds is faster depends on the version of faiss, so a batch measures both."""

    name, label = "faiss-flat", "faiss Flat"
    answers_batch_one_by_one, swept = False, "blas_threshold"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.shipped_threshold = self.faiss.cvar.distance_compute_blas_threshold

    def empty_index(self):
        return self.faiss.IndexFlat(self.dimension, self.faiss_metric)

    def parameters(self, mode, efforts):
        return ["shipped"] if mode == "single" else ["shipped", 20]

    def set(self, value):
        threshold = self.shipped_threshold if value == "shipped" else value
        self.faiss.cvar.distance_compute_blas_threshold = threshold


class Usearch(Peer):
    name, package = "usearch-f16", "usearch"
    label = f"usearch f16 connectivity {M} expansion {EF_CONSTRUCTION}"

    def build(self, rows, threads):
        from usearch.index import Index

        self.index = Index(
            ndim=self.dimension,
            metric="ip" if self.metric == "ip" else "l2sq",
            dtype="f16",
            connectivity=M,
            expansion_add=EF_CONSTRUCTION,
        )
        self.index.add(np.arange(len(rows)), rows, threads=threads)

    def set(self, value):
        self.index.expansion_search = value

    def prepare(self, query):
        return query

    def single(self, query):
        return self.index.search(query, self.k, threads=1).keys

    batch = single


class Vamana(Peer):
    """Intel SVS. The data kind is what the subclasses choose."""

    package, swept = "scalable-vs", "window"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import svs

        self.svs = svs

    def build(self, rows, threads):
        parameters = self.svs.VamanaBuildParameters(
            alpha=VAMANA_ALPHA[self.metric], graph_max_degree=VAMANA_DEGREE, window_size=EF_CONSTRUCTION
        )
        distance = self.svs.MIP if self.metric == "ip" else self.svs.L2
        self.index = self.svs.Vamana.build(parameters, self.stored(rows), distance, num_threads=threads)
        self.index.num_threads = 1

    def set(self, value):
        self.index.search_window_size = value

    def single(self, query):
        return self.index.search(query, self.k)[0]

    batch = single


class VamanaLVQ(Vamana):
    name, label = "svs-lvq4x8", f"SVS Vamana R{VAMANA_DEGREE} LVQ4x8"

    def stored(self, rows):
        self.folder = tempfile.TemporaryDirectory(prefix="apus-svs-")
        path = str(Path(self.folder.name) / "rows.fvecs")
        self.svs.write_vecs(np.asarray(rows), path)
        loader = self.svs.VectorDataLoader(path, self.svs.float32, dims=self.dimension)
        return self.svs.LVQLoader(loader, primary=4, residual=8)


class VamanaFloat16(Vamana):
    name, label = "svs-f16", f"SVS Vamana R{VAMANA_DEGREE} float16"

    def stored(self, rows):
        return rows.astype(np.float16)


class ScannFlat(Peer):
    name, label, package = "scann-flat", "ScaNN brute force", "scann"
    answers_batch_one_by_one, swept = False, ""

    def build(self, rows, threads):
        import scann

        measure = "dot_product" if self.metric == "ip" else "squared_l2"
        builder = scann.scann_ops_pybind.builder(np.asarray(rows), self.k, measure)
        self.index = builder.set_n_training_threads(threads).score_brute_force().build()

    def parameters(self, mode, efforts):
        return [""]

    def set(self, value):
        pass

    def prepare(self, query):
        return query

    def single(self, query):
        return self.index.search(query)[0]

    def batch(self, queries):
        return self.index.search_batched(queries)[0]


GROUPS = {
    "hnsw": [Hnswlib, FaissHNSW, Usearch, VamanaLVQ, VamanaFloat16],
    "flat": [FaissFlat, ScannFlat],
}
BY_NAME = {peer.name: peer for group in GROUPS.values() for peer in group}
