/// The values of one scalar field for consecutive rows, as filters read them, however they are kept.
protocol ScalarValues: Sendable {
    var type: DataType { get }

    func isNull(_ row: Int) -> Bool

    /// The null rows among the first `count`; nil if there is none.
    func nullRows(count: Int) -> RowSet?

    /// The candidates whose encoded value matches.
    func rows(among candidates: RowSet, where matches: (UnsafeRawBufferPointer) -> Bool) -> RowSet

    /// Calls `body` with the values, one after the other; those of null rows mean nothing. Only for types of fixed size.
    func withFixedValues<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result

    /// The encoded value of a row.
    func withBytes<Result>(at row: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

// As requirements with one implementation these are compiled for each type, so that a loop over rows makes no dynamic
// calls.
extension ScalarValues {
    func nullRows(count: Int) -> RowSet? {
        var nulls = RowSet(capacity: count)
        for row in 0..<count where isNull(row) { nulls.insert(row) }
        return nulls.count == 0 ? nil : nulls
    }

    func rows(among candidates: RowSet, where matches: (UnsafeRawBufferPointer) -> Bool) -> RowSet {
        var words = candidates.words
        for index in words.indices {
            var rest = words[index]
            while rest != 0 {
                let row = index << 6 | rest.trailingZeroBitCount
                if !withBytes(at: row, matches) { words[index] &= ~(1 << UInt64(row & 63)) }
                rest &= rest - 1
            }
        }
        return RowSet(capacity: candidates.capacity, words: words)!
    }
}

/// The scalar values of consecutive rows of a segment.
struct ScalarBlock: Sendable {
    /// The row of the segment that row 0 of the block is.
    let firstRow: Int
    let count: Int
    /// By position of the field in the schema; nil for dense vectors.
    let columns: [(any ScalarValues)?]
    /// By position of the field; there is none for fields that filters do not match terms of, nor in memory segments.
    var termIndexes: [Int: TermIndex] = [:]
    /// Indexes over all rows of the block.
    var indexes: [any ScalarIndex] = []
}

extension Column: ScalarValues {
    func nullRows(count: Int) -> RowSet? {
        precondition(count == self.count, "a block takes all rows of a column")
        return nulls
    }

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
