import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct HighlighterTests {
    private static func fragments(_ highlight: Highlight, _ words: String, in text: String) -> [String] {
        Highlighter(highlight, analyzer: .english, texts: [words]).result(for: text).fragments.map(\.text)
    }

    @Test func wordsAreMarkedAsTheyAreWritten() {
        let text = "Foxes run; a fox ran."
        #expect(Self.fragments(Highlight(), "the fox", in: text) == ["<em>Foxes</em> run; a <em>fox</em> ran."])
        let brackets = Highlight(openingTag: "[", closingTag: "]")
        #expect(Self.fragments(brackets, "running", in: text) == ["Foxes [run]; a fox ran."])
        #expect(Self.fragments(Highlight(), "wolf", in: text) == [])
        #expect(Self.fragments(Highlight(), "the", in: text) == [])
    }

    @Test func bigramsThatOverlapAreMarkedTogether() {
        #expect(Self.fragments(Highlight(), "한국어", in: "이 한국어 글") == ["이 <em>한국어</em> 글"])
    }

    @Test func theBestFragmentsComeFirst() {
        let text = "fox one two three four. wolf fox here now. fox again"
        let highlight = Highlight(openingTag: "", closingTag: "", fragmentSize: 20, fragmentCount: 2)
        let result = Highlighter(highlight, analyzer: .english, texts: ["fox wolf"]).result(for: text)
        #expect(result.fragments.map(\.text) == ["wolf fox here now. f" + "ox", "fox one two three fo"])
        #expect(result.fragments.map(\.score) == [5, 2])
    }

    @Test func anOffsetShowsWhatStandsBefore() {
        let highlight = Highlight(openingTag: "", closingTag: "", fragmentSize: 8, fragmentOffset: 4)
        #expect(Self.fragments(highlight, "fox", in: "see the fox run") == ["the fox "])
        let whole = Highlight(openingTag: "", closingTag: "", fragmentSize: 0)
        #expect(Self.fragments(whole, "fox", in: "see the fox run") == ["see the fox run"])
    }

    /// Fragments lie in the text one behind the other, are cut between characters, and without tags are the text.
    @Test func fragmentsArePartsOfTheText() {
        let seed = testSeed(75)
        var random = RandomSource(seed: seed)
        let words = ["fox", "Füchse", "한국어", "e\u{301}t", "\u{1F469}\u{200D}\u{1F680}", "中", ",", "x"]
        for round in 0..<200 {
            let text = (0..<Int.random(in: 0..<30, using: &random))
                .map { _ in words.randomElement(using: &random)! }.joined(separator: round % 2 == 0 ? " " : "")
            let highlight = Highlight(
                openingTag: "", closingTag: "", fragmentSize: .random(in: 0...12, using: &random),
                fragmentOffset: .random(in: 0...3, using: &random), fragmentCount: 100)
            let result = Highlighter(highlight, analyzer: .standard, texts: ["fox 한국어 e\u{301}t 中"]).result(for: text)
            var end = 0
            for fragment in result.fragments.sorted(by: { $0.byteRange.lowerBound < $1.byteRange.lowerBound }) {
                let bytes = Array(text.utf8)[fragment.byteRange]
                #expect(
                    fragment.byteRange.lowerBound >= end && String(validating: bytes, as: UTF8.self) == fragment.text,
                    "seed \(seed), round \(round): \(text)")
                end = fragment.byteRange.upperBound
            }
        }
    }

    @Test(arguments: [
        (Highlight(fragmentSize: -1), "fragmentSize"), (Highlight(fragmentOffset: -1), "fragmentOffset"),
        (Highlight(fragmentCount: 0), "fragmentCount"),
    ])
    func mistakesAreNamed(_ highlight: Highlight, _ part: String) {
        let error = #expect(throws: ApusError.self) { try highlight.check() }
        #expect(error?.message.contains(part) == true)
    }
}
