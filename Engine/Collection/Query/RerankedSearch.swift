/// A search whose hits are weighed or diversified: searches for more candidates, then orders them anew.
struct RerankedSearch {
    private let request: SearchRequest
    private let reranking: Reranking?
    private let likenessField: Int?
    private let candidates: Int
    private let searcher: Searcher

    /// nil if the request asks for neither.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` or `notFound` that names what is wrong.
    init?(_ request: SearchRequest, _ searcher: Searcher) throws {
        guard request.reranker != nil || request.diversity != nil else { return nil }
        guard request.reranker == nil || request.diversity == nil else {
            throw ApusError(.invalidArgument, "a search takes a reranker or diversity, not both; leave one out")
        }
        guard request.grouping == nil else {
            throw ApusError(
                .invalidArgument,
                "hits that are reranked or diversified cannot be grouped; hybridSearch groups what it reranks")
        }
        self.request = request
        self.searcher = searcher
        try SearchWindow.check(limit: request.limit, offset: request.offset)
        reranking = try request.reranker.map { try Reranking($0, state: searcher.state) }
        likenessField = try request.diversity.map { try Self.likenessField($0, request, searcher.state) }
        candidates = try Self.candidates(request)
    }

    func run() throws -> SearchResult {
        let outputs = try OutputFields(request.outputFields, schema: searcher.state.schema)
        let rounding = try ScoreRounding(decimals: request.scoreDecimals)
        var inner = request
        (inner.limit, inner.offset, inner.outputFields) = (candidates, 0, [])
        (inner.reranker, inner.diversity) = (nil, nil)
        (inner.scoreDecimals, inner.highlight) = (nil, nil)
        let found = try searcher.search(inner)
        let highlighting = try Highlighting(request, searcher.state, queryCount: found.hits.count)
        let reader = EntityReader(state: searcher.state)
        let window = request.offset..<request.offset + request.limit
        let hits = try found.hits.enumerated().map { query, hits in
            let ordered = try order(Ranking(hits, metric: found.plan.metric), found.plan.metric, reader)
            let hits = try reader.hits(ordered[window.clamped(to: ordered.indices)], outputs, rounding)
            return highlighting?.highlighted(hits, query: query) ?? hits
        }
        return found.replacing(hits: hits)
    }

    private func order(_ ranking: Ranking, _ metric: Metric, _ reader: EntityReader) throws -> [RankedEntity] {
        if let reranking { return try reranking.apply(to: ranking, metric: metric).entities }
        guard let diversity = request.diversity, let likenessField else { return ranking.entities }
        let likeness = try VectorLikeness(ranking.entities, field: likenessField, reader)
        let chosen = MaximalMarginalRelevance(lambda: diversity.lambda).choose(
            request.offset + request.limit,
            relevance: ranking.entities.map { metric.normalized(Double($0.score)) }, similarity: { likeness($0, $1) })
        return chosen.map { ranking.entities[$0] }
    }

    /// How many hits are searched for.
    private static func candidates(_ request: SearchRequest) throws -> Int {
        let wanted = request.offset + request.limit
        let given = request.diversity.map { $0.candidates ?? min(Limits.searchLimit, spread * wanted) }
        let candidates = given ?? request.reranker?.candidates ?? wanted
        guard (wanted...Limits.searchLimit).contains(candidates) else {
            throw ApusError(
                .invalidArgument,
                "\(candidates) candidates for \(wanted) hits; candidates must be \(wanted) to \(Limits.searchLimit)")
        }
        return candidates
    }

    /// Candidates for each hit of a diverse answer.
    private static let spread = 5

    private static func likenessField(
        _ diversity: Diversity, _ request: SearchRequest, _ state: CollectionState
    ) throws -> Int {
        guard (0...1).contains(diversity.lambda) else {
            throw ApusError(.invalidArgument, "lambda of diversity is \(diversity.lambda); it must be 0 to 1")
        }
        let field = try SearchTarget.vectorField(diversity.field ?? request.field, state.schema)
        let position = state.schema.position(of: field.name)!
        guard state.schema.metric(ofFieldAt: position, state.definitions) != .bm25 else {
            throw ApusError(
                .invalidArgument,
                "field '\(field.name)' is compared by BM25, which compares no texts with each other; name another vector "
                    + "field in diversity")
        }
        return position
    }
}
