import TestSupport
import Testing

@testable import Apus
@testable import ApusTool

@Suite struct VerifyTests {
    /// A folder with a file of every kind: sealed rows with an index and deletions, and rows in the log.
    private func makeDatabase(_ data: SmallData) throws {
        importRows(data)
        let database = try Database.open(at: data.database)
        let collection = try database.collection("things")
        try collection.delete(keys: [3, 4])
        try collection.flush()
        let rows = (0..<40).map { Int64(1_000 + $0) }
        for part in [rows[..<20], rows[20...]] {
            try collection.insert([
                FieldData("id", .int64(Array(part))),
                FieldData(
                    "vector", .floatVector(part.flatMap { row in (0..<8).map { Float(row) + Float($0) } })),
            ])
        }
        try database.close()
    }

    private func importRows(_ data: SmallData) {
        let imported = ToolRun(
            "import", "--folder", data.database, "--collection", "things", "--file", data.base, "--metric",
            "L2",
            "--index", "HNSW(M=8)")
        #expect(imported.exitCode == .success, "\(imported.error)")
    }

    private func verify(_ data: SmallData) -> ToolRun { ToolRun("verify", "--folder", data.database) }

    @Test func aSoundFolderPasses() throws {
        let data = SmallData()
        try makeDatabase(data)
        let run = verify(data)
        #expect(run.exitCode == .success, "\(run.output)\(run.error)")
        #expect(run.output.contains("338 live rows"))
        #expect(run.output.contains("298 rows searched for"))
        #expect(run.output.contains("40 scanned exactly"))
    }

    @Test func aFlippedByteIsFoundInEveryKindOfFile() throws {
        let data = SmallData()
        try makeDatabase(data)
        let fileSystem = POSIXFileSystem()
        let folder = data.database + "/collection-1"
        let paths =
            try fileSystem.list(folder).map { folder + "/" + $0 } + [data.database + "/CATALOG"]
        let endings = [".column", ".vectors", ".index", ".deletions-1", "MANIFEST", ".log", "CATALOG"]
        for ending in endings { #expect(paths.contains { $0.hasSuffix(ending) }, "\(ending)") }
        for path in paths {
            // Each on a copy, since opening mends what it can.
            let copy = try Copy(of: data.database)
            let target = copy.path + path.dropFirst(data.database.count)
            try flipByte(of: target)
            let run = ToolRun("verify", "--folder", copy.path)
            #expect(run.exitCode == .failure, "\(path): \(run.output)\(run.error)")
            #expect((run.output + run.error).contains(target), "\(path): \(run.output)\(run.error)")
        }
    }

    @Test func aRowThatNothingLinksToIsFound() throws {
        let data = SmallData()
        // No deletions: among few rows, some of them deleted, the engine scans, and finds the row all the same.
        importRows(data)
        let key = try unlinkRow(in: data.database + "/collection-1")
        let run = verify(data)
        #expect(run.exitCode == .failure)
        #expect(run.output.contains("1 not found"), "\(run.output)")
        #expect(run.output.contains("not found: \(key)\n"), "\(run.output)")
    }

    /// Removes all links to a row from the index file, with checksum and digest as if it had been built so. Returns
    /// the key of the row.
    private func unlinkRow(in folder: String) throws -> PrimaryKey {
        let fileSystem = POSIXFileSystem()
        var manifest = try CollectionManifest.read(fileSystem, folder: folder)
        let files = SegmentFiles(fileSystem: fileSystem, folder: folder)
        let record = manifest.segments[0]
        let entry = record.indexes[0]
        let graph = try HNSWGraph(
            file: SegmentIndexFiles(files: files).openFile(entry, record: record), digest: entry.digest,
            rowCount: record.rowCount)
        let victim = (10..<UInt32(record.rowCount)).first { graph.level(of: $0) == 0 }!
        for row in 0..<UInt32(record.rowCount) {
            let links = graph.links(level: 0)
            let block = links.block(of: row)
            let kept = (0..<links.count(in: block)).map { block[$0] }.filter { $0 != victim }
            for place in 0..<links.width {
                block[place] = place < kept.count ? kept[place] : HNSWGraph.noLink
            }
        }
        try files.write(files.indexName(record.identifier, entry.field), kind: SegmentFiles.indexKind) {
            writer in
            try graph.writeBody { try writer.append($0) }
        }
        manifest.segments[0].indexes[0] = SegmentRecord.Index(field: entry.field, digest: graph.digest)
        try manifest.write(fileSystem, folder: folder)
        let keys = try files.readColumn(record, field: 0, schema: manifest.schema)
        return keys.key(at: Int(victim))
    }

    private func flipByte(of path: String) throws {
        let file = try POSIXFileSystem().openFile(path, .readWrite)
        defer { try? file.close() }
        let place = try file.size() / 2
        let byte = try file.bytes(place..<place + 1)[0]
        try file.write([byte ^ 0x10], at: place)
    }

    /// A copy of a database folder.
    private final class Copy {
        private let folder = TemporaryFolder()
        var path: String { folder.path + "/copy" }

        init(of source: String) throws { try copy(source, to: path) }

        private func copy(_ source: String, to target: String) throws {
            let fileSystem = POSIXFileSystem()
            try fileSystem.createFolder(target)
            for name in try fileSystem.list(source) {
                let (from, to) = (source + "/" + name, target + "/" + name)
                if name.hasPrefix("collection-") {
                    try copy(from, to: to)
                } else {
                    let bytes = try fileSystem.openFile(from, .readOnly).bytes(0..<fileSystem.size(from))
                    try fileSystem.openFile(to, .create).write(bytes, at: 0)
                }
            }
        }
    }
}
