#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder that goes away with its files when the test lets go of it.
final class ScratchFolder {
    let path: String
    private var files: [String] = []

    init() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/apus-common-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("no scratch folder under \(parent)") }
        path = String(cString: made)
    }

    deinit {
        for file in files { unlink(file) }
        rmdir(path)
    }

    /// The path of a file in the folder; it is deleted with the folder.
    func file(_ name: String) -> String {
        let file = path + "/" + name
        files.append(file)
        return file
    }

    /// Writes bytes to a file and returns its path.
    func file(_ name: String, bytes: [UInt8]) -> String {
        let path = file(name)
        guard let stream = fopen(path, "w") else { preconditionFailure("cannot write \(path)") }
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
        return path
    }

    func file(_ name: String, text: String) -> String {
        file(name, bytes: Array(text.utf8))
    }
}

/// The little-endian bytes of integers.
func littleEndian<Integer: FixedWidthInteger>(_ integers: Integer...) -> [UInt8] {
    integers.flatMap { withUnsafeBytes(of: $0.littleEndian) { Array($0) } }
}

/// The little-endian bytes of floats.
func floatBytes(_ values: Float...) -> [UInt8] {
    values.flatMap { littleEndian($0.bitPattern) }
}
