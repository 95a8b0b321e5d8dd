import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct RowSetTests {
    @Test(arguments: [1, 63, 64, 65, 127, 128, 1_000])
    func equalsASet(capacity: Int) {
        let seed = testSeed(52)
        var random = RandomSource(seed: seed, stream: capacity)
        var rows = RowSet(capacity: capacity)
        var model: Set<Int> = []
        for _ in 0..<capacity / 2 + 1 {
            let row = Int.random(in: 0..<capacity, using: &random)
            #expect(rows.insert(row) == model.insert(row).inserted)
        }
        #expect(rows.count == model.count)
        #expect((0..<capacity).allSatisfy { rows.contains($0) == model.contains($0) })
        var listed: [Int] = []
        rows.forEach(in: 0..<capacity) { listed.append($0) }
        #expect(listed == model.sorted())
        let start = Int.random(in: 0..<capacity, using: &random)
        let range = start..<Int.random(in: start...capacity, using: &random)
        listed = []
        rows.forEach(in: range) { listed.append($0) }
        #expect(listed == model.filter(range.contains).sorted(), "\(range), seed \(seed)")
        let rest = rows.complement(upTo: capacity)
        #expect(rest.count == capacity - model.count)
        #expect((0..<capacity).allSatisfy { rest.contains($0) != model.contains($0) })
        let larger = rows.extended(to: capacity + 70)
        #expect(larger.count == rows.count && !larger.contains(capacity + 69))
        #expect(RowSet(capacity: capacity, words: rows.words) == rows)
    }

    @Test func bitmapsOfAnotherSizeAreRefused() {
        #expect(RowSet(capacity: 65, words: [0]) == nil)
        #expect(RowSet(capacity: 64, words: [0, 0]) == nil)
        #expect(RowSet(capacity: 3, words: [0b1000]) == nil)
        #expect(RowSet(capacity: 0, words: []) != nil)
    }

    @Test func liveRowsEqualASet() {
        let seed = testSeed(53)
        var random = RandomSource(seed: seed)
        var rows = LiveRows(rowCount: 0)
        var model: Set<Int> = []
        for round in 0..<200 {
            let before = (rows, model)
            if Bool.random(using: &random) {
                let count = rows.rowCount + Int.random(in: 0...40, using: &random)
                model.formUnion(rows.rowCount..<count)
                rows = rows.extended(to: count)
            } else if rows.rowCount > 0 {
                let gone = (0..<3).map { _ in Int.random(in: 0..<rows.rowCount, using: &random) }
                model.subtract(gone)
                rows = rows.deleting(gone)
            }
            #expect(rows.count == model.count, "round \(round), seed \(seed)")
            #expect(
                (0..<rows.rowCount).allSatisfy { rows.contains($0) == model.contains($0) },
                "round \(round), seed \(seed)")
            #expect(before.0.count == before.1.count, "an older value changed")
            #expect((rows.permitted == nil) == (rows.count == rows.rowCount))
        }
    }
}
