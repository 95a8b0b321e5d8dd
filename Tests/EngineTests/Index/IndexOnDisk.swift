@testable import Apus

/// An index in a file of its own.
struct IndexOnDisk {
    let disk: any FileSystem
    let path: String
    let definition: IndexDefinition
    let digest: UInt64
    let rowCount: Int

    static let kind = FileKind("INDX", name: "index", version: 1)

    /// Writes the index to a new file.
    init(_ index: any StoredIndex, rowCount: Int, disk: any FileSystem, folder: String) throws {
        self.disk = disk
        path = FilePath.join(folder, "test.index")
        definition = index.definition
        digest = index.digest
        self.rowCount = rowCount
        let writer = try FileWriter(disk, path: path, kind: Self.kind)
        try index.write { try writer.append($0) }
        try writer.finish()
    }

    /// The same file on another disk.
    init(_ original: IndexOnDisk, on disk: any FileSystem) {
        self.disk = disk
        path = original.path
        definition = original.definition
        digest = original.digest
        rowCount = original.rowCount
    }

    func reader() throws -> FileReader { try FileReader.open(disk, path: path, kind: Self.kind) }

    func open(digest: UInt64? = nil) throws -> any VectorIndex {
        try IndexFactory.open(
            definition, file: reader(), digest: digest ?? self.digest, rows: nil, count: rowCount)
    }

    func verify() throws {
        try IndexFactory.verify(definition, file: reader(), digest: digest, count: rowCount)
    }
}
