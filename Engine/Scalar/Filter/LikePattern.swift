/// The pattern of `like`: `%` stands for any run of characters, `_` for one character, a backslash takes the meaning
/// from the character behind it. Everything else stands for itself, by bytes.
struct LikePattern: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case literal([UInt8])
        /// `_`, so many times.
        case characters(Int)
        /// `%`.
        case anyRun
    }

    /// Neighbouring literals are one part, and of neighbouring wildcards `_` stands before `%`, so that patterns that
    /// are written differently and mean the same are often equal.
    let parts: [Part]

    /// Nil if the pattern ends in a backslash that takes the meaning from nothing.
    init?(_ pattern: String) {
        var parts = Parts()
        var isEscaped = false
        for byte in pattern.utf8 {
            if isEscaped || !Self.isSpecial(byte) {
                parts.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "%") {
                parts.appendAnyRun()
            } else {
                parts.appendCharacter()
            }
        }
        guard !isEscaped else { return nil }
        self.parts = parts.all
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "\\")
    }

    // MARK: What indexes ask

    /// The one text that matches; nil if the pattern has a wildcard.
    var exactText: [UInt8]? {
        switch parts.count {
        case 0: []
        case 1: literals.first
        default: nil
        }
    }

    /// What every matching text begins with.
    var prefix: [UInt8] {
        if case .literal(let text)? = parts.first { text } else { [] }
    }

    /// Whether exactly the texts that begin with `prefix` match.
    var isPrefixOnly: Bool {
        parts == [.anyRun] || (parts.count == 2 && !prefix.isEmpty && parts[1] == .anyRun)
    }

    /// The texts that every matching text contains, one behind the other.
    var literals: [[UInt8]] {
        parts.compactMap { if case .literal(let text) = $0 { text } else { nil } }
    }
}

extension LikePattern {
    /// Whether a text matches. O(bytes of the text x bytes of the pattern) at worst, O(bytes of the text) as a rule:
    /// only the last `%` is ever tried again, as an earlier one that reaches further gives the rest fewer bytes.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        var part = 0
        var position = 0
        var retry: (part: Int, position: Int)?
        while true {
            if part == parts.count, position == text.count { return true }
            if part < parts.count, let next = advance(over: parts[part], at: position, in: text) {
                if parts[part] == .anyRun {
                    if part + 1 == parts.count { return true }
                    retry = (part + 1, position)
                }
                position = next
                part += 1
            } else {
                guard let last = retry, last.position < text.count else { return false }
                let start = Self.end(ofCharacterAt: last.position, in: text)
                retry = (last.part, start)
                (part, position) = (last.part, start)
            }
        }
    }

    /// Where the text goes on behind a part that matches at `position`; nil if it does not match there.
    private func advance(over part: Part, at position: Int, in text: UnsafeRawBufferPointer) -> Int? {
        switch part {
        case .anyRun: return position
        case .characters(let count):
            var end = position
            for _ in 0..<count {
                guard end < text.count else { return nil }
                end = Self.end(ofCharacterAt: end, in: text)
            }
            return end
        case .literal(let literal):
            guard literal.count <= text.count - position else { return nil }
            for index in literal.indices where text[position + index] != literal[index] { return nil }
            return position + literal.count
        }
    }

    private static func end(ofCharacterAt position: Int, in text: UnsafeRawBufferPointer) -> Int {
        var end = position + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }
}

extension LikePattern: CustomStringConvertible {
    /// The pattern as it may be written.
    var description: String {
        parts.map { part in
            switch part {
            case .anyRun: "%"
            case .characters(let count): String(repeating: "_", count: count)
            case .literal(let text): Self.escaped(text)
            }
        }.joined()
    }

    private static func escaped(_ text: [UInt8]) -> String {
        String(decoding: text.flatMap { isSpecial($0) ? [UInt8(ascii: "\\"), $0] : [$0] }, as: UTF8.self)
    }
}

/// Collects the parts of a pattern.
private struct Parts {
    private(set) var all: [LikePattern.Part] = []

    mutating func append(_ byte: UInt8) {
        if case .literal(var text)? = all.last {
            text.append(byte)
            all[all.count - 1] = .literal(text)
        } else {
            all.append(.literal([byte]))
        }
    }

    mutating func appendCharacter() {
        let hasRun = all.last == .anyRun
        if hasRun { all.removeLast() }
        if case .characters(let count)? = all.last {
            all[all.count - 1] = .characters(count + 1)
        } else {
            all.append(.characters(1))
        }
        if hasRun { all.append(.anyRun) }
    }

    mutating func appendAnyRun() {
        if all.last != .anyRun { all.append(.anyRun) }
    }
}
