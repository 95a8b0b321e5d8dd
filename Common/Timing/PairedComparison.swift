/// Whether a candidate is faster or slower than a baseline, from runs made in pairs on one machine.
///
/// Runs of a pair follow each other closely, so the load of the machine falls out of their ratio. The test is on
/// the logarithms of the ratios: twice as fast and twice as slow weigh the same.
public struct PairedComparison: Sendable, Equatable {
    /// The median of candidate / baseline; below 1 the candidate took less.
    public let medianRatio: Double
    /// From -1 (the candidate is smaller in every pair) to 1 (larger in every pair).
    public let effectSize: Double
    /// Two-sided p-value of the signed-rank test.
    public let pValue: Double
    /// How many pairs there were.
    public let pairs: Int

    /// Compares measurements pair by pair; all must be positive, and there must be as many of both.
    public init(baseline: [Double], candidate: [Double]) {
        precondition(
            baseline.count == candidate.count && !baseline.isEmpty, "measurements must come in pairs")
        precondition(
            (baseline + candidate).allSatisfy { $0 > 0 && $0.isFinite }, "measurements must be positive")
        let ratios = zip(candidate, baseline).map { $0 / $1 }
        let test = Wilcoxon(differences: ratios.map(naturalLogarithm))
        medianRatio = Samples.median(of: ratios) ?? 1
        effectSize = test.effectSize
        pValue = test.pValue
        pairs = ratios.count
    }
}
