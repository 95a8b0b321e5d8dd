import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct JSONDocumentTests {
    private func value(_ text: String, _ keys: JSONKey...) -> JSONScalar? {
        Array(text.utf8).withUnsafeBytes { JSONDocument($0).value(at: keys) }
    }

    @Test func scalars() {
        #expect(value(" null ") == .null)
        #expect(value("true") == .bool(true))
        #expect(value("\tfalse\n") == .bool(false))
        #expect(value("[1, 2]") == .array(0..<6))
        #expect(value(" {}") == .object(1..<3))
        #expect(value(#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#) == .text("a\"\\/\u{8}\u{c}\n\r\té😀"))
        #expect(value(#""\ud83d""#) == .text("\u{FFFD}"))
        #expect(value(#""\ud83d\u0041\ude00""#) == .text("\u{FFFD}A\u{FFFD}"))
    }

    @Test(arguments: [
        ("0", JSONScalar.integer(0)), ("-0", .integer(0)), ("-17", .integer(-17)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.0", .number(1)), ("-1.5e3", .number(-1500)),
        ("1E-7", .number(1e-7)), ("2e+2", .number(200)), ("0.1", .number(0.1)), ("1e400", .number(.infinity)),
        ("4.9e-324", .number(.leastNonzeroMagnitude)), ("100000000000000000000", .number(1e20)),
        ("1e99999999999999999999", .number(.infinity)), ("0e99999999999999999999", .number(0)),
    ])
    func numbers(text: String, expected: JSONScalar) {
        #expect(value(text) == expected, "\(text)")
    }

    @Test func manyNumbersAreReadAsTheStandardLibraryReadsThem() {
        let seed = testSeed(4_100)
        var random = RandomSource(seed: seed)
        for _ in 0..<3_000 {
            func digits() -> UInt64 {
                UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0..<60, using: &random)
            }
            let text = "\(digits()).\(digits())e\(Int.random(in: -40...40, using: &random))"
            #expect(value(text) == .number(Double(text)!), "seed \(seed): \(text)")
        }
    }

    @Test func paths() {
        let text = #"{"a": [1, {"b": "x"}, [true]], "": 5, "c\u0064": 6, "é": 7, "a": 8}"#
        #expect(value(text, .member("a"), .element(0)) == .integer(1))
        #expect(value(text, .member("a"), .element(1), .member("b")) == .text("x"))
        #expect(value(text, .member("a"), .element(2), .element(0)) == .bool(true))
        #expect(value(text, .member("")) == .integer(5))
        #expect(value(text, .member("cd")) == .integer(6))
        #expect(value(text, .member("é")) == .integer(7))
        #expect(value(text, .member("e\u{301}")) == nil, "names are compared by bytes")
        for keys: [JSONKey] in [
            [.member("b")], [.member("a"), .element(3)], [.member("a"), .element(-1)], [.element(0)],
            [.member("a"), .member("b")], [.member("a"), .element(0), .element(0)], [.member(""), .member("")],
        ] {
            #expect(Array(text.utf8).withUnsafeBytes { JSONDocument($0).value(at: keys) } == nil, "\(keys)")
        }
    }

    @Test func elementsAndMembers() {
        Array(#" [ 1 , "a,]" , [2, 3], {"k": [4]} ] "#.utf8).withUnsafeBytes { bytes in
            let document = JSONDocument(bytes)
            guard case .array(let array) = document.value(at: []) else { return #expect(Bool(false)) }
            #expect(document.elementCount(of: array) == 4)
            let elements = Array(document.elements(of: array))
            #expect(elements[0] == .integer(1) && elements[1] == .text("a,]"))
            guard case .object(let object) = elements[3] else { return #expect(Bool(false)) }
            let members = Array(document.members(of: object))
            #expect(members.map(\.name) == ["k"] && document.text(in: members[0].value) == "[4]")
            #expect(document.value(in: members[0].value) == .array(members[0].value))
        }
        #expect(Array("[]".utf8).withUnsafeBytes { JSONDocument($0).elementCount(of: 0..<2) } == 0)
    }

    // MARK: Against a parser that builds a tree

    private func randomTree(_ random: inout RandomSource, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 3 ? 5 : 7), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: .number(Double.random(in: -1e9...1e9, using: &random))
        case 4: .string(["", "a\"b", "\\", "é\n", "😀]}", "\u{1}"].randomElement(using: &random)!)
        case 5:
            .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in randomTree(&random, depth: depth + 1) })
        default:
            .object(
                Set((0..<Int.random(in: 0..<5, using: &random)).map { _ in Int.random(in: 0..<9, using: &random) })
                    .sorted().map {
                        JSONValue.Member(
                            ["", "a", "b", "\"", "c d", "{", "é", "key", "\n"][$0],
                            randomTree(&random, depth: depth + 1))
                    })
        }
    }

    /// Compares every place of a tree with what the document says of it.
    private func check(_ tree: JSONValue, _ document: JSONDocument, at keys: [JSONKey]) -> Bool {
        switch (tree, document.value(at: keys)) {
        case (.null, .null?): true
        case (.bool(let left), .bool(let right)?): left == right
        case (.integer(let left), .integer(let right)?): left == right
        case (.number(let left), .number(let right)?): left == right
        case (.number(let left), .integer(let right)?): left == Double(right)
        case (.string(let left), .text(let right)?): left == right
        case (.array(let values), .array(let range)?):
            document.elementCount(of: range) == values.count
                && values.enumerated().allSatisfy { check($1, document, at: keys + [.element($0)]) }
                && document.value(at: keys + [.element(values.count)]) == nil
        case (.object(let members), .object(let range)?):
            document.members(of: range).map(\.name) == members.map(\.name)
                && members.allSatisfy { check($0.value, document, at: keys + [.member($0.name)]) }
        default: false
        }
    }

    @Test func randomDocumentsAreReadAsTheirTrees() throws {
        let seed = testSeed(4_200)
        var random = RandomSource(seed: seed)
        for _ in 0..<400 {
            let tree = randomTree(&random, depth: 0)
            let text = try tree.text()
            Array(text.utf8).withUnsafeBytes {
                #expect(check(tree, JSONDocument($0), at: []), "seed \(seed): \(text)")
            }
        }
    }

    /// Bytes that are no JSON give something or nothing, but end and stay inside.
    @Test func damagedDocumentsDoNotTrap() throws {
        let seed = testSeed(4_300)
        var random = RandomSource(seed: seed)
        let paths: [[JSONKey]] = [[], [.member("a")], [.element(1)], [.member("key"), .element(0), .member("")]]
        for _ in 0..<2_000 {
            var bytes = Array(try randomTree(&random, depth: 0).text().utf8)
            for _ in 0..<Int.random(in: 1..<4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] = Array("\\\"[]{},:".utf8).randomElement(using: &random)!
                default: bytes.removeSubrange(place...)
                }
            }
            bytes.withUnsafeBytes { bytes in
                let document = JSONDocument(bytes)
                for path in paths {
                    _ = document.range(at: path).map(document.text)
                    switch document.value(at: path) {
                    case .array(let range)?: for _ in document.elements(of: range) {}
                    case .object(let range)?: for _ in document.members(of: range) {}
                    default: break
                    }
                }
            }
        }
    }
}
