/// The kinds of index, under Milvus's names.
public enum IndexType: String, Sendable, CaseIterable, Hashable {
    /// Exact search by scanning all rows.
    case flat = "FLAT"
    /// Inverted lists of full vectors.
    case ivfFlat = "IVF_FLAT"
    /// Inverted lists of 8-bit scalar codes.
    case ivfSQ8 = "IVF_SQ8"
    /// Inverted lists of product quantisation codes.
    case ivfPQ = "IVF_PQ"
    /// Inverted lists of sign bits after a random rotation, with an error bound.
    case ivfRaBitQ = "IVF_RABITQ"
    /// Inverted lists of 4-bit product quantisation codes scanned in registers, then exact re-ranking.
    case scann = "SCANN"
    /// Hierarchical navigable small world graph.
    case hnsw = "HNSW"
    /// The same graph, walked over scalar codes.
    case hnswSQ = "HNSW_SQ"
    /// The same graph, walked over product quantisation codes.
    case hnswPQ = "HNSW_PQ"
    /// Graph and vectors on disk, compact codes in memory.
    case diskANN = "DISKANN"
    /// What the engine takes to be the best for the type of the vectors.
    case autoIndex = "AUTOINDEX"
    /// Exact search over binary vectors.
    case binFlat = "BIN_FLAT"
    /// Inverted lists of binary vectors.
    case binIVFFlat = "BIN_IVF_FLAT"
    /// Posting lists of sparse vectors.
    case sparseInvertedIndex = "SPARSE_INVERTED_INDEX"
    /// Posting lists of sparse vectors, skipped by upper bounds.
    case sparseWAND = "SPARSE_WAND"
}
