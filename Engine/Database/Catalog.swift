/// Which databases and collections a folder holds, in which subfolder each collection lies, and its other names.
struct Catalog: Sendable {
    static let fileName = "CATALOG"
    static let kind = FileKind("CATA", name: "catalog", version: 2)

    /// Number of the folder of each collection, by database and name.
    var databases: [String: [String: UInt64]] = [Database.defaultName: [:]]
    /// Number of the folder of the collection that each alias stands for, by database and alias. By number and not by
    /// name, so that an alias follows its collection when that is renamed.
    var aliases: [String: [String: UInt64]] = [:]
    /// Folders are never used twice.
    var nextFolder: UInt64 = 1

    func write(_ fileSystem: any FileSystem, folder: String) throws {
        var writer = ByteWriter()
        writer.append(nextFolder)
        writer.appendCount(databases.count)
        for (name, collections) in databases.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            Self.write(collections, to: &writer)
            Self.write(aliases[name] ?? [:], to: &writer)
        }
        try AtomicFile.replace(fileSystem, folder: folder, name: Self.fileName, kind: Self.kind, body: writer.bytes)
    }

    private static func write(_ numbers: [String: UInt64], to writer: inout ByteWriter) {
        writer.appendCount(numbers.count)
        for (name, number) in numbers.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            writer.append(number)
        }
    }

    static func read(_ fileSystem: any FileSystem, folder: String) throws -> Catalog {
        let file = try FileReader.open(fileSystem, path: FilePath.join(folder, fileName), kind: kind)
        var reader = try file.byteReader()
        var catalog = Catalog(databases: [:], nextFolder: try reader.uint64())
        guard catalog.nextFolder < UInt64.max / 2 else {
            throw reader.corrupted("\(catalog.nextFolder) is no number of a folder")
        }
        var taken: Set<UInt64> = []
        for _ in 0..<(try reader.count(minimumBytesEach: 2)) {
            let name = try reader.string()
            let collections = try readNumbers(from: &reader)
            for number in collections.values.sorted() {
                guard number < catalog.nextFolder, taken.insert(number).inserted else {
                    throw reader.corrupted("folder \(number) belongs to two collections or is not made yet")
                }
            }
            catalog.databases[name] = collections
            // Version 1 knew no aliases.
            if file.version > 1 { catalog.aliases[name] = try readAliases(of: collections, from: &reader) }
        }
        try reader.expectEnd()
        return catalog
    }

    private static func readNumbers(from reader: inout ByteReader) throws -> [String: UInt64] {
        var numbers: [String: UInt64] = [:]
        for _ in 0..<(try reader.count(minimumBytesEach: 9)) {
            let name = try reader.string()
            guard numbers.updateValue(try reader.uint64(), forKey: name) == nil else {
                throw reader.corrupted("the name '\(name)' is given twice")
            }
        }
        return numbers
    }

    private static func readAliases(
        of collections: [String: UInt64], from reader: inout ByteReader
    ) throws -> [String: UInt64] {
        let aliases = try readNumbers(from: &reader)
        let numbers = Set(collections.values)
        for (alias, number) in aliases where collections[alias] != nil || !numbers.contains(number) {
            throw reader.corrupted("the alias '\(alias)' is the name of a collection or stands for none")
        }
        return aliases
    }

    private static let folderPrefix = "collection-"

    static func folderName(_ number: UInt64) -> String { "\(folderPrefix)\(number)" }

    /// The number of a collection's folder; nil for the name of anything else.
    static func folderNumber(_ name: String) -> UInt64? {
        guard name.hasPrefix(folderPrefix), let number = UInt64(name.dropFirst(folderPrefix.count)) else { return nil }
        return name == folderName(number) ? number : nil
    }
}
