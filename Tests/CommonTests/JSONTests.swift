import Testing

@testable import Common

@Suite struct JSONTests {
    private let folder = ScratchFolder()

    @Test func textIsExact() throws {
        let value = JSONValue.object([
            .init("z", .integer(-3)), .init("a", .number(0.1)),
            .init("s", .string("q\" b\\ n\n t\t u\u{1} é 🐦")),
            .init("list", .array([.null, .bool(true), .bool(false), .array([]), .object([])])),
        ])
        let expected =
            #"{"z":-3,"a":0.1,"s":"q\" b\\ n\n t\t u\u0001 é 🐦","#
            + #""list":[null,true,false,[],{}]}"#
        #expect(try value.text() == expected)
        #expect(try JSONValue(parsing: expected) == value)
    }

    @Test func escapesAndSpacesAreRead() throws {
        let text = " { \"a\" : [ 1 , 2.5e-3, -0 , 1E2 ] ,\n\"b\":\"\\u00e9\\ud83d\\udc26\\/\\b\\f\\r\" } "
        let value = try JSONValue(parsing: text)
        #expect(value["a"]?.arrayValue == [.integer(1), .number(0.0025), .integer(0), .number(100)])
        #expect(value["b"]?.stringValue == "é🐦/\u{8}\u{C}\r")
        #expect(value["c"] == nil)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", ".5", "+1", "1e", "nul", "\"a", "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\u{1}\"", "1 2", "{\"a\":1,\"a\":2}", "1e999", "NaN", "[1 2]",
    ])
    func badTextIsRefused(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func depthIsLimited() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    }

    @Test func numbersThatAreNotFiniteAreRefused() {
        for number in [Double.nan, .infinity, -.infinity] {
            #expect(throws: JSONError.self) { try JSONValue.array([.number(number)]).text() }
        }
    }

    @Test func randomNumbersComeBack() throws {
        var random = RandomSource(seed: 12)
        for _ in 0..<2_000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            let value = try JSONValue(parsing: JSONValue.number(number).text())
            #expect(value.doubleValue == number, "seed 12")
        }
    }

    @Test func linesAreAppendedAndRead() throws {
        let path = folder.file("lines.json")
        try JSONLines.append([.integer(1), .object([.init("a", .null)])], to: path)
        try JSONLines.append([.string("x")], to: path)
        #expect(try JSONLines.read(path) == [.integer(1), .object([.init("a", .null)]), .string("x")])
        #expect(throws: JSONError.self) { try JSONLines.append([.integer(2), .number(.nan)], to: path) }
        #expect(try JSONLines.read(path).count == 3)
        let broken = folder.file("broken.json", text: "1\n\n{\n")
        expectFailure(.json, place: .line(3)) { _ = try JSONLines.read(broken) }
    }
}
