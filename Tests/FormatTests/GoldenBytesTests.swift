import TestSupport
import Testing

@testable import Apus

/// The bytes that `docs/format.md` draws, written out by hand.
@Suite struct GoldenBytesTests {
    /// CRC-32C, bit by bit from its definition (Castagnoli polynomial, reflected).
    private func crc(_ bytes: [UInt8]) -> [UInt8] {
        var state: UInt32 = 0xffff_ffff
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state >> 1 ^ (state & 1 == 1 ? 0x82f6_3b78 : 0) }
        }
        return little(~state)
    }

    private func little<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    private func bytes(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

    @Test func theChecksumIsTheOneOfTheStandard() {
        #expect(crc(Array("123456789".utf8)) == little(0xe306_9283 as UInt32))
    }

    @Test func envelope() throws {
        let disk = SimulatedFileSystem()
        let writer = try FileWriter(disk, path: "f", kind: FileKind("TEST", name: "test", version: 3))
        try writer.append([1, 2, 3, 4, 5])
        try writer.finish()
        let header = bytes(Array("APUSTEST".utf8), little(3 as UInt32), zeros(4), little(0 as UInt64), zeros(36))
        let body: [UInt8] = [1, 2, 3, 4, 5]
        let footer = bytes(Array("SUPATEST".utf8), little(5 as UInt64), crc(body), zeros(8))
        let file = bytes(header, crc(header), body, footer, crc(footer))
        #expect(try disk.content("f") == file)
    }

    @Test func log() throws {
        let disk = SimulatedFileSystem()
        let log = try WriteAheadLog(disk, folder: "", continuing: LogReplay(lastSequence: 4))
        _ = try log.append(kind: 2, [7, 8, 9], .deferred)
        try log.close()
        func record(kind: UInt8, _ sequence: UInt64, synced: UInt64, at offset: UInt64, _ payload: [UInt8]) -> [UInt8] {
            let padded = bytes(payload, zeros((8 - payload.count % 8) % 8))
            let checksum = payload.isEmpty ? zeros(4) : crc(padded)
            let fields = bytes(
                Array("AREC".utf8), [kind, 0, 0, 0], little(sequence), little(synced), little(UInt64(payload.count)),
                checksum, zeros(8))
            return bytes(fields, crc(bytes(little(5 as UInt64), little(offset), fields)), padded)
        }
        let header = bytes(Array("APUSWLOG".utf8), little(1 as UInt32), zeros(48))
        let file = bytes(
            header, crc(header), record(kind: 0, 4, synced: 4, at: 64, []),
            record(kind: 2, 5, synced: 4, at: 112, [7, 8, 9]), record(kind: 0, 5, synced: 5, at: 168, []))
        #expect(try disk.content("wal-0000000000000005.log") == file)
    }

    private func body(_ path: String, _ disk: SimulatedFileSystem) throws -> [UInt8] {
        Array(try disk.content(path).dropFirst(64).dropLast(32))
    }

    private func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    /// Catalog, manifest, columns, vectors, deletions and the payloads of the log.
    @Test func filesOfACollection() throws {
        let disk = SimulatedFileSystem()
        let options = DatabaseOptions(clock: WallClock { 300 })
        let database = try Instance(folder: "d", options: options, fileSystem: disk).database()
        let schema = try Schema(
            fields: [
                Field("id", .int64), Field("v", .floatVector(dimension: 1)),
                Field("w", .varchar(maxLength: 9), isNullable: true, defaultValue: "no"),
            ], primaryKey: "id", description: "s")
        let collection = try database.createCollection(
            "c", schema: schema, indexes: ["v": IndexDefinition(.flat, metric: .l2)])
        try collection.insert([
            FieldData("id", .int64([5, 3])), FieldData("v", .floatVector([1, 2])),
            FieldData("w", .varchar(["ab", "c"])),
        ])
        try collection.flush()
        try collection.delete(keys: [3])
        try collection.flush()
        try collection.createPartition("p")
        try collection.flush()
        try database.createAlias("a", for: "c")
        let catalog = bytes(
            little(2 as UInt64), [1], text("default"), [1], text("c"), little(1 as UInt64), [1], text("a"),
            little(1 as UInt64))
        #expect(try body("d/CATALOG", disk) == catalog)
        let folder = "d/collection-1/"
        let keys = bytes([0], little(5 as Int64), little(3 as Int64))
        #expect(try body(folder + "segment-2-0.column", disk) == keys)
        let words = bytes([0], little(0 as UInt32), little(2 as UInt32), little(3 as UInt32), Array("abc".utf8))
        #expect(try body(folder + "segment-2-2.column", disk) == words)
        let vectors = bytes(little(Float(1).bitPattern), little(Float(2).bitPattern))
        #expect(try body(folder + "segment-2-1.vectors", disk) == vectors)
        let deletions = bytes(little(2 as UInt64), little(0b10 as UInt64))
        #expect(try body(folder + "segment-2.deletions-1", disk) == deletions)
        // Two rows, written at 300 = 2 x 128 + 44.
        #expect(try body(folder + "segment-2.times", disk) == [1, 2, 0b1010_1100, 0b10])
        #expect(try body(folder + "MANIFEST", disk) == manifest(collection))
    }

    private func manifest(_ collection: Collection) throws -> [UInt8] {
        let fields = bytes(
            text("id"), [0, 5, 0, 0, 0, 0], text("v"), [0, 101], little(1 as UInt32), [0, 0, 0, 0],
            text("w"), [0, 21], little(9 as UInt32), [1, 1], text("no"), [0, 0])
        let functions = bytes([0, 0], little(16 as UInt32))
        let definitions = bytes([1], text("v"), text("FLAT"), text("L2"), [0])
        let numbers = bytes(little(4 as UInt64), little(5 as UInt64), little(2 as UInt64), little(1 as UInt64))
        let byteCount = 16 + 8 + 15 as UInt64
        let segment = bytes(
            little(2 as UInt64), little(2 as UInt64), little(byteCount), [1], little(1 as UInt64), little(1 as UInt64),
            [0], little(0 as UInt32), little(3 as UInt32), [1, 0])
        let head = bytes(text("s"), little(0 as UInt32), [0, 3], fields, functions)
        let scalarIndexes = bytes(little(1 as UInt64), [0])
        let created = try collection.describePartitions().map { little($0.createdSeconds) }
        let partitions = bytes(
            little(2 as UInt32), [2], little(0 as UInt32), created[0], text("_default"), little(1 as UInt32),
            created[1],
            text("p"))
        let tail = bytes([0], little(300 as UInt64), partitions, scalarIndexes)
        return bytes(head, definitions, numbers, [1], segment, tail)
    }

    @Test func logPayloads() throws {
        let schema = try Schema(
            fields: [Field("id", .int64), Field("v", .floatVector(dimension: 1)), Field("b", .bool, isNullable: true)],
            primaryKey: "id")
        let batch = try BatchEncoder(schema: schema, metrics: ["v": .l2]).encode([
            FieldData("id", .int64([9, 8])), FieldData("v", .floatVector([3, 4])),
            FieldData("b", .bool([true, true]), valid: [true, false]),
        ])
        let rows = BatchCodec.withPieces(of: batch) { pieces in pieces.flatMap { Array($0) } }
        let keys = bytes(little(2 as UInt32), [0], little(9 as Int64), little(8 as Int64))
        let flags = bytes([1], little(0b10 as UInt64), [1, 0])
        let vectors = bytes(little(Float(3).bitPattern), little(Float(4).bitPattern))
        let head = bytes(little(2 as UInt32), little(3 as UInt32), little(0 as UInt32), little(0 as UInt64))
        #expect(rows == bytes(head, bytes(keys.dropFirst(4).map { $0 }, flags, vectors)))
        #expect(try DeletionCodec.payload([9, 8], type: .int64) == keys)
    }

    @Test func graph() throws {
        // Three rows on a line, two of them equal.
        let rows = VectorRows(element: .float32, dimension: 1, capacity: 3)
        for (row, value) in [Float(1), 5, 1].enumerated() { rows.row(row).storeBytes(of: value, as: Float.self) }
        let definition = try IndexDefinition(.hnsw, metric: .l2, parameters: ["M": 2])
        let graphs = (0..<100 as Range<UInt64>).lazy.map {
            HNSWIndex.build(
                IndexSource(definition: definition, rows: rows, count: 3, seed: $0, threads: 1, progress: { _, _ in })
            ).graph
        }
        // A seed that puts no row on an upper level.
        let graph = try #require(graphs.first { graph in (0..<3).allSatisfy { graph.level(of: $0) == 0 } })
        var body: [UInt8] = []
        graph.writeBody { body += Array($0) }
        func words(_ values: UInt32...) -> [UInt8] { values.flatMap { little($0) } }
        let header = words(3, 2, graph.entryRow, 1, 1, 0)
        let none = UInt32.max
        let links = words(1, none, none, none, 0, none, none, none, none, none, none, none)
        #expect(body == bytes(header, zeros(4), words(0, 0, 1, 2), links))
    }
}
