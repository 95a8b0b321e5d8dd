/// Sparse queries, how rows are scored, and what BM25 needs to know of all documents.
struct SparseQueries {
    let vectors: [SparseVector]
    let scoring: SparseScoring
    let statistics: BM25Statistics
}

/// Queries of one search, prepared for the metric (normalised for COSINE): `count` vectors of one element type, one
/// after the other, or sparse vectors. The memory belongs to the caller for the length of the call.
struct QueryBlock {
    let base: UnsafeRawPointer
    let element: VectorElement
    let count: Int
    let dimension: Int
    /// Bytes from one query to the next.
    let strideBytes: Int
    /// Instead of the others, for a sparse field.
    let sparse: SparseQueries?

    init(base: UnsafeRawPointer, element: VectorElement, count: Int, dimension: Int) {
        self.base = base
        self.element = element
        self.count = count
        self.dimension = dimension
        strideBytes = element.bytes(forDimension: dimension)
        sparse = nil
    }

    init(_ sparse: SparseQueries) {
        self.sparse = sparse
        base = UnsafeRawPointer(Self.nothing.base)
        (element, dimension, strideBytes) = (.float32, 0, 0)
        count = sparse.vectors.count
    }

    private static let nothing = MemoryBlock(byteCount: 0)

    /// Queries of float32 elements.
    init(base: UnsafePointer<Float>, count: Int, dimension: Int) {
        self.init(base: UnsafeRawPointer(base), element: .float32, count: count, dimension: dimension)
    }

    func query(_ index: Int) -> UnsafeRawPointer {
        assert(index >= 0 && index < count)
        return base + index * strideBytes
    }

    /// A query of float32 elements.
    func floats(_ index: Int) -> UnsafePointer<Float> {
        assert(element == .float32)
        return query(index).assumingMemoryBound(to: Float.self)
    }
}
