import Synchronization

/// Where the versions of each key of a growing segment lie. Shared between the one writer and the readers.
final class KeyDirectory: Sendable {
    private struct Versions {
        var newest: [PrimaryKey: UInt32] = [:]
        /// For a row whose key was there before: the row of the version before.
        var previous: [UInt32: UInt32] = [:]
    }

    private let versions = Mutex(Versions())

    /// The newest version of a key among the rows below `rowCount`.
    func row(of key: PrimaryKey, below rowCount: Int) -> Int? {
        versions.withLock { versions in
            var candidate = versions.newest[key]
            while let row = candidate, row >= rowCount { candidate = versions.previous[row] }
            return candidate.map(Int.init)
        }
    }

    /// Records the keys of rows from `firstRow` on.
    func record(_ keys: Column, firstRow: Int) {
        versions.withLock { versions in
            for index in 0..<keys.count {
                let row = UInt32(firstRow + index)
                if let before = versions.newest.updateValue(row, forKey: keys.key(at: index)) {
                    versions.previous[row] = before
                }
            }
        }
    }
}

/// The one segment of a collection that takes rows, as it was at one moment: scanned exactly, since it is small.
///
/// A value with shared chunks: `appending` fills rows that no earlier value knows of. Only the one writer may append,
/// and only to the newest value.
struct GrowingSegment: Segment {
    let identifier: UInt64
    let schema: Schema
    let metrics: [String: Metric]
    private(set) var rows = LiveRows(rowCount: 0)
    /// Bytes of the rows as they would be written.
    private(set) var byteCount = 0
    private(set) var chunks: [GrowingChunk] = []
    /// When the rows were written.
    private(set) var times = WriteTimes()
    /// The partitions of the rows, as far as is known without looking at each.
    private(set) var mixture = PartitionMixture.none
    private let directory = KeyDirectory()
    let chunkCapacity: Int

    init(identifier: UInt64, schema: Schema, metrics: [String: Metric]) {
        self.identifier = identifier
        self.schema = schema
        self.metrics = metrics
        chunkCapacity = GrowingChunk.capacity(for: schema)
    }

    var isEmpty: Bool { rows.rowCount == 0 }

    /// The segment with the rows of a batch behind its own.
    func appending(_ batch: Batch) -> GrowingSegment {
        appending(batch, partitions: RowPartitions(batch, schema: schema))
    }

    private func appending(_ batch: Batch, partitions: RowPartitions) -> GrowingSegment {
        var next = self
        let firstRow = rows.rowCount
        var appended = 0
        while appended < batch.rowCount {
            if next.chunks.last?.freeRows ?? 0 == 0 {
                next.chunks.append(GrowingChunk(schema: schema, metrics: metrics))
            }
            let chunk = next.chunks[next.chunks.count - 1]
            let count = min(chunk.freeRows, batch.rowCount - appended)
            chunk.append(batch, rows: appended..<appended + count, partitions: partitions)
            appended += count
        }
        if batch.rowCount > 0 { next.mixture.add(partitions.common) }
        directory.record(batch.keys(schema), firstRow: firstRow)
        next.rows = rows.extended(to: firstRow + batch.rowCount)
        next.byteCount += batch.byteCount
        next.times.append(batch.rowCount, at: batch.writtenSeconds)
        return next
    }

    func deleting(_ deletedRows: [Int]) -> GrowingSegment {
        var next = self
        next.rows = rows.deleting(deletedRows)
        return next
    }

    /// The same rows, with vectors in the form that other metrics compare.
    func prepared(for metrics: [String: Metric]) -> GrowingSegment {
        guard metrics != self.metrics else { return self }
        var copy = GrowingSegment(identifier: identifier, schema: schema, metrics: metrics)
        if rowCount > 0 { copy = copy.appending(batch(), partitions: rowPartitions) }
        copy.rows = rows
        copy.times = times
        return copy
    }

    private var rowPartitions: RowPartitions { .each((0..<rowCount).map(partition(ofRow:))) }

    /// The same rows under a schema with further scalar fields, which are null or have their default. O(bytes).
    ///
    /// - Throws: `ApusError` if one of these fields must be given.
    func extended(to schema: Schema) throws -> GrowingSegment {
        var copy = GrowingSegment(identifier: identifier, schema: schema, metrics: metrics)
        if rowCount > 0 { copy = copy.appending(try batch().extended(to: schema), partitions: rowPartitions) }
        copy.rows = rows
        copy.times = times
        return copy
    }

