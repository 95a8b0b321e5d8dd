import Common
import TestSupport
import Testing

@testable import Apus

/// What `targetRecall` promises, kept on queries that no calibration saw.
@Suite struct RecallContractTests {
    private let seed = testSeed(71)

    private struct Data {
        let folder = TemporaryFolder()
        let dimension = 24
        let rows: [Float]
        let queries: [Float]
        let rowCount: Int

        init(rowCount: Int, queryCount: Int, seed: UInt64) {
            var parameters = ClusteredDistribution.Parameters()
            parameters.clusterCount = 40
            let distribution = ClusteredDistribution(dimension: dimension, seed: seed, parameters: parameters)
            rows = Array(distribution.vectors(rowCount, seed: seed + 1).values)
            queries = Array(distribution.vectors(queryCount, seed: seed + 2).values)
            self.rowCount = rowCount
        }

        func collection(_ definition: IndexDefinition, in database: Database) throws -> Collection {
            let schema = try Schema(
                fields: [Field("id", .int64), Field("v", .floatVector(dimension: dimension))], primaryKey: "id")
            let collection = try database.createCollection("rows", schema: schema, indexes: ["v": definition])
            try collection.insert([
                FieldData("id", .int64(Array(0..<Int64(rowCount)))), FieldData("v", .floatVector(rows)),
            ])
            try collection.flush()
            try collection.load()
            return collection
        }
    }

    /// The mean recall of a collection's answers, against an exact scan of its live rows.
    private func recall(_ collection: Collection, _ queries: [Float], k: Int, target: Double) throws -> Double {
        let found = try collection.search(
            SearchRequest(vectors: queries, limit: k, parameters: ["targetRecall": .number(target)]))
        let estimate = try #require(found.plan.recall)
        #expect(estimate.target == target && estimate.interval.contains(estimate.mean))
        #expect(estimate.mean >= target)
        let effort = collection.indexDefinitions["v"]!.effortLadder(k: k, rowCount: collection.count).last!
        let exact = try collection.search(SearchRequest(vectors: queries, limit: k, parameters: effort))
        var sum = 0.0
        for (found, exact) in zip(found.hits, exact.hits) {
            let keys = Set(exact.map(\.primaryKey))
            sum += Double(found.count { keys.contains($0.primaryKey) }) / Double(exact.count)
        }
        return sum / Double(exact.hits.count)
    }

    static let definitions: [IndexDefinition] = [
        try! IndexDefinition(.flat, metric: .l2),
        try! IndexDefinition(.hnsw, metric: .l2, parameters: ["M": 4, "efConstruction": 20]),
        try! IndexDefinition(.hnsw, metric: .cosine, parameters: ["M": 5, "efConstruction": 20]),
    ]

    @Test(arguments: definitions)
    func thePromiseIsKeptOnOtherQueries(definition: IndexDefinition) throws {
        let data = Data(rowCount: 3000, queryCount: 400, seed: seed)
        let database = try Database.open(at: data.folder.path)
        let collection = try data.collection(definition, in: database)
        for k in [1, 10, 100] {
            for target in [0.8, 0.95] {
                let measured = try recall(collection, data.queries, k: k, target: target)
                // The mean of 400 queries spreads by about 0.01.
                #expect(measured >= target - 0.02, "\(definition.type) k \(k) target \(target) seed \(seed)")
            }
        }
        try database.close()
    }

    @Test func contractsOutliveTheCollectionAndFollowCompaction() throws {
        let data = Data(rowCount: 2000, queryCount: 200, seed: seed + 5)
        let definition = try IndexDefinition(.hnsw, metric: .l2, parameters: ["M": 4, "efConstruction": 20])
        var database = try Database.open(at: data.folder.path)
        var collection = try data.collection(definition, in: database)
        let request = SearchRequest(vectors: data.queries, limit: 10, parameters: ["targetRecall": 0.9])
        let first = try collection.search(request)
        try database.close()

        database = try Database.open(at: data.folder.path)
        collection = try database.collection("rows")
        try collection.load()
        #expect(try collection.search(request).plan == first.plan)
        try collection.delete(keys: (0..<1000).map { .integer(2 * $0) })
        #expect(try recall(collection, data.queries, k: 10, target: 0.9) >= 0.88, "seed \(seed)")
        try collection.compact()
        #expect(try recall(collection, data.queries, k: 10, target: 0.9) >= 0.88, "seed \(seed)")
        try database.close()
    }

    @Test func aDamagedFileOfContractsIsMadeAgain() throws {
        let data = Data(rowCount: 600, queryCount: 20, seed: seed + 6)
        let definition = try IndexDefinition(.hnsw, metric: .l2, parameters: ["M": 4, "efConstruction": 20])
        var database = try Database.open(at: data.folder.path)
        let request = SearchRequest(vectors: data.queries, limit: 10, parameters: ["targetRecall": 0.9])
        let plan = try data.collection(definition, in: database).search(request).plan
        try database.close()
        let path = data.folder.path + "/collection-1/" + RecallContracts.fileName
        let file = try POSIXFileSystem().openFile(path, .readWrite)
        try [UInt8]([0xAB]).withUnsafeBytes { try file.write($0, at: 70) }
        try file.close()
        database = try Database.open(at: data.folder.path)
        let collection = try database.collection("rows")
        #expect(collection.damage.count == 1)
        try collection.load()
        #expect(try collection.search(request).plan == plan)
        try database.close()
    }

    @Test func wrongTargetsAreRefused() throws {
        let data = Data(rowCount: 50, queryCount: 1, seed: seed + 7)
        let database = try Database.open(at: data.folder.path)
        let collection = try data.collection(IndexDefinition(.hnsw, metric: .l2), in: database)
        func message(_ parameters: Parameters) -> String? {
            let request = SearchRequest(vectors: data.queries, limit: 10, parameters: parameters)
            return #expect(throws: ApusError.self) { try collection.search(request) }?.message
        }
        #expect(message(["targetRecall": 1.0])?.contains("0.999") == true)
        #expect(message(["targetRecall": "high"])?.contains("targetRecall") == true)
        #expect(message(["targetRecall": 0.9, "ef": 20])?.contains("'ef'") == true)
        try database.close()
    }
}
