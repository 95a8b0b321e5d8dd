/// A JSON document (RFC 8259) as values, for parameters, which are small.
enum JSONTree: Sendable, Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case list([JSONTree])
    /// In the order of the document; of equal names the last counts.
    case object([String: JSONTree])

    /// - Throws: `ValueCodec.Misfit` with the byte at which the text stops being JSON.
    init(_ text: String) throws {
        let bytes = Array(text.utf8)
        var validator = JSONValidator(bytes)
        try validator.validate()
        var reader = JSONTreeReader(bytes)
        self = reader.value()
    }
}

/// Reads a document that was validated, so that each byte is one that may stand there.
private struct JSONTreeReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func value() -> JSONTree {
        skipSpace()
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(object())
        case UInt8(ascii: "["): return .list(list())
        case UInt8(ascii: "\""): return .text(string())
        case UInt8(ascii: "t"):
            position += 4
            return .boolean(true)
        case UInt8(ascii: "f"):
            position += 5
            return .boolean(false)
        case UInt8(ascii: "n"):
            position += 4
            return .null
        default: return number()
        }
    }

    private mutating func object() -> [String: JSONTree] {
        var members: [String: JSONTree] = [:]
        forEachElement(closedBy: UInt8(ascii: "}")) { reader in
            let name = reader.string()
            reader.skipSpace()
            reader.position += 1  // the colon
            members[name] = reader.value()
        }
        return members
    }

    private mutating func list() -> [JSONTree] {
        var elements: [JSONTree] = []
        forEachElement(closedBy: UInt8(ascii: "]")) { elements.append($0.value()) }
        return elements
    }

    private mutating func forEachElement(closedBy close: UInt8, _ body: (inout JSONTreeReader) -> Void) {
        position += 1
        skipSpace()
        while bytes[position] != close {
            body(&self)
            skipSpace()
            if bytes[position] == UInt8(ascii: ",") { position += 1 }
            skipSpace()
        }
        position += 1
    }

    private mutating func number() -> JSONTree {
        let start = position
        while position < bytes.count, "+-.eE0123456789".utf8.contains(bytes[position]) { position += 1 }
        return .number(Double(String(decoding: bytes[start..<position], as: UTF8.self)) ?? .nan)
    }

    private mutating func string() -> String {
        position += 1
        var result: [UInt8] = []
        while bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                result.append(contentsOf: escape())
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        position += 1
        return String(decoding: result, as: UTF8.self)
    }

    private mutating func escape() -> [UInt8] {
        let byte = bytes[position + 1]
        position += 2
        switch byte {
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(escapedScalar()).utf8)
        default: return [byte]
        }
    }

    /// Four hexadecimal digits, or two times four with an escape between for scalars past U+FFFF; half of such a pair
    /// alone is U+FFFD.
    private mutating func escapedScalar() -> Unicode.Scalar {
        let first = codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        let next = position
        position += 2
        let second = codeUnit()
        if (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        {
            return scalar
        }
        position = next
        return "\u{FFFD}"
    }

    private mutating func codeUnit() -> UInt32 {
        defer { position += 4 }
        return UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16) ?? 0xFFFD
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }
}
