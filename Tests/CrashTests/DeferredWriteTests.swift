import TestSupport
import Testing

@testable import Apus

/// Writes that do not wait for a sync, at the moments when files are being made that show their effect.
@Suite struct DeferredWriteTests {
    /// The new version may be lost by a power cut, but then the old one, which was acknowledged as durable, is there.
    @Test(arguments: [".column", ".vectors", ".index", "MANIFEST.tmp", ".deletions-1"])
    func aLostUpsertLeavesTheOldRow(ending: String) throws {
        for survival in [0, 1, 5, 6] as [UInt64] {
            let disk = SimulatedFileSystem()
            let watched = WatchedFileSystem(disk)
            let options = DatabaseOptions(buildThreads: 1)
            let database = try Instance(folder: "data", options: options, fileSystem: watched).database()
            let collection = try database.createCollection(
                "a", schema: CrashRows.schema(), indexes: ["embedding": IndexDefinition(.hnsw, metric: .l2)])
            try collection.insert(CrashRows.fields(Array(0..<20), 0))
            try collection.flush()
            try collection.insert(CrashRows.fields(Array(20..<30), 0))
            try collection.delete(keys: [1, 2])
            watched.beforeCreating(ending) {
                _ = try? collection.upsert(CrashRows.fields([5, 25], 1), sync: .deferred)
            }
            try collection.compact()
            let after = try CrashSession(disk.crash(survival: survival))
            let found = try FolderState(reading: after).collections["a"]?.versions
            #expect(found?.count == 28, "survival \(survival)")
            #expect([0, 1].contains(found?[5]) && found?[5] == found?[25], "survival \(survival): \(found ?? [:])")
        }
    }
}
