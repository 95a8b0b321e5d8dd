import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct LikePatternTests {
    private func matches(_ pattern: String, _ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { LikePattern(pattern)!.matches($0) }
    }

    /// By trying everything.
    private func plain(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case "%": return plain(pattern.dropFirst(), text) || (!text.isEmpty && plain(pattern, text.dropFirst()))
        case "_": return !text.isEmpty && plain(pattern.dropFirst(), text.dropFirst())
        case "\\":
            return text.first == pattern.dropFirst().first && plain(pattern.dropFirst(2), text.dropFirst())
        default: return text.first == first && plain(pattern.dropFirst(), text.dropFirst())
        }
    }

    @Test func patternsMatchAsTryingEverythingDoes() {
        let seed = testSeed(7_301)
        var random = RandomSource(seed: seed)
        let parts = ["a", "b", "ä", "%", "%", "_", "\\%", "\\_", "\\\\", "\\a"]
        let characters = ["a", "b", "ä", "%", "_", "\\", "😀"]
        for _ in 0..<5_000 {
            let pattern = (0..<Int.random(in: 0...6, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
            let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in characters.randomElement(using: &random)! }
                .joined()
            let expected = plain(Array(pattern.unicodeScalars)[...], Array(text.unicodeScalars)[...])
            #expect(matches(pattern, text) == expected, "seed \(seed): '\(pattern)' on '\(text)'")
            let again = LikePattern(LikePattern(pattern)!.description)
            #expect(again == LikePattern(pattern), "seed \(seed): '\(pattern)'")
        }
    }

    @Test func manyRunsAreNotTriedInAllWays() {
        let pattern = String(repeating: "%a", count: 200) + "%b"
        #expect(!matches(pattern, String(repeating: "a", count: 5_000)))
    }

    @Test func whatIndexesAsk() {
        #expect(LikePattern("ab")!.exactText == Array("ab".utf8))
        #expect(LikePattern("")!.exactText == [])
        #expect(LikePattern("a_")!.exactText == nil)
        #expect(LikePattern("ab%")!.isPrefixOnly && LikePattern("ab%")!.prefix == Array("ab".utf8))
        #expect(LikePattern("%")!.isPrefixOnly && LikePattern("%")!.prefix.isEmpty)
        #expect(!LikePattern("ab%c")!.isPrefixOnly && !LikePattern("ab")!.isPrefixOnly)
        #expect(LikePattern("a%b_c")!.literals == ["a", "b", "c"].map { Array($0.utf8) })
        #expect(LikePattern("a%_b") == LikePattern("a_%%b"))
        #expect(LikePattern("a\\") == nil && LikePattern("a\\\\") != nil)
    }
}
