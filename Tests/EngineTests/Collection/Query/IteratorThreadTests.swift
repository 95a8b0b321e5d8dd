import Common
import Synchronization
import TestSupport
import Testing

@testable import Apus

/// Iterators on threads of their own, while another one writes, seals and merges.
@Suite struct IteratorThreadTests {
    private let seed = testSeed(409)

    /// The errors of a body that runs on several threads at once.
    private func failures(ofThreads count: Int, _ body: @escaping @Sendable (Int) throws -> Void) -> [String] {
        let failures = Mutex<[String]>([])
        onThreads(count) { thread in
            do { try body(thread) } catch { failures.withLock { $0.append("\(error)") } }
        }
        return failures.withLock { $0 }
    }

    @Test func eachEntityComesOnceWhileWritersWork() throws {
        let sample = try QuerySample(seed: seed, segments: [300, 100], index: SearchedIndex.hnsw.definition(.cosine))
        let collection = sample.collection
        let snapshot = sample.rows
        let changed = snapshot.mapValues { $0.merging(["color": "new"]) { $1 } }
        let query = sample.vector()
        let byKey = try collection.queryIterator(QueryRequest(outputFields: ["v", "color"], limit: 9))
        let byDistance = try collection.searchIterator(
            SearchRequest(vectors: query, field: "v", limit: 9, outputFields: ["v", "color"]))
        let found = Mutex<[[String: Value]]>([])
        let hits = Mutex<[Hit]>([])
        let failures = failures(ofThreads: 3) { thread in
            switch thread {
            case 0:
                for (number, key) in snapshot.keys.sorted().enumerated() {
                    if number % 3 == 0 { try collection.delete(keys: [.integer(key)]) }
                    if number % 3 == 1 { try collection.upsert(rows: [changed[key]!]) }
                    if number % 40 == 0 { try collection.flush() }
                    if number % 90 == 0 { try collection.compact() }
                }
            case 1:
                while case let rows = try byKey.next(), !rows.isEmpty { found.withLock { $0 += rows } }
            default:
                while case let next = try byDistance.next(), !next.isEmpty { hits.withLock { $0 += next } }
            }
        }
        #expect(failures.isEmpty, "\(failures), seed \(seed)")
        let rows = found.withLock { $0 }
        let nearest = hits.withLock { $0 }
        #expect(rows.keys == snapshot.keys.sorted(), "seed \(seed)")
        #expect(nearest.map(\.integerKey).sorted() == snapshot.keys.sorted(), "seed \(seed)")
        for row in rows {
            let expected = snapshot[[row].keys[0]]!
            #expect(row["v"] == expected["v"] && row["color"] == expected["color"], "seed \(seed)")
        }
        for hit in nearest { #expect(hit.fields["color"] == snapshot[hit.integerKey]!["color"], "seed \(seed)") }
    }
}
