import TestSupport

@testable import Apus

/// What a folder holds as far as its users can tell.
struct FolderState: Equatable, Sendable {
    struct Rows: Equatable, Sendable {
        /// The version of each key that is there.
        var versions: [Int64: Int] = [:]
        var definition: IndexDefinition?
    }

    var collections: [String: Rows] = [:]
    var databases: Set<String> = [Database.defaultName]
}

/// An open folder that takes the steps of a script.
final class CrashSession {
    static let folder = "data"

    let disk: SimulatedFileSystem
    private(set) var instance: Instance

    init(_ disk: SimulatedFileSystem) throws {
        self.disk = disk
        instance = try Self.open(disk)
    }

    var database: Database { get throws { try instance.database() } }

    func collection(_ name: String) throws -> Collection { try database.collection(name) }

    func reopen() throws {
        try instance.close()
        instance = try Self.open(disk)
        for name in try database.listCollections() { _ = try collection(name) }
    }

    private static func open(_ disk: SimulatedFileSystem) throws -> Instance {
        try Instance(folder: folder, options: DatabaseOptions(buildThreads: 1), fileSystem: disk)
    }
}

/// A call, and what it does to the state of the folder when it is done.
struct CrashStep: Sendable {
    enum Kind: Sendable {
        case writeRows, defineIndex, other
    }

    let name: String
    let kind: Kind
    /// The collection that it is about, if it is about one.
    let collection: String?
    let run: @Sendable (CrashSession) throws -> Void
    let effect: @Sendable (inout FolderState) -> Void

    init(
        _ name: String, _ kind: Kind = .other, collection: String? = nil,
        effect: @escaping @Sendable (inout FolderState) -> Void = { _ in },
        run: @escaping @Sendable (CrashSession) throws -> Void
    ) {
        self.name = name
        self.kind = kind
        self.collection = collection
        self.run = run
        self.effect = effect
    }
}

/// Rows that follow from key and version, so that any row that is found can be checked.
enum CrashRows {
    static let dimension = 4

    static func schema() throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64), Field("embedding", .floatVector(dimension: dimension)),
                Field("word", .varchar(maxLength: 32)),
            ], primaryKey: "id")
    }

    static func vector(_ key: Int64, _ version: Int) -> [Float] {
        (0..<dimension).map { Float((Int(key) * 31 + version * 17 + $0 * 7) % 23 + 1) }
    }

    static func word(_ key: Int64, _ version: Int) -> String { "row \(key) version \(version)" }

    /// The version that a row was written with; nil for a row that was never written.
    static func version(_ key: Int64, _ row: [String: Value]) -> Int? {
        (0..<100).first {
            row == [
                "id": .integer(key), "embedding": .vector(vector(key, $0)), "word": .text(word(key, $0)),
            ]
        }
    }

    static func fields(_ keys: [Int64], _ version: Int) -> [FieldData] {
        [
            FieldData("id", .int64(keys)),
            FieldData("embedding", .floatVector(keys.flatMap { vector($0, version) })),
            FieldData("word", .varchar(keys.map { word($0, version) })),
        ]
    }
}

extension CrashStep {
    static func create(_ name: String, _ definition: IndexDefinition) -> CrashStep {
        CrashStep(
            "create \(name)",
            effect: { $0.collections[name] = .init(definition: definition) },
            run: {
                try $0.database.createCollection(
                    name, schema: CrashRows.schema(), indexes: ["embedding": definition])
            })
    }

    static func insert(_ name: String, _ keys: [Int64], _ version: Int = 0) -> CrashStep {
        CrashStep(
            "insert \(keys) into \(name)", .writeRows, collection: name, effect: put(name, keys, version),
            run: { try $0.collection(name).insert(CrashRows.fields(keys, version)) })
    }

    static func upsert(_ name: String, _ keys: [Int64], _ version: Int) -> CrashStep {
        CrashStep(
            "upsert \(keys) version \(version) into \(name)", .writeRows, collection: name,
            effect: put(name, keys, version),
            run: { try $0.collection(name).upsert(CrashRows.fields(keys, version)) })
    }

    static func delete(_ name: String, _ keys: [Int64]) -> CrashStep {
        CrashStep(
            "delete \(keys) from \(name)", .writeRows, collection: name,
            effect: { state in for key in keys { state.collections[name]?.versions[key] = nil } },
            run: { try $0.collection(name).delete(keys: keys.map { .integer($0) }) })
    }

    static func createIndex(_ name: String, _ definition: IndexDefinition) -> CrashStep {
        CrashStep(
            "index \(name) by \(definition.type) \(definition.metric)", .defineIndex, collection: name,
            effect: { $0.collections[name]?.definition = definition },
            run: { try $0.collection(name).createIndex(on: "embedding", definition) })
    }

    static func dropIndex(_ name: String) -> CrashStep {
        CrashStep(
            "drop the index of \(name)", .defineIndex, collection: name,
            effect: { $0.collections[name]?.definition = nil },
            run: { try $0.collection(name).dropIndex(on: "embedding") })
    }

    static func rename(_ name: String, to newName: String) -> CrashStep {
        CrashStep(
            "rename \(name) to \(newName)",
            effect: { $0.collections[newName] = $0.collections.removeValue(forKey: name) },
            run: { try $0.database.renameCollection(name, to: newName) })
    }

    static func drop(_ name: String) -> CrashStep {
        CrashStep(
            "drop \(name)", effect: { $0.collections[name] = nil },
            run: { try $0.database.dropCollection(name) })
    }

    static func createDatabase(_ name: String) -> CrashStep {
        CrashStep(
            "create database \(name)", effect: { $0.databases.insert(name) },
            run: { try $0.instance.createDatabase(name) })
    }

    /// A call that changes no row.
    static func maintain(
        _ name: String, _ what: String, _ call: @escaping @Sendable (Collection) throws -> Void
    ) -> CrashStep {
        CrashStep("\(what) \(name)") { try call($0.collection(name)) }
    }

    static let reopen = CrashStep("close and open again") { try $0.reopen() }

    private static func put(
        _ name: String, _ keys: [Int64], _ version: Int
    ) -> @Sendable (inout FolderState) -> Void {
        { state in for key in keys { state.collections[name]?.versions[key] = version } }
    }
}
