/// What an index is built from.
struct IndexSource {
    let definition: IndexDefinition
    /// Prepared for the metric (normalised for COSINE); rows 0 ..< `count` are indexed.
    let rows: VectorRows
    /// The rows of a sparse field, instead.
    var sparseRows: SparseRows?
    let count: Int
    /// Random choices are drawn from this: the same rows, definition and seed give the same index.
    let seed: UInt64
    let threads: Int
    /// Called on the building thread with the rows done and all rows.
    let progress: (Int, Int) -> Void
}

/// The one place that knows which code stands behind each index type.
enum IndexFactory {
    /// Whether indexes of a type are kept in files; the others are made of the rows when these are loaded.
    static func hasFile(_ type: IndexType) -> Bool {
        type != .flat && type != .binFlat
    }

    /// Whether searches read the file of the index.
    static func readsItsFile(_ type: IndexType) -> Bool { type == .diskANN }

    /// - Throws: `ApusError` if the rows do not suit the type, such as too few to train.
    static func build(_ source: IndexSource) throws -> any VectorIndex {
        switch source.definition.type {
        case .flat, .binFlat:
            return FlatIndex(
                definition: source.definition, rows: source.rows, count: source.count, threads: source.threads)
        case .hnsw: return HNSWIndex.build(source)
        case .sparseInvertedIndex, .sparseWAND:
            return SparseInvertedIndex.build(
                source.definition, scoring: SparseScoring(source.definition), rows: source.sparseRows!,
                count: source.count)
        case .diskANN: return try DiskANNBuilder(source).build()
        case .hnswSQ, .hnswPQ, .autoIndex: return try CodedHNSWIndex.build(source)
        case .ivfFlat, .ivfSQ8, .binIVFFlat: return try IVFIndexes.build(source)
        case .ivfPQ, .scann: return try ProductIVFIndexes.build(source)
        case .ivfRaBitQ: return try SignIVFIndexes.build(source)
        }
    }

    /// An index without a file.
    static func make(_ definition: IndexDefinition, rows: VectorRows, count: Int) -> any VectorIndex {
        FlatIndex(definition: definition, rows: rows, count: count)
    }

    /// Opens an index from its file, whose bytes are checked here.
    ///
    /// - Parameters:
    ///   - rows: the rows that the index was built from, if its definition keeps them in memory.
    ///   - digest: that of the index.
    /// - Throws: `StorageError` if the file is damaged or not the one that is meant.
    static func open(
        _ definition: IndexDefinition, file: FileReader, digest: UInt64, rows: VectorRows?, count: Int
    ) throws -> any VectorIndex {
        switch definition.type {
        case .hnsw:
            let graph = try HNSWGraph(file: file, digest: digest, rowCount: count)
            return HNSWIndex(definition: definition, graph: graph, rows: rows!)
        case .sparseInvertedIndex, .sparseWAND:
            let parts = try checkedParts(file, digest: digest)
            return try SparseInvertedIndex.read(
                definition, scoring: SparseScoring(definition), parts: parts, count: count)
        case .diskANN: return try DiskANNFile.open(definition, file: file, digest: digest, rowCount: count)
        case .hnswSQ, .hnswPQ, .autoIndex:
            let parts = try checkedParts(file, digest: digest)
            return try CodedHNSWIndex.read(definition, parts, rows: rows, count: count)
        case .ivfFlat, .ivfSQ8, .binIVFFlat:
            let parts = try checkedParts(file, digest: digest)
            return try IVFIndexes.open(definition, parts: parts, rows: rows, count: count)
        case .ivfPQ, .scann:
            let parts = try checkedParts(file, digest: digest)
            return try ProductIVFIndexes.open(definition, parts: parts, rows: rows, count: count)
        case .ivfRaBitQ:
            let parts = try checkedParts(file, digest: digest)
            return try SignIVFIndexes.open(definition, parts: parts, rows: rows, count: count)
        default: throw StorageError.corrupted(file.path, at: nil, "index type \(definition.type.rawValue) has no file")
        }
    }

    /// Reads the file of an index to its end.
    ///
    /// - Throws: `StorageError` if it is damaged or not the one that is meant.
    static func verify(_ definition: IndexDefinition, file: FileReader, digest: UInt64, count: Int) throws {
        switch definition.type {
        case .hnsw: _ = try HNSWGraph(file: file, digest: digest, rowCount: count)
        case .diskANN: try DiskANNFile.verify(definition, file: file, digest: digest, rowCount: count)
        default: _ = try checkedParts(file, digest: digest)
        }
    }

    /// The parts of a file whose bytes were found right.
    static func checkedParts(_ file: FileReader, digest: UInt64) throws -> IndexParts {
        try file.verifyChecksum()
        let parts = try IndexParts(file: file)
        guard try parts.digest() == digest else { throw StorageError.wrongIndex(file.path) }
        return parts
    }
}

extension StorageError {
    static func wrongIndex(_ path: String) -> StorageError {
        .corrupted(path, at: nil, "the index is not the one that the manifest names")
    }
}
