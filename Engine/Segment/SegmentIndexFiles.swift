/// Builds, writes and reads the indexes of segments.
struct SegmentIndexFiles {
    let files: SegmentFiles

    /// An index over the rows, built now; written if its type has a file. Returns its entry for the manifest.
    ///
    /// - Parameter variation: 0 as a rule; others give an index of the same rows by other random choices.
    func build(
        _ definition: IndexDefinition, record: SegmentRecord, field: Int, contents: SegmentContents,
        variation: UInt64 = 0, threads: Int,
        progress: @escaping (Int, Int) -> Void
    ) throws -> (index: any VectorIndex, entry: SegmentRecord.Index?) {
        let source = IndexSource(
            definition: definition,
            rows: contents.vectors[field]?.requirePrepared()
                ?? VectorRows(element: .float32, dimension: 1, capacity: 0),
            sparseRows: contents.vectors[field] == nil ? SparseRows(contents.scalars[field]!) : nil,
            count: record.rowCount, seed: Self.seed &+ variation, threads: threads, progress: progress)
        let index = try IndexFactory.build(source)
        guard let stored = index as? any StoredIndex else { return (index, nil) }
        try files.write(files.indexName(record.identifier, field), kind: SegmentFiles.indexKind) { writer in
            try stored.write { try writer.append($0) }
        }
        let entry = SegmentRecord.Index(field: field, digest: stored.digest)
        // An index that answers from its file keeps all of it in memory until it is opened from there.
        guard IndexFactory.readsItsFile(definition.type) else { return (index, entry) }
        let opened = try IndexFactory.open(
            definition, file: try openFile(entry, record: record), digest: entry.digest, rows: nil,
            count: record.rowCount)
        return (opened, entry)
    }

    /// The index of a segment; nil if it is not built yet.
    ///
    /// - Parameter rows: nil only if the definition does not keep them.
    /// - Throws: `StorageError` if its file is missing, damaged or not the one that the manifest names.
    func read(
        _ definition: IndexDefinition, record: SegmentRecord, field: Int, rows: VectorRows?
    ) throws -> (any VectorIndex)? {
        guard IndexFactory.hasFile(definition.type) else {
            return rows.map { IndexFactory.make(definition, rows: $0, count: record.rowCount) }
        }
        guard let entry = record.index(of: field) else { return nil }
        return try IndexFactory.open(
            definition, file: try openFile(entry, record: record), digest: entry.digest, rows: rows,
            count: record.rowCount)
    }

    /// Reads the file of an index to its end.
    ///
    /// - Throws: `StorageError` naming what is damaged.
    func verify(_ definition: IndexDefinition, _ entry: SegmentRecord.Index, record: SegmentRecord) throws {
        try IndexFactory.verify(
            definition, file: try openFile(entry, record: record), digest: entry.digest, count: record.rowCount)
    }

    func openFile(_ entry: SegmentRecord.Index, record: SegmentRecord) throws -> FileReader {
        try files.openReader(files.indexName(record.identifier, entry.field), kind: SegmentFiles.indexKind)
    }

    /// Random choices of a build are drawn from this seed, so that the same rows give the same index.
    private static let seed: UInt64 = 0x41_70_75_73
}
