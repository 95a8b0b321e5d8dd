import Synchronization

/// How a folder is opened.
public struct DatabaseOptions: Sendable {
    /// Threads of an index build. The result does not depend on it.
    public var buildThreads: Int
    /// Bytes of rows after which a segment is sealed, at most `Limits.segmentBytes`.
    public var segmentBytes: Int

    /// Tells when entities expire that have a time to live.
    public var clock: WallClock

    public init(
        buildThreads: Int = Processors.count, segmentBytes: Int = Limits.segmentBytes, clock: WallClock = .system
    ) {
        self.clock = clock
        self.buildThreads = max(1, buildThreads)
        self.segmentBytes = min(max(1, segmentBytes), Limits.segmentBytes)
    }
}

/// An open folder with its databases. One opener at a time: it holds the folder's lock until `close`.
public final class Instance: Sendable {
    public let folder: String
    private let fileSystem: any FileSystem
    private let options: DatabaseOptions

    private struct State {
        var lock: (any FolderLock)?
        var catalog: Catalog
        /// Whether a failed replacement left it open which catalog the disk holds.
        var isCatalogUncertain = false
        var open: [UInt64: Collection] = [:]
    }

    private let state: Mutex<State>

    /// Opens a folder, and makes it an Apus folder if it is empty or not there.
    ///
    /// - Throws: `ApusError`; `locked` names the program that holds the folder.
    public convenience init(folder: String, options: DatabaseOptions = DatabaseOptions()) throws {
        OpenFileLimit.raise()
        try self.init(folder: folder, options: options, fileSystem: POSIXFileSystem())
    }

    init(folder: String, options: DatabaseOptions, fileSystem: any FileSystem) throws {
        self.folder = folder
        self.fileSystem = fileSystem
        self.options = options
        let (lock, catalog) = try ApusError.translating {
            try Self.makeFolder(fileSystem, folder)
            let lock = try fileSystem.lockFolder(folder)
            return (lock, try Self.openCatalog(fileSystem, folder: folder))
        }
        state = Mutex(State(lock: lock, catalog: catalog))
    }

    /// Closes all collections and gives the folder free. Rows in memory only are in the log, so nothing is lost.
    ///
    /// - Throws: if a collection could not make its last writes durable. The folder is free also then.
    public func close() throws {
        try withState { state in
            defer {
                state.open = [:]
                state.lock?.release()
                state.lock = nil
            }
            let failures = state.open.sorted { $0.key < $1.key }.compactMap { _, collection in
                Swift.Result { try collection.close() }.failure
            }
            if let first = failures.first { throw first }
        }
    }

    // MARK: Databases

    public var databaseNames: [String] {
        state.withLock { $0.catalog.databases.keys.sorted() }
    }

    /// - Throws: `ApusError` with code `notFound` that lists the databases there are.
    public func database(_ name: String = Database.defaultName) throws -> Database {
        guard try withState({ $0.catalog.databases[name] != nil }) else { throw unknownDatabase(name) }
        return Database(name: name, instance: self)
    }

    @discardableResult
    public func createDatabase(_ name: String) throws -> Database {
        try Name.check(name, of: "database")
        try changeCatalog { catalog in
            guard catalog.databases[name] == nil else {
                throw ApusError(.alreadyExists, "there is a database '\(name)' already")
            }
            catalog.databases[name] = [:]
        }
        return Database(name: name, instance: self)
    }

    /// Removes an empty database.
    public func dropDatabase(_ name: String) throws {
        guard name != Database.defaultName else {
            throw ApusError(.invalidArgument, "the database '\(name)' cannot be dropped")
        }
        try changeCatalog { catalog in
            guard let collections = catalog.databases[name] else { throw unknownDatabase(name) }
            guard collections.isEmpty else {
                throw ApusError(
                    .invalidArgument, "the database '\(name)' holds \(collections.count) collections; drop them first")
            }
            catalog.databases[name] = nil
            catalog.aliases[name] = nil
        }
    }

