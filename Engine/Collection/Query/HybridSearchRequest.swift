/// Several searches whose answers become one: by embedding and by text, by title and by body.
///
///     let result = try collection.hybridSearch(
///         HybridSearchRequest(
///             requests: [
///                 SearchRequest(vectors: embedding, field: "embedding", limit: 50),
///                 SearchRequest(queries: .texts(["red shoes"]), field: "words", limit: 50),
///             ], limit: 10))
public struct HybridSearchRequest: Sendable {
    /// The parts, 1 to `Limits.hybridParts`: each with its own field, filter and limit, all with as many queries. The
    /// limit of a part says how deep it is read, so it should be larger than that of the whole. Output fields,
    /// grouping, reranker, decimals and highlight are those of the whole.
    public var requests: [SearchRequest]
    public var ranker: Ranker
    /// Hits of each query, or groups with `grouping`. With `offset` at most `Limits.searchLimit`.
    public var limit: Int
    /// Hits, or groups, that are passed over.
    public var offset: Int
    /// Fields returned with each hit.
    public var outputFields: [String]
    /// Hits by the value of a field: the best of each group come together, groups by their score.
    public var grouping: Grouping?
    public var groupScore: GroupScore
    /// Weighs the scores of the ranker by a field or a filter.
    public var reranker: Reranker?
    /// Decimals to which scores are rounded, 0 to 6; nil for scores as they are.
    public var scoreDecimals: Int?
    /// How texts among the output fields are highlighted, by the terms of the first part that searches by texts; nil for
    /// not at all.
    public var highlight: Highlight?

    public init(
        requests: [SearchRequest], ranker: Ranker = .rrf(), limit: Int, offset: Int = 0, outputFields: [String] = [],
        grouping: Grouping? = nil, groupScore: GroupScore = .best, reranker: Reranker? = nil
    ) {
        self.requests = requests
        self.ranker = ranker
        self.limit = limit
        self.offset = offset
        self.outputFields = outputFields
        self.grouping = grouping
        self.groupScore = groupScore
        self.reranker = reranker
    }
}

/// What a hybrid search found and what it did.
public struct HybridSearchResult: Sendable {
    /// For each query its hits, best first, equal scores by key. With grouping the hits of a group stand together.
    public let hits: [[Hit]]
    /// Of all parts together.
    public let statistics: SearchStatistics
    /// How each part was searched.
    public let plans: [SearchPlan]
}
