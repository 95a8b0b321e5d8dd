import Testing

@testable import Common

@Test func sameSeedGivesSameSequence() {
    var first = RandomSource(seed: 7)
    var second = RandomSource(seed: 7)
    for _ in 0..<100 { #expect(first.next() == second.next()) }
}
