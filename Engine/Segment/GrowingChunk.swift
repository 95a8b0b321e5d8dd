/// A fixed number of rows of a growing segment. Chunks are never moved, so readers keep theirs while the writer
/// fills the next rows.
final class GrowingChunk: @unchecked Sendable {
    // Sendable: rows are written once by the one writer, before any reader is told of them.

    /// Vectors of one field: as given, and as the metric compares them.
    struct Vectors {
        let raw: VectorRows
        let layout: VectorLayout
        /// The same object as `raw` unless the metric needs another form.
        let prepared: VectorRows
        let metric: Metric
    }

    let capacity: Int
    /// By position of the field in the schema; nil for fields of the other kind.
    let vectors: [Vectors?]
    let scalars: [GrowingColumn?]
    /// Number of the partition of each row.
    let partitions: UnsafeMutablePointer<UInt32>
    private(set) var rowCount = 0

    private static let targetBytes = 4 << 20

    /// Rows of a chunk: a few MiB of vectors, a multiple of 64.
    static func capacity(for schema: Schema) -> Int {
        let rowBytes = schema.vectorFields.reduce(0) { $0 + ($1.type.fixedByteCount ?? 0) }
        return max(64, targetBytes / max(rowBytes, 1) / 64 * 64)
    }

    init(schema: Schema, metrics: [String: Metric]) {
        let capacity = Self.capacity(for: schema)
        self.capacity = capacity
        vectors = schema.fields.map { field in
            guard let layout = field.type.vectorLayout else { return nil }
            let raw = VectorRows(layout, capacity: capacity)
            let metric = metrics[field.name]!
            let prepared = layout.isPrepared(for: metric) ? raw : VectorRows(layout.prepared, capacity: capacity)
            return Vectors(raw: raw, layout: layout, prepared: prepared, metric: metric)
        }
        scalars = schema.fields.map {
            $0.type.vectorDimension == nil ? GrowingColumn(type: $0.type, capacity: capacity) : nil
        }
        partitions = .allocate(capacity: capacity)
    }

    deinit { partitions.deallocate() }

    var freeRows: Int { capacity - rowCount }

    /// Appends rows of a batch that belong to these partitions.
    func append(_ batch: Batch, rows: Range<Int>, partitions: RowPartitions) {
        precondition(rows.count <= freeRows)
        for (offset, row) in rows.enumerated() { self.partitions[rowCount + offset] = partitions[row] }
        for (position, column) in batch.columns.enumerated() {
            switch column {
            case .scalar(let column): scalars[position]!.append(column, rows: rows)
            case .vector(let values): append(values, rows: rows, to: vectors[position]!)
            }
        }
        rowCount += rows.count
    }

    private func append(_ values: DenseVectors, rows: Range<Int>, to vectors: Vectors) {
        let stride = vectors.layout.strideBytes
        let raw = vectors.raw.row(rowCount)
        values.withBytes {
            raw.copyMemory(from: $0.baseAddress! + rows.lowerBound * stride, byteCount: rows.count * stride)
        }
        guard vectors.prepared !== vectors.raw else { return }
        PreparedVectors.copy(
            raw, vectors.layout, to: vectors.prepared.row(rowCount), count: rows.count, metric: vectors.metric)
    }
}
