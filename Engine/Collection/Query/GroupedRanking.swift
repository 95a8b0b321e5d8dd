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

/// Entities of a ranking that have the same value in a field.
struct RankedGroup {
    let value: Value
    /// Best first.
    var entities: [RankedEntity]
}

/// Puts the entities of a ranking into groups of equal values.
struct GroupedRanking {
    /// Entities kept of each group.
    let size: Int
    let groupScore: GroupScore

    /// The groups of the ranking by their score, equal scores by the key of the best entity. O(n log n).
    ///
    /// - Parameter value: of the field that groups.
    func groups(of ranking: Ranking, value: (PrimaryKey) throws -> Value) rethrows -> [RankedGroup] {
        var places: [GroupKey: Int] = [:]
        var groups: [RankedGroup] = []
        for entity in ranking.entities {
            let value = try value(entity.key)
            guard let place = places[GroupKey(values: [value])] else {
                places[GroupKey(values: [value])] = groups.count
                groups.append(RankedGroup(value: value, entities: [entity]))
                continue
            }
            if groups[place].entities.count < size { groups[place].entities.append(entity) }
        }
        let scored = groups.map { (score: groupScore.value($0.entities.map(\.score)), group: $0) }
        return scored.sorted {
            $0.score != $1.score
                ? ranking.order.precedes($0.score, $1.score)
                : $0.group.entities[0].key < $1.group.entities[0].key
        }.map(\.group)
    }
}
