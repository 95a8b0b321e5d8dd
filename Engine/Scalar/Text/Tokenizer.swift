/// How a text is divided into words.
enum Tokenizer: Sendable, Hashable {
    /// Runs of letters and digits with their marks. In runs of Han, Hiragana, Katakana and Hangul, which are not
    /// divided by spaces or carry endings, every two neighbouring characters make a word: bigrams. Such a character
    /// that stands alone is a word.
    case standard
    /// Whatever stands between white space.
    case whitespace
}

/// Walks over the words of one text.
struct TokenCursor {
    let text: UnsafeRawBufferPointer
    private let tokenizer: Tokenizer
    private var offset = 0
    /// Whether the character at `offset` is already the second of a bigram.
    private var isInBigram = false

    /// - Parameter text: held by the caller for as long as the cursor is used.
    init(_ text: UnsafeRawBufferPointer, _ tokenizer: Tokenizer) {
        self.text = text
        self.tokenizer = tokenizer
    }

    /// Where the next word lies; nil behind the last. Reads each byte a bounded number of times.
    mutating func next() -> Range<Int>? {
        switch tokenizer {
        case .standard: nextOfStandard()
        case .whitespace: nextBetweenSpace()
        }
    }

    private mutating func nextOfStandard() -> Range<Int>? {
        while offset < text.count {
            let (kind, length) = kind(at: offset)
            switch kind {
            case .word: return word(length)
            case .ideograph: if let token = bigram(length) { return token }
            case .separator, .mark: offset += length
            }
        }
        return nil
    }

    @inline(__always)
    private func kind(at offset: Int) -> (CharacterClass, length: Int) {
        let byte = text[offset]
        if byte < 0x80 { return (CharacterClass.of(byte), 1) }
        let (scalar, length) = UTF8Scalars.decode(text, at: offset)
        return (CharacterClass.of(scalar), length)
    }

    /// - Parameter length: bytes of the letter at `offset`.
    private mutating func word(_ length: Int) -> Range<Int> {
        let start = offset
        offset += length
        while offset < text.count {
            let (kind, length) = kind(at: offset)
            guard kind == .word || kind == .mark else { break }
            offset += length
        }
        return start..<offset
    }

    /// The bigram that begins at `offset`, or the character alone if no other touches it; nil if it is the end of a
    /// bigram before.
    ///
    /// - Parameter length: bytes of the character at `offset`.
    private mutating func bigram(_ length: Int) -> Range<Int>? {
        let start = offset
        let second = endOfMarks(from: start + length)
        offset = second
        if second < text.count {
            let (kind, length) = kind(at: second)
            if kind == .ideograph {
                isInBigram = true
                return start..<endOfMarks(from: second + length)
            }
        }
        defer { isInBigram = false }
        return isInBigram ? nil : start..<second
    }

    private func endOfMarks(from start: Int) -> Int {
        var end = start
        while end < text.count, case (.mark, let length) = kind(at: end) { end += length }
        return end
    }

    private mutating func nextBetweenSpace() -> Range<Int>? {
        while offset < text.count, let length = spaceLength(at: offset) { offset += length }
        let start = offset
        while offset < text.count, spaceLength(at: offset) == nil {
            offset += text[offset] < 0x80 ? 1 : UTF8Scalars.decode(text, at: offset).length
        }
        return start < offset ? start..<offset : nil
    }

    /// Bytes of the white space at `offset`; nil if there is none.
    private func spaceLength(at offset: Int) -> Int? {
        let byte = text[offset]
        if byte < 0x80 { return byte == 0x20 || byte &- 9 < 5 ? 1 : nil }
        let (scalar, length) = UTF8Scalars.decode(text, at: offset)
        switch scalar.value {
        case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return length
        default: return nil
        }
    }
}
