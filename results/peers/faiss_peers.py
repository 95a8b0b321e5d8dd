"""faiss: exact, graph, inverted files and codes, most of them by the text its index factory takes."""

from peer import Peer
from settings import CANDIDATES, EF_CONSTRUCTION, M, REFINED_NPROBE, list_count, nprobes, parts_of


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
        self.index.train(rows)
        self.index.add(rows)
        self.faiss.omp_set_num_threads(1)

    def empty_index(self):
        return self.faiss.index_factory(
            self.dimension, self.factory_text(self.rows, self.dimension), self.faiss_metric
        )

    def save(self, folder):
        self.faiss.write_index(self.index, str(folder / "index"))

    def load(self, folder, rows):
        self.index = self.faiss.read_index(str(folder / "index"))
        self.faiss.omp_set_num_threads(1)

    def set(self, **values):
        space = self.faiss.ParameterSpace()
        for name, value in values.items():
            space.set_index_parameter(self.index, name, value)

    def single(self, query):
        return self.index.search(query, self.k)[1]

    batch = single


class FaissHNSW(FaissPeer):
    name, label = "faiss-hnsw", f"faiss HNSW{M} efConstruction {EF_CONSTRUCTION}"

    def empty_index(self):
        index = self.faiss.IndexHNSWFlat(self.dimension, M, self.faiss_metric)
        index.hnsw.efConstruction = EF_CONSTRUCTION
        return index

    def set(self, ef):
        self.index.hnsw.efSearch = ef


class FaissFlat(FaissPeer):
    """Which of the two thresholds is faster depends on the version of faiss, so a batch measures both."""

    name, label = "faiss-flat", "faiss Flat"
    is_exact = True
    answers_batch_one_by_one = False

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.shipped_threshold = self.faiss.cvar.distance_compute_blas_threshold

    def empty_index(self):
        return self.faiss.IndexFlat(self.dimension, self.faiss_metric)

    def sweeps(self, mode, efforts):
        # Either may be the faster one, so each is a sweep of its own.
        return [[{"blas_threshold": value}] for value in (["shipped"] if mode == "single" else ["shipped", 20])]

    def set(self, blas_threshold):
        threshold = self.shipped_threshold if blas_threshold == "shipped" else blas_threshold
        self.faiss.cvar.distance_compute_blas_threshold = threshold


class FaissLists(FaissPeer):
    """An inverted file; `codes(dimension)` is what follows IVF in the text of the factory."""

    answers_batch_one_by_one = False

    @classmethod
    def factory_text(cls, rows, dimension):
        return f"IVF{list_count(rows)},{cls.codes(dimension)}"

    @classmethod
    def label_for(cls, rows, dimension):
        return f"faiss {cls.factory_text(rows, dimension)}"

    def sweeps(self, mode, efforts):
        return [[{"nprobe": value} for value in nprobes(self.rows)]]


class FaissIVFFlat(FaissLists):
    name, against = "faiss-ivf-flat", "IVF_FLAT"

    @staticmethod
    def codes(dimension):
        return "Flat"


class FaissIVFSQ8(FaissLists):
    name, against = "faiss-ivf-sq8", "IVF_SQ8"

    @staticmethod
    def codes(dimension):
        return "SQ8"


class FaissRefined(FaissLists):
    """Lists of codes whose best candidates are ordered again by their full vectors."""

    def sweeps(self, mode, efforts):
        return [
            [{"k_factor_rf": count / self.k, "nprobe": value} for value in nprobes(self.rows, REFINED_NPROBE)]
            for count in CANDIDATES
            if count >= self.k
        ]


class FaissIVFPQ(FaissRefined):
    name, against = "faiss-ivf-pq8", "IVF_PQ"

    def empty_index(self):
        index = super().empty_index()
        # Only its search by Hamming distance needs the ordering of centroids, which takes most of the training.
        self.faiss.downcast_index(index.base_index).do_polysemous_training = False
        return index

    @staticmethod
    def codes(dimension):
        return f"PQ{parts_of(dimension, 8)}x8,RFlat"


class FaissIVFFastScan(FaissRefined):
    name = "faiss-ivf-pq4fs"

    @staticmethod
    def codes(dimension):
        return f"PQ{parts_of(dimension, 2)}x4fs,RFlat"


class FaissRaBitQ(FaissRefined):
    """One bit per dimension after a random rotation; queries keep 8 bits."""

    name, against = "faiss-rabitq", "IVF_RABITQ"
    query_bits = 8

    @staticmethod
    def codes(dimension):
        return "RaBitQ,RFlat"

    @classmethod
    def factory_text(cls, rows, dimension):
        return f"RR{dimension}," + super().factory_text(rows, dimension)

    def set(self, **values):
        super().set(**values)
        inner = self.faiss.downcast_index(self.faiss.downcast_index(self.index).base_index)
        lists = self.faiss.downcast_index(inner.index)
        lists.qb = self.query_bits


class FaissFastScan(FaissRefined):
    """Every code is scanned, no lists."""

    name = "faiss-pq4fs"

    @classmethod
    def factory_text(cls, rows, dimension):
        return f"PQ{parts_of(dimension, 2)}x4fs,RFlat"

    def sweeps(self, mode, efforts):
        counts = (20, 50, 100, 200, 400, 800, 1600)
        return [[{"k_factor_rf": count / self.k} for count in counts if count >= self.k]]
