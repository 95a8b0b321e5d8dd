"""Graph indexes: hnswlib, usearch and Intel SVS."""

import tempfile
from pathlib import Path

import numpy as np

from peer import Peer
from settings import EF_CONSTRUCTION, M

VAMANA_DEGREE = 32
VAMANA_ALPHA = {"ip": 0.95, "l2": 1.2}


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

    def save(self, folder):
        self.index.save_index(str(folder / "index"))

    def load(self, folder, rows):
        self.index.load_index(str(folder / "index"))
        self.index.set_num_threads(1)

    def set(self, ef):
        self.index.set_ef(ef)

    def single(self, query):
        return self.index.knn_query(query, self.k, num_threads=1)[0]

    batch = single


class Usearch(Peer):
    name, package = "usearch-f16", "usearch"
    label = f"usearch f16 connectivity {M} expansion {EF_CONSTRUCTION}"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        from usearch.index import Index

        self.index = Index(
            ndim=self.dimension,
            metric="ip" if self.metric == "ip" else "l2sq",
            dtype="f16",
            connectivity=M,
            expansion_add=EF_CONSTRUCTION,
        )

    def build(self, rows, threads):
        self.index.add(np.arange(len(rows)), rows, threads=threads)

    def save(self, folder):
        self.index.save(str(folder / "index"))

    def load(self, folder, rows):
        self.index.load(str(folder / "index"))

    def set(self, ef):
        self.index.expansion_search = ef

    def prepare(self, query):
        return query

    def single(self, query):
        return self.index.search(query, self.k, threads=1).keys

    batch = single


class Vamana(Peer):
    """Intel SVS. The data kind is what the subclasses choose."""

    package = "scalable-vs"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import svs

        self.svs = svs
        self.distance = svs.MIP if self.metric == "ip" else svs.L2

    def build(self, rows, threads):
        parameters = self.svs.VamanaBuildParameters(
            alpha=VAMANA_ALPHA[self.metric], graph_max_degree=VAMANA_DEGREE, window_size=EF_CONSTRUCTION
        )
        self.index = self.svs.Vamana.build(parameters, self.stored(rows), self.distance, num_threads=threads)
        self.index.num_threads = 1

    def save(self, folder):
        self.index.save(str(folder / "config"), str(folder / "graph"), str(folder / "data"))

    def load(self, folder, rows):
        graph = self.svs.GraphLoader(str(folder / "graph"))
        self.index = self.svs.Vamana(
            str(folder / "config"), graph, self.saved(str(folder / "data")), self.distance, num_threads=1
        )

    def set(self, ef):
        self.index.search_window_size = ef

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

    def saved(self, folder):
        return self.svs.LVQLoader(folder)


class VamanaFloat16(Vamana):
    """What SVS can do where its compressed form refuses the processor."""

    name, label = "svs-f16", f"SVS Vamana R{VAMANA_DEGREE} float16"
    stands_in_for = VamanaLVQ.name

    def stored(self, rows):
        return rows.astype(np.float16)

    def saved(self, folder):
        return self.svs.VectorDataLoader(folder, self.svs.float16, dims=self.dimension)
