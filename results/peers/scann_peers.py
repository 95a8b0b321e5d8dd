"""ScaNN: brute force, and a tree with quantized lists and re-ranking, with and without SOAR."""

import math

import numpy as np

from peer import Peer
from settings import CANDIDATES, REFINED_NPROBE

ANISOTROPIC_THRESHOLD = 0.2
SOAR_LAMBDA = 1.5


class Scann(Peer):
    package = "scann"
    answers_batch_one_by_one = False

    def build(self, rows, threads):
        import scann

        measure = "dot_product" if self.metric == "ip" else "squared_l2"
        builder = scann.scann_ops_pybind.builder(np.asarray(rows), self.k, measure)
        self.index = self.configured(builder.set_n_training_threads(threads)).build()
        self.set_nothing()

    def set_nothing(self):
        self.settings = {}

    def save(self, folder):
        # The folder is renamed when it is complete, so its files must not name it.
        self.index.serialize(str(folder), relative_path=True)

    def load(self, folder, rows):
        import scann

        self.index = scann.scann_ops_pybind.load_searcher(str(folder))
        self.set_nothing()

    def prepare(self, query):
        return query

    def single(self, query):
        return self.index.search(query, **self.settings)[0]

    def batch(self, queries):
        return self.index.search_batched(queries, **self.settings)[0]


class ScannFlat(Scann):
    name, label = "scann-flat", "ScaNN brute force"
    is_exact = True

    def configured(self, builder):
        return builder.score_brute_force()

    def sweeps(self, mode, efforts):
        return [[{}]]

    def set(self):
        self.set_nothing()


class ScannTree(Scann):
    name = "scann-tree"

    @classmethod
    def label_for(cls, rows, dimension):
        return f"ScaNN tree {leaf_count(rows)} AH2 reorder{cls.suffix}"

    suffix = ""

    def configured(self, builder):
        # Anisotropic loss is made for inner products; without a threshold the plain error is trained.
        threshold = ANISOTROPIC_THRESHOLD if self.metric == "ip" else math.nan
        tree = builder.tree(leaf_count(self.rows), 1, training_sample_size=250_000, **self.spilling())
        return tree.score_ah(2, anisotropic_quantization_threshold=threshold).reorder(max(CANDIDATES))

    def spilling(self):
        return {}

    def sweeps(self, mode, efforts):
        leaves = [value for value in REFINED_NPROBE if value <= leaf_count(self.rows)]
        return [
            [{"reorder": count, "leaves": value} for value in leaves] for count in CANDIDATES if count >= self.k
        ]

    def set(self, reorder, leaves):
        self.settings = {"pre_reorder_num_neighbors": reorder, "leaves_to_search": leaves}


class ScannSOAR(ScannTree):
    """Rows also sit in a second list, chosen so that its error is orthogonal to the first."""

    name, suffix = "scann-soar", f" SOAR {SOAR_LAMBDA}"

    def spilling(self):
        return {"soar_lambda": SOAR_LAMBDA}


def leaf_count(rows):
    """What its documentation advises is sqrt(rows); twice that suits these sizes better."""
    return max(16, round(2 * math.sqrt(rows)))
