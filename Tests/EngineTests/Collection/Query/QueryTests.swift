import Common
import TestSupport
import Testing

@testable import Apus

/// Queries against a sort of all rows.
@Suite struct QueryTests {
    private let seed = testSeed(401)

    @Test func entitiesComeByAscendingKey() throws {
        let sample = try QuerySample(seed: seed)
        let keys = sample.rows.keys.sorted()
        for (limit, offset) in [(1, 0), (7, 0), (10, 5), (100, 400), (1000, 0), (16_000, 300), (5, 2000)] {
            let result = try sample.collection.query(QueryRequest(limit: limit, offset: offset))
            #expect(result.rows.keys == Array(keys.dropFirst(offset).prefix(limit)), "seed \(seed)")
            #expect(result.columns == ["id"])
        }
    }

    @Test func textKeysAscendByBytes() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        defer { try? database.close() }
        let schema = try Schema(
            fields: [Field("key", .varchar(maxLength: 9)), Field("v", .floatVector(dimension: 2))], primaryKey: "key")
        let collection = try database.createCollection("texts", schema: schema)
        let keys = ["b", "a", "\u{e9}", "e\u{301}", "", "汉", "aa"]
        for (place, key) in keys.enumerated() {
            try collection.insert(rows: [["key": .text(key), "v": .vector([1, 2])]])
            if place % 3 == 2 { try collection.flush() }
        }
        try collection.load()
        let found = try collection.query(QueryRequest(limit: 100)).rows.map { $0["key"]! }
        #expect(found == ["", "a", "aa", "b", "e\u{301}", "\u{e9}", "汉"].map { .text($0) })
    }

    @Test func fieldsOfAllKindsAreReturned() throws {
        let sample = try QuerySample(seed: seed)
        let all = try sample.collection.query(QueryRequest(outputFields: ["*"], limit: 16_384))
        #expect(all.rows.count == sample.rows.count)
        #expect(Set(all.columns) == Set(QuerySample.schema.fields.map(\.name)) && all.columns[0] == "id")
        for row in all.rows { #expect(row == sample.rows[[row].keys[0]], "seed \(seed)") }
        let some = try sample.collection.query(QueryRequest(outputFields: ["v", "id", "v"], limit: 1))
        #expect(some.columns == ["id", "v"])
    }

    @Test(arguments: ["id", "price", "stock", "color", "isNew"], [QueryRequest.Direction.ascending, .descending])
    func entitiesAreSorted(field: String, direction: QueryRequest.Direction) throws {
        let sample = try QuerySample(seed: seed)
        let expected = sample.rows.keys.sorted { left, right in
            let order = Self.order(sample.rows[left]![field]!, sample.rows[right]![field]!, direction)
            return order == 0 ? left < right : order < 0
        }
        for (limit, offset) in [(10, 0), (50, 25), (16_000, 0)] {
            let request = QueryRequest(limit: limit, offset: offset, orderBy: [.init(field, direction)])
            let found = try sample.collection.query(request).rows.keys
            #expect(found == Array(expected.dropFirst(offset).prefix(limit)), "seed \(seed)")
        }
    }

    @Test func severalFieldsSortTogether() throws {
        let sample = try QuerySample(seed: seed)
        let orders: [QueryRequest.Order] = [.init("stock", .descending), .init("color")]
        let expected = sample.rows.keys.sorted { left, right in
            for order in orders {
                let compared = Self.order(
                    sample.rows[left]![order.field]!, sample.rows[right]![order.field]!, order.direction)
                if compared != 0 { return compared < 0 }
            }
            return left < right
        }
        let found = try sample.collection.query(QueryRequest(limit: 200, orderBy: orders)).rows.keys
        #expect(found == Array(expected.prefix(200)), "seed \(seed)")
    }

    /// By text, since the engine's own order is what is tested.
    private static func order(_ left: Value, _ right: Value, _ direction: QueryRequest.Direction) -> Int {
        if left == .null || right == .null { return (left == .null ? 1 : 0) - (right == .null ? 1 : 0) }
        let precedes =
            switch (left, right) {
            case (.integer(let left), .integer(let right)): left < right
            case (.double(let left), .double(let right)): left < right
            case (.bool(let left), .bool(let right)): !left && right
            case (.text(let left), .text(let right)): Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8))
            default: false
            }
        let isEqual = "\(left)".utf8.elementsEqual("\(right)".utf8)
        if isEqual { return 0 }
        return precedes == (direction == .ascending) ? -1 : 1
    }
}
