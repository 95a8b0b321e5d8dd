/// A list of rows for each value, each in the form that suits it.
struct RowLists: Sendable {
    /// Where the list of each value begins in `words`, and where the last ends.
    private let starts: [UInt32]
    private let words: [UInt32]
    /// Whether every list is its rows, so that the rows of several lists lie one after the other.
    private let areAllRows: Bool

    /// Lists beyond this are estimated from as many of them.
    private static let countedLists = 256

    /// - Throws: `ApusError` if there are more entries than can be numbered.
    init(_ groups: RowGroups) throws {
        try Self.check(entryCount: groups.rows.count)
        var starts: [UInt32] = [0]
        starts.reserveCapacity(groups.count + 1)
        var words: [UInt32] = []
        for position in 0..<groups.count {
            RowList.append(groups.rows[groups.starts[position]..<groups.starts[position + 1]], to: &words)
            starts.append(UInt32(words.count))
        }
        self.starts = starts
        self.words = words
        // Another form is taken only where it is shorter.
        areAllRows = words.count == groups.rows.count
    }

    static func check(entryCount: Int) throws {
        guard entryCount <= Int(UInt32.max) / 2 else {
            throw ApusError(
                .invalidArgument,
                "the index would have \(entryCount) entries in one segment; at most \(UInt32.max / 2) are possible, "
                    + "so index fewer lengths of n-grams or drop the index")
        }
    }

    private func wordRange(_ positions: Range<Int>) -> Range<Int> {
        Int(starts[positions.lowerBound])..<Int(starts[positions.upperBound])
    }

    @inline(__always)
    private func withList<Result>(_ position: Int, _ body: (RowList) -> Result) -> Result {
        words.withUnsafeBufferPointer {
            body(RowList(UnsafeBufferPointer(rebasing: $0[wordRange(position..<position + 1)])))
        }
    }
}

extension RowLists: KeyRows {
    var count: Int { starts.count - 1 }
    var memoryBytes: Int { (starts.count + words.count) * 4 }

    func estimatedRowCount(_ positions: Range<Int>) -> Int {
        if areAllRows { return wordRange(positions).count }
        let step = (positions.count + Self.countedLists - 1) / Self.countedLists
        guard step > 1 else { return positions.reduce(0) { $0 + withList($1, \.count) } }
        let counted = stride(from: positions.lowerBound, to: positions.upperBound, by: step)
        let total = counted.reduce((rows: 0, lists: 0)) { ($0.rows + withList($1, \.count), $0.lists + 1) }
        return total.rows * positions.count / total.lists
    }

    func add(_ positions: Range<Int>, to rows: inout RowCollector) {
        guard areAllRows else {
            for position in positions { withList(position) { $0.add(to: &rows) } }
            return
        }
        words.withUnsafeBufferPointer { rows.insert(UnsafeBufferPointer(rebasing: $0[wordRange(positions)])) }
    }

    func common(_ positions: [Int]) -> [UInt32] {
        let rarestFirst = positions.sorted { withList($0, \.count) < withList($1, \.count) }
        var rows = withList(rarestFirst[0]) { $0.expanded() }
        for position in rarestFirst.dropFirst() where !rows.isEmpty {
            rows = withList(position) { $0.intersection(with: rows) }
        }
        return rows
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt32(count))
        writer.append(UInt32(words.count))
        writer.appendValues(starts)
        writer.appendValues(words)
    }

    /// - Throws: `StorageError.corrupted` if the bytes are no such lists over `rowCount` rows.
    init(from reader: inout ByteReader, rowCount: Int) throws {
        let count = Int(try reader.uint32())
        let wordCount = try reader.uint32()
        let starts: [UInt32] = try reader.integers(count + 1)
        let words: [UInt32] = try reader.integers(Int(wordCount))
        guard starts[0] == 0, starts[count] == wordCount,
            zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw reader.corrupted("the lists of an index do not follow each other") }
        self.starts = starts
        self.words = words
        areAllRows = starts.dropLast().allSatisfy { RowList.isRows(words[Int($0)]) }
        for position in 0..<count {
            let range = Int(starts[position])..<Int(starts[position + 1])
            let fault = words.withUnsafeBufferPointer {
                RowList.fault(in: UnsafeBufferPointer(rebasing: $0[range]), rowCount: rowCount)
            }
            if let fault { throw reader.corrupted("list \(position) of an index \(fault)") }
        }
    }
}
