#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The folder that a benchmark works in: one that the user named, which stays, or a temporary one, which goes with
/// the last reference.
final class WorkFolder {
    let path: String
    private let isTemporary: Bool

    /// - Parameter chosen: nil makes a temporary folder below `TMPDIR`.
    init(_ chosen: String?) throws {
        if let chosen {
            path = chosen
            isTemporary = false
            return
        }
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/apus-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SurroundingsError(
                "no temporary folder can be made in \(parent): \(Self.reason()); set TMPDIR or give --folder")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        isTemporary = true
    }

    deinit {
        if isTemporary { Self.remove(path) }
    }

    /// Removes a file, or a folder with what is in it.
    static func remove(_ path: String) {
        guard let names = SystemFile.names(inFolder: path) else {
            unlink(path)
            return
        }
        for name in names { remove(path + "/" + name) }
        rmdir(path)
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
