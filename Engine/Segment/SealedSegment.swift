/// Rows in files, which never change; deleted rows are a mask beside them.
///
/// A value: the keys are always in memory, vectors, scalars and indexes only while the collection is loaded.
struct SealedSegment: Segment {
    let record: SegmentRecord
    let schema: Schema
    let keys: KeyTable
    let rows: LiveRows
    let times: WriteTimes
    /// nil while the collection is released.
    let contents: SegmentContents?

    var identifier: UInt64 { record.identifier }

    var filterCache: FilterCache? { contents?.filterCache }

    var partition: UInt32? { record.partition }

    func rows(of partitions: Set<UInt32>) -> RowSet? {
        partitions.contains(record.partition) ? nil : RowSet(capacity: record.rowCount)
    }

    func deleting(_ deletedRows: [Int]) -> SealedSegment {
        replacing(rows: rows.deleting(deletedRows))
    }

    func replacing(record: SegmentRecord? = nil, rows: LiveRows? = nil) -> SealedSegment {
        SealedSegment(
            record: record ?? self.record, schema: schema, keys: keys, rows: rows ?? self.rows, times: times,
            contents: contents)
    }

    func replacing(contents: SegmentContents?) -> SealedSegment {
        SealedSegment(record: record, schema: schema, keys: keys, rows: rows, times: times, contents: contents)
    }

    /// The same rows under a schema with further scalar fields, which are null or have their default.
    ///
    /// - Throws: `ApusError` if one of these fields must be given.
    func extended(to schema: Schema, record: SegmentRecord) throws -> SealedSegment {
        SealedSegment(
            record: record, schema: schema, keys: keys, rows: rows, times: times,
            contents: try contents?.extended(to: schema, rowCount: record.rowCount))
    }

    func row(of key: PrimaryKey) -> Int? {
        // A key gets a row only when its older ones are deleted, so no other row of it can be alive.
        keys.newestRow(of: key).flatMap { rows.contains($0) ? $0 : nil }
    }

    func key(at row: Int) -> PrimaryKey { keys.column.key(at: row) }

    func value(field: Int, row: Int) throws -> Value {
        if field == schema.primaryKeyIndex { return keys.column.value(at: row) }
        return try requireContents().value(field: field, row: row, type: schema.fields[field].type)
    }

    func search(
        field: Int, _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        let contents = try requireContents()
        if let index = contents.indexes[field] {
            return try index.search(
                queries, k: k, parameters: parameters, permitted: permitted, statistics: &statistics)
        }
        if let sparse = queries.sparse {
            return search(contents.scalars[field]!, sparse, k: k, permitted: permitted, &statistics)
        }
        let vectors = contents.vectors[field]!
        let block = BlockScan.Block(rows: vectors.requirePrepared(), firstRow: 0, count: record.rowCount)
        return BlockScan(metric: vectors.metric, blocks: [block]).search(
            queries, k: k, permitted: permitted, statistics: &statistics)
    }

    /// Exact search of a sparse field without an index.
    private func search(
        _ column: Column, _ queries: SparseQueries, k: Int, permitted: RowSet?, _ statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        var nearest = Array(repeating: TopK(k: k), count: queries.vectors.count)
        SparseColumnScan(scoring: queries.scoring).scan(
            queries, rows: 0..<column.count, firstRow: 0, permitted: permitted, statistics: &statistics,
            into: &nearest
        ) { column.withBytes(at: $0, $1) }
        return nearest.map { $0.sorted() }
    }

    /// Rows of a sealed segment are of one partition, so all of them are permitted or none.
    func bm25Statistics(field: Int, for queries: [SparseVector], permitted: RowSet?) throws -> BM25Statistics {
        if permitted?.count == 0 { return BM25Statistics() }
        let contents = try requireContents()
        if let index = contents.indexes[field] as? SparseInvertedIndex { return index.bm25Statistics(for: queries) }
        let column = contents.scalars[field]!
        return BM25Statistics(for: queries, rows: 0..<column.count) { column.withBytes(at: $0, $1) }
    }

