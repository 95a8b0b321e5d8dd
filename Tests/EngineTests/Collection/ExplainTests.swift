import Common
import TestSupport
import Testing

@testable import Apus

/// Plans of searches, and what searches say about themselves.
@Suite struct ExplainTests {
    private let seed = testSeed(60)
    private let rowCount = 400

    /// A sealed and indexed segment of which the rows of `deleted` are gone.
    private func withCollection(
        _ type: IndexType = .autoIndex, deleted: Range<Int>, _ body: (Collection, [[Float]]) throws -> Void
    ) throws {
        let folder = TemporaryFolder()
        let fixture = VectorFixture(.clustered, metric: .l2, count: rowCount, dimension: 8, seed: seed)
        try withExtendedLifetime(folder) {
            let database = try Database.open(at: folder.path)
            defer { try? database.close() }
            let schema = try Schema(
                fields: [Field("id", .int64), Field("vector", .floatVector(dimension: 8))], primaryKey: "id")
            let collection = try database.createCollection(
                "rows", schema: schema, indexes: ["vector": IndexDefinition(type, metric: .l2)])
            try collection.insert([
                FieldData("id", .int64((0..<rowCount).map(Int64.init))),
                FieldData("vector", .floatVector(fixture.vectors.flatMap(\.self))),
            ])
            try collection.flush()
            try collection.load()
            try collection.delete(keys: deleted.map { .integer(Int64($0)) })
            try body(collection, fixture.queries(5, seed: seed + 1))
        }
    }

    @Test func aPlanSearchesNothing() throws {
        try withCollection(deleted: 0..<100) { collection, queries in
            let explanation = try collection.explain(
                SearchRequest(vectors: queries[0], limit: 10, parameters: ["ef": 20]))
            #expect(explanation.analysis == nil)
            #expect(explanation.parameters == ["ef": 20])
            let segment = try #require(explanation.segments.first)
            #expect(explanation.segments.count == 1)
            #expect(segment.rows == rowCount && segment.liveRows == 300 && segment.permittedRows == 300)
            #expect(segment.isIndexed && segment.statistics == nil)
            #expect(segment.plan.alternatives.contains { $0.strategy == segment.plan.chosen })
            #expect(segment.plan.alternatives.count == 5)
        }
    }

    @Test(arguments: [IndexType.autoIndex, .hnsw, .flat, .ivfFlat])
    func anAnalysisMeasuresTheRecall(type: IndexType) throws {
        try withCollection(type, deleted: 100..<200) { collection, queries in
            let request = SearchRequest(vectors: queries.flatMap(\.self), limit: 10)
            let explanation = try collection.explainAnalyze(request)
            let analysis = try #require(explanation.analysis)
            #expect(analysis.recall >= 0.9 && analysis.recall <= 1, "seed \(seed)")
            #expect(analysis.missingHits == Int(((1 - analysis.recall) * 50).rounded()), "seed \(seed)")
            #expect(try #require(explanation.segments[0].statistics).distanceComputations > 0)
        }
    }

    @Test func aForcedStrategyIsTaken() throws {
        try withCollection(deleted: 0..<200) { collection, queries in
            for strategy in [SearchStrategy.scan, .codeScan, .maskedWalk, .bridgeWalk, .postFilter] {
                let request = SearchRequest(
                    vectors: queries[0], limit: 10, parameters: ["strategy": .text(strategy.rawValue)])
                let explanation = try collection.explainAnalyze(request)
                #expect(explanation.segments[0].plan.chosen == strategy)
                let answered = try #require(explanation.segments[0].statistics).strategies.used
                #expect(answered.reduce(0) { $0 + $1.queries } == 1)
                #expect(explanation.description.contains("takes \(strategy.rawValue)"))
            }
        }
    }

    @Test func theTextNamesWhatMatters() throws {
        try withCollection(deleted: 0..<1) { collection, queries in
            let text = try collection.explainAnalyze(SearchRequest(vectors: queries[0], limit: 5)).description
            for part in ["AUTOINDEX", "limit 5", "399 permitted", "measured: recall", "expected", "distances"] {
                #expect(text.contains(part), "\(part) is missing in: \(text)")
            }
        }
    }

    @Test func aGrowingSegmentIsScanned() throws {
        try withCollection(deleted: 0..<0) { collection, queries in
            try collection.insert([
                FieldData("id", .int64([9000])), FieldData("vector", .floatVector(queries[0])),
            ])
            let explanation = try collection.explainAnalyze(SearchRequest(vectors: queries[0], limit: 3))
            #expect(explanation.segments.count == 2)
            #expect(explanation.segments.map(\.isIndexed) == [true, false])
            #expect(explanation.analysis?.recall == 1)
        }
    }
}
