import Testing

@testable import Common

@Suite struct LatencyHistogramTests {
    private func logUniform(_ count: Int, seed: UInt64) -> [UInt64] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in UInt64(exponential(random.uniformDouble() * 24)) }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func percentilesAgreeWithSorting(seed: UInt64) {
        let samples = logUniform(20_000, seed: seed)
        var histogram = LatencyHistogram()
        for sample in samples { histogram.add(sample) }
        let sorted = samples.map { Double($0) }.sorted()
        for percent in [0, 1, 10, 50, 90, 95, 99, 99.9, 100] {
            let exact = Samples.percentile(percent, ofSorted: sorted) ?? -1
            let estimate = histogram.percentileNanoseconds(percent) ?? -2
            #expect(abs(estimate - exact) <= 0.008 * exact, "percentile \(percent), seed \(seed)")
        }
        #expect(histogram.p50Nanoseconds == histogram.percentileNanoseconds(50))
        #expect(histogram.p999Nanoseconds == histogram.percentileNanoseconds(99.9))
        let mean = sorted.reduce(0, +) / 20_000
        #expect(abs((histogram.meanNanoseconds ?? 0) / mean - 1) < 1e-9)
    }

    @Test func mergingIsAddingEverything() {
        var whole = LatencyHistogram()
        var parts = [LatencyHistogram(), LatencyHistogram(), LatencyHistogram()]
        for (index, sample) in logUniform(999, seed: 4).enumerated() {
            whole.add(sample)
            parts[index % 2].add(sample)
        }
        var merged = LatencyHistogram()
        for part in parts { merged.merge(part) }
        #expect(merged.count == whole.count)
        #expect(merged.maximumNanoseconds == whole.maximumNanoseconds)
        #expect(merged.minimumNanoseconds == whole.minimumNanoseconds)
        #expect(merged.p95Nanoseconds == whole.p95Nanoseconds)
    }

    @Test func emptyAndExtremeDurations() {
        var histogram = LatencyHistogram()
        #expect(histogram.p50Nanoseconds == nil)
        #expect(histogram.meanNanoseconds == nil)
        histogram.add(0)
        histogram.add(UInt64.max)
        #expect(histogram.p50Nanoseconds == 0)
        #expect(histogram.percentileNanoseconds(100).map { $0 > 1.83e19 } == true)
    }
}

@Test func samplesAreSummarised() {
    #expect(Samples.percentile(50, of: [3, 1, 2, 4]) == 2)
    #expect(Samples.percentile(100, of: [3, 1, 2, 4]) == 4)
    #expect(Samples.percentile(0, of: [3, 1, 2, 4]) == 1)
    #expect(Samples.percentile(50, of: []) == nil)
    #expect(Samples.median(of: [3, 1, 2, 4]) == 2.5)
    #expect(Samples.median(of: [5, 1, 2]) == 2)
    #expect(Samples.mean(of: [1, 2, 6]) == 3)
    #expect(Samples.standardDeviation(of: [2, 4, 4, 4, 5, 5, 7, 9]).map { abs($0 - 2.13809) < 1e-5 } == true)
    #expect(Samples.standardDeviation(of: [1]) == nil)
}

@Suite struct WilcoxonTests {
    /// All 2^n signs, one by one.
    private func countedPValue(_ differences: [Double]) -> Double {
        let sizes = differences.filter { $0 != 0 }.map(abs)
        let ranks = sizes.map { size in
            Double(sizes.count { $0 < size }) + Double(sizes.count { $0 == size } + 1) / 2
        }
        let observed = Wilcoxon(differences: differences)
        let smaller = min(observed.positiveRanks, observed.negativeRanks)
        let extreme = (0..<1 << sizes.count).count { signs in
            let sum = ranks.indices.reduce(0) { $0 + (signs >> $1 & 1 == 1 ? ranks[$1] : 0) }
            return sum <= smaller
        }
        return min(1, 2 * Double(extreme) / Double(1 << sizes.count))
    }

