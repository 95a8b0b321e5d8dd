import TestSupport
import Testing

/// Random lives of a folder against plain dictionaries: whatever the engine does inside, with sealing in the background,
/// restarts and power cuts, its users see what a dictionary would show them.
@Suite struct ModelTests {
    @Test(arguments: KeyKind.allCases, 0..<6 as Range<UInt64>)
    func aCollectionIsADictionary(keyKind: KeyKind, stream: UInt64) {
        let seed = testSeed(20_000) &+ stream
        let operations = ModelOperation.random(count: 250, seed: seed)
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
}
