/// The rank-sum test: does one of two independent samples tend to be larger?
///
/// Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the other", 1947.
/// Equal values share the mean of their ranks. Up to `exactLimit` values in all the p-value is exact, counted over all
/// ways to choose the ranks of the first sample, so ties are treated exactly too; above, the normal approximation with the
/// correction of the variance for ties and of one half for continuity.
public struct MannWhitney: Sendable, Equatable {
    /// The largest number of values of both samples for which the distribution is counted out.
    public static let exactLimit = 40

    /// Pairs in which the first value is larger; a tie counts one half.
    public let pairsFirstLarger: Double
    public let firstCount: Int
    public let secondCount: Int
    /// Two-sided.
    public let pValue: Double

    /// Cliff's delta (Cliff, "Dominance statistics: ordinal analyses to answer ordinal questions", 1993): the share of
    /// pairs in which the first is larger minus that in which it is smaller, from -1 to 1.
    public var cliffsDelta: Double {
        2 * pairsFirstLarger / Double(firstCount * secondCount) - 1
    }

    /// Both samples need a value.
    public init(_ first: [Double], _ second: [Double]) {
        precondition(!first.isEmpty && !second.isEmpty, "a test needs values in both samples")
        let doubled = Wilcoxon.doubledRanks(of: first + second)
        let rankSum = doubled[0..<first.count].reduce(0, +)
        firstCount = first.count
        secondCount = second.count
        pairsFirstLarger = Double(rankSum - first.count * (first.count + 1)) / 2
        pValue =
            doubled.count <= MannWhitney.exactLimit
            ? MannWhitney.exactPValue(doubled, chosen: first.count, sum: rankSum)
            : MannWhitney.normalPValue(doubled, chosen: first.count, sum: rankSum)
    }

    /// The share of all choices of `chosen` ranks whose sum is at least as far from the middle.
    static func exactPValue(_ doubledRanks: [Int], chosen: Int, sum: Int) -> Double {
        let counts = sumCounts(doubledRanks, chosen: chosen)
        // Four times the mean, and sums times two, are whole numbers.
        let middle = doubledRanks.reduce(0, +) * chosen
        let distance = abs(sum * doubledRanks.count - middle)
        var (extreme, all) = (0.0, 0.0)
        for (value, count) in counts.enumerated() {
            all += count
            if abs(value * doubledRanks.count - middle) >= distance { extreme += count }
        }
        return min(1, extreme / all)
    }

    /// By sum, in how many ways `chosen` of the ranks give it.
    private static func sumCounts(_ ranks: [Int], chosen: Int) -> [Double] {
        let total = ranks.reduce(0, +)
        var counts = [[Double]](repeating: [Double](repeating: 0, count: total + 1), count: chosen + 1)
        counts[0][0] = 1
        for rank in ranks {
            for number in stride(from: chosen, to: 0, by: -1) {
                for sum in stride(from: total, through: rank, by: -1) {
                    counts[number][sum] += counts[number - 1][sum - rank]
                }
            }
        }
        return counts[chosen]
    }

    static func normalPValue(_ doubledRanks: [Int], chosen: Int, sum: Int) -> Double {
        let count = Double(doubledRanks.count)
        let mean = Double(doubledRanks.reduce(0, +)) / 2 / count
        let spread = doubledRanks.reduce(0.0) { $0 + (Double($1) / 2 - mean) * (Double($1) / 2 - mean) }
        let rest = count - Double(chosen)
        let variance = Double(chosen) * rest / (count * (count - 1)) * spread
        guard variance > 0 else { return 1 }
        let distance = max(0, abs(Double(sum) / 2 - Double(chosen) * mean) - 0.5)
        return min(1, complementaryError(distance / (2 * variance).squareRoot()))
    }
}
