/// The writing end of a log, as a value under the mutex of `WriteAheadLog`.
struct WriteAheadLogState: Sendable {
    /// A sync to be done outside of the mutex.
    struct SyncWork: Sendable {
        let file: any File
        let through: UInt64
    }

    private let fileSystem: any FileSystem
    private let folder: String
    private let options: WriteAheadLog.Options
    private var file: any File
    /// The first sequence numbers of all files, the current one last.
    private var files: [UInt64]
    private var damagedFiles: Set<UInt64>
    /// Where the next record goes.
    private(set) var offset: Int
    private var reserved: Int
    private(set) var next: UInt64
    private(set) var synced: UInt64
    private var failure: (any Error)?

    init(
        _ fileSystem: any FileSystem, folder: String, continuing replay: LogReplay,
        options: WriteAheadLog.Options
    ) throws {
        self.fileSystem = fileSystem
        self.folder = folder
        self.options = options
        let first = replay.lastSequence + 1
        let path = Self.path(folder, first)
        files = replay.files.filter { $0 != first } + [first]
        damagedFiles = replay.damagedFiles
        // A file of this name holds no record that counts, or the next sequence number would be higher. It is replaced
        // in one step all the same: that it is there tells that no log is lost.
        let temporary = path + AtomicFile.temporarySuffix
        try Self.removeLeftovers(fileSystem, folder: folder)
        let opened = try fileSystem.openFile(temporary, .create)
        reserved = try Self.reserveOpening(opened, options)
        try Self.writeOpening(opened, first: first)
        try opened.close()
        try fileSystem.rename(temporary, to: path)
        try fileSystem.syncFolder(folder)
        file = try fileSystem.openFile(path, .readWrite)
        next = first
        synced = first - 1
        offset = LogFormat.openingSize
    }

    /// Removes what an interrupted opening left.
    private static func removeLeftovers(_ fileSystem: any FileSystem, folder: String) throws {
        let suffix = AtomicFile.temporarySuffix
        for name in try fileSystem.list(folder)
        where name.hasSuffix(suffix) && LogFormat.firstSequence(ofName: String(name.dropLast(suffix.count))) != nil {
            try fileSystem.remove(FilePath.join(folder, name))
        }
    }

    private static func path(_ folder: String, _ first: UInt64) -> String {
        FilePath.join(folder, LogFormat.fileName(first: first))
    }

    /// Reserves the first step of a new file, or as little as it needs on a full disk; returns how much.
    private static func reserveOpening(_ file: any File, _ options: WriteAheadLog.Options) throws -> Int {
        do {
            try file.allocate(upTo: options.firstReservationBytes)
            return options.firstReservationBytes
        } catch let error as StorageError where error.code == .noSpace {
            try file.allocate(upTo: LogFormat.openingSize)
            return LogFormat.openingSize
        }
    }

    /// Makes the first bytes of a new file durable.
    private static func writeOpening(_ file: any File, first: UInt64) throws {
        let header = FileHeader(version: LogFormat.kind.version, bodyLength: 0).encoded(LogFormat.kind)
        let mark = LogRecordHeader(syncedThrough: first - 1)
        try file.write(header + mark.encoded(first: first, offset: header.count), at: 0)
        try file.sync()
    }

    // MARK: Failure

    mutating func fail(_ error: any Error) {
        if failure == nil { failure = error }
    }

    func checkWritable() throws {
        guard let failure else { return }
        throw StorageError(
            .writingStopped, path: file.path,
            message: "an earlier operation failed (\(failure)), so nobody knows what reached the disk; "
                + "mend its cause and reopen the collection")
    }

    /// Does what must succeed, or nothing may be written any more.
    private mutating func orFail<Result>(_ body: (inout Self) throws -> Result) throws -> Result {
        do {
            return try body(&self)
        } catch {
            fail(error)
            throw error
        }
    }

    // MARK: Appending

