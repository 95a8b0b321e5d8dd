/// The live rows of several loaded segments, one segment after the other: what compaction writes.
struct MergedRows: SegmentSource {
    let segments: [SealedSegment]

    var rowCount: Int { segments.reduce(0) { $0 + $1.rows.count } }

    var times: WriteTimes {
        var times = WriteTimes()
        for segment in segments {
            for row in 0..<segment.rows.rowCount where segment.rows.contains(row) {
                times.append(1, at: segment.times.seconds(of: row))
            }
        }
        return times
    }

    func column(at field: Int) throws -> Column {
        let schema = segments[0].schema
        var builder = ColumnBuilder(type: schema.fields[field].type, reservingRows: rowCount)
        for segment in segments {
            let column =
                field == schema.primaryKeyIndex ? segment.keys.column : segment.contents!.scalars[field]!
            for row in 0..<segment.rows.rowCount where segment.rows.contains(row) {
                if column.isNull(row) {
                    builder.appendNull()
                } else {
                    column.withBytes(at: row) { builder.append($0) }
                }
            }
        }
        return builder.finish()
    }

    func forEachPiece(ofVectorsAt field: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        for segment in segments {
            for row in 0..<segment.rows.rowCount where segment.rows.contains(row) {
                guard let vector = try segment.value(field: field, row: row).denseVector else {
                    preconditionFailure("field \(field) holds vectors")
                }
                try vector.withBytes(body)
            }
        }
    }

    /// The rows of the merged segment that were deleted after these segments were taken.
    func rowsDeletedSince(_ current: (UInt64) -> LiveRows) -> [Int] {
        var deleted: [Int] = []
        var merged = 0
        for segment in segments {
            let now = current(segment.identifier)
            for row in 0..<segment.rows.rowCount where segment.rows.contains(row) {
                if !now.contains(row) { deleted.append(merged) }
                merged += 1
            }
        }
        return deleted
    }
}
