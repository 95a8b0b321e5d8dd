/// Checks that bytes are one JSON document (RFC 8259) of bounded depth. O(n), no memory beside the stack.
struct JSONValidator {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// - Throws: `ValueCodec.Misfit` with the byte at which the text stops being JSON.
    mutating func validate() throws {
        try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw expected("the end of the document") }
    }

    private mutating func value(depth: Int) throws {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): try object(depth: depth)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
    }

    private func checkDepth(_ depth: Int) throws {
        guard depth < Limits.jsonDepth else {
            throw ValueCodec.Misfit(description: "the JSON is nested deeper than \(Limits.jsonDepth) levels")
        }
    }

    private mutating func object(depth: Int) throws {
        try checkDepth(depth)
        try list(closedBy: "}") { validator in
            validator.skipSpace()
            try validator.string()
            validator.skipSpace()
            try validator.expect(":")
            try validator.value(depth: depth + 1)
        }
    }

    private mutating func array(depth: Int) throws {
        try checkDepth(depth)
        try list(closedBy: "]") { try $0.value(depth: depth + 1) }
    }

    /// Elements parted by commas; the opening bracket is the current byte.
    private mutating func list(
        closedBy close: Unicode.Scalar, element: (inout JSONValidator) throws -> Void
    ) throws {
        position += 1
        skipSpace()
        if accept(close) { return }
        repeat {
            try element(&self)
            skipSpace()
        } while accept(",")
        try expect(close)
    }

    private mutating func string() throws {
        try expect("\"")
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw expected("no control character in a string")
            default: break
            }
        }
        throw expected("the end of a string")
    }

    private mutating func escape() throws {
        guard let byte = current, "\"\\/bfnrtu".utf8.contains(byte) else { throw expected("an escape") }
        position += 1
        guard byte == UInt8(ascii: "u") else { return }
        for _ in 0..<4 {
            guard let digit = current, Character(Unicode.Scalar(digit)).isHexDigit else {
                throw expected("four hexadecimal digits")
            }
            position += 1
        }
    }

    private mutating func number() throws {
        _ = accept("-")
        if !accept("0") { try digits() }
        if accept(".") { try digits() }
        if accept("e") || accept("E") {
            if !accept("+") { _ = accept("-") }
            try digits()
        }
    }

    private mutating func digits() throws {
        let start = position
        while let byte = current, (48...57).contains(byte) { position += 1 }
        guard position > start else { throw expected("a value") }
    }

    private mutating func literal(_ text: StaticString) throws {
        for byte in UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount) {
            guard current == byte else { throw expected("\(text)") }
            position += 1
        }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard accept(character) else { throw expected("'\(character)'") }
    }

    private func expected(_ what: String) -> ValueCodec.Misfit {
        ValueCodec.Misfit(description: "the JSON is not valid at byte \(position): \(what) was expected")
    }
}