    mutating func append(kind: UInt8, _ payload: LogPayload) throws -> UInt64 {
        try checkWritable()
        let header = LogRecordHeader(
            kind: kind, sequence: next, synced: synced, payloadLength: payload.length,
            payloadChecksum: payload.checksum)
        try reserve(through: offset + header.recordLength)
        try orFail { try $0.write(header, payload.pieces) }
        next += 1
        return header.sequence
    }

    private mutating func write(_ header: LogRecordHeader, _ pieces: [UnsafeRawBufferPointer]) throws {
        let bytes = header.encoded(first: files[files.count - 1], offset: offset)
        try bytes.withUnsafeBytes { try file.write([$0] + pieces, at: offset) }
        offset += header.recordLength
    }

    /// Reserves a step ahead, or just what is needed where a step does not fit on the disk.
    private mutating func reserve(through end: Int) throws {
        guard end > reserved else { return }
        let step = min(max(reserved, options.firstReservationBytes), options.largestReservationBytes)
        do {
            try file.allocate(upTo: end + step)
            reserved = end + step
        } catch let error as StorageError where error.code == .noSpace {
            try file.allocate(upTo: end)
            reserved = end
        } catch {
            fail(error)
            throw error
        }
    }

    // MARK: Syncing

    func isSynced(_ sequence: UInt64) throws -> Bool {
        precondition(sequence < next, "only what was appended can be synced")
        if sequence <= synced { return true }
        try checkWritable()
        return false
    }

    /// The sync that makes `sequence` durable, and everything else that was appended; nil if it is durable already.
    func beginSync(_ sequence: UInt64) throws -> SyncWork? {
        try isSynced(sequence) ? nil : SyncWork(file: file, through: next - 1)
    }

    /// Notes the sync, also in the file: damage to the records before the mark is then known to be no torn end.
    mutating func endSync(_ work: SyncWork) {
        synced = max(synced, work.through)
        guard failure == nil, offset + LogFormat.recordHeaderSize <= reserved else { return }
        let mark = LogRecordHeader(syncedThrough: synced)
        // The records are durable whatever becomes of the mark, so its failure is met by the next call.
        try? orFail { try $0.write(mark, []) }
    }

    // MARK: Files

    /// Goes on in a new file, unless the current one is new. The caller holds off other syncs.
    mutating func rotate() throws -> UInt64 {
        try checkWritable()
        guard files.last != next else { return next }
        try orFail { try $0.finishFile() }
        let (opened, space) = try openNext()
        try orFail { state in
            try Self.writeOpening(opened, first: state.next)
            try state.fileSystem.syncFolder(state.folder)
            try state.file.close()
        }
        file = opened
        files.append(next)
        offset = LogFormat.openingSize
        reserved = space
        return next
    }

    /// Gives the reserved space of the current file back and makes it durable.
    private mutating func finishFile() throws {
        try file.truncate(to: offset)
        reserved = offset
        try file.sync()
        synced = next - 1
    }

    /// Creates the next file with its space. A failure leaves the current one in use: a file without an opening
    /// counts for nothing.
    private func openNext() throws -> (file: any File, reserved: Int) {
        let path = Self.path(folder, next)
        if try fileSystem.exists(path) { try fileSystem.remove(path) }
        let opened = try fileSystem.openFile(path, .create)
        return (opened, try Self.reserveOpening(opened, options))
    }

    mutating func removeFiles(before sequence: UInt64) throws -> [String] {
        var removed: [String] = []
        while files.count > 1, files[1] <= sequence {
            let name = LogFormat.fileName(first: files[0])
            let path = FilePath.join(folder, name)
            if damagedFiles.contains(files[0]) {
                try fileSystem.rename(path, to: path + LogFormat.damagedSuffix)
            } else {
                try fileSystem.remove(path)
            }
            removed.append(name)
            files.removeFirst()
        }
        return removed
    }

    mutating func close() throws {
        try checkWritable()
        try orFail { state in
            try state.finishFile()
            try state.file.close()
        }
        fail(StorageError(.writingStopped, path: file.path, message: "the log was closed"))
    }
}
