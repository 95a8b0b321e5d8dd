/// The query vectors of a search.
public enum QueryVectors: Sendable, Hashable {
    /// Numbers or bits, one vector after the other.
    case dense(DenseVectors)
    case sparse([SparseVector])
    /// Texts, for a field that a BM25 function writes: divided into terms as the texts of the field were.
    case texts([String])
}

/// What a search asks for.
public struct SearchRequest: Sendable {
    public var queries: QueryVectors
    /// The vector field; nil takes the only one.
    public var field: String?
    /// Neighbours of each query, 1 to `Limits.searchLimit`.
    public var limit: Int
    /// The metric of the index is used; another one given here is refused.
    public var metric: Metric?
    /// Parameters of the index type, such as `ef`; or `targetRecall` alone, on any index, for the least effort that was
    /// proved to reach that mean recall on held-back rows.
    public var parameters: Parameters
    /// Fields returned with each hit.
    public var outputFields: [String]
    /// Which entities may be found, as an expression over their fields; nil for all. `docs/filters.md` has the language.
    public var filter: String?
    /// What stands for `{name}` in the filter.
    public var filterValues: [String: Value] = [:]
    /// Names of the partitions that are searched; empty for all.
    public var partitions: [String] = []
    /// How many of the nearest hits are passed over.
    public var offset = 0
    /// Which scores are wanted; nil for all.
    public var range: ScoreRange?
    /// How hits are grouped; nil for not at all.
    public var grouping: Grouping?
    /// How texts among the output fields are highlighted; nil for not at all.
    public var highlight: Highlight?
    /// Decimals to which scores are rounded, 0 to 6; nil for scores as they are.
    public var scoreDecimals: Int?
    /// Weighs the scores of the nearest by a field or a filter, and orders the hits anew.
    public var reranker: Reranker?
    /// Chooses hits among the nearest that differ from one another, in the order of choosing.
    public var diversity: Diversity?

    public init(
        vectors: [Float], field: String? = nil, limit: Int, metric: Metric? = nil, parameters: Parameters = [:],
        outputFields: [String] = []
    ) {
        self.init(
            queries: .dense(.float32(vectors)), field: field, limit: limit, metric: metric, parameters: parameters,
            outputFields: outputFields)
    }

    /// Dense queries as numbers, queries x dimension; none of binary or sparse queries.
    public var vectors: [Float] {
        get { if case .dense(let vectors) = queries { vectors.floats ?? [] } else { [] } }
        set { queries = .dense(.float32(newValue)) }
    }

    public init(
        queries: QueryVectors, field: String? = nil, limit: Int, metric: Metric? = nil, parameters: Parameters = [:],
        outputFields: [String] = []
    ) {
        self.queries = queries
        self.field = field
        self.limit = limit
        self.metric = metric
        self.parameters = parameters
        self.outputFields = outputFields
    }
}

/// The scores of a range search.
///
/// For distances: rangeFilter <= score < radius; for similarities: radius < score <= rangeFilter.
public struct ScoreRange: Sendable, Hashable {
    /// The farthest that is not wanted any more.
    public var radius: Float
    /// The nearest that is wanted; nil for no such bound.
    public var rangeFilter: Float?

    public init(radius: Float, rangeFilter: Float? = nil) {
        self.radius = radius
        self.rangeFilter = rangeFilter
    }
}

/// At most `size` hits for each value of a scalar field; the limit of the search counts groups.
public struct Grouping: Sendable, Hashable {
    public var field: String
    public var size: Int
    /// Whether every group is filled as far as there are entities, instead of ending with the search.
    public var isStrict: Bool

    public init(field: String, size: Int = 1, isStrict: Bool = false) {
        self.field = field
        self.size = size
        self.isStrict = isStrict
    }
}

/// One entity that a search found.
public struct Hit: Sendable, Hashable {
    public let primaryKey: PrimaryKey
    /// The score of the metric: squared distance for L2, similarity for IP and COSINE.
    public let score: Float
    /// The output fields.
    public let fields: [String: Value]
    /// By output field; only where the request asks for it.
    public let highlights: [String: HighlightResult]
    /// The value of the field by which hits are grouped; nil if they are not.
    public let group: Value?

    init(
        primaryKey: PrimaryKey, score: Float, fields: [String: Value], highlights: [String: HighlightResult] = [:],
        group: Value? = nil
    ) {
        self.highlights = highlights
        self.primaryKey = primaryKey
        self.score = score
        self.fields = fields
        self.group = group
    }
}

/// What a search found and what it did.
public struct SearchResult: Sendable {
    /// For each query its hits, nearest first, equal scores by key.
    public let hits: [[Hit]]
    public let statistics: SearchStatistics
    /// How the rows were searched, with the parameters in force.
    public let plan: SearchPlan

    /// The same search with other hits.
    func replacing(hits: [[Hit]]) -> SearchResult {
        SearchResult(hits: hits, statistics: statistics, plan: plan)
    }
}

/// How a search was done.
public struct SearchPlan: Sendable, Hashable {
    public let indexType: IndexType
    public let metric: Metric
    /// Every parameter of the search, defaults included.
    public let parameters: Parameters
    public let segments: Int
    /// What is known of the recall, if a target was asked for.
    public let recall: CalibratedRecall?
    /// Segments that were scanned exactly since they have no index (yet).
    public let segmentsScanned: Int
}
