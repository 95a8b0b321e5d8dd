import Testing

@testable import Apus

/// Filters that mean the same have the same canonical text, others have not.
@Suite struct FilterNormalTests {
    private func normalized(_ text: String, values: [String: Value] = [:]) throws -> String {
        try Filter(text, values: values, schema: FilterTestSchema.dynamic.get()).normalized
    }

    @Test(arguments: [
        ["a == 1", "a in [1]", "1 == a", "a in [1, 1]", "a >= 1 and a <= 1", "a == 1.0", "(a == 1) and true"],
        ["a == 1 and s == 'x'", "s == 'x' and a == 1", "s == \"x\" && (a == 1 && a == 1)", "not (a != 1 or s != 'x')"],
        ["a in [1, 2]", "a in [2, 1]", "a == 1 or a == 2", "a in [1, 2, 3] and a in [0, 1, 2]"],
        ["a not in [1, 2]", "a != 1 and a != 2", "not (a in [1, 2])"],
        ["1 < a <= 5", "a > 1 and a <= 5", "a >= 2 and a < 6", "5 >= a > 1", "a > 1.5 and a < 5.5 and a < 100"],
        ["s like 'x'", "s == 'x'"], ["s like '%%a'", "s like '%a'"],
        ["a < b", "b > a"],
        ["tiny < 1000", "true", "", " ", "not (tiny > 1000)", "a not in []", "id is not null"],
        ["tiny == 300", "false", "a in []", "id is null", "a > 1 and a < 1", "flag == true and false"],
        ["flag", "flag == true", "not (flag == false) and flag"],
        ["color == 1", "$meta['color'] == 1", "color == 1.0"],
        ["f == 0.1", "f in [0.1]"], ["d > 3000000000000000000000.0", "d > 3e21"],
        ["a + 1 > 2", "1 + a > 2"],
    ])
    func equalFiltersHaveOneText(texts: [String]) throws {
        for text in texts { #expect(try normalized(text) == normalized(texts[0]), "\(text) and \(texts[0])") }
    }

    @Test func differentFiltersHaveDifferentTexts() throws {
        let texts = [
            "a == 1", "a != 1", "b == 1", "a == 2", "a > 1", "a < 1", "a is null", "s == '1'", "s like '1%'", "s =~ '1'",
            "meta['a'] == 1", "meta['a'] == '1'", "meta['a'][0] == 1", "meta['a']['0'] == 1", "exists meta['a']",
            "meta['a'] in [1, '1']", "array_length(tags) == 1", "array_length(numbers) == 1", "a + 1 == 1", "a - 1 == 1",
            "a < b", "a <= b", "text_match(t, '1')", "phrase_match(t, '1')", "text_match(t, '1', minimum_should_match=2)",
            "array_contains(tags, '1')", "array_contains_all(tags, ['1', '2'])", "array_contains_any(tags, ['1', '2'])",
            "random_sample(0.5)", "s == 'é'", "s == 'e\u{301}'", "s == '\\'' or b == 3", "a == 1 and b == 2",
            "a == 1 or b == 2", "a == 1 and (b == 2 or s == 'x')", "(a == 1 and b == 2) or s == 'x'",
        ]
        let normal = try texts.map { try normalized($0) }
        for (index, text) in normal.enumerated() {
            for other in 0..<index {
                #expect(!text.utf8.elementsEqual(normal[other].utf8), "\(texts[index]) and \(texts[other])")
            }
        }
    }

    @Test func templatesAreTheirValues() throws {
        let values: [String: Value] = ["x": 1, "list": .array([2, 1]), "y": .float(0.5)]
        #expect(try normalized("a == {x}", values: values) == normalized("a == 1"))
        #expect(try normalized("a in {list}", values: values) == normalized("a in [1, 2]"))
        #expect(try normalized("d == {y}", values: values) == normalized("d == 0.5"))
    }
}
