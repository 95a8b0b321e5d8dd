/// The field and queries of a search, checked.
struct SearchTarget {
    let field: Int
    let definition: IndexDefinition
    /// Every parameter of the search; those of no effort at all if a recall is asked for.
    let parameters: Parameters
    let targetRecall: Double?
    let queryCount: Int
    private let queries: TargetQueries

    /// - Throws: `ApusError` with code `invalidArgument` or `notFound`, naming what is wrong and what is permitted.
    init(_ request: SearchRequest, schema: Schema, definitions: [String: IndexDefinition]) throws {
        let field = try Self.vectorField(request.field, schema)
        self.field = schema.position(of: field.name)!
        definition = schema.definition(ofFieldAt: self.field, definitions)
        if let metric = request.metric, metric != definition.metric {
            throw ApusError(
                .invalidArgument,
                "field '\(field.name)' is indexed by \(definition.metric.rawValue), not \(metric.rawValue); leave the metric out or index the field by it"
            )
        }
        try SearchWindow.check(limit: request.limit, offset: request.offset)
        targetRecall = try RecallTarget.value(in: request.parameters)
        parameters = try definition.resolveSearch(
            targetRecall == nil ? request.parameters : [:], k: request.lastRank)
        queries = try TargetQueries(
            request.queries.analyzed(forFieldAt: self.field, schema), of: field, metric: definition.metric)
        queryCount = queries.count
        guard queryCount <= Limits.queriesPerSearch else {
            throw ApusError(
                .invalidArgument,
                "\(queryCount) queries are too many for one search; at most \(Limits.queriesPerSearch) fit")
        }
    }

    /// Calls `body` with the queries as the metric compares them.
    ///
    /// - Parameters:
    ///   - segments: all that are searched.
    ///   - partitions: those whose documents BM25 counts; nil for all.
    func withQueries<Result>(
        _ segments: [any Segment], partitions: Set<UInt32>?, _ body: (QueryBlock) throws -> Result
    ) throws -> Result {
        switch queries {
        case .dense(let vectors, let layout):
            let prepared = vectors.prepared(layout, count: queryCount, metric: definition.metric)
            return try withExtendedLifetime(prepared) {
                try body(
                    QueryBlock(
                        base: UnsafeRawPointer(prepared.base), element: prepared.element, count: queryCount,
                        dimension: prepared.dimension))
            }
        case .sparse(let vectors):
            var documents = BM25Statistics()
            if definition.metric == .bm25 {
                for segment in segments {
                    documents.add(
                        try segment.bm25Statistics(
                            field: field, for: vectors, permitted: partitions.flatMap(segment.rows(of:))))
                }
            }
            return try body(
                QueryBlock(
                    SparseQueries(vectors: vectors, scoring: SparseScoring(definition), statistics: documents)))
        }
    }

    /// The vector field of a name; the only one for nil.
    static func vectorField(_ name: String?, _ schema: Schema) throws -> Field {
        let vectorFields = schema.vectorFields
        guard let name else {
            guard vectorFields.count == 1 else {
                let names = vectorFields.map(\.name).joined(separator: ", ")
                throw ApusError(.invalidArgument, "the collection has several vector fields; name one of \(names)")
            }
            return vectorFields[0]
        }
        let field = schema.fields[try schema.requirePosition(of: name)]
        guard field.type.isVector else {
            throw ApusError(.invalidArgument, "field '\(name)' is of type \(field.type), not a vector field")
        }
        return field
    }
}