    // MARK: Collections, for `Database`

    func collectionNames(in database: String) throws -> [String] {
        try withState { try collections(of: database, $0.catalog).keys.sorted() }
    }

    func createCollection(
        _ name: String, in database: String, schema: Schema, definitions: [String: IndexDefinition],
        properties: [String: String]
    ) throws -> Collection {
        try Name.check(name, of: "collection")
        return try withState { state in
            var catalog = state.catalog
            let present = try collections(of: database, catalog)
            guard present[name] == nil else {
                throw ApusError(
                    .alreadyExists, "there is a collection '\(name)' already; choose another name or drop it")
            }
            try refuseAlias(name, in: database, catalog)
            guard present.count < Limits.collectionsPerDatabase else {
                throw ApusError(
                    .invalidArgument,
                    "the database '\(database)' holds \(present.count) collections; more do not fit")
            }
            let number = catalog.nextFolder
            // Taken even if this fails, so that no folder is ever used twice.
            state.catalog.nextFolder += 1
            catalog.nextFolder += 1
            catalog.databases[database]![name] = number
            let path = path(of: number)
            do {
                try fileSystem.createFolder(path)
                try Collection.create(
                    fileSystem, folder: path, schema: schema, definitions: definitions, properties: properties)
                try fileSystem.syncFolder(folder)
                let collection = try openCollection(path)
                try write(catalog, &state)
                state.open[number] = collection
                return collection
            } catch {
                if !state.isCatalogUncertain { Self.removeFolder(fileSystem, path) }
                throw error
            }
        }
    }

    func collection(_ name: String, in database: String) throws -> Collection {
        try withState { state in
            let number = try folderNumber(of: name, in: database, state.catalog)
            if let collection = state.open[number] { return collection }
            // Rows must not be acknowledged in a folder that the catalog on the disk may not name.
            if state.isCatalogUncertain { try write(state.catalog, &state) }
            let collection = try openCollection(path(of: number))
            state.open[number] = collection
            return collection
        }
    }

    func renameCollection(_ name: String, to newName: String, in database: String) throws {
        try Name.check(newName, of: "collection")
        try changeCatalog { catalog in
            let number = try ownFolderNumber(of: name, in: database, catalog, toDo: "rename")
            guard catalog.databases[database]?[newName] == nil else {
                throw ApusError(.alreadyExists, "there is a collection '\(newName)' already")
            }
            try refuseAlias(newName, in: database, catalog)
            catalog.databases[database]![name] = nil
            catalog.databases[database]![newName] = number
        }
    }

    func dropCollection(_ name: String, in database: String) throws {
        try withState { state in
            var catalog = state.catalog
            let number = try ownFolderNumber(of: name, in: database, catalog, toDo: "drop")
            try refuseAliased(name, number, in: database, catalog)
            catalog.databases[database]![name] = nil
            do {
                try write(catalog, &state)
            } catch {
                // If nobody knows whether it is dropped, nothing more may be written to it.
                if state.isCatalogUncertain { try? state.open.removeValue(forKey: number)?.close() }
                throw error
            }
            // The rows are to go, so it does not matter whether the last of them became durable.
            try? state.open.removeValue(forKey: number)?.close()
            Self.removeFolder(fileSystem, path(of: number))
        }
    }

    // MARK: Parts

    /// The catalog in force.
    func currentCatalog() throws -> Catalog { try withState { $0.catalog } }

    private func withState<Result>(_ body: (inout sending State) throws -> sending Result) throws -> Result {
        try ApusError.translating {
            try state.withLock { state in
                guard state.lock != nil else {
                    throw ApusError(.closed, "the folder \(folder) was closed; open it again")
                }
                return try body(&state)
            }
        }
    }

    func changeCatalog(_ change: (inout Catalog) throws -> Void) throws {
        try withState { state in
            var catalog = state.catalog
            try change(&catalog)
            try write(catalog, &state)
        }
    }

