import TestSupport
import Testing

@testable import Apus

#if canImport(Glibc)
    import Glibc
#endif

/// The disks that must behave alike.
enum DiskKind: CaseIterable {
    case posix, simulated

    /// Gives an empty folder on such a disk, and removes it afterwards.
    func withFolder(_ body: (any FileSystem, String) throws -> Void) throws {
        switch self {
        case .simulated:
            let disk = SimulatedFileSystem()
            try disk.createFolder("data")
            try body(disk, "data")
        case .posix:
            let temporary = TemporaryFolder()
            try withExtendedLifetime(temporary) { try body(POSIXFileSystem(), temporary.path) }
        }
    }
}

/// Expects a storage error with this code, and gives it.
@discardableResult
func expectStorageError(
    _ code: StorageError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> StorageError? {
    let error = #expect(throws: StorageError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    return error
}

@Suite struct FileSystemConformance {
    @Test(arguments: DiskKind.allCases)
    func piecesAreWrittenInOrderAndReadBack(kind: DiskKind) throws {
        try kind.withFolder { disk, folder in
            let file = try disk.openFile(folder + "/a", .create)
            let parts: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 9, count: 5000), [7]]
            let whole = parts.flatMap { $0 }
            try writePieces(parts, to: file, at: 10)
            #expect(try file.size() == 10 + whole.count)
            #expect(try file.bytes(0..<10 + whole.count) == [UInt8](repeating: 0, count: 10) + whole)
            var buffer = [UInt8](repeating: 0, count: 100)
            let count = try buffer.withUnsafeMutableBytes {
                try file.read(into: $0, at: 10 + whole.count - 3)
            }
            #expect(count == 3)
            #expect(try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 1_000_000) } == 0)
            try file.sync()
            try file.close()
            #expect(try disk.size(folder + "/a") == 10 + whole.count)
        }
    }

    @Test(arguments: DiskKind.allCases)
    func manySmallPiecesNeedSeveralCalls(kind: DiskKind) throws {
        try kind.withFolder { disk, folder in
            let file = try disk.openFile(folder + "/a", .create)
            let parts = (0..<3000).map { [UInt8(truncatingIfNeeded: $0), 1] }
            try writePieces(parts, to: file, at: 0)
            #expect(try file.bytes(0..<6000) == parts.flatMap { $0 })
        }
    }

    @Test(arguments: DiskKind.allCases)
    func allocateAndTruncateChangeTheSizeOnly(kind: DiskKind) throws {
        try kind.withFolder { disk, folder in
            let file = try disk.openFile(folder + "/a", .create)
            try file.write([1, 2, 3, 4], at: 0)
            try file.allocate(upTo: 10_000)
            #expect(try file.size() == 10_000)
            try file.allocate(upTo: 5)
            #expect(try file.size() == 10_000)
            #expect(try file.bytes(0..<6) == [1, 2, 3, 4, 0, 0])
            try file.truncate(to: 2)
            try file.truncate(to: 4)
            #expect(try file.bytes(0..<4) == [1, 2, 0, 0])
        }
    }

    @Test(arguments: DiskKind.allCases)
    func namesAreListedRenamedAndRemoved(kind: DiskKind) throws {
        try kind.withFolder { disk, folder in
            for name in ["b", "a", "c"] { try disk.openFile(folder + "/" + name, .create).write([1], at: 0) }
            try disk.openFile(folder + "/c", .readWrite).write([1, 2], at: 0)
            #expect(try disk.list(folder) == ["a", "b", "c"])
            try disk.rename(folder + "/c", to: folder + "/a")
            try disk.remove(folder + "/b")
            #expect(try disk.list(folder) == ["a"])
            #expect(try disk.size(folder + "/a") == 2)
            try disk.createFolder(folder + "/sub")
            try disk.createFolder(folder + "/sub")
            #expect(try disk.exists(folder + "/sub"))
            try disk.syncFolder(folder)
            try disk.removeFolder(folder + "/sub")
            #expect(try !disk.exists(folder + "/sub"))
            #expect(try disk.freeSpace(folder) > 0)
        }
    }

    @Test(arguments: DiskKind.allCases)
    func openFilesOutliveTheirNames(kind: DiskKind) throws {
        try kind.withFolder { disk, folder in
            let file = try disk.openFile(folder + "/a", .create)
            try file.write([5], at: 0)
            try disk.remove(folder + "/a")
            #expect(try file.bytes(0..<1) == [5])
        }
    }

    @Test(arguments: DiskKind.allCases)
    func errorsHaveCodes(kind: DiskKind) throws {
        try kind.withFolder { disk, folder in
            let file = try disk.openFile(folder + "/a", .create)
            expectStorageError(.exists) { _ = try disk.openFile(folder + "/a", .create) }
            expectStorageError(.notFound) { _ = try disk.openFile(folder + "/b", .readWrite) }
            expectStorageError(.notFound) { _ = try disk.openFile(folder + "/b", .readOnly) }
            expectStorageError(.notFound) { _ = try disk.openFile(folder + "/none/b", .create) }
            expectStorageError(.notFound) { try disk.remove(folder + "/b") }
            expectStorageError(.notFound) { try disk.rename(folder + "/b", to: folder + "/c") }
            expectStorageError(.notFound) { _ = try disk.list(folder + "/none") }
            expectStorageError(.notFound) { _ = try disk.size(folder + "/b") }
            expectStorageError(.exists) { try disk.createFolder(folder + "/a") }
            expectStorageError(.io(ENOTEMPTY)) { try disk.removeFolder(folder) }
            expectStorageError(.io(EBADF)) {
                try disk.openFile(folder + "/a", .readOnly).write([1], at: 0)
            }
            try file.close()
            expectStorageError(.io(EBADF)) { try file.write([1], at: 0) }
            expectStorageError(.io(EBADF)) { try file.sync() }
            try file.close()
        }
    }

    @Test(arguments: DiskKind.allCases)
    func aFolderHasOneHolder(kind: DiskKind) throws {
        try kind.withFolder { disk, folder in
            let lock = try disk.lockFolder(folder)
            let error = expectStorageError(.locked) { _ = try disk.lockFolder(folder) }
            #expect(error?.message.contains("process \(lock.holder.processIdentifier)") == true)
            #expect(error?.message.contains(lock.holder.program) == true)
            #expect(error?.message.contains(lock.holder.since) == true)
            #expect(try disk.list(folder) == ["LOCK"])
            lock.release()
            try disk.lockFolder(folder).release()
        }
    }

    private func writePieces(_ parts: [[UInt8]], to file: any File, at offset: Int) throws {
        let whole = parts.flatMap { $0 }
        try whole.withUnsafeBytes { bytes in
            var start = 0
            let pieces = parts.map { part in
                defer { start += part.count }
                return UnsafeRawBufferPointer(rebasing: bytes[start..<start + part.count])
            }
            try file.write(pieces, at: offset)
        }
    }
}

@Test func aHolderIsReadFromItsText() {
    let holder = FolderLockHolder(
        processIdentifier: 12, host: "a host", program: "apus", since: "2025-01-02T03:04:05Z")
    #expect(FolderLockHolder(text: holder.text) == holder)
    #expect(FolderLockHolder(text: "") == nil)
    #expect(FolderLockHolder(text: "pid x\nhost\n") == nil)
}

@Test func pathsAreJoinedAndParted() {
    #expect(FilePath.join("a", "b") == "a/b")
    #expect(FilePath.join("a/", "b") == "a/b")
    #expect(FilePath.join("", "b") == "b")
    #expect(FilePath.folder(of: "a/b/c") == "a/b")
    #expect(FilePath.folder(of: "/c") == "/")
    #expect(FilePath.folder(of: "c") == ".")
    #expect(FilePath.name(of: "a/b/c") == "c")
    #expect(FilePath.name(of: "c") == "c")
}
