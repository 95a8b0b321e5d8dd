import TestSupport
import Testing

@testable import Apus

/// The disk fills up in any call, with any number of bytes to spare.
@Suite struct FullDiskTests {
    private static let rooms = [0, 60, 150, 400, 900, 1_500, 3_000, 10_000, 500_000, 1_100_000, 1_120_000, 2_300_000]

    private static func calls() throws -> [CrashStep] {
        [
            .maintain("a", "flush") { try $0.flush() },
            .maintain("a", "compact") { try $0.compact() },
            .createIndex("a", try IndexDefinition(.hnsw, metric: .innerProduct, parameters: ["M": 3])),
            .create("new", try IndexDefinition(.flat, metric: .l2)),
            .createDatabase("new"),
            .rename("a", to: "z"),
            .drop("a"),
            .insert("a", [80]), .upsert("a", [1], 5), .delete("a", [1]),
        ]
    }

    private func prepared() throws -> (session: CrashSession, state: FolderState) {
        let graph = try IndexDefinition(.hnsw, metric: .l2, parameters: ["M": 4, "efConstruction": 20])
        let steps: [CrashStep] = [
            .create("a", graph), .insert("a", Array(0..<20)), .maintain("a", "flush") { try $0.flush() },
            .maintain("a", "load") { try $0.load() }, .insert("a", Array(20..<30)), .delete("a", [4, 21]),
        ]
        let session = try CrashSession(SimulatedFileSystem())
        var state = FolderState()
        for step in steps {
            try step.run(session)
            step.effect(&state)
        }
        return (session, state)
    }

    @Test func aCallThatFindsTheDiskFullChangesNothingAndWorksLater() throws {
        var failures = 0
        for call in try Self.calls() {
            for room in Self.rooms {
                let (session, before) = try prepared()
                let free = try session.disk.freeSpace("")
                session.disk.setCapacity(bytes: (1 << 40) - free + room)
                var after = before
                call.effect(&after)
                let failure = Swift.Result { try call.run(session) }
                let place = "\(call.name) with \(room) bytes to spare"
                if case .failure(let error) = failure {
                    failures += 1
                    #expect((error as? ApusError)?.code == .diskFull, "\(place): \(error)")
                    // A definition may be in force already, while its index waits for space.
                    let found = try FolderState(reading: session)
                    #expect(found == before || call.kind == .defineIndex && found == after, "\(place)")
                    session.disk.setCapacity(bytes: nil)
                    try call.run(session)
                }
                session.disk.setCapacity(bytes: nil)
                #expect(try FolderState(reading: session) == after, "\(place)")
                try session.reopen()
                #expect(try FolderState(reading: session) == after, "\(place), opened again")
            }
        }
        #expect(failures > 10, "\(failures) calls found the disk full")
    }

    @Test func writesGoOnWhenThereIsSpaceAgain() throws {
        let (session, _) = try prepared()
        let collection = try session.collection("a")
        let count = collection.count
        session.disk.setCapacity(bytes: (1 << 40) - (try session.disk.freeSpace("")) + 300_000)
        var written = 0
        var failure: ApusError?
        while failure == nil {
            let keys = Array(Int64(1_000 + written * 1_000)..<Int64(2_000 + written * 1_000))
            do {
                try collection.insert(CrashRows.fields(keys, 0))
                written += 1
            } catch {
                failure = error as? ApusError
                #expect(failure?.code == .diskFull)
            }
            try #require(written < 1_000)
        }
        #expect(collection.count == count + written * 1_000)
        #expect(try collection.search(SearchRequest(vectors: CrashRows.vector(1, 0), limit: 3)).hits[0].count == 3)
        session.disk.setCapacity(bytes: nil)
        try collection.insert(CrashRows.fields([900], 0))
        try session.reopen()
        #expect(try session.collection("a").count == count + written * 1_000 + 1)
    }

    /// Failed attempts must not hold the space that the next one needs.
    @Test func failedSealingLeavesNoFiles() throws {
        var attempts = 0
        for room in stride(from: 0, to: 2_000, by: 100) {
            let (session, _) = try prepared()
            let collection = try session.collection("a")
            let names = try segmentFiles(session)
            session.disk.setCapacity(bytes: (1 << 40) - (try session.disk.freeSpace("")) + room)
            for _ in 0..<3 where (try? collection.flush()) == nil && !collection.state.frozen.isEmpty {
                attempts += 1
                #expect(try segmentFiles(session) == names)
            }
        }
        #expect(attempts > 3)
    }

    private func segmentFiles(_ session: CrashSession) throws -> [String] {
        try session.disk.list("data/collection-1").filter { $0.hasPrefix(SegmentFiles.prefix) }
    }
}
