/// A weight for the scores of the entities that match a filter. Above 1 it raises scores, which brings entities forward by
/// IP, COSINE and BM25, and back where scores are distances.
public struct Boost: Sendable, Hashable {
    public var filter: String
    /// For the templates of the filter.
    public var filterValues: [String: Value]
    /// Finite and at least 0.
    public var weight: Double

    public init(filter: String, filterValues: [String: Value] = [:], weight: Double) {
        self.filter = filter
        self.filterValues = filterValues
        self.weight = weight
    }
}

/// Multiplies scores by the weights of the filters that match.
struct BoostRanker {
    private let boosts: [(selection: RowSelection, weight: Double)]
    private let reader: EntityReader

    init(_ boosts: [Boost], state: CollectionState) throws {
        reader = EntityReader(state: state)
        self.boosts = try boosts.map { boost in
            guard boost.weight >= 0, boost.weight.isFinite else {
                throw ApusError(.invalidArgument, "the weight of a boost is \(boost.weight); it must be 0 or more")
            }
            var request = QueryRequest(filter: boost.filter)
            request.filterValues = boost.filterValues
            return (try RowSelection(request, state), boost.weight)
        }
    }

    /// Each filter is evaluated once for each segment in which an entity lies.
    func apply(to ranking: Ranking) throws -> Ranking {
        let places = ranking.entities.map { reader.place(of: $0.key) }
        var factors = [Double](repeating: 1, count: places.count)
        for (selection, weight) in boosts {
            var matches: [CollectionState.Place: RowSet?] = [:]
            for (index, (place, row)) in places.enumerated() {
                if matches[place] == nil {
                    matches[place] = .some(try selection.permitted(in: reader.state.segment(at: place)))
                }
                if matches[place]!?.contains(row) ?? true { factors[index] *= weight }
            }
        }
        let scored = zip(ranking.entities, factors).map {
            RankedEntity(key: $0.key, score: Float(Double($0.score) * $1))
        }
        return Ranking(sorting: scored, order: ranking.order)
    }
}
