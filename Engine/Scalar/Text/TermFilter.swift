/// One step that a term goes through after the text was divided: it changes the term or drops it.
enum TermFilter: Sendable {
    case lowercase
    /// Latin letters with accents become those without; see `ASCIIFolding`.
    case asciiFolding
    /// Keeps terms of ASCII letters and digits alone.
    case alphanumericOnly
    /// Keeps terms of Han characters, ASCII letters and digits alone.
    case chineseAlphanumericOnly
    /// Keeps terms of Han characters alone.
    case chineseOnly
    /// Drops terms without a letter or digit.
    case withoutPunctuation
    case stop(TermTable)
    case englishStemmer
    /// Drops terms of more Unicode scalars than this.
    case length(maximum: Int)

    /// Changes `term`; false drops it.
    func keeps(_ term: inout TermBuffer) -> Bool {
        switch self {
        case .lowercase: Lowercase.apply(to: &term)
        case .asciiFolding: ASCIIFolding.apply(to: &term)
        case .englishStemmer: EnglishStemmer.apply(to: &term)
        case .stop(let words): return words.number(of: term.bytes) == nil
        case .length(let maximum): return term.count <= maximum || Self.scalarCount(term.bytes) <= maximum
        case .alphanumericOnly: return term.bytes.allSatisfy(CharacterClass.isLetterOrDigit)
        case .chineseAlphanumericOnly: return allScalars(of: term.bytes) { Self.isASCIIWord($0) || Self.isHan($0) }
        case .chineseOnly: return allScalars(of: term.bytes, Self.isHan)
        case .withoutPunctuation: return !allScalars(of: term.bytes) { CharacterClass.of($0) == .separator }
        }
        return true
    }

    private static func isHan(_ scalar: Unicode.Scalar) -> Bool { CharacterClass.isHan(scalar) }

    private static func isASCIIWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && CharacterClass.of(scalar) == .word
    }

    private func allScalars(of bytes: UnsafeRawBufferPointer, _ body: (Unicode.Scalar) -> Bool) -> Bool {
        var scalars = UTF8Scalars(bytes)
        while let scalar = scalars.next() {
            guard body(scalar) else { return false }
        }
        return true
    }

    private static func scalarCount(_ bytes: UnsafeRawBufferPointer) -> Int {
        bytes.count { $0 & 0xC0 != 0x80 }
    }
}

/// Lower case of every script, scalar by scalar (Unicode's full mapping, without its rules for neighbours).
enum Lowercase {
    static func apply(to term: inout TermBuffer) {
        var all: UInt8 = 0
        for index in 0..<term.count {
            let byte = term.base[index]
            all |= byte
            term.base[index] = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
        }
        guard all >= 0x80 else { return }
        var hasCase = false
        var scalars = UTF8Scalars(term.bytes)
        while let scalar = scalars.next(), !hasCase { hasCase = changes(scalar) }
        guard hasCase else { return }
        term.rewriteScalars { scalar, target in
            guard changes(scalar) else { return target.append(scalar) }
            for byte in scalar.properties.lowercaseMapping.utf8 { target.append(byte) }
        }
    }

    /// Scripts from the first CJK radical to the last Han character have no case.
    private static func changes(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isASCII && !(0x2E80...0xA63F).contains(scalar.value) && scalar.properties.changesWhenLowercased
    }
}
