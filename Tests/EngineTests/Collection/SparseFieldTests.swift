import Common
import TestSupport
import Testing

@testable import Apus

/// A sparse field through every stage, against scores in double precision of what was stored.
@Suite struct SparseFieldTests {
    private let seed = testSeed(73)
    private static let rowCount = 400

    private func vectors(_ count: Int, _ random: inout RandomSource) throws -> [SparseVector] {
        try (0..<count).map { _ in
            let dimensions = Set(
                (0..<Int.random(in: 0...9, using: &random)).map { _ in
                    // A few dimensions are frequent.
                    UInt32.random(in: 0...UInt32.random(in: 0...60, using: &random), using: &random)
                })
            return try SparseVector(
                dimensions.map { SparseEntry(index: $0, value: Float.random(in: 1...4, using: &random).rounded()) })
        }
    }

    private func expectNearest(
        _ collection: Collection, _ queries: [SparseVector], rows: [SparseVector], metric: Metric, _ stage: String
    ) throws {
        let result = try collection.search(SearchRequest(queries: .sparse(queries), limit: 10))
        for (query, hits) in zip(queries, result.hits) {
            let scores = Self.scores(query, rows, metric)
            let best = scores.compactMap { $0 }.sorted(by: >).prefix(10)
            #expect(hits.count == best.count, "\(stage), seed \(seed)")
            for (hit, expected) in zip(hits, best) {
                guard case .integer(let key) = hit.primaryKey else { continue }
                #expect(abs(Double(hit.score) - expected) < 1e-4 * (1 + expected), "\(stage), seed \(seed)")
                #expect(abs(scores[Int(key)]! - expected) < 1e-4 * (1 + expected), "\(stage), seed \(seed)")
            }
        }
    }

    /// nil for rows without a common dimension.
    private static func scores(_ query: SparseVector, _ rows: [SparseVector], _ metric: Metric) -> [Double?] {
        let maps = rows.map { Dictionary(uniqueKeysWithValues: $0.entries.map { ($0.index, Double($0.value)) }) }
        let averageLength = maps.reduce(0) { $0 + $1.values.reduce(0, +) } / Double(rows.count)
        return maps.map { row in
            let common = query.entries.filter { row[$0.index] != nil }
            guard !common.isEmpty else { return nil }
            return common.reduce(0) { sum, entry in
                let frequency = row[entry.index]!
                guard metric == .bm25 else { return sum + Double(entry.value) * frequency }
                let documents = Double(maps.count { $0[entry.index] != nil })
                let idf = logarithm(1 + (Double(rows.count) - documents + 0.5) / (documents + 0.5))
                let length = row.values.reduce(0, +)
                let saturated = frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / averageLength))
                return sum + Double(entry.value) * idf * saturated
            }
        }
    }

    private static func logarithm(_ value: Double) -> Double {
        // ln(1 + x) by its series around a power of two keeps this free of Foundation.
        let mantissa = value.significand
        let ratio = (mantissa - 1) / (mantissa + 1)
        let series = (0..<60).reduce(0.0) { sum, term in
            let exponent = Double(2 * term + 1)
            var power = 1.0
            for _ in 0..<2 * term + 1 { power *= ratio }
            return sum + power / exponent
        }
        return 2 * series + Double(value.exponent) * 0.693147180559945309
    }

    @Test(arguments: [IndexType?.none, .sparseInvertedIndex, .sparseWAND, .autoIndex], Metric.sparse)
    func whatIsStoredIsFoundAndGivenBack(type: IndexType?, metric: Metric) throws {
        guard type != nil || metric == .innerProduct else { return }
        var random = RandomSource(seed: seed)
        let rows = try vectors(Self.rowCount, &random)
        let queries = try vectors(12, &random)
        let folder = TemporaryFolder()
        let schema = try Schema(fields: [Field("id", .int64), Field("terms", .sparseFloatVector)], primaryKey: "id")
        let indexes = try type.map { ["terms": try IndexDefinition($0, metric: metric)] } ?? [:]
        var database = try Database.open(at: folder.path)
        var collection = try database.createCollection("c", schema: schema, indexes: indexes)
        for half in [0..<200, 200..<400] {
            try collection.insert([
                FieldData("id", .int64(half.map(Int64.init))),
                FieldData("terms", .sparseFloatVector(Array(rows[half]))),
            ])
            try collection.load()
            if half.lowerBound == 0 { try collection.flush() }
        }
        try expectNearest(collection, queries, rows: rows, metric: metric, "half sealed")
        try collection.flush()
        try expectNearest(collection, queries, rows: rows, metric: metric, "sealed")
        try database.close()

        database = try Database.open(at: folder.path)
        collection = try database.collection("c")
        try collection.load()
        try expectNearest(collection, queries, rows: rows, metric: metric, "opened again")
        #expect(try collection.get(keys: [9])[0]?["terms"] == .sparseVector(rows[9]))
        try collection.compact()
        try expectNearest(collection, queries, rows: rows, metric: metric, "merged")
        #expect(try collection.verify().isSound)
        #expect(try collection.audit().unreachableCount == 0)
        try database.close()
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        let schema = try Schema(fields: [Field("id", .int64), Field("terms", .sparseFloatVector)], primaryKey: "id")
        func message(_ body: () throws -> Void) -> String {
            #expect(throws: ApusError.self) { try body() }?.message ?? ""
        }
        let dense = try IndexDefinition(.hnsw, metric: .innerProduct)
        #expect(
            message { try database.createCollection("c", schema: schema, indexes: ["terms": dense]) }
                .contains("SPARSE_INVERTED_INDEX"))
        let collection = try database.createCollection("c", schema: schema)
        try collection.load()
        #expect(message { _ = try collection.search(SearchRequest(vectors: [1], limit: 1)) }.contains("sparse"))
        #expect(message { try collection.insert(rows: [["id": 1]]) }.contains("terms"))
        try collection.insert(rows: [["id": 1, "terms": .sparseVector(.empty)]])
        #expect(try collection.search(SearchRequest(queries: .sparse([.empty]), limit: 1)).hits == [[]])
        try database.close()
    }
}
