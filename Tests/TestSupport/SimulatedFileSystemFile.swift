import Apus
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// An open file of the simulated disk. It stays readable after its name is gone, as on a real one.
final class SimulatedFile: File {
    let path: String
    private let fileSystem: SimulatedFileSystem
    private let identifier: Int
    private let mode: FileMode
    private let isOpen = Mutex(true)

    init(_ fileSystem: SimulatedFileSystem, path: String, identifier: Int, mode: FileMode) {
        self.fileSystem = fileSystem
        self.path = path
        self.identifier = identifier
        self.mode = mode
    }

    deinit { try? close() }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
        try checkOpen()
        // The pointer is used within this call only, which the compiler cannot see through the mutex.
        nonisolated(unsafe) let buffer = buffer
        return try fileSystem.reading(path) { disk in
            disk.contents[identifier]?.current.read(into: buffer, at: offset) ?? 0
        }
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int) throws {
        try checkWritable()
        let bytes = pieces.flatMap { Array($0) }
        try fileSystem.mutating(path) { disk in
            if disk.countWrite() {
                try writePart(bytes, at: offset, on: &disk)
                throw SimulatedFaults.inputOutput(path)
            }
            try disk.write(bytes, to: identifier, at: offset, path: path)
        }
    }

    func sync() throws {
        try checkOpen()
        try fileSystem.mutating(path) { disk in
            if disk.countSync() {
                var dice = fileSystem.failureDice(disk.faults.syncCount)
                disk.contents[identifier]?.failSync(&dice)
                throw SimulatedFaults.inputOutput(path)
            }
            if !disk.faults.isStopped { disk.contents[identifier]?.sync() }
        }
    }

    func allocate(upTo size: Int) throws {
        try checkWritable()
        try fileSystem.mutating(path) { disk in
            guard let present = disk.contents[identifier]?.current.size, present < size else { return }
            try disk.resize(identifier, to: size, path: path)
        }
    }

    func truncate(to size: Int) throws {
        try checkWritable()
        try fileSystem.mutating(path) { try $0.resize(identifier, to: size, path: path) }
    }

    func size() throws -> Int {
        try checkOpen()
        return try fileSystem.reading(path) { $0.contents[identifier]?.current.size ?? 0 }
    }

    func close() throws {
        isOpen.withLock { isOpen in
            if isOpen { fileSystem.closeFile(identifier) }
            isOpen = false
        }
    }

    /// A failing write reaches some of its sectors.
    private func writePart(_ bytes: [UInt8], at offset: Int, on disk: inout SimulatedDisk) throws {
        var dice = fileSystem.failureDice(disk.faults.writeCount)
        for part in SimulatedContent.sectors(offset..<offset + bytes.count) where dice.keeps() {
            let sector = Array(bytes[part.lowerBound - offset..<part.upperBound - offset])
            try disk.write(sector, to: identifier, at: part.lowerBound, path: path)
        }
    }

    private func checkOpen() throws {
        guard isOpen.withLock({ $0 }) else {
            throw StorageError(.io(EBADF), path: path, message: "the file is closed")
        }
    }

    private func checkWritable() throws {
        try checkOpen()
        if mode == .readOnly {
            throw StorageError(.io(EBADF), path: path, message: "the file is open for reading only")
        }
    }
}
