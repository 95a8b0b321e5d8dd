import Testing

@testable import Apus

/// How expressions are read: words, precedence, forms of constants.
@Suite struct FilterParserTests {
    /// A tree as one line, every operation in parentheses.
    private func show(_ tree: FilterExpression) -> String {
        let parts = tree.operands.map(show)
        switch tree.form {
        case .constant(let value): return value.description
        case .template(let name): return "{\(name)}"
        case .path(let name, let keys): return FilterBinder.text(name, keys)
        case .list: return "[\(parts.joined(separator: ", "))]"
        case .unary(let symbol): return "(\(symbol.rawValue) \(parts[0]))"
        case .binary(let symbol): return "(\(parts.joined(separator: " \(symbol.rawValue) ")))"
        case .between(let first, let second):
            return "(\(parts[0]) \(first.rawValue) \(parts[1]) \(second.rawValue) \(parts[2]))"
        case .isNull: return "(\(parts[0]) is null)"
        case .isNotNull: return "(\(parts[0]) is not null)"
        case .notIn: return "(\(parts[0]) not in \(parts[1]))"
        case .call(let name): return "\(name)(\(parts.joined(separator: ", ")))"
        case .argument(let name): return "\(name)=\(parts[0])"
        }
    }

    @Test(arguments: [
        ("a == 1", "(a == 1)"),
        ("a==1and b==2", "((a == 1) and (b == 2))"),
        ("a or b and c or d", "(a or (b and c) or d)"),
        ("a && b || c", "((a and b) or c)"),
        ("a and b and c", "(a and b and c)"),
        ("not a == 1", "((not a) == 1)"),
        ("not a in [1]", "((not a) in [1])"),
        ("a not in [1, 2]", "(a not in [1, 2])"),
        ("not (a == 1)", "(not (a == 1))"),
        ("!a", "(not a)"),
        ("not exists m[\"k\"]", "(not (exists m[\"k\"]))"),
        ("not a like 'x'", "(not (a like \"x\"))"),
        ("a is null or b IS NOT NULL", "((a is null) or (b is not null))"),
        ("a is   not null", "(a is not null)"),
        ("1 < a <= 5", "(1 < a <= 5)"),
        ("5 > a >= 1", "(5 > a >= 1)"),
        ("1 < a == true", "((1 < a) == true)"),
        ("a < b > c", "((a < b) > c)"),
        ("a == b < c", "(a == (b < c))"),
        ("a & b == c", "(a & (b == c))"),
        ("a | b ^ c & d", "(a | (b ^ (c & d)))"),
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("a % 2 == 0", "((a % 2) == 0)"),
        ("a - -1 > 2", "((a - (- 1)) > 2)"),
        ("-2 ** 2", "(- (2 ** 2))"),
        ("2 ** 3 ** 2", "((2 ** 3) ** 2)"),
        ("a << 1 + 2", "(a << (1 + 2))"),
        ("a + 1 in [1]", "((a + 1) in [1])"),
        ("a in [1] == true", "((a in [1]) == true)"),
        ("a =~ 'x' and b !~ 'y'", "((a =~ \"x\") and (b !~ \"y\"))"),
        ("m['a'][\"b\"][0] > 1", "(m[\"a\"][\"b\"][0] > 1)"),
        ("$meta['a'] == 1", "($meta[\"a\"] == 1)"),
        ("a in {ids} and b == { x }", "((a in {ids}) and (b == {x}))"),
        ("text_match(t, 'x y', minimum_should_match=2)", "text_match(t, \"x y\", minimum_should_match=2)"),
        ("json_contains(m['a'], [1, 2])", "json_contains(m[\"a\"], [1, 2])"),
        ("a in []", "(a in [])"),
        ("a in [1,]", "(a in [1])"),
        ("価格 > 3", "(価格 > 3)"),
        ("And > 3", "(And > 3)"),
        ("((a))", "a"),
    ])
    func expressionsAreReadByPrecedence(text: String, expected: String) throws {
        #expect(show(try FilterParser.parse(text)) == expected)
    }

    @Test(arguments: [
        ("0", Value.integer(0)), ("0x1F", .integer(31)), ("0b101", .integer(5)), ("017", .integer(15)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)), ("1.", .double(1)),
        (".5", .double(0.5)), ("1.5e3", .double(1500)), ("2E-2", .double(0.02)), ("0x1p4", .double(16)),
        ("0x1.8p1", .double(3)), ("true", true), ("False", false), ("TRUE", true),
        (#""a\"b\\c\n\t\x41\101\u00e9\ud83d\ude00""#, "a\"b\\c\n\tAAé😀"), (#"'\'"'"#, "'\""), (#"r"a\n\"b""#, #"a\n\"b"#),
        (#""50\%""#, #"50\%"#), ("'ä€😀'", "ä€😀"),
    ])
    func constantsAreRead(text: String, expected: Value) throws {
        #expect(try FilterParser.parse(text).form == .constant(expected), "\(text)")
    }

    @Test func longChainsAndListsAreNotDeep() throws {
        let list = (0..<20_000).map(String.init).joined(separator: ",")
        #expect(try FilterParser.parse("a in [\(list)]").operands[1].operands.count == 20_000)
        let chain = (0..<5_000).map { "a == \($0)" }.joined(separator: " or ")
        #expect(try FilterParser.parse(chain).operands.count == 5_000)
        #expect(try FilterParser.parse(chain).height == 3)
    }

    @Test(arguments: ["(", "not ", "-", "exists ", "[", "f("])
    func deepNestingIsRefused(prefix: String) {
        let text = String(repeating: prefix, count: 100_000) + "a"
        #expect(throws: FilterError.self) { try FilterParser.parse(text) }
    }

    @Test(arguments: ["+ 1", "== a", "< a", "** 2", "in [1]"])
    func highTreesAreRefused(suffix: String) {
        let text = "a" + String(repeating: " \(suffix)", count: 100_000)
        #expect(throws: FilterError.self) { try FilterParser.parse(text) }
    }
}
