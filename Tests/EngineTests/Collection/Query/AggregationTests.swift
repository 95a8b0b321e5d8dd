import Common
import TestSupport
import Testing

@testable import Apus

/// Aggregates against sums over all rows.
@Suite struct AggregationTests {
    private let seed = testSeed(402)
    private static let aggregates: [Aggregate] = [
        .count, .sum("stock"), .sum("price"), .average("stock"), .minimum("price"), .maximum("color"),
    ]

    @Test func theCountIsThatOfLiveRows() throws {
        let sample = try QuerySample(seed: seed)
        let result = try sample.collection.query(QueryRequest(aggregates: [.count]))
        #expect(result.rows == [["count(*)": .integer(Int64(sample.rows.count))]])
        #expect(result.columns == ["count(*)"])
    }

    @Test func aggregatesOfAllRows() throws {
        let sample = try QuerySample(seed: seed)
        let result = try sample.collection.query(QueryRequest(aggregates: Self.aggregates))
        try expect(result.rows[0], over: Array(sample.rows.values))
    }

    @Test func nothingIsAggregatedToNull() throws {
        let sample = try QuerySample(seed: seed)
        try sample.delete(sample.rows.count)
        let row = try sample.collection.query(QueryRequest(aggregates: Self.aggregates)).rows[0]
        #expect(row["count(*)"] == .integer(0))
        for aggregate in Self.aggregates.dropFirst() { #expect(row[aggregate.name] == .null) }
        #expect(try sample.collection.query(QueryRequest(aggregates: [.count], groupBy: ["color"])).rows.isEmpty)
    }

    @Test(arguments: [["color"], ["isNew", "stock"], ["id"]])
    func eachGroupHasItsOwn(fields: [String]) throws {
        let sample = try QuerySample(seed: seed)
        let result = try sample.collection.query(QueryRequest(aggregates: Self.aggregates, groupBy: fields))
        let groups = Dictionary(grouping: sample.rows.values) { row in fields.map { Array("\(row[$0]!)".utf8) } }
        #expect(result.rows.count == groups.count, "seed \(seed)")
        #expect(result.columns == fields + Self.aggregates.map(\.name))
        for row in result.rows {
            let members = try #require(groups[fields.map { Array("\(row[$0]!)".utf8) }], "seed \(seed)")
            try expect(row, over: members)
        }
    }

    @Test func groupsAreSortedAndLimited() throws {
        let sample = try QuerySample(seed: seed)
        let request = QueryRequest(
            limit: 2, offset: 1, orderBy: [.init("count(*)", .descending), .init("color")], aggregates: [.count],
            groupBy: ["color"])
        var counts: [[UInt8]: Int] = [:]
        for row in sample.rows.values { counts[Array("\(row["color"]!)".utf8), default: 0] += 1 }
        let expected = counts.values.sorted(by: >).dropFirst().prefix(2)
        let found = try sample.collection.query(request).rows.map { $0["count(*)"]! }
        #expect(found == expected.map { .integer(Int64($0)) }, "seed \(seed)")
    }

    @Test func aSumThatOverflowsIsRefused() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        defer { try? database.close() }
        let schema = try Schema(
            fields: [Field("id", .int64), Field("v", .floatVector(dimension: 2))], primaryKey: "id")
        let collection = try database.createCollection("large", schema: schema)
        try collection.insert(rows: [
            ["id": .integer(.max), "v": .vector([1, 2])], ["id": .integer(.max - 1), "v": .vector([1, 2])],
        ])
        try collection.load()
        #expect(throws: ApusError.self) { try collection.query(QueryRequest(aggregates: [.sum("id")])) }
        let average = try collection.query(QueryRequest(aggregates: [.average("id")])).rows[0]["avg(id)"]
        #expect(average == .double(Double(Int64.max)))
    }

    private func expect(_ row: [String: Value], over members: [[String: Value]]) throws {
        let stocks = members.compactMap { if case .integer(let value)? = $0["stock"] { value } else { nil } }
        let prices = members.compactMap { if case .double(let value)? = $0["price"] { value } else { nil } }
        let colors = members.compactMap { if case .text(let value)? = $0["color"] { value } else { nil } }
        #expect(row["count(*)"] == .integer(Int64(members.count)), "seed \(seed)")
        #expect(row["sum(stock)"] == (stocks.isEmpty ? .null : .integer(stocks.reduce(0, +))), "seed \(seed)")
        // Quarters add up exactly.
        #expect(row["sum(price)"] == (prices.isEmpty ? .null : .double(prices.reduce(0, +))), "seed \(seed)")
        let average = Double(stocks.reduce(0, +)) / Double(max(stocks.count, 1))
        #expect(row["avg(stock)"] == (stocks.isEmpty ? .null : .double(average)), "seed \(seed)")
        #expect(row["min(price)"] == (prices.min().map { .double($0) } ?? .null), "seed \(seed)")
        let largest = colors.max { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        #expect(row["max(color)"] == (largest.map { .text($0) } ?? .null), "seed \(seed)")
    }
}
