/// The files of one collection's segments: their names, and how they are written and read.
struct SegmentFiles: Sendable {
    let fileSystem: any FileSystem
    let folder: String

    static let columnKind = FileKind("COLM", name: "column", version: 1)
    static let vectorsKind = FileKind("VECT", name: "vectors", version: 1)
    static let indexKind = FileKind("INDX", name: "index", version: 1)
    static let scalarIndexKind = FileKind("SCIX", name: "scalar index", version: 1)
    static let deletionsKind = FileKind("DELS", name: "deletions", version: 1)

    static let prefix = "segment-"

    /// Name of the file of the field at `field`.
    func fieldName(_ segment: UInt64, _ field: Int, _ type: DataType) -> String {
        type.vectorLayout == nil ? "\(Self.prefix)\(segment)-\(field).column" : vectorsName(segment, field)
    }

    private func vectorsName(_ segment: UInt64, _ field: Int) -> String { "\(Self.prefix)\(segment)-\(field).vectors" }

    func indexName(_ segment: UInt64, _ field: Int) -> String { "\(Self.prefix)\(segment)-\(field).index" }

    func scalarIndexName(_ segment: UInt64, _ number: UInt64) -> String {
        "\(Self.prefix)\(segment).scalar-\(number)"
    }

    func deletionsName(_ segment: UInt64, _ number: UInt64) -> String {
        "\(Self.prefix)\(segment).deletions-\(number)"
    }

    /// The names of the files that are written with a segment: those of all fields and of the times.
    func builtNames(_ segment: UInt64, schema: Schema) -> [String] {
        fieldNames(segment, schema: schema) + [timesName(segment)]
    }

    private func fieldNames(_ segment: UInt64, schema: Schema) -> [String] {
        schema.fields.enumerated().map { fieldName(segment, $0, $1.type) }
    }

    /// The names of all files that belong to a segment.
    func names(of record: SegmentRecord, schema: Schema) -> [String] {
        fieldNames(record.identifier, schema: schema).prefix(record.fieldCount)
            + (record.hasTimes ? [timesName(record.identifier)] : [])
            + record.indexes.map { indexName(record.identifier, $0.field) }
            + record.scalarIndexes.map { scalarIndexName(record.identifier, $0.number) }
            + (record.deletions.map { [deletionsName(record.identifier, $0.number)] } ?? [])
    }

    /// Whether a name is one that the files of segments have; a stray file of another name is left alone.
    static func isName(_ name: String) -> Bool {
        guard name.hasPrefix(prefix) else { return false }
        let rest = name.dropFirst(prefix.count).drop { $0.isNumber }
        return rest.hasPrefix("-") || rest.hasPrefix(".scalar-") || rest.hasPrefix(".deletions-") || rest == timesSuffix
    }

    func path(_ name: String) -> String { FilePath.join(folder, name) }

    func openReader(_ name: String, kind: FileKind) throws -> FileReader {
        try FileReader.open(fileSystem, path: path(name), kind: kind)
    }

    /// Writes a file whole: `body` appends its bytes. A file of the name that an earlier attempt left is replaced.
    /// The name is durable only after the folder is synced.
    func write(_ name: String, kind: FileKind, body: (FileWriter) throws -> Void) throws {
        if try fileSystem.exists(path(name)) { try fileSystem.remove(path(name)) }
        let writer = try FileWriter(fileSystem, path: path(name), kind: kind)
        do {
            try body(writer)
            try writer.finish()
        } catch {
            writer.abandon()
            throw error
        }
    }

    // MARK: Columns, vectors and deletions

    /// The values of a scalar field; of one that was added after the segment was written its default or null.
    func readColumn(_ record: SegmentRecord, field: Int, schema: Schema) throws -> Column {
        guard field < record.fieldCount else {
            return try Column.absent(schema.fields[field], rowCount: record.rowCount)
        }
        return try readColumn(record, field: field, type: schema.fields[field].type, by: Column.read)
    }

    func readKeys(_ record: SegmentRecord, schema: Schema) throws -> Column {
        try readColumn(record, field: schema.primaryKeyIndex, type: schema.primaryKey.type, by: Column.readKeys)
    }

    private func readColumn(
        _ record: SegmentRecord, field: Int, type: DataType,
        by read: (DataType, Int, inout ByteReader) throws -> Column
    ) throws -> Column {
        var reader = try openReader(fieldName(record.identifier, field, type), kind: Self.columnKind).byteReader()
        let column = try read(type, record.rowCount, &reader)
        try reader.expectEnd()
        return column
    }

    /// The rows of a vector field in the form that the metric compares, with the checksum of the file checked.
    func readVectors(_ record: SegmentRecord, field: Int, layout: VectorLayout, metric: Metric) throws -> VectorRows {
        let file = try openVectors(record, field: field, layout: layout)
        let raw = VectorRows(layout, capacity: record.rowCount)
        try file.readBody(into: UnsafeMutableRawBufferPointer(start: raw.base, count: file.bodyLength))
        let rows = layout == layout.prepared ? raw : VectorRows(layout.prepared, capacity: record.rowCount)
        PreparedVectors.copy(raw.base, layout, to: rows.base, count: record.rowCount, metric: metric)
        return rows
    }

    func openVectors(_ record: SegmentRecord, field: Int, layout: VectorLayout) throws -> FileReader {
        let name = vectorsName(record.identifier, field)
        let file = try openReader(name, kind: Self.vectorsKind)
        let expected = record.rowCount * layout.strideBytes
        guard file.bodyLength == expected else {
            throw StorageError.corrupted(
                file.path, at: 0, "the file holds \(file.bodyLength) bytes of vectors; \(expected) were expected")
        }
        return file
    }

    func writeDeletions(_ deleted: RowSet, segment: UInt64, number: UInt64) throws {
        var writer = ByteWriter()
        writer.append(UInt64(deleted.capacity))
        writer.appendValues(deleted.words)
        try write(deletionsName(segment, number), kind: Self.deletionsKind) { try $0.append(writer.bytes) }
    }

    func readDeletions(_ record: SegmentRecord) throws -> LiveRows {
        guard let deletions = record.deletions else { return LiveRows(rowCount: record.rowCount) }
        let name = deletionsName(record.identifier, deletions.number)
        var reader = try openReader(name, kind: Self.deletionsKind).byteReader()
        let capacity = Int(exactly: try reader.uint64()) ?? Int.max
        guard capacity <= record.rowCount,
            let deleted = RowSet(capacity: capacity, words: try reader.integers((capacity + 63) / 64)),
            deleted.count == deletions.count
        else { throw reader.corrupted("the deletions do not fit a segment of \(record.rowCount) rows") }
        try reader.expectEnd()
        return LiveRows(rowCount: record.rowCount, deleted: deleted)
    }
}
