/// Divides a filter expression into words, one at a time.
struct FilterLexer {
    private let bytes: [UInt8]
    private var offset = 0
    /// Where the word that `next` gave last begins.
    private(set) var start = 0

    init(_ expression: String) {
        bytes = Array(expression.utf8)
    }

    /// The next word; `.end` again and again behind the last.
    ///
    /// - Throws: `FilterError` at a byte that begins no word, or inside a word that is broken off.
    mutating func next() throws -> FilterToken {
        while let byte = current, Self.isSpace(byte) { offset += 1 }
        start = offset
        guard let byte = current else { return .end }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .text(try quotedText(isRaw: false))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: ".") where Self.isDigit(following(1)): return try number()
        case UInt8(ascii: "{"): return try template()
        case UInt8(ascii: "r") where following(1) == UInt8(ascii: "\"") || following(1) == UInt8(ascii: "'"):
            offset += 1
            return .text(try quotedText(isRaw: true))
        case _ where Self.beginsIdentifier(byte): return word()
        default: return try sign()
        }
    }

    // MARK: Words

    private mutating func word() -> FilterToken {
        let name = identifier()
        if let value = Self.booleans[name] { return .bool(value) }
        guard let symbol = Self.words[name] else { return nullTest(after: name) ?? .identifier(name) }
        return .symbol(symbol)
    }

    /// `is null` and `is not null` are one word each; nil, without moving, if they do not stand here.
    private mutating func nullTest(after name: String) -> FilterToken? {
        guard name == "is" || name == "IS" else { return nil }
        let behindName = offset
        if acceptWord("null") { return .symbol(.isNull) }
        if acceptWord("not"), acceptWord("null") { return .symbol(.isNotNull) }
        offset = behindName
        return nil
    }

    /// Moves behind the word if it stands here.
    private mutating func acceptWord(_ expected: String) -> Bool {
        let before = offset
        while let byte = current, Self.isSpace(byte) { offset += 1 }
        let name = identifier()
        if name == expected || name == expected.uppercased() { return true }
        offset = before
        return false
    }

    private mutating func identifier() -> String {
        let begin = offset
        while let byte = current, Self.continuesIdentifier(byte) { offset += 1 }
        return String(decoding: bytes[begin..<offset], as: UTF8.self)
    }

    private mutating func template() throws -> FilterToken {
        offset += 1
        while let byte = current, Self.isSpace(byte) { offset += 1 }
        let name = identifier()
        while let byte = current, Self.isSpace(byte) { offset += 1 }
        guard !name.isEmpty, current == UInt8(ascii: "}") else {
            throw FilterError(at: offset, "a template needs a name in braces, as in {name}")
        }
        offset += 1
        return .template(name)
    }

    private mutating func sign() throws -> FilterToken {
        for length in [2, 1] where offset + length <= bytes.count {
            let text = String(decoding: bytes[offset..<offset + length], as: UTF8.self)
            guard let symbol = Self.signs[text] else { continue }
            offset += length
            return .symbol(symbol)
        }
        throw FilterError(at: offset, "a character was found that begins no value, name or operator")
    }

    // MARK: Numbers

    private mutating func number() throws -> FilterToken {
        let text = numberText()
        if let value = FilterNumber.integer(text) { return .integer(value) }
        guard let value = FilterNumber.double(text) else {
            throw FilterError(at: start, "'\(text.shortened(to: 40))' is not a number that fits Int64 or Double")
        }
        return .double(value)
    }

    /// Letters, digits and points, and a sign behind the letter of an exponent.
    private mutating func numberText() -> String {
        let isHexadecimal = following(1).map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
        let exponent = isHexadecimal ? UInt8(ascii: "p") : UInt8(ascii: "e")
        while let byte = current {
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            let isExponentSign = isSign && offset > start && bytes[offset - 1] | 0x20 == exponent
            guard isExponentSign || byte == UInt8(ascii: ".") || Self.continuesIdentifier(byte) else { break }
            offset += 1
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    // MARK: Texts

    private mutating func quotedText(isRaw: Bool) throws -> String {
        let quote = bytes[offset]
        offset += 1
        var content: [UInt8] = []
        while let byte = current {
            offset += 1
            if byte == quote { return String(decoding: content, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                if isRaw { appendRawEscape(to: &content) } else { try appendEscape(to: &content) }
            } else {
                content.append(byte)
            }
        }
        throw FilterError(at: start, "the text that begins here has no closing quote")
    }

    /// A backslash stays, and keeps a quote behind it from ending the text.
    private mutating func appendRawEscape(to content: inout [UInt8]) {
        content.append(UInt8(ascii: "\\"))
        guard let byte = current else { return }
        content.append(byte)
        offset += 1
    }

    /// The backslash has been read.
    private mutating func appendEscape(to content: inout [UInt8]) throws {
        guard let byte = current else { return }
        offset += 1
        if let meaning = Self.escapes[byte] { return content.append(meaning) }
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: "_"):
            // Both mean something to `like` only, which reads the backslash itself.
            content += [UInt8(ascii: "\\"), byte]
        case UInt8(ascii: "x"): content.append(UInt8(truncatingIfNeeded: try codePoint(digits: 2)))
        case UInt8(ascii: "u"): content += try character(codePoint(digits: 4))
        case UInt8(ascii: "U"): content += try character(codePoint(digits: 8))
        case UInt8(ascii: "0")...UInt8(ascii: "7"): content.append(octal(from: byte))
        default: throw FilterError(at: offset - 2, "the backslash begins no escape; write \\\\ for a backslash itself")
        }
    }

    private mutating func octal(from first: UInt8) -> UInt8 {
        var value = first - UInt8(ascii: "0")
        for _ in 0..<2 {
            guard let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { break }
            value = value &* 8 &+ (byte - UInt8(ascii: "0"))
            offset += 1
        }
        return value
    }

    private mutating func codePoint(digits: Int) throws -> UInt32 {
        let end = min(offset + digits, bytes.count)
        let text = String(decoding: bytes[offset..<end], as: UTF8.self)
        guard end == offset + digits, text.utf8.allSatisfy(FilterNumber.isHexadecimalDigit),
            let value = UInt32(text, radix: 16)
        else { throw FilterError(at: offset, "the escape needs \(digits) hexadecimal digits") }
        offset = end
        return value
    }

    /// The bytes of a character; two escapes of a surrogate pair are one.
    private mutating func character(_ code: UInt32) throws -> [UInt8] {
        var code = code
        if (0xD800..<0xDC00).contains(code), current == UInt8(ascii: "\\"), following(1) == UInt8(ascii: "u") {
            offset += 2
            let trail = try codePoint(digits: 4)
            guard (0xDC00..<0xE000).contains(trail) else {
                throw FilterError(at: offset - 4, "the second half of a surrogate pair was expected")
            }
            code = 0x1_0000 + (code - 0xD800) << 10 + (trail - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw FilterError(at: offset, "the escape names no character")
        }
        return Array(String(Character(scalar)).utf8)
    }

    // MARK: Bytes

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func following(_ distance: Int) -> UInt8? {
        offset + distance < bytes.count ? bytes[offset + distance] : nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { $0 &- UInt8(ascii: "0") < 10 } ?? false
    }

    /// Letters, underscore, the sign of `$meta`, and every byte of a character that is not ASCII.
    private static func beginsIdentifier(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
            || byte >= 0x80
    }

    private static func continuesIdentifier(_ byte: UInt8) -> Bool {
        beginsIdentifier(byte) || isDigit(byte)
    }

    // MARK: Tables

    private static let booleans = [
        "true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false,
    ]

    private static let words: [String: FilterSymbol] = {
        let reserved: [FilterSymbol] = [.or, .and, .not, .like, .exists, .isIn]
        let both = reserved.flatMap { [($0.rawValue, $0), ($0.rawValue.uppercased(), $0)] }
        return Dictionary(uniqueKeysWithValues: both)
    }()

    private static let signs: [String: FilterSymbol] = {
        let plain = FilterSymbol.allCases.filter { !beginsIdentifier($0.rawValue.utf8.first!) }
        var signs = Dictionary(uniqueKeysWithValues: plain.map { ($0.rawValue, $0) })
        signs["&&"] = .and
        signs["||"] = .or
        signs["!"] = .not
        return signs
    }()

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "'"): UInt8(ascii: "'"),
        UInt8(ascii: "?"): UInt8(ascii: "?"), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08,
        UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
        UInt8(ascii: "v"): 0x0B,
    ]
}
