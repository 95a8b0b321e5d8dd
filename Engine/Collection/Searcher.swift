/// One search over one state of a collection: checks, prepares the queries, asks each segment, merges.
struct Searcher {
    let state: CollectionState
    let contracts: RecallContracts

    func search(_ request: SearchRequest) throws -> SearchResult {
        if let reranked = try RerankedSearch(request, self) { return try reranked.run() }
        let search = try PreparedSearch(request, state: state, contracts: contracts)
        var statistics = SearchStatistics()
        let hits = try search.withQueries { queries in
            try search.isOpenEnded
                ? OpenEndedSearch(search).run(queries, &statistics)
                : NearestSearch(search).run(queries, &statistics)
        }
        for part in search.rows.parts {
            statistics.segmentsSearched += 1
            statistics.liveRows += part.segment.rows.count
        }
        return SearchResult(hits: hits, statistics: statistics, plan: search.plan)
    }
}

/// A search whose request was checked, and whose rows were selected. A class, since it is large and handed on.
final class PreparedSearch: Sendable {
    let request: SearchRequest
    let state: CollectionState
    let target: SearchTarget
    /// In force: the request's, those of a recall contract, or defaults.
    let parameters: Parameters
    let range: DistanceRange?
    let selection: RowSelection
    let rows: SelectedRows
    let reader: HitReader
    private let recall: CalibratedRecall?

    /// - Throws: `ApusError` naming what is wrong with the request and what is permitted.
    init(_ request: SearchRequest, state: CollectionState, contracts: RecallContracts) throws {
        guard state.isLoaded else {
            throw ApusError(.notLoaded, "the collection is not loaded; call load() before search")
        }
        let target = try SearchTarget(request, schema: state.schema, definitions: state.definitions)
        let metric = target.definition.metric
        range = try request.range.map { try DistanceRange($0, metric: metric) }
        if let grouping = request.grouping {
            try GroupBySearch.check(grouping, request, schema: state.schema, target: target)
        }
        let outputs = try OutputFields(request.outputFields, schema: state.schema)
        let rounding = try ScoreRounding(decimals: request.scoreDecimals)
        selection = try RowSelection(request, state)
        // Nothing that other partitions hold has an influence, also not on the effort that a recall asks for.
        let state = state.restricted(to: selection.partitions)
        let effort = try target.targetRecall.map { recall in
            try contracts.effort(
                field: target.field, definition: target.definition, k: request.lastRank, target: recall, state: state)
        }
        parameters =
            try effort.map { try target.definition.resolveSearch($0.parameters, k: request.lastRank) }
            ?? target.parameters
        recall = effort?.estimate
        rows = try SelectedRows(selection, in: state)
        reader = HitReader(
            parts: rows.parts, outputs: outputs, metric: metric, rounding: rounding,
            highlighting: try Highlighting(
                request, schema: state.schema, searching: target.field, queryCount: target.queryCount,
                filter: selection.filter as? Filter))
        self.request = request
        self.state = state
        self.target = target
    }

    /// Calls `body` with the queries; BM25 counts the documents of the partitions that are searched.
    func withQueries<Result>(_ body: (QueryBlock) throws -> Result) throws -> Result {
        try target.withQueries(state.segments, partitions: selection.partitions, body)
    }

    /// Whether it is not known beforehand how many neighbours are needed.
    var isOpenEnded: Bool { request.range != nil || request.grouping != nil }

    var plan: SearchPlan {
        let indexed = state.sealed.count { $0.contents?.indexes[target.field] != nil }
        return SearchPlan(
            indexType: target.definition.type, metric: target.definition.metric, parameters: parameters,
            segments: state.segments.count, recall: recall, segmentsScanned: state.segments.count - indexed)
    }
}

extension SearchRequest {
    /// The rank of the last hit that is returned, counted from one.
    var lastRank: Int { offset + limit }
}
