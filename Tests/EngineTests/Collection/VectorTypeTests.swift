import Common
import TestSupport
import Testing

@testable import Apus

/// Every type of dense vector through every stage, against distances in double precision of what was stored.
@Suite struct VectorTypeTests {
    private let seed = testSeed(72)
    private static let dimension = 24
    private static let rowCount = 300

    struct Case: Sendable, CustomTestStringConvertible {
        let type: DataType
        let metric: Metric

        var testDescription: String { "\(type) \(metric.rawValue)" }

        static let all: [Case] =
            [
                DataType.floatVector(dimension: dimension), .float16Vector(dimension: dimension),
                .bfloat16Vector(dimension: dimension), .int8Vector(dimension: dimension),
            ].flatMap { type in Metric.dense.map { Case(type: type, metric: $0) } }
            + Metric.binary.map { Case(type: .binaryVector(dimension: dimension), metric: $0) }
    }

    /// `count` random vectors of a type.
    private func vectors(_ count: Int, _ type: DataType, _ random: inout RandomSource) -> DenseVectors {
        let total = count * Self.dimension
        switch type {
        case .int8Vector: return .int8((0..<total).map { _ in Int8.random(in: -128...127, using: &random) })
        case .binaryVector: return .binary((0..<total / 8).map { _ in UInt8.random(in: 0...255, using: &random) })
        default:
            let values = (0..<total).map { _ in Float.random(in: -2...2, using: &random) }
            if case .float16Vector = type { return .float16(rounding: values) }
            if case .bfloat16Vector = type { return .bfloat16(rounding: values) }
            return .float32(values)
        }
    }

    private func columnData(_ vectors: DenseVectors) -> ColumnData {
        switch vectors {
        case .float32(let values): .floatVector(values)
        case .float16(let values): .float16Vector(values)
        case .bfloat16(let values): .bfloat16Vector(values)
        case .int8(let values): .int8Vector(values)
        case .binary(let bytes): .binaryVector(bytes)
        }
    }

    /// Each vector as numbers, bits as 0 and 1.
    private func numbers(_ vectors: DenseVectors) -> [[Double]] {
        var numbers = vectors.floats?.map(Double.init) ?? []
        if case .binary(let bytes) = vectors {
            numbers = bytes.flatMap { byte in (0..<8).map { Double(byte >> UInt8($0) & 1) } }
        }
        return stride(from: 0, to: numbers.count, by: Self.dimension).map {
            Array(numbers[$0..<$0 + Self.dimension])
        }
    }

    private func score(_ left: [Double], _ right: [Double], _ metric: Metric) -> Double {
        func dot(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }
        switch metric {
        case .l2: return zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        case .innerProduct: return dot(left, right)
        case .cosine: return dot(left, right) / (dot(left, left) * dot(right, right)).squareRoot()
        case .hamming: return zip(left, right).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
        case .bm25: preconditionFailure("dense vectors have no terms")
        case .jaccard:
            let all = zip(left, right).reduce(0) { $0 + max($1.0, $1.1) }
            return all == 0 ? 0 : 1 - dot(left, right) / all
        }
    }

    private func expectNearest(
        _ collection: Collection, _ queries: DenseVectors, rows: [[Double]], metric: Metric, _ stage: String
    ) throws {
        let result = try collection.search(SearchRequest(queries: .dense(queries), limit: 10))
        for (query, hits) in zip(numbers(queries), result.hits) {
            let scores = rows.map { score(query, $0, metric) }
            let exact = scores.sorted { metric.prefersLarger ? $0 > $1 : $0 < $1 }
            for (place, hit) in hits.enumerated() {
                guard case .integer(let key) = hit.primaryKey else { continue }
                let tolerance = 1e-4 * (abs(exact[place]) + 1)
                #expect(abs(Double(hit.score) - scores[Int(key)]) <= tolerance, "\(stage), seed \(seed)")
                #expect(abs(Double(hit.score) - exact[place]) <= tolerance, "\(stage), seed \(seed)")
            }
            #expect(hits.count == 10)
        }
    }

