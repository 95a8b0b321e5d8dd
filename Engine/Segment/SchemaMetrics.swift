extension Schema {
    /// The metric of every vector field, by name: that of its index, or the one by which fields without an index are
    /// scanned.
    func metrics(_ definitions: [String: IndexDefinition]) -> [String: Metric] {
        Dictionary(
            uniqueKeysWithValues: fields.indices.filter { fields[$0].type.isVector }.map {
                (fields[$0].name, metric(ofFieldAt: $0, definitions))
            })
    }

    func metric(ofFieldAt position: Int, _ definitions: [String: IndexDefinition]) -> Metric {
        definition(ofFieldAt: position, definitions).metric
    }

    /// How a vector field is searched: by its index, or by an exact scan.
    func definition(ofFieldAt position: Int, _ definitions: [String: IndexDefinition]) -> IndexDefinition {
        indexDefinition(ofFieldAt: position, definitions)
            ?? (function(writing: position) == nil ? .unindexed(fields[position].type) : .unindexedTexts)
    }

    /// How a vector field is indexed, with what AUTOINDEX stands for; nil if it has no index.
    func indexDefinition(ofFieldAt position: Int, _ definitions: [String: IndexDefinition]) -> IndexDefinition? {
        definitions[fields[position].name]?.resolved(for: fields[position].type)
    }
}
