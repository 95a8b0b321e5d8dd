/// Rows in the order of their values, so that those of a range of values lie together.
struct SortedRows: Sendable {
    /// Where the rows of each value begin, and where the last end; empty if each value has one row.
    private let starts: [UInt32]
    private let rows: [UInt32]

    init(_ groups: RowGroups) {
        rows = groups.rows
        starts = groups.count == groups.rows.count ? [] : groups.starts.map { UInt32($0) }
    }

    private func range(_ positions: Range<Int>) -> Range<Int> {
        if starts.isEmpty { return positions }
        return Int(starts[positions.lowerBound])..<Int(starts[positions.upperBound])
    }
}

extension SortedRows: KeyRows {
    var count: Int { starts.isEmpty ? rows.count : starts.count - 1 }
    var memoryBytes: Int { (starts.count + rows.count) * 4 }

    func estimatedRowCount(_ positions: Range<Int>) -> Int { range(positions).count }

    func add(_ positions: Range<Int>, to collector: inout RowCollector) {
        rows.withUnsafeBufferPointer { collector.insert(UnsafeBufferPointer(rebasing: $0[range(positions)])) }
    }

    func common(_ positions: [Int]) -> [UInt32] {
        rows.withUnsafeBufferPointer { all in
            let lists = positions.map { RowList.rows(UnsafeBufferPointer(rebasing: all[range($0..<$0 + 1)])) }
                .sorted { $0.count < $1.count }
            return lists.dropFirst().reduce(lists[0].expanded()) { $1.intersection(with: $0) }
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt32(rows.count))
        writer.append(UInt32(starts.count))
        writer.appendValues(rows)
        writer.appendValues(starts)
    }

    /// - Throws: `StorageError.corrupted` if the bytes are no such rows of 0 ..< `rowCount`.
    init(from reader: inout ByteReader, rowCount: Int) throws {
        let entryCount = Int(try reader.uint32())
        let startCount = Int(try reader.uint32())
        rows = try reader.integers(entryCount)
        starts = try reader.integers(startCount)
        guard rows.allSatisfy({ $0 < rowCount }) else {
            throw reader.corrupted("an index names a row that is not there")
        }
        guard starts.isEmpty || (starts[0] == 0 && starts.last! == entryCount),
            zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw reader.corrupted("the rows of the values of an index do not follow each other") }
    }
}
