import Common
import TestSupport
import Testing

@testable import Apus

/// What one tenant finds does not depend on what others hold.
@Suite struct TenantIsolationTests {
    private static let types: [IndexType] = [.flat, .hnsw, .ivfFlat, .autoIndex, .diskANN]

    private func life(_ collection: Collection, isShared: Bool) throws {
        try collection.createPartition("mine")
        if isShared { try collection.createPartition("theirs") }
        for round in 0..<4 as Range<Int64> {
            try collection.upsert(PartitionFixture.fields(round * 90..<round * 90 + 120), partition: "mine")
            if isShared {
                try collection.insert(
                    PartitionFixture.fields(10_000 + round * 300..<10_000 + round * 300 + 300), partition: "theirs")
                // The very same vectors, and some right beside those of the other tenant.
                try collection.upsert(PartitionFixture.fields([20_000 + round]), partition: "theirs")
                try collection.delete(keys: [.integer(10_000 + round * 300), .integer(10_001)])
            }
            try collection.delete(keys: [.integer(round * 90 + 3)])
            if round < 3 { try collection.flush() }
        }
    }

    private func answers(_ collection: Collection) throws -> [[Hit]] {
        try (0..<20).map { query in
            var request = PartitionFixture.request(["mine"], limit: 10, query: Int64(50_000 + query))
            request.outputFields = ["v", "tenant"]
            return try collection.search(request).hits[0]
        }
    }

    @Test(arguments: types, [Metric.l2, .cosine])
    func resultsAreBitIdenticalWhateverOthersHold(type: IndexType, metric: Metric) throws {
        let parameters: Parameters = type == .ivfFlat ? ["nlist": 8] : [:]
        let definition = try IndexDefinition(type, metric: metric, parameters: parameters)
        let alone = try PartitionFixture(definition: definition)
        let shared = try PartitionFixture(definition: definition)
        try life(alone.collection, isShared: false)
        try life(shared.collection, isShared: true)
        for stage in ["partly sealed", "sealed", "merged", "opened again"] {
            var (first, second) = (alone.collection, shared.collection)
            switch stage {
            case "sealed": for collection in [first, second] { try collection.flush() }
            case "merged": for collection in [first, second] { try collection.compact() }
            case "opened again":
                try alone.instance.close()
                try shared.instance.close()
                first = try PartitionFixture.open(alone.disk).database().collection("c")
                second = try PartitionFixture.open(shared.disk).database().collection("c")
            default: break
            }
            try first.load()
            try second.load()
            #expect(try answers(first) == answers(second), "\(type) \(metric) \(stage)")
        }
    }

    /// How often a term is used elsewhere does not change the scores of a partition.
    @Test func textScoresKnowOnlyTheSearchedPartitions() throws {
        func collection(isShared: Bool) throws -> Collection {
            let instance = try PartitionFixture.open(SimulatedFileSystem())
            let schema = try Schema(
                fields: [Field("id", .int64), Field("terms", .sparseFloatVector)], primaryKey: "id")
            let collection = try instance.database().createCollection(
                "c", schema: schema,
                indexes: [
                    "terms": IndexDefinition(
                        .sparseInvertedIndex, metric: .bm25, parameters: ["bm25_k1": 1.2, "bm25_b": 0.75])
                ])
            for name in ["mine", "theirs"] { try collection.createPartition(name) }
            for round in 0..<2 {
                try collection.insert(Self.texts(0 + round * 40, seed: 1), partition: "mine")
                if isShared { try collection.insert(Self.texts(1_000 + round * 40, seed: 2), partition: "theirs") }
                if round == 0 { try collection.flush() }
            }
            return collection
        }
        let (alone, shared) = (try collection(isShared: false), try collection(isShared: true))
        for stage in ["partly sealed", "merged"] {
            for collection in [alone, shared] {
                if stage == "merged" { try collection.compact() }
                try collection.load()
            }
            for term in 0..<12 as Range<UInt32> {
                var request = SearchRequest(
                    queries: .sparse([
                        try SparseVector([SparseEntry(index: term, value: 1), SparseEntry(index: term + 1, value: 1)])
                    ]), limit: 100)
                request.partitions = ["mine"]
                #expect(try alone.search(request).hits == shared.search(request).hits, "\(stage), term \(term)")
            }
            let all = SearchRequest(
                queries: .sparse([try SparseVector([SparseEntry(index: 3, value: 1)])]), limit: 100)
            #expect(try alone.search(all).hits != shared.search(all).hits, "\(stage)")
        }
    }

    private static func texts(_ firstKey: Int, seed: UInt64) throws -> [FieldData] {
        var random = RandomSource(seed: seed &+ UInt64(firstKey))
        let vectors = try (0..<40).map { _ in
            try SparseVector(
                Set((0..<5).map { _ in UInt32.random(in: 0..<14, using: &random) }).sorted().map {
                    SparseEntry(index: $0, value: Float(Int.random(in: 1...4, using: &random)))
                })
        }
        return [
            FieldData("id", .int64((0..<40).map { Int64(firstKey + $0) })),
            FieldData("terms", .values(vectors.map { .sparseVector($0) })),
        ]
    }
}