    @Test func fiveDifferencesByHand() {
        // Ranks 1 to 5, one negative of rank 2: the sums 0, 1 and 2 come from 3 of the 32 sign patterns.
        let test = Wilcoxon(differences: [1, -2, 3, 4, 5])
        #expect(test.positiveRanks == 13)
        #expect(test.negativeRanks == 2)
        #expect(test.pValue == 2 * 3.0 / 32)
        #expect(abs(test.effectSize - 11.0 / 15) < 1e-12)
    }

    @Test func tiesShareRanksAndZerosAreLeftOut() {
        // Sizes 1 1 2: ranks 1.5 1.5 3; negative sum 1.5; sums 0, 1.5, 1.5 from 3 of 8 patterns.
        let test = Wilcoxon(differences: [0, 1, -1, 2, 0])
        #expect(test.count == 3)
        #expect(test.positiveRanks == 4.5)
        #expect(test.negativeRanks == 1.5)
        #expect(test.pValue == 2 * 3.0 / 8)
    }

    @Test func nothingButZeros() {
        let test = Wilcoxon(differences: [0, 0])
        #expect(test.pValue == 1)
        #expect(test.effectSize == 0)
    }

    @Test(arguments: UInt64(1)...12)
    func exactValuesAgreeWithCounting(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let differences = (0..<10).map { _ in Double(random.integer(below: 9) - 3) }
        #expect(
            abs(Wilcoxon(differences: differences).pValue - countedPValue(differences)) < 1e-12,
            "seed \(seed)")
    }

    @Test func theApproximationJoinsTheExactValue() {
        var random = RandomSource(seed: 3)
        let differences = random.gaussians(Wilcoxon.exactLimit).map { Double($0) + 0.3 }
        let exact = Wilcoxon(differences: differences)
        let smaller = min(exact.positiveRanks, exact.negativeRanks)
        let ranks = Wilcoxon.doubledRanks(of: differences.map(abs))
        let approximate = Wilcoxon.normalPValue(smaller: smaller, doubledRanks: ranks)
        #expect(abs(exact.pValue - approximate) < 0.002)
        let longer = Wilcoxon(differences: differences + differences)
        #expect(longer.pValue > 0 && longer.pValue < exact.pValue)
    }

    @Test func pairsAreComparedByTheirRatio() {
        let comparison = PairedComparison(
            baseline: [10, 20, 30, 40, 50, 60], candidate: [8, 17, 27, 30, 45, 42])
        #expect(abs(comparison.medianRatio - (0.8 + 0.85) / 2) < 1e-12)
        #expect(comparison.effectSize == -1)
        #expect(comparison.pValue == 2.0 / 64)
        #expect(comparison.pairs == 6)
    }
}

@Suite struct SystemTests {
    @Test func clocksAdvanceAndMemoryIsKnown() {
        let (sum, seconds) = MonotonicClock.seconds { (0..<10_000).reduce(0, +) }
        #expect(sum == 49_995_000)
        #expect(seconds >= 0)
        #expect(ProcessorTime.processSeconds() > 0)
        #expect(ProcessorTime.threadSeconds() > 0)
        #expect((ProcessMemory.residentBytes() ?? 1) > 0)
        #expect((ProcessMemory.peakResidentBytes() ?? 1) > 0)
        #expect((MachineMemory.availableBytes ?? 1) <= (MachineMemory.totalBytes ?? 1))
        #expect(Machine.current.description.contains(Machine.current.processor))
    }

    @Test func everyRangeIsVisitedOnce() {
        for (count, chunk, threads) in [(0, 3, 2), (1, 3, 4), (1_000, 7, 3), (10, 100, 2)] {
            let visits = VectorSet.make(count: max(1, count), dimension: 1, threads: 1) { _, values in
                values[0] = 0
            }
            var copy = visits
            copy.withMutableValues { buffer in
                let memory = SharedMemory(buffer)
                Parallel.forEachRange(count: count, chunk: chunk, threads: threads) { range in
                    for index in range { memory.slice(start: index, count: 1)[0] += 1 }
                }
            }
            #expect(copy.values.reduce(0, +) == Float(count))
            #expect(copy.values.allSatisfy { $0 == (count == 0 ? 0 : 1) })
        }
    }
}