    /// All rows as a batch.
    private func batch() -> Batch {
        Batch(
            rowCount: rowCount,
            columns: schema.fields.indices.map { field in
                guard let layout = schema.fields[field].type.vectorLayout else { return .scalar(column(at: field)) }
                var bytes: [UInt8] = []
                forEachPiece(ofVectorsAt: field) { bytes += $0 }
                return .vector(bytes.withUnsafeBytes { DenseVectors($0, layout.element) })
            })
    }

    func row(of key: PrimaryKey) -> Int? {
        directory.row(of: key, below: rows.rowCount).flatMap { rows.contains($0) ? $0 : nil }
    }

    func partition(ofRow row: Int) -> UInt32 { chunks[row / chunkCapacity].partitions[row % chunkCapacity] }

    func key(at row: Int) -> PrimaryKey {
        switch scalarValue(field: schema.primaryKeyIndex, row: row) {
        case .integer(let key): .integer(key)
        case .text(let key): .text(key)
        default: preconditionFailure("a key column holds integers or texts")
        }
    }

    func value(field: Int, row: Int) -> Value {
        guard let vectors = chunks[row / chunkCapacity].vectors[field] else {
            return scalarValue(field: field, row: row)
        }
        let bytes = UnsafeRawBufferPointer(
            start: vectors.raw.row(row % chunkCapacity), count: vectors.raw.strideBytes)
        return ValueCodec.decode(bytes, as: schema.fields[field].type)
    }

    func search(
        field: Int, _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        if let sparse = queries.sparse {
            return search(field: field, sparse, k: k, permitted: permitted, &statistics)
        }
        let blocks = blocks(of: field)
        guard let metric = chunks.first?.vectors[field]?.metric else {
            return Array(repeating: [], count: queries.count)
        }
        return BlockScan(metric: metric, blocks: blocks).search(
            queries, k: k, permitted: permitted, statistics: &statistics)
    }

    private func search(
        field: Int, _ queries: SparseQueries, k: Int, permitted: RowSet?, _ statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        var nearest = Array(repeating: TopK(k: k), count: queries.vectors.count)
        let scan = SparseColumnScan(scoring: queries.scoring)
        forEachChunk { column, firstRow, count in
            scan.scan(
                queries, rows: 0..<count, firstRow: firstRow, permitted: permitted, statistics: &statistics,
                into: &nearest
            ) { column[field]!.withBytes(at: $0, $1) }
        }
        return nearest.map { $0.sorted() }
    }

    func bm25Statistics(field: Int, for queries: [SparseVector], permitted: RowSet?) -> BM25Statistics {
        var statistics = BM25Statistics()
        forEachChunk { column, firstRow, count in
            let rows = (0..<count).filter { permitted?.contains(firstRow + $0) ?? true }
            statistics.add(BM25Statistics(for: queries, rows: rows) { column[field]!.withBytes(at: $0, $1) })
        }
        return statistics
    }

    func scalarBlocks() -> [ScalarBlock] {
        var blocks: [ScalarBlock] = []
        forEachChunk { columns, firstRow, count in
            blocks.append(ScalarBlock(firstRow: firstRow, count: count, columns: columns.map { $0 }))
        }
        return blocks
    }

    /// Calls `body` with the columns of each chunk, the row of the segment that its row 0 is, and its rows.
    func forEachChunk(_ body: ([GrowingColumn?], Int, Int) -> Void) {
        for (index, chunk) in chunks.enumerated() {
            let firstRow = index * chunkCapacity
            body(chunk.scalars, firstRow, min(chunkCapacity, rows.rowCount - firstRow))
        }
    }

    /// The prepared rows of a vector field, chunk by chunk.
    func blocks(of field: Int) -> [BlockScan.Block] {
        chunks.enumerated().map { index, chunk in
            let firstRow = index * chunkCapacity
            return BlockScan.Block(
                rows: chunk.vectors[field]!.prepared, firstRow: firstRow,
                count: min(chunkCapacity, rows.rowCount - firstRow))
        }
    }

    private func scalarValue(field: Int, row: Int) -> Value {
        chunks[row / chunkCapacity].scalars[field]!.value(at: row % chunkCapacity)
    }
}
