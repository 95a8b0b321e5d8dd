import TestSupport
import Testing

/// Random lives of a collection with a random schema, whose queries and searches are compared with a plain evaluation of
/// every row.
@Suite struct QueryModelTests {
    @Test(arguments: 0..<12 as Range<UInt64>)
    func queriesFindWhatAPlainEvaluationFinds(stream: UInt64) {
        let seed = testSeed(40_000) &+ stream
        let operations = QueryModelOperation.random(count: 120, seed: seed)
        guard let problem = QueryModelRun.problem(operations, seed: seed) else { return }
        let shrunk = shrink(operations) { QueryModelRun.problem($0, seed: seed) != nil }
        let list = shrunk.map(\.description).joined(separator: ", ")
        Issue.record(
            """
            APUS_TEST_SEED=\(testSeed(40_000)), stream \(stream): \(problem)
            shrunk to \(shrunk.count) operations: \(list)
            which fail by: \(QueryModelRun.problem(shrunk, seed: seed) ?? "nothing, this time")
            """)
    }
}
