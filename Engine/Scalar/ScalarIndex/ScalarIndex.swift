/// Finds the rows of a block by the values at one path without reading the values of all rows.
protocol ScalarIndex: Sendable {
    var path: ScalarPath { get }
    var definition: ScalarIndexDefinition { get }
    /// Bytes held in memory.
    var memoryBytes: Int { get }

    /// The rows, counted from the start of the block, for which the predicate holds: exactly those that reading the
    /// values would find. Nil if the index cannot answer the predicate, or not faster than a scan would.
    func rows(matching predicate: ScalarPredicate) -> RowSet?

    /// About how many rows `rows(matching:)` would give, without finding them; nil if it would give nil.
    func estimate(_ predicate: ScalarPredicate) -> Int?
}
