extension Collection {
    /// Indexes a scalar field, or a value inside of a JSON field, for filters. An index of the same field and path is
    /// replaced. No index changes what a filter finds.
    ///
    /// Rows are sealed, and each segment gets its own index, now and whenever one is sealed. After an error the index
    /// may be asked for but not built: filters then read the values, until the next `flush` or `load` builds it.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` if the index does not suit the field.
    public func createIndex(
        on field: String, _ definition: ScalarIndexDefinition, progress: BuildProgress = .silent
    ) throws {
        let position = try schema.requirePosition(of: field)
        try definition.check(fits: schema.fields[position], isPrimaryKey: position == schema.primaryKeyIndex)
        try ApusError.translating {
            try maintenance.createScalarIndex(definition, field: position, progress: progress)
        }
    }

    /// How each scalar field is indexed; a JSON field may have several indexes, of different paths.
    public var scalarIndexDefinitions: [String: [ScalarIndexDefinition]] {
        let manifest = maintenance.currentManifest
        return Dictionary(grouping: manifest.scalarIndexes) { manifest.schema.fields[$0.field].name }
            .mapValues { $0.map(\.definition) }
    }

    /// Removes the index of one path of a JSON field.
    ///
    /// - Throws: `ApusError` with code `notFound` if there is none.
    public func dropIndex(on field: String, jsonPath: String) throws {
        let position = try schema.requirePosition(of: field)
        guard let keys = JSONPathParser.parse(jsonPath, field: field) else {
            throw ApusError(
                .invalidArgument, "json_path '\(jsonPath)' cannot be read; write it as \(field)[\"name\"][0]")
        }
        let schema = schema
        try dropScalarIndexes(named: "path '\(jsonPath)' of field '\(field)'") {
            $0.path(in: schema) == ScalarPath(field: position, keys: keys)
        }
    }

    /// Removes all indexes of a scalar field.
    func dropScalarIndexes(on field: String) throws {
        let position = try schema.requirePosition(of: field)
        try dropScalarIndexes(named: "field '\(field)'") { $0.field == position }
    }

    private func dropScalarIndexes(named place: String, where isDropped: (ScalarIndexRecord) -> Bool) throws {
        let count = try ApusError.translating { try maintenance.dropScalarIndexes(where: isDropped) }
        if count == 0 { throw ApusError(.notFound, "\(place) has no index") }
    }
}
