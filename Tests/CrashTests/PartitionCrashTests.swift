import TestSupport
import Testing

@testable import Apus

/// The power is cut at every operation of the disk while partitions are made and dropped and an alias is switched:
/// each of these calls is wholly there afterwards or not at all, and no acknowledged row is lost or comes back.
@Suite struct PartitionCrashTests {
    private static let survivals: [UInt64] = [0, 1] + (0..<3).map { testSeed(1_700) + $0 }

    @Test func everyStopPointKeepsPartitionsAndAliases() throws {
        var stop = 0
        var isComplete = false
        while !isComplete {
            stop += 1
            let run = PartitionCrashRun(stopAt: stop)
            isComplete = run.isComplete
            for seed in Self.survivals {
                let problem = run.problem(on: run.disk.crash(survival: seed))
                #expect(problem == nil, "operation \(stop) (\(run.step)), survival \(seed)")
                if problem != nil { return }
            }
        }
        #expect(stop > 100, "the workload stopped the disk at \(stop) operations")
    }
}

/// What users can tell of the folder.
private struct PartitionedState: Equatable {
    /// The version of each key, by collection and partition.
    var partitions: [String: [String: [Int64: Int]]] = [:]
    var aliases: [String: String] = [:]

    mutating func put(_ collection: String, _ partition: String, _ keys: [Int64], _ version: Int) {
        for name in partitions[collection]!.keys {
            for key in keys { partitions[collection]![name]![key] = nil }
        }
        for key in keys { partitions[collection]![partition]![key] = version }
    }
}

private struct PartitionStep {
    let name: String
    let effect: (inout PartitionedState) -> Void
    let run: (Database) throws -> Void

    static func create(_ collection: String) -> PartitionStep {
        PartitionStep(
            name: "create \(collection)", effect: { $0.partitions[collection] = ["_default": [:]] },
            run: {
                try $0.createCollection(
                    collection, schema: CrashRows.schema(),
                    indexes: ["embedding": IndexDefinition(.hnsw, metric: .l2, parameters: ["M": 4])])
            })
    }

    static func createPartition(_ collection: String, _ name: String) -> PartitionStep {
        PartitionStep(
            name: "create partition \(name)", effect: { $0.partitions[collection]![name] = [:] },
            run: { try $0.collection(collection).createPartition(name) })
    }

    static func dropPartition(_ collection: String, _ name: String) -> PartitionStep {
        PartitionStep(
            name: "drop partition \(name)", effect: { $0.partitions[collection]![name] = nil },
            run: { try $0.collection(collection).dropPartition(name) })
    }

    static func upsert(_ collection: String, _ partition: String, _ keys: [Int64], _ version: Int) -> PartitionStep {
        PartitionStep(
            name: "upsert \(keys) into \(partition)", effect: { $0.put(collection, partition, keys, version) },
            run: { try $0.collection(collection).upsert(CrashRows.fields(keys, version), partition: partition) })
    }

    static func maintain(_ collection: String, _ call: @escaping (Collection) throws -> Void) -> PartitionStep {
        PartitionStep(name: "maintain \(collection)", effect: { _ in }, run: { try call($0.collection(collection)) })
    }

    static func alias(_ alias: String, _ collection: String?, _ call: @escaping (Database) throws -> Void)
        -> PartitionStep
    {
        PartitionStep(name: "alias \(alias)", effect: { $0.aliases[alias] = collection }, run: call)
    }

    static var all: [PartitionStep] {
        [
            create("a"),
            createPartition("a", "p"),
            upsert("a", "p", Array(0..<6), 0),
            upsert("a", "_default", Array(4..<9), 1),
            createPartition("a", "q"),
            maintain("a") { try $0.flush() },
            upsert("a", "q", [0, 20, 21], 2),
            dropPartition("a", "p"),
            createPartition("a", "p"),
            upsert("a", "p", [1, 21], 3),
            maintain("a") { try $0.flush() },
            upsert("a", "p", [30, 31], 1),
            dropPartition("a", "q"),
            maintain("a") { try $0.compact() },
            create("b"),
            alias("now", "a") { try $0.createAlias("now", for: "a") },
            alias("now", "b") { try $0.alterAlias("now", to: "b") },
            upsert("b", "_default", [7], 1),
            alias("now", nil) { try $0.dropAlias("now") },
            dropPartition("a", "p"),
            createPartition("a", "r"),
            upsert("a", "r", [8], 4),
        ]
    }
}

private struct PartitionCrashRun {
    let disk = SimulatedFileSystem()
    private(set) var isComplete = true
    private(set) var step = "the end"
    private var acknowledged = PartitionedState()
    private var next = PartitionedState()

    init(stopAt stop: Int) {
        disk.stopAfter(operations: stop)
        var database: Database?
        for step in PartitionStep.all {
            next = acknowledged
            step.effect(&next)
            do {
                if database == nil { database = try Self.open(disk) }
                try step.run(database!)
            } catch {
                self.step = "\(step.name): \(error)"
                isComplete = false
                return
            }
            acknowledged = next
        }
    }

    private static func open(_ disk: SimulatedFileSystem) throws -> Database {
        try Instance(folder: "data", options: DatabaseOptions(buildThreads: 1), fileSystem: disk).database()
    }

    /// What is wrong with a disk as it was found after the power cut; nil if all is well.
    func problem(on disk: SimulatedFileSystem) -> String? {
        do {
            let database = try Self.open(disk)
            var found = try PartitionedState(reading: database)
            guard found == acknowledged || found == next else {
                return "acknowledged \(acknowledged), in hand \(next), found \(found)"
            }
            for name in found.partitions.keys.sorted() {
                for step in [
                    PartitionStep.createPartition(name, "new"), .upsert(name, "new", [0, 50], 9),
                    .maintain(name) { try $0.release() }, .maintain(name) { try $0.flush() },
                ] {
                    try step.run(database)
                    step.effect(&found)
                }
            }
            try database.close()
            let again = try PartitionedState(reading: Self.open(disk))
            return again == found ? nil : "after going on: \(found) became \(again)"
        } catch {
            return "\(error)"
        }
    }
}

extension PartitionedState {
    init(reading database: Database) throws {
        for alias in try database.listAliases() { aliases[alias] = try database.describeAlias(alias) }
        for name in try database.listCollections() {
            partitions[name] = try Self.read(database.collection(name))
        }
    }

    private static func read(_ collection: Collection) throws -> [String: [Int64: Int]] {
        try collection.load()
        var partitions: [String: [Int64: Int]] = [:]
        for partition in try collection.describePartitions() {
            var request = SearchRequest(vectors: CrashRows.vector(1, 1), limit: 100)
            request.partitions = [partition.name]
            request.outputFields = ["id", "embedding", "word"]
            var versions: [Int64: Int] = [:]
            for hit in try collection.search(request).hits[0] {
                guard case .integer(let key) = hit.primaryKey, let version = CrashRows.version(key, hit.fields) else {
                    throw CrashMismatch("nobody wrote \(hit)")
                }
                versions[key] = version
            }
            guard versions.count == partition.liveRows else {
                throw CrashMismatch("\(partition) has \(versions.count) rows that a search finds")
            }
            partitions[partition.name] = versions
        }
        guard collection.count == partitions.values.reduce(0, { $0 + $1.count }), collection.damage.isEmpty else {
            throw CrashMismatch("\(collection.count) rows, damage \(collection.damage)")
        }
        return partitions
    }
}
