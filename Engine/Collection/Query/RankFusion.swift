/// Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). O(hits).
struct RankFusion {
    let k: Double

    func fuse(_ parts: [PartAnswer]) -> Ranking {
        var scores = CombinedScores(of: parts)
        for part in parts {
            for (place, hit) in part.hits.enumerated() {
                scores.combine(hit.primaryKey, 1 / (k + Double(place + 1)), +)
            }
        }
        return scores.ranking(.largerFirst)
    }
}
