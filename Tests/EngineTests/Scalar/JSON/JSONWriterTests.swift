import Testing

@testable import Apus

@Suite struct JSONWriterTests {
    private func json(_ value: Value) throws -> String {
        var writer = JSONWriter()
        try writer.append(value)
        var validator = JSONValidator(writer.bytes)
        try validator.validate()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func values() throws {
        #expect(try json(.null) == "null")
        #expect(try json(true) == "true")
        #expect(try json(-5) == "-5")
        #expect(try json(.float(0.1)) == "0.1")
        #expect(try json(.double(1e300)) == "1e+300")
        #expect(try json("a\"\\\u{8}\u{c}\n\r\t\u{1}\u{1f}é/") == #""a\"\\\b\f\n\r\t\u0001\u001fé/""#)
        #expect(try json(.array([1, .array([]), "x", .json(" {\"k\":[]} ")])) == #"[1,[],"x", {"k":[]} ]"#)
    }

    @Test func whatIsNoJSONIsRefused() {
        for value: Value in [.double(.infinity), .float(.nan), .json("{"), .vector([1]), .array([.binaryVector([1])])] {
            #expect(throws: ValueCodec.Misfit.self, "\(value)") { try json(value) }
        }
    }

    @Test func objects() throws {
        var writer = JSONWriter()
        try writer.appendObject { writer in
            writer.appendName("a")
            try writer.append(.array([]))
            writer.appendName("b\n")
            writer.appendObject { _ in }
            writer.appendName("")
            try writer.append(2)
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":[],"b\n":{},"":2}"#)
    }
}
