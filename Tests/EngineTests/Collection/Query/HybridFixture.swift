import Common
import TestSupport

@testable import Apus

/// A collection with a dense and a sparse field, a number and a group: half of the rows sealed, half growing, some
/// deleted.
final class HybridFixture {
    static let dimension = 8
    static let rowCount = 300
    static let groupCount = 7

    let collection: Apus.Collection
    private let folder = TemporaryFolder()
    private let database: Database
    private var random: RandomSource

    init(seed: UInt64, metric: Metric = .l2, sparse: Metric = .bm25) throws {
        random = RandomSource(seed: seed)
        database = try Database.open(at: folder.path)
        let schema = try Schema(
            fields: [
                Field("id", .int64), Field("vector", .floatVector(dimension: Self.dimension)),
                Field("words", .sparseFloatVector), Field("price", .double, isNullable: true),
                Field("group", .varchar(maxLength: 8)),
            ], primaryKey: "id")
        collection = try database.createCollection(
            "c", schema: schema,
            indexes: [
                "vector": IndexDefinition(.flat, metric: metric),
                "words": IndexDefinition(.sparseInvertedIndex, metric: sparse),
            ])
        try insert(0..<Self.rowCount / 2)
        try collection.flush()
        try insert(Self.rowCount / 2..<Self.rowCount)
        _ = try collection.delete(keys: (0..<Self.rowCount / 10).map { .integer(Int64($0) * 10) })
        try collection.load()
    }

    deinit { try? database.close() }

    private func insert(_ rows: Range<Int>) throws {
        try collection.insert(
            rows: rows.map { row in
                [
                    "id": .integer(Int64(row)), "vector": .vector(dense()), "words": .sparseVector(words()),
                    "price": row % 6 == 0 ? .null : .double(Double(random.integer(below: 100))),
                    "group": .text("g\(random.integer(below: Self.groupCount))"),
                ]
            })
    }

    /// Small whole numbers, so that many scores are equal.
    func dense() -> [Float] { (0..<Self.dimension).map { _ in Float(random.integer(below: 4)) - 1.25 } }

    func words() -> SparseVector {
        let words = Set((0..<4).map { _ in random.integer(below: 1 + random.integer(below: 40)) })
        return SparseVector(
            ordered: words.sorted().map {
                SparseEntry(index: UInt32($0), value: Float(1 + random.integer(below: 2)))
            })
    }

    func denseRequest(queries: Int = 3, limit: Int = 20) -> SearchRequest {
        SearchRequest(vectors: (0..<queries).flatMap { _ in dense() }, field: "vector", limit: limit)
    }

    func sparseRequest(queries: Int = 3, limit: Int = 20) -> SearchRequest {
        SearchRequest(queries: .sparse((0..<queries).map { _ in words() }), field: "words", limit: limit)
    }

    /// A field of each hit.
    func values(_ name: String, _ keys: [PrimaryKey]) throws -> [Value] {
        try collection.get(keys: keys, outputFields: [name]).map { $0![name]! }
    }
}
