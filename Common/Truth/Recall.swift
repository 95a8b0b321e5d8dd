/// How much farther than the k-th true neighbour a found row may be and still count.
///
/// Rows at the very distance of the k-th neighbour are as good as it is, and sums in another order differ in their last
/// bits; ann-benchmarks counts every row within the k-th distance plus 0.001 for the same reason.
public struct TieTolerance: Sendable, Equatable {
    public var absolute: Float
    /// Relative to the size of the k-th distance.
    public var relative: Float

    public init(absolute: Float, relative: Float) {
        self.absolute = absolute
        self.relative = relative
    }

    /// Ties and rounding only.
    public static let rounding = TieTolerance(absolute: 1e-6, relative: 1e-5)
    /// The allowance of ann-benchmarks, generous for vectors of unit length.
    public static let annBenchmarks = TieTolerance(absolute: 1e-3, relative: 0)

    func limit(_ distance: Float) -> Float { distance + absolute + relative * abs(distance) }
}

/// A recall over several queries with its confidence interval.
public struct RecallEstimate: Sendable, Equatable {
    public let mean: Double
    public let low: Double
    public let high: Double

    public init(mean: Double, low: Double, high: Double) {
        self.mean = mean
        self.low = low
        self.high = high
    }
}

/// The share of the true k nearest rows that a search found.
///
/// `found` holds the ids found for each query, best first; only the first k count, an id counts once, and a search that
/// found fewer than k loses the rest.
public enum Recall {
    /// The recall of each query by ids alone: a row at the distance of the k-th neighbour but with another
    /// id does not count.
    public static func perQuery(found: [[Int32]], truth: IntegerSet, k: Int) -> [Double] {
        checkShapes(found: found, truth: truth, k: k)
        return found.indices.map { query in
            let wanted = Set(truth.row(query).prefix(k))
            return Double(wanted.intersection(found[query].prefix(k)).count) / Double(k)
        }
    }

    /// The recall of each query by distances, which are computed here again: what a search says about its
    /// results is not used.
    public static func perQuery(
        found: [[Int32]], truth: Neighbors, base: VectorSet, queries: VectorSet, distance: Distance, k: Int,
        tolerance: TieTolerance = .rounding
    ) -> [Double] {
        checkShapes(found: found, truth: truth.ids, k: k)
        precondition(queries.count >= found.count, "there must be a query for every list of results")
        return found.indices.map { query in
            let last = Int(truth.ids.row(query)[truth.ids.row(query).startIndex + k - 1])
            let limit = tolerance.limit(distance.between(base, row: last, queries, query: query))
            let close = Set(found[query].prefix(k)).filter { id in
                id >= 0 && Int(id) < base.count
                    && distance.between(base, row: Int(id), queries, query: query) <= limit
            }
            return Double(close.count) / Double(k)
        }
    }

    /// The mean over queries and its confidence interval.
    ///
    /// Wilson's interval ("Probable inference, the law of succession, and statistical inference", 1927) with
    /// the effective number of trials of Korn and Graubard ("Confidence intervals for proportions with small expected
    /// number of positive counts estimated from survey data", 1998). The k neighbours of one query are found or
    /// lost together, so they are not k independent trials: the variance between queries says how many they
    /// are worth. It stays within 0...1 and, unlike a bootstrap, does not shrink to a point when every query was
    /// answered fully: then each query counts as one trial.
    ///
    /// - Parameters:
    ///   - perQuery: the recall of each query; at least one.
    ///   - k: how many neighbours were asked for.
    ///   - z: 1.96 for 95 % confidence.
    public static func estimate(_ perQuery: [Double], k: Int, z: Double = 1.959963984540054) -> RecallEstimate {
        precondition(!perQuery.isEmpty && k > 0, "a recall needs at least one query")
        let queries = Double(perQuery.count)
        let mean = perQuery.reduce(0, +) / queries
        let trials = effectiveTrials(perQuery, mean: mean, most: queries * Double(k))
        let centre = mean + z * z / (2 * trials)
        let spread = z * (mean * (1 - mean) / trials + z * z / (4 * trials * trials)).squareRoot()
        let scale = 1 + z * z / trials
        return RecallEstimate(
            mean: mean, low: max(0, min(mean, (centre - spread) / scale)),
            high: min(1, max(mean, (centre + spread) / scale)))
    }

    private static func effectiveTrials(_ perQuery: [Double], mean: Double, most: Double) -> Double {
        let queries = Double(perQuery.count)
        guard mean > 0 && mean < 1, let deviation = Samples.standardDeviation(of: perQuery) else {
            return queries
        }
        guard deviation > 0 else { return most }
        return min(most, max(queries, mean * (1 - mean) * queries / (deviation * deviation)))
    }

    private static func checkShapes(found: [[Int32]], truth: IntegerSet, k: Int) {
        precondition(k > 0 && k <= truth.width, "the truth holds \(truth.width) neighbours, not \(k)")
        precondition(found.count <= truth.count, "the truth holds \(truth.count) queries, not \(found.count)")
    }
}
