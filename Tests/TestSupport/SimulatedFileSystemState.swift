import Apus

#if canImport(Glibc)
    import Glibc
#endif

/// The whole simulated disk, as a value under the mutex of its file system.
struct SimulatedDisk: Sendable {
    var names = SimulatedNames()
    var contents: [Int: SimulatedContent] = [:]
    var openCounts: [Int: Int] = [:]
    var lockHolders: [String: FolderLockHolder] = [:]
    var faults = SimulatedFaults()
    private var nextIdentifier = 0

    init() {}

    /// The disk after a power cut.
    init(afterCrashOf disk: SimulatedDisk, seed: UInt64) {
        var dice = SurvivalDice(seed: seed)
        names = SimulatedNames(durable: disk.names.survivor(&dice))
        for identifier in names.referencedFiles.sorted() {
            guard let content = disk.contents[identifier] else { continue }
            contents[identifier] = SimulatedContent(durable: content.survivor(&dice))
        }
        nextIdentifier = disk.nextIdentifier
    }

    var usedBytes: Int { contents.values.reduce(0) { $0 + $1.current.size } }

    func file(_ path: String) throws -> Int {
        guard case .file(let identifier) = names.current[path] else { throw Self.missing(path) }
        return identifier
    }

    func checkFolder(_ path: String) throws {
        guard names.current[path] == .folder else { throw Self.missing(path) }
    }

    static func missing(_ path: String) -> StorageError {
        StorageError(.notFound, path: path, message: "there is no such file or folder")
    }

    /// A new empty file.
    mutating func addFile(_ path: String) throws -> Int {
        try checkFolder(SimulatedNames.folder(of: path))
        nextIdentifier += 1
        contents[nextIdentifier] = SimulatedContent()
        names.apply(NameChange(names: [path: .file(nextIdentifier)]))
        return nextIdentifier
    }

    /// Writes what fits into the capacity; throws `noSpace` if that is not all.
    mutating func write(_ bytes: [UInt8], to identifier: Int, at offset: Int, path: String) throws {
        let room = growthRoom(identifier)
        let writable = min(bytes.count, max(0, room - offset))
        if writable > 0 { contents[identifier]?.apply(.write(Array(bytes.prefix(writable)), at: offset)) }
        if writable < bytes.count { throw Self.full(path) }
    }

    mutating func resize(_ identifier: Int, to size: Int, path: String) throws {
        if size > growthRoom(identifier) { throw Self.full(path) }
        contents[identifier]?.apply(.resize(to: size))
    }

    /// The size that a file can reach.
    private func growthRoom(_ identifier: Int) -> Int {
        guard let capacity = faults.capacityBytes else { return .max }
        let size = contents[identifier]?.current.size ?? 0
        return max(size, capacity - usedBytes + size)
    }

    private static func full(_ path: String) -> StorageError {
        StorageError(.noSpace, path: path, message: "the simulated disk is full")
    }

    /// Drops the files that nobody can reach any more.
    mutating func collectGarbage() {
        let referenced = names.referencedFiles
        contents = contents.filter { referenced.contains($0.key) || openCounts[$0.key, default: 0] > 0 }
    }
}

/// What is to go wrong, and what was done so far. Counts are from 1, from the creation of the file system.
struct SimulatedFaults: Sendable {
    var stopAt: Int?
    var failingSyncs: Set<Int> = []
    var failingWrites: Set<Int> = []
    var capacityBytes: Int?
    var operationCount = 0
    var writeCount = 0
    var syncCount = 0
    var isStopped = false

    mutating func isPowerCutNow() -> Bool {
        operationCount += 1
        if let stopAt, operationCount >= stopAt { isStopped = true }
        return isStopped
    }

    static func powerCut(_ path: String) -> StorageError {
        StorageError(.io(EIO), path: path, message: "the simulated power was cut")
    }

    static func inputOutput(_ path: String) -> StorageError {
        StorageError(.io(EIO), path: path, message: "a simulated failure of the device")
    }
}
