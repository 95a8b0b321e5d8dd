/// Rows together with the distance between them.
struct VectorSpace: Sendable {
    let rows: VectorRows
    /// Rows in force: 0 ..< count.
    let count: Int
    let kernel: DistanceKernel

    init(metric: Metric, rows: VectorRows, count: Int) {
        precondition(count <= rows.capacity)
        self.rows = rows
        self.count = count
        kernel = Kernels.best.distance(metric, rows.element)
    }

    /// - Parameter query: elements of the type and dimension of the rows.
    @inline(__always)
    func scorer(for query: UnsafeRawPointer) -> QueryScorer {
        QueryScorer(kernel, query: query, rows: rows)
    }

    @inline(__always)
    func scorer(forRow row: UInt32) -> QueryScorer {
        QueryScorer(kernel, query: rows.row(Int(row)), rows: rows)
    }
}
