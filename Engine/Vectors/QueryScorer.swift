/// Answers how far rows are from one query, by one kernel. Valid as long as the query and the rows.
struct QueryScorer {
    private let kernel: DistanceKernel
    private let query: UnsafeRawPointer
    private let rows: UnsafeRawPointer
    private let strideBytes: Int
    private let dimension: Int

    /// - Parameter query: elements of the type and dimension of `rows`.
    init(_ kernel: DistanceKernel, query: UnsafeRawPointer, rows: VectorRows) {
        self.kernel = kernel
        self.query = query
        self.rows = UnsafeRawPointer(rows.base)
        strideBytes = rows.strideBytes
        dimension = rows.dimension
    }

    @inline(__always)
    func distance(to row: UInt32) -> Float {
        kernel.pair(query, rows + Int(row) * strideBytes, dimension)
    }

    /// Distances to the rows named by `ids`, in their order.
    @inline(__always)
    func distances(
        to ids: UnsafePointer<UInt32>, count: Int, into distances: UnsafeMutablePointer<Float>
    ) {
        kernel.ids(query, rows, strideBytes, ids, count, dimension, distances)
    }

    /// Distances to consecutive rows.
    @inline(__always)
    func distances(to range: Range<Int>, into distances: UnsafeMutablePointer<Float>) {
        kernel.rows(
            query, rows + range.lowerBound * strideBytes, strideBytes, range.count, dimension, distances)
    }
}
