/// Aliases, for `Database`. Each change replaces the catalog as a whole.
extension Instance {
    func hasCollection(_ name: String, in database: String) throws -> Bool {
        let catalog = try currentCatalog()
        return try collections(of: database, catalog)[name] != nil || catalog.aliases[database]?[name] != nil
    }

    func createAlias(_ alias: String, for collection: String, in database: String) throws {
        try Name.check(alias, of: "alias")
        try changeCatalog { catalog in
            let number = try folderNumber(of: collection, in: database, catalog)
            guard catalog.databases[database]?[alias] == nil else {
                throw ApusError(
                    .alreadyExists,
                    "alias and collection name conflict[database=\(database)][alias=\(alias)]; choose another alias")
            }
            if let taken = catalog.aliases[database]?[alias], taken != number {
                throw ApusError(
                    .alreadyExists,
                    "alias already exist[database=\(database)][alias=\(alias)]: it stands for "
                        + "'\(Self.name(of: taken, in: database, catalog))'; use alterAlias to switch it")
            }
            catalog.aliases[database, default: [:]][alias] = number
        }
    }

    func alterAlias(_ alias: String, to collection: String, in database: String) throws {
        try changeCatalog { catalog in
            _ = try Self.requireAlias(alias, in: database, catalog)
            catalog.aliases[database]![alias] = try folderNumber(of: collection, in: database, catalog)
        }
    }

    func dropAlias(_ alias: String, in database: String) throws -> Bool {
        guard try currentCatalog().aliases[database]?[alias] != nil else { return false }
        try changeCatalog { $0.aliases[database]?[alias] = nil }
        return true
    }

    func aliases(of collection: String?, in database: String) throws -> [String] {
        let catalog = try currentCatalog()
        _ = try collections(of: database, catalog)
        let aliases = catalog.aliases[database] ?? [:]
        guard let collection else { return aliases.keys.sorted() }
        let number = try folderNumber(of: collection, in: database, catalog)
        return aliases.filter { $0.value == number }.keys.sorted()
    }

    func describeAlias(_ alias: String, in database: String) throws -> String {
        let catalog = try currentCatalog()
        return Self.name(of: try Self.requireAlias(alias, in: database, catalog), in: database, catalog)
    }

    // MARK: What other calls must not do to aliases

    /// - Throws: `ApusError` with code `alreadyExists` if a new name of a collection is an alias.
    func refuseAlias(_ name: String, in database: String, _ catalog: Catalog) throws {
        guard let number = catalog.aliases[database]?[name] else { return }
        throw ApusError(
            .alreadyExists,
            "collection name '\(name)' conflicts with an alias of "
                + "'\(Self.name(of: number, in: database, catalog))'; choose another name or drop the alias")
    }

    /// - Throws: `ApusError` with code `invalidArgument` if a collection has aliases.
    func refuseAliased(_ name: String, _ number: UInt64, in database: String, _ catalog: Catalog) throws {
        let aliases = (catalog.aliases[database] ?? [:]).filter { $0.value == number }.keys.sorted()
        guard !aliases.isEmpty else { return }
        throw ApusError(
            .invalidArgument,
            "the collection '\(name)' has associated aliases \(aliases.joined(separator: ", ")); "
                + "drop them first or switch them to another collection")
    }

    /// The folder of a collection by its own name.
    ///
    /// - Parameter toDo: what is to be done with it, for the error that an alias gets.
    func ownFolderNumber(
        of name: String, in database: String, _ catalog: Catalog, toDo: String
    ) throws -> UInt64 {
        if let number = catalog.aliases[database]?[name] {
            throw ApusError(
                .invalidArgument,
                "cannot \(toDo) the collection via alias = \(name); name "
                    + "'\(Self.name(of: number, in: database, catalog))' itself")
        }
        return try folderNumber(of: name, in: database, catalog)
    }

    private static func requireAlias(_ alias: String, in database: String, _ catalog: Catalog) throws -> UInt64 {
        if let number = catalog.aliases[database]?[alias] { return number }
        throw ApusError(
            .notFound, "alias not found[database=\(database)][alias=\(alias)]; create it by createAlias")
    }

    /// The name of the collection in a folder. An alias stands for a collection that there is.
    private static func name(of number: UInt64, in database: String, _ catalog: Catalog) -> String {
        catalog.databases[database]!.first { $0.value == number }!.key
    }
}
