/// The index in a file: parts 0 to 5 are the header, the dimensions, the lists, the blocks, the payload and, for BM25,
/// the document lengths. docs/format.md has the layout.
extension SparseInvertedIndex {
    private static let headerBytes = 16

    private var parts: [UnsafeRawBufferPointer] {
        [
            lists.header.bytes, lists.dimensions.bytes, lists.lists.bytes, lists.blocks.bytes, lists.payload.bytes,
            lists.lengths.bytes,
        ]
    }

    /// A hash of what is written: the same rows and definition give the same.
    var digest: UInt64 { IndexParts.digest(of: parts) }

    /// Passes the body of the index file to `append`, piece by piece.
    func write(_ append: (UnsafeRawBufferPointer) throws -> Void) throws {
        try IndexParts.write(parts, append)
    }

    /// Reads the lists of `count` rows from a file whose bytes are those that were written, and checks everything that
    /// a search relies on.
    ///
    /// - Throws: `StorageError` with code `corrupted`.
    static func read(
        _ definition: IndexDefinition, scoring: SparseScoring? = nil, parts: IndexParts, count: Int
    ) throws -> SparseInvertedIndex {
        let scoring = scoring ?? SparseScoring(definition)
        guard parts.count == 6 else { throw parts.corrupted("a sparse index has 6 parts, not \(parts.count)") }
        let isBM25 = scoring != .innerProduct
        let lists = PostingLists(
            header: FixedArray(try parts.read(0, expectedBytes: headerBytes)),
            dimensions: try array(1, of: parts), lists: try array(2, of: parts), blocks: try array(3, of: parts),
            payload: try array(4, of: parts),
            lengths: FixedArray(try parts.read(5, expectedBytes: isBM25 ? 4 * count : 0)))
        if let fault = lists.fault(rowCount: count) { throw parts.corrupted("the sparse index is damaged: \(fault)") }
        return SparseInvertedIndex(definition: definition, scoring: scoring, lists: lists)
    }

    private static func array<Element: BitwiseCopyable>(
        _ part: Int, of parts: IndexParts
    ) throws -> FixedArray<Element> {
        guard try parts.range(part).count % MemoryLayout<Element>.stride == 0 else {
            throw parts.corrupted("part \(part) of the index ends within a value")
        }
        return FixedArray(try parts.read(part))
    }
}
