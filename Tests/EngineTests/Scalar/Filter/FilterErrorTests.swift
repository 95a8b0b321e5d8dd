import Testing

@testable import Apus

/// What callers are told: the place, and what may stand there.
@Suite struct FilterErrorTests {
    private func message(_ text: String, values: [String: Value] = [:], isDynamic: Bool = false) throws -> String {
        let schema = try (isDynamic ? FilterTestSchema.dynamic : FilterTestSchema.plain).get()
        do {
            _ = try Filter(text, values: values, schema: schema)
            return "no error"
        } catch let error as ApusError {
            #expect(error.code == .invalidArgument)
            return error.message
        }
    }

    @Test(arguments: [
        ("a ==", "at column 5: a value, a field or '(' was expected, the end was found"),
        ("a == 1 b", "at column 8: an operator or the end was expected, 'b' was found"),
        ("(a == 1", "at column 8: ')' was expected, the end was found"),
        ("a in [1 2]", "at column 9: ',' or ']' was expected, '2' was found"),
        ("s == 'ä' and §", "at column 14: field § not exist"),
        ("a == 'x", "at column 6: the text that begins here has no closing quote"),
        ("a == \"\\q\"", "at column 7: the backslash begins no escape"),
        ("a == 12ab", "at column 6: '12ab' is not a number"),
        ("a == 9223372036854775808", "at column 6: the number is out of range"),
        ("a == {", "at column 7: a template needs a name"),
        ("a == {x}", "at column 6: the value of expression template variable name {x} is not found"),
        ("color == 1", "at column 1: field color not exist; the fields are id, vector, flag, a, b"),
        ("vector == 1", "at column 1: field vector is a vector"),
        ("vector is null", "at column 1: field vector is a vector"),
        ("a == 'x'", "at column 3: a is Int64; '==' compares it with numbers, not with \"x\""),
        ("s == 1", "at column 3: s is VarChar(20); '==' compares it with texts, not with 1"),
        ("flag > true", "at column 6: flag is Bool"),
        ("flag == 1", "at column 6: flag is Bool; '==' compares it with true or false, not with 1"),
        ("tags > 'x'", "at column 6: tags is Array"),
        ("a == s", "at column 3: a (Int64) and s (VarChar(20)) do not compare"),
        ("a == meta['x']", "at column 3: "),
        ("a in [1, 'x']", "at column 10: \"x\" is not of type Int64, which a has"),
        ("a in [1.5]", "at column 7: 1.5 is not of type Int64"),
        ("a in 1", "at column 6: a list in brackets was expected"),
        ("1 in [1]", "at column 1: 'in' takes a field on its left"),
        ("tags in ['x']", "at column 1: tags is an array; array_contains_any"),
        ("not a in [1]", "at column 1: a value was expected; 'not' makes a condition"),
        ("not a == 1", "at column 1: "),
        ("not a", "at column 5: 'not' takes a condition and holds a alone"),
        ("a", "at column 1: a condition"), ("1", "at column 1: a condition"), ("a + 1", "at column 3: a condition"),
        ("a & 1 == 1", "at column 3: a condition"),
        ("a << 1 == 2", "at column 3: '<<' and '>>' are not supported"),
        ("a / 0 == 1", "at column 3: division by zero"), ("a == 1 % 0", "at column 8: division by zero"),
        ("a + b == 1", "at column 3: arithmetic is possible as: field + constant"),
        ("1 - a == 1", "at column 3: arithmetic is possible as"),
        ("a + 1 + 1 == 1", "at column 7: only one operation"),
        ("f % 2 == 1", "at column 3: '%' is not possible between f, which is Float, and 2"),
        ("s + 1 == 1", "at column 3: '+' is not possible between s"),
        ("a == 9223372036854775807 + 1", "at column 26: the result is out of range"),
        ("a like 'x'", "at column 1: 'like' takes text; a is Int64"),
        ("s like 1", "at column 8: 'like' takes a text on its right"),
        (#"s like "x\\""#, "at column 8: the pattern ends in a backslash"),
        ("s =~ '('", "at column 6: the regular expression is not valid: at character 2: a group is not closed"),
        ("exists s", "at column 8: 'exists' takes a JSON path; s is VarChar(20)"),
        ("s['x'] == 'y'", "at column 1: field s is VarChar(20) and has no parts"),
        ("tags['x'] == 'y'", "at column 1: field tags is an array; its elements are named as tags[0]"),
        ("array_length(s) == 1", "at column 14: an array or a JSON path was expected"),
        ("array_length(tags)", "at column 1: a condition was expected; compare the length"),
        ("array_contains(tags)", "at column 1: array_contains takes 2 arguments; it has 1"),
        ("array_contains(numbers, 'x')", "at column 25: \"x\" is not of type Int16"),
        ("array_contains_any(tags, 'x')", "at column 26: a list in brackets was expected"),
        ("text_match(s, 'x')", "at column 12: field \"s\" does not enable match"),
        ("text_match(a, 'x')", "at column 12: a VarChar field was expected"),
        ("text_match(t, 'x', 2)", "at column 20: minimum_should_match=n was expected"),
        ("text_match(t, 'x', minimum_should_match=0)", "at column 1: minimum_should_match is 0"),
        ("text_match_fuzzy(t, 'x')", "at column 1: text_match_fuzzy is not supported"),
        ("st_within(s, 'x')", "at column 1: st_within is not supported: there is no geometry type"),
        ("element_filter(s, a > 1)", "at column 1: element_filter is not supported"),
        ("nonsense(s)", "at column 1: there is no function 'nonsense'; the functions are json_contains"),
        ("random_sample(0.5) and a == 1", "at column 1: random_sample stands last"),
        ("a == 1 or random_sample(0.5)", "at column 11: random_sample stands last"),
        ("random_sample(1)", "at column 15: a share between 0 and 1 was expected"),
        ("1 == 'x'", "at column 3: 1 and \"x\" do not compare"),
    ])
    func errorsNameThePlace(text: String, expected: String) throws {
        let message = try message(text)
        #expect(message.hasPrefix("cannot parse expression: \(text), error: \(expected)"), "\(message)")
    }

    @Test func longExpressionsAreShortened() throws {
        let message = try message("a in [\((0..<20_000).map(String.init).joined(separator: ","))")
        #expect(message.count < 600)
        #expect(message.hasPrefix("cannot parse expression: a in [0,1,2,"))
        #expect(message.hasSuffix("19998,19999, error: at column 108896: ',' or ']' was expected, the end was found"))
    }

    @Test func templatesAreChecked() throws {
        #expect(try message("a == {x}", values: ["x": 1]) == "no error")
        #expect(try message("a in {x}", values: ["x": .array([1, 2])]) == "no error")
        #expect(try message("s like {x}", values: ["x": "a%"]) == "no error")
        #expect(try message("a == {x}", values: ["x": nil]).contains("the value of {x} is null"))
        #expect(try message("a in {x}", values: ["x": .array([1, "y"])]).contains("at column 6: \"y\" is not of type"))
        #expect(try message("a == {x}", values: ["x": .double(.nan)]).contains("the value of {x} is nan"))
    }

    @Test func unknownNamesAreKeysOfTheDynamicField() throws {
        #expect(try message("color == 1", isDynamic: true) == "no error")
        #expect(try message("color['x'][0] == 1 and exists size", isDynamic: true) == "no error")
        #expect(try message("$meta['color'] == 1", isDynamic: true) == "no error")
        #expect(try message("$meta['color'] == 1").contains("field $meta not exist"))
    }
}
