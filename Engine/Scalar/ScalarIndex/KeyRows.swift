/// The rows of each value of a dictionary, by position of the value.
protocol KeyRows: Sendable {
    /// Values that have rows; each has at least one.
    var count: Int { get }
    var memoryBytes: Int { get }

    /// About how many rows the values at `positions` have together.
    func estimatedRowCount(_ positions: Range<Int>) -> Int

    /// Adds the rows of the values at `positions`. O(rows added), less for long runs of rows.
    func add(_ positions: Range<Int>, to rows: inout RowCollector)

    /// The rows that each of the values at `positions` has, ascending. At least one position must be given.
    func common(_ positions: [Int]) -> [UInt32]

    func write(to writer: inout ByteWriter)
}

/// The rows of values, as a build has them: value after value, ascending in each.
struct RowGroups {
    /// Where the rows of each value begin, and where the last end.
    let starts: [Int]
    let rows: [UInt32]

    var count: Int { starts.count - 1 }
}
