import TestSupport
import Testing

/// Random lives of a folder against plain dictionaries: whatever the engine does inside, with sealing in the background,
/// restarts and power cuts, its users see what a dictionary would show them.
@Suite struct ModelTests {
    @Test(arguments: KeyKind.allCases, 0..<4 as Range<UInt64>)
    func aCollectionIsADictionary(keyKind: KeyKind, stream: UInt64) {
        let seed = testSeed(20_000) &+ stream
        let operations = ModelOperation.random(count: 150, seed: seed)
        guard let problem = ModelRun.problem(operations, keyKind) else { return }
        let shrunk = shrink(operations) { ModelRun.problem($0, keyKind) != nil }
        let list = shrunk.map(\.description).joined(separator: ", ")
        Issue.record(
            """
            keys \(keyKind), APUS_TEST_SEED=\(testSeed(20_000)), stream \(stream): \(problem)
            shrunk to \(shrunk.count) operations: \(list)
            which fail by: \(ModelRun.problem(shrunk, keyKind) ?? "nothing, this time")
            """)
    }

    /// Leaves out operations, many at a time and then single ones, as long as the rest still fails.
    private func shrink(
        _ operations: [ModelOperation], fails: ([ModelOperation]) -> Bool
    ) -> [ModelOperation] {
        var kept = operations
        var size = max(1, operations.count / 2)
        while true {
            var start = 0
            while start < kept.count {
                var shorter = kept
                shorter.removeSubrange(start..<min(start + size, kept.count))
                if fails(shorter) { kept = shorter } else { start += size }
            }
            if size == 1 { return kept }
            size = max(1, size / 2)
        }
    }
}
