import Apus
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A disk whose reads fail where a test says so, and which counts them.
public final class ReadFaults: FileSystem {
    private let disk: any FileSystem
    fileprivate let state = Mutex(State())

    fileprivate struct State {
        var failing: Range<Int>?
        var readCount = 0
    }

    public init(_ disk: any FileSystem) { self.disk = disk }

    /// Reads that touch these bytes of any file fail; nil mends the disk.
    public func failReads(of range: Range<Int>?) { state.withLock { $0.failing = range } }

    public var readCount: Int { state.withLock { $0.readCount } }

    public func openFile(_ path: String, _ mode: FileMode) throws -> any File {
        FaultyFile(try disk.openFile(path, mode), self)
    }

    public func rename(_ source: String, to target: String) throws { try disk.rename(source, to: target) }
    public func remove(_ path: String) throws { try disk.remove(path) }
    public func list(_ folder: String) throws -> [String] { try disk.list(folder) }
    public func createFolder(_ path: String) throws { try disk.createFolder(path) }
    public func removeFolder(_ path: String) throws { try disk.removeFolder(path) }
    public func syncFolder(_ path: String) throws { try disk.syncFolder(path) }
    public func exists(_ path: String) throws -> Bool { try disk.exists(path) }
    public func size(_ path: String) throws -> Int { try disk.size(path) }
    public func lockFolder(_ path: String) throws -> any FolderLock { try disk.lockFolder(path) }
    public func freeSpace(_ folder: String) throws -> Int { try disk.freeSpace(folder) }
}

private final class FaultyFile: File {
    private let file: any File
    private let faults: ReadFaults

    init(_ file: any File, _ faults: ReadFaults) {
        self.file = file
        self.faults = faults
    }

    var path: String { file.path }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
        let isFailing = faults.state.withLock { state in
            state.readCount += 1
            return state.failing?.overlaps(offset..<offset + buffer.count) ?? false
        }
        if isFailing {
            throw StorageError(.io(EIO), path: path, offset: offset, message: "cannot read; check the device")
        }
        return try file.read(into: buffer, at: offset)
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int) throws { try file.write(pieces, at: offset) }
    func sync() throws { try file.sync() }
    func allocate(upTo size: Int) throws { try file.allocate(upTo: size) }
    func truncate(to size: Int) throws { try file.truncate(to: size) }
    func size() throws -> Int { try file.size() }
    func close() throws { try file.close() }
}
