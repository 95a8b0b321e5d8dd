/// How many times larger a candidate is than a baseline, from independent samples of both.
///
/// The ratio and its interval are those of Hodges and Lehmann ("Estimates of location based on rank tests", 1963) on the
/// logarithms: the median over all pairs, and the ratios between which the rank-sum test does not tell the samples apart.
/// No distribution is assumed, and one wild pass does not move them.
public struct SampleComparison: Sendable, Equatable {
    /// Median of the candidate over median of the baseline.
    public let medianRatio: Double
    /// Hodges and Lehmann's estimate of candidate / baseline.
    public let ratio: Double
    public let low: Double
    public let high: Double
    /// The confidence of the interval: 0.95, or less where there are too few samples for that.
    public let confidence: Double
    /// From -1, every candidate is smaller, to 1.
    public let cliffsDelta: Double
    /// Two-sided, of the rank-sum test.
    public let pValue: Double

    private static let wantedConfidence = 0.95
    /// More are thinned out evenly: the pairs would be too many.
    private static let mostSamples = 400

    /// All values must be positive, and there must be one of each.
    public init(baseline: [Double], candidate: [Double]) {
        precondition(
            (baseline + candidate).allSatisfy { $0 > 0 && $0.isFinite }, "measurements must be positive")
        let (baseline, candidate) = (Self.thinned(baseline), Self.thinned(candidate))
        let test = MannWhitney(candidate, baseline)
        medianRatio = Samples.median(of: candidate)! / Samples.median(of: baseline)!
        cliffsDelta = test.cliffsDelta
        pValue = test.pValue
        let ratios = candidate.flatMap { above in baseline.map { above / $0 } }.sorted()
        ratio = exponential(Samples.median(of: ratios.map(naturalLogarithm))!)
        let (outside, confidence) = Self.outside(candidate.count, baseline.count)
        self.confidence = confidence
        low = ratios[outside]
        high = ratios[ratios.count - 1 - outside]
    }

    private static func thinned(_ samples: [Double]) -> [Double] {
        guard samples.count > mostSamples else { return samples }
        return (0..<mostSamples).map { samples[$0 * samples.count / mostSamples] }
    }

    /// How many of the sorted ratios lie outside of the interval at each end, and its confidence.
    private static func outside(_ first: Int, _ second: Int) -> (count: Int, confidence: Double) {
        let tail = (1 - wantedConfidence) / 2
        guard first + second <= MannWhitney.exactLimit else {
            let pairs = Double(first * second)
            let deviation = (pairs * Double(first + second + 1) / 12).squareRoot()
            return (max(0, Int(pairs / 2 - 1.959963984540054 * deviation)), wantedConfidence)
        }
        let shares = pairShares(first, second)
        var (below, count) = (shares[0], 0)
        while count + 1 < shares.count, below + shares[count + 1] <= tail {
            count += 1
            below += shares[count]
        }
        return (count, 1 - 2 * min(0.5, below))
    }

    /// The probability of each number of pairs in which the first is larger, if nothing differs.
    ///
    /// The recursion of Mann and Whitney: the largest value belongs to one of the samples.
    static func pairShares(_ first: Int, _ second: Int) -> [Double] {
        var rows: [[Double]] = (0...second).map { _ in [1] }
        for n in 1...first {
            var next: [[Double]] = [[1]]
            for m in 1...second {
                let (fromFirst, fromSecond) = (Double(n) / Double(n + m), Double(m) / Double(n + m))
                next.append(
                    (0...n * m).map { pairs in
                        let without = pairs - m
                        let own = without >= 0 && without < rows[m].count ? rows[m][without] : 0
                        let other = pairs < next[m - 1].count ? next[m - 1][pairs] : 0
                        return fromFirst * own + fromSecond * other
                    })
            }
            rows = next
        }
        return rows[second]
    }
}
