#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Small files as text.
enum SystemFile {
    /// The whole text; nil when the file cannot be read. Bytes that are not UTF-8 are replaced.
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = read(descriptor, &piece, piece.count)
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return got == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
            bytes += piece[..<got]
        }
    }
}
