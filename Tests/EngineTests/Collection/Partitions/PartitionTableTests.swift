import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct PartitionTableTests {
    private func bytes(_ table: PartitionTable) -> [UInt8] {
        var writer = ByteWriter()
        table.write(to: &writer)
        return writer.bytes
    }

    private func read(_ bytes: [UInt8], _ schema: Schema) throws -> PartitionTable {
        var reader = ByteReader(bytes, path: "m")
        let table = try PartitionTable.read(from: &reader, schema: schema)
        try reader.expectEnd()
        return table
    }

    @Test func aTableIsReadAsItWasWritten() throws {
        let plain = try PartitionFixture.schema(partitionKey: false)
        var table = PartitionTable(schema: plain, createdSeconds: 5)
        for number in 1..<9 as Range<UInt32> {
            table.add(PartitionTable.Partition(name: "p\(number)", number: number, createdSeconds: 7))
        }
        table.remove(3)
        table.remove(8)
        // A number that was given is passed over.
        table.add(PartitionTable.Partition(name: "again", number: 8, createdSeconds: 7))
        #expect(table.partitions.map(\.number) == [0, 1, 2, 4, 5, 6, 7])
        #expect(table.nextNumber == 9)
        #expect(table.partition(numbered: 3) == nil)
        #expect(table.number(of: "p5") == 5)
        #expect(try read(bytes(table), plain) == table)
        let keyed = try PartitionFixture.schema(partitionKey: true, partitionCount: 3)
        let hashed = PartitionTable(schema: keyed, createdSeconds: 5)
        #expect(try read(bytes(hashed), keyed) == hashed)
        #expect(throws: StorageError.self) { try read(bytes(hashed), plain) }
        #expect(throws: StorageError.self) { try read(bytes(table), keyed) }
    }

    /// Damage is an error, whatever the bytes are.
    @Test func damagedBytesAreRefusedOrValid() throws {
        let schema = try PartitionFixture.schema(partitionKey: false)
        var table = PartitionTable(schema: schema, createdSeconds: 5)
        table.add(PartitionTable.Partition(name: "p", number: 1, createdSeconds: 7))
        let good = bytes(table)
        var random = RandomSource(seed: testSeed(77))
        for _ in 0..<2_000 {
            var bad = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bad[Int.random(in: 0..<bad.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bad.removeLast(Int.random(in: 0..<bad.count, using: &random)) }
            guard let read = try? read(bad, schema) else { continue }
            #expect(read.partitions.first?.name == "_default", "seed \(testSeed(77)): \(bad)")
            #expect(read.nextNumber > read.partitions.last!.number, "seed \(testSeed(77)): \(bad)")
        }
    }

    /// The hash is part of the format: rows that were written must be found by it for ever.
    @Test func hashedPartitionsNeverChange() throws {
        let schema = try PartitionFixture.schema(partitionKey: true)
        let texts = ["", "a", "tenant 1", "tenant 2", "sixteen letters."]
        #expect(texts.map { PartitionKey.partition(of: .text($0), schema: schema) } == [0, 3, 13, 1, 5])
        #expect(PartitionKey.partition(of: .text("more than sixteen letters"), schema: schema) == nil)
        let numbered = try Schema(
            fields: [
                Field("id", .int64), Field("k", .int64, isPartitionKey: true), Field("v", .floatVector(dimension: 1)),
            ], primaryKey: "id", partitionCount: 1_000)
        let numbers: [Int64] = [0, 1, 2, -1, .max]
        #expect(
            numbers.map { PartitionKey.partition(of: .integer($0), schema: numbered) } == [317, 729, 599, 477, 742])
        var counts = [Int](repeating: 0, count: 1_000)
        for number in 0..<100_000 as Range<Int64> {
            counts[Int(PartitionKey.partition(of: .integer(number), schema: numbered)!)] += 1
        }
        #expect(counts.min()! > 50 && counts.max()! < 160, "\(counts.min()!) to \(counts.max()!)")
    }
}
