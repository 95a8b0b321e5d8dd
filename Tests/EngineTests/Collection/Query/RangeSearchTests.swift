import Common
import TestSupport
import Testing

@testable import Apus

/// Range search against the slice of the exact order.
@Suite struct RangeSearchTests {
    private let seed = testSeed(403)

    static let cases: [(SearchedIndex, Metric)] =
        Metric.dense.flatMap { [(SearchedIndex.flat, $0), (.hnsw, $0)] } + [
            (.none, .cosine), (.hnswCodes, .cosine), (.lists, .innerProduct), (.listCodes, .l2),
            (.refinedCodes, .cosine), (.disk, .l2),
        ]

    @Test(arguments: cases)
    func findsTheSliceOfTheExactOrder(index: SearchedIndex, metric: Metric) throws {
        let sample = try QuerySample(seed: seed, segments: [1000, 500, 40], index: index.definition(metric))
        let metric = index.metric(metric)
        var wanted = 0
        var found = 0
        for limit in [20, 3000] {
            for (from, to) in [(0, 5), (0, 40), (10, 100), (500, 900)] {
                let query = sample.vector()
                let order = sample.nearest(query, metric)
                // Between two scores, so that rounding decides nothing.
                let radius = Float((order[to].score + order[to - 1].score) / 2)
                let rangeFilter = from == 0 ? nil : Float((order[from].score + order[from - 1].score) / 2)
                let hits = try search(sample, query, limit, ScoreRange(radius: radius, rangeFilter: rangeFilter))
                let slice = Set(order[from..<to].prefix(limit).map(\.key))
                wanted += slice.count
                found += hits.count { slice.contains($0.integerKey) }
                try check(hits, limit: limit, metric, radius, rangeFilter)
                if index.isExact {
                    #expect(hits.map(\.integerKey) == order[from..<to].prefix(limit).map(\.key), "seed \(seed)")
                }
            }
        }
        #expect(Double(found) >= 0.95 * Double(wanted), "found \(found) of \(wanted), seed \(seed)")
    }

    private func search(
        _ sample: QuerySample, _ query: [Float], _ limit: Int, _ range: ScoreRange
    ) throws -> [Hit] {
        var request = SearchRequest(vectors: query, field: "v", limit: limit)
        request.range = range
        return try sample.collection.search(request).hits[0]
    }

    private func check(_ hits: [Hit], limit: Int, _ metric: Metric, _ radius: Float, _ rangeFilter: Float?) throws {
        #expect(hits.count <= limit && Set(hits.map(\.primaryKey)).count == hits.count)
        for hit in hits {
            if metric.prefersLarger {
                #expect(hit.score > radius && hit.score <= rangeFilter ?? .infinity, "seed \(seed)")
            } else {
                #expect(hit.score < radius && hit.score >= rangeFilter ?? -.infinity, "seed \(seed)")
            }
        }
        for (hit, next) in zip(hits, hits.dropFirst()) {
            #expect(metric.prefersLarger ? hit.score >= next.score : hit.score <= next.score, "seed \(seed)")
        }
    }

    /// The nearer bound belongs to the range, the farther one does not.
    @Test(arguments: [Metric.l2, .innerProduct])
    func boundsAreThoseOfMilvus(metric: Metric) throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        defer { try? database.close() }
        let collection = try database.createCollection(
            "line",
            schema: try Schema(
                fields: [Field("id", .int64), Field("v", .floatVector(dimension: 2))], primaryKey: "id"),
            indexes: ["v": try IndexDefinition(.flat, metric: metric)])
        try collection.insert(rows: (0..<10).map { ["id": .integer($0), "v": .vector([Float($0), 0])] })
        try collection.load()
        var request = SearchRequest(vectors: metric == .l2 ? [0, 0] : [1, 0], limit: 10)
        request.range =
            metric == .l2 ? ScoreRange(radius: 25, rangeFilter: 4) : ScoreRange(radius: 2, rangeFilter: 5)
        let keys = try collection.search(request).hits[0].map(\.integerKey)
        #expect(keys == (metric == .l2 ? [2, 3, 4] : [5, 4, 3]))
        request.offset = 1
        request.limit = 1
        #expect(try collection.search(request).hits[0].map(\.integerKey) == [metric == .l2 ? 3 : 4])
    }

    @Test func everyQueryHasItsOwnRange() throws {
        let sample = try QuerySample(seed: seed, index: IndexDefinition(.flat, metric: .l2))
        let queries = (0..<9).map { _ in sample.vector() }
        var request = SearchRequest(vectors: queries.flatMap { $0 }, field: "v", limit: 1000)
        request.range = ScoreRange(radius: 2)
        let hits = try sample.collection.search(request).hits
        for (query, hits) in zip(queries, hits) {
            let inside = sample.nearest(query, .l2).prefix { $0.score < 2 }
            #expect(hits.map(\.integerKey) == inside.map(\.key), "seed \(seed)")
        }
    }

    @Test func sparseVectorsHaveRangesToo() throws {
        let sample = try QuerySample(
            seed: seed, index: nil)
        try sample.collection.createIndex(on: "terms", IndexDefinition(.sparseInvertedIndex, metric: .innerProduct))
        let query = try SparseVector([SparseEntry(index: 3, value: 1), SparseEntry(index: 7, value: 0.5)])
        var request = SearchRequest(queries: .sparse([query]), field: "terms", limit: 16_384)
        let all = try sample.collection.search(request).hits[0]
        request.range = ScoreRange(radius: 0.4, rangeFilter: 1.2)
        let slice = try sample.collection.search(request).hits[0]
        #expect(slice == all.filter { $0.score > 0.4 && $0.score <= 1.2 }, "seed \(seed)")
        #expect(!slice.isEmpty)
    }
}
