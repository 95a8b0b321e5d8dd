import Common

@testable import Apus

struct ModelMismatch: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A collection beside the plain dictionary that it must equal.
final class ModelCollection {
    let kind: ModelSchema
    var collection: Collection
    var rows: [PrimaryKey: [String: Value]] = [:]
    var isLoaded = false
    /// Of `embedding`; nil while it has no index.
    var definition: IndexDefinition?
    /// Neighbours that a graph should have found, and did find.
    private(set) var wanted = 0
    private(set) var found = 0

    init(_ kind: ModelSchema, _ collection: Collection, _ definition: IndexDefinition?) {
        self.kind = kind
        self.collection = collection
        self.definition = definition
    }

    func anyKey(_ random: inout RandomSource) -> PrimaryKey {
        if Bool.random(using: &random), let key = rows.keys.sorted().randomElement(using: &random) { return key }
        return kind.randomKey(&random)
    }

    // MARK: Comparing

    func compareCount() throws {
        guard collection.count == rows.count else {
            throw ModelMismatch("count is \(collection.count), there should be \(rows.count)")
        }
        guard collection.isLoaded == isLoaded else { throw ModelMismatch("isLoaded is \(collection.isLoaded)") }
        guard collection.indexDefinitions[ModelSchema.embedding] == definition else {
            throw ModelMismatch("the definitions are \(collection.indexDefinitions)")
        }
        guard collection.damage.isEmpty else { throw ModelMismatch("damage: \(collection.damage)") }
    }

    func compareRows(_ keys: [PrimaryKey]) throws {
        guard isLoaded else { return try expectNotLoaded { _ = try collection.get(keys: keys) } }
        for (key, row) in zip(keys, try collection.get(keys: keys)) where row != rows[key] {
            throw ModelMismatch("get \(key): \(String(describing: row)) instead of \(String(describing: rows[key]))")
        }
    }

    /// Every row by its key, and every key by a search.
    func compareAll() throws {
        try compareCount()
        try compareRows(rows.keys.sorted())
        guard isLoaded else { return }
        var random = RandomSource(seed: 5)
        for _ in 0..<4 { try compareSearch(&random) }
        let all = SearchRequest(
            vectors: kind.randomVector(3, &random), field: ModelSchema.spot, limit: max(rows.count + 10, 1))
        let keys = try collection.search(all).hits[0].map(\.primaryKey).sorted()
        guard keys == rows.keys.sorted() else {
            throw ModelMismatch("a search for all rows finds \(keys.count) of \(rows.count)")
        }
    }

    func compareSearch(_ random: inout RandomSource) throws {
        let field = Int.random(in: 0..<4, using: &random) == 0 ? ModelSchema.spot : ModelSchema.embedding
        let dimension = field == ModelSchema.spot ? 3 : 8
        let queries = (0..<Int.random(in: 1...3, using: &random)).map { _ in kind.randomVector(dimension, &random) }
        let limit = [1, 5, 10, 1000].randomElement(using: &random)!
        let request = SearchRequest(
            vectors: queries.flatMap { $0 }, field: field, limit: limit, outputFields: ["word", field])
        guard isLoaded else { return try expectNotLoaded { _ = try collection.search(request) } }
        let definition = field == ModelSchema.embedding ? self.definition : nil
        let hits = try collection.search(request).hits
        guard hits.count == queries.count else {
            throw ModelMismatch("\(hits.count) answers to \(queries.count) queries")
        }
        for (query, hits) in zip(queries, hits) {
            let truth = rows.mapValues { Self.score(definition?.metric ?? .cosine, query, $0[field]!) }
            try check(hits, truth, limit: limit, isLargerCloser: definition?.metric != .l2)
            try compareWithTruth(hits, truth, definition, limit: limit)
        }
    }

    /// What holds for any index: rows that are there, once each, with their scores and fields, nearest first.
    private func check(
        _ hits: [Hit], _ truth: [PrimaryKey: Double], limit: Int, isLargerCloser: Bool
    ) throws {
        guard Set(hits.map(\.primaryKey)).count == hits.count else { throw ModelMismatch("a hit is repeated") }
        guard hits.count <= limit else { throw ModelMismatch("\(hits.count) hits for a limit of \(limit)") }
        for hit in hits {
            guard let row = rows[hit.primaryKey], let score = truth[hit.primaryKey] else {
                throw ModelMismatch("hit \(hit.primaryKey) is not there")
            }
            guard Self.isClose(Double(hit.score), score) else {
                throw ModelMismatch("the score of \(hit.primaryKey) is \(hit.score) instead of \(score)")
            }
            for (name, value) in hit.fields where value != row[name] {
                throw ModelMismatch("field \(name) of hit \(hit.primaryKey) is \(value)")
            }
        }
        for (hit, next) in zip(hits, hits.dropFirst()) {
            let isOrdered =
                hit.score == next.score ? hit.primaryKey < next.primaryKey : (hit.score > next.score) == isLargerCloser
            guard isOrdered else { throw ModelMismatch("\(hit) is before \(next)") }
        }
    }

    private func compareWithTruth(
        _ hits: [Hit], _ truth: [PrimaryKey: Double], _ definition: IndexDefinition?, limit: Int
    ) throws {
        let isLargerCloser = definition?.metric != .l2
        let best = truth.values.sorted(by: isLargerCloser ? (>) : (<)).prefix(limit)
        if definition?.type == .hnsw {
            wanted += best.count
            found += zip(hits, best).count { Self.isClose(Double($0.score), $1) }
            return
        }
        guard hits.count == best.count else {
            throw ModelMismatch("\(hits.count) hits, limit \(limit), of \(truth.count) rows")
        }
        for (hit, score) in zip(hits, best) where !Self.isClose(Double(hit.score), score) {
            throw ModelMismatch("a hit has the score \(hit.score), where the truth is \(score)")
        }
    }

    private static func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) < 1e-4 * (1 + abs(right)) }

    private static func score(_ metric: Metric, _ query: [Float], _ value: Value) -> Double {
        let vector = value.vector
        func dot(_ left: [Float], _ right: [Float]) -> Double {
            zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return switch metric {
        case .l2: zip(query, vector).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        case .innerProduct: dot(query, vector)
        case .cosine: dot(query, vector) / (dot(query, query) * dot(vector, vector)).squareRoot()
        case .hamming, .jaccard, .bm25: preconditionFailure("bits and terms are not searched here")
        }
    }

    private func expectNotLoaded(_ call: () throws -> Void) throws {
        do {
            try call()
        } catch let error as ApusError where error.code == .notLoaded {
            return
        }
        throw ModelMismatch("a collection that is not loaded answers")
    }
}
