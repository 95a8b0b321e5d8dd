import Common
import TestSupport
import Testing

@testable import Apus

/// A growing segment is a value: whoever holds one sees its rows, whatever is appended later.
@Suite struct GrowingSegmentTests {
    private struct Version {
        let segment: GrowingSegment
        let rows: [Int64: Int64]
    }

    private static func schema(dimension: Int) throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64), Field("v", .floatVector(dimension: dimension)),
                Field("n", .int64, isNullable: true),
                Field("t", .varchar(maxLength: 20)),
            ], primaryKey: "id")
    }

    private func batch(_ schema: Schema, _ keys: [Int64], _ version: Int64) throws -> Batch {
        let dimension = schema.vectorFields[0].type.vectorDimension!
        return try BatchEncoder(schema: schema, metrics: ["v": .cosine]).encode([
            FieldData("id", .int64(keys)),
            FieldData(
                "v", .floatVector(keys.flatMap { key in (0..<dimension).map { Float(key + 1 + Int64($0 % 5)) } })),
            FieldData("n", .int64(keys.map { _ in version }), valid: keys.map { $0 % 3 != 0 }),
            FieldData("t", .varchar(keys.map { "\($0) \(version)" })),
        ])
    }

    private func check(_ version: Version, _ note: Comment) throws {
        let (segment, rows) = (version.segment, version.rows)
        #expect(segment.rows.count == rows.count, note)
        for key in 0..<60 as Range<Int64> {
            let row = segment.row(of: .integer(key))
            #expect((row == nil) == (rows[key] == nil), "key \(key), \(note)")
            guard let row, let value = rows[key] else { continue }
            #expect(segment.key(at: row) == .integer(key), note)
            #expect(segment.value(field: 2, row: row) == (key % 3 == 0 ? .null : .integer(value)), note)
            #expect(segment.value(field: 3, row: row) == .text("\(key) \(value)"), note)
        }
    }

    /// Dimensions so large that a chunk holds 64 rows, and so small that one chunk holds all.
    @Test(arguments: [4, 16_384])
    func everyVersionKeepsItsRows(dimension: Int) throws {
        let seed = testSeed(54)
        var random = RandomSource(seed: seed)
        let schema = try Self.schema(dimension: dimension)
        var versions = [
            Version(segment: GrowingSegment(identifier: 1, schema: schema, metrics: ["v": .cosine]), rows: [:])
        ]
        for number in 0..<25 as Range<Int64> {
            var (segment, rows) = (versions.last!.segment, versions.last!.rows)
            let keys = Set((0..<8).map { _ in Int64.random(in: 0..<60, using: &random) }).sorted()
            segment = segment.deleting(keys.compactMap { segment.row(of: .integer($0)) })
            for key in keys { rows[key] = nil }
            if Int.random(in: 0..<4, using: &random) > 0 {
                segment = segment.appending(try batch(schema, keys, number))
                for key in keys { rows[key] = number }
            }
            versions.append(Version(segment: segment, rows: rows))
        }
        for (number, version) in versions.enumerated() { try check(version, "version \(number), seed \(seed)") }
        let last = versions.last!
        let other = Version(segment: last.segment.prepared(for: ["v": .l2]), rows: last.rows)
        try check(other, "prepared for another metric, seed \(seed)")
        #expect(other.segment.column(at: 3).count == last.segment.rowCount)
    }
}
