/// A string of a JSON document, where it lies.
struct JSONString {
    /// The bytes between the quotes.
    let content: UnsafeRawBufferPointer
    /// Whether there is a backslash among them.
    let isEscaped: Bool

    /// What the string means. A lone half of a surrogate pair becomes U+FFFD.
    var text: String {
        isEscaped ? unescaped() : String(decoding: content, as: UTF8.self)
    }

    /// Whether the string means a text, by bytes.
    func equals(_ other: String) -> Bool {
        if isEscaped { return text.utf8.elementsEqual(other.utf8) }
        guard content.count == other.utf8.count else { return false }
        return other.utf8.elementsEqual(content)
    }

    private func unescaped() -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count)
        var position = 0
        while position < content.count {
            if content[position] == UInt8(ascii: "\\"), position + 1 < content.count {
                position += 1
                appendEscape(at: &position, to: &bytes)
            } else {
                bytes.append(content[position])
                position += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends what the escape means whose letter is at `position`; moves behind it.
    private func appendEscape(at position: inout Int, to bytes: inout [UInt8]) {
        let letter = content[position]
        position += 1
        switch letter {
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes.append(contentsOf: UTF8.encode(takeScalar(at: &position))!)
        default: bytes.append(letter)
        }
    }

    /// The character of the four digits at `position`, or of a surrogate pair there.
    private func takeScalar(at position: inout Int) -> Unicode.Scalar {
        guard let unit = takeUnit(at: &position) else { return Self.replacement }
        guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) ?? Self.replacement }
        var next = position
        guard next + 1 < content.count, content[next] == UInt8(ascii: "\\"), content[next + 1] == UInt8(ascii: "u")
        else { return Self.replacement }
        next += 2
        guard let trail = takeUnit(at: &next), UTF16.isTrailSurrogate(trail) else { return Self.replacement }
        position = next
        return Unicode.Scalar(0x1_0000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(trail) - 0xDC00)) ?? Self.replacement
    }

    private func takeUnit(at position: inout Int) -> UInt16? {
        guard position + 4 <= content.count else {
            position = content.count
            return nil
        }
        defer { position += 4 }
        let digits = String(decoding: UnsafeRawBufferPointer(rebasing: content[position..<position + 4]), as: UTF8.self)
        return UInt16(digits, radix: 16)
    }

    private static let replacement: Unicode.Scalar = "\u{FFFD}"
}
