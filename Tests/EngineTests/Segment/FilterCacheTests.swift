import TestSupport
import Testing

@testable import Apus

@Suite struct FilterCacheTests {
    private func set(_ rows: some Sequence<Int>) -> RowSet { RowSet(capacity: 640, rows: rows) }

    @Test func aFilterIsEvaluatedOnce() {
        let cache = FilterCache()
        var evaluations = 0
        for _ in 0..<3 {
            let permitted = cache.permitted(key: "a > 1", live: nil) {
                evaluations += 1
                return set(0..<100)
            }
            #expect(permitted == set(0..<100))
        }
        #expect(evaluations == 1)
    }

    @Test func deletionsAreSeenWithoutAnotherEvaluation() {
        let cache = FilterCache()
        var evaluations = 0
        func permitted(_ live: RowSet?) -> RowSet {
            cache.permitted(key: "f", live: live) {
                evaluations += 1
                return set(0..<100)
            }
        }
        let live = set(50..<640)
        #expect(permitted(nil) == set(0..<100))
        #expect(permitted(live) == set(50..<100))
        #expect(permitted(live).isIdentical(to: permitted(live)))
        #expect(permitted(set(90..<640)) == set(90..<100))
        #expect(evaluations == 1)
    }

    @Test func theLeastRecentlyUsedGoes() {
        let cache = FilterCache(bytesAtMost: 3 * 80)
        var evaluated: [String] = []
        func ask(_ key: String) {
            _ = cache.permitted(key: key, live: nil) {
                evaluated.append(key)
                return set(0..<1)
            }
        }
        for key in ["a", "b", "c", "a", "d", "a", "b"] { ask(key) }
        #expect(evaluated == ["a", "b", "c", "d", "b"])
        #expect(cache.byteCount == 3 * 80)
    }

    @Test func aSetThatIsTooLargeIsNotKept() {
        let cache = FilterCache(bytesAtMost: 40)
        for _ in 0..<2 { #expect(cache.permitted(key: "a", live: nil) { set(0..<9) } == set(0..<9)) }
        #expect(cache.byteCount == 0)
    }

    @Test func errorsAreNotKept() throws {
        struct Failure: Error {}
        let cache = FilterCache()
        #expect(throws: Failure.self) { try cache.permitted(key: "a", live: nil) { throw Failure() } }
        #expect(cache.permitted(key: "a", live: nil) { set(3..<4) } == set(3..<4))
    }

    @Test func manyThreadsShareIt() {
        let cache = FilterCache(bytesAtMost: 4 * 80)
        onThreads(4) { thread in
            for round in 0..<200 {
                let key = (round * (thread + 1)) % 7
                let permitted = cache.permitted(key: "\(key)", live: nil) {
                    RowSet(capacity: 640, rows: key..<key + 5)
                }
                #expect(permitted == RowSet(capacity: 640, rows: key..<key + 5))
            }
        }
        #expect(cache.byteCount <= 4 * 80)
    }
}
