import Common
import TestSupport
import Testing

@testable import Apus

/// Search iterators against the whole exact order.
@Suite struct SearchIteratorTests {
    private let seed = testSeed(407)

    private func all(_ iterator: SearchIterator) throws -> [Hit] {
        var hits: [Hit] = []
        while case let next = try iterator.next(), !next.isEmpty { hits += next }
        return hits
    }

    @Test(arguments: SearchedIndex.allCases, [3, 100])
    func everyEntityComesOnce(index: SearchedIndex, batch: Int) throws {
        let sample = try QuerySample(seed: seed, segments: [700, 300, 40], index: index.definition(.l2))
        let metric = index.metric(.l2)
        let query = sample.vector()
        let expected = sample.nearest(query, metric)
        let iterator = try sample.collection.searchIterator(
            SearchRequest(vectors: query, field: "v", limit: batch, outputFields: ["color"]))
        let hits = try all(iterator)
        #expect(hits.map(\.integerKey).sorted() == sample.rows.keys.sorted(), "seed \(seed)")
        for hit in hits where index.hasExactDistances {
            let score = QuerySample.score(metric, query, sample.rows[hit.integerKey]!["v"]!.denseVector!.floats!)
            #expect(isClose(Double(hit.score), score), "seed \(seed)")
        }
        if index.isExact {
            #expect(hits.map(\.integerKey) == expected.map(\.key), "seed \(seed)")
        } else {
            let first = Set(expected.prefix(50).map(\.key))
            #expect(hits.prefix(50).count { first.contains($0.integerKey) } >= 45, "seed \(seed)")
        }
        // All batches together cost a few searches, not one for each batch.
        #expect(iterator.statistics.distanceComputations < 25 * sample.rows.count, "seed \(seed)")
    }

    @Test(arguments: [SearchedIndex.none, .hnsw, .listCodes, .disk])
    func anIteratorSeesTheMomentItWasMade(index: SearchedIndex) throws {
        let sample = try QuerySample(seed: seed, segments: [400, 100, 40], index: index.definition(.cosine))
        let snapshot = sample.rows
        let iterator = try sample.collection.searchIterator(
            SearchRequest(vectors: sample.vector(), field: "v", limit: 15, outputFields: ["*"]))
        var hits = try iterator.next()
        for change in QueryIteratorTests.Change.allCases + [.compact, .release] {
            try QueryIteratorTests.perform(change, sample)
            hits += try iterator.next()
        }
        hits += try all(iterator)
        #expect(hits.map(\.integerKey).sorted() == snapshot.keys.sorted(), "seed \(seed)")
        for hit in hits { #expect(hit.fields == snapshot[hit.integerKey], "seed \(seed)") }
    }

    @Test func aRangeAndATotalEndIt() throws {
        let sample = try QuerySample(seed: seed, index: IndexDefinition(.flat, metric: .l2))
        let query = sample.vector()
        let order = sample.nearest(query, .l2)
        var request = SearchRequest(vectors: query, field: "v", limit: 10)
        let first = try all(sample.collection.searchIterator(request, total: 34)).map(\.integerKey)
        #expect(first == order[..<34].map(\.key), "seed \(seed)")
        request.range = ScoreRange(
            radius: Float((order[200].score + order[199].score) / 2),
            rangeFilter: Float((order[20].score + order[19].score) / 2))
        let hits = try all(sample.collection.searchIterator(request))
        #expect(hits.map(\.integerKey) == order[20..<200].map(\.key), "seed \(seed)")
    }

    @Test func sparseNeighborsEndWithTheLastCommonDimension() throws {
        let sample = try QuerySample(seed: seed)
        try sample.collection.createIndex(on: "terms", IndexDefinition(.sparseWAND, metric: .innerProduct))
        let query = try SparseVector([SparseEntry(index: 3, value: 1), SparseEntry(index: 7, value: 0.5)])
        let request = SearchRequest(queries: .sparse([query]), field: "terms", limit: 9)
        var every = request
        every.limit = 16_384
        let expected = try sample.collection.search(every).hits[0]
        let hits = try all(sample.collection.searchIterator(request))
        #expect(hits.map(\.score) == expected.map(\.score), "seed \(seed)")
        #expect(Set(hits.map(\.primaryKey)) == Set(expected.map(\.primaryKey)), "seed \(seed)")
        var dropping = request
        dropping.parameters = ["drop_ratio_search": 0.6]
        let found = try all(sample.collection.searchIterator(dropping))
        #expect(Set(found.map(\.primaryKey)) == Set(expected.map(\.primaryKey)), "seed \(seed)")
    }

    @Test func binaryVectorsAreIterated() throws {
        let sample = try QuerySample(seed: seed)
        let request = SearchRequest(queries: .dense(.binary([0x0f, 0xa5])), field: "bits", limit: 33)
        let hits = try all(sample.collection.searchIterator(request))
        #expect(hits.map(\.integerKey).sorted() == sample.rows.keys.sorted(), "seed \(seed)")
        #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.score <= $1.score }, "seed \(seed)")
    }
}
