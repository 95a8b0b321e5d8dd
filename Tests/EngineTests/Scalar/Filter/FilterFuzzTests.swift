import Common
import TestSupport
import Testing

@testable import Apus

/// Whatever the bytes, an expression is understood or refused with an error, in bounded time.
@Suite struct FilterFuzzTests {
    private static let seeds = [
        "a == 1 and s in ['x', \"y\"] or not (f > 0.5)", "1 < a <= 5 && meta['k'][0] == 2.5e3",
        "json_contains_all(meta[\"x\"], [1, 'a', true]) and array_length(tags) >= 0x1F",
        "s like 'a%_b' and s =~ '^(a|b)+[^c-e]{2,3}$' or t !~ r\"\\d+\"", "exists meta['k'] and d is not null",
        "text_match(t, 'red shoes', minimum_should_match=2) and phrase_match(t, 'red shoes', 1)",
        "a + 3 * 2 ** 2 > -7 and b % 2 == 0 and random_sample(0.1)", "color not in {list} or a not in [] and !flag",
        "~5 & 3 | 1 == a ^ 2", "\"\\u00e9\\x41\\101\" == s",
    ]
    private static let words = [
        "and", "or", "not", "in", "like", "exists", "is null", "is not null", "(", ")", "[", "]", "{x}", ",", "==", "!=",
        "<", "<=", ">", ">=", "<<", "+", "-", "*", "/", "%", "**", "&", "|", "^", "~", "!", "=~", "!~", "=", "a", "s",
        "f", "flag", "meta", "tags", "[0]", "['k']", "1", "0", "-1", "1.5", "1e400", "9223372036854775808", "'x'",
        "\"%\"", "true", "array_length(", "json_contains(", "text_match(", "random_sample(", "vector", "$meta", "名",
    ]

    private func run(_ text: String, seed: UInt64) throws {
        let schema = try FilterTestSchema.dynamic.get()
        let values: [String: Value] = ["x": 1, "list": .array([1, "y"])]
        do {
            let filter = try Filter(text, values: values, schema: schema)
            #expect(!filter.normalized.isEmpty)
            #expect(filter.rows(in: ScalarBlock(firstRow: 0, count: 3, columns: [])).capacity == 3)
        } catch let error as ApusError {
            #expect(error.message.hasPrefix("cannot parse expression: "), "seed \(seed): \(text)")
        } catch {
            Issue.record("seed \(seed): \(text) throws \(error)")
        }
    }

    @Test func randomBytes() throws {
        let seed = testSeed(7_201)
        var random = RandomSource(seed: seed)
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            try run(String(decoding: bytes, as: UTF8.self), seed: seed)
        }
    }

    @Test func mutatedExpressions() throws {
        let seed = testSeed(7_202)
        var random = RandomSource(seed: seed)
        for _ in 0..<4_000 {
            var bytes = Array(Self.seeds.randomElement(using: &random)!.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
            try run(String(decoding: bytes, as: UTF8.self), seed: seed)
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource) {
        let place = Int.random(in: 0..<max(bytes.count, 1), using: &random)
        guard place < bytes.count else { return bytes.append(UInt8(ascii: "a")) }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8.random(in: 0x20...0x7F, using: &random)
        case 2: bytes.insert(contentsOf: Array(Self.words.randomElement(using: &random)!.utf8), at: place)
        default:
            let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
            bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        }
    }

    @Test func randomWords() throws {
        let seed = testSeed(7_203)
        var random = RandomSource(seed: seed)
        for _ in 0..<4_000 {
            let count = Int.random(in: 1...14, using: &random)
            let words = (0..<count).map { _ in Self.words.randomElement(using: &random)! }
            try run(words.joined(separator: " "), seed: seed)
        }
    }

    /// Long runs of every word: what nests is refused at its bound, what only goes on is read in a loop.
    @Test func repeatedWords() throws {
        for word in Self.words {
            try run(String(repeating: word + " ", count: 5_000), seed: 0)
            try run("a == 1 " + String(repeating: word + " a ", count: 5_000), seed: 0)
        }
    }
}
