extension Collection {
    /// Searches in several ways at once and puts the answers together by rank or score. All parts see the same state.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` or `notFound` that names the request and the remedy, and what
    ///   `search` throws.
    public func hybridSearch(_ request: HybridSearchRequest) throws -> HybridSearchResult {
        let searcher = try openSearcher()
        return try ApusError.translating { try HybridSearch(request, searcher).run() }
    }
}

/// One hybrid search over one state of a collection: runs the parts, fuses their answers query by query, weighs them and
/// reads the output fields of what is left.
struct HybridSearch {
    private let request: HybridSearchRequest
    private let searcher: Searcher
    private let outputs: OutputFields
    private let rounding: ScoreRounding
    private let groupField: Int?
    private let reranking: Reranking?

    /// - Throws: `ApusError` with code `invalidArgument` or `notFound` that names what is wrong.
    init(_ request: HybridSearchRequest, _ searcher: Searcher) throws {
        self.request = request
        self.searcher = searcher
        let state = searcher.state
        outputs = try OutputFields(request.outputFields, schema: state.schema)
        rounding = try ScoreRounding(decimals: request.scoreDecimals)
        groupField = try request.grouping.map { try state.schema.requirePosition(of: $0.field) }
        reranking = try request.reranker.map { try Reranking($0, state: state) }
        try check()
    }

    func run() throws -> HybridSearchResult {
        let parts = try request.requests.enumerated().map { try search(part: $1, at: $0) }
        try checkQueryCounts(parts)
        var statistics = SearchStatistics()
        for part in parts { statistics.add(part.statistics) }
        let highlighting = try highlighting(queryCount: parts[0].hits.count)
        let hits = try parts[0].hits.indices.map { query in
            let fused = request.ranker.fuse(parts.map { PartAnswer(metric: $0.plan.metric, hits: $0.hits[query]) })
            let hits = try answer(reranking?.apply(to: fused) ?? fused)
            return highlighting?.highlighted(hits, query: query) ?? hits
        }
        return HybridSearchResult(hits: hits, statistics: statistics, plans: parts.map(\.plan))
    }

    /// Of what the first part that searches by texts asks for.
    private func highlighting(queryCount: Int) throws -> Highlighting? {
        var part = request.requests.first { if case .texts = $0.queries { true } else { false } } ?? request.requests[0]
        (part.outputFields, part.highlight) = (request.outputFields, request.highlight)
        return try Highlighting(part, searcher.state, queryCount: queryCount)
    }

    /// What is asked for: a slice of the ranking, or of its groups.
    private func answer(_ ranking: Ranking) throws -> [Hit] {
        let window = request.offset..<request.offset + request.limit
        let reader = EntityReader(state: searcher.state)
        guard let groupField, let grouping = request.grouping else {
            let entities = ranking.entities[window.clamped(to: ranking.entities.indices)]
            return try reader.hits(entities, outputs, rounding)
        }
        let groups = try GroupedRanking(size: grouping.size, groupScore: request.groupScore).groups(of: ranking) {
            try reader.value(of: $0, field: groupField)
        }
        return try groups[window.clamped(to: groups.indices)].flatMap {
            try reader.hits($0.entities, outputs, rounding, group: $0.value)
        }
    }

    private func search(part: SearchRequest, at place: Int) throws -> SearchResult {
        var part = part
        part.grouping = request.grouping
        do {
            return try searcher.search(part)
        } catch let error as ApusError {
            throw ApusError(error.code, "request \(place) of the hybrid search: \(error.message)", cause: error.cause)
        }
    }

    private func check() throws {
        guard (1...Limits.hybridParts).contains(request.requests.count) else {
            throw ApusError(
                .invalidArgument,
                "\(request.requests.count) requests; a hybrid search takes 1 to \(Limits.hybridParts)")
        }
        try SearchWindow.check(limit: request.limit, offset: request.offset)
        try request.ranker.check(parts: request.requests.count)
        for (place, part) in request.requests.enumerated() {
            guard let fault = Self.fault(of: part) else { continue }
            throw ApusError(
                .invalidArgument, "request \(place) of the hybrid search has \(fault); give it to the hybrid request")
        }
    }

    /// What a part has that belongs to the whole.
    private static func fault(of part: SearchRequest) -> String? {
        if !part.outputFields.isEmpty { return "output fields" }
        if part.grouping != nil { return "a grouping" }
        if part.reranker != nil { return "a reranker" }
        if part.scoreDecimals != nil { return "decimals of scores" }
        if part.highlight != nil { return "a highlight" }
        return nil
    }

    private func checkQueryCounts(_ parts: [SearchResult]) throws {
        let counts = parts.map(\.hits.count)
        guard let place = counts.firstIndex(where: { $0 != counts[0] }) else { return }
        throw ApusError(
            .invalidArgument,
            "request \(place) of the hybrid search has \(counts[place]) queries, request 0 has \(counts[0]); "
                + "all parts need as many")
    }
}
