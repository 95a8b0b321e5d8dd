/// The weighted sum of scores. O(hits).
struct WeightedRanker {
    let weights: [Double]
    let normalizes: Bool

    func fuse(_ parts: [PartAnswer]) -> Ranking {
        let scale = ScoreScale(parts.map(\.metric), normalizes: normalizes)
        var scores = CombinedScores(of: parts)
        for (part, weight) in zip(parts, weights) {
            for hit in part.hits { scores.combine(hit.primaryKey, weight * scale.score(hit.score, part.metric), +) }
        }
        if scale.order == .smallerFirst { addLastDistances(parts, to: &scores) }
        return scores.ranking(scale.order)
    }

    /// An entity that a part did not find is as far as the last one it found, or farther.
    private func addLastDistances(_ parts: [PartAnswer], to scores: inout CombinedScores) {
        for (part, weight) in zip(parts, weights) {
            guard let last = part.hits.last else { continue }
            let found = Set(part.hits.map(\.primaryKey))
            for key in scores.keys where !found.contains(key) {
                scores.combine(key, weight * Double(last.score), +)
            }
        }
    }
}

/// The best score of any part. O(hits).
struct BestScoreRanker {
    let normalizes: Bool

    func fuse(_ parts: [PartAnswer]) -> Ranking {
        let scale = ScoreScale(parts.map(\.metric), normalizes: normalizes)
        var scores = CombinedScores(of: parts)
        for part in parts {
            for hit in part.hits {
                let score = scale.score(hit.score, part.metric)
                scores.combine(hit.primaryKey, score, scale.order == .largerFirst ? max : min)
            }
        }
        return scores.ranking(scale.order)
    }
}
