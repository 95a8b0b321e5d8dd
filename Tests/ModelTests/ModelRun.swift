import Common
import TestSupport

@testable import Apus

/// Runs operations on a folder of a simulated disk and on dictionaries, side by side.
final class ModelRun {
    private var disk = SimulatedFileSystem()
    private var instance: Instance
    private let kind: ModelSchema
    private var collections: [String: ModelCollection] = [:]
    private var namesUsed = 0

    private static let folder = "model"

    /// What goes wrong in a list of operations; nil if nothing does.
    static func problem(_ operations: [ModelOperation], _ keyKind: KeyKind) -> String? {
        var index = -1
        do {
            let run = try ModelRun(keyKind)
            for operation in operations {
                index += 1
                try run.perform(operation)
            }
            try run.finish()
            return nil
        } catch {
            let place = operations.indices.contains(index) ? "\(index) \(operations[index])" : "the opening"
            return "operation \(place): \(error)"
        }
    }

    private init(_ keyKind: KeyKind) throws {
        kind = try ModelSchema(keyKind)
        instance = try Self.open(disk)
    }

    private static func open(_ disk: SimulatedFileSystem) throws -> Instance {
        // Segments so small that a few writes fill one, which is then sealed in the background.
        let options = DatabaseOptions(buildThreads: 1, segmentBytes: 8_000)
        return try Instance(folder: folder, options: options, fileSystem: disk)
    }

    private var database: Database { get throws { try instance.database() } }

    private func perform(_ operation: ModelOperation) throws {
        var random = RandomSource(seed: operation.seed)
        switch operation.kind {
        case .createCollection: return try create(&random)
        case .dropCollection: return try drop(&random)
        case .renameCollection: return try rename(&random)
        case .reopen: return try reopen(&random)
        case .cutPower: return try cutPower(&random)
        default: break
        }
        if collections.isEmpty { try create(&random) }
        let name = collections.keys.sorted().randomElement(using: &random)!
        try perform(operation.kind, collections[name]!, &random)
        try collections[name]!.compareCount()
    }

    private func perform(
        _ operation: ModelOperation.Kind, _ model: ModelCollection, _ random: inout RandomSource
    ) throws {
        switch operation {
        case .insertColumns: try model.insert(&random) { try $0.insert(model.kind.columns($1, keys: $2)) }
        case .insertRows: try model.insert(&random) { try $0.insert(rows: model.kind.rows($1, keys: $2)) }
        case .insertTakenKey: try model.insertTakenKey(&random)
        case .upsert: try model.upsert(&random)
        case .delete: try model.delete(&random)
        case .get: try model.compareRows((0..<10).map { _ in model.anyKey(&random) })
        case .search: try model.compareSearch(&random)
        case .flush: try model.collection.flush()
        case .load: try model.load()
        case .release: try model.release()
        case .compact: try model.collection.compact()
        case .createIndex: try model.createIndex(&random)
        case .dropIndex: try model.dropIndex()
        default: break
        }
    }

    // MARK: Collections

    private func create(_ random: inout RandomSource) throws {
        guard collections.count < 3 else { return }
        namesUsed += 1
        let definition = try ModelCollection.randomDefinition(&random)
        let collection = try database.createCollection(
            "rows\(namesUsed)", schema: kind.schema, indexes: [ModelSchema.embedding: definition])
        collections["rows\(namesUsed)"] = ModelCollection(kind, collection, definition)
    }

    private func drop(_ random: inout RandomSource) throws {
        guard let name = collections.keys.sorted().randomElement(using: &random) else { return }
        try database.dropCollection(name)
        collections[name] = nil
        try compareNames()
    }

    private func rename(_ random: inout RandomSource) throws {
        guard let name = collections.keys.sorted().randomElement(using: &random) else { return }
        namesUsed += 1
        try database.renameCollection(name, to: "renamed\(namesUsed)")
        collections["renamed\(namesUsed)"] = collections.removeValue(forKey: name)
        try compareNames()
    }

    private func compareNames() throws {
        let names = try database.listCollections()
        guard names == collections.keys.sorted() else {
            throw ModelMismatch("collections are \(names) instead of \(collections.keys.sorted())")
        }
    }

    // MARK: Opening again

    private func reopen(_ random: inout RandomSource) throws {
        try instance.close()
        try openAndCompare(&random)
    }

    /// Work in the background goes on until the very moment.
    private func cutPower(_ random: inout RandomSource) throws {
        let after = disk.crash(survival: UInt64.random(in: 0..<100, using: &random))
        try instance.close()
        disk = after
        try openAndCompare(&random)
    }

    private func openAndCompare(_ random: inout RandomSource) throws {
        instance = try Self.open(disk)
        try compareNames()
        for (name, model) in collections.sorted(by: { $0.key < $1.key }) {
            model.collection = try database.collection(name)
            model.isLoaded = false
            try model.compareCount()
            let isToBeReleased = Bool.random(using: &random)
            try model.load()
            try model.compareAll()
            if isToBeReleased { try model.release() }
        }
    }

    private func finish() throws {
        var random = RandomSource(seed: 1)
        try reopen(&random)
        for model in collections.values where model.wanted > 100 {
            guard Double(model.found) >= 0.9 * Double(model.wanted) else {
                throw ModelMismatch("graphs found \(model.found) of \(model.wanted) neighbours")
            }
        }
        try instance.close()
    }
}
