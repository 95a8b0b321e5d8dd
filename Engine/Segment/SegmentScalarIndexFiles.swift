/// Builds, writes and reads the scalar indexes of segments.
struct SegmentScalarIndexFiles {
    let files: SegmentFiles
    let schema: Schema

    /// An index over the values of a column, built now and written. Its name is durable after the folder is synced.
    func build(
        _ wanted: ScalarIndexRecord, record: SegmentRecord, column: Column
    ) throws -> (index: any ScalarIndex, entry: SegmentRecord.ScalarIndex) {
        let index = try builder(wanted, column).build()
        var writer = ByteWriter(reservingCapacity: index.memoryBytes)
        index.write(to: &writer)
        try files.write(
            files.scalarIndexName(record.identifier, wanted.number), kind: SegmentFiles.scalarIndexKind
        ) { try $0.append(writer.bytes) }
        return (index, SegmentRecord.ScalarIndex(number: wanted.number, digest: Self.digest(writer.bytes)))
    }

    /// The index of a segment; nil if it is not built yet.
    ///
    /// - Throws: `StorageError` if its file is missing, damaged or not the one that the manifest names.
    func read(_ wanted: ScalarIndexRecord, record: SegmentRecord, column: Column) throws -> (any ScalarIndex)? {
        guard let entry = record.scalarIndex(wanted.number) else { return nil }
        let file = try files.openReader(
            files.scalarIndexName(record.identifier, wanted.number), kind: SegmentFiles.scalarIndexKind)
        let body = try file.readBody()
        guard Self.digest(body) == entry.digest else {
            throw StorageError.corrupted(file.path, at: nil, "the index is not the one that the manifest names")
        }
        var reader = ByteReader(body, path: file.path, offset: FileFormat.headerSize)
        return try builder(wanted, column).open(&reader)
    }

    private func builder(_ wanted: ScalarIndexRecord, _ column: Column) -> ScalarIndexBuilder {
        ScalarIndexBuilder(column, path: wanted.path(in: schema), definition: wanted.definition)
    }

    private static func digest(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { StableHash.hash($0) } }
}
