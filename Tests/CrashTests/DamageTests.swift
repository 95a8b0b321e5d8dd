import Common
import TestSupport
import Testing

@testable import Apus

/// Every file of a folder is damaged in many ways. What can be served is served, what is damaged is named with file and
/// offset, and nothing traps.
@Suite struct DamageTests {
    private enum Harm {
        case flip(Int)
        case cut(Int)
        case foreign
        case missing

        func apply(_ path: String, _ disk: SimulatedFileSystem) throws {
            switch self {
            case .flip(let offset): try disk.corrupt(path, offset: offset, mask: 0x40)
            case .cut(let size): try disk.cut(path, to: size)
            case .missing: try disk.remove(path)
            case .foreign:
                try disk.remove(path)
                try disk.openFile(path, .create).write(Array("PK\u{3}\u{4} some other program wrote this".utf8), at: 0)
            }
        }

        static func all(size: Int, seed: UInt64) -> [Harm] {
            var random = RandomSource(seed: seed)
            let flips = stride(from: Int.random(in: 0..<5, using: &random), to: size, by: 5).map { Harm.flip($0) }
            return flips + [.flip(size - 1), .cut(0), .cut(size / 2), .cut(size - 1), .foreign, .missing]
        }
    }

    /// A folder with a sealed and indexed segment that has deletions, another segment, rows in the log, and a second
    /// collection.
    static func folder() throws -> (disk: SimulatedFileSystem, state: FolderState) {
        let graph = try IndexDefinition(.hnsw, metric: .cosine, parameters: ["M": 4, "efConstruction": 20])
        let steps: [CrashStep] = [
            .create("a", graph), .create("b", graph), .insert("b", [1, 2]), .insert("a", Array(0..<20)),
            .maintain("a", "flush") { try $0.flush() }, .insert("a", Array(20..<30)), .delete("a", [4, 5]),
            .maintain("a", "flush") { try $0.flush() }, .insert("a", [30, 31]), .upsert("a", [8], 1),
            .delete("a", [31]),
        ]
        let session = try CrashSession(SimulatedFileSystem())
        var state = FolderState()
        for step in steps {
            try step.run(session)
            step.effect(&state)
        }
        try session.instance.close()
        return (session.disk, state)
    }

    /// - Parameter parts: of the names of the files that are wanted.
    private func forEachHarm(
        _ folder: String, _ parts: [String],
        _ body: (CrashSession, _ path: String, _ harm: Comment, _ state: FolderState) throws -> Void
    ) throws {
        let (image, state) = try Self.folder()
        let names = try image.list(folder).filter { name in parts.contains { name.contains($0) } }
        try #require(!names.isEmpty)
        for name in names {
            let path = FilePath.join(folder, name)
            for harm in Harm.all(size: try image.size(path), seed: testSeed(9)) {
                let disk = image.crash(survival: 1)
                try harm.apply(path, disk)
                try body(CrashSession(disk), path, "\(path), \(harm)", state)
            }
        }
    }

    @Test func aDamagedCatalogIsNamed() throws {
        let (image, _) = try Self.folder()
        for harm in Harm.all(size: try image.size("data/CATALOG"), seed: testSeed(9)) {
            let disk = image.crash(survival: 1)
            try harm.apply("data/CATALOG", disk)
            let error = #expect(throws: ApusError.self, "\(harm)") { _ = try CrashSession(disk) }
            #expect(error?.code == .corrupted, "\(harm)")
            #expect(error?.message.contains("data/CATALOG") == true, "\(harm)")
            #expect(try disk.list("data").contains("collection-1"), "\(harm)")
        }
    }

    @Test func aDamagedManifestIsNamedAndOtherCollectionsAreServed() throws {
        try forEachHarm("data/collection-1", ["MANIFEST"]) { session, path, harm, state in
            let error = #expect(throws: ApusError.self, harm) { _ = try session.collection("a") }
            #expect(error?.message.contains(path) == true, harm)
            let other = try session.collection("b")
            #expect(other.count == state.collections["b"]?.versions.count, harm)
        }
    }