    /// Puts a catalog in force, on the disk first.
    private func write(_ catalog: Catalog, _ state: inout State) throws {
        do {
            try catalog.write(fileSystem, folder: folder)
        } catch {
            // A full disk is noticed before the new catalog gets its name; after any other failure it may have it.
            if (error as? StorageError)?.code != .noSpace { state.isCatalogUncertain = true }
            throw error
        }
        state.catalog = catalog
        state.isCatalogUncertain = false
    }

    private func openCollection(_ path: String) throws -> Collection {
        try Collection(
            fileSystem: fileSystem, folder: path, buildThreads: options.buildThreads,
            segmentBytes: options.segmentBytes, clock: options.clock)
    }

    private func path(of number: UInt64) -> String { FilePath.join(folder, Catalog.folderName(number)) }

    func collections(of database: String, _ catalog: Catalog) throws -> [String: UInt64] {
        guard let collections = catalog.databases[database] else { throw unknownDatabase(database) }
        return collections
    }

    /// Of a collection by its name or an alias.
    func folderNumber(of name: String, in database: String, _ catalog: Catalog) throws -> UInt64 {
        let present = try collections(of: database, catalog)
        if let number = present[name] ?? catalog.aliases[database]?[name] { return number }
        let known = present.keys.sorted().joined(separator: ", ")
        throw ApusError(
            .notFound,
            "there is no collection '\(name)' in the database '\(database)'; \(known.isEmpty ? "it is empty" : "there are \(known)")"
        )
    }

    private func unknownDatabase(_ name: String) -> ApusError {
        ApusError(.notFound, "there is no database '\(name)'; create it first")
    }

    /// Makes the folder if it is not there; its name is durable afterwards.
    private static func makeFolder(_ fileSystem: any FileSystem, _ folder: String) throws {
        if try fileSystem.exists(folder) { return }
        try fileSystem.createFolder(folder)
        try fileSystem.syncFolder(FilePath.folder(of: folder))
    }

    /// The catalog of a folder, written first if the folder is new; collections that it does not name are removed.
    private static func openCatalog(_ fileSystem: any FileSystem, folder: String) throws -> Catalog {
        let names = try fileSystem.list(folder)
        guard names.contains(Catalog.fileName) else {
            try checkIsNew(folder, names)
            let catalog = Catalog()
            try catalog.write(fileSystem, folder: folder)
            return catalog
        }
        let catalog = try Catalog.read(fileSystem, folder: folder)
        try AtomicFile.removeLeftover(fileSystem, folder: folder, name: Catalog.fileName)
        let named = Set(catalog.databases.values.flatMap(\.values))
        for number in names.compactMap(Catalog.folderNumber) where !named.contains(number) {
            removeFolder(fileSystem, FilePath.join(folder, Catalog.folderName(number)))
        }
        return catalog
    }

    /// A folder without a catalog may hold what an interrupted first opening left, and nothing else: what it holds
    /// belongs to somebody else, or to a catalog that is lost.
    private static func checkIsNew(_ folder: String, _ names: [String]) throws {
        let known = [FolderLockHolder.fileName, Catalog.fileName + AtomicFile.temporarySuffix]
        guard let stray = names.first(where: { !known.contains($0) }) else { return }
        guard names.contains(where: { Catalog.folderNumber($0) != nil }) else {
            throw ApusError(
                .invalidArgument,
                "the folder \(folder) holds '\(stray)', but no Apus catalog; give an empty folder or one that Apus made"
            )
        }
        throw StorageError(
            .corrupted, path: FilePath.join(folder, Catalog.fileName),
            message: "the catalog is missing, but there are collections; restore it from a backup")
    }

    /// Removes a folder that nothing names. What cannot be removed now is removed at the next opening.
    private static func removeFolder(_ fileSystem: any FileSystem, _ path: String) {
        for name in (try? fileSystem.list(path)) ?? [] { try? fileSystem.remove(FilePath.join(path, name)) }
        try? fileSystem.removeFolder(path)
    }
}

extension Swift.Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
