import Common
import TestSupport
import Testing

@testable import Apus

/// Indexes of values inside of JSON documents against a scan of what the documents were made of.
@Suite struct JSONIndexTests {
    private let seed = testSeed(402)

    /// A document and the value at `["a"][1]`; nil if it has none, `.null` for the JSON null.
    private func document(_ random: inout RandomSource) -> (text: String, value: Value?) {
        let (text, value) = Self.values.randomElement(using: &random)!
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return ("{\"b\": \(text)}", nil)
        case 1: return ("{\"a\": {\"1\": \(text)}}", nil)
        case 2: return ("{\"a\": [\(text)]}", nil)
        default: return ("{ \"b\": [], \"a\" : [1, \(text) , 2]}", value)
        }
    }

    private static let values: [(String, Value)] = [
        ("1", .integer(1)), ("1.0", .double(1)), ("-0.0", .double(0)), ("0", .integer(0)), ("2.5", .double(2.5)),
        ("9007199254740992", .integer(1 << 53)), ("9007199254740993", .integer(1 << 53 + 1)),
        ("9223372036854775807", .integer(.max)), ("9.223372036854775808e18", .double(0x1p63)),
        ("1e300", .double(1e300)),
        ("true", .bool(true)), ("false", .bool(false)), ("null", .null), ("\"x\"", .text("x")), ("\"\"", .text("")),
        ("\"x\\u0041\"", .text("xA")), ("\"1\"", .text("1")), ("{}", .null),
        ("[1, 2.0, \"x\"]", .array([.integer(1), .double(2), .text("x")])),
        ("[9007199254740993, true]", .array([.integer(1 << 53 + 1), .bool(true)])), ("[]", .array([])),
        ("[[1], null, \"xA\"]", .array([.array([.integer(1)]), .null, .text("xA")])),
    ]

    private static let constants: [Value] = [
        .integer(1), .integer(0), .integer(1 << 53), .integer(1 << 53 + 1), .integer(.max), .integer(.min),
        .double(2.5),
        .double(0x1p63), .double(1e300), .double(-0.5),
    ]
    private static let texts: [Value] = [.text("x"), .text("xA"), .text(""), .text("y"), .text("1")]

    private func expectAnswers(
        _ type: ScalarIndexType = .inverted, cast: ScalarCast, more: Parameters = [:], _ predicates: [ScalarPredicate]
    ) throws {
        var random = RandomSource(seed: seed)
        let documents = (0..<300).map { _ in document(&random) }
        let column = try Column(.json, documents.map { .json($0.text) } + [.null])
        let scan = PlainScan(values: documents.map { $0.value ?? .null } + [.null])
        var parameters: Parameters = ["json_path": "j[\"a\"][1]", "json_cast_type": .text(cast.rawValue)]
        parameters.merge(more) { $1 }
        let definition = try ScalarIndexDefinition(type, parameters: parameters)
        let builder = ScalarIndexBuilder(
            column, path: definition.path(ofFieldAt: 3, named: "j"), definition: definition)
        let index = try builder.build()
        #expect(index.path == ScalarPath(field: 3, keys: [.member("a"), .element(1)]))
        var writer = ByteWriter()
        index.write(to: &writer)
        var reader = ByteReader(writer.bytes, path: "f")
        let opened = try builder.open(&reader)
        for predicate in predicates {
            let expected = scan.rows(matching: predicate)
            #expect(index.rows(matching: predicate)?.rows == expected, "\(predicate), seed \(seed)")
            #expect(opened.rows(matching: predicate)?.rows == expected, "\(predicate), seed \(seed)")
        }
    }

    private func ranges(_ constants: [Value]) -> [ScalarPredicate] {
        let given = constants.flatMap { value in [true, false].map { ScalarBound(value: value, isIncluded: $0) } }
        let bounds: [ScalarBound?] = [nil] + given
        return bounds.flatMap { lower in
            bounds.filter { lower != nil || $0 != nil }.map { .range(ScalarRange(lower: lower, upper: $0)) }
        }
    }

    @Test(arguments: [ScalarIndexType.inverted, .autoIndex, .hybrid])
    func numbers(_ type: ScalarIndexType) throws {
        try expectAnswers(type, cast: .double, ranges(Self.constants) + Self.constants.map { .isIn([$0]) })
    }

    /// Texts are no numbers in a filter, whatever the index is told to make of them.
    @Test func convertedTextsChangeNoAnswer() throws {
        try expectAnswers(
            cast: .double, more: ["json_cast_function": "STRING_TO_DOUBLE"], Self.constants.map { .isIn([$0]) })
    }

    @Test func texts() throws {
        let patterns = ["x%", "%A", "_", "%", ""].map { ScalarPredicate.like(LikePattern($0)!) }
        try expectAnswers(cast: .varchar, ranges(Self.texts) + patterns + [.isIn(Self.texts), .isIn([])])
        try expectAnswers(
            .ngram, cast: .varchar, more: ["min_gram": 1, "max_gram": 2],
            ["%A", "x%", "xA", "%1%"].map { .like(LikePattern($0)!) })
    }

    @Test func truthValues() throws {
        try expectAnswers(cast: .bool, [.isIn([true]), .isIn([false]), .isIn([true, false])])
    }

    @Test func elements() throws {
        let numbers = Self.constants.flatMap { [ScalarPredicate.containsAny([$0]), .containsAll([$0, .integer(1)])] }
        try expectAnswers(cast: .doubleArray, numbers)
        try expectAnswers(
            cast: .varcharArray, Self.texts.flatMap { [.containsAny([$0]), .containsAll([$0, .text("xA")])] })
        try expectAnswers(cast: .boolArray, [.containsAny([true]), .containsAll([true, false])])
    }

    @Test func constantsOfAnotherKindAreNotAnswered() throws {
        let definition = try ScalarIndexDefinition(
            .inverted, parameters: ["json_path": "j[\"a\"]", "json_cast_type": "double"])
        let index = try ScalarIndexBuilder(
            Column(.json, [.json("{\"a\": 1}")]), path: definition.path(ofFieldAt: 0, named: "j"),
            definition: definition
        ).build()
        #expect(index.rows(matching: .isIn([.integer(1), .text("x")])) == nil)
        #expect(index.rows(matching: .isIn([true])) == nil)
    }

    @Test func pathsAreRead() {
        let paths: [(String, [JSONKey]?)] = [
            ("j[\"a\"][\"b\"]", [.member("a"), .member("b")]), ("[\"a\"][12]", [.member("a"), .element(12)]),
            ("j['a']", [.member("a")]), ("color", [.member("color")]), ("j[\"a\\\"]\"]", [.member("a\"]")]), ("j", []),
            ("j[a]", nil), ("j[\"a\"", nil), ("j[]", nil), ("j[-1]", nil), ("j[\"a\"]x", nil),
            ("j[99999999999999999999]", nil),
        ]
        for (text, keys) in paths { #expect(JSONPathParser.parse(text, field: "j") == keys, "\(text)") }
    }
}
