/// The values of one scalar field for consecutive rows, as filters read them, however they are kept.
protocol ScalarValues: Sendable {
    var type: DataType { get }

    func isNull(_ row: Int) -> Bool

    /// Calls `body` with the values, one after the other; those of null rows mean nothing. Only for types of fixed size.
    func withFixedValues<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result

    /// The encoded value of a row.
    func withBytes<Result>(at row: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

/// The scalar values of consecutive rows of a segment.
struct ScalarBlock: Sendable {
    /// The row of the segment that row 0 of the block is.
    let firstRow: Int
    let count: Int
    /// By position of the field in the schema; nil for dense vectors.
    let columns: [(any ScalarValues)?]
}

extension Column: ScalarValues {
    func withFixedValues<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body($0.baseAddress!) }
    }
}

/// Says which rows of a block match a condition.
protocol RowFilter: Sendable {
    /// The matching rows, counted from the start of the block.
    func rows(in block: ScalarBlock) throws -> RowSet

    /// Equal for filters that match the same rows of a segment whatever its values are, so that what one matched is
    /// the answer of another; nil if the answer changes without the rows.
    var cacheKey: String? { get }
}

extension RowFilter {
    var cacheKey: String? { nil }
}
