extension Highlighting {
    /// For hits that are ordered after the search; nil if none are asked for.
    init?(_ request: SearchRequest, _ state: CollectionState, queryCount: Int) throws {
        guard request.highlight != nil else { return nil }
        let field = try SearchTarget.vectorField(request.field, state.schema)
        let selection = try RowSelection(request, state)
        try self.init(
            request, schema: state.schema, searching: state.schema.position(of: field.name)!, queryCount: queryCount,
            filter: selection.filter as? Filter)
    }

    /// The hits of a query with highlights.
    func highlighted(_ hits: [Hit], query: Int) -> [Hit] {
        hits.map {
            Hit(
                primaryKey: $0.primaryKey, score: $0.score, fields: $0.fields,
                highlights: results(forQuery: query, $0.fields), group: $0.group)
        }
    }
}
