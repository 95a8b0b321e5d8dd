import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct RecallTestTests {
    private let seed = testSeed(70)

    /// Recalls of `k` neighbours, each found with probability `mean`.
    private func recall(_ mean: Double, k: Int, _ random: inout RandomSource) -> Double {
        let found = (0..<k).count { _ in Double.random(in: 0..<1, using: &random) < mean }
        return Double(found) / Double(k)
    }

    private func verdict(_ mean: Double, target: Double, k: Int, _ random: inout RandomSource) -> RecallTest.Verdict {
        var test = RecallTest(target: target, errorProbability: 0.05)
        while test.verdict == .open, test.recalls.count < 1500 { test.add(recall(mean, k: k, &random)) }
        return test.verdict
    }

    /// A mean at the target is the hardest to tell from one above it: looking after every query must not add up.
    @Test(arguments: [0.5, 0.9, 0.99], [1, 10])
    func aMeanAtTheTargetIsSeldomAccepted(target: Double, k: Int) {
        var random = RandomSource(seed: seed)
        let accepted = (0..<300).count { _ in verdict(target, target: target, k: k, &random) == .reached }
        // 5 % of 300, and four standard deviations.
        #expect(accepted <= 15 + 16, "\(accepted) of 300, seed \(seed)")
    }

    @Test(arguments: [1, 10])
    func clearDifferencesAreFound(k: Int) {
        var random = RandomSource(seed: seed + 1)
        for (mean, expected) in [(0.97, RecallTest.Verdict.reached), (0.75, .missed)] {
            let right = (0..<50).count { _ in verdict(mean, target: 0.9, k: k, &random) == expected }
            #expect(right >= 45, "mean \(mean), \(right) of 50, seed \(seed)")
        }
    }

    @Test func intervalsHoldTheMean() {
        var random = RandomSource(seed: seed + 2)
        var missed = 0
        for _ in 0..<60 {
            let mean = Double.random(in: 0.6..<0.99, using: &random)
            let recalls = (0..<200).map { _ in recall(mean, k: 10, &random) }
            let interval = RecallTest.interval(of: recalls, errorProbability: 0.05)
            if !interval.contains(mean) { missed += 1 }
            #expect(interval.upperBound - interval.lowerBound < 0.15, "seed \(seed)")
        }
        #expect(missed <= 3 + 7, "\(missed) of 60, seed \(seed)")
    }
}
