import TestSupport
import Testing

@testable import Apus

/// What a query refuses, and by which words.
@Suite struct QueryRulesTests {
    static let refused: [(QueryRequest, String)] = [
        (QueryRequest(), "empty expression should be used with limit"),
        (QueryRequest(filter: ""), "empty expression should be used with limit"),
        (QueryRequest(limit: 0), "(offset+limit) should be in range [1, 16384], but got 0+0"),
        (QueryRequest(limit: 16_384, offset: 1), "(offset+limit) should be in range [1, 16384], but got 1+16384"),
        (QueryRequest(limit: 1, offset: .max), "(offset+limit) should be in range"),
        (QueryRequest(limit: 1, offset: -1), "offset is -1"),
        (QueryRequest(outputFields: ["size"], limit: 1), "size"),
        (QueryRequest(limit: 1, orderBy: [.init("document")]), "document"),
        (QueryRequest(limit: 1, orderBy: [.init("v")]), "has no order"),
        (QueryRequest(limit: 5, aggregates: [.count]), "count entities with pagination is not allowed"),
        (QueryRequest(offset: 5, aggregates: [.count]), "count entities with pagination is not allowed"),
        (QueryRequest(outputFields: ["id"], aggregates: [.count]), "leave id out"),
        (QueryRequest(aggregates: [.sum("color")]), "sum(color)"),
        (QueryRequest(aggregates: [.minimum("document")]), "min(document)"),
        (QueryRequest(aggregates: [.count], groupBy: ["price"]), "price"),
        (QueryRequest(orderBy: [.init("stock")], aggregates: [.count], groupBy: ["color"]), "color, count(*)"),
        (QueryRequest(limit: 5, groupBy: ["color"]), "no aggregate"),
    ]

    @Test func errorsNameWhatIsWrong() throws {
        let sample = try QuerySample(seed: 1, segments: [10])
        for (request, text) in Self.refused {
            let error = #expect(throws: ApusError.self) { try sample.collection.query(request) }
            #expect(error?.message.contains(text) == true, "\(error?.message ?? "no error") lacks \(text)")
        }
    }

    @Test func aCollectionMustBeLoaded() throws {
        let sample = try QuerySample(seed: 1, segments: [10])
        try sample.collection.release()
        let error = #expect(throws: ApusError.self) { try sample.collection.query(QueryRequest(limit: 1)) }
        #expect(error?.code == .notLoaded)
    }

    @Test func iteratorsAreByKeyAndOfOneQuery() throws {
        let sample = try QuerySample(seed: 1, segments: [10])
        let collection = sample.collection
        #expect(throws: ApusError.self) { try collection.queryIterator(QueryRequest(orderBy: [.init("id")])) }
        #expect(throws: ApusError.self) { try collection.queryIterator(QueryRequest(aggregates: [.count])) }
        #expect(throws: ApusError.self) { try collection.queryIterator(QueryRequest(limit: 0)) }
        #expect(throws: ApusError.self) { try collection.queryIterator(QueryRequest(), total: -1) }
        let two = SearchRequest(vectors: sample.vector() + sample.vector(), field: "v", limit: 5)
        #expect(throws: ApusError.self) { try collection.searchIterator(two) }
        var later = SearchRequest(vectors: sample.vector(), field: "v", limit: 5)
        later.offset = 1
        #expect(throws: ApusError.self) { try collection.searchIterator(later) }
        later.offset = 0
        later.grouping = Grouping(field: "color")
        #expect(throws: ApusError.self) { try collection.searchIterator(later) }
    }

    @Test func rangesAndGroupsAreChecked() throws {
        let sample = try QuerySample(seed: 1, segments: [10])
        var request = SearchRequest(vectors: sample.vector(), field: "v", limit: 5)
        func expectRefused(_ text: String) {
            let error = #expect(throws: ApusError.self) { try sample.collection.search(request) }
            #expect(error?.message.contains(text) == true, "\(error?.message ?? "no error") lacks \(text)")
        }
        // Without an index the metric is COSINE.
        request.range = ScoreRange(radius: 0.5, rangeFilter: 0.5)
        expectRefused("range_filter(0.5) must be greater than radius(0.5)")
        request.range = ScoreRange(radius: .nan)
        expectRefused("NaN")
        request.range = ScoreRange(radius: 0)
        request.grouping = Grouping(field: "color")
        expectRefused("do not go together")
        request.range = nil
        request.grouping = Grouping(field: "price")
        expectRefused("price")
        request.grouping = Grouping(field: "color", size: 11)
        expectRefused("group_size is 11")
        request.grouping = nil
        request.scoreDecimals = 7
        expectRefused("round_decimal is 7")
        request.scoreDecimals = nil
        request.offset = 16_380
        expectRefused("(offset+limit) should be in range [1, 16384], but got 16380+5")
        let bits = SearchRequest(queries: .dense(.binary([1, 2])), field: "bits", limit: 1)
        request = bits
        request.grouping = Grouping(field: "color")
        expectRefused("binary vectors")
    }
}
