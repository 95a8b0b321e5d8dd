/// Builds, writes and reads the indexes of segments, one case per index type.
struct SegmentIndexFiles {
    let files: SegmentFiles

    /// An index over the rows, built now; written if its type has a file. Returns its entry for the manifest.
    func build(
        _ definition: IndexDefinition, record: SegmentRecord, field: Int, rows: VectorRows, threads: Int,
        progress: (Int, Int) -> Void
    ) throws -> (index: any VectorIndex, entry: SegmentRecord.Index?) {
        switch definition.type {
        case .flat: return (FlatIndex(definition: definition, rows: rows, count: record.rowCount), nil)
        case .hnsw:
            let index = HNSWIndex.build(
                definition: definition, rows: rows, count: record.rowCount, seed: Self.seed, threads: threads,
                progress: progress)
            try files.write(files.indexName(record.identifier, field), kind: SegmentFiles.indexKind) {
                writer in
                try index.graph.writeBody { try writer.append($0) }
            }
            return (index, SegmentRecord.Index(field: field, digest: index.graph.digest))
        }
    }

    /// The index of a segment; nil if it is not built yet.
    ///
    /// - Throws: `StorageError` if its file is missing, damaged or not the one that the manifest names.
    func read(
        _ definition: IndexDefinition, record: SegmentRecord, field: Int, rows: VectorRows
    ) throws -> (any VectorIndex)? {
        switch definition.type {
        case .flat: return FlatIndex(definition: definition, rows: rows, count: record.rowCount)
        case .hnsw:
            guard let entry = record.index(of: field) else { return nil }
            let graph = try readGraph(entry, record: record)
            return HNSWIndex(definition: definition, graph: graph, rows: rows)
        }
    }

    /// The graph of a segment, checked from its first byte to its last.
    func readGraph(_ entry: SegmentRecord.Index, record: SegmentRecord) throws -> HNSWGraph {
        let name = files.indexName(record.identifier, entry.field)
        let file = try files.openReader(name, kind: SegmentFiles.indexKind)
        let body = MemoryBlock(byteCount: file.bodyLength)
        let bytes = UnsafeMutableRawBufferPointer(start: body.base, count: file.bodyLength)
        try file.readBody(into: bytes)
        let graph = try Self.graph(bytes, rowCount: record.rowCount, path: file.path)
        guard graph.digest == entry.digest else {
            throw StorageError.corrupted(
                file.path, at: nil, "the index is not the one that the manifest names")
        }
        return graph
    }

    private static func graph(
        _ body: UnsafeMutableRawBufferPointer, rowCount: Int, path: String
    ) throws -> HNSWGraph {
        do {
            return try HNSWGraph(readingBody: UnsafeRawBufferPointer(body), rowCount: rowCount)
        } catch let error as DamagedGraph {
            throw StorageError.corrupted(path, at: FileFormat.headerSize + error.offset, error.message)
        }
    }

    /// Levels of a graph are drawn from this seed, so that the same rows give the same graph.
    private static let seed: UInt64 = 0x41_70_75_73
}
