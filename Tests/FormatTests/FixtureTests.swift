import TestSupport
import Testing

@testable import Apus

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder that format version 1 wrote, as it lies in the repository. Later versions must read it.
///
/// `APUS_WRITE_FIXTURES=1 swift test --filter FixtureTests` writes it anew. That is right only before a version is
/// released: afterwards a change of the format gets a new version and a folder of its own.
@Suite(.serialized) struct FixtureTests {
    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        + "/Fixtures/format-1"

    private static func schema() throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64), Field("embedding", .floatVector(dimension: 3)),
                Field("word", .varchar(maxLength: 20), isNullable: true), Field("level", .int8, defaultValue: 7),
                Field("tags", .array(of: .varchar(maxLength: 4), maxCapacity: 3)),
                Field("document", .json, isNullable: true),
                Field("ratio", .double),
            ], primaryKey: "id", description: "every kind of file")
    }

    private static func row(_ key: Int64, version: Int64 = 0) -> [String: Value] {
        [
            "id": .integer(key), "embedding": .vector([Float(key), Float(key * key % 11), Float(version) - 0.5]),
            "word": key % 4 == 0 ? .null : .text("wörd \(key)"), "level": .integer(key % 3 == 0 ? 7 : key % 100),
            "tags": .array((0..<key % 3).map { .text("t\($0)") }),
            "document": key % 5 == 0 ? .null : .json("{\"v\":\(version)}"), "ratio": .double(Double(key) / 8),
        ]
    }

    /// What the folder holds: a sealed and indexed segment with deletions, rows in the log, and a second database.
    private static var rows: [Int64: [String: Value]] {
        var rows: [Int64: [String: Value]] = [:]
        for key in 0..<24 as Range<Int64> where ![3, 17, 22].contains(key) { rows[key] = row(key) }
        for key in [5, 23] as [Int64] { rows[key] = row(key, version: 2) }
        return rows
    }

    private static func write(_ path: String) throws {
        let instance = try Instance(folder: path)
        try instance.createDatabase("second")
        let collection = try instance.database().createCollection(
            "rows", schema: schema(),
            indexes: ["embedding": IndexDefinition(.hnsw, metric: .cosine, parameters: ["M": 4, "efConstruction": 30])])
        try collection.insert(rows: (0..<20).map { row($0) })
        try collection.flush()
        try collection.delete(keys: [3, 17])
        try collection.flush()
        try collection.insert(rows: (20..<24).map { row($0) })
        try collection.upsert(rows: [row(5, version: 2), row(23, version: 2)])
        try collection.delete(keys: [22])
        try instance.close()
    }

    @Test func theFixtureIsWrittenOnDemand() throws {
        guard getenv("APUS_WRITE_FIXTURES") != nil else { return }
        let made = TemporaryFolder()
        try Self.write(made.path)
        for path in try Self.paths(Self.folder) { try POSIXFileSystem().remove(FilePath.join(Self.folder, path)) }
        try Self.copy(made.path, to: Self.folder)
    }

    @Test func everyRowOfVersionOneIsRead() throws {
        let copy = TemporaryFolder()
        try Self.copy(Self.folder, to: copy.path)
        let instance = try Instance(folder: copy.path)
        #expect(instance.databaseNames == ["default", "second"])
        let collection = try instance.database().collection("rows")
        #expect(try collection.schema == Self.schema())
        #expect(collection.count == Self.rows.count)
        #expect(collection.recovery.replayedRecords == 3)
        try collection.load()
        let keys = [Int64](-1..<30)
        for (key, row) in zip(keys, try collection.get(keys: keys.map { .integer($0) })) {
            #expect(row == Self.rows[key], "row \(key)")
        }
        // The graph comes from its file: building it again would report damage or write a new one.
        #expect(collection.damage.isEmpty)
        let result = try collection.search(SearchRequest(vectors: [4, 5, -0.5], limit: 3))
        #expect(result.hits[0].map(\.primaryKey) == Self.nearest([4, 5, -0.5]))
        #expect(result.plan.segmentsScanned == 1)
        try instance.close()
    }

    private static func nearest(_ query: [Float]) -> [PrimaryKey] {
        func cosine(_ row: [String: Value]) -> Double {
            guard case .vector(let vector)? = row["embedding"] else { return -1 }
            func dot(_ left: [Float], _ right: [Float]) -> Double {
                zip(left, right).reduce(0) { $0 + Double($1.0 * $1.1) }
            }
            return dot(query, vector) / (dot(query, query) * dot(vector, vector)).squareRoot()
        }
        return rows.sorted { cosine($0.value) > cosine($1.value) }.prefix(3).map { .integer($0.key) }
    }

    // MARK: Files

    /// The files in a folder and those below, by their paths from it. The lock file belongs to whoever has it open.
    private static func paths(_ folder: String) throws -> [String] {
        let disk = POSIXFileSystem()
        guard try disk.exists(folder) else { return [] }
        return try disk.list(folder).filter { $0 != FolderLockHolder.fileName }.flatMap { name -> [String] in
            let path = FilePath.join(folder, name)
            return name.contains("collection-") ? try paths(path).map { FilePath.join(name, $0) } : [name]
        }
    }

    private static func copy(_ source: String, to target: String) throws {
        let disk = POSIXFileSystem()
        try disk.createFolder(target)
        for path in try paths(source) {
            try disk.createFolder(FilePath.folder(of: FilePath.join(target, path)))
            let file = try disk.openFile(FilePath.join(source, path), .readOnly)
            let bytes = try file.bytes(0..<file.size())
            try disk.openFile(FilePath.join(target, path), .create).write(bytes, at: 0)
        }
    }
}
