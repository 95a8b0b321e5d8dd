#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder held by `flock` on its file `LOCK`. The lock goes with the process, so a crash leaves no stale one;
/// the file stays, for removing it would race with the next opener.
final class POSIXFolderLock: FolderLock {
    let holder: FolderLockHolder
    private let file: POSIXFile

    init(folder: String) throws {
        let path = FilePath.join(folder, FolderLockHolder.fileName)
        let descriptor = try posixCall("create", path) { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
        file = POSIXFile(path: path, descriptor: descriptor)
        holder = FolderLockHolder.current()
        do {
            _ = try posixCall("lock", path) { flock(descriptor, LOCK_EX | LOCK_NB) }
        } catch let error as StorageError where error.code == .io(EWOULDBLOCK) {
            throw FolderLockHolder.lockedError(folder: folder, holder: try Self.holder(in: file))
        }
        try file.truncate(to: 0)
        try file.write(Array(holder.text.utf8), at: 0)
    }

    func release() {
        // Closing gives the lock back; the descriptor only read, so there is no failure to report.
        try? file.close()
    }

    private static func holder(in file: POSIXFile) throws -> FolderLockHolder? {
        let bytes = try file.bytes(0..<min(file.size(), 4096))
        return FolderLockHolder(text: String(decoding: bytes, as: UTF8.self))
    }
}

extension FolderLockHolder {
    /// This process, now.
    static func current() -> FolderLockHolder {
        FolderLockHolder(
            processIdentifier: getpid(), host: hostName(),
            program: FilePath.name(of: CommandLine.arguments.first ?? "unknown"), since: timestamp())
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func timestamp() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
