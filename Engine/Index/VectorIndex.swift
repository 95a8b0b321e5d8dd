/// Finds near rows of one segment. An index is built when its segment is sealed and never changes.
///
/// Indexes know rows, not filters: what a search may return comes as a set of permitted rows.
protocol VectorIndex: Sendable {
    /// The definition that the index was built from.
    var definition: IndexDefinition { get }

    /// Bytes held in memory beside the vectors themselves.
    var memoryBytes: Int { get }

    /// The `k` nearest permitted rows of each query, nearest first, ties by row; fewer only if fewer are permitted
    /// (an approximate index may miss rows that exist, never invent or repeat one).
    ///
    /// - Parameters:
    ///   - parameters: checked by `definition.resolveSearch` beforehand.
    ///   - permitted: nil permits every row.
    /// - Throws: only an index that reads from a disk, and then `StorageError`.
    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) throws -> [[Neighbor]]

    /// How a search that permits so many rows, nil all of them, is expected to go.
    ///
    /// - Parameter parameters: checked by `definition.resolveSearch` beforehand.
    func plan(k: Int, parameters: Parameters, permitted: Int?) -> StrategyPlan

    /// A search for one query that is a row of the segment, as if that row were not there: what a stranger with its
    /// vector would be answered.
    func search(
        holdingBack row: UInt32, _ query: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet,
        statistics: inout SearchStatistics
    ) throws -> [Neighbor]
}

extension VectorIndex {
    /// Of an index that knows one way.
    func plan(k: Int, parameters: Parameters, permitted: Int?) -> StrategyPlan {
        StrategyPlan(only: .scan, nanoseconds: 0, permittedRows: permitted ?? 0, rows: permitted ?? 0)
    }

    func search(
        holdingBack row: UInt32, _ query: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet,
        statistics: inout SearchStatistics
    ) throws -> [Neighbor] {
        var others = permitted
        others.remove(Int(row))
        return try search(query, k: k, parameters: parameters, permitted: others, statistics: &statistics)[0]
    }
}

/// An index that is kept in a file.
protocol StoredIndex: VectorIndex {
    /// A hash of what is written: the same rows, definition and seed give the same.
    var digest: UInt64 { get }

    /// Passes the body of the index file to `append`, piece by piece.
    func write(_ append: (UnsafeRawBufferPointer) throws -> Void) throws
}
