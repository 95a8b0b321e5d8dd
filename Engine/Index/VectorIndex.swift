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
    ///   - parameters: checked by `definition.type.validate(searchParameters:)` beforehand.
    ///   - permitted: nil permits every row.
    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) -> [[Neighbor]]
}
