import Common
import TestSupport
import Testing

@testable import Apus

/// Offset, rounding and output fields of a search.
@Suite struct SearchOptionTests {
    private let seed = testSeed(405)

    @Test func anOffsetPassesOverTheNearest() throws {
        let sample = try QuerySample(seed: seed)
        let query = sample.vector()
        let expected = sample.nearest(query, .cosine).map(\.key)
        for (limit, offset) in [(1, 0), (10, 3), (50, 500), (5, 10_000)] {
            var request = SearchRequest(vectors: query, field: "v", limit: limit)
            request.offset = offset
            let found = try sample.collection.search(request).hits[0].map(\.integerKey)
            #expect(found == Array(expected.dropFirst(offset).prefix(limit)), "seed \(seed)")
        }
    }

    @Test func scoresAreRounded() throws {
        let sample = try QuerySample(seed: seed)
        var request = SearchRequest(vectors: sample.vector(), field: "v", limit: 30)
        let exact = try sample.collection.search(request).hits[0]
        for decimals in [0, 2, 6] {
            request.scoreDecimals = decimals
            let rounded = try sample.collection.search(request).hits[0]
            #expect(rounded.map(\.primaryKey) == exact.map(\.primaryKey), "seed \(seed)")
            let power = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
            for (hit, exact) in zip(rounded, exact) {
                #expect(hit.score == Float((Double(exact.score) * power).rounded() / power), "seed \(seed)")
            }
        }
    }

    @Test func fieldsOfAllKindsAreReturned() throws {
        let sample = try QuerySample(seed: seed)
        let request = SearchRequest(vectors: sample.vector(), field: "v", limit: 1000, outputFields: ["*"])
        let hits = try sample.collection.search(request).hits[0]
        #expect(hits.count == sample.rows.count)
        for hit in hits { #expect(hit.fields == sample.rows[hit.integerKey], "seed \(seed)") }
    }
}
