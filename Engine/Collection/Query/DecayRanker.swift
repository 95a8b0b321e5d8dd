#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How a score falls with the distance of a numeric field from an origin, such as a time from now or a price from a
/// budget. At `origin` and within `offset` of it the factor is 1; `scale` farther on it is `decay`.
public struct Decay: Sendable, Hashable {
    public enum Shape: String, Sendable, CaseIterable, Hashable {
        /// Slow near the origin, then ever faster: exp(-x^2 / 2 sigma^2).
        case gaussian = "gauss"
        /// Fast near the origin, with a long tail: exp(-lambda x).
        case exponential = "exp"
        /// A straight line that ends at zero.
        case linear
    }

    /// A field of integers or floating-point numbers. An entity without a value gets the factor 0.
    public var field: String
    public var shape: Shape
    public var origin: Double
    /// Above 0.
    public var scale: Double
    /// At least 0.
    public var offset: Double
    /// The factor at `scale`, between 0 and 1.
    public var decay: Double
    /// Whether scores of IP, COSINE and BM25 are brought to 0 to 1 (`Ranker.weighted` has the formulas) before they are
    /// multiplied; distances always are. Without it a negative score gains by a small factor.
    public var normalizes: Bool

    public init(
        field: String, shape: Shape, origin: Double, scale: Double, offset: Double = 0, decay: Double = 0.5,
        normalizes: Bool = true
    ) {
        self.field = field
        self.shape = shape
        self.origin = origin
        self.scale = scale
        self.offset = offset
        self.decay = decay
        self.normalizes = normalizes
    }

    /// The factor for a value of the field, 0 to 1.
    func factor(_ value: Double) -> Double {
        let beyond = max(0, abs(value - origin) - offset) / scale
        return switch shape {
        case .gaussian: exp(log(decay) * beyond * beyond)
        case .exponential: exp(log(decay) * beyond)
        case .linear: max(0, 1 - (1 - decay) * beyond)
        }
    }

    fileprivate func check() throws {
        let faults = [
            origin.isFinite ? nil : "origin is \(origin); it must be finite",
            scale > 0 && scale.isFinite ? nil : "scale is \(scale); it must be above 0",
            offset >= 0 && offset.isFinite ? nil : "offset is \(offset); it must be at least 0",
            decay > 0 && decay < 1 ? nil : "decay is \(decay); it must be above 0 and below 1",
        ]
        if let fault = faults.compactMap({ $0 }).first {
            throw ApusError(.invalidArgument, "decay by field '\(field)': \(fault)")
        }
    }
}

/// Multiplies scores by the decay of a field.
struct DecayRanker {
    private let decay: Decay
    private let field: Int
    private let reader: EntityReader

    init(_ decay: Decay, state: CollectionState) throws {
        try decay.check()
        field = try state.schema.requirePosition(of: decay.field)
        let type = state.schema.fields[field].type
        guard type.isNumber else {
            throw ApusError(
                .invalidArgument, "field '\(decay.field)' is of type \(type); a decay needs integers or floats")
        }
        self.decay = decay
        reader = EntityReader(state: state)
    }

    /// - Parameter metric: whose scores these are; nil for those of a ranker.
    func apply(to ranking: Ranking, metric: Metric?) throws -> Ranking {
        try ranking.rescored(order: .largerFirst) { entity in
            let value = try reader.value(of: entity.key, field: field)
            let factor = value.number.map(decay.factor) ?? 0
            return Float(score(entity.score, ranking.order, metric) * factor)
        }
    }

    /// Larger is nearer.
    private func score(_ score: Float, _ order: ScoreOrder, _ metric: Metric?) -> Double {
        if order == .smallerFirst { return ScoreScale.nearness(ofDistance: Double(score)) }
        guard decay.normalizes, let metric else { return Double(score) }
        return metric.normalized(Double(score))
    }
}

extension Value {
    /// nil for anything but a number.
    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}
