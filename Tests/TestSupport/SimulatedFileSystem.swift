import Apus
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A disk in memory that can lose its power, fill up, fail and rot, the same way for the same seed.
///
/// Every mutating operation (create, write, sync, allocate, truncate, rename, remove, folder operations) is counted.
/// The operation in which the power is cut throws, but may have reached the disk, as in reality.
public final class SimulatedFileSystem: FileSystem {
    private let disk: Mutex<SimulatedDisk>
    private let seed: UInt64

    /// - Parameter seed: decides what failed writes and failed syncs leave on the disk.
    public convenience init(seed: UInt64 = 2) {
        self.init(SimulatedDisk(), seed: seed)
    }

    private init(_ disk: SimulatedDisk, seed: UInt64) {
        self.disk = Mutex(disk)
        self.seed = seed
    }

    // MARK: Faults

    /// The disk as it is found after a power cut now; this one stays as it is. Locks are gone.
    ///
    /// - Parameter seed: decides what survives of the unsynced changes: 0 nothing, 1 all, others a random part.
    public func crash(survival seed: UInt64) -> SimulatedFileSystem {
        let after = disk.withLock { SimulatedDisk(afterCrashOf: $0, seed: seed) }
        return SimulatedFileSystem(after, seed: seed)
    }

    /// Cuts the power at the mutating operation number `operations`; it and all later calls throw.
    public func stopAfter(operations: Int) {
        disk.withLock { $0.faults.stopAt = operations }
    }

    /// Makes the sync (of a file or folder) with this number fail and forget what it should have written.
    public func failSync(at number: Int) {
        disk.withLock { _ = $0.faults.failingSyncs.insert(number) }
    }

    /// Makes the write with this number fail after some of its sectors.
    public func failWrite(at number: Int) {
        disk.withLock { _ = $0.faults.failingWrites.insert(number) }
    }

    /// The bytes that all files together can have; nil for no bound.
    public func setCapacity(bytes: Int?) {
        disk.withLock { $0.faults.capacityBytes = bytes }
    }

    public var operationCount: Int { disk.withLock { $0.faults.operationCount } }
    public var writeCount: Int { disk.withLock { $0.faults.writeCount } }
    public var syncCount: Int { disk.withLock { $0.faults.syncCount } }
    public var isStopped: Bool { disk.withLock { $0.faults.isStopped } }

    /// Flips the bits of `mask` in a byte of a file.
    public func corrupt(_ path: String, offset: Int, mask: UInt8 = 1) throws {
        try damage(path) { bytes in
            let byte = offset < bytes.stored.count ? bytes.stored[offset] : 0
            bytes.write([byte ^ mask], at: offset)
        }
    }

    /// Cuts a file behind its owner's back.
    public func cut(_ path: String, to size: Int) throws {
        try damage(path) { $0.resize(to: size) }
    }

    /// What a reader of the file would see.
    public func content(_ path: String) throws -> [UInt8] {
        try disk.withLock { disk in
            let identifier = try disk.file(SimulatedNames.normalise(path))
            return disk.contents[identifier]?.current.all ?? []
        }
    }

    private func damage(_ path: String, _ change: (inout SparseBytes) -> Void) throws {
        try disk.withLock { disk in
            disk.contents[try disk.file(SimulatedNames.normalise(path))]?.damage(change)
        }
    }

    // MARK: FileSystem

    public func openFile(_ path: String, _ mode: FileMode) throws -> any File {
        let name = SimulatedNames.normalise(path)
        let identifier = try mode == .create ? create(path, name) : reading(path) { try $0.file(name) }
        disk.withLock { $0.openCounts[identifier, default: 0] += 1 }
        return SimulatedFile(self, path: path, identifier: identifier, mode: mode)
    }

    private func create(_ path: String, _ name: String) throws -> Int {
        try mutating(path) { disk in
            if disk.names.current[name] != nil {
                throw StorageError(.exists, path: path, message: "the name is taken")
            }
            return try disk.addFile(name)
        }
    }

    public func rename(_ source: String, to target: String) throws {
        let (old, new) = (SimulatedNames.normalise(source), SimulatedNames.normalise(target))
        try mutating(source) { disk in
            let identifier = try disk.file(old)
            try disk.checkFolder(SimulatedNames.folder(of: new))
            if old != new { disk.names.apply(NameChange(names: [old: nil, new: .file(identifier)])) }
        }
    }

    public func remove(_ path: String) throws {
        let name = SimulatedNames.normalise(path)
        try mutating(path) { disk in
            _ = try disk.file(name)
            disk.names.apply(NameChange(names: [name: nil]))
            disk.collectGarbage()
        }
    }

    public func list(_ folder: String) throws -> [String] {
        let name = SimulatedNames.normalise(folder)
        return try reading(folder) { disk in
            try disk.checkFolder(name)
            return disk.names.children(of: name)
        }
    }

