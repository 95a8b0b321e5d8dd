import TestSupport
import Testing

@testable import Apus

@Suite struct FindabilityAuditTests {
    private static let dimension = 4

    private func collection(
        _ folder: TemporaryFolder, vectors: [[Float]], metric: Metric
    ) throws -> (Database, Apus.Collection) {
        let database = try Database.open(at: folder.path)
        let collection = try database.createCollection(
            "audited",
            schema: try Schema(
                fields: [Field("id", .int64), Field("v", .floatVector(dimension: Self.dimension))],
                primaryKey: "id"),
            indexes: ["v": try IndexDefinition(.hnsw, metric: metric, parameters: ["M": 4])])
        try collection.insert([
            FieldData("id", .int64(vectors.indices.map(Int64.init))),
            FieldData("v", .floatVector(vectors.flatMap { $0 })),
        ])
        try collection.flush()
        try collection.load()
        return (database, collection)
    }

    private func distinct(_ count: Int) -> [[Float]] {
        (0..<count).map { row -> [Float] in
            let offset = row * 31 % 97 + 1
            return (0..<Self.dimension).map { column -> Float in Float(offset + row * (column + 3) % 53) }
        }
    }

    /// Not by the inner product: there the nearest of a row are others, and a walk may stop short of the row.
    @Test(arguments: [Metric.l2, .cosine])
    func everyRowIsFound(metric: Metric) throws {
        let folder = TemporaryFolder()
        let (database, collection) = try collection(folder, vectors: distinct(600), metric: metric)
        defer { try? database.close() }
        let report = try collection.audit(limit: 5, threads: 2)
        #expect(report.searchedCount == 600)
        #expect(report.scannedCount == 0)
        #expect(report.unreachableCount == 0)
        if metric == .l2 { #expect(report.outrankedCount == 0) }
    }

    @Test func duplicatesAreOutrankedNotLost() throws {
        let folder = TemporaryFolder()
        let vectors = distinct(50) + Array(repeating: [1, 2, 3, 4], count: 30)
        let (database, collection) = try collection(folder, vectors: vectors, metric: .l2)
        defer { try? database.close() }
        let report = try collection.audit(limit: 10)
        #expect(report.unreachableCount == 0)
        #expect(report.outrankedCount == 20)
    }

    @Test func deletedRowsAreNotSearchedFor() throws {
        let folder = TemporaryFolder()
        let (database, collection) = try collection(folder, vectors: distinct(100), metric: .l2)
        defer { try? database.close() }
        try collection.delete(keys: (0..<90).map { .integer($0) })
        let report = try collection.audit()
        #expect(report.searchedCount == 10)
        #expect(report.unreachableCount == 0)
    }

    @Test func unlinkedRowsAreNamed() throws {
        let folder = TemporaryFolder()
        let (database, collection) = try collection(folder, vectors: distinct(300), metric: .l2)
        defer { try? database.close() }
        let index = try #require(collection.state.sealed[0].contents?.indexes[1] as? HNSWIndex)
        let links = index.graph.links(level: 0)
        let lost: Set<UInt32> = Set((0..<300).filter { index.graph.level(of: $0) == 0 }.prefix(2))
        for row in 0..<UInt32(300) {
            let block = links.block(of: row)
            let kept = (0..<links.count(in: block)).map { block[$0] }.filter { !lost.contains($0) }
            for place in 0..<links.width {
                block[place] = place < kept.count ? kept[place] : HNSWGraph.noLink
            }
        }
        let report = try collection.audit()
        #expect(report.unreachable == lost.sorted().map { .integer(Int64($0)) })
    }

    @Test func aCollectionMustBeLoaded() throws {
        let folder = TemporaryFolder()
        let (database, collection) = try collection(folder, vectors: distinct(10), metric: .l2)
        defer { try? database.close() }
        try collection.release()
        #expect(throws: ApusError.self) { try collection.audit() }
        #expect(try collection.verify().isSound)
        #expect(collection.contains(keys: [3, 10]) == [true, false])
    }
}
