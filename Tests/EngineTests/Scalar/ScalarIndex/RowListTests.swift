import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct RowListTests {
    private let seed = testSeed(404)
    private static let rowCount = 2_000

    /// Ascending rows of different kinds: few, many, in runs.
    private func rows(_ kind: Int, _ random: inout RandomSource) -> [UInt32] {
        let all = UInt32(0)..<UInt32(Self.rowCount)
        switch kind % 5 {
        case 0: return [all.randomElement(using: &random)!]
        case 1: return all.filter { _ in Int.random(in: 0..<200, using: &random) == 0 } + [1_999]
        case 2: return all.filter { _ in Int.random(in: 0..<3, using: &random) > 0 } + []
        case 3: return all.filter { ($0 / 97) % 3 == 1 }
        default: return Array(all)
        }
    }

    private func words(_ rows: [UInt32]) -> [UInt32] {
        var words: [UInt32] = []
        RowList.append(rows[...], to: &words)
        return words
    }

    @Test func everyFormGivesItsRows() {
        var random = RandomSource(seed: seed)
        var forms: Set<String> = []
        for kind in 0..<40 {
            let rows = Array(Set(rows(kind, &random))).sorted()
            let others = Array(Set(self.rows(kind / 5, &random))).sorted()
            let words = words(rows)
            #expect(words.count <= rows.count)
            words.withUnsafeBufferPointer { words in
                #expect(RowList.fault(in: words, rowCount: Self.rowCount) == nil)
                let list = RowList(words)
                forms.insert(String("\(list)".prefix { $0 != "(" }))
                #expect(list.count == rows.count && list.expanded() == rows, "kind \(kind), seed \(seed)")
                var collector = RowCollector(capacity: Self.rowCount)
                list.add(to: &collector)
                #expect(collector.finish().rows == rows.map(Int.init))
                #expect(list.intersection(with: others) == others.filter(Set(rows).contains))
            }
        }
        #expect(forms == ["rows", "runs", "bitmap"])
    }

    @Test func whatIsNoListIsFound() {
        let marker: UInt32 = 1 << 31
        let bitmap: UInt32 = 3 << 30
        let damaged: [[UInt32]] = [
            [], [5, 4], [5, 5], [2_000], [marker | 3], [marker | 3, 1], [marker | 3, 1, 4, 7], [marker | 2, 4, 3],
            [marker | 4, 1, 2, 2, 3], [marker | 5, 1, 2, 4, 5], [marker | 1, 2_000, 2_000], [bitmap | 1],
            [bitmap | 1, 0], [bitmap | 1, 0, 1, 0, 0], [bitmap | 2, 0, 1, 0], [bitmap | 1, 32, 1, 0],
            [bitmap | 1, .max, 1, 0],
            [bitmap | 1, 31, 0, 1 << 30],
        ]
        for words in damaged {
            let fault = words.withUnsafeBufferPointer { RowList.fault(in: $0, rowCount: Self.rowCount) }
            #expect(fault != nil, "\(words)")
        }
    }

    @Test func radixSortIsStable() {
        var random = RandomSource(seed: seed)
        for spread in [UInt64(3), 1_000, .max] {
            var entries = (0..<3_000).map {
                NumberEntry(code: UInt64.random(in: 0...spread, using: &random), row: UInt32($0))
            }
            let expected = entries.sorted { ($0.code, $0.row) < ($1.code, $1.row) }
            RadixSort.sort(&entries)
            #expect(entries.map(\.row) == expected.map(\.row), "spread \(spread), seed \(seed)")
        }
    }

    @Test func treesHoldWhatSortedTextsHold() throws {
        var values = RandomValues(.varchar(maxLength: 60), seed: seed)
        var entries = TextEntries()
        for row in 0..<500 {
            Array(values.text().utf8).withUnsafeBytes { entries.append($0, row: row) }
        }
        let (texts, _) = entries.grouped()
        let tree = TextTrie(texts)
        #expect(tree.count == texts.count)
        for _ in 0..<400 {
            let bound = ScalarBound(value: .text(values.text()), isIncluded: Bool.random(using: &values.random))
            for range in [ScalarRange(lower: bound, upper: nil), ScalarRange(lower: nil, upper: bound)] {
                #expect(tree.positions(in: range) == texts.positions(in: range), "\(range), seed \(seed)")
            }
            let pattern = values.pattern()
            let expected = texts.positions(like: pattern)!.flatMap { $0 }
            #expect(tree.positions(like: pattern)!.flatMap { $0 } == expected, "\(pattern), seed \(seed)")
        }
    }

    /// Texts that are each the beginning of the next make a tree as deep as there are texts.
    @Test func deepTrees() throws {
        var entries = TextEntries()
        for length in 0..<2_000 {
            Array(repeating: UInt8(ascii: "a"), count: length).withUnsafeBytes { entries.append($0, row: length) }
        }
        let tree = TextTrie(entries.grouped().values)
        #expect(tree.positions(equalTo: .text(String(repeating: "a", count: 1_500))) == 1_500..<1_501)
        #expect(tree.positions(like: LikePattern("aaa%")!) == [3..<2_000])
        #expect(tree.positions(like: LikePattern("a_")!) == [2..<3])
    }
}
