import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct WriteTimesTests {
    @Test func runsAnswerAsAListDoes() throws {
        let seed = testSeed(5_100)
        var random = RandomSource(seed: seed)
        for _ in 0..<50 {
            var times = WriteTimes()
            var list: [UInt64] = []
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let count = Int.random(in: 0...5, using: &random)
                let seconds = UInt64.random(in: 0...6, using: &random)
                times.append(count, at: seconds)
                list += Array(repeating: seconds, count: count)
            }
            #expect(list.indices.map { times.seconds(of: $0) } == list, "seed \(seed)")
            #expect(times.rowCount == list.count && times.latest == list.max() ?? 0)
            for moment in 0...7 as ClosedRange<UInt64> {
                var expired: [Int] = []
                times.forEachRun(through: moment) { expired += $0 }
                let expected = list.indices.filter { list[$0] != WriteTimes.unknown && list[$0] <= moment }
                #expect(expired == expected, "seed \(seed)")
                #expect(times.hasRows(through: moment) == !expected.isEmpty)
            }
            var writer = ByteWriter()
            times.write(to: &writer)
            var reader = ByteReader(writer.bytes, path: "f")
            #expect(try WriteTimes.read(rowCount: list.count, from: &reader) == times)
            try reader.expectEnd()
        }
    }

    @Test func rowsOfOneTimeTakeAFewBytes() {
        var times = WriteTimes()
        for _ in 0..<1_000_000 { times.append(1, at: 1_700_000_000) }
        var writer = ByteWriter()
        times.write(to: &writer)
        #expect(writer.bytes.count == 9)
    }

    /// Bytes that are no times of so many rows.
    @Test(
        arguments: [[], [0], [1, 2, 5], [1, 4, 5], [1, 0, 5], [2, 2, 5, 2, 5], [1, 3], [200, 3, 5]] as [[UInt8]])
    func damagedTimesAreRefused(bytes: [UInt8]) {
        var reader = ByteReader(bytes, path: "f")
        #expect(throws: StorageError.self) { try WriteTimes.read(rowCount: 3, from: &reader) }
    }
}
