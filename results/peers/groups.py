"""What each group of searches measures: indexes of Apus, peers, levels and modes. Standard library only."""

from dataclasses import dataclass, field

from settings import CANDIDATES, EF_CONSTRUCTION, M, REFINED_NPROBE, list_count, nprobes, parts_of

CURVE = (0.90, 0.95, 0.99)
GRAPH = f"M={M},efConstruction={EF_CONSTRUCTION}"


@dataclass(frozen=True)
class ApusIndex:
    """`specification` is what `--index` takes, `sweep` what `--search` takes, as values by parameter."""

    specification: str
    sweep: dict = field(hash=False)
    clients: int = 1

    @property
    def type(self):
        return self.specification.split("(")[0]

    @property
    def name(self):
        return f"apus {self.type}" + (f" x{self.clients}" if self.clients > 1 else "")

    @property
    def label(self):
        threads = f", {self.clients} clients" if self.clients > 1 else ""
        return f"Apus {self.specification}{threads}"


@dataclass(frozen=True)
class Group:
    """`indexes` makes the indexes of Apus for (rows, dimension, ef list, k); both sides use `build_threads`."""

    name: str
    indexes: object
    peers: tuple = ()
    levels: tuple = CURVE
    modes: tuple = ("single", "batch")
    build_threads: int = 2
    builds_again_with_two_threads: bool = False

    @property
    def is_exact(self):
        """0.999 in place of 1 only leaves room for float32 rounding of near ties."""
        return self.levels == (0.999,)


def flat_indexes(rows, dimension, ef, k):
    return [ApusIndex("FLAT", {})]


def hnsw_indexes(rows, dimension, ef, k):
    return [ApusIndex(f"HNSW({GRAPH})", {"ef": [value for value in ef if value >= k]})]


def graph_indexes(rows, dimension, ef, k):
    sweep = {"ef": [value for value in ef if value >= k]}
    quantized = ApusIndex(f"HNSW_SQ({GRAPH},sq_type=SQ8)", sweep)
    return [ApusIndex("AUTOINDEX", sweep), quantized, *hnsw_indexes(rows, dimension, ef, k)]


def ivf_indexes(rows, dimension, ef, k):
    lists, every = f"nlist={list_count(rows)}", {"nprobe": nprobes(rows)}
    return [
        ApusIndex(f"IVF_FLAT({lists})", every),
        ApusIndex(f"IVF_SQ8({lists})", every),
        product_codes(rows, parts_of(dimension, 8), 8, k),
    ]


def scann_indexes(rows, dimension, ef, k):
    lists = f"nlist={list_count(rows)}"
    reorder = [count for count in CANDIDATES if count >= k]
    return [
        ApusIndex(f"SCANN({lists})", {"nprobe": nprobes(rows, REFINED_NPROBE), "reorder_k": reorder}),
        product_codes(rows, parts_of(dimension, 2), 4, k),
        ApusIndex(f"IVF_RABITQ({lists},refine=true)", refined_sweep(rows, k)),
    ]


def product_codes(rows, parts, bits, k):
    specification = f"IVF_PQ(nlist={list_count(rows)},m={parts},nbits={bits},refine=true)"
    return ApusIndex(specification, refined_sweep(rows, k))


def refined_sweep(rows, k):
    factors = [f"{count / k:g}" for count in CANDIDATES if count >= k]
    return {"nprobe": nprobes(rows, REFINED_NPROBE), "refine_k": factors}


def disk_indexes(rows, dimension, ef, k):
    sweep = {"search_list": [value for value in (10, 16, 24, 40, 64, 100, 160, 256) if value >= k]}
    return [ApusIndex("DISKANN", sweep, clients) for clients in (1, 4, 16)]


GRAPH_PEERS = ("hnswlib", "faiss-hnsw", "usearch-f16", "svs-lvq4x8", "svs-f16")
CODE_PEERS = ("faiss-ivf-pq4fs", "faiss-pq4fs", "faiss-rabitq", "scann-tree", "scann-soar")

SEARCHES = {
    group.name: group
    for group in (
        Group("hnsw", hnsw_indexes, GRAPH_PEERS, build_threads=1, builds_again_with_two_threads=True),
        Group("flat", flat_indexes, ("faiss-flat", "scann-flat"), (0.999,), build_threads=1),
        Group("graph", graph_indexes, GRAPH_PEERS),
        Group("ivf", ivf_indexes, ("faiss-ivf-flat", "faiss-ivf-sq8", "faiss-ivf-pq8")),
        Group("scann", scann_indexes, CODE_PEERS),
        Group("disk", disk_indexes, modes=("single",)),
    )
}
CASES = ("insert", "reopen", "memory", "databases")
NAMES = (*SEARCHES, *CASES)

# Seconds of a first run on 60,000 x 384 and on 1,000,000 x 128, two idle cores; of a later run, whose peers are
# built already, about half. What lies between is interpolated by rows.
EXPECTED = {
    "hnsw": (400, 4200),
    "flat": (60, 240),
    "graph": (340, 2900),
    "ivf": (180, 1200),
    "scann": (280, 1500),
    "disk": (90, 1300),
    "insert": (10, 60),
    "reopen": (10, 60),
    "memory": (20, 300),
    "databases": (120, 1300),
}


def expected_seconds(name, rows):
    small, large = EXPECTED[name]
    return max(5.0, small + (large - small) * (rows - 60_000) / 940_000 if rows > 60_000 else small * rows / 60_000)
