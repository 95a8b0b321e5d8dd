import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct RegularExpressionTests {
    private func matches(_ source: String, _ text: String) throws -> Bool {
        let expression = try RegularExpression(source)
        return Array(text.utf8).withUnsafeBytes { expression.matches($0) }
    }

    @Test(arguments: [
        ("", ["", "a"], []), ("b", ["abc", "b"], ["", "ac"]), ("^b", ["bc"], ["ab", ""]), ("b$", ["ab"], ["ba"]),
        ("^$", [""], ["a"]), ("a.c", ["abc", "aäc"], ["ac", "a\nc"]), ("^a*$", ["", "aaa"], ["ab"]),
        ("^a+$", ["a"], [""]), ("^a?b$", ["b", "ab"], ["aab"]), ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
        ("^a{2}$", ["aa"], ["aaa"]), ("^a{2,}$", ["aa", "aaaaa"], ["a"]), ("a{x}", ["a{x}"], ["a"]),
        ("^(a|bc)+$", ["a", "bc", "abca"], ["b", ""]), ("^(?:a|)b$", ["b", "ab"], ["a"]), ("^[a-c]+$", ["abc"], ["d"]),
        ("^[^a-c]+$", ["d😀"], ["a"]), ("^[]a]$", ["]", "a"], ["b"]), ("^[a-]$", ["-", "a"], ["b"]),
        ("^\\d+\\.\\d*$", ["1.", "12.5"], [".5", "a"]), ("\\bred\\b", ["a red shoe", "red"], ["reduced", "hundred"]),
        ("\\Bed", ["red"], ["ed"]), ("^[\\w.]+@\\w+$", ["a.b@c"], ["@c"]), ("^\\S+\\s\\S+$", ["a b"], ["ab"]),
        ("(?i)^straße|red$", ["STRAßE x", "RED"], ["re"]), ("(?i)[^a]", ["b"], ["A", "a"]), ("\\D\\W\\S", ["a-b"], ["1-b"]),
        ("a|b|", ["c"], []), ("(a*)*b", ["b", "aab"], ["a"]), ("^ä{2}$", ["ää"], ["ä"]), ("a+?b", ["aab"], ["b"]),
    ])
    func expressionsMatch(source: String, texts: [String], others: [String]) throws {
        for text in texts { #expect(try matches(source, text), "\(source) on '\(text)'") }
        for text in others { #expect(try !matches(source, text), "\(source) on '\(text)'") }
    }

    @Test(arguments: [
        "(", ")", "a)", "(a", "[a", "[b-a]", "*", "a|*", "a**", "a{3,2}", "a{2000}", "\\", "\\1", "(?=a)", "(?<n>a)",
        "[\\d-z]", "((a{1000}){1000})", "(((){1000}){1000}){1000}", String(repeating: "(", count: 10_000),
    ])
    func otherExpressionsAreRefused(source: String) {
        #expect(throws: RegularExpressionError.self) { try RegularExpression(source) }
    }

    @Test func timeIsLinear() throws {
        let text = String(repeating: "a", count: 3_000)
        #expect(try !matches("^(a+)+b$", text))
        #expect(try !matches(String(repeating: "a?", count: 30) + String(repeating: "a", count: 30) + "b", text))
    }

    /// Against a matcher that tries everything.
    @Test func randomExpressions() throws {
        let seed = testSeed(7_401)
        var random = RandomSource(seed: seed)
        for _ in 0..<2_000 {
            let tree = PlainExpression.random(depth: 3, &random)
            let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in "abä".randomElement(using: &random)! }
            let isFound = tree.ends(text[...]) { $0.isEmpty }
            #expect(
                try matches("^(?:\(tree.source))$", String(text)) == isFound,
                "seed \(seed): \(tree.source) on \(String(text))")
        }
    }
}

/// A regular expression that is matched by trying everything.
private indirect enum PlainExpression {
    case character(Character)
    case sequence(PlainExpression, PlainExpression)
    case choice(PlainExpression, PlainExpression)
    case anyNumber(PlainExpression)

    static func random(depth: Int, _ random: inout RandomSource) -> PlainExpression {
        switch Int.random(in: 0..<(depth > 0 ? 5 : 1), using: &random) {
        case 1, 2: .sequence(self.random(depth: depth - 1, &random), self.random(depth: depth - 1, &random))
        case 3: .choice(self.random(depth: depth - 1, &random), self.random(depth: depth - 1, &random))
        case 4: .anyNumber(self.random(depth: depth - 1, &random))
        default: .character("abä".randomElement(using: &random)!)
        }
    }

    var source: String {
        switch self {
        case .character(let character): String(character)
        case .sequence(let first, let second): "\(first.source)\(second.source)"
        case .choice(let first, let second): "(\(first.source)|\(second.source))"
        case .anyNumber(let inner): "(\(inner.source))*"
        }
    }

    /// Whether the text begins with the expression, and what follows satisfies `rest`.
    func ends(_ text: ArraySlice<Character>, _ rest: (ArraySlice<Character>) -> Bool) -> Bool {
        switch self {
        case .character(let character): text.first == character && rest(text.dropFirst())
        case .sequence(let first, let second): first.ends(text) { second.ends($0, rest) }
        case .choice(let first, let second): first.ends(text, rest) || second.ends(text, rest)
        case .anyNumber(let inner):
            rest(text) || inner.ends(text) { $0.count < text.count && ends($0, rest) }
        }
    }
}