    @Test func aDamagedIndexIsBuiltAgain() throws {
        try forEachHarm("data/collection-1", [".index"]) { session, path, harm, state in
            let collection = try session.collection("a")
            try collection.load()
            #expect(collection.damage.map(\.path) == [path], harm)
            try session.reopen()
            // Reading compares everything, and refuses any damage.
            #expect(try FolderState(reading: session) == state, harm)
        }
    }

    @Test func aDamagedSegmentIsSetAsideAndTheRestIsServed() throws {
        try forEachHarm("data/collection-1", [".column", ".vectors", ".deletions"]) {
            session, path, harm, state in
            let collection = try session.collection("a")
            try collection.load()
            #expect(collection.damage.contains { $0.path == path }, harm)
            let found = try rows(of: collection)
            let expected = state.collections["a"]!.versions
            #expect(found.allSatisfy { expected[$0] == $1 }, harm)
            #expect(found[30] == 0 && found[8] == 1, "rows of the log, \(harm)")
            #expect(found.count >= 11, "rows of the other segment, \(harm)")
            try collection.upsert(CrashRows.fields([50], 0))
            try collection.flush()
            try collection.compact()
            #expect(try rows(of: collection).count == found.count + 1, harm)
        }
    }

    @Test func aDamagedLogIsServedAsFarAsItIsWhole() throws {
        try forEachHarm("data/collection-1", ["wal-"]) { session, path, harm, state in
            let collection = try session.collection("a")
            try collection.load()
            let found = try rows(of: collection)
            let expected = state.collections["a"]!.versions
            if found != expected {
                let isReported = collection.damage.contains { $0.path.contains("wal-") }
                #expect(isReported || collection.recovery.cutBytes > 0, harm)
            }
            for key in 0..<30 as Range<Int64> where key != 8 && expected[key] != nil {
                #expect(found[key] == expected[key], "sealed row \(key), \(harm)")
            }
        }
    }

    /// The versions of the rows, read in every way there is.
    private func rows(of collection: Collection) throws -> [Int64: Int] {
        let keys = [Int64](0..<100)
        var versions: [Int64: Int] = [:]
        for (key, row) in zip(keys, try collection.get(keys: keys.map { .integer($0) })) {
            guard let row else { continue }
            versions[key] = CrashRows.version(key, row)
            #expect(versions[key] != nil, "nobody wrote \(row)")
        }
        let hits = try collection.search(SearchRequest(vectors: CrashRows.vector(1, 1), limit: 100)).hits[0]
        #expect(hits.map(\.primaryKey).sorted() == versions.keys.sorted().map { .integer($0) })
        #expect(collection.count == versions.count)
        return versions
    }

    @Test func strayFilesAreLeftAlone() throws {
        let (disk, state) = try Self.folder()
        let strays = [
            "data/notes.txt", "data/other.tmp", "data/collection-x", "data/collection-9", "data/collection-1/notes.tmp",
            "data/collection-1/segment-notes.txt", "data/collection-1/wal-x.log",
        ]
        for path in strays { try disk.openFile(path, .create).write(Array("mine".utf8), at: 0) }
        for path in Set(strays.map(FilePath.folder)) { try disk.syncFolder(path) }
        let session = try CrashSession(disk)
        #expect(try FolderState(reading: session) == state)
        for path in strays where path != "data/collection-9" { #expect(try disk.exists(path), "\(path)") }
    }

    @Test func aFolderOfSomebodyElseIsRefusedAndLeftAlone() throws {
        let disk = SimulatedFileSystem()
        try disk.createFolder("data")
        try disk.openFile("data/thesis.tmp", .create).write([1], at: 0)
        let error = #expect(throws: ApusError.self) { _ = try CrashSession(disk) }
        #expect(error?.message.contains("thesis.tmp") == true)
        #expect(try disk.list("data") == ["LOCK", "thesis.tmp"])
    }
}
