import TestSupport
import Testing

@testable import Apus

/// Writes that do not wait for a sync, at the moments when files are being made that show their effect.
@Suite struct DeferredWriteTests {
    /// The power is cut at every operation of a compaction during which rows were replaced. The new versions may be
    /// lost, but then the old ones, which were acknowledged as durable, are there.
    @Test(arguments: [".column", ".vectors", ".index", "MANIFEST.tmp", ".deletions-1"])
    func aLostUpsertLeavesTheOldRow(ending: String) throws {
        var stop = 0
        var isDone = false
        while !isDone {
            stop += 1
            let (collection, disk, watched) = try prepared()
            watched.beforeCreating(ending) {
                _ = try? collection.upsert(CrashRows.fields([5, 25], 1), sync: .deferred)
            }
            disk.stopAfter(operations: disk.operationCount + stop)
            isDone = (try? collection.compact()) != nil
            for survival in [0, 1, 5, 6] as [UInt64] {
                let after = try CrashSession(disk.crash(survival: survival))
                let found = try FolderState(reading: after).collections["a"]?.versions ?? [:]
                let isWhole = found.count == 28 && [0, 1].contains(found[5]) && found[5] == found[25]
                #expect(isWhole, "operation \(stop), survival \(survival): \(found)")
            }
        }
        #expect(stop > 20)
    }

    /// A sealed segment, rows in the log, and deletions in both.
    private func prepared() throws -> (Collection, SimulatedFileSystem, WatchedFileSystem) {
        let disk = SimulatedFileSystem()
        let watched = WatchedFileSystem(disk)
        let options = DatabaseOptions(buildThreads: 1)
        let database = try Instance(folder: CrashSession.folder, options: options, fileSystem: watched).database()
        let collection = try database.createCollection(
            "a", schema: CrashRows.schema(), indexes: ["embedding": IndexDefinition(.hnsw, metric: .l2)])
        try collection.insert(CrashRows.fields([Int64](0..<20), 0))
        try collection.flush()
        try collection.insert(CrashRows.fields([Int64](20..<30), 0))
        try collection.delete(keys: [1, 2])
        return (collection, disk, watched)
    }
}
