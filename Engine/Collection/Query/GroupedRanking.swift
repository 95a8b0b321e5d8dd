/// The score of a group in a hybrid search, from those of its hits.
public enum GroupScore: String, Sendable, CaseIterable, Hashable {
    /// That of its best hit.
    case best = "max"
    case sum
    case average = "avg"

    /// - Parameter scores: best first, at least one.
    func value(_ scores: [Float]) -> Float {
        let sum = scores.reduce(0) { $0 + Double($1) }
        return switch self {
        case .best: scores[0]
        case .sum: Float(sum)
        case .average: Float(sum / Double(scores.count))
        }
    }
}

/// Puts the entities of a ranking into groups of equal values.
struct GroupedRanking {
    /// Entities kept of each group.
    let size: Int
    let groupScore: GroupScore

    /// The groups `window` of the ranking, one after the other. Equal scores by the key of the best entity. O(n log n).
    ///
    /// - Parameter value: of the field that groups.
    func entities(
        of ranking: Ranking, window: Range<Int>, value: (PrimaryKey) throws -> Value
    ) rethrows -> [RankedEntity] {
        var places: [Value: Int] = [:]
        var groups: [[RankedEntity]] = []
        for entity in ranking.entities {
            let value = try value(entity.key)
            if let place = places[value] {
                if groups[place].count < size { groups[place].append(entity) }
            } else {
                places[value] = groups.count
                groups.append([entity])
            }
        }
        let scored = groups.map { (score: groupScore.value($0.map(\.score)), entities: $0) }
        let sorted = scored.sorted {
            $0.score != $1.score
                ? ranking.order.precedes($0.score, $1.score) : $0.entities[0].key < $1.entities[0].key
        }
        return sorted[window.clamped(to: sorted.indices)].flatMap(\.entities)
    }
}
