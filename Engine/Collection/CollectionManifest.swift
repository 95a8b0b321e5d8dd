/// What a collection is made of on disk: replaced as a whole, so a crash leaves the one or the other.
struct CollectionManifest: Sendable {
    static let fileName = "MANIFEST"
    static let kind = FileKind("MANI", name: "manifest", version: 1)

    let schema: Schema
    /// By name of the vector field.
    var definitions: [String: IndexDefinition]
    var segments: [SegmentRecord] = []
    /// Log records below this are contained in the segments and their deletions.
    var firstLogSequence: UInt64 = 1
    var nextSegment: UInt64 = 1
    var nextDeletions: UInt64 = 1
    var nextAutomaticKey: Int64 = 1

    var metrics: [String: Metric] { definitions.mapValues(\.metric) }

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
        try AtomicFile.replace(
            fileSystem, folder: folder, name: Self.fileName, kind: Self.kind, body: writer.bytes)
    }

    static func read(_ fileSystem: any FileSystem, folder: String) throws -> CollectionManifest {
        var reader = try AtomicFile.read(fileSystem, folder: folder, name: fileName, kind: kind)
        let schema = try SchemaCodec.readSchema(from: &reader)
        var definitions: [String: IndexDefinition] = [:]
        for _ in 0..<(try reader.count()) {
            definitions[try reader.string()] = try SchemaCodec.readDefinition(from: &reader)
        }
        var manifest = CollectionManifest(schema: schema, definitions: definitions)
        manifest.firstLogSequence = try reader.uint64()
        manifest.nextSegment = try reader.uint64()
        manifest.nextDeletions = try reader.uint64()
        manifest.nextAutomaticKey = try reader.int64()
        manifest.segments = try (0..<reader.count(minimumBytesEach: 26)).map { _ in
            try SegmentRecord.read(from: &reader)
        }
        try reader.expectEnd()
        return manifest
    }
}
