import Common
import Synchronization
import TestSupport
import Testing

@testable import Apus

/// Readers beside a writer that does everything a writer can. Run by `swift test --sanitize=thread --filter ThreadSafety`.
///
/// The writer writes batches whose rows share a number, so that a reader can tell a whole batch from a part of one.
@Suite struct ThreadSafetyCollectionTests {
    private static let batchRows = 8
    private static let batches = 40
    private static let readers = 3

    private final class Shared: Sendable {
        let collection: Collection
        /// Batches 0 ..< this are acknowledged.
        let acknowledged = Atomic(0)
        let isDone = Atomic(false)
        let failures = Mutex<[String]>([])

        init(_ collection: Collection) { self.collection = collection }

        func fail(_ message: String) { failures.withLock { $0.append(message) } }

        func check(_ isTrue: Bool, _ message: @autoclosure () -> String) {
            if !isTrue { fail(message()) }
        }
    }

    @Test(arguments: [IndexType.flat, .hnsw])
    func readersSeeWholeBatchesAndEveryAcknowledgedRow(type: IndexType) throws {
        let folder = TemporaryFolder()
        let options = DatabaseOptions(buildThreads: 2, segmentBytes: 4_000)
        let database = try Database.open(at: folder.path, options: options)
        let schema = try Schema(
            fields: [
                Field("id", .int64), Field("embedding", .floatVector(dimension: 4)), Field("batch", .int64),
                Field("word", .varchar(maxLength: 16)),
            ], primaryKey: "id")
        let collection = try database.createCollection(
            "rows", schema: schema, indexes: ["embedding": IndexDefinition(type, metric: .cosine, parameters: [:])])
        try collection.load()
        let shared = Shared(collection)
        onThreads(Self.readers + 1) { thread in
            do {
                thread == 0 ? try Self.write(shared) : try Self.read(shared, seed: UInt64(thread))
            } catch {
                shared.fail("\(error)")
            }
            if thread == 0 { shared.isDone.store(true, ordering: .releasing) }
        }
        #expect(shared.failures.withLock { $0 }.prefix(5).isEmpty)
        #expect(collection.count == Self.batches * Self.batchRows)
        try database.close()
    }

    private static func keys(_ batch: Int) -> [Int64] { (0..<batchRows).map { Int64(batch * batchRows + $0) } }

    private static func fields(_ keys: [Int64], version: Int64) -> [FieldData] {
        [
            FieldData("id", .int64(keys)),
            FieldData("embedding", .floatVector(keys.flatMap { [1, Float($0), Float($0 % 7), 2] })),
            FieldData("batch", .int64(keys.map { _ in version })),
            FieldData("word", .varchar(keys.map { "word \($0)" })),
        ]
    }

    private static func write(_ shared: Shared) throws {
        let collection = shared.collection
        for batch in 0..<batches {
            try collection.insert(fields(keys(batch), version: 0), sync: .deferred)
            shared.acknowledged.store(batch + 1, ordering: .releasing)
            switch batch % 8 {
            case 1: try collection.upsert(fields(keys(batch), version: Int64(batch)), sync: .deferred)
            case 3: try collection.flush()
            case 4:
                // Rows that readers do not count on: they come and go.
                try collection.insert(fields([1_000_000], version: 0))
                try collection.delete(keys: [1_000_000])
            case 5: try collection.compact()
            case 6:
                try collection.release()
                try collection.load()
            case 7:
                let type: IndexType = batch % 16 == 7 ? .flat : .hnsw
                try collection.createIndex(on: "embedding", IndexDefinition(type, metric: .cosine))
            default: break
            }
        }
    }

    private static func read(_ shared: Shared, seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        var rounds = 0
        while !shared.isDone.load(ordering: .acquiring) || rounds < 3 {
            rounds += 1
            let acknowledged = shared.acknowledged.load(ordering: .acquiring)
            let count = shared.collection.count
            shared.check(count >= acknowledged * batchRows, "\(count) rows, \(acknowledged) batches")
            guard acknowledged > 0 else { continue }
            do {
                try get(shared, batch: Int.random(in: 0..<acknowledged, using: &random))
                try search(shared, atLeast: acknowledged, &random)
            } catch let error as ApusError where error.code == .notLoaded {
                continue
            }
        }
    }

    private static func get(_ shared: Shared, batch: Int) throws {
        let rows = try shared.collection.get(keys: keys(batch).map { .integer($0) })
        shared.check(!rows.contains(nil), "a row of batch \(batch) is not there")
        shared.check(Set(rows.map { $0?["batch"] }).count == 1, "batch \(batch) is seen in part")
        for (key, row) in zip(keys(batch), rows) {
            shared.check(row?["word"] == .text("word \(key)"), "row \(key) is \(String(describing: row))")
        }
    }

    private static func search(_ shared: Shared, atLeast acknowledged: Int, _ random: inout RandomSource) throws {
        let key = Float(Int.random(in: 0..<acknowledged * batchRows, using: &random))
        let request = SearchRequest(
            vectors: [1, key, Float(Int(key) % 7), 2], limit: 500, outputFields: ["batch", "embedding"])
        let hits = try shared.collection.search(request).hits[0]
        let keys = hits.map(\.primaryKey)
        shared.check(Set(keys).count == keys.count, "a hit is repeated")
        shared.check(zip(hits, hits.dropFirst()).allSatisfy { $0.score >= $1.score }, "hits are not sorted")
        shared.check(hits.count >= acknowledged * batchRows, "\(hits.count) hits, \(acknowledged) batches")
    }
}
