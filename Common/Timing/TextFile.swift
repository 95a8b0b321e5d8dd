#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Small text files, also those of /proc, whose size is not known before they are read.
enum TextFile {
    /// The whole text, or nil when the file cannot be read. Bytes that are not UTF-8 are replaced.
    static func read(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// All bytes, or nil when the file cannot be read.
    static func bytes(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var result: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = systemRead(descriptor, &piece, piece.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { return nil }
            guard got > 0 else { return result }
            result.append(contentsOf: piece[0..<got])
        }
    }

    /// The lines of a text, without a carriage return at their end.
    static func lines(_ text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0.isNewline }
    }

    /// The value behind `key:` at the start of a line, trimmed.
    static func field(_ key: String, in text: String) -> String? {
        for line in lines(text) where line.hasPrefix(key) {
            let rest = line.dropFirst(key.count).drop { $0 == " " || $0 == "\t" }
            guard rest.first == ":" else { continue }
            return trimmed(rest.dropFirst())
        }
        return nil
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank = { (character: Character) in character.isWhitespace }
        let start = text.drop(while: isBlank)
        let blanks = start.reversed().prefix(while: isBlank).count
        return String(start.dropLast(blanks))
    }
}