    @Test(arguments: Case.all)
    func whatIsStoredIsFoundAndGivenBack(testCase: Case) throws {
        var random = RandomSource(seed: seed)
        let (type, metric) = (testCase.type, testCase.metric)
        let stored = vectors(Self.rowCount, type, &random)
        let queries = vectors(5, type, &random)
        let folder = TemporaryFolder()
        let schema = try Schema(fields: [Field("id", .int64), Field("v", type)], primaryKey: "id")
        let definition = try IndexDefinition(metric.isBinary ? .binFlat : .flat, metric: metric)
        var database = try Database.open(at: folder.path)
        var collection = try database.createCollection("c", schema: schema, indexes: ["v": definition])
        try collection.insert([
            FieldData("id", .int64(Array(0..<Int64(Self.rowCount)))), FieldData("v", columnData(stored)),
        ])
        try collection.load()
        let rows = numbers(stored)
        try expectNearest(collection, queries, rows: rows, metric: metric, "growing")
        try database.close()

        database = try Database.open(at: folder.path)
        collection = try database.collection("c")
        try collection.load()
        try expectNearest(collection, queries, rows: rows, metric: metric, "replayed")
        try collection.flush()
        try expectNearest(collection, queries, rows: rows, metric: metric, "sealed")
        let found = try collection.get(keys: [7])[0]?["v"]?.denseVector
        #expect(found.map(numbers) == [rows[7]])
        try database.close()

        database = try Database.open(at: folder.path)
        collection = try database.collection("c")
        try collection.load()
        try expectNearest(collection, queries, rows: rows, metric: metric, "opened again")
        try collection.upsert(rows: [["id": 300, "v": try #require(collection.get(keys: [7])[0]?["v"])]])
        try collection.delete(keys: [300])
        try collection.compact()
        try expectNearest(collection, queries, rows: rows, metric: metric, "merged")
        #expect(try collection.verify().isSound)
        try database.close()
    }

    @Test func queriesOfNumbersSearchEveryFieldOfNumbers() throws {
        let folder = TemporaryFolder()
        let schema = try Schema(
            fields: [Field("id", .int64), Field("v", .int8Vector(dimension: 2))], primaryKey: "id")
        let database = try Database.open(at: folder.path)
        let collection = try database.createCollection("c", schema: schema)
        try collection.insert([FieldData("id", .int64([1, 2])), FieldData("v", .int8Vector([1, 0, 0, 1]))])
        try collection.load()
        #expect(try collection.search(SearchRequest(vectors: [0.1, 0.9], limit: 1)).hits[0][0].primaryKey == 2)
        try database.close()
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        func message(_ body: () throws -> Void) -> String {
            #expect(throws: ApusError.self) { try body() }?.message ?? ""
        }
        func schema(_ type: DataType) throws -> Schema {
            try Schema(fields: [Field("id", .int64), Field("v", type)], primaryKey: "id")
        }
        #expect(message { _ = try schema(.binaryVector(dimension: 12)) }.contains("multiple of 8"))
        let bits = try schema(.binaryVector(dimension: 16))
        let wrongType = try IndexDefinition(.hnsw, metric: .hamming)
        #expect(
            message { try database.createCollection("a", schema: bits, indexes: ["v": wrongType]) }.contains("BIN_FLAT")
        )
        let wrongMetric = try IndexDefinition(.binFlat, metric: .l2)
        #expect(
            message { try database.createCollection("a", schema: bits, indexes: ["v": wrongMetric]) }.contains(
                "JACCARD"))
        let collection = try database.createCollection("a", schema: bits)
        try collection.load()
        #expect(
            message {
                let floats = [Float](repeating: 1, count: 16)
                try collection.insert([FieldData("id", .int64([1])), FieldData("v", .floatVector(floats))])
            }.contains("FloatVector"))
        #expect(message { _ = try collection.search(SearchRequest(vectors: [1], limit: 1)) }.contains("binary vectors"))
        let halves = try database.createCollection("b", schema: schema(.float16Vector(dimension: 2)))
        #expect(
            message {
                try halves.insert([FieldData("id", .int64([1])), FieldData("v", .float16Vector([0x3C00, 0x7C00]))])
            }.contains("row 0, column 1"))
        try database.close()
    }
}
