/// What a growing segment knows of the partitions of its rows together.
enum PartitionMixture: Equatable {
    case none
    case one(UInt32)
    case several

    /// - Parameter partition: that of all added rows; nil if they are of several.
    mutating func add(_ partition: UInt32?) {
        switch (self, partition) {
        case (.none, let partition?): self = .one(partition)
        case (.one(let present), partition) where present == partition: break
        default: self = .several
        }
    }
}

extension GrowingSegment {
    /// The partition of all rows; nil if they are of several.
    var partition: UInt32? { if case .one(let partition) = mixture { partition } else { nil } }

    /// The rows that belong to any of the partitions, deleted ones included; nil if all do. O(rows).
    func rows(of partitions: Set<UInt32>) -> RowSet? {
        if let partition { return partitions.contains(partition) ? nil : RowSet(capacity: rowCount) }
        var found = RowSet(capacity: rowCount)
        let only = partitions.count == 1 ? partitions.first : nil
        forEachPartitionRun { partition, rows in
            guard only.map({ $0 == partition }) ?? partitions.contains(partition) else { return }
            for row in rows { found.insert(row) }
        }
        return found.count == rowCount ? nil : found
    }

    /// The rows of each partition, ascending, by ascending number of the partition.
    func rowsByPartition() -> [(partition: UInt32, rows: [Int])] {
        var rows: [UInt32: [Int]] = [:]
        forEachPartitionRun { rows[$0, default: []] += $1 }
        return rows.sorted { $0.key < $1.key }.map { (partition: $0.key, rows: $0.value) }
    }

    /// Calls `body` with each longest run of rows of one partition within a chunk.
    private func forEachPartitionRun(_ body: (UInt32, Range<Int>) -> Void) {
        for (index, chunk) in chunks.enumerated() {
            let firstRow = index * chunkCapacity
            let count = min(chunkCapacity, rowCount - firstRow)
            var start = 0
            for row in 1...max(count, 1) where row == count || chunk.partitions[row] != chunk.partitions[start] {
                body(chunk.partitions[start], firstRow + start..<firstRow + row)
                start = row
            }
        }
    }

    /// Appends the value of one row to a builder of the type of the field.
    fileprivate func append(_ row: Int, ofScalarAt field: Int, to builder: inout ColumnBuilder) {
        let column = chunks[row / chunkCapacity].scalars[field]!
        let row = row % chunkCapacity
        if column.isNull(row) { builder.appendNull() } else { column.withBytes(at: row) { builder.append($0) } }
    }

    /// Calls `body` with the vectors of consecutive rows as they were given, a piece for each chunk.
    fileprivate func forEachPiece(
        ofVectorsAt field: Int, rows: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        var start = rows.lowerBound
        while start < rows.upperBound {
            let end = min(rows.upperBound, (start / chunkCapacity + 1) * chunkCapacity)
            let raw = chunks[start / chunkCapacity].vectors[field]!.raw
            try body(
                UnsafeRawBufferPointer(
                    start: raw.row(start % chunkCapacity), count: (end - start) * raw.strideBytes))
            start = end
        }
    }
}

/// The rows of one partition of a growing segment, as a sealed segment takes them.
struct PartitionRows: SegmentSource {
    let segment: GrowingSegment
    let partition: UInt32
    /// Rows of the growing segment, ascending.
    let rows: [Int]

    var rowCount: Int { rows.count }

    var times: WriteTimes {
        var times = WriteTimes()
        for row in rows { times.append(1, at: segment.times.seconds(of: row)) }
        return times
    }

    func column(at field: Int) -> Column {
        var builder = ColumnBuilder(type: segment.schema.fields[field].type, reservingRows: rowCount)
        for row in rows { segment.append(row, ofScalarAt: field, to: &builder) }
        return builder.finish()
    }

    func forEachPiece(
        ofVectorsAt field: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        var start = 0
        while start < rows.count {
            var end = start + 1
            while end < rows.count, rows[end] == rows[end - 1] + 1 { end += 1 }
            try segment.forEachPiece(ofVectorsAt: field, rows: rows[start]..<rows[end - 1] + 1, body)
            start = end
        }
    }

    /// Which rows are alive, given which of the growing segment are.
    func live(_ all: LiveRows) -> LiveRows {
        guard all.deleted.count > 0 else { return LiveRows(rowCount: rowCount) }
        var deleted = RowSet(capacity: rowCount)
        for (row, source) in rows.enumerated() where !all.contains(source) { deleted.insert(row) }
        return LiveRows(rowCount: rowCount, deleted: deleted)
    }
}
