#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The git commit of a folder, read from the files of `.git` without starting a process.
public enum Repository {
    /// The commit hash of the repository that contains `folder`, or nil when there is none.
    ///
    /// Knows loose and packed references, a detached head, and worktrees, whose `.git` is a file. It does not
    /// see whether files were changed since.
    public static func commit(of folder: String = FilePath.currentFolder) -> String? {
        for parent in FilePath.ancestors(of: folder) {
            guard let gitFolder = gitFolder(in: parent) else { continue }
            return headCommit(of: gitFolder)
        }
        return nil
    }

    private static func gitFolder(in folder: String) -> String? {
        let path = FilePath.join(folder, ".git")
        if FilePath.isFolder(path) { return path }
        guard let text = TextFile.read(path), let target = TextFile.field("gitdir", in: text) else {
            return nil
        }
        return target.hasPrefix("/") ? target : FilePath.join(folder, target)
    }

    private static func headCommit(of gitFolder: String) -> String? {
        guard let head = TextFile.read(FilePath.join(gitFolder, "HEAD")) else { return nil }
        guard let reference = TextFile.field("ref", in: head) else { return hash(head) }
        let shared = TextFile.read(FilePath.join(gitFolder, "commondir")).map(TextFile.trimmed)
        let sharedFolder = shared.map { $0.hasPrefix("/") ? $0 : FilePath.join(gitFolder, $0) }
        for folder in [gitFolder] + (sharedFolder.map { [$0] } ?? []) {
            if let found = commit(of: reference, in: folder) { return found }
        }
        return nil
    }

    private static func commit(of reference: String, in folder: String) -> String? {
        if let loose = TextFile.read(FilePath.join(folder, reference)).flatMap(hash) { return loose }
        let packed = TextFile.read(FilePath.join(folder, "packed-refs")) ?? ""
        let line = TextFile.lines(packed).first { $0.hasSuffix(" " + reference) }
        return line.flatMap { hash(String($0.prefix { $0 != " " })) }
    }

    private static func hash(_ text: String) -> String? {
        let candidate = TextFile.trimmed(text)
        let isHash =
            (candidate.utf8.count == 40 || candidate.utf8.count == 64) && candidate.allSatisfy(\.isHexDigit)
        return isHash ? candidate : nil
    }
}

/// The few operations on paths that this module needs.
public enum FilePath {
    /// The current folder, or "." when it cannot be named.
    public static var currentFolder: String {
        guard let buffer = getcwd(nil, 0) else { return "." }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// The folder of the running program, or nil when the system does not tell.
    static var executableFolder: String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = buffer.withUnsafeMutableBytes { bytes in
            readlink("/proc/self/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard length > 0 else { return nil }
        return ancestors(of: String(decoding: buffer[0..<length], as: UTF8.self)).dropFirst().first
    }

    static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// The last part of a path.
    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// The folder itself, its parent, and so on up to the root.
    static func ancestors(of folder: String) -> [String] {
        var parts = folder.split(separator: "/").map(String.init)
        let root = folder.hasPrefix("/") ? "/" : ""
        var result: [String] = []
        while !parts.isEmpty {
            result.append(root + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return result + (root.isEmpty ? [] : [root])
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}
