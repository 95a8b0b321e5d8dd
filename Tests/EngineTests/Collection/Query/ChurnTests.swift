import Common
import TestSupport
import Testing

@testable import Apus

/// After rows were deleted and inserted again many times, every way to the live rows leads to all of them.
@Suite struct ChurnTests {
    private let seed = testSeed(408)

    private func expectAllFound(_ sample: QuerySample, _ stage: String) throws {
        let rows = try sample.collection.auditRows()
        #expect(rows.countedRows == sample.rows.count, "\(stage), seed \(seed)")
        #expect(rows.isConsistent, "\(stage): \(rows), seed \(seed)")
        let audit = try sample.collection.audit(field: "v", threads: 2)
        #expect(audit.unreachableCount == 0, "\(stage), seed \(seed)")
        #expect(audit.searchedCount + audit.scannedCount == sample.rows.count, "\(stage), seed \(seed)")
        let counted = try sample.collection.query(QueryRequest(aggregates: [.count])).rows
        #expect(counted == [["count(*)": .integer(Int64(sample.rows.count))]], "\(stage), seed \(seed)")
    }

    /// The same keys go and come back with other vectors, half of the rows each time.
    @Test func tenRoundsOfHalfTheRows() throws {
        let index = try SearchedIndex.hnsw.definition(.l2)
        let sample = try QuerySample(seed: seed, segments: [600, 200, 20], index: index)
        for round in 0..<10 {
            let keys = sample.rows.keys.sorted().shuffled(using: &sample.random).prefix(sample.rows.count / 2)
            try sample.collection.delete(keys: keys.map { .integer($0) })
            for key in keys { sample.rows[key]!["v"] = .vector(sample.vector()) }
            try sample.collection.insert(rows: keys.map { sample.rows[$0]! })
            try sample.collection.flush()
            if round % 4 == 3 { try sample.collection.compact() }
            try expectAllFound(sample, "round \(round)")
        }
        try sample.collection.compact()
        try expectAllFound(sample, "after compaction")
        #expect(try sample.collection.statistics().unreachableRows == 0)
    }

    @Test func theNumberIsUnknownBeforeAnAudit() throws {
        let sample = try QuerySample(seed: seed, index: SearchedIndex.hnsw.definition(.l2))
        #expect(try sample.collection.statistics().unreachableRows == nil)
    }

    /// Takes the links to rows out of a graph in memory, as damage would.
    private func unlink(_ collection: Apus.Collection) throws -> Set<UInt32> {
        let segment = try #require(collection.state.sealed.first)
        let index = try #require(segment.contents?.indexes[0] as? HNSWIndex)
        let links = index.graph.links(level: 0)
        let rows = UInt32(segment.record.rowCount)
        let lowest = (0..<rows).filter { index.graph.level(of: $0) == 0 && segment.rows.contains(Int($0)) }
        let lost = Set(lowest.prefix(3))
        for row in 0..<rows {
            let block = links.block(of: row)
            let kept = (0..<links.count(in: block)).map { block[$0] }.filter { !lost.contains($0) }
            for place in 0..<links.width { block[place] = place < kept.count ? kept[place] : HNSWGraph.noLink }
        }
        return lost
    }

    @Test(arguments: [SearchedIndex.hnsw, .hnswCodes])
    func aRepairFindsThemAgain(index: SearchedIndex) throws {
        let sample = try QuerySample(seed: seed, index: index.definition(.l2))
        // Without deleted rows the graph is walked, not scanned.
        try sample.collection.compact()
        if index == .hnsw {
            let lost = try unlink(sample.collection)
            let report = try sample.collection.repair(field: "v")
            #expect(report.before.unreachableCount == lost.count, "seed \(seed)")
            #expect(report.rebuiltSegments == [sample.collection.state.sealed[0].identifier])
            #expect(report.after.unreachableCount == 0, "seed \(seed)")
        }
        #expect(try sample.collection.repair(field: "v").rebuiltSegments.isEmpty, "seed \(seed)")
        try expectAllFound(sample, "after the repair")
        #expect(try sample.collection.verify().isSound)
        // What the repair wrote is what is opened.
        try sample.collection.release()
        try sample.collection.load()
        try expectAllFound(sample, "after loading")
    }

    /// An index that answers without the rows gets them back for its repair.
    @Test func anIndexWithoutRowsIsRebuilt() throws {
        let sample = try QuerySample(seed: seed, index: SearchedIndex.listCodes.definition(.cosine))
        let query = SearchRequest(vectors: sample.vector(), field: "v", limit: 20, outputFields: ["v"])
        let before = try sample.collection.search(query).hits
        let segments = Set(sample.collection.state.sealed.map(\.identifier))
        try sample.collection.maintenance.rebuildIndex(
            ofFieldAt: 0, segments: segments, variation: 0, progress: .silent)
        #expect(try sample.collection.search(query).hits == before, "seed \(seed)")
        #expect(try sample.collection.verify().isSound)
    }

    @Test func crashesLoseNoRow() throws {
        var disk = SimulatedFileSystem()
        var random = RandomSource(seed: seed)
        var rows: [Int64: [Float]] = [:]
        let schema = try Schema(
            fields: [Field("v", .floatVector(dimension: 4)), Field("id", .int64)], primaryKey: "id")
        for loop in 0..<12 {
            let database = try Instance(folder: "crashes", options: DatabaseOptions(), fileSystem: disk).database()
            let collection =
                try database.listCollections().isEmpty
                ? try database.createCollection(
                    "rows", schema: schema,
                    indexes: ["v": IndexDefinition(.hnsw, metric: .l2, parameters: ["M": 6, "efConstruction": 40])])
                : try database.collection("rows")
            try collection.load()
            let report = try collection.auditRows()
            #expect(report.isConsistent && report.countedRows == rows.count, "loop \(loop), seed \(seed): \(report)")
            #expect(try collection.audit().unreachableCount == 0, "loop \(loop), seed \(seed)")
            let keys = (0..<60).map { _ in Int64.random(in: 0..<300, using: &random) }
            for key in Set(keys).sorted() {
                rows[key] = (0..<4).map { _ in Float.random(in: -1...1, using: &random) }
                try collection.upsert(rows: [["id": .integer(key), "v": .vector(rows[key]!)]])
            }
            let gone = rows.keys.sorted().shuffled(using: &random).prefix(15)
            try collection.delete(keys: gone.map { .integer($0) })
            for key in gone { rows[key] = nil }
            // Power goes in the middle of sealing, merging or nothing.
            if loop % 3 > 0 { disk.stopAfter(operations: Int.random(in: 0..<40, using: &random)) }
            _ = try? loop % 2 == 0 ? collection.flush() : collection.compact()
            disk = disk.crash(survival: UInt64.random(in: 0..<1000, using: &random))
            try? database.close()
        }
    }
}
