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
    var partitions: PartitionTable
    /// The indexes of scalar fields, in the order in which they were asked for.
    var scalarIndexes: [ScalarIndexRecord] = []
    var nextScalarIndex: UInt64 = 1
    /// Settings under Milvus's names, such as `collection.ttl.seconds`.
    var properties: [String: String] = [:]
    /// The latest time that the collection has seen, in seconds since 1970.
    var latestSeconds: UInt64 = 0

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
        writer.append(latestSeconds)
        partitions.write(to: &writer)
        writer.append(nextScalarIndex)
        writer.appendCount(scalarIndexes.count)
        for index in scalarIndexes {
            writer.append(index.number)
            writer.append(UInt32(index.field))
            SchemaCodec.write(index.definition, to: &writer)
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
        var manifest = CollectionManifest(
            schema: schema, definitions: definitions, partitions: PartitionTable(schema: schema, createdSeconds: 0))
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
            manifest.latestSeconds = min(try reader.uint64(), CollectionClock.largest)
            manifest.partitions = try PartitionTable.read(from: &reader, schema: schema)
            manifest.nextScalarIndex = try readNumber(from: &reader)
            manifest.scalarIndexes = try (0..<reader.count(minimumBytesEach: 14)).map { _ in
                ScalarIndexRecord(
                    number: try reader.uint64(), field: Int(try reader.uint32()),
                    definition: try SchemaCodec.readScalarDefinition(from: &reader))
            }
            try manifest.checkScalarIndexes(reader)
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

    private func checkScalarIndexes(_ reader: ByteReader) throws {
        var seen: Set<UInt64> = []
        for index in scalarIndexes {
            guard index.number < nextScalarIndex, seen.insert(index.number).inserted else {
                throw reader.corrupted("scalar index \(index.number) is named twice or not made yet")
            }
            guard schema.fields.indices.contains(index.field) else {
                throw reader.corrupted("there is no field \(index.field) to be indexed")
            }
            let misfit = index.definition.misfit(
                with: schema.fields[index.field], isPrimaryKey: index.field == schema.primaryKeyIndex)
            if let misfit { throw reader.corrupted("scalar index \(index.number): \(misfit)") }
        }
        for segment in segments {
            for index in segment.scalarIndexes where !seen.contains(index.number) {
                throw reader.corrupted(
                    "segment \(segment.identifier) has a scalar index \(index.number) that is not known")
            }
        }
    }

    private func checkSegments(_ reader: ByteReader) throws {
        var seen: Set<UInt64> = []
        for segment in segments {
            guard segment.identifier < nextSegment, seen.insert(segment.identifier).inserted else {
                throw reader.corrupted("segment \(segment.identifier) is named twice or not made yet")
            }
            // A segment of a partition that was dropped may still be named.
            guard segment.partition < partitions.nextNumber else {
                throw reader.corrupted(
                    "the partition \(segment.partition) of segment \(segment.identifier) is not made yet")
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
