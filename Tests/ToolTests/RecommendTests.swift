import Testing

@testable import ApusTool

@Suite struct RecommendTests {
    private let exact = candidate("FLAT", recall: 1, low: 0.98, rate: 100, bytes: 1_000)
    private let narrow = candidate("HNSW ef=16", recall: 0.93, low: 0.92, rate: 2_000, bytes: 1_200)
    private let lucky = candidate("HNSW ef=32", recall: 0.955, low: 0.94, rate: 1_500, bytes: 1_200)
    private let sure = candidate("HNSW ef=64", recall: 0.98, low: 0.97, rate: 900, bytes: 1_200)

    private static func candidate(
        _ name: String, recall: Double, low: Double, rate: Double, bytes: Double
    ) -> Recommendation.Candidate {
        Recommendation.Candidate(
            name: name, isExact: name == "FLAT", recall: recall, recallLow: low, queriesPerSecond: rate,
            bytes: bytes)
    }

    private func choice(
        _ candidates: [Recommendation.Candidate], target: Double = 0.95, memory: Int? = nil
    ) -> String? {
        let advice = Recommendation(
            candidates, target: target, memory: memory, sampleRows: 10, totalRows: 20)
        #expect(!advice.text.isEmpty)
        return advice.choice?.name
    }

    @Test func theFastestThatSurelyReachesTheTarget() {
        #expect(choice([exact, narrow, lucky, sure]) == "HNSW ef=64")
        #expect(choice([exact, narrow, lucky]) == "HNSW ef=32")
        #expect(choice([exact, narrow]) == "FLAT")
    }

    @Test func anExactScanThatIsFastEnoughWins() {
        let fast = Self.candidate("FLAT", recall: 1, low: 0.98, rate: 500, bytes: 1_000)
        #expect(choice([fast, sure]) == "FLAT")
    }

    @Test func memoryIsKept() {
        #expect(choice([exact, sure], memory: 1_100) == "FLAT")
        #expect(choice([exact, sure], memory: 900) == nil)
    }

    @Test func theCommandGivesItsReasons() {
        let data = SmallData()
        let run = ToolRun(
            "recommend", "--base", data.base, "--metric", "L2", "--seconds", "0", "--sample", "200")
        #expect(run.exitCode == .success, "\(run.error)")
        #expect(run.output.contains("Take "))
        #expect(run.output.contains("sample of 200 of 300 rows"))
    }
}
