/// Other names of collections. An alias stands wherever `collection(_:)` takes a name, and can be switched to another
/// collection in one step: whoever looks it up finds the one or the other, also after a crash.
///
///     try database.createAlias("current", for: "glosses_1")
///     try database.alterAlias("current", to: "glosses_2")
extension Database {
    /// Makes an alias. One that the collection has already is left as it is.
    ///
    /// - Throws: `ApusError` with code `alreadyExists` if the name is that of a collection or an alias of another one,
    ///   `notFound` if there is no such collection.
    public func createAlias(_ alias: String, for collection: String) throws {
        try instance.createAlias(alias, for: collection, in: name)
    }

    /// Switches an alias to another collection.
    ///
    /// - Throws: `ApusError` with code `notFound` if there is no such alias or collection.
    public func alterAlias(_ alias: String, to collection: String) throws {
        try instance.alterAlias(alias, to: collection, in: name)
    }

    /// Removes an alias, not its collection. Returns false if there is no such alias.
    @discardableResult
    public func dropAlias(_ alias: String) throws -> Bool { try instance.dropAlias(alias, in: name) }

    /// Aliases, ascending: of one collection, or for nil of all.
    public func listAliases(of collection: String? = nil) throws -> [String] {
        try instance.aliases(of: collection, in: name)
    }

    /// The name of the collection that an alias stands for.
    ///
    /// - Throws: `ApusError` with code `notFound` if there is no such alias.
    public func describeAlias(_ alias: String) throws -> String { try instance.describeAlias(alias, in: name) }
}
