#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A look at files.
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

    /// Makes a folder unless it is there. That it cannot be made shows when a file is put into it.
    static func makeFolder(_ path: String) {
        mkdir(path, 0o777)
    }

    static func remove(_ path: String) {
        unlink(path)
    }

    /// The names in a folder, in no order; nil if it is none.
    static func names(inFolder path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}
