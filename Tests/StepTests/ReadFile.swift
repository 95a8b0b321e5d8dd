#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct UnreadableFile: Error {
    let path: String
}

/// All bytes of a file.
func readFile(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw UnreadableFile(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&piece, 1, piece.count, file)
        guard count > 0 else { return bytes }
        bytes += piece[..<count]
    }
}
