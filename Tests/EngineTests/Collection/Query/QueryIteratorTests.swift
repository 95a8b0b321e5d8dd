import Common
import TestSupport
import Testing

@testable import Apus

/// Iterators see one moment, whatever happens meanwhile.
@Suite struct QueryIteratorTests {
    private let seed = testSeed(406)

    /// Everything that changes how rows are held.
    enum Change: CaseIterable, Sendable {
        case insert, upsert, delete, deleteAll, flush, compact, releaseAndLoad, release, index, dropIndex
    }

    static func perform(_ change: Change, _ sample: QuerySample) throws {
        let collection = sample.collection
        switch change {
        case .insert: try sample.insert(30)
        case .upsert: try sample.upsert(min(30, sample.rows.count))
        case .delete: try sample.delete(sample.rows.count / 5)
        case .deleteAll: try sample.delete(sample.rows.count)
        case .flush: try collection.flush()
        case .compact: try collection.compact()
        case .releaseAndLoad:
            try collection.release()
            try collection.load()
        case .release: try collection.release()
        case .index:
            try collection.createIndex(on: "v", IndexDefinition(.ivfSQ8, metric: .l2, parameters: ["nlist": 4]))
        case .dropIndex:
            if collection.indexDefinitions["v"] != nil { try collection.dropIndex(on: "v") }
        }
    }

    @Test func eachEntityComesOnceByKey() throws {
        let sample = try QuerySample(seed: seed)
        for batch in [1, 7, 200, 10_000] {
            let iterator = try sample.collection.queryIterator(QueryRequest(outputFields: ["*"], limit: batch))
            var rows: [[String: Value]] = []
            while case let next = try iterator.next(), !next.isEmpty {
                #expect(next.count <= batch)
                rows += next
            }
            #expect(rows.keys == sample.rows.keys.sorted(), "seed \(seed)")
            for row in rows { #expect(row == sample.rows[[row].keys[0]], "seed \(seed)") }
            #expect(try iterator.next().isEmpty)
        }
    }

    @Test func offsetAndTotalCut() throws {
        let sample = try QuerySample(seed: seed)
        let iterator = try sample.collection.queryIterator(QueryRequest(limit: 10, offset: 7), total: 25)
        let batches = try (0..<4).map { _ in try iterator.next().keys }
        #expect(batches.map(\.count) == [10, 10, 5, 0])
        #expect(batches.flatMap { $0 } == Array(sample.rows.keys.sorted()[7..<32]), "seed \(seed)")
    }

    /// COSINE reads vectors from files, which compaction removes; codes leave all of them there.
    @Test(arguments: [SearchedIndex.none, .hnsw, .listCodes])
    func anIteratorSeesTheMomentItWasMade(index: SearchedIndex) throws {
        let sample = try QuerySample(seed: seed, segments: [150, 100, 40], index: index.definition(.cosine))
        let snapshot = sample.rows
        let iterator = try sample.collection.queryIterator(QueryRequest(outputFields: ["*"], limit: 20))
        let late = try sample.collection.queryIterator(QueryRequest(outputFields: ["v"], limit: 50))
        var rows = try iterator.next()
        var changes = QueryIteratorTests.Change.allCases.filter { $0 != .deleteAll && $0 != .release }
        changes.shuffle(using: &sample.random)
        for change in changes + [.compact, .deleteAll, .compact, .release] {
            try QueryIteratorTests.perform(change, sample)
            rows += try iterator.next()
        }
        while case let next = try iterator.next(), !next.isEmpty { rows += next }
        #expect(rows.keys == snapshot.keys.sorted(), "seed \(seed)")
        for row in rows { #expect(row == snapshot[[row].keys[0]], "seed \(seed)") }
        var count = 0
        while case let next = try late.next(), !next.isEmpty {
            count += next.count
            for row in next { #expect(row["v"] == snapshot[[row].keys[0]]!["v"], "seed \(seed)") }
        }
        #expect(count == snapshot.count)
    }

    @Test func aClosedCollectionEndsItsIterators() throws {
        let sample = try QuerySample(seed: seed, segments: [50])
        let iterator = try sample.collection.queryIterator(QueryRequest(limit: 5))
        let search = try sample.collection.searchIterator(
            SearchRequest(vectors: sample.vector(), field: "v", limit: 5))
        #expect(try iterator.next().count == 5)
        try sample.database.close()
        #expect(throws: ApusError.self) { try iterator.next() }
        #expect(throws: ApusError.self) { try search.next() }
    }
}
