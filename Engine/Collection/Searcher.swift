/// One search over one state of a collection: checks, prepares the queries, asks each segment, merges.
struct Searcher {
    let state: CollectionState
    let contracts: RecallContracts

    func search(_ request: SearchRequest) throws -> SearchResult {
        guard state.isLoaded else {
            throw ApusError(.notLoaded, "the collection is not loaded; call load() before search")
        }
        let setting = try setting(of: request)
        let (target, parameters, selection) = (setting.target, setting.parameters, setting.selection)
        let outputs = try request.outputFields.map { ($0, try state.schema.requirePosition(of: $0)) }
        let segments = state.segments
        var statistics = SearchStatistics()
        let found = try target.withQueries(segments) { queries in
            try segments.map { segment in
                try search(
                    segment, target.field, queries, k: request.limit + request.offset, parameters, selection,
                    &statistics)
            }
        }
        let hits = try (0..<target.queryCount).map { query in
            try merge(found.map { $0[query] }, segments: segments, target, request, outputs: outputs)
        }
        return SearchResult(
            hits: hits, statistics: statistics, plan: plan(target, parameters, setting.recall, segments: segments))
    }

    /// What a request comes to, checked.
    func setting(of request: SearchRequest) throws -> SearchSetting {
        let target = try SearchTarget(request, schema: state.schema, definitions: state.definitions)
        let k = request.limit + request.offset
        let effort = try target.targetRecall.map { recall in
            try contracts.effort(
                field: target.field, definition: target.definition, k: k, target: recall, state: state)
        }
        let parameters =
            try effort.map { try target.definition.resolveSearch($0.parameters, k: k) } ?? target.parameters
        return SearchSetting(
            target: target, parameters: parameters, selection: RowSelection.all, recall: effort?.estimate)
    }

    /// The nearest permitted rows of one segment for each query.
    private func search(
        _ segment: any Segment, _ field: Int, _ queries: QueryBlock, k: Int, _ parameters: Parameters,
        _ selection: RowSelection, _ statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        let permitted = try selection.permitted(in: segment)
        if permitted?.count == 0 { return Array(repeating: [], count: queries.count) }
        statistics.segmentsSearched += 1
        statistics.liveRows += segment.rows.count
        return try segment.search(
            field: field, queries, k: min(k, max(segment.rows.rowCount, 1)), parameters: parameters,
            permitted: permitted, statistics: &statistics)
    }

    /// The nearest of all segments, equal distances by key.
    private func merge(
        _ found: [[Neighbor]], segments: [any Segment], _ target: SearchTarget, _ request: SearchRequest,
        outputs: [(name: String, field: Int)]
    ) throws -> [Hit] {
        var candidates: [(neighbor: Neighbor, key: PrimaryKey, segment: Int)] = []
        for (index, neighbors) in found.enumerated() {
            for neighbor in neighbors {
                candidates.append((neighbor, segments[index].key(at: Int(neighbor.row)), index))
            }
        }
        candidates.sort {
            $0.neighbor.distance != $1.neighbor.distance
                ? $0.neighbor.distance < $1.neighbor.distance : $0.key < $1.key
        }
        return try candidates.prefix(request.offset + request.limit).dropFirst(request.offset).map { candidate in
            var fields: [String: Value] = [:]
            for output in outputs {
                fields[output.name] = try segments[candidate.segment].value(
                    field: output.field, row: Int(candidate.neighbor.row))
            }
            return Hit(
                primaryKey: candidate.key,
                score: target.definition.metric.score(fromDistance: candidate.neighbor.distance), fields: fields)
        }
    }

    private func plan(
        _ target: SearchTarget, _ parameters: Parameters, _ recall: CalibratedRecall?, segments: [any Segment]
    ) -> SearchPlan {
        let indexed = state.sealed.count { $0.contents?.indexes[target.field] != nil }
        return SearchPlan(
            indexType: target.definition.type, metric: target.definition.metric, parameters: parameters,
            segments: segments.count, recall: recall, segmentsScanned: segments.count - indexed)
    }
}

/// What a search does to each segment.
struct SearchSetting {
    let target: SearchTarget
    /// Every parameter in force.
    let parameters: Parameters
    let selection: RowSelection
    /// What is known of the recall, if a target was asked for.
    let recall: CalibratedRecall?
}

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
        guard (1...Limits.searchLimit).contains(request.limit) else {
            throw ApusError(
                .invalidArgument, "limit is \(request.limit); it must be 1 to \(Limits.searchLimit)")
        }
        guard request.offset >= 0, request.offset + request.limit <= Limits.searchLimit else {
            throw ApusError(
                .invalidArgument,
                "(offset+limit) is \(request.offset)+\(request.limit); the sum must be 1 to \(Limits.searchLimit)")
        }
        targetRecall = try RecallTarget.value(in: request.parameters)
        parameters = try definition.resolveSearch(targetRecall == nil ? request.parameters : [:], k: request.limit + request.offset)
        queries = try TargetQueries(request.queries, of: field, metric: definition.metric)
        queryCount = queries.count
        guard queryCount <= Limits.queriesPerSearch else {
            throw ApusError(
                .invalidArgument,
                "\(queryCount) queries are too many for one search; at most \(Limits.queriesPerSearch) fit")
        }
    }

    /// Calls `body` with the queries as the metric compares them.
    ///
    /// - Parameter segments: all that are searched, whose documents BM25 counts.
    func withQueries<Result>(_ segments: [any Segment], _ body: (QueryBlock) throws -> Result) throws -> Result {
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
                for segment in segments { documents.add(try segment.bm25Statistics(field: field, for: vectors)) }
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

/// The search parameter that asks for a recall instead of an effort.
enum RecallTarget {
    static let name = "targetRecall"
    /// More cannot be proved by a few thousand queries; an exact index gives more.
    private static let rule = ParameterRule.number(name, 0.5...0.999)

    /// The recall that is asked for, if any.
    static func value(in parameters: Parameters) throws -> Double? {
        guard let given = parameters[name] else { return nil }
        if let other = parameters.keys.sorted().first(where: { $0 != name }) {
            throw ApusError(
                .invalidArgument, "\(name) chooses the parameters of a search; leave '\(other)' out, or \(name)")
        }
        return try ParameterRule.resolve([name: given], against: [rule], owner: "a search").number(name)
    }
}
