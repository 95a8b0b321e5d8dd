#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The disk of the operating system.
public struct POSIXFileSystem: FileSystem {
    public init() {}

    public func openFile(_ path: String, _ mode: FileMode) throws -> any File {
        let flags =
            switch mode {
            case .readOnly: O_RDONLY
            case .create: O_RDWR | O_CREAT | O_EXCL
            case .readWrite: O_RDWR
            }
        return POSIXFile(
            path: path, descriptor: try descriptor(path, flags, mode == .create ? "create" : "open"))
    }

    public func rename(_ source: String, to target: String) throws {
        _ = try posixCall("rename to \(target)", source) { renameFile(source, target) }
    }

    public func remove(_ path: String) throws {
        _ = try posixCall("remove", path) { unlink(path) }
    }

    public func list(_ folder: String) throws -> [String] {
        guard let stream = opendir(folder) else { throw StorageError.posix(errno, "list", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = entryName(entry)
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw StorageError.posix(errno, "list", folder) }
        return names.sorted()
    }

    public func createFolder(_ path: String) throws {
        do {
            _ = try posixCall("create the folder", path) { mkdir(path, 0o777) }
        } catch let error as StorageError where error.code == .exists && isFolder(path) {}
    }

    public func removeFolder(_ path: String) throws {
        _ = try posixCall("remove the folder", path) { rmdir(path) }
    }

    public func syncFolder(_ path: String) throws {
        let folder = POSIXFile(
            path: path, descriptor: try descriptor(path, O_RDONLY | O_DIRECTORY, "open the folder"))
        do {
            try folder.syncAll()
        } catch let error as StorageError where error.code == .io(EINVAL) {
            // Some network file systems cannot sync folders; there names are durable at once.
        }
        try folder.close()
    }

    public func exists(_ path: String) throws -> Bool {
        try status(path) != nil
    }

    public func size(_ path: String) throws -> Int {
        guard let status = try status(path) else { throw StorageError.posix(ENOENT, "read the size", path) }
        return Int(status.st_size)
    }

    public func lockFolder(_ path: String) throws -> any FolderLock {
        try POSIXFolderLock(folder: path)
    }

    public func freeSpace(_ folder: String) throws -> Int {
        var status = statvfs()
        _ = try posixCall("read the free space", folder) { statvfs(folder, &status) }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func status(_ path: String) throws -> stat? {
        var status = stat()
        do {
            _ = try posixCall("look up", path) { stat(path, &status) }
            return status
        } catch let error as StorageError where error.code == .notFound {
            return nil
        }
    }
}

private func descriptor(_ path: String, _ flags: Int32, _ action: String) throws -> Int32 {
    try posixCall(action, path) { open(path, flags | O_CLOEXEC, 0o666) }
}

/// The rename of the operating system, whose name the method hides.
private func renameFile(_ source: String, _ target: String) -> Int32 {
    rename(source, target)
}

private func entryName(_ entry: UnsafeMutablePointer<dirent>) -> String {
    withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
