/// A named set of collections in an open folder.
public struct Database: Sendable {
    public static let defaultName = "default"

    public let name: String
    public let instance: Instance

    /// Opens a folder and gives its default database. Close it by `close`.
    public static func open(at folder: String, options: DatabaseOptions = DatabaseOptions()) throws -> Database {
        try Instance(folder: folder, options: options).database()
    }

    /// Closes the folder with all its databases.
    public func close() throws { try instance.close() }

    /// Names of the collections, ascending.
    public func listCollections() throws -> [String] { try instance.collectionNames(in: name) }

    /// Whether there is a collection with the name or alias.
    public func hasCollection(_ name: String) throws -> Bool { try instance.hasCollection(name, in: self.name) }

    /// Creates an empty collection. It takes rows at once and is searched after `load`.
    ///
    /// - Parameters:
    ///   - indexes: how vector fields are indexed, by field; a field without is scanned exactly by COSINE.
    ///   - properties: as `Collection.alterProperties` takes them.
    @discardableResult
    public func createCollection(
        _ name: String, schema: Schema, indexes: [String: IndexDefinition] = [:],
        properties: [String: String] = [:]
    ) throws -> Collection {
        for (name, definition) in indexes.sorted(by: { $0.key < $1.key }) {
            let field = schema.fields[try schema.requirePosition(of: name)]
            guard field.type.isVector else {
                throw ApusError(
                    .invalidArgument, "field '\(name)' is of type \(field.type); only vector fields are indexed")
            }
            try definition.check(fits: field, of: schema)
        }
        try CollectionProperties.check(properties)
        return try instance.createCollection(
            name, in: self.name, schema: schema, definitions: indexes, properties: properties)
    }

    /// The collection with a name or alias. An alias is looked up now: the collection that it gives stays the same when
    /// the alias is switched later.
    ///
    /// - Throws: `ApusError` with code `notFound` that lists the collections there are.
    public func collection(_ name: String) throws -> Collection { try instance.collection(name, in: self.name) }

    public func renameCollection(_ name: String, to newName: String) throws {
        try instance.renameCollection(name, to: newName, in: self.name)
    }

    /// Removes a collection with all its rows. Its aliases must be dropped or switched to another collection before.
    public func dropCollection(_ name: String) throws { try instance.dropCollection(name, in: self.name) }
}