    public func createFolder(_ path: String) throws {
        let name = SimulatedNames.normalise(path)
        try mutating(path) { disk in
            switch disk.names.current[name] {
            case .folder: return
            case .file: throw StorageError(.exists, path: path, message: "the name is taken by a file")
            case nil: break
            }
            try disk.checkFolder(SimulatedNames.folder(of: name))
            disk.names.apply(NameChange(names: [name: .folder]))
        }
    }

    public func removeFolder(_ path: String) throws {
        let name = SimulatedNames.normalise(path)
        try mutating(path) { disk in
            try disk.checkFolder(name)
            guard disk.names.children(of: name).isEmpty else {
                throw StorageError(.io(ENOTEMPTY), path: path, message: "the folder is not empty")
            }
            disk.names.apply(NameChange(names: [name: nil]))
        }
    }

    public func syncFolder(_ path: String) throws {
        let name = SimulatedNames.normalise(path)
        try mutating(path) { disk in
            try disk.checkFolder(name)
            if disk.countSync() { throw SimulatedFaults.inputOutput(path) }
            if !disk.faults.isStopped { disk.names.sync(name) }
            disk.collectGarbage()
        }
    }

    public func exists(_ path: String) throws -> Bool {
        try reading(path) { $0.names.current[SimulatedNames.normalise(path)] != nil }
    }

    public func size(_ path: String) throws -> Int {
        try reading(path) { disk in
            let identifier = try disk.file(SimulatedNames.normalise(path))
            return disk.contents[identifier]?.current.size ?? 0
        }
    }

    public func freeSpace(_ folder: String) throws -> Int {
        try reading(folder) { disk in
            try disk.checkFolder(SimulatedNames.normalise(folder))
            return max(0, (disk.faults.capacityBytes ?? 1 << 40) - disk.usedBytes)
        }
    }

    public func lockFolder(_ path: String) throws -> any FolderLock {
        let name = SimulatedNames.normalise(path)
        let holder = FolderLockHolder(
            processIdentifier: 1, host: "simulated", program: "test", since: "2000-01-01T00:00:00Z")
        try reading(path) { disk in
            try disk.checkFolder(name)
            if let other = disk.lockHolders[name] {
                throw FolderLockHolder.lockedError(folder: path, holder: other)
            }
            let lock = SimulatedNames.normalise(FilePath.join(path, "LOCK"))
            let identifier = try disk.names.current[lock] == nil ? disk.addFile(lock) : disk.file(lock)
            disk.contents[identifier]?.apply(.resize(to: 0))
            disk.contents[identifier]?.apply(.write(Array(holder.text.utf8), at: 0))
            disk.lockHolders[name] = holder
        }
        return SimulatedFolderLock(self, folder: name, holder: holder)
    }

    func unlock(_ folder: String) {
        disk.withLock { $0.lockHolders[folder] = nil }
    }

    func closeFile(_ identifier: Int) {
        disk.withLock { $0.openCounts[identifier, default: 1] -= 1 }
    }

    // MARK: Access to the disk

    func reading<Value: Sendable>(_ path: String, _ body: (inout SimulatedDisk) throws -> Value) throws
        -> Value
    {
        try disk.withLock { disk in
            if disk.faults.isStopped { throw SimulatedFaults.powerCut(path) }
            return try body(&disk)
        }
    }

    /// Counts and does an operation; the one in which the power is cut is done as far as it is not durable, and
    /// throws.
    func mutating<Value: Sendable>(_ path: String, _ body: (inout SimulatedDisk) throws -> Value) throws
        -> Value
    {
        try disk.withLock { disk in
            if disk.faults.isStopped { throw SimulatedFaults.powerCut(path) }
            let isCut = disk.faults.isPowerCutNow()
            let value = try body(&disk)
            if isCut { throw SimulatedFaults.powerCut(path) }
            return value
        }
    }

    /// Randomness for what a failure leaves behind, different for each failure.
    func failureDice(_ number: Int) -> SurvivalDice {
        SurvivalDice(seed: seed &* 0x9E37_79B9 &+ UInt64(number) &+ 2)
    }
}

extension SimulatedDisk {
    /// Counts a sync; true if it is to fail.
    mutating func countSync() -> Bool {
        faults.syncCount += 1
        return faults.failingSyncs.contains(faults.syncCount)
    }

    /// Counts a write; true if it is to fail.
    mutating func countWrite() -> Bool {
        faults.writeCount += 1
        return faults.failingWrites.contains(faults.writeCount)
    }
}

private final class SimulatedFolderLock: FolderLock {
    let holder: FolderLockHolder
    private let fileSystem: SimulatedFileSystem
    private let folder: String
    private let isHeld = Mutex(true)

    init(_ fileSystem: SimulatedFileSystem, folder: String, holder: FolderLockHolder) {
        self.fileSystem = fileSystem
        self.folder = folder
        self.holder = holder
    }

    deinit { release() }

    func release() {
        isHeld.withLock { isHeld in
            if isHeld { fileSystem.unlock(folder) }
            isHeld = false
        }
    }
}
