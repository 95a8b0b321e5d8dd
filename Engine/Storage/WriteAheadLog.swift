import Synchronization

/// When a write is durable.
public enum SyncPolicy: Sendable, Hashable {
    /// Before the call returns. Calls at the same time share one sync.
    case everyWrite
    /// At the next sync, rotation or close, whoever asks for it. A power cut loses what came after; the end of the
    /// process alone loses nothing.
    case deferred
}

/// The log of what is not yet in segments: numbered records in files that are only appended to.
///
/// Sequence numbers ascend by one from 1. A record is durable once `sync(through:)` returned for its number or a
/// later one. After a failed write or sync nobody knows what reached the disk, so all later calls throw
/// `writingStopped` and name that failure; only a replay can tell what is there. A full disk that is noticed before
/// anything was written (the space of records is reserved ahead) throws `noSpace` and leaves the log usable.
///
/// Thread-safe. Many threads that wait for a sync are served by one (group commit).
final class WriteAheadLog: Sendable {
    struct Options: Sendable {
        /// Space is reserved in steps that double from the first to the largest: a sync of a record in reserved
        /// space need not write the length of the file too.
        var firstReservationBytes = 1 << 20
        var largestReservationBytes = 64 << 20
    }

    private let state: Mutex<WriteAheadLogState>
    /// Held during a sync; those who wait for it find their records durable when they get it.
    private let syncing = Mutex(())

    /// Goes on after a replay of the same folder, in a new file. What was replayed is made durable first, and an
    /// incomplete end is cut off.
    init(
        _ fileSystem: any FileSystem, folder: String, continuing replay: LogReplay,
        options: Options = Options()
    ) throws {
        try Self.settle(replay, fileSystem, folder: folder)
        state = Mutex(
            try WriteAheadLogState(fileSystem, folder: folder, continuing: replay, options: options))
    }

    /// The last sequence number given.
    var lastSequence: UInt64 { state.withLock { $0.next - 1 } }
    /// Records up to this one are durable.
    var syncedSequence: UInt64 { state.withLock { $0.synced } }
    /// Bytes of records in the current file.
    var fileBytes: Int { state.withLock { $0.offset } }

    /// Appends a record and returns its sequence number. The pieces of the payload are written one after the other,
    /// without being copied.
    ///
    /// - Parameter kind: for the reader to tell records apart; not 0.
    func append(kind: UInt8, _ pieces: [UnsafeRawBufferPointer], _ policy: SyncPolicy) throws -> UInt64 {
        precondition(kind != LogFormat.syncMark, "kind 0 is for the marks of the log itself")
        let payload = LogPayload(pieces)
        let sequence = try state.withLock { try $0.append(kind: kind, payload) }
        if policy == .everyWrite { try sync(through: sequence) }
        return sequence
    }

    func append(kind: UInt8, _ payload: [UInt8], _ policy: SyncPolicy) throws -> UInt64 {
        try payload.withUnsafeBytes { try append(kind: kind, [$0], policy) }
    }

    /// Throws `writingStopped` if an earlier failure, or `close`, ended the writing.
    func checkWritable() throws {
        try state.withLock { try $0.checkWritable() }
    }

    /// Makes the records up to `sequence` durable.
    func sync(through sequence: UInt64) throws {
        if try state.withLock({ try $0.isSynced(sequence) }) { return }
        try syncing.withLock { _ in
            guard let work = try state.withLock({ try $0.beginSync(sequence) }) else { return }
            do {
                try work.file.sync()
            } catch {
                state.withLock { $0.fail(error) }
                throw error
            }
            state.withLock { $0.endSync(work) }
        }
    }

    /// Makes all records durable and goes on in a new file; returns the first sequence number of that file.
    @discardableResult
    func rotate() throws -> UInt64 {
        try sync(through: lastSequence)
        return try syncing.withLock { _ in try state.withLock { try $0.rotate() } }
    }

    /// Removes the files all of whose records are before `sequence`, which must be durable elsewhere. Damaged files
    /// are kept under a name that ends in `.damaged`. Returns the names of the files that went.
    @discardableResult
    func removeFiles(before sequence: UInt64) throws -> [String] {
        try syncing.withLock { _ in try state.withLock { try $0.removeFiles(before: sequence) } }
    }

    /// Makes all records durable, gives the reserved space back and ends the log.
    func close() throws {
        try sync(through: lastSequence)
        try syncing.withLock { _ in try state.withLock { try $0.close() } }
    }

    /// Cuts what the replay cut, and makes durable what it gave, before anything builds upon it.
    private static func settle(_ replay: LogReplay, _ fileSystem: any FileSystem, folder: String) throws {
        for first in replay.files {
            let path = FilePath.join(folder, LogFormat.fileName(first: first))
            let file = try fileSystem.openFile(path, .readWrite)
            defer { try? file.close() }
            if let tail = replay.tail, tail.file == first, !replay.damagedFiles.contains(first),
                try file.size() > tail.end
            {
                try file.truncate(to: tail.end)
            }
            try file.sync()
        }
    }
}

/// The pieces of a payload with their padding, and their checksum.
struct LogPayload {
    let pieces: [UnsafeRawBufferPointer]
    let length: Int
    let checksum: UInt32

    init(_ pieces: [UnsafeRawBufferPointer]) {
        length = pieces.reduce(0) { $0 + $1.count }
        let padding = alignedUp(length, to: LogFormat.recordAlignment) - length
        self.pieces = pieces + [UnsafeRawBufferPointer(rebasing: Self.zeros[..<padding])]
        checksum = self.pieces.reduce(0) { Checksum.crc32c($1, continuing: $0) }
    }

    /// Never freed and never written to.
    nonisolated(unsafe) private static let zeros: UnsafeRawBufferPointer = {
        let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: LogFormat.recordAlignment, alignment: 8)
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
        return UnsafeRawBufferPointer(zeros)
    }()
}
