/// Which of two scores belongs in front.
enum ScoreOrder: Sendable, Hashable {
    case largerFirst, smallerFirst

    func precedes(_ left: Float, _ right: Float) -> Bool {
        switch self {
        case .largerFirst: left > right
        case .smallerFirst: left < right
        }
    }
}

extension Metric {
    var scoreOrder: ScoreOrder { prefersLarger ? .largerFirst : .smallerFirst }
}

/// An entity on its way into an answer, with the score that orders it.
struct RankedEntity: Sendable, Hashable {
    let key: PrimaryKey
    var score: Float
}

/// The entities that may answer one query, best first.
struct Ranking: Sendable, Hashable {
    let entities: [RankedEntity]
    let order: ScoreOrder

    /// Entities in the order of the answer already.
    init(ordered entities: [RankedEntity], order: ScoreOrder) {
        self.entities = entities
        self.order = order
    }

    /// Sorts by score, equal scores by key.
    init(sorting entities: [RankedEntity], order: ScoreOrder) {
        let sorted = entities.sorted {
            $0.score != $1.score ? order.precedes($0.score, $1.score) : $0.key < $1.key
        }
        self.init(ordered: sorted, order: order)
    }

    /// What a search found.
    init(_ hits: [Hit], metric: Metric) {
        self.init(
            ordered: hits.map { RankedEntity(key: $0.primaryKey, score: $0.score) }, order: metric.scoreOrder)
    }

    /// The same entities with other scores, in the order of these.
    func rescored(order: ScoreOrder, _ score: (RankedEntity) throws -> Float) rethrows -> Ranking {
        Ranking(
            sorting: try entities.map { RankedEntity(key: $0.key, score: try score($0)) }, order: order)
    }
}

/// Scores that are put together part by part, each entity once.
struct CombinedScores {
    private var places: [PrimaryKey: Int] = [:]
    private(set) var keys: [PrimaryKey] = []
    private var scores: [Double] = []

    /// - Parameter parts: the answers that are put together; room is made for all of their entities.
    init(of parts: [PartAnswer]) {
        let count = parts.reduce(0) { $0 + $1.hits.count }
        places.reserveCapacity(count)
        keys.reserveCapacity(count)
        scores.reserveCapacity(count)
    }

    /// Takes the score of an entity, or combines it with what the entity has already.
    mutating func combine(_ key: PrimaryKey, _ score: Double, _ combination: (Double, Double) -> Double) {
        if let place = places[key] {
            scores[place] = combination(scores[place], score)
        } else {
            places[key] = keys.count
            keys.append(key)
            scores.append(score)
        }
    }

    /// Entities whose scores are equal as floats are ordered by key: what is shown decides, not hidden digits.
    func ranking(_ order: ScoreOrder) -> Ranking {
        Ranking(sorting: zip(keys, scores).map { RankedEntity(key: $0, score: Float($1)) }, order: order)
    }
}
