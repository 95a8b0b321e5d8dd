import TestSupport

@testable import Apus

/// A script that ran until the power was cut.
struct CrashRun {
    let disk: SimulatedFileSystem
    /// Whether the script came to its end.
    let isComplete: Bool
    /// The name of the step in which the power was cut.
    let step: String
    /// What is acknowledged, and what it would be if the step in hand had been done.
    let acknowledged: FolderState
    let next: FolderState

    /// - Parameter stop: the operation of the disk at which the power is cut; nil for none.
    init(_ steps: [CrashStep], stopAt stop: Int?) {
        let disk = SimulatedFileSystem()
        if let stop { disk.stopAfter(operations: stop) }
        var state = FolderState()
        var session: CrashSession?
        for step in [CrashStep("open") { _ in }] + steps {
            var next = state
            step.effect(&next)
            do {
                if session == nil { session = try CrashSession(disk) }
                try step.run(session!)
            } catch {
                self.init(disk: disk, isComplete: false, step: "\(step.name): \(error)", state: state, next: next)
                return
            }
            state = next
        }
        self.init(disk: disk, isComplete: true, step: "the end", state: state, next: state)
    }

    private init(disk: SimulatedFileSystem, isComplete: Bool, step: String, state: FolderState, next: FolderState) {
        self.disk = disk
        self.isComplete = isComplete
        self.step = step
        acknowledged = state
        self.next = next
    }

    /// What is wrong with a disk as it was found after the power cut; nil if all is well.
    func problem(on disk: SimulatedFileSystem) -> String? {
        do {
            let session = try CrashSession(disk)
            let found = try FolderState(reading: session)
            guard found == acknowledged || found == next else {
                return "acknowledged \(acknowledged), in hand \(next), found \(found)"
            }
            try Self.goOn(session, from: found)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// The folder must also take writes and survive another opening.
    private static func goOn(_ session: CrashSession, from found: FolderState) throws {
        var expected = found
        for name in found.collections.keys.sorted() {
            let step = CrashStep.upsert(name, [0, 77], 9)
            try step.run(session)
            step.effect(&expected)
            try session.collection(name).flush()
        }
        try session.reopen()
        let again = try FolderState(reading: session)
        guard again == expected else { throw CrashMismatch("after going on: \(expected) became \(again)") }
        try session.instance.close()
    }
}

struct CrashMismatch: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension FolderState {
    /// Reads all there is in every way there is, and checks that the ways agree.
    init(reading session: CrashSession) throws {
        databases = Set(session.instance.databaseNames)
        for name in try session.database.listCollections() {
            collections[name] = try Rows(reading: session.collection(name))
        }
    }
}

extension FolderState.Rows {
    fileprivate init(reading collection: Collection) throws {
        let count = collection.count
        try collection.load()
        definition = collection.indexDefinitions["embedding"]
        let keys = [Int64](0..<100)
        for (key, row) in zip(keys, try collection.get(keys: keys.map { .integer($0) })) {
            guard let row else { continue }
            guard let version = CrashRows.version(key, row) else { throw CrashMismatch("nobody wrote \(row)") }
            versions[key] = version
        }
        guard collection.damage.isEmpty else { throw CrashMismatch("damage: \(collection.damage)") }
        guard count == versions.count, collection.count == count else {
            throw CrashMismatch("\(count), later \(collection.count) rows are counted, \(versions.count) are there")
        }
        let found = try collection.search(SearchRequest(vectors: CrashRows.vector(1, 1), limit: 100))
        let hits = found.hits[0].map(\.primaryKey).sorted()
        guard hits == versions.keys.sorted().map({ .integer($0) }) else {
            throw CrashMismatch("a search finds \(hits), there are \(versions.keys.sorted())")
        }
    }
}
