/// Numbers as filter expressions write them.
enum FilterNumber {
    /// A decimal, hexadecimal (0x), binary (0b) or octal (leading zero) integer of at most 2^63; nil for any other text.
    static func integer(_ text: String) -> UInt64? {
        let digits = text.utf8
        let (body, radix): (Substring, Int) =
            switch text.prefix(2) {
            case "0x", "0X": (text.dropFirst(2), 16)
            case "0b", "0B": (text.dropFirst(2), 2)
            case let begin where begin.count == 2 && begin.first == "0": (text.dropFirst(1), 8)
            default: (text[...], 10)
            }
        guard !body.isEmpty, digits.first != UInt8(ascii: "+"), body.utf8.allSatisfy(isHexadecimalDigit),
            let value = UInt64(body, radix: radix), value <= 1 << 63
        else { return nil }
        return value
    }

    /// A decimal number with point or exponent, or a hexadecimal one with a binary exponent; nil if the text is none
    /// or too large. Integers that are too large for `integer` are none.
    static func double(_ text: String) -> Double? {
        guard let last = text.utf8.last, isHexadecimalDigit(last) || last == UInt8(ascii: ".") else { return nil }
        let letters = text.utf8.map { $0 | 0x20 }
        let isHexadecimal = letters.starts(with: "0x".utf8)
        let exponent = isHexadecimal ? UInt8(ascii: "p") : UInt8(ascii: "e")
        guard letters.contains(exponent) || (!isHexadecimal && text.utf8.contains(UInt8(ascii: "."))) else { return nil }
        guard let value = Double(completed(text, exponent: exponent)), value.isFinite else { return nil }
        return value
    }

    /// With digits on both sides of the point, as the standard library wants them.
    private static func completed(_ text: String, exponent: UInt8) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if bytes.last == UInt8(ascii: "."), byte | 0x20 == exponent {
                bytes.append(UInt8(ascii: "0"))
            }
            if byte == UInt8(ascii: "."), bytes.isEmpty { bytes.append(UInt8(ascii: "0")) }
            bytes.append(byte)
        }
        if bytes.last == UInt8(ascii: ".") { bytes.append(UInt8(ascii: "0")) }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
    }
}
