/// Weighs the scores of a search by something else than vectors: how near a field is to a value, or whether a filter
/// matches. Only what the search found is weighed, so `candidates` should be well above the limit.
public struct Reranker: Sendable, Hashable {
    public enum Rule: Sendable, Hashable {
        case decay(Decay)
        /// The weights of all that match are multiplied.
        case boosts([Boost])
    }

    public var rule: Rule
    /// Hits of each query that are searched for and weighed, at least those that are asked for; nil takes just those. A
    /// hybrid search weighs all that its parts found.
    public var candidates: Int?

    public init(_ rule: Rule, candidates: Int? = nil) {
        self.rule = rule
        self.candidates = candidates
    }

    /// Entities whose value of a field is near to the origin come forward.
    public static func decay(_ decay: Decay, candidates: Int? = nil) -> Reranker {
        Reranker(.decay(decay), candidates: candidates)
    }

    /// Scores of entities that match a filter are multiplied by a weight.
    public static func boost(
        filter: String, values: [String: Value] = [:], weight: Double, candidates: Int? = nil
    ) -> Reranker {
        Reranker(.boosts([Boost(filter: filter, filterValues: values, weight: weight)]), candidates: candidates)
    }
}

/// A reranker bound to one state of a collection.
struct Reranking {
    private enum Weigher {
        case decay(DecayRanker)
        case boosts(BoostRanker)
    }

    private let weigher: Weigher

    /// - Throws: `ApusError` with code `invalidArgument` or `notFound` that names what is wrong.
    init(_ reranker: Reranker, state: CollectionState) throws {
        switch reranker.rule {
        case .decay(let decay): weigher = .decay(try DecayRanker(decay, state: state))
        case .boosts(let boosts): weigher = .boosts(try BoostRanker(boosts, state: state))
        }
    }

    /// - Parameter metric: whose scores these are; nil for those of a ranker.
    func apply(to ranking: Ranking, metric: Metric? = nil) throws -> Ranking {
        switch weigher {
        case .decay(let ranker): try ranker.apply(to: ranking, metric: metric)
        case .boosts(let ranker): try ranker.apply(to: ranking)
        }
    }
}