    func scalarBlocks() throws -> [ScalarBlock] {
        var columns: [(any ScalarValues)?] = try requireContents().scalars.map { $0 }
        columns[schema.primaryKeyIndex] = keys.column
        let contents = try requireContents()
        let indexes = contents.scalarIndexes.sorted { $0.key < $1.key }.map(\.value)
        return [
            ScalarBlock(
                firstRow: 0, count: record.rowCount, columns: columns, termIndexes: contents.termIndexes,
                indexes: indexes)
        ]
    }

    func requireContents() throws -> SegmentContents {
        guard let contents else { throw ApusError(.notLoaded, "the collection is not loaded; call load() first") }
        return contents
    }
}

/// What a loaded segment holds in memory, by position of the field in the schema.
struct SegmentContents: Sendable {
    struct Vectors: Sendable {
        let layout: VectorLayout
        let metric: Metric
        /// The rows as the metric compares them; nil if the index of the field answers without them.
        let prepared: VectorRows?
        /// Where the vectors can be read as they were given, unless `prepared` holds them.
        let raw: FileReader?

        func requirePrepared() -> VectorRows {
            guard let prepared else { preconditionFailure("rows are dropped only where an index answers for them") }
            return prepared
        }

        /// The same vectors without rows in memory.
        func droppingRows(raw: FileReader) -> Vectors {
            Vectors(layout: layout, metric: metric, prepared: nil, raw: raw)
        }
    }

    var vectors: [Vectors?]
    var scalars: [Column?]
    /// nil for a field that is scanned, and for one whose index is not built yet.
    var indexes: [(any VectorIndex)?]
    /// Of these scalars; copies of the contents share it.
    let filterCache = FilterCache()
    /// Of the text fields whose terms filters match.
    private(set) var termIndexes: [Int: TermIndex] = [:]
    /// By their numbers; one whose index is not built yet is missing.
    var scalarIndexes: [UInt64: any ScalarIndex] = [:]

    /// Makes the term indexes that are missing from the columns; there are no files of them.
    mutating func indexTerms(_ schema: Schema) throws {
        for (position, field) in schema.fields.enumerated() where field.text?.isMatched == true {
            guard let column = scalars[position], termIndexes[position] == nil else { continue }
            termIndexes[position] = TermIndex(field: position, column: column, analyzer: try field.analyzer())
        }
    }

    fileprivate func extended(to schema: Schema, rowCount: Int) throws -> SegmentContents {
        var contents = self
        for field in schema.fields[scalars.count...] {
            contents.vectors.append(nil)
            contents.scalars.append(try Column.absent(field, rowCount: rowCount))
            contents.indexes.append(nil)
        }
        try contents.indexTerms(schema)
        return contents
    }

    func value(field: Int, row: Int, type: DataType) throws -> Value {
        if let column = scalars[field] { return column.value(at: row) }
        let vectors = vectors[field]!
        let size = vectors.layout.strideBytes
        if let raw = vectors.raw {
            return try raw.read(row * size..<(row + 1) * size).withUnsafeBytes { ValueCodec.decode($0, as: type) }
        }
        let bytes = UnsafeRawBufferPointer(start: vectors.requirePrepared().row(row), count: size)
        return ValueCodec.decode(bytes, as: type)
    }

    /// Checks the vectors that are not in memory but read from their file row by row, which checks nothing.
    ///
    /// - Throws: `StorageError.corrupted` naming the file.
    func verifyFiles() throws {
        for vectors in vectors { try vectors?.raw?.verifyChecksum() }
    }

    /// Bytes of vectors, of indexes and of scalars.
    var memory: (vectors: Int, indexes: Int, scalars: Int) {
        (
            vectors.reduce(0) { $0 + ($1?.prepared.map { $0.strideBytes * $0.capacity } ?? 0) },
            indexes.reduce(0) { $0 + ($1?.memoryBytes ?? 0) }
                + termIndexes.values.reduce(0) { $0 + $1.memoryBytes }
                + scalarIndexes.values.reduce(0) { $0 + $1.memoryBytes },
            scalars.reduce(0) { $0 + ($1?.memoryBytes ?? 0) }
        )
    }
}
