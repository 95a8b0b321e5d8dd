/// Files that are replaced as a whole: after a crash the old or the new content is there, never a mixture.
enum AtomicFile {
    /// The end of the names of files that are not complete yet.
    static let temporarySuffix = ".tmp"

    /// Writes `body` under a temporary name, makes it durable, and gives it the name `name`.
    ///
    /// After an error before the rename the old content is in force. If the rename was done and its sync failed,
    /// either content may be found after a crash, so the caller must not go on as if one of them were certain.
    static func replace(
        _ fileSystem: any FileSystem, folder: String, name: String, kind: FileKind, body: [UInt8]
    ) throws {
        let target = FilePath.join(folder, name)
        let temporary = target + temporarySuffix
        try removeLeftover(fileSystem, folder: folder, name: name)
        try write(fileSystem, path: temporary, kind: kind, body: body)
        try fileSystem.rename(temporary, to: target)
        try fileSystem.syncFolder(folder)
    }

    /// The body of the file, checked.
    static func read(
        _ fileSystem: any FileSystem, folder: String, name: String, kind: FileKind
    ) throws -> ByteReader {
        try FileReader.open(fileSystem, path: FilePath.join(folder, name), kind: kind).byteReader()
    }

    /// Removes what an interrupted replacement of a file left; for the opening of its folder.
    static func removeLeftover(_ fileSystem: any FileSystem, folder: String, name: String) throws {
        let temporary = FilePath.join(folder, name) + temporarySuffix
        if try fileSystem.exists(temporary) { try fileSystem.remove(temporary) }
    }

    private static func write(
        _ fileSystem: any FileSystem, path: String, kind: FileKind, body: [UInt8]
    ) throws {
        let writer = try FileWriter(fileSystem, path: path, kind: kind)
        do {
            try writer.append(body)
            try writer.finish()
        } catch {
            writer.abandon()
            throw error
        }
    }
}
