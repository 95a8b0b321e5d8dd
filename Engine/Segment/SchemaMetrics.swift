extension Schema {
    /// The metric of every vector field, by name: that of its index, or the one by which fields without an index are
    /// scanned.
    func metrics(_ definitions: [String: IndexDefinition]) -> [String: Metric] {
        Dictionary(
            uniqueKeysWithValues: vectorFields.map { field in
                (field.name, (definitions[field.name] ?? .unindexed).metric)
            })
    }
}
