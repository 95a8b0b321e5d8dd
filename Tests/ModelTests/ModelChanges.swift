import Common

@testable import Apus

/// The calls that change a collection, done to the dictionary too.
extension ModelCollection {
    func insert(
        _ random: inout RandomSource,
        _ call: (Collection, [[String: Value]], [PrimaryKey]) throws -> WriteResult
    ) throws {
        let wantedCount = [1, 2, 10, 40].randomElement(using: &random)!
        var keys: [PrimaryKey] = []
        for _ in 0..<wantedCount {
            let key = kind.randomKey(&random)
            if rows[key] == nil, !keys.contains(key) { keys.append(key) }
        }
        guard !keys.isEmpty else { return }
        let values = keys.map { _ in kind.randomRow(&random) }
        let result = try call(collection, values, keys)
        guard result.rowCount == keys.count, result.keys.count == keys.count else {
            throw ModelMismatch("\(result.rowCount) of \(keys.count) rows were inserted")
        }
        guard kind.keyKind.isAutomatic || result.keys == keys else { throw ModelMismatch("keys are \(result.keys)") }
        for (key, row) in zip(result.keys, values) {
            guard rows.updateValue(kind.stored(row, key: key), forKey: key) == nil else {
                throw ModelMismatch("the key \(key) was given to two rows")
            }
        }
    }

    func insertTakenKey(_ random: inout RandomSource) throws {
        guard !kind.keyKind.isAutomatic, let taken = rows.keys.sorted().randomElement(using: &random) else { return }
        let keys = [kind.randomKey(&random), taken]
        guard keys[0] != taken else { return }
        do {
            try collection.insert(kind.columns(keys.map { _ in kind.randomRow(&random) }, keys: keys))
        } catch let error as ApusError where error.code == .alreadyExists {
            return
        }
        throw ModelMismatch("the taken key \(taken) was inserted")
    }

    func upsert(_ random: inout RandomSource) throws {
        guard !kind.keyKind.isAutomatic else { return }
        let count = [1, 3, 20].randomElement(using: &random)!
        let keys = Set((0..<count).map { _ in anyKey(&random) }).sorted()
        let values = keys.map { _ in kind.randomRow(&random) }
        try collection.upsert(kind.columns(values, keys: keys))
        for (key, row) in zip(keys, values) { rows[key] = kind.stored(row, key: key) }
    }

    func delete(_ random: inout RandomSource) throws {
        let count = [1, 5, 30].randomElement(using: &random)!
        let keys = (0..<count).map { _ in anyKey(&random) }
        let present = Set(keys).filter { rows[$0] != nil }
        let result = try collection.delete(keys: keys)
        guard result.rowCount == present.count else {
            throw ModelMismatch("\(result.rowCount) rows were deleted, \(present.count) were there")
        }
        for key in present { rows[key] = nil }
    }

    func load() throws {
        try collection.load()
        isLoaded = true
    }

    func release() throws {
        try collection.release()
        isLoaded = false
    }

    static func randomDefinition(_ random: inout RandomSource) throws -> IndexDefinition {
        let metric = Metric.dense.randomElement(using: &random)!
        return Bool.random(using: &random)
            ? try IndexDefinition(.flat, metric: metric)
            : try IndexDefinition(.hnsw, metric: metric, parameters: ["M": 8, "efConstruction": 40])
    }

    func createIndex(_ random: inout RandomSource) throws {
        let definition = try Self.randomDefinition(&random)
        try collection.createIndex(on: ModelSchema.embedding, definition)
        self.definition = definition
    }

    func dropIndex() throws {
        guard definition != nil else { return }
        try collection.dropIndex(on: ModelSchema.embedding)
        definition = nil
    }
}

extension ModelSchema {
    /// Rows as dictionaries; null is sometimes left out, which means the same.
    func rows(_ rows: [[String: Value]], keys: [PrimaryKey]) -> [[String: Value]] {
        zip(rows, keys).map { row, key in
            var row = row.filter { $0.key != "word" || $0.value != .null }
            if !keyKind.isAutomatic { row[Self.key] = key.value }
            return row
        }
    }
}
