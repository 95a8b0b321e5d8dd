import Common
import TestSupport

@testable import Apus

/// Runs operations on a collection on a simulated disk and on a dictionary, side by side.
final class QueryModelRun {
    let kind: QueryModelSchema
    private(set) var collection: Apus.Collection
    private(set) var rows: [PrimaryKey: [String: Value]] = [:]
    /// Of the vectors; nil while they have no index.
    private(set) var definition: IndexDefinition?
    private var disk = SimulatedFileSystem()
    private var instance: Instance
    var iterators: [OpenIterator] = []

    private static let folder = "queries"

    /// What goes wrong in a list of operations; nil if nothing does.
    static func problem(_ operations: [QueryModelOperation], seed: UInt64) -> String? {
        var place = "the opening"
        do {
            let run = try QueryModelRun(seed: seed)
            for (index, operation) in operations.enumerated() {
                place = "\(index) \(operation)"
                try run.perform(operation)
            }
            place = "the end"
            while !run.iterators.isEmpty { try run.advanceIterator(0) }
            try run.instance.close()
            return nil
        } catch {
            return "operation \(place): \(error)"
        }
    }

    private init(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        kind = try QueryModelSchema(&random)
        definition = kind.definition
        instance = try Self.open(disk)
        collection = try instance.database().createCollection(
            "rows", schema: kind.schema, indexes: definition.map { [QueryModelSchema.vector: $0] } ?? [:])
        try collection.load()
    }

    private static func open(_ disk: SimulatedFileSystem) throws -> Instance {
        // Segments so small that a few writes fill one, which is then sealed in the background.
        try Instance(
            folder: folder, options: DatabaseOptions(buildThreads: 1, segmentBytes: 6_000), fileSystem: disk)
    }

    private func perform(_ operation: QueryModelOperation) throws {
        var random = RandomSource(seed: operation.seed)
        switch operation.kind {
        case .insert: try insert(&random)
        case .upsert: try upsert(&random)
        case .delete: try delete(&random)
        case .flush: try collection.flush()
        case .compact: try collection.compact()
        case .reload:
            try collection.release()
            try collection.load()
        case .reopen, .cutPower: try reopen(operation.kind, &random)
        case .createIndex: try createIndex(&random)
        case .createScalarIndex: try createScalarIndex(&random)
        case .query: try compareQuery(&random)
        case .sort: try compareSort(&random)
        case .count: try compareCount(&random)
        case .aggregate: try compareGroups(&random)
        case .search: try compareSearch(&random)
        case .rangeSearch: try compareRange(&random)
        case .groupedSearch: try compareGrouping(&random)
        case .queryIterator, .searchIterator: try useIterator(operation.kind, &random)
        case .audit: try audit()
        }
    }

    // MARK: Changes

    private func write(
        _ keys: Set<PrimaryKey>, _ random: inout RandomSource, by call: ([[String: Value]]) throws -> Void
    )
        throws
    {
        guard !keys.isEmpty else { return }
        let written = keys.sorted().map { kind.row($0, &random) }
        try call(written)
        for (key, row) in zip(keys.sorted(), written) { rows[key] = row }
    }

    private func insert(_ random: inout RandomSource) throws {
        let keys = Set((0..<Int.random(in: 1...30, using: &random)).map { _ in kind.key(&random) })
        try write(keys.filter { rows[$0] == nil }, &random) { try collection.insert(rows: $0) }
    }

    private func upsert(_ random: inout RandomSource) throws {
        let keys = Set((0..<Int.random(in: 1...10, using: &random)).map { _ in kind.key(&random) })
        try write(keys, &random) { try collection.upsert(rows: $0) }
    }

    private func delete(_ random: inout RandomSource) throws {
        let keys = (0..<Int.random(in: 1...20, using: &random)).map { _ in kind.key(&random) }
        try collection.delete(keys: keys)
        for key in keys { rows[key] = nil }
    }

    private func reopen(_ operation: QueryModelOperation.Kind, _ random: inout RandomSource) throws {
        iterators = []
        if operation == .cutPower {
            disk = disk.crash(survival: UInt64.random(in: 0..<1_000_000, using: &random))
            // The old handles must not write to the disk that survives.
            try? instance.close()
        } else {
            try instance.close()
        }
        instance = try Self.open(disk)
        collection = try instance.database().collection("rows")
        try collection.load()
    }

    private func createIndex(_ random: inout RandomSource) throws {
        let field = QueryModelSchema.vector
        if let next = try QueryModelSchema.definition(&random) {
            try collection.createIndex(on: field, next)
            definition = next
        } else if definition != nil {
            try collection.dropIndex(on: field)
            definition = nil
        }
    }

    private func createScalarIndex(_ random: inout RandomSource) throws {
        let field = kind.scalars.randomElement(using: &random)!
        let types: [ScalarIndexType] =
            switch field.type {
            case .varchar: [.inverted, .trie, .stlSort]
            case .int8, .int64, .double: [.inverted, .stlSort]
            default: [.inverted]
            }
        try collection.createIndex(on: field.name, ScalarIndexDefinition(types.randomElement(using: &random)!))
    }

    private func audit() throws {
        let audit = try collection.auditRows()
        guard audit.isConsistent, audit.countedRows == rows.count else {
            throw ModelMismatch("\(audit) of \(rows.count) rows")
        }
        let reached = try collection.audit(field: QueryModelSchema.vector, threads: 1)
        guard reached.unreachableCount == 0 || definition?.metric == .innerProduct else {
            throw ModelMismatch("\(reached.unreachable) are not found by their own vectors")
        }
    }
}
