/// Rows that become a sealed segment.
protocol SegmentSource {
    var rowCount: Int { get }

    /// When the rows were written.
    var times: WriteTimes { get }

    /// The values of a scalar field.
    func column(at field: Int) throws -> Column

    /// Calls `body` with the vectors of a field as they were given, in consecutive pieces of whole rows.
    func forEachPiece(ofVectorsAt field: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
}

extension GrowingSegment: SegmentSource {
    var rowCount: Int { rows.rowCount }

    func column(at field: Int) -> Column {
        var builder = ColumnBuilder(type: schema.fields[field].type, reservingRows: rowCount)
        forEachChunk { columns, _, count in columns[field]!.copy(rowCount: count, to: &builder) }
        return builder.finish()
    }

    func forEachPiece(
        ofVectorsAt field: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        for (chunk, block) in zip(chunks, blocks(of: field)) {
            let raw = chunk.vectors[field]!.raw
            try body(UnsafeRawBufferPointer(start: raw.base, count: block.count * raw.strideBytes))
        }
    }
}

/// Writes the files of a segment from rows in memory.
struct SegmentBuilder {
    let files: SegmentFiles
    let schema: Schema
    let metrics: [String: Metric]

    /// The sealed segment, loaded and without an index. Its files are complete; their names become durable with the
    /// next sync of the folder.
    func build(
        _ source: some SegmentSource, partition: UInt32, identifier: UInt64, rows: LiveRows
    ) throws -> SealedSegment {
        var contents = SegmentContents(
            vectors: schema.fields.map { _ in nil }, scalars: schema.fields.map { _ in nil },
            indexes: schema.fields.map { _ in nil })
        var byteCount = 0
        for (position, field) in schema.fields.enumerated() {
            if let layout = field.type.vectorLayout {
                contents.vectors[position] = try writeVectors(
                    source, identifier: identifier, field: position, layout: layout)
                byteCount += source.rowCount * layout.strideBytes
            } else {
                let column = try source.column(at: position)
                try write(column, identifier: identifier, field: position)
                byteCount += column.memoryBytes
                contents.scalars[position] = column
            }
        }
        let keys = KeyTable(contents.scalars[schema.primaryKeyIndex]!)
        contents.scalars[schema.primaryKeyIndex] = nil
        try contents.indexTerms(schema)
        let record = SegmentRecord(
            identifier: identifier, rowCount: source.rowCount, byteCount: byteCount, deletions: nil, indexes: [],
            partition: partition, fieldCount: schema.fields.count, hasTimes: true)
        let times = source.times
        try files.writeTimes(times, segment: identifier)
        return SealedSegment(
            record: record, schema: schema, keys: keys, rows: rows, times: times, contents: contents)
    }

    private func write(_ column: Column, identifier: UInt64, field: Int) throws {
        var writer = ByteWriter(reservingCapacity: column.memoryBytes + 16)
        column.write(to: &writer)
        let name = files.fieldName(identifier, field, column.type)
        try files.write(name, kind: SegmentFiles.columnKind) { try $0.append(writer.bytes) }
    }

    private func writeVectors(
        _ source: some SegmentSource, identifier: UInt64, field: Int, layout: VectorLayout
    ) throws -> SegmentContents.Vectors {
        let metric = metrics[schema.fields[field].name]!
        let prepared = VectorRows(layout.prepared, capacity: source.rowCount)
        let name = files.fieldName(identifier, field, schema.fields[field].type)
        var row = 0
        try files.write(name, kind: SegmentFiles.vectorsKind) { writer in
            try source.forEachPiece(ofVectorsAt: field) { piece in
                try writer.append(piece)
                let count = piece.count / layout.strideBytes
                PreparedVectors.copy(
                    piece.baseAddress!, layout, to: prepared.row(row), count: count, metric: metric)
                row += count
            }
        }
        precondition(row == source.rowCount, "a source gave \(row) vectors for \(source.rowCount) rows")
        let raw = layout.isPrepared(for: metric) ? nil : try files.openReader(name, kind: SegmentFiles.vectorsKind)
        return SegmentContents.Vectors(layout: layout, metric: metric, prepared: prepared, raw: raw)
    }
}
