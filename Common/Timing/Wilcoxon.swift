/// The signed-rank test: do paired differences centre on zero?
///
/// Wilcoxon, "Individual comparisons by ranking methods", 1945. Zero differences are left out, as there. Equal
/// sizes share the mean of their ranks. Up to `exactLimit` differences the p-value is exact, counted over all signs of the very
/// ranks at hand, so ties are treated exactly too; above, the normal approximation with the correction of the variance for
/// ties and of one half for continuity.
public struct Wilcoxon: Sendable, Equatable {
    /// The largest number of differences for which the distribution is counted out.
    public static let exactLimit = 40

    /// Differences that are not zero.
    public let count: Int
    /// The sum of the ranks of the positive differences.
    public let positiveRanks: Double
    /// The sum of the ranks of the negative differences.
    public let negativeRanks: Double
    /// Two-sided; 1 when there is no difference at all.
    public let pValue: Double

    /// The matched-pairs rank-biserial correlation (Kerby, "The simple difference formula", 2014): from -1, all
    /// differences negative, to 1, all positive; 0 when there is none.
    public var effectSize: Double {
        let total = positiveRanks + negativeRanks
        return total == 0 ? 0 : (positiveRanks - negativeRanks) / total
    }

    public init(differences: [Double]) {
        let nonzero = differences.filter { $0 != 0 }
        // Twice the ranks: shared ranks are halves, so these are whole numbers.
        let doubled = Wilcoxon.doubledRanks(of: nonzero.map(abs))
        let positive = zip(nonzero, doubled).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
        let total = doubled.reduce(0, +)
        count = nonzero.count
        positiveRanks = Double(positive) / 2
        negativeRanks = Double(total - positive) / 2
        let smaller = min(positive, total - positive)
        pValue =
            nonzero.count <= Wilcoxon.exactLimit
            ? Wilcoxon.exactPValue(smaller: smaller, doubledRanks: doubled)
            : Wilcoxon.normalPValue(smaller: Double(smaller) / 2, doubledRanks: doubled)
    }

    static func doubledRanks(of sizes: [Double]) -> [Int] {
        let order = sizes.indices.sorted { sizes[$0] < sizes[$1] }
        var ranks = [Int](repeating: 0, count: sizes.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count && sizes[order[end]] == sizes[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = start + 1 + end }
            start = end
        }
        return ranks
    }

    /// Counts for how many of the 2^n sign patterns the rank sum is at most `smaller`.
    private static func exactPValue(smaller: Int, doubledRanks: [Int]) -> Double {
        let total = doubledRanks.reduce(0, +)
        var patterns = [Double](repeating: 0, count: total + 1)
        patterns[0] = 1
        for rank in doubledRanks {
            for sum in stride(from: total, through: rank, by: -1) { patterns[sum] += patterns[sum - rank] }
        }
        let asExtreme = patterns[0...smaller].reduce(0, +)
        return min(1, 2 * asExtreme / power(2, Double(doubledRanks.count)))
    }

    /// The variance is the sum of the squared ranks over four, which holds with and without ties.
    static func normalPValue(smaller: Double, doubledRanks: [Int]) -> Double {
        let mean = Double(doubledRanks.reduce(0, +)) / 4
        let variance = doubledRanks.reduce(0.0) { $0 + Double($1 * $1) / 16 }
        let distance = max(0, mean - smaller - 0.5)
        return min(1, complementaryError(distance / (2 * variance).squareRoot()))
    }
}
