#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Metric {
    /// A score on the scale that all metrics share, 0 to 1, larger is nearer. These are the formulas of Milvus, so that
    /// weights mean the same here as there. COSINE keeps its proportions; the other metrics have no bound and are bent
    /// by the arc tangent.
    func normalized(_ score: Double) -> Double {
        switch self {
        case .cosine: (1 + score) / 2
        case .innerProduct: 0.5 + atan(score) / .pi
        case .bm25: 2 * atan(score) / .pi
        case .l2, .hamming, .jaccard: ScoreScale.nearness(ofDistance: score)
        }
    }
}

/// How scores of several metrics are made comparable before they are combined.
enum ScoreScale: Sendable, Hashable {
    /// All by `Metric.normalized`.
    case normalized
    /// As they are: all metrics point the same way.
    case asGiven(ScoreOrder)
    /// Some metrics are distances and others are not: the distances are turned round.
    case turnedRound

    init(_ metrics: [Metric], normalizes: Bool) {
        let distances = metrics.count { !$0.prefersLarger }
        if normalizes {
            self = .normalized
        } else if distances == 0 || distances == metrics.count {
            self = .asGiven(distances == 0 ? .largerFirst : .smallerFirst)
        } else {
            self = .turnedRound
        }
    }

    /// 0 to 1, larger is nearer.
    static func nearness(ofDistance distance: Double) -> Double { 1 - 2 * atan(distance) / .pi }

    func score(_ score: Float, _ metric: Metric) -> Double {
        switch self {
        case .normalized: metric.normalized(Double(score))
        case .asGiven: Double(score)
        case .turnedRound: metric.prefersLarger ? Double(score) : metric.normalized(Double(score))
        }
    }

    /// Which of the resulting scores are nearer.
    var order: ScoreOrder {
        if case .asGiven(let order) = self { order } else { .largerFirst }
    }
}
