import Testing

@testable import Common

@Suite struct MannWhitneyTests {
    /// All ways to choose the first sample's values out of all, one by one.
    private func countedPValue(_ first: [Double], _ second: [Double]) -> Double {
        let all = first + second
        let ranks = all.map { value in
            Double(all.count { $0 < value }) + Double(all.count { $0 == value } + 1) / 2
        }
        let mean = ranks.reduce(0, +) * Double(first.count) / Double(all.count)
        let observed = abs(ranks[0..<first.count].reduce(0, +) - mean)
        var (extreme, choices) = (0, 0)
        for chosen in 0..<1 << all.count where chosen.nonzeroBitCount == first.count {
            let sum = ranks.indices.reduce(0) { $0 + (chosen >> $1 & 1 == 1 ? ranks[$1] : 0) }
            choices += 1
            if abs(sum - mean) >= observed - 1e-9 { extreme += 1 }
        }
        return Double(extreme) / Double(choices)
    }

    @Test func threeAgainstThreeByHand() {
        // Of the 20 ways to choose three ranks of six only 1 2 3 and 4 5 6 are as extreme.
        let test = MannWhitney([4, 5, 6], [1, 2, 3])
        #expect(test.pairsFirstLarger == 9)
        #expect(abs(test.pValue - 0.1) < 1e-12)
        #expect(test.cliffsDelta == 1)
        #expect(MannWhitney([1, 2, 3], [4, 5, 6]).cliffsDelta == -1)
    }

    @Test func tiesCountOneHalf() {
        // Pairs: 1-1 tie, 1-2 less, 3-1 more, 3-2 more.
        let test = MannWhitney([1, 3], [1, 2])
        #expect(test.pairsFirstLarger == 2.5)
        #expect(test.cliffsDelta == 0.25)
        #expect(MannWhitney([7, 7], [7]).pValue == 1)
    }

    @Test(arguments: UInt64(1)...10)
    func exactValuesAgreeWithCounting(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let first = (0..<5).map { _ in Double(random.integer(below: 8)) }
        let second = (0..<6).map { _ in Double(random.integer(below: 8)) + 1 }
        #expect(abs(MannWhitney(first, second).pValue - countedPValue(first, second)) < 1e-12, "seed \(seed)")
    }

    @Test func theApproximationJoinsTheExactValue() {
        var random = RandomSource(seed: 5)
        let first = random.gaussians(20).map { Double($0) + 0.6 }
        let second = random.gaussians(20).map { Double($0) }
        let ranks = Wilcoxon.doubledRanks(of: first + second)
        let sum = ranks[0..<20].reduce(0, +)
        let exact = MannWhitney.exactPValue(ranks, chosen: 20, sum: sum)
        #expect(abs(exact - MannWhitney.normalPValue(ranks, chosen: 20, sum: sum)) < 0.002)
        #expect(MannWhitney([Double](repeating: 1, count: 30), [Double](repeating: 1, count: 30)).pValue == 1)
    }
}

@Suite struct SampleComparisonTests {
    @Test func numbersOfPairsByHand() {
        // Mann and Whitney's table for three against three.
        let expected = [1.0, 1, 2, 3, 3, 3, 3, 2, 1, 1].map { $0 / 20 }
        for (share, wanted) in zip(SampleComparison.pairShares(3, 3), expected) { #expect(abs(share - wanted) < 1e-12) }
        #expect(abs(SampleComparison.pairShares(7, 4).reduce(0, +) - 1) < 1e-12)
    }

    @Test func ratiosByHand() {
        // Ratios: 1/1 2/1 4/1 1/2 2/2 4/2 1/4 2/4 4/4, their median 1.
        let same = SampleComparison(baseline: [1, 2, 4], candidate: [1, 2, 4])
        #expect(same.ratio == 1 && same.medianRatio == 1 && same.pValue == 1 && same.cliffsDelta == 0)
        // Three and three: the smallest and the largest ratio, outside of which lies 1/20 at each end.
        #expect(same.low == 0.25 && same.high == 4 && abs(same.confidence - 0.9) < 1e-12)
        let twice = SampleComparison(baseline: [1, 2, 4], candidate: [2, 4, 8])
        #expect(abs(twice.ratio - 2) < 1e-12 && twice.medianRatio == 2)
    }

    @Test func fiveAgainstFiveHaveAnIntervalOfNinetyFivePercent() {
        // P(U <= 2) = 4/252 is the largest below 2.5 %, so the third smallest and largest ratios bound the interval.
        let comparison = SampleComparison(baseline: [1, 1, 1, 1, 1], candidate: [1, 2, 3, 4, 5])
        #expect(abs(comparison.confidence - (1 - 8.0 / 252)) < 1e-12)
        // Each of the five ratios is there five times.
        #expect(comparison.low == 1 && comparison.high == 5)
    }

    /// In about 95 of 100 experiments the interval holds the ratio.
    @Test(arguments: [8, 40])
    func intervalsHoldTheRatio(size: Int) {
        var random = RandomSource(seed: UInt64(size))
        let held = (0..<300).count { _ in
            let baseline = random.gaussians(size).map { exponential(Double($0) * 0.2) }
            let candidate = random.gaussians(size).map { 1.1 * exponential(Double($0) * 0.2) }
            let comparison = SampleComparison(baseline: baseline, candidate: candidate)
            return comparison.low <= 1.1 && 1.1 <= comparison.high
        }
        #expect((276...300).contains(held), "\(held) of 300, seed \(size)")
    }

    @Test func manySamplesAreThinnedOut() {
        let comparison = SampleComparison(
            baseline: (0..<5_000).map { 100 + Double($0 % 10) }, candidate: (0..<5_000).map { 200 + Double($0 % 10) })
        #expect(comparison.low > 1.8 && comparison.high < 2.1 && comparison.pValue < 1e-9)
    }
}

@Test func timesOfDay() {
    #expect(CalendarTime.text(secondsSinceEpoch: 0) == "1970-01-01T00:00:00Z")
    #expect(CalendarTime.text(secondsSinceEpoch: 1_772_323_199) == "2026-02-28T23:59:59Z")
    #expect(CalendarTime.now() > "2026")
}
