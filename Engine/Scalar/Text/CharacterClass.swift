/// What a Unicode scalar is to the standard tokenizer.
enum CharacterClass: UInt8 {
    /// Parts words: space, punctuation, symbols, emoji.
    case separator
    /// A letter or a digit.
    case word
    /// Belongs to the scalar before: accents, vowel signs, joiners.
    case mark
    /// Of a script that is written without spaces, or whose words carry endings: Han, Hiragana, Katakana, Hangul.
    case ideograph

    @inline(__always)
    static func of(_ scalar: Unicode.Scalar) -> CharacterClass {
        scalar.isASCII ? of(UInt8(truncatingIfNeeded: scalar.value)) : ofOther(scalar)
    }

    /// Of an ASCII byte.
    @inline(__always)
    static func of(_ byte: UInt8) -> CharacterClass {
        isLetterOrDigit(byte) ? .word : .separator
    }

    @inline(__always)
    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    private static func ofOther(_ scalar: Unicode.Scalar) -> CharacterClass {
        if isIdeograph(scalar) { return .ideograph }
        switch scalar.value {
        case 0x200C, 0x200D: return .mark
        // Latin and Cyrillic letters, looked up often.
        case 0xD7, 0xF7: return .separator
        case 0xC0...0x24F, 0x400...0x481, 0x48A...0x52F: return .word
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return .word
        case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
        default: return .separator
        }
    }

    /// Of the scripts whose runs become bigrams.
    static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        guard value >= 0x1100 else { return false }
        return isHan(scalar) || isKana(value) || isHangul(value)
    }

    static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005, 0x3007, 0x3021...0x3029, 0x303B, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0x20000...0x2FA1F, 0x30000...0x323AF:
            true
        default: false
        }
    }

    private static func isKana(_ value: UInt32) -> Bool {
        switch value {
        case 0x3031...0x3035, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF,
            0xFF66...0xFF9F, 0x1B000...0x1B16F:
            true
        default: false
        }
    }

    private static func isHangul(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x11FF, 0x3131...0x318E, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xD7B0...0xD7FB, 0xFFA0...0xFFDC:
            true
        default: false
        }
    }
}
