/// Writes JSON into bytes: compact, members in the order given.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    init(reservingCapacity capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes an object whose members `body` appends, by `appendName` and then a value each.
    mutating func appendObject(_ body: (inout JSONWriter) throws -> Void) rethrows {
        bytes.append(UInt8(ascii: "{"))
        try body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Writes the name of the next member, behind a comma unless it is the first.
    mutating func appendName(_ name: String) {
        separate()
        append(name)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 { appendCharacter(byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes JSON as it is.
    mutating func appendBytes(_ json: some Sequence<UInt8>) {
        bytes.append(contentsOf: json)
    }

    /// - Throws: `ValueCodec.Misfit` for what JSON cannot hold: vectors, numbers that are not finite, and JSON that is
    ///   none.
    mutating func append(_ value: Value) throws {
        switch value {
        case .null: appendBytes("null".utf8)
        case .bool(let value): appendBytes(value ? "true".utf8 : "false".utf8)
        case .integer(let value): appendBytes("\(value)".utf8)
        case .float(let value): appendBytes("\(try ValueCodec.finite(value))".utf8)
        case .double(let value): appendBytes("\(try ValueCodec.finite(value))".utf8)
        case .text(let value): append(value)
        case .json(let value): appendBytes(try ValueCodec.json(value))
        case .array(let values): try append(values)
        case .vector, .float16Vector, .bfloat16Vector, .int8Vector, .binaryVector, .sparseVector:
            throw ValueCodec.Misfit(description: "a \(value) is no JSON; give a list of numbers, or a vector field")
        }
    }

    private mutating func append(_ values: [Value]) throws {
        bytes.append(UInt8(ascii: "["))
        for value in values {
            separate()
            try append(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// A comma, unless an opening bracket stands before.
    private mutating func separate() {
        guard let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") else { return }
        bytes.append(UInt8(ascii: ","))
    }

    private mutating func appendCharacter(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0x08: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "b")]
        case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case 0x0C: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "f")]
        case 0x0D: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case 0..<0x20:
            appendBytes(byte < 0x10 ? "\\u000".utf8 : "\\u001".utf8)
            bytes.append(Self.digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
