/// What the manifest knows of a sealed segment.
struct SegmentRecord: Sendable, Hashable {
    /// An index that was built and written.
    struct Index: Sendable, Hashable {
        /// Position of the field in the schema.
        let field: Int
        /// Digest of the index: the same rows, parameters and seed give the same.
        let digest: UInt64
    }

    /// An index of a scalar field that was built and written.
    struct ScalarIndex: Sendable, Hashable {
        /// That of its `ScalarIndexRecord`.
        let number: UInt64
        let digest: UInt64
    }

    /// A file of deleted rows.
    struct Deletions: Sendable, Hashable {
        let number: UInt64
        /// Rows that it lists.
        let count: Int
    }

    let identifier: UInt64
    let rowCount: Int
    /// Bytes of its rows, with those of fields that are not written yet.
    var byteCount: Int
    /// The file that lists deleted rows; nil while there is none.
    var deletions: Deletions?
    var indexes: [Index]
    /// Number of the partition that its rows belong to.
    var partition: UInt32 = 0
    /// Fields of the schema that the segment has files for: the first ones. Those added later are not written yet.
    let fieldCount: Int
    /// Whether there is a file with the writing times of its rows. Segments of older versions have none.
    var hasTimes = false
    var scalarIndexes: [ScalarIndex] = []

    func index(of field: Int) -> Index? { indexes.first { $0.field == field } }

    func scalarIndex(_ number: UInt64) -> ScalarIndex? { scalarIndexes.first { $0.number == number } }

    func write(to writer: inout ByteWriter) {
        writer.append(identifier)
        writer.append(UInt64(rowCount))
        writer.append(UInt64(byteCount))
        writer.append(deletions != nil)
        if let deletions {
            writer.append(deletions.number)
            writer.append(UInt64(deletions.count))
        }
        writer.appendCount(indexes.count)
        for index in indexes {
            writer.append(UInt32(index.field))
            writer.append(index.digest)
        }
        writer.append(partition)
        writer.append(UInt32(fieldCount))
        writer.append(hasTimes)
        writer.appendCount(scalarIndexes.count)
        for index in scalarIndexes {
            writer.append(index.number)
            writer.append(index.digest)
        }
    }

    /// - Parameters:
    ///   - version: that of the manifest; version 1 knew neither partitions nor fields that were added later.
    ///   - fieldCount: how many fields the schema has.
    static func read(from reader: inout ByteReader, version: UInt32, fieldCount: Int) throws -> SegmentRecord {
        let identifier = try reader.uint64()
        let rowCount = try reader.uint64()
        let byteCount = try reader.uint64()
        guard (1...UInt64(Limits.segmentRows)).contains(rowCount), byteCount < 1 << 48 else {
            throw reader.corrupted("a segment of \(rowCount) rows and \(byteCount) bytes cannot be")
        }
        var deletions: Deletions?
        if try reader.bool() {
            deletions = Deletions(number: try reader.uint64(), count: Int(truncatingIfNeeded: try reader.uint64()))
        }
        let indexes = try (0..<reader.count(minimumBytesEach: 12)).map { _ in
            Index(field: Int(try reader.uint32()), digest: try reader.uint64())
        }
        let partition = try version > 1 ? reader.uint32() : 0
        let written = try version > 1 ? Int(reader.uint32()) : fieldCount
        guard written <= fieldCount else {
            throw reader.corrupted("a segment of \(written) fields cannot be; the schema has \(fieldCount)")
        }
        let hasTimes = try version > 1 && reader.bool()
        let scalarIndexes = try version > 1 ? readScalarIndexes(from: &reader) : []
        return SegmentRecord(
            identifier: identifier, rowCount: Int(rowCount), byteCount: Int(byteCount), deletions: deletions,
            indexes: indexes, partition: partition, fieldCount: written, hasTimes: hasTimes,
            scalarIndexes: scalarIndexes)
    }

    private static func readScalarIndexes(from reader: inout ByteReader) throws -> [ScalarIndex] {
        try (0..<reader.count(minimumBytesEach: 16)).map { _ in
            ScalarIndex(number: try reader.uint64(), digest: try reader.uint64())
        }
    }
}
