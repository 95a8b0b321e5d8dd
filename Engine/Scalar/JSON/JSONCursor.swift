/// A place in the bytes of a JSON document that moves over whole values. It checks no more than it needs to find their
/// ends, and never leaves the bytes: what is stored was checked by `JSONValidator`.
struct JSONCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    init(_ bytes: UnsafeRawBufferPointer, position: Int) {
        self.bytes = bytes
        self.position = max(position, 0)
    }

    // MARK: Steps

    /// Moves to the value of the first member with a name. False, at an undefined place, if there is none.
    mutating func enterMember(_ name: String) -> Bool {
        guard open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}")) else { return false }
        repeat {
            guard let found = takeName() else { return false }
            if found.equals(name) { return true }
            guard takeValue() != nil else { return false }
        } while acceptAfterSpace(UInt8(ascii: ","))
        return false
    }

    /// Moves to an element of an array. False, at an undefined place, if there is none.
    mutating func enterElement(_ index: Int) -> Bool {
        guard index >= 0, open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]")) else { return false }
        for _ in 0..<index {
            guard takeValue() != nil, acceptAfterSpace(UInt8(ascii: ",")) else { return false }
        }
        return true
    }

    /// Moves behind an opening bracket; false if it is not here or nothing stands in the brackets.
    mutating func open(_ bracket: UInt8, closedBy close: UInt8) -> Bool {
        guard acceptAfterSpace(bracket) else { return false }
        skipSpace()
        return current.map { $0 != close } ?? false
    }

    /// The name of a member; moves behind the colon.
    mutating func takeName() -> JSONString? {
        skipSpace()
        guard let name = takeString(), acceptAfterSpace(UInt8(ascii: ":")) else { return nil }
        return name
    }

    mutating func acceptAfterSpace(_ byte: UInt8) -> Bool {
        skipSpace()
        guard current == byte else { return false }
        position += 1
        return true
    }

    // MARK: Values

    /// Moves behind the next value, and says where it lies.
    mutating func takeValue() -> Range<Int>? {
        skipSpace()
        let start = position
        let isWhole =
            switch current {
            case UInt8(ascii: "\""): takeString() != nil
            case UInt8(ascii: "{"), UInt8(ascii: "["): skipNested()
            default: skipWord()
            }
        return isWhole ? start..<position : nil
    }

    /// The next value; the cursor stays.
    func scalar() -> JSONScalar? {
        var end = self
        end.skipSpace()
        let first = end.current
        if first == UInt8(ascii: "\"") { return end.takeString().map { .text($0.text) } }
        guard let range = end.takeValue() else { return nil }
        switch first {
        case UInt8(ascii: "{"): return .object(range)
        case UInt8(ascii: "["): return .array(range)
        default: return word(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }

    private func word(_ text: UnsafeRawBufferPointer) -> JSONScalar? {
        switch text[0] {
        case UInt8(ascii: "n"): text.elementsEqual("null".utf8) ? .null : nil
        case UInt8(ascii: "t"): text.elementsEqual("true".utf8) ? .bool(true) : nil
        case UInt8(ascii: "f"): text.elementsEqual("false".utf8) ? .bool(false) : nil
        default: JSONNumber.value(of: text)
        }
    }

    /// The string here; moves behind its closing quote.
    private mutating func takeString() -> JSONString? {
        guard current == UInt8(ascii: "\"") else { return nil }
        position += 1
        let start = position
        var isEscaped = false
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let content = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return JSONString(content: content, isEscaped: isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                position += 2
            default: position += 1
            }
        }
        return nil
    }

    /// Moves behind the bracket that closes the one here.
    private mutating func skipNested() -> Bool {
        var depth = 0
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                guard takeString() != nil else { return false }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return true }
        }
        return false
    }

    /// Moves behind a number or a literal.
    private mutating func skipWord() -> Bool {
        let start = position
        while let byte = current, !Self.endsWord(byte) { position += 1 }
        return position > start
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
            || byte == UInt8(ascii: ":")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private mutating func skipSpace() {
        while let byte = current, Self.isSpace(byte) { position += 1 }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }
}
