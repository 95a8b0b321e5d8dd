import Common
import TestSupport
import Testing

@testable import Apus

/// Filters by the partition key against the partitions of the rows that match.
@Suite struct PartitionPruningTests {
    private let seed = testSeed(239)

    private func schema() throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64), Field("owner", .int32, isPartitionKey: true), Field("size", .int32),
                Field("vector", .floatVector(dimension: 2)),
            ], primaryKey: "id")
    }

    /// A random filter over `owner` and `size`.
    private func filter(_ depth: Int, _ random: inout RandomSource) -> String {
        if depth == 0 || random.integer(below: 3) == 0 {
            let value = random.integer(below: 12)
            return [
                "owner == \(value)", "owner in [\(value), \(value + 3)]", "owner > \(value)", "owner != \(value)",
                "size == \(value)", "size in [\(value)]", "\(value) == owner",
            ][random.integer(below: 7)]
        }
        let (left, right) = (filter(depth - 1, &random), filter(depth - 1, &random))
        return ["(\(left) and \(right))", "(\(left) or \(right))", "not (\(left))"][random.integer(below: 3)]
    }

    @Test func noRowThatMatchesIsPruned() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        let collection = try database.createCollection("c", schema: schema())
        var random = RandomSource(seed: seed)
        let rows = (0..<240).map { (owner: Int32($0 % 12), size: Int32(random.integer(below: 12))) }
        try collection.insert([
            FieldData("id", .int64(rows.indices.map(Int64.init))), FieldData("owner", .int32(rows.map(\.owner))),
            FieldData("size", .int32(rows.map(\.size))),
            FieldData("vector", .floatVector(rows.flatMap { [Float($0.owner) + 1, Float($0.size)] })),
        ])
        try collection.flush()
        try collection.load()
        for _ in 0..<150 {
            let expression = filter(3, &random)
            let bound = try Filter(expression, schema: collection.schema)
            let found = try collection.query(QueryRequest(filter: expression, limit: 1_000)).rows
            guard let partitions = PartitionPruning.partitions(bound, schema: collection.schema) else { continue }
            // Without pruning: each segment is asked.
            let state = collection.state
            var expected = 0
            for segment in state.segments {
                expected += try RowSelection(filter: bound, partitions: nil).permitted(in: segment)?.count ?? 0
            }
            #expect(found.count == expected, "\(expression), seed \(seed)")
            for row in found {
                guard case .integer(let key)? = row["id"] else { continue }
                let owner = Value.integer(Int64(rows[Int(key)].owner))
                #expect(
                    partitions.contains(PartitionKey.partition(of: owner, schema: collection.schema)!),
                    "\(expression), seed \(seed)")
            }
        }
        try database.close()
    }

    @Test func equalityNamesOnePartition() throws {
        let schema = try schema()
        func partitions(_ expression: String) throws -> Int? {
            PartitionPruning.partitions(try Filter(expression, schema: schema), schema: schema)?.count
        }
        #expect(try partitions("owner == 5") == 1)
        #expect(try partitions("owner == 5 and size > 3") == 1)
        #expect(try partitions("not (owner != 5)") == 1)
        #expect(try partitions("owner == 5 or size > 3") == nil)
        #expect(try partitions("owner == 5 and owner == 5 and size in [1, 2]") == 1)
        #expect(try partitions("owner > 5") == nil)
        #expect(try partitions("size == 5") == nil)
    }
}
