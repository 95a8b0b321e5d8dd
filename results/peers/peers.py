"""The adapters by name. A new peer is a class, its place here and in a group, and a line of requirements."""

import faiss_peers
import graph_peers
import scann_peers

ALL = [
    graph_peers.Hnswlib,
    faiss_peers.FaissHNSW,
    graph_peers.Usearch,
    graph_peers.VamanaLVQ,
    graph_peers.VamanaFloat16,
    faiss_peers.FaissFlat,
    scann_peers.ScannFlat,
    faiss_peers.FaissIVFFlat,
    faiss_peers.FaissIVFSQ8,
    faiss_peers.FaissIVFPQ,
    faiss_peers.FaissIVFFastScan,
    faiss_peers.FaissFastScan,
    faiss_peers.FaissRaBitQ,
    scann_peers.ScannTree,
    scann_peers.ScannSOAR,
]
BY_NAME = {peer.name: peer for peer in ALL}
