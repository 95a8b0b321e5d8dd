extension Collection {
    /// Adds a scalar field behind the others. Entities that are there have its default value, or null; writers and
    /// readers go on meanwhile, and no file is rewritten. When the call returns the field is durable.
    ///
    /// A key of that name in the dynamic field stays where it is and is found under `$meta`.
    ///
    /// - Throws: `ApusError` with code `alreadyExists` for a name that is taken, `invalidArgument` for a vector, for a
    ///   field that is neither nullable nor has a default value, and past `Limits.fieldsPerCollection`.
    public func addField(_ field: Field) throws {
        try ApusError.translating { try maintenance.addField(field) }
    }

    /// Settings under Milvus's names. `collection.ttl.seconds` is the time to live of entities: that long after an entity
    /// was written it is in no search, query, get or count, and the next compaction gives its space back.
    ///
    /// The time of a collection never goes back while it is open, and when it is opened again it does not begin before
    /// the latest of its writes, flushes and compactions. So a clock that jumps back brings no expired entity back, but
    /// those of which nobody has taken notice on disk: expired since the last write, flush and compaction before the
    /// collection was closed. A clock that jumped ahead makes entities expire early, and later ones late, until the clock has
    /// caught up.
    public var properties: [String: String] { maintenance.currentManifest.properties }

    /// Sets properties; the others stay. A longer time to live brings expired entities back, unless a compaction has
    /// dropped them.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` naming the property and what it may be.
    public func alterProperties(_ properties: [String: String]) throws {
        try ApusError.translating {
            try maintenance.alterProperties { $0.merge(properties) { _, new in new } }
        }
    }

    /// Removes properties; names that are not set are passed over.
    public func dropProperties(_ names: [String]) throws {
        try ApusError.translating {
            try maintenance.alterProperties { properties in
                for name in names { properties[name] = nil }
            }
        }
    }
}
