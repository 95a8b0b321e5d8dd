/// How the answers of the parts of a hybrid search become one. Every entity comes once.
public enum Ranker: Sendable, Hashable {
    /// Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): the sum of 1 / (k + rank) over the parts that found
    /// the entity, ranks counted from 1. Needs no comparable scores. `k` is above 0 and below 16,384; the larger it is,
    /// the less the first ranks stand out.
    case rrf(k: Double = 60)
    /// The weighted sum of the scores of the parts, a weight from 0 to 1 for each part.
    ///
    /// With `normalizes` each score is first brought to 0 to 1, larger is nearer: COSINE (1 + s) / 2, IP
    /// 0.5 + atan(s) / pi, BM25 2 atan(s) / pi, distances 1 - 2 atan(s) / pi. Without it scores count as they are if all
    /// metrics point the same way, else the distances are turned round by that last formula. A part that did not find an
    /// entity adds nothing; where distances are summed as they are, it adds the distance of the last one it found, since
    /// nothing would be the best distance.
    case weighted([Double], normalizes: Bool = true)
    /// The best score that any part gave, on the same scales as for `weighted`.
    case best(normalizes: Bool = true)

    /// - Throws: `ApusError` with code `invalidArgument` that says what is permitted.
    func check(parts: Int) throws {
        switch self {
        case .rrf(let k):
            guard k > 0, k < Double(Limits.searchLimit) else {
                throw ApusError(
                    .invalidArgument, "k of the rrf ranker is \(k); it must be above 0 and below \(Limits.searchLimit)")
            }
        case .weighted(let weights, _):
            guard weights.count == parts else {
                throw ApusError(
                    .invalidArgument,
                    "the weighted ranker has \(weights.count) weights for \(parts) requests; give one weight for each")
            }
            if let place = weights.firstIndex(where: { !(0...1).contains($0) }) {
                throw ApusError(
                    .invalidArgument, "weight \(place) of the weighted ranker is \(weights[place]); it must be 0 to 1")
            }
        case .best: break
        }
    }

    /// One ranking from the answers of all parts to one query.
    func fuse(_ parts: [PartAnswer]) -> Ranking {
        switch self {
        case .rrf(let k): RankFusion(k: k).fuse(parts)
        case .weighted(let weights, let normalizes):
            WeightedRanker(weights: weights, normalizes: normalizes).fuse(parts)
        case .best(let normalizes): BestScoreRanker(normalizes: normalizes).fuse(parts)
        }
    }
}

/// What one part of a hybrid search found for one query.
struct PartAnswer: Sendable {
    let metric: Metric
    /// Nearest first, each entity once.
    let hits: [Hit]
}
