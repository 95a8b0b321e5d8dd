/// Turns a query into the form that a kernel over codes takes.
protocol QueryPreparation: Sendable {
    /// Bytes of a prepared query.
    var preparedBytes: Int { get }

    /// - Parameters:
    ///   - query: float32 elements, prepared for the metric.
    ///   - prepared: `preparedBytes` bytes at a multiple of 64.
    func prepare(_ query: UnsafePointer<Float>, into prepared: UnsafeMutableRawPointer)
}

/// Rows together with the distance between them and a query. The rows may be codes of vectors: a distance is then an
/// estimate, and a query is prepared for it.
struct VectorSpace: Sendable {
    let rows: VectorRows
    /// Rows in force: 0 ..< count.
    let count: Int
    let kernel: DistanceKernel
    /// nil if a query is compared as it is.
    let preparation: (any QueryPreparation)?

    init(metric: Metric, rows: VectorRows, count: Int) {
        self.init(rows: rows, count: count, kernel: Kernels.best.distance(metric, rows.element), preparation: nil)
    }

    init(rows: VectorRows, count: Int, kernel: DistanceKernel, preparation: (any QueryPreparation)?) {
        precondition(count <= rows.capacity)
        self.rows = rows
        self.count = count
        self.kernel = kernel
        self.preparation = preparation
    }

    /// - Parameter query: elements of the type and dimension of the rows; there is no preparation.
    @inline(__always)
    func scorer(for query: UnsafeRawPointer) -> QueryScorer {
        assert(preparation == nil)
        return QueryScorer(kernel, query: query, rows: rows)
    }

    @inline(__always)
    func scorer(forRow row: UInt32) -> QueryScorer {
        assert(preparation == nil)
        return QueryScorer(kernel, query: rows.row(Int(row)), rows: rows)
    }

    /// Calls `body` with the scorer of a query, which is prepared first if need be. The scorer is valid in `body` only.
    @inline(__always)
    func withScorer<Result, Failure: Error>(
        for query: UnsafeRawPointer, _ body: (QueryScorer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let preparation else { return try body(scorer(for: query)) }
        let prepared = UnsafeMutableRawPointer.allocate(byteCount: preparation.preparedBytes, alignment: 64)
        defer { prepared.deallocate() }
        preparation.prepare(query.assumingMemoryBound(to: Float.self), into: prepared)
        return try body(QueryScorer(kernel, query: prepared, rows: rows))
    }
}
