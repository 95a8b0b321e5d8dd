import Common
import TestSupport
import Testing

/// Random lives of a collection whose schema grows, whose rows bring dynamic keys and expire, and whose rows are deleted
/// and updated by filters, against a dictionary; with restarts, power cuts and a clock that jumps.
@Suite struct SchemaModelTests {
    @Test(arguments: 0..<10 as Range<UInt64>)
    func aGrowingSchemaIsADictionary(stream: UInt64) throws {
        let seed = testSeed(30_000)
        var done: [String] = []
        do {
            let model = try SchemaModel(RandomSource(seed: seed, stream: Int(stream)))
            for _ in 0..<80 {
                done.append(model.chooseStep())
                try model.step(done[done.count - 1])
                try model.check()
            }
            try model.reopen()
            try model.check()
        } catch {
            Issue.record("APUS_TEST_SEED=\(seed), stream \(stream), after \(done.joined(separator: ", ")): \(error)")
        }
    }
}
