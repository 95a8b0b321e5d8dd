import Common
import TestSupport

@testable import Apus

/// A collection of several segments with deleted rows, beside a dictionary of what it holds.
final class QuerySample {
    let folder = TemporaryFolder()
    let database: Database
    let collection: Apus.Collection
    var rows: [Int64: [String: Value]] = [:]
    var random: RandomSource

    static let dimension = 8
    static let colors = ["red", "green", "blue", "caf\u{e9}", "cafe\u{301}"]

    static let schema = try! Schema(
        fields: [
            Field("v", .floatVector(dimension: dimension)),
            Field("id", .int64),
            Field("price", .double, isNullable: true),
            Field("stock", .int32, isNullable: true),
            Field("color", .varchar(maxLength: 20), isNullable: true),
            Field("isNew", .bool),
            Field("document", .json),
            Field("bits", .binaryVector(dimension: 16)),
            Field("terms", .sparseFloatVector),
        ], primaryKey: "id")

    /// - Parameters:
    ///   - segments: rows of each; the last ones stay in the growing segment.
    init(seed: UInt64, segments: [Int] = [300, 200, 60], index: IndexDefinition? = nil) throws {
        random = RandomSource(seed: seed)
        database = try Database.open(at: folder.path)
        collection = try database.createCollection(
            "sample", schema: Self.schema, indexes: index.map { ["v": $0] } ?? [:])
        for (number, count) in segments.enumerated() {
            try insert(count)
            if number < segments.count - 1 { try collection.flush() }
        }
        try delete(rows.count / 10)
        try collection.load()
    }

    deinit { try? database.close() }

    func insert(_ count: Int) throws {
        var added: [[String: Value]] = []
        while added.count < count {
            // Keys in no order.
            let key = Int64.random(in: -1_000_000...1_000_000, using: &random)
            guard rows[key] == nil else { continue }
            rows[key] = row(key)
            added.append(rows[key]!)
        }
        try collection.insert(rows: added)
    }

    func upsert(_ count: Int) throws {
        let keys = rows.keys.sorted().shuffled(using: &random).prefix(count)
        for key in keys { rows[key] = row(key) }
        try collection.upsert(rows: keys.map { rows[$0]! })
    }

    func delete(_ count: Int) throws {
        let keys = rows.keys.sorted().shuffled(using: &random).prefix(count)
        for key in keys { rows[key] = nil }
        try collection.delete(keys: keys.map { .integer($0) })
    }

    func vector() -> [Float] {
        (0..<Self.dimension).map { _ in Float.random(in: -1...1, using: &random) }
    }

    private func row(_ key: Int64) -> [String: Value] {
        func optional(_ value: Value) -> Value { Int.random(in: 0..<6, using: &random) == 0 ? .null : value }
        let dimensions = Set((0..<4).map { _ in UInt32.random(in: 0..<20, using: &random) })
        return [
            "id": .integer(key), "v": .vector(vector()),
            "price": optional(.double(Double(Int.random(in: 0...40, using: &random)) / 4)),
            "stock": optional(.integer(Int64.random(in: -5...5, using: &random))),
            "color": optional(.text(Self.colors.randomElement(using: &random)!)),
            "isNew": .bool(Bool.random(using: &random)),
            "document": .json("{\"key\":\(key)}"),
            "bits": .binaryVector((0..<2).map { _ in UInt8.random(in: 0...255, using: &random) }),
            "terms": .sparseVector(
                try! SparseVector(
                    dimensions.map { SparseEntry(index: $0, value: Float.random(in: 0.1...2, using: &random)) })),
        ]
    }

    /// The keys by distance from a query, with their scores, nearest first.
    func nearest(_ query: [Float], _ metric: Metric) -> [(key: Int64, score: Double)] {
        let scores = rows.map { (key: $0, score: Self.score(metric, query, $1["v"]!.denseVector!.floats!)) }
        return scores.sorted { metric.prefersLarger ? $0.score > $1.score : $0.score < $1.score }
    }

    static func score(_ metric: Metric, _ query: [Float], _ vector: [Float]) -> Double {
        func dot(_ left: [Float], _ right: [Float]) -> Double {
            zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return switch metric {
        case .l2: zip(query, vector).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        case .cosine: dot(query, vector) / (dot(query, query) * dot(vector, vector)).squareRoot()
        default: dot(query, vector)
        }
    }
}

extension Hit {
    var integerKey: Int64 {
        if case .integer(let key) = primaryKey { key } else { preconditionFailure("keys are integers") }
    }
}

extension [[String: Value]] {
    /// The keys of rows of the sample.
    var keys: [Int64] {
        map { row in
            if case .integer(let key)? = row["id"] { key } else { preconditionFailure("rows have a key") }
        }
    }
}

func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) < 1e-4 * (1 + abs(right)) }
