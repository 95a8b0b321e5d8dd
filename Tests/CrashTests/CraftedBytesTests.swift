import Common
import TestSupport
import Testing

@testable import Apus

/// Files with right checksums and wrong content, as a fault in memory or a hostile hand would leave them. Opening,
/// reading, searching and writing may fail by an `ApusError`, but never trap.
@Suite struct CraftedBytesTests {
    private static let folder = "data/collection-1"

    private static func image() throws -> SimulatedFileSystem {
        let schema = try Schema(
            fields: [
                Field("id", .varchar(maxLength: 8)), Field("embedding", .floatVector(dimension: 4)),
                Field("tags", .array(of: .varchar(maxLength: 5), maxCapacity: 4), isNullable: true),
                Field("numbers", .array(of: .int16, maxCapacity: 4), defaultValue: .array([1, 2])),
                Field("document", .json, isNullable: true), Field("level", .int8, defaultValue: 3),
            ], primaryKey: "id")
        let session = try CrashSession(SimulatedFileSystem())
        let graph = try IndexDefinition(.hnsw, metric: .cosine, parameters: ["M": 3, "efConstruction": 10])
        let collection = try session.database.createCollection("a", schema: schema, indexes: ["embedding": graph])
        try collection.insert(rows: (0..<12).map(row))
        try collection.flush()
        try collection.delete(keys: ["key 3", "key 4"])
        try collection.flush()
        try collection.upsert(rows: (10..<15).map(row))
        try collection.delete(keys: ["key 5"])
        try session.instance.close()
        return session.disk
    }

    private static func row(_ number: Int) -> [String: Value] {
        [
            "id": .text("key \(number)"), "embedding": .vector(CrashRows.vector(Int64(number), 0)),
            "tags": number % 3 == 0 ? .null : .array([.text("x"), .text("tag")]),
            "numbers": .array([.integer(Int64(number))]), "document": number % 2 == 0 ? .null : .json("[\(number)]"),
        ]
    }

    @Test func filesWithRightChecksumsAndWrongContentNeverTrap() throws {
        let image = try Self.image()
        let paths = try ["data/CATALOG"] + image.list(Self.folder).map { FilePath.join(Self.folder, $0) }
        var random = RandomSource(seed: testSeed(11))
        var crafted = 0
        for path in paths {
            guard let kind = Self.kind(path) else { continue }
            let body = Array(try image.content(path).dropFirst(FileFormat.headerSize).dropLast(FileFormat.footerSize))
            for _ in 0..<150 {
                let disk = image.crash(survival: 1)
                let changed = Self.change(body, &random)
                try disk.remove(path)
                let writer = try FileWriter(disk, path: path, kind: kind)
                try writer.append(changed)
                try writer.finish()
                exercise(disk, "\(path): \(changed)")
                crafted += 1
            }
        }
        #expect(crafted > 1_000)
    }

    @Test func logRecordsWithRightChecksumsAndWrongContentNeverTrap() throws {
        let image = try Self.image()
        var random = RandomSource(seed: testSeed(12))
        for first in try LogFormat.files(image, folder: Self.folder) {
            let scan = try LogScanner.scan(image, folder: Self.folder, first: first)
            for entry in scan.entries {
                for _ in 0..<200 {
                    let disk = image.crash(survival: 1)
                    try Self.craft(entry, scan, disk, &random)
                    exercise(disk, "\(scan.path), record \(entry.header.sequence)")
                }
            }
        }
    }

    private static func craft(
        _ entry: LogEntry, _ scan: LogFileScan, _ disk: SimulatedFileSystem, _ random: inout RandomSource
    ) throws {
        let file = try disk.openFile(scan.path, .readWrite)
        let start = entry.offset + LogFormat.recordHeaderSize
        var payload = try file.bytes(start..<start + entry.header.payloadLength)
        payload = Array(change(payload, &random).prefix(payload.count))
        payload += [UInt8](repeating: 0, count: entry.end - start - payload.count)
        var header = entry.header
        header.payloadChecksum = payload.withUnsafeBytes { Checksum.crc32c($0) }
        try file.write(header.encoded(first: scan.first, offset: entry.offset) + payload, at: entry.offset)
        try file.sync()
    }

    /// A few bytes replaced by others, often by those that numbers are at their limits with; sometimes cut.
    private static func change(_ body: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var body = body
        guard !body.isEmpty else { return [1] }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let start = Int.random(in: body.indices, using: &random)
            let length = [1, 1, 4, 8].randomElement(using: &random)!
            let byte = [0, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random)!
            for place in start..<min(start + length, body.count) { body[place] = byte }
        }
        if Int.random(in: 0..<10, using: &random) == 0 {
            body.removeLast(Int.random(in: 0..<body.count, using: &random))
        }
        return body
    }

    private static func kind(_ path: String) -> FileKind? {
        let name = FilePath.name(of: path)
        if name == Catalog.fileName { return Catalog.kind }
        if name == CollectionManifest.fileName { return CollectionManifest.kind }
        if name.hasSuffix(".column") { return SegmentFiles.columnKind }
        if name.hasSuffix(".vectors") { return SegmentFiles.vectorsKind }
        if name.hasSuffix(".index") { return SegmentFiles.indexKind }
        return name.contains(".deletions-") ? SegmentFiles.deletionsKind : nil
    }

    /// Does everything that users do. Errors other than `ApusError` are recorded.
    private func exercise(_ disk: SimulatedFileSystem, _ crafted: @autoclosure () -> String) {
        do {
            let session = try CrashSession(disk)
            let names = try session.database.listCollections()
            for name in names {
                let collection = try session.collection(name)
                for call in Self.calls {
                    do { try call(collection) } catch is ApusError {}
                }
            }
            try session.instance.close()
        } catch is ApusError {
        } catch {
            Issue.record("\(error) for \(crafted())")
        }
    }

    private static let calls: [@Sendable (Collection) throws -> Void] = [
        { try $0.load() },
        { collection in _ = try collection.get(keys: (0..<15).map { .text("key \($0)") }) },
        { collection in
            _ = try collection.search(
                SearchRequest(vectors: [1, 2, 3, 4], limit: 20, outputFields: collection.schema.fields.map(\.name)))
        },
        { try $0.upsert(rows: [row(1), row(20)]) },
        { try $0.delete(keys: ["key 2"]) },
        { try $0.flush() },
        { try $0.compact() },
        { try $0.createIndex(on: "embedding", IndexDefinition(.flat, metric: .l2)) },
        { try $0.release() },
        { try $0.load() },
    ]
}
