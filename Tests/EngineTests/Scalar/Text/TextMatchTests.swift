import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct TextMatchTests {
    private static func column(_ texts: [String?]) -> Column {
        var builder = ColumnBuilder(type: .varchar(maxLength: 65_535))
        for text in texts {
            if let text { builder.append(Array(text.utf8)) } else { builder.appendNull() }
        }
        return builder.finish()
    }

    private static func matches(_ condition: some TermCondition, _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { condition.matches(UnsafeRawBufferPointer($0)) }
    }

    @Test(arguments: [
        ("red shoes", 1, "Red wine", true), ("red shoes", 2, "Red wine", false), ("red shoes", 2, "shoes, red", true),
        ("red red", 2, "red red", false), ("", 1, "red", false), ("the", 1, "", false), ("red", 5, "red", false),
    ])
    func terms(_ words: String, _ minimum: Int, _ text: String, _ expected: Bool) throws {
        let match = try TextMatch(field: 0, words: words, minimum: minimum, analyzer: .standard)
        #expect(Self.matches(match, text) == expected)
    }

    @Test(arguments: [
        ("vector search", 0, "a vector search engine", true), ("vector search", 0, "search vector", false),
        ("vector search", 1, "vector based search", true), ("vector search", 1, "search vector", false),
        ("vector search", 2, "search vector", true), ("a b c", 2, "a x b x c", true), ("a b c", 1, "a x b x c", false),
        ("new new york", 0, "new new york", true), ("new new york", 5, "new york", false),
        ("new york new", 0, "york new york new", true), ("one", 0, "twenty one", true), ("", 3, "x", false),
        ("中文检索", 0, "全中文检索", true), ("中检", 0, "中文检索", false),
    ])
    func phrases(_ words: String, _ slop: Int, _ text: String, _ expected: Bool) throws {
        let phrase = try PhraseMatch(field: 0, words: words, slop: slop, analyzer: .standard)
        #expect(Self.matches(phrase, text) == expected)
    }

    @Test func stopWordsKeepTheirPlaceInAPhrase() throws {
        let phrase = try PhraseMatch(field: 0, words: "state of the art", analyzer: .english)
        #expect(Self.matches(phrase, "a state of the art"))
        #expect(Self.matches(phrase, "states in some arts") == true)
        #expect(Self.matches(phrase, "state art") == false)
    }

    @Test func mistakesAreNamed() {
        for minimum in [0, 1_001, -1] {
            let error = #expect(throws: ApusError.self) {
                try TextMatch(field: 0, words: "a", minimum: minimum, analyzer: .standard)
            }
            #expect(error?.message.contains("minimum_should_match is \(minimum)") == true)
        }
        #expect(throws: ApusError.self) { try PhraseMatch(field: 0, words: "a", slop: -1, analyzer: .standard) }
    }

    private static func text(_ random: inout RandomSource, words: Int) -> String {
        (0..<Int.random(in: 0...words, using: &random))
            .map { _ in "w\(Int.random(in: 0..<6, using: &random) * Int.random(in: 0..<6, using: &random))" }
            .joined(separator: " ")
    }

    @Test func theIndexAnswersAsEveryTextAlone() throws {
        let seed = testSeed(73)
        var random = RandomSource(seed: seed)
        let texts = (0..<700).map { $0 % 11 == 0 ? nil : Self.text(&random, words: 30) }
        let column = Self.column(texts)
        let index = TermIndex(field: 0, column: column, analyzer: .standard)
        let plain = ScalarBlock(firstRow: 0, count: texts.count, columns: [column])
        let indexed = ScalarBlock(firstRow: 0, count: texts.count, columns: [column], termIndexes: [0: index])
        for round in 0..<120 {
            let words = Self.text(&random, words: 5)
            let minimum = Int.random(in: 1...3, using: &random)
            let match = try TextMatch(field: 0, words: words, minimum: minimum, analyzer: .standard)
            let rows = indexed.rows(matching: match)
            #expect(rows == plain.rows(matching: match), "seed \(seed), round \(round): \(words)")
            #expect(rows.count <= index.estimate(match), "seed \(seed), round \(round): \(words)")
            let slop = Int.random(in: 0...4, using: &random)
            let phrase = try PhraseMatch(field: 0, words: words, slop: slop, analyzer: .standard)
            #expect(
                indexed.rows(matching: phrase) == plain.rows(matching: phrase),
                "seed \(seed), round \(round): \(words), slop \(slop)")
        }
    }

    /// Phrases by trying every choice of places.
    @Test func phrasesMatchWhereSomeChoiceOfPlacesDoes() throws {
        let seed = testSeed(74)
        var random = RandomSource(seed: seed)
        for round in 0..<400 {
            let text = Self.text(&random, words: 8).split(separator: " ").map(String.init)
            let words = Self.text(&random, words: 4).split(separator: " ").map(String.init)
            let slop = Int.random(in: 0...4, using: &random)
            let phrase = try PhraseMatch(
                field: 0, words: words.joined(separator: " "), slop: slop, analyzer: .standard)
            let expected = !words.isEmpty && Self.hasChoice(words[...], 0, text, [], slop)
            #expect(
                Self.matches(phrase, text.joined(separator: " ")) == expected,
                "seed \(seed), round \(round): \(words) in \(text), slop \(slop)")
        }
    }

    private static func hasChoice(
        _ words: ArraySlice<String>, _ offset: Int, _ text: [String], _ chosen: [Int], _ slop: Int
    ) -> Bool {
        guard let word = words.first else {
            let shifts = chosen.enumerated().map { $1 - $0 }
            return shifts.max()! - shifts.min()! <= slop
        }
        return text.indices.contains { place in
            text[place] == word && !chosen.contains(place)
                && hasChoice(words.dropFirst(), offset + 1, text, chosen + [place], slop)
        }
    }
}
