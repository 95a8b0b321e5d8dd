#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Making and removing whole folders.
public enum FolderTree {
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a folder and those above it.
    public static func make(_ path: String) throws(SystemError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o777) != 0 && !isFolder(made) { throw SystemError("make the folder \(made)") }
        }
    }

    /// A new, empty folder among the system's temporary ones.
    public static func makeTemporary() throws(SystemError) -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/apus-lesson-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("make a folder in \(parent)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a folder with all that is in it. Symbolic links are removed, not followed.
    public static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in names(in: path) { remove(path + "/" + name) }
        rmdir(path)
    }

    private static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

/// A call to the operating system that failed.
public struct SystemError: Error, CustomStringConvertible {
    public let description: String

    /// Takes the reason from `errno`, or from `code`.
    init(_ action: String, code: Int32 = errno) {
        description = "cannot \(action): \(String(cString: strerror(code)))"
    }
}
