/// Which databases and collections a folder holds, and in which subfolder each collection lies.
struct Catalog: Sendable {
    static let fileName = "CATALOG"
    static let kind = FileKind("CATA", name: "catalog", version: 1)

    /// Number of the folder of each collection, by database and name.
    var databases: [String: [String: UInt64]] = [Database.defaultName: [:]]
    /// Folders are never used twice.
    var nextFolder: UInt64 = 1

    func write(_ fileSystem: any FileSystem, folder: String) throws {
        var writer = ByteWriter()
        writer.append(nextFolder)
        writer.appendCount(databases.count)
        for (name, collections) in databases.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            writer.appendCount(collections.count)
            for (collection, number) in collections.sorted(by: { $0.key < $1.key }) {
                writer.append(collection)
                writer.append(number)
            }
        }
        try AtomicFile.replace(fileSystem, folder: folder, name: Self.fileName, kind: Self.kind, body: writer.bytes)
    }

    static func read(_ fileSystem: any FileSystem, folder: String) throws -> Catalog {
        var reader = try AtomicFile.read(fileSystem, folder: folder, name: fileName, kind: kind)
        var catalog = Catalog(databases: [:], nextFolder: try reader.uint64())
        guard catalog.nextFolder < UInt64.max / 2 else {
            throw reader.corrupted("\(catalog.nextFolder) is no number of a folder")
        }
        var taken: Set<UInt64> = []
        for _ in 0..<(try reader.count(minimumBytesEach: 2)) {
            let name = try reader.string()
            var collections: [String: UInt64] = [:]
            for _ in 0..<(try reader.count(minimumBytesEach: 9)) {
                let collection = try reader.string()
                let number = try reader.uint64()
                guard number < catalog.nextFolder, taken.insert(number).inserted else {
                    throw reader.corrupted("folder \(number) belongs to two collections or is not made yet")
                }
                collections[collection] = number
            }
            catalog.databases[name] = collections
        }
        try reader.expectEnd()
        return catalog
    }

    private static let folderPrefix = "collection-"

    static func folderName(_ number: UInt64) -> String { "\(folderPrefix)\(number)" }

    /// The number of a collection's folder; nil for the name of anything else.
    static func folderNumber(_ name: String) -> UInt64? {
        guard name.hasPrefix(folderPrefix), let number = UInt64(name.dropFirst(folderPrefix.count)) else { return nil }
        return name == folderName(number) ? number : nil
    }
}
