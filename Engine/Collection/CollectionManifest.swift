/// What a collection is made of on disk: replaced as a whole, so a crash leaves the one or the other.
struct CollectionManifest: Sendable {
    static let fileName = "MANIFEST"
    static let kind = FileKind("MANI", name: "manifest", version: 2)

    var schema: Schema
    /// By name of the vector field.
    var definitions: [String: IndexDefinition]
    var segments: [SegmentRecord] = []
    /// Log records below this are contained in the segments and their deletions.
    var firstLogSequence: UInt64 = 1
    var nextSegment: UInt64 = 1
    var nextDeletions: UInt64 = 1
    var nextAutomaticKey: Int64 = 1
    /// Settings under Milvus's names, such as `collection.ttl.seconds`.
    var properties: [String: String] = [:]

    var metrics: [String: Metric] { schema.metrics(definitions) }

    /// Replaces the manifest of the folder.
    func write(_ fileSystem: any FileSystem, folder: String) throws {
        var writer = ByteWriter()
        SchemaCodec.write(schema, to: &writer)
        writer.appendCount(definitions.count)
        for (field, definition) in definitions.sorted(by: { $0.key < $1.key }) {
            writer.append(field)
            SchemaCodec.write(definition, to: &writer)
        }
        for number in [firstLogSequence, nextSegment, nextDeletions, UInt64(bitPattern: nextAutomaticKey)] {
            writer.append(number)
        }
        writer.appendCount(segments.count)
        for segment in segments { segment.write(to: &writer) }
        writer.appendCount(properties.count)
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            writer.append(value)
        }
        try AtomicFile.replace(
            fileSystem, folder: folder, name: Self.fileName, kind: Self.kind, body: writer.bytes)
    }

    static func read(_ fileSystem: any FileSystem, folder: String) throws -> CollectionManifest {
        let file = try FileReader.open(fileSystem, path: FilePath.join(folder, fileName), kind: kind)
        let version = file.version
        var reader = try file.byteReader()
        let schema = try SchemaCodec.readSchema(from: &reader, version: version)
        var definitions: [String: IndexDefinition] = [:]
        for _ in 0..<(try reader.count()) {
            let field = try reader.string()
            guard let type = schema.position(of: field).map({ schema.fields[$0].type }), type.isVector else {
                throw reader.corrupted("'\(field)' is indexed, but is no vector field")
            }
            let definition = try SchemaCodec.readDefinition(from: &reader)
            if let misfit = definition.misfit(with: type) { throw reader.corrupted("field '\(field)': \(misfit)") }
            definitions[field] = definition
        }
        var manifest = CollectionManifest(schema: schema, definitions: definitions)
        manifest.firstLogSequence = try readNumber(from: &reader)
        manifest.nextSegment = try readNumber(from: &reader)
        manifest.nextDeletions = try readNumber(from: &reader)
        manifest.nextAutomaticKey = Int64(try readNumber(from: &reader))
        manifest.segments = try (0..<reader.count(minimumBytesEach: 26)).map { _ in
            try SegmentRecord.read(from: &reader, version: version, fieldCount: schema.fields.count)
        }
        if version > 1 {
            for _ in 0..<(try reader.count(minimumBytesEach: 2)) {
                let name = try reader.string()
                manifest.properties[name] = try reader.string()
            }
        }
        try manifest.checkSegments(reader)
        try reader.expectEnd()
        return manifest
    }

    /// A number that counts up from one; half of the range is plenty, and sums with small numbers cannot overflow.
    private static func readNumber(from reader: inout ByteReader) throws -> UInt64 {
        let number = try reader.uint64()
        guard number > 0, number < UInt64.max / 4 else { throw reader.corrupted("\(number) is no number of a file") }
        return number
    }

    private func checkSegments(_ reader: ByteReader) throws {
        var seen: Set<UInt64> = []
        for segment in segments {
            guard segment.identifier < nextSegment, seen.insert(segment.identifier).inserted else {
                throw reader.corrupted("segment \(segment.identifier) is named twice or not made yet")
            }
            guard segment.deletions?.number ?? 0 < nextDeletions else {
                throw reader.corrupted("the deletions of segment \(segment.identifier) are not made yet")
            }
            for index in segment.indexes
            where !schema.fields.indices.contains(index.field) || definitions[schema.fields[index.field].name] == nil {
                throw reader.corrupted(
                    "segment \(segment.identifier) has an index of field \(index.field), which has none")
            }
        }
    }
}
