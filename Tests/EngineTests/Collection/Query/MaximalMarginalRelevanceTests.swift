import Common
import TestSupport
import Testing

@testable import Apus

/// The greedy choice against one that computes everything anew at every step.
@Suite struct MaximalMarginalRelevanceTests {
    private let seed = testSeed(223)

    private func choosePlainly(
        _ count: Int, _ lambda: Double, _ relevance: [Double], _ similarity: [[Double]]
    ) -> [Int] {
        var chosen: [Int] = []
        while chosen.count < min(count, relevance.count) {
            let values = relevance.indices.map { place -> Double in
                guard !chosen.contains(place) else { return -.infinity }
                let redundancy = chosen.map { similarity[$0][place] }.max() ?? 0
                return lambda * relevance[place] - (1 - lambda) * redundancy
            }
            chosen.append(values.firstIndex(of: values.max()!)!)
        }
        return chosen
    }

    @Test func theChoiceIsThatOfAPlainLoop() {
        var random = RandomSource(seed: seed)
        for trial in 0..<100 {
            let size = random.integer(below: 20)
            // Few different numbers, so that many are equal.
            let relevance = (0..<size).map { _ in Double(random.integer(below: 8)) / 7 }
            var similarity = (0..<size).map { _ in (0..<size).map { _ in Double(random.integer(below: 8)) / 7 } }
            for left in 0..<size { for right in 0..<left { similarity[left][right] = similarity[right][left] } }
            for lambda in [0, 0.3, 0.5, 1] {
                let count = random.integer(below: 24)
                let chosen = MaximalMarginalRelevance(lambda: lambda).choose(
                    count, relevance: relevance, similarity: { similarity[$0][$1] })
                #expect(
                    chosen == choosePlainly(count, lambda, relevance, similarity), "trial \(trial), seed \(seed)")
            }
        }
    }
}
